"""How far a file has come, for a bar on a page or in a terminal (trust-and-ux.md I3).

Whoever drives a file calls a `Progress` often; it may raise to stop the work before anything is
posted. `runs.py` beside it keeps progress for pages.
"""

from collections.abc import Callable
from enum import StrEnum


class Phase(StrEnum):
    """What is being done to a file just now."""

    READING = "reading"
    CHECKING = "checking"
    POSTING = "posting"

    @property
    def label(self) -> str:
        """The word on the page."""
        return {"reading": "读取", "checking": "检查", "posting": "入账"}[self]


# Phase and rows done so far; rows are counted while reading only.
Progress = Callable[[Phase, int], None]


def silent(_: Phase, __: int) -> None:
    """Progress for whoever does not look."""
