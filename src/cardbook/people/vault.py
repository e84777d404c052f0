"""Seals and opens what belongs to a person: SM4-GCM for content, HMAC-SM3 for look-ups (PIPL 51).

Keys are files under `<data>/keys` (mode 0600), never rows and never part of the repository.
"""

from collections.abc import Iterable

from django.conf import settings

from cardbook.lib.damage import open_for_reading, whole
from cardbook.lib.names import NameRefused, canonical_name, search_tokens
from cardbook.lib.sm import hmac_sm3, seal
from cardbook.people.bulk import ADDRESS, BANK, NAME, NUMBER, PHONE, TAIL_DIGITS

__all__ = ["ADDRESS", "BANK", "NAME", "NUMBER", "PHONE"]  # named with the functions that use them


def seal_text(text: str, *, context: bytes) -> bytes:
    """This function will seal one value with the newest key; `context` ties it to its field."""
    version, clear = max(settings.VAULT_KEYS), whole(text).encode()
    return seal(settings.VAULT_KEYS[version], clear, context=context, version=version)


def open_text(sealed: bytes | memoryview, *, context: bytes) -> str:
    """This function will open a sealed value; a page reads `lib.damage.MARK` when it is damaged.

    :raises cardbook.lib.sm.Damaged: when a bit was flipped or the field was moved.
    """
    return open_for_reading(settings.VAULT_KEYS, bytes(sealed), context=context)


def number_index(number: str) -> bytes:
    """This function will make the blind index of a canonical document number, 32 bytes."""
    return hmac_sm3(settings.INDEX_KEY, b"number:" + number.encode())


def phone_index(phone: str) -> bytes:
    """This function will make the blind index of a phone number, 32 bytes."""
    return hmac_sm3(settings.INDEX_KEY, b"phone:" + phone.encode())


def _key(token: str) -> int:
    """Eight bytes of HMAC-SM3 as a signed integer: a search key that tells nothing by itself."""
    digest = hmac_sm3(settings.INDEX_KEY, b"search:" + token.encode())
    return int.from_bytes(digest[:8], "big", signed=True)


def search_keys(*, name: str, number: str) -> list[int]:
    """This function will make the keys under which a person can be found without clear text.

    The name, its pinyin initials and the last four characters of the number each give one key;
    a search for several of them is one containment query (architecture, section 8).
    """
    tokens = (*name_tokens(name), tail_token(number))
    return sorted({_key(token) for token in tokens})


def name_tokens(name: str) -> tuple[str, ...]:
    """This function will list what a name is found by, before it is made blind."""
    return tuple(f"name:{token}" for token in search_tokens(name))


def tail_token(number: str) -> str:
    """This function will say what the end of a number is found by, before it is made blind."""
    return f"tail:{number[-TAIL_DIGITS:]}"


def name_key(name: str) -> int:
    """This function will make the key under which exactly this name is found."""
    return _key(f"name:{search_tokens(name)[0]}")


def query_keys(terms: Iterable[str]) -> list[int]:
    """This function will make the keys a person must all carry to match `terms`.

    Four digits (the last may be X) mean the end of the number, anything else a name or its
    pinyin initials. The most telling come first: few share four digits, many share initials.
    """
    return [
        _key(f"tail:{term.upper()}" if _is_tail(term) else f"name:{_spelled(term)}")
        for term in sorted(terms, key=lambda term: (not _is_tail(term), term.isascii()))
    ]


def _spelled(term: str) -> str:
    """A name or initials in the spelling of `search_tokens`; what is no name finds nobody."""
    try:
        return search_tokens(canonical_name(term))[0]
    except NameRefused:
        return term.lower()


def _is_tail(term: str) -> bool:
    return len(term) == TAIL_DIGITS and term[:3].isdecimal() and term[3].upper() in "0123456789X"
