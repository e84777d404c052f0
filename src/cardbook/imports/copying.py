"""Rows as PostgreSQL's COPY takes them in binary: made in helper processes, passed on as they are.

The driver would format each value in the one process that holds the connection; that process has
enough to do with reading (docs/adr/0011). The format is PostgreSQL's "COPY", file formats, binary.
"""

from collections.abc import Iterable
from datetime import date
from struct import Struct

HEAD = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
END = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
_LENGTH = Struct("!i").pack
_COUNT = Struct("!h").pack
_INT4 = Struct("!ii").pack
_INT8 = Struct("!iq").pack
_BOOL = {False: b"\x00\x00\x00\x01\x00", True: b"\x00\x00\x00\x01\x01"}
# One dimension, no nulls, element type int8 (20), then the count and the lower bound.
_ARRAY = Struct("!iiiiii").pack
_ARRAY_HEAD_BYTES, _ELEMENT_BYTES, _INT8_TYPE = 20, 12, 20
_EPOCH = date(2000, 1, 1).toordinal()


def row_start(fields: int) -> bytes:
    """This function will begin a row of so many fields."""
    return _COUNT(fields)


def text(value: str) -> bytes:
    """This function will write a text."""
    content = value.encode()
    return _LENGTH(len(content)) + content


def binary(value: bytes | None) -> bytes:
    """This function will write bytes, or NULL."""
    return NULL if value is None else _LENGTH(len(value)) + value


def int4(value: int) -> bytes:
    """This function will write an integer."""
    return _INT4(4, value)


def int8(value: int) -> bytes:
    """This function will write a bigint."""
    return _INT8(8, value)


def boolean(value: bool) -> bytes:
    """This function will write a boolean."""
    return _BOOL[value]


def day(value: date) -> bytes:
    """This function will write a date: days since 2000-01-01."""
    return _INT4(4, value.toordinal() - _EPOCH)


def int8_array(values: Iterable[int]) -> bytes:
    """This function will write an array of bigints."""
    elements = [_INT8(8, value) for value in values]
    if not elements:
        return _LENGTH(12) + Struct("!iii").pack(0, 0, _INT8_TYPE)
    size = _ARRAY_HEAD_BYTES + _ELEMENT_BYTES * len(elements)
    return _ARRAY(size, 1, 0, _INT8_TYPE, len(elements), 1) + b"".join(elements)


class Texts:
    """Writes texts that repeat (a bank, a town) once and remembers them, up to a limit."""

    def __init__(self, most: int = 20_000) -> None:
        """Remember up to `most` texts."""
        self._known: dict[str, bytes] = {}
        self._most = most

    def __call__(self, value: str) -> bytes:
        """As `text`."""
        found = self._known.get(value)
        if found is None:
            found = text(value)
            if len(self._known) < self._most:
                self._known[value] = found
        return found
