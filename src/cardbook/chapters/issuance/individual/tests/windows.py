"""What tests of the window share: a clerk signed in, a form filled in, pictures to read."""

import base64
import struct
import zlib

from django.test import Client

from cardbook.cards.models import Card
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.testing import factories as make


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


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


def data_url(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def filled_in(card: Card, **changes: object) -> dict[str, object]:
    """The form as a careful clerk sends it; `changes` is the one thing a test makes different."""
    return {
        "key": make.key(),
        "card": card.pk,
        "identity": "reader",
        "scanned": card.number,
        "face_person": "1",
        "face_card": "1",
        "reads": "1",
        "original_seen": "1",
        "copy_kept": "paper",
        "told": "1",
        "signing": "paper",
    } | changes


JPEG_HEAD = b"\xff\xd8"
JPEG_FRAME = bytes.fromhex("ffc0000b080001000201011100")
JPEG_SCAN = bytes.fromhex("ffda0008010100003f00d2cf20ffd9")


def jpeg_note(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def jpeg(*notes: bytes, frame: bytes = JPEG_FRAME) -> bytes:
    return JPEG_HEAD + b"".join(notes) + frame + JPEG_SCAN
