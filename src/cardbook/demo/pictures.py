"""Plain grey pictures where people would scan or photograph: the demo has no camera."""

import struct
import zlib

from cardbook.law.papers import PaperKind
from cardbook.papers.pictures import KeptImage


def grey_picture(kind: PaperKind, row: bytes, *, height: int) -> KeptImage:
    """This function will draw a PNG of one row of grey values (0 black to 255 white), repeated."""
    head = struct.pack(">IIBBBBB", len(row), height, 8, 0, 0, 0, 0)
    content = (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress((b"\0" + row) * height))
        + _chunk(b"IEND", b"")
    )
    return KeptImage(kind=kind.code, title=kind.title, media_type="image/png", content=content)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
