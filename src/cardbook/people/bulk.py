"""The vault for a million rows: the same seals and keys as `vault.py`, with its set-up done once.

No Django and no settings: an import hands it to its helper processes, keys and all (PIPL 51).
"""

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from cardbook.lib.names import search_tokens
from cardbook.lib.sm import Sealer

# A value sealed as one field cannot be opened as another.
NUMBER, NAME, PHONE, ADDRESS, BANK = b"number", b"name", b"phone", b"address", b"bank"
TAIL_DIGITS = 4
# Names, initials and last four digits come again and again; bounded, for a file may be hostile.
_MOST_REMEMBERED = 50_000


class BulkVault:
    """Seals and blind indexes for one import; made from keys, so it can be made in any process."""

    def __init__(self, *, keys: Mapping[int, bytes], index_key: bytes) -> None:
        """Seal with the newest of `keys`."""
        self._version = max(keys)
        self._key = keys[self._version]
        self._sealers = {
            context: self.sealer(context) for context in (NUMBER, NAME, PHONE, ADDRESS, BANK)
        }
        self._numbers = _prepared(index_key, b"number:")
        self._phones = _prepared(index_key, b"phone:")
        self._searches = _prepared(index_key, b"search:")
        self._known_tokens: dict[str, int] = {}
        self._known_names: dict[str, tuple[int, frozenset[int]]] = {}

    def sealer(self, context: bytes) -> Callable[[bytes], bytes]:
        """What seals the values of one field."""
        return Sealer(key=self._key, context=context, version=self._version)

    def seal(self, text: str, *, context: bytes) -> bytes:
        """As `vault.seal_text`."""
        return self._sealers[context](text.encode())

    def number_index(self, number: str) -> bytes:
        """As `vault.number_index`."""
        return _finish(self._numbers, number)

    def phone_index(self, phone: str) -> bytes:
        """As `vault.phone_index`."""
        return _finish(self._phones, phone)

    def name_key(self, name: str) -> int:
        """As `vault.name_key`."""
        return self._of_name(name)[0]

    def search_keys(self, *, name: str, number: str) -> list[int]:
        """As `vault.search_keys`."""
        tail = self._token(f"tail:{number[-TAIL_DIGITS:]}")
        return sorted({tail, *self._of_name(name)[1]})

    def _of_name(self, name: str) -> tuple[int, frozenset[int]]:
        found = self._known_names.get(name)
        if found is None:
            tokens = search_tokens(name)
            keys = [self._token(f"name:{token}") for token in tokens]
            found = keys[0], frozenset(keys)
            if len(self._known_names) < _MOST_REMEMBERED:
                self._known_names[name] = found
        return found

    def _token(self, token: str) -> int:
        """Eight bytes of HMAC-SM3 as a signed integer, as in `vault.py`."""
        found = self._known_tokens.get(token)
        if found is None:
            found = int.from_bytes(_finish(self._searches, token)[:8], "big", signed=True)
            if len(self._known_tokens) < _MOST_REMEMBERED:
                self._known_tokens[token] = found
        return found


def _prepared(key: bytes, purpose: bytes) -> HMAC:
    running = HMAC(key, SM3())
    running.update(purpose)
    return running


def _finish(prepared: HMAC, text: str) -> bytes:
    running = prepared.copy()
    running.update(text.encode())
    return running.finalize()
