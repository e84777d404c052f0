"""Pictures small enough to read in a test: a PNG, a JPEG, and what cameras write beside them."""

import base64
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload

JPEG_HEAD = b"\xff\xd8"
JPEG_FRAME = bytes.fromhex("ffc0000b080001000201011100")
JPEG_SCAN = bytes.fromhex("ffda0008010100003f00d2cf20ffd9")


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*, width: int = 2, height: int = 1, extra: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + bytes(width) for _ in range(min(height, 8)))
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + extra
        + png_chunk(b"IDAT", zlib.compress(rows))
        + png_chunk(b"IEND", b"")
    )


def as_file(content: bytes) -> "FilePayload":
    """A picture as a hand gives it to a page."""
    return {"name": "tupian.png", "mimeType": "image/png", "buffer": content}


def data_url(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def jpeg_note(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg(*notes: bytes, frame: bytes = JPEG_FRAME) -> bytes:
    return JPEG_HEAD + b"".join(notes) + frame + JPEG_SCAN
