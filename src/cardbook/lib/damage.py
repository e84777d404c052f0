"""A sealed value that does not open: a page shows it as damaged and goes on, nothing else does.

Serves row P7 (PIPL 51). Files, messages, commands and the API stop with `Damaged`, as before; and
the words that stand in its place on a page can be written nowhere: `whole` sees to that.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from cardbook.lib.sm import Damaged, open_sealed

MARK = "〔密文损坏〕"
# What people read on pages: who somebody is, what was captured of him, what a wrong card says.
_READ_ON_PAGES = frozenset(
    {b"number", b"name", b"phone", b"address", b"bank", b"application",
     b"correction-face", b"correction-right", b"correction-agent"}
)  # fmt: skip
_found: ContextVar[list[str] | None] = ContextVar("_found", default=None)


@contextmanager
def shown_as_damaged() -> Iterator[list[str]]:
    """Within it a value that does not open reads `MARK`; the list names the field each time."""
    found: list[str] = []
    before = _found.set(found)
    try:
        yield found
    finally:
        _found.reset(before)


def open_for_reading(keys: Mapping[int, bytes], sealed: bytes, *, context: bytes) -> str:
    """This function will open a value, or give `MARK` to a page.

    :raises Damaged: when it does not open and nobody is only reading it.
    """
    try:
        return open_sealed(keys, sealed, context=context).decode()
    except Damaged:
        found = _found.get()
        if found is None or context not in _READ_ON_PAGES:
            raise
        found.append(context.decode())
        return MARK


def whole(text: str) -> str:
    """This function will return a text that is to be sealed or printed.

    :raises Damaged: when it says that something could not be read: that is no value.
    """
    if MARK in text:
        raise Damaged("其中有一项密文损坏，不能照抄")
    return text
