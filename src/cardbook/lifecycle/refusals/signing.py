"""Whose password it was: on some pages who signs is no reviewer (Art. 5, 10, 19, 20, 32)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cardbook.lifecycle.refusals.reasons import Refused


@contextmanager
def signing_as(who: str) -> Iterator[None]:
    """This function will let what is wrong with a signature be said of `who`, as the page has it.

    :raises Refused: the reasons met inside, with his title.
    """
    try:
        yield
    except Refused as refused:
        raise Refused(
            [
                replace(one, values={**one.values, "who": who}) if "who" in one.values else one
                for one in refused.refusals
            ]
        ) from refused
