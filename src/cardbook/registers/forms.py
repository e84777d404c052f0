"""A form of the regulation as data, and one sheet of it filled in (Art. 6, 8, 13, 17; X6).

`pdf.py` and `xlsx.py` beside it print a sheet, `issue.py` freezes it, pages show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from cardbook.law.articles import Basis
from cardbook.lib import canonical
from cardbook.lib.clock import LOCAL

# One sheet is one document somebody signs; a longer span of time is printed in parts.
MOST_ROWS = 2000
# Columns that share one cell of a printed sheet: a line above and a line below.
MOST_STACKED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `width` is its share of the sheet, about millimetres on A4 landscape.

    `under` puts it below the column before, in the same cell, where the paper is too narrow for
    all; `picture` says that a cell may name a picture of the sheet, e.g. a signature.
    """

    key: str
    title: str
    width: int
    align: Literal["left", "center", "right"] = "left"
    under: bool = False
    picture: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form as the regulation names it. `code` is stored: never rename one."""

    code: str
    prefix: str
    title: str
    basis: tuple[Basis, ...]
    columns: tuple[Column, ...]
    signatures: tuple[str, ...]
    seal: str
    note: str
    row_height: int = 9
    blank_rows: int = 0

    def __post_init__(self) -> None:
        """Refuse a form that the printed sheet cannot show.

        :raises ValueError: when a cell stacks more columns than `layouts/sheet.typ` prints.
        """
        for stack in self.stacks:
            if len(stack) > MOST_STACKED:
                keys = ", ".join(self.columns[place].key for place in stack)
                raise ValueError(
                    f"{self.code} puts {keys} into one cell; it prints {MOST_STACKED}"
                )

    @property
    def basis_text(self) -> str:
        """The articles, as printed on screens and sheets."""
        return "、".join(basis.label for basis in self.basis)

    @cached_property
    def stacks(self) -> tuple[tuple[int, ...], ...]:
        """Places of the columns that share a cell, from left to right."""
        found: list[tuple[int, ...]] = []
        for place, column in enumerate(self.columns):
            if column.under and found:
                found[-1] = (*found[-1], place)
            else:
                found.append((place,))
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The office that answers for a sheet."""

    id: int
    code: str
    name: str
    path: str


class TooManyRows(Exception):
    """More rows than one sheet carries; the sentence says what to do."""

    def __init__(self, rows: int, limit: int) -> None:
        """Keep how many there are, or at least are."""
        super().__init__(
            f"至少 {rows} 行，超过一张表 {limit} 行的上限。请缩短时间段，或选择下级机构分别出具。"
        )


def refuse_too_many(rows: int, limit: int | None) -> None:
    """This function will let no more rows onto a sheet than it carries; None is no limit.

    :raises TooManyRows: when there are more.
    """
    if limit is not None and rows > limit:
        raise TooManyRows(rows, limit)


def read_within(found: Any, limit: int | None) -> list[Any]:
    """This function will read the rows of a query, and one more than a sheet carries at most.

    :raises TooManyRows: when there is one more.
    """
    rows = list(found if limit is None else found[: limit + 1])
    refuse_too_many(len(rows), limit)
    return rows


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One form filled in: what is shown, printed and frozen. Cells are in the order of columns."""

    form: Form
    office: Office
    covers: str
    rows: tuple[tuple[str, ...], ...]
    printed_by: str
    printed_at: datetime
    heads: tuple[tuple[str, str], ...] = ()
    totals: tuple[tuple[str, str], ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a row that does not fit the form.

        :raises ValueError: when a row has more or fewer cells than the form has columns.
        """
        width = len(self.form.columns)
        misfit = next((len(row) for row in self.rows if len(row) != width), width)
        if misfit != width:
            raise ValueError(f"a row has {misfit} cells, {self.form.code} has {width} columns")

    @property
    def printed_text(self) -> str:
        """When it was printed, as written on paper."""
        return f"{self.printed_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"

    @cached_property
    def digest(self) -> str:
        """SM3 of all that the sheet says, in hex; pictures by their digests in cells."""
        return canonical.digest(
            {
                "form": self.form.code,
                "office": self.office.code,
                "covers": self.covers,
                "columns": [column.key for column in self.form.columns],
                "rows": self.rows,
                "heads": self.heads,
                "totals": self.totals,
                "printed_by": self.printed_by,
                "printed_at": self.printed_at,
            }
        ).hex()
