"""What a second factor is made from lies sealed: who reads the tables cannot copy it (Art. 32).

`config/vault/walking.py` changes the key of these as of everything else that is sealed.
"""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter

from cardbook.lib.sm import Damaged
from cardbook.people import vault

CONTEXT = b"second-factor"
_SEALED = "sealed:"


def seal_secret(text: str) -> str:
    """This function will seal a secret as the text that the library keeps."""
    return _SEALED + base64.b64encode(vault.seal_text(text, context=CONTEXT)).decode()


def sealed_bytes(kept: str) -> bytes | None:
    """This function will return what was sealed, or None where a secret lies as it is.

    :raises cardbook.lib.sm.Damaged: when it was torn.
    """
    if not kept.startswith(_SEALED):
        return None
    try:
        return base64.b64decode(kept.removeprefix(_SEALED), validate=True)
    except ValueError as problem:  # binascii.Error is one
        raise Damaged("动态口令的密文不完整") from problem


def open_secret(kept: str) -> str:
    """This function will open a secret; one of before this version lies as it is.

    :raises cardbook.lib.sm.Damaged: when it was altered.
    """
    sealed = sealed_bytes(kept)
    return kept if sealed is None else vault.open_text(sealed, context=CONTEXT)


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """The library's factors, with their secrets sealed."""

    def encrypt(self, text: str) -> str:
        """Before it is kept."""
        return seal_secret(text)

    def decrypt(self, encrypted_text: str) -> str:
        """When a code is compared."""
        return open_secret(encrypted_text)
