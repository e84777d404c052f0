"""Finds the header in a sheet as people make them: below titles and batch lines, perhaps in two rows.

Columns are matched by name, never by position; what an office mapped by hand is remembered under the
header's fingerprint (I12, I18).
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cardbook.imports import limits
from cardbook.imports.columns import Layout
from cardbook.imports.reading import Cell, FileRefused, OddCell, Row, Table

_BRACKETS = re.compile(r"[（(【\[].*?[）)】\]]")
_NOISE = re.compile(r"[\s\u3000:：*＊/、，,。._\-]+")
_PAIR = re.compile(r"^\s*([\u4e00-\u9fff]{2,8})\s*[:：]\s*(\S.*)$")
_TOTAL = re.compile(r"^(合计|总计|小计|共计|汇总|总数|本页小计)")
_DASHES = re.compile(r"^[-=_*]{3,}$")


def tidy(text: str) -> str:
    """This function will reduce a header text to what distinguishes it: no brackets, no signs."""
    half = "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else c for c in text)
    return _NOISE.sub("", _BRACKETS.sub("", half)).upper()


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is, its texts, what stood above it, and how well a layout fits."""

    row: int
    last_row: int
    titles: tuple[str, ...]
    preamble: Mapping[str, str]
    layout: Layout
    mapping: Mapping[str, int]

    @property
    def fingerprint(self) -> str:
        """The same header gives the same fingerprint, whatever its spacing."""
        text = "|".join(tidy(title) for title in self.titles)
        return hashlib.sha256(f"{self.layout.code}|{text}".encode()).hexdigest()

    @property
    def missing(self) -> tuple[str, ...]:
        """Titles of needed columns that no header text matches."""
        return tuple(
            column.title
            for column in self.layout.columns
            if column.required and column.field not in self.mapping
        )

    @property
    def unused(self) -> tuple[str, ...]:
        """Header texts no field took."""
        taken = set(self.mapping.values())
        return tuple(t for place, t in enumerate(self.titles) if t and place not in taken)


def match(titles: Sequence[str], layout: Layout) -> dict[str, int]:
    """This function will map fields to column places by header text, the first exact match winning."""
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        places.setdefault(tidy(title), place)
    mapping: dict[str, int] = {}
    for column in layout.columns:
        for name in (column.title, *column.aliases):
            place = places.get(tidy(name))
            if place is not None and place not in mapping.values():
                mapping[column.field] = place
                break
    return mapping


def find_header(table: Table, layouts: Sequence[Layout]) -> Header:
    """This function will find the header row and the layout that fits it best.

    :raises FileRefused: when no row within the first thirty names two columns of any layout.
    """
    top = [row for _, row in zip(range(limits.HEADER_WITHIN_ROWS), table.rows(), strict=False)]
    best: Header | None = None
    for place, row in enumerate(top):
        for last, titles in _candidates(top, place):
            for layout in layouts:
                mapping = match(titles, layout)
                if len(mapping) >= 2 and (
                    best is None or _score(layout, mapping) > _score(best.layout, best.mapping)
                ):
                    preamble = _preamble(top[:place])
                    best = Header(row.number, last, titles, preamble, layout, mapping)
    if best is None:
        raise FileRefused(
            "no_header",
            "前 30 行中没有找到表头。",
            "表头应含“姓名”“社会保障号码”“社保卡号”等列名。",
        )
    return best


def _score(layout: Layout, mapping: Mapping[str, int]) -> tuple[int, int]:
    needed = sum(1 for column in layout.columns if column.required and column.field in mapping)
    return needed, len(mapping)


def _candidates(top: Sequence[Row], place: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The row alone, and joined with the next one: a head of two rows with merged cells above."""
    upper = _texts(top[place].cells)
    yield top[place].number, upper
    if place + 1 < len(top):
        lower = _texts(top[place + 1].cells)
        width = max(len(upper), len(lower))
        upper += ("",) * (width - len(upper))
        lower += ("",) * (width - len(lower))
        if sum(1 for text in upper if not text) >= 1 and any(lower):
            joined = tuple(low or up for up, low in zip(upper, lower, strict=True))
            yield top[place + 1].number, joined


def _texts(cells: Iterable[Cell]) -> tuple[str, ...]:
    return tuple(cell.text if isinstance(cell, OddCell) else cell for cell in cells)


def _preamble(rows: Sequence[Row]) -> dict[str, str]:
    """Batch lines above the header, like `批次号：2026-01`, one pair in a cell or in two."""
    pairs: dict[str, str] = {}
    for row in rows:
        texts = _texts(row.cells)
        for text, after in zip(texts, (*texts[1:], ""), strict=True):
            found = _PAIR.match(text)
            if found:
                pairs[found[1]] = found[2].strip()
            elif text.endswith((":", "：")) and after:
                pairs[text.rstrip(":：").strip()] = after
    return pairs


@dataclass(frozen=True, slots=True)
class Body:
    """The rows of data below a header, and what was left out on purpose."""

    table: Table
    header: Header

    def rows(self) -> Iterator[Row]:
        """Data rows: no repeated heads of pages, no batch lines, no ruler lines, no totals."""
        heads = {tidy(title) for title in self.header.titles if title}
        for row in self.table.rows():
            if row.number > self.header.last_row and not _is_furniture(row, heads):
                yield row


def _is_furniture(row: Row, heads: set[str]) -> bool:
    texts = [text for text in _texts(row.cells) if text]
    if not texts:
        return True
    first = texts[0]
    if _TOTAL.match(first) or (len(texts) == 1 and _DASHES.match(first)):
        return True
    if len(texts) <= 4 and all(
        _PAIR.match(text) or text.endswith(("页", "：", ":")) for text in texts
    ):
        return True
    same = sum(1 for text in texts if tidy(text) in heads)
    return same >= 2 and same * 2 > len(texts)
