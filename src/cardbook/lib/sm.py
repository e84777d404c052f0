"""The national algorithms: SM3 digests, HMAC-SM3 indexes, SM4-GCM seals (PIPL 51, ADR 0005).

`people/vault.py` seals what belongs to a person, `papers/storage.py` seals files.

In bulk, make one `Sealer` and call it for every value; it keeps the key schedule's parts::

    seal_name = Sealer(key=keys[2], version=2, context=b"name")
    rows = [seal_name(name.encode()) for name in names]
"""

import os
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.hmac import HMAC

KEY_BYTES, NONCE_BYTES, TAG_BYTES = 16, 12, 16
_SM3 = SM3()
HEAD_BYTES = 1 + NONCE_BYTES
_ALTERED = "密文校验失败：内容被改动，或取自别的字段"


class Damaged(Exception):
    """A sealed value was altered, cut, moved to another field, or its key is not here."""


def sm3(data: bytes) -> bytes:
    """This function will return the SM3 digest, 32 bytes (GB/T 32905)."""
    running = Hash(_SM3)
    running.update(data)
    return running.finalize()


def sm3_of_pieces(pieces: Iterable[bytes]) -> bytes:
    """This function will return the SM3 digest of all pieces together."""
    running = Hash(_SM3)
    for piece in pieces:
        running.update(piece)
    return running.finalize()


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """This function will return HMAC-SM3, 32 bytes (GB/T 15852.2)."""
    running = HMAC(key, _SM3)
    running.update(data)
    return running.finalize()


class Sealer:
    """Seals many values of one field with one key.

    Nonces are random, 12 bytes: change the key (a new version) before 2**32 values were sealed.
    """

    def __init__(self, *, key: bytes, context: bytes, version: int = 1) -> None:
        """Prepare; `key` is 16 bytes, `version` 0 to 255.

        :raises ValueError: when the key or the version does not fit.
        """
        self._cipher = algorithms.SM4(key)
        self._head = bytes([version])
        self._bound = self._head + context

    def __call__(self, plaintext: bytes) -> bytes:
        """Seal one value: version, nonce, ciphertext, tag (29 bytes longer than the text)."""
        nonce = os.urandom(NONCE_BYTES)
        encryptor = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(self._bound)
        body = encryptor.update(plaintext) + encryptor.finalize()
        return self._head + nonce + body + encryptor.tag


class StreamSealer:
    """Seals one long value piece by piece; what comes out is what `seal` gives for the whole."""

    def __init__(self, *, key: bytes, context: bytes, version: int = 1) -> None:
        """Prepare; as for `Sealer`."""
        head, nonce = bytes([version]), os.urandom(NONCE_BYTES)
        self.head = head + nonce
        self._encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        self._encryptor.authenticate_additional_data(head + context)

    def __call__(self, piece: bytes) -> bytes:
        """The next piece, sealed; `head` goes before the first."""
        return self._encryptor.update(piece)

    def end(self) -> bytes:
        """What goes behind the last piece."""
        rest = self._encryptor.finalize()
        return rest + self._encryptor.tag


class StreamOpener:
    """Opens what was sealed, piece by piece; nothing may be believed before `end`."""

    def __init__(self, keys: Mapping[int, bytes], *, head: bytes, tag: bytes, context: bytes):
        """Prepare from the first 13 and the last 16 bytes.

        :raises Damaged: when the key is missing.
        """
        cipher = Cipher(algorithms.SM4(_key_of(keys, head[0])), modes.GCM(head[1:], tag))
        self._decryptor = cipher.decryptor()
        self._decryptor.authenticate_additional_data(head[:1] + context)

    def __call__(self, piece: bytes) -> bytes:
        """The next piece in clear, not yet to be believed."""
        return self._decryptor.update(piece)

    def end(self) -> bytes:
        """Say whether all pieces were what had been sealed.

        :raises Damaged: when they were not.
        """
        try:
            return self._decryptor.finalize()
        except InvalidTag as problem:
            raise Damaged(_ALTERED) from problem


def seal(key: bytes, plaintext: bytes, *, context: bytes, version: int = 1) -> bytes:
    """This function will seal one value with SM4-GCM (GB/T 32907, GB/T 36624).

    The result is 1 byte key version, 12 bytes nonce, ciphertext, 16 bytes tag. `context` names
    the field the value belongs to; opening it under another context fails.

    :raises ValueError: when the key is not 16 bytes or the version does not fit in a byte.
    """
    return Sealer(key=key, context=context, version=version)(plaintext)


def open_sealed(keys: Mapping[int, bytes], sealed: bytes, *, context: bytes) -> bytes:
    """This function will open a sealed value with the key its first byte names.

    :raises Damaged: when it was altered, cut or moved to another field, or the key is missing.
    """
    if len(sealed) < HEAD_BYTES + TAG_BYTES:
        raise Damaged("密文不完整")
    version = sealed[0]
    key = _key_of(keys, version)
    body, tag = sealed[HEAD_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
    mode = modes.GCM(sealed[1:HEAD_BYTES], tag)
    decryptor = Cipher(algorithms.SM4(key), mode).decryptor()
    decryptor.authenticate_additional_data(sealed[:1] + context)
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag as problem:
        raise Damaged(_ALTERED) from problem


def _key_of(keys: Mapping[int, bytes], version: int) -> bytes:
    try:
        return keys[version]
    except KeyError as problem:
        raise Damaged(f"缺少第 {version} 版密钥，请把该版密钥文件放回密钥目录") from problem
