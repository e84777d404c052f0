"""Pictures small enough to read in a test: a PNG, a JPEG, and what cameras write beside them."""

import base64
import struct
import zlib
from io import BytesIO
from random import Random
from typing import TYPE_CHECKING

from PIL import Image

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


def head_and_shoulders(
    *,
    width: int = 358,
    height: int = 441,
    ground: tuple[int, int, int] = (253, 253, 253),
    mode: str = "RGB",
    rough: bool = True,
) -> bytes:
    """A photo that decodes: one ground, a figure of noise on it; smooth ones are small files."""
    image = Image.new("RGB", (width, height), ground)
    size = (width // 2, height * 3 // 4)
    count = size[0] * size[1] * 3
    noise = Random(1).randbytes(count) if rough else bytes((90,)) * count  # noqa: S311
    figure = Image.frombytes("RGB", size, noise)
    image.paste(figure, (width // 4, height // 4))
    made = BytesIO()
    image.convert(mode).save(made, "JPEG", quality=60)
    return made.getvalue()
