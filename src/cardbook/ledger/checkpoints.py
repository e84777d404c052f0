"""The signed statement about the ledger: so many events, this root, at this moment (section 4).

A text in the shape of a signed note (C2SP): anyone can keep it, print it and check it; `proof.py`
makes them. The tree under the root is SM3 in the shape of RFC 6962 (`lib/merkle.py`).
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from django.conf import settings

from cardbook.lib.merkle import HASH_BYTES

# A record may wait for its transaction to end; no transaction of ours lasts an hour.
LONGEST_WAIT = timedelta(hours=1)
_ED25519 = b"\x01"
_KEY_ID_BYTES = 4


class BadCheckpoint(ValueError):
    """A note that is not a checkpoint, was altered, or was signed with another key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a checkpoint says."""

    origin: str
    size: int
    root: bytes
    sealed_at: datetime

    @property
    def text(self) -> str:
        """The lines that are signed, each with its end."""
        root = base64.b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\n{moment_text(self.sealed_at)}\n"


def moment_text(at: datetime) -> str:
    """This function will write a moment in UTC, always with six digits of a second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def origin() -> str:
    """The name of this city's ledger, the first line of every checkpoint."""
    return str(getattr(settings, "LEDGER_ORIGIN", "cardbook/ledger"))


def signing_key() -> Ed25519PrivateKey:
    """The sealer's key, from the installation's key folder."""
    return Ed25519PrivateKey.from_private_bytes(settings.LEDGER_KEY)


def public_pem(key: Ed25519PublicKey) -> bytes:
    """This function will write the public key the way auditors receive it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public_pem(pem: bytes) -> Ed25519PublicKey:
    """This function will read a public key back.

    :raises BadCheckpoint: when the text is no Ed25519 public key.
    """
    try:
        key = load_pem_public_key(pem)
    except ValueError as problem:
        raise BadCheckpoint("公钥文件 pubkey.pem 不能读取") from problem
    if not isinstance(key, Ed25519PublicKey):
        raise BadCheckpoint("公钥文件 pubkey.pem 不是 Ed25519 公钥")
    return key


def signed_note(statement: Statement, *, key: Ed25519PrivateKey) -> str:
    """This function will sign a statement and return the note."""
    signature = key.sign(statement.text.encode())
    stamp = base64.b64encode(_key_id(statement.origin, key.public_key()) + signature).decode()
    return f"{statement.text}\n— {statement.origin} {stamp}\n"


def _decoded(text: str) -> bytes:
    """Base64 in its one spelling: spare bits at the end could be changed unnoticed otherwise."""
    decoded = base64.b64decode(text, validate=True)
    if base64.b64encode(decoded).decode() != text:
        raise ValueError("not canonical base64")
    return decoded


def read_note(note: str, *, key: Ed25519PublicKey) -> Statement:
    """This function will check a note's signature and return what it states.

    :raises BadCheckpoint: when a character of it was changed or another key signed it.
    """
    text, blank, signatures = note.partition("\n\n")
    try:
        name, size, root, sealed_at = text.split("\n")
        dash, signer, stamp = signatures.removesuffix("\n").split(" ")
        stamped = _decoded(stamp)
        statement = Statement(
            origin=name,
            size=int(size),
            root=_decoded(root),
            sealed_at=datetime.strptime(sealed_at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC),
        )
    except (ValueError, binascii.Error) as problem:
        raise BadCheckpoint("检查点的格式不对") from problem
    if not blank or dash != "—" or signer != name or len(statement.root) != HASH_BYTES:
        raise BadCheckpoint("检查点的格式不对")
    if stamped[:_KEY_ID_BYTES] != _key_id(name, key):
        raise BadCheckpoint("检查点不是用这把公钥对应的密钥签的")
    try:
        key.verify(stamped[_KEY_ID_BYTES:], f"{text}\n".encode())
    except InvalidSignature as problem:
        raise BadCheckpoint("检查点的签名不对：内容被改动过") from problem
    if statement.text != f"{text}\n":
        raise BadCheckpoint("检查点的写法不规范")
    return statement


def _key_id(name: str, key: Ed25519PublicKey) -> bytes:
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:_KEY_ID_BYTES]
