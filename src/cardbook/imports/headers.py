"""Finds the header in a sheet as people make them: below titles and batch lines, or in two rows.

Columns are matched by name, never by position; what an office mapped by hand is remembered under
the header's fingerprint (I12, I18).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cardbook.imports import limits
from cardbook.imports.columns import Column, Layout, RowProblem
from cardbook.imports.doubts import Doubts
from cardbook.imports.furniture import FOOT, PAIR, furniture, labels, total_of
from cardbook.imports.merged import Merged
from cardbook.imports.reading import FileRefused, Row, Table
from cardbook.imports.titles import is_error_title, no_header, tidy

_PAIRS = re.compile(
    r"([\u4e00-\u9fff]{2,8})\s*[:：]\s*((?:[^\s:：，,；;]|,(?=[0-9]{3}))+)(?=[\s，,；;]|$)"
)
_RULER_SIGNS = "-=_*—－─━+"
_RULER = re.compile(rf"[{_RULER_SIGNS}|┼]{{3,}}")
# Words that begin a pair on a batch line: 批次号, P2026A, 批次人数, 120, 卡商, …
BATCH_WORDS = frozenset(
    {"批次号", "批次", "批次人数", "人数", "卡商", "制卡机构", "银行", "任务编号"}
)
_TASK_COUNTS = ("recordcount", "任务人数", "任务数量", "制卡数量")
# Head of the files of fixed width between office and bank: kind, rows, length of a row, filler.
_BANK_FILE = re.compile(r"(SH|BK)[0-9]{8}[0-9]{8}F")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is, its texts, what stood above it, and how well a layout fits.

    `is_chosen`: a person said which column is what.
    """

    row: int
    last_row: int
    titles: tuple[str, ...]
    preamble: Mapping[str, str]
    layout: Layout
    mapping: Mapping[str, int]
    is_chosen: bool = False

    @property
    def fingerprint(self) -> str:
        """The same header gives the same fingerprint, whatever its spacing."""
        own = (tidy(title) for title in self.titles if not is_error_title(title))
        text = "|".join(own).rstrip("|")
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
        others = (t for place, t in enumerate(self.titles) if place not in taken)
        return tuple(title for title in others if title and not is_error_title(title))

    @property
    def doubled(self) -> tuple[str, ...]:
        """Used titles that stand there twice; the left one was taken, a person should look."""
        counts = Counter(tidy(title) for title in self.titles)
        used = (self.titles[place] for place in sorted(set(self.mapping.values())))
        return tuple(title for title in used if counts[tidy(title)] > 1)

    @property
    def rivals(self) -> tuple[tuple[str, str], ...]:
        """Needed columns under two names, like 社会保障号码 and 身份证号: taken, and left over."""
        taken = set(self.mapping.values())
        return (
            ()
            if self.is_chosen
            else tuple(
                (self.titles[self.mapping[column.field]], title)
                for column in self.layout.columns
                if column.required and column.field in self.mapping
                for place, title in enumerate(self.titles)
                if place not in taken
                and title not in self.doubled
                and tidy(title) in _names(column)
            )
        )

    @property
    def unclear(self) -> tuple[str, ...]:
        """Needed columns that stand there twice: two tables side by side, or another person's."""
        needed = {
            self.titles[self.mapping[column.field]]
            for column in self.layout.columns
            if column.required and column.field in self.mapping
        }
        return () if self.is_chosen else tuple(t for t in self.doubled if t in needed)


def _names(column: Column) -> list[str]:
    return [tidy(name) for name in (column.title, *column.aliases)]


def match(titles: Sequence[str], layout: Layout) -> dict[str, int]:
    """This function will map fields to column places by header text, the first match winning."""
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        if title:
            places.setdefault(tidy(title), place)
    mapping: dict[str, int] = {}
    for column in layout.columns:
        for name in _names(column):
            found = places.get(name)
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
        raise no_header(
            is_bank_file=bool(top and _BANK_FILE.match("".join(top[0].texts))),
            is_crowded=any(
                len(match(re.split("[,，;；|\t]", text), layout)) >= 2
                for row in top for text in row.texts for layout in layouts
            ),
        )  # fmt: skip
    return best


def _score(header: Header) -> tuple[int, int, bool, bool]:
    """Needed columns first, then all; no doubled titles; one row before two."""
    needed = sum(1 for c in header.layout.columns if c.required and c.field in header.mapping)
    is_single = header.row == header.last_row
    return needed, len(header.mapping), not header.doubled, is_single


def _candidates(top: Sequence[Row], place: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The row alone, and joined with the next one: a head of two rows with merged cells above."""
    upper = top[place].texts
    yield top[place].number, upper
    if place + 1 < len(top):
        lower = top[place + 1].texts
        width = max(len(upper), len(lower))
        upper += ("",) * (width - len(upper))
        lower += ("",) * (width - len(lower))
        if sum(1 for text in upper if not text) >= 1 and any(lower):
            yield top[place + 1].number, _joined(upper, lower)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Titles of a head in two rows; 姓名 below 监护人 is 监护人姓名 when there is another 姓名."""
    titles: list[str] = []
    group = ""
    filled = [text for text in upper if text]
    has_groups = len(filled) > 1 and not _is_batch_line(filled)
    for above, below in zip(upper, lower, strict=True):
        group = (above or group) if has_groups else ""
        title = below or above
        titles.append(f"{group}{below}" if below and title in titles else title)
    return tuple(titles)


def _preamble(rows: Sequence[Row]) -> dict[str, str]:
    """Batch lines above the header, like `批次号：2026-01`, one pair in a cell or in two."""
    pairs: dict[str, str] = {}
    for row in rows:
        pairs |= _pairs(row.texts)
    return pairs


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    """What a batch line says: `批次号：P1` in one cell, or name and value in two."""
    pairs: dict[str, str] = {}
    for text, after in zip(texts, (*texts[1:], ""), strict=True):
        several = _PAIRS.findall(text)
        found = PAIR.match(text)
        name = text.rstrip(":：").strip()
        if len(several) > 1:
            pairs |= dict(several)
        elif found:
            pairs[found[1]] = found[2].strip()
        elif after and (text.endswith((":", "：")) or name in BATCH_WORDS):
            pairs[name] = after
    return pairs


@dataclass(frozen=True, slots=True)
class Body:
    """The rows of data below a header, and what a walk over them found besides.

    `declared` fills with the counts that batch and task lines claim, `totals` with the lines that
    count the whole file and what they say, `skipped` with how many rows of which kind were left
    out on purpose, `spread` with how many cells below merged ones were read, by title.
    """

    table: Table
    header: Header
    declared: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    totals: list[tuple[int, int]] = field(default_factory=list)
    spread: dict[str, int] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """How many cells a row of a text file may fill; 0: any, beside a sheet people scribble.

        In a text one cell too many is a separator within a value, and all behind it is shifted.
        """
        return len(self.header.titles) if self.table.delimiter else 0

    def rows(self) -> Iterator[Row]:
        """Data rows: no repeated heads of pages, batch or task lines, rulers, totals, remarks."""
        self.skipped.clear()
        self.totals.clear()
        self._declare(self.header.preamble)
        sorter = _Sorter(self.header)
        merged = Merged(self.table.merged, below=self.header.last_row)
        doubts = Doubts(self.header.titles, self.header.mapping.values())
        for row in self.table.rows():
            texts = row.texts
            if row.number <= self.header.last_row:
                sorter.learn(texts, is_above=row.number < self.header.row)
                continue
            kind = sorter.kind(texts, below_head=row.number - self.header.last_row)
            if kind == _HEAD and (moved := sorter.moved(texts)):
                raise _other_order(row.number, moved, self.header)
            if not kind:
                yield doubts(merged(row))
                continue
            self._skip(row.number, texts, kind)
            if kind == _TASK:
                self.declared.update(sorter.task(texts))
        self._tell_spread(merged)

    def _skip(self, number: int, texts: Sequence[str], kind: str) -> None:
        self.skipped[kind] = self.skipped.get(kind, 0) + 1
        titles = (*self.header.titles, *[""] * len(texts))
        counts = ["" if _MONEY.search(title) else text
                  for text, title in zip(texts, titles, strict=False)]  # fmt: skip
        if (total := total_of(counts)) is not None:
            self.totals.append((number, total))
        if kind in {_BATCH, FOOT}:
            self._declare(_pairs(texts))

    def _tell_spread(self, merged: Merged) -> None:
        titles = self.header.titles
        self.spread.clear()
        self.spread.update(
            {titles[left - 1]: count for left, count in merged.filled.items()
             if left <= len(titles) and titles[left - 1]}
        )  # fmt: skip

    def miscounted(self, rows: int) -> Iterator[RowProblem]:
        """What is wrong when the file's own total is not the number of its rows (D6)."""
        for row, total in self.totals if len(self.totals) == 1 else ():
            if total != rows:
                yield RowProblem(
                    row=row,
                    title="合计",
                    code="declared_count",
                    sentence=f"合计行写明 {total}，文件中有 {rows} 行",
                    remedy="文件可能没有传完或被删行，请重新导出整份文件；合计的不是行数的，请删除该行",
                )

    def _declare(self, pairs: Mapping[str, str]) -> None:
        batch = pairs.get("批次号") or pairs.get("批次")
        claimed = pairs.get("批次人数") or pairs.get("人数") or ""
        count = _DIGITS.match(claimed.replace(",", ""))
        if batch and count:
            self.declared[batch] = int(count[0])


def _other_order(row: int, moved: Sequence[str], header: Header) -> FileRefused:
    return FileRefused(
        "head_differs",
        f"第 {row} 行又是表头，列的次序与第 {header.last_row} 行的不同："
        f"“{'”“'.join(moved)}”换了位置。",
        "请把两张表分成两份文件，或把各列调成一样的次序，再导入。",
    )


_DIGITS = re.compile(r"[0-9]{1,9}")
# What stands below these is no number of rows.
_MONEY = re.compile("金额|费|款|元|余额|支付|报销")
_HEAD, _RULER_LINE, _TASK, _BATCH = "重复的表头", "分隔线", "任务行", "批次行"
_LABELS, _LABELS_WITHIN = "表头的栏次、说明", 3


class _Sorter:
    """Tells rows of data from what people and printers put between them."""

    def __init__(self, header: Header) -> None:
        titles = [title for title in header.titles if title]
        self._heads = {tidy(title) for title in titles}
        self._first_signs = {title[0] for title in titles} | {head[:1] for head in self._heads}
        self._above: set[tuple[str, ...]] = set()
        self._needed = [
            header.mapping[column.field]
            for column in header.layout.columns
            if column.required and column.field in header.mapping
        ]
        # In a head of two rows a title stands in either of them.
        self._titles = header.titles if header.row == header.last_row else ()
        self._mapped = {tidy(header.titles[place]): place for place in header.mapping.values()}
        self._count_place = -1
        self._after_ruler = False

    def learn(self, texts: Sequence[str], *, is_above: bool) -> None:
        """Remember what stands at the top; a page later it may stand there again."""
        self._above.add(tuple(text for text in texts if text))
        for place, text in enumerate(texts):
            if is_above and text.strip().lower() in _TASK_COUNTS:
                self._count_place = place

    def task(self, texts: Sequence[str]) -> dict[str, int]:
        """How many rows a task's own line claims."""
        return {texts[0]: int(texts[self._count_place])}

    def kind(self, texts: Sequence[str], *, below_head: int) -> str:
        """What a row is if it is no data; a row with all it needs is data, whatever its name."""
        filled = [text for text in texts if text]
        after_ruler, self._after_ruler = self._after_ruler, False
        if filled[0][0] in _RULER_SIGNS and all(map(_RULER.fullmatch, filled)):
            self._after_ruler = True
            return _RULER_LINE
        if below_head <= _LABELS_WITHIN and labels(filled):
            self._above.add(tuple(filled))
            return _LABELS
        if tuple(filled) in self._above or self._repeats_head(texts, filled):
            return _HEAD
        is_task = after_ruler and self._is_task(texts)
        if is_task or _is_batch_line(filled):
            return _TASK if is_task else _BATCH
        for place in self._needed:
            if place >= len(texts) or not texts[place]:
                return furniture(filled)
        return ""

    def moved(self, texts: Sequence[str]) -> tuple[str, ...]:
        """Titles of used columns that a repeated head has at another place."""
        found: list[str] = []
        if not self._repeats_head(texts, [text for text in texts if text]):
            return ()  # a batch line from above the table
        for place, title in enumerate(self._titles and texts):
            name = tidy(title)
            own = tidy(self._titles[place]) if place < len(self._titles) else ""
            if name and name != own and name in self._mapped:
                found.append(title)
        return tuple(found)

    def _is_task(self, texts: Sequence[str]) -> bool:
        return 0 <= self._count_place < len(texts) and bool(
            texts[0] and _DIGITS.fullmatch(texts[self._count_place])
        )

    def _repeats_head(self, texts: Sequence[str], filled: Sequence[str]) -> bool:
        # A head has a title where the card's number stands else: one look spares most rows more.
        place = self._needed[0] if self._needed else -1
        if 0 <= place < len(texts) and texts[place][:1] not in self._first_signs:
            return False
        same = sum(1 for text in filled if tidy(text) in self._heads)
        return same >= 2 and same * 2 > len(filled)


def _is_batch_line(filled: Sequence[str]) -> bool:
    if filled[0].rstrip(":：") not in BATCH_WORDS:
        return False
    return len(filled) > 1 and all(text.rstrip(":：") in BATCH_WORDS for text in filled[0::2])
