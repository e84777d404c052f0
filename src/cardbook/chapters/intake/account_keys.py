"""By what a bank account is known again without clear text (Art. 2, 6; PIPL 51); no Django here.

Staged rows and `CardAccount` carry it: a manifest is compared with itself and with the whole book.
"""

from collections.abc import Callable


def account_key(account: str, *, index: Callable[[str], bytes]) -> int:
    """This function will make an account's key with the vault's blind index of numbers."""
    return int.from_bytes(index(f"account:{account}")[:8], "big", signed=True)
