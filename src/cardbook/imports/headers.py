"""Finds the header in a sheet as people make them: below titles and batch lines, or in two rows.

Columns are matched by name, never by position; what an office mapped by hand is remembered under
the header's fingerprint (I12, I18).
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cardbook.imports import limits
from cardbook.imports.columns import Layout
from cardbook.imports.reading import Cell, FileRefused, OddCell, Row, Table

_BRACKETS = re.compile(r"[（(【\[].*?[）)】\]]")
_NOISE = re.compile(r"[\s\u3000:：*＊/、，,。._\-]+")
_PAIR = re.compile(r"^\s*([\u4e00-\u9fff]{2,8})\s*[:：]\s*(\S.*)$")
_TOTAL = re.compile(r"^(合计|总计|小计|共计|汇总|总数|本页小计)")
_DASHES = re.compile(r"^[-=_*]{3,}$")
# Words that begin a pair on a batch line: 批次号, P2026A, 批次人数, 120, 卡商, …
BATCH_WORDS = frozenset(
    {"批次号", "批次", "批次人数", "人数", "卡商", "制卡机构", "银行", "任务编号"}
)
_TASK_COUNT_PLACE = 3
_SHORT_LINE = 4


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
    """This function will map fields to column places by header text, the first match winning."""
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        places.setdefault(tidy(title), place)
    mapping: dict[str, int] = {}
    for column in layout.columns:
        for name in (column.title, *column.aliases):
            found = places.get(tidy(name))
            if found is not None and found not in mapping.values():
                mapping[column.field] = found
                break
    return mapping


def find_header(table: Table, layouts: Sequence[Layout]) -> Header:
    """This function will find the header row and the layout that fits it best.

    :raises FileRefused: when no row near the top names two columns of any layout.
    """
    top = [row for _, row in zip(range(limits.HEADER_REGION_ROWS), table.rows(), strict=False)]
    found = [
        Header(row.number, last, titles, _preamble(top[:place]), layout, mapping)
        for place, row in enumerate(top)
        for last, titles in _candidates(top, place)
        for layout in layouts
        if len(mapping := match(titles, layout)) >= 2
    ]
    best = max(found, key=_score, default=None)
    if best is None:
        raise FileRefused(
            "no_header",
            f"前 {limits.HEADER_REGION_ROWS} 行中没有找到表头。",
            "表头应含“姓名”“社会保障号码”“社保卡号”等列名。",
        )
    return best


def _score(header: Header) -> tuple[int, int, bool]:
    """Needed columns first, then all, then one row before two; of equals, the upper one."""
    needed = sum(1 for c in header.layout.columns if c.required and c.field in header.mapping)
    return needed, len(header.mapping), header.row == header.last_row


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
        pairs |= _pairs(_texts(row.cells))
    return pairs


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    """What a batch line says: `批次号：P1` in one cell, or name and value in two."""
    pairs: dict[str, str] = {}
    for text, after in zip(texts, (*texts[1:], ""), strict=True):
        found = _PAIR.match(text)
        name = text.rstrip(":：").strip()
        if found:
            pairs[found[1]] = found[2].strip()
        elif after and (text.endswith((":", "：")) or name in BATCH_WORDS):
            pairs[name] = after
    return pairs


@dataclass(frozen=True, slots=True)
class Body:
    """The rows of data below a header; `declared` fills with the counts that batch lines claim."""

    table: Table
    header: Header
    declared: dict[str, int] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Data rows: no repeated heads of pages, no batch or task lines, no rulers, no totals."""
        heads = {tidy(title) for title in self.header.titles if title}
        needed = self._needed_places()
        self._declare(self.header.preamble)
        after_ruler = False
        for row in self.table.rows():
            texts = _texts(row.cells)
            is_ruler = len([text for text in texts if text]) == 1 and bool(_DASHES.match(texts[0]))
            if after_ruler and not is_ruler:
                # The line below a ruler is a task's own line: number, kind, bank, count.
                self._declare_task(texts)
            elif not is_ruler and row.number > self.header.last_row:
                if _is_batch_line(texts):
                    self._declare(_pairs(texts))
                    continue
                complete = all(place < len(texts) and texts[place] for place in needed)
                if not (_repeats_head(texts, heads) if complete else _is_furniture(texts, heads)):
                    yield row
            after_ruler = is_ruler

    def _needed_places(self) -> list[int]:
        mapping = self.header.mapping
        return [
            mapping[column.field]
            for column in self.header.layout.columns
            if column.required and column.field in mapping
        ]

    def _declare(self, pairs: Mapping[str, str]) -> None:
        batch = pairs.get("批次号") or pairs.get("批次")
        count = pairs.get("批次人数") or pairs.get("人数") or ""
        if batch and count.isdecimal():
            self.declared[batch] = int(count)

    def _declare_task(self, texts: Sequence[str]) -> None:
        if len(texts) > _TASK_COUNT_PLACE and texts[_TASK_COUNT_PLACE].isdecimal():
            self.declared[texts[0]] = int(texts[_TASK_COUNT_PLACE])


def _is_furniture(texts: Sequence[str], heads: set[str]) -> bool:
    """A page's head or foot, a line of totals; never a row with all it needs."""
    filled = [text for text in texts if text]
    if not filled or _TOTAL.match(filled[0]):
        return True
    if len(filled) <= _SHORT_LINE and all(
        _PAIR.match(text) or text.endswith(("页", "：", ":")) for text in filled
    ):
        return True
    return _repeats_head(texts, heads)


def _is_batch_line(texts: Sequence[str]) -> bool:
    filled = [text for text in texts if text]
    return len(filled) > 1 and all(text in BATCH_WORDS for text in filled[0::2])


def _repeats_head(texts: Sequence[str], heads: set[str]) -> bool:
    filled = [text for text in texts if text]
    same = sum(1 for text in filled if tidy(text) in heads)
    return same >= 2 and same * 2 > len(filled)
