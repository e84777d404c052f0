"""Seals and indexes many people at once, with the keys and contexts of `vault.py` (PIPL 51).

The key schedule, the keyed hash and the keys of names met before are kept between values.
"""

from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings

from cardbook.lib.sm import Sealer
from cardbook.people import vault

# Names repeat in a city; a hundred thousand of them cost about 20 MB while a bulk job runs.
_NAMES_KEPT = 100_000


class BulkVault:
    """One job's vault: the same results as `vault`, several times faster for many values."""

    def __init__(self) -> None:
        version = max(settings.VAULT_KEYS)
        self._sealers = {
            context: Sealer(key=settings.VAULT_KEYS[version], version=version, context=context)
            for context in (vault.NUMBER, vault.NAME, vault.PHONE, vault.ADDRESS, vault.BANK)
        }
        self._keyed = HMAC(settings.INDEX_KEY, SM3())
        self._name_keys = lru_cache(maxsize=_NAMES_KEPT)(self._keys_of_name)
        self._tail_key = lru_cache(maxsize=_NAMES_KEPT)(self._key)

    def seal(self, text: str, *, context: bytes) -> bytes:
        """Seal one value as `vault.seal_text` does."""
        return self._sealers[context](text.encode())

    def number_index(self, number: str) -> bytes:
        """The blind index of a canonical document number."""
        return self._hash(f"number:{number}")

    def phone_index(self, phone: str) -> bytes:
        """The blind index of a phone number."""
        return self._hash(f"phone:{phone}")

    def search_keys(self, *, name: str, number: str) -> list[int]:
        """The keys a person is found by, as `vault.search_keys` makes them."""
        return sorted({*self._name_keys(name), self._tail_key(vault.tail_token(number))})

    def _hash(self, text: str) -> bytes:
        running = self._keyed.copy()
        running.update(text.encode())
        return running.finalize()

    def _key(self, token: str) -> int:
        return int.from_bytes(self._hash(f"search:{token}")[:8], "big", signed=True)

    def _keys_of_name(self, name: str) -> tuple[int, ...]:
        return tuple(self._key(token) for token in vault.name_tokens(name))
