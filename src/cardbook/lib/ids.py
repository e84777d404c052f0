"""The number of a row as a form or an address sent it; whoever sent it may have made it up."""

from collections.abc import Iterable

# A bigint holds any number of so many digits; what is longer is nobody's.
MOST_DIGITS = 18


def id_of(text: str) -> int | None:
    """This function will read a row's number, or return None for what cannot be one."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def ids_of(texts: Iterable[str]) -> list[int]:
    """This function will read the numbers of rows that were ticked, as sent, without the rest."""
    return [found for text in texts if (found := id_of(text)) is not None]
