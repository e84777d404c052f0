"""The board's pictures as geometry: the server draws, styles are classes, no script is needed.

An SVG of ours instead of a chart library: the pages' content policy allows no inline style, old
browsers and printers show it, and each part of a bar is a link to its rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cardbook.insight.figures.board import Board, Number
from cardbook.insight.figures.choice import Choice
from cardbook.insight.figures.table import Row

# Columns of the table that make a bar, and the class of their colour.
PARTS = (
    ("在库", "shelf"),
    ("在途", "transit"),
    ("已发放", "issued"),
    ("质量问题", "defect"),
    ("下落不明", "missing"),
)
MOST_BARS = 12
# All counties' bureaus are called alike; the county is what differs.
_BUREAU = "人力资源和社会保障局"
WIDTH, LABEL, BAR, GAP = 720, 132, 20, 10
ROOM_FOR_TOTAL = 70
COLUMNS_HIGH, COLUMN_FOOT, COLUMN_TOP = 150, 22, 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One coloured piece of a bar."""

    x: float
    width: float
    css: str
    said: str
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One lying bar with its label and total."""

    y: int
    label: str
    parts: tuple[Part, ...]
    end: float
    total: int

    @property
    def middle(self) -> int:
        """Where a line of text sits."""
        return self.y + BAR - 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One standing bar with its label and number."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int
    choice: Choice

    @property
    def centre(self) -> float:
        """Where its texts stand."""
        return self.x + self.width / 2

    @property
    def above(self) -> float:
        """Where its number stands."""
        return self.y - 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawing of a size; bars lie, columns stand."""

    width: int
    height: int
    bars: tuple[Bar, ...] = ()
    columns: tuple[Column, ...] = ()
    base: int = 0
    left_out: int = 0


def draw_places(board: Board) -> Picture | None:
    """This function will draw where the cards of each row are, if its columns say so."""
    table = board.table
    if not table.has_share:
        return None
    rows = [row for row in table.rows if row.cells[0].count]
    shown = rows[:MOST_BARS]
    most = max((_total(row, table.columns) for row in shown), default=0)
    if most == 0:
        return None
    scale = (WIDTH - LABEL - ROOM_FOR_TOTAL) / most
    bars = tuple(
        _bar(row, table.columns, y=place * (BAR + GAP), scale=scale)
        for place, row in enumerate(shown)
    )
    return Picture(
        width=WIDTH,
        height=len(bars) * (BAR + GAP),
        bars=bars,
        left_out=len(rows) - len(shown),
    )


def _total(row: Row, columns: Sequence[str]) -> int:
    return sum(row.cells[columns.index(title)].count for title, _ in PARTS)


def _bar(row: Row, columns: Sequence[str], *, y: int, scale: float) -> Bar:
    parts, x, total = [], float(LABEL), 0
    for title, css in PARTS:
        cell = row.cells[columns.index(title)]
        if cell.count:
            width = cell.count * scale
            said = f"{row.title}　{title} {cell.count} 张"
            parts.append(
                Part(x=round(x, 1), width=round(width, 1), css=css, said=said, choice=cell.choice)
            )
            x += width
            total += cell.count
    return Bar(
        y=y,
        label=row.title.removesuffix(_BUREAU),
        parts=tuple(parts),
        end=round(x + 6, 1),
        total=total,
    )


def draw_spans(spans: Sequence[Number]) -> Picture | None:
    """This function will draw how many were issued in each day or week; None when none were."""
    most = max((span.count for span in spans), default=0)
    if most == 0:
        return None
    room = WIDTH / len(spans)
    base = COLUMNS_HIGH - COLUMN_FOOT
    columns = []
    for place, span in enumerate(spans):
        height = span.count * (base - COLUMN_TOP) / most
        columns.append(
            Column(
                x=round(place * room + room * 0.18, 1),
                y=round(base - height, 1),
                width=round(room * 0.64, 1),
                height=round(height, 1),
                label=span.title[:5],
                count=span.count,
                choice=span.choice,
            )
        )
    return Picture(width=WIDTH, height=COLUMNS_HIGH, columns=tuple(columns), base=base)
