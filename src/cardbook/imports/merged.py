"""What merged cells say to the rows below their first: a list names its unit or batch once (I12).

Only the first cell of a merged range holds a value; a person sees it beside every row.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from cardbook.imports.reading import Cell, Row

# Top, bottom and left of a range, counted as a person does: the first row and column are 1.
Range = tuple[int, int, int]


class Merged:
    """Gives rows of data, from top to bottom, what ranges above say to them; counts by column."""

    def __init__(self, ranges: Iterable[Range], *, below: int) -> None:
        """Take the ranges that begin below a row, the last one of the head."""
        self._starting: dict[int, list[Range]] = {}
        for one in ranges:
            if one[1] > one[0] > below:
                self._starting.setdefault(one[0], []).append(one)
        self._open: dict[int, tuple[int, Cell]] = {}
        self.filled: Counter[int] = Counter()

    def __call__(self, row: Row) -> Row:
        """The row as a person sees it."""
        if not self._starting and not self._open:
            return row
        self._open = {left: o for left, o in self._open.items() if o[0] >= row.number}
        cells = [*row.cells]
        for left, (_, value) in self._open.items():
            cells += [""] * (left - len(cells))
            if not cells[left - 1]:
                cells[left - 1] = value
                self.filled[left] += 1
        for _, bottom, left in self._starting.pop(row.number, ()):
            if left <= len(row.cells) and row.cells[left - 1]:
                self._open[left] = bottom, row.cells[left - 1]
        return replace(row, cells=tuple(cells))
