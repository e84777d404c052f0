"""Looks through the XML of every sheet before a library opens it (trust-and-ux.md I4-I12).

A quick search by patterns measures the rectangle and says whether a sheet has anything odd; only
then a full walk finds it. `archives.py` unpacks, `old_workbook.py` does the same for `.xls`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from cardbook.imports import limits
from cardbook.imports.archives import Archive, broken
from cardbook.imports.reading import FileRefused, Odd, OddCell

# Two patterns of one group each: texts without tuples around them are found a third faster.
_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})')
_ROW = re.compile(rb'<c r="[A-Z]{1,3}([1-9][0-9]{0,6})"')
# A cell that does not say its place as every known program writes it.
_UNUSUAL_CELL = re.compile(
    rb'<c(?=[\s/>])(?! r="[A-Z]{1,3}[1-9][0-9]{0,6}"(?: (?:s|t|cm|vm|ph)="[0-9A-Za-z]*+")*+ ?/?>)'
)
_ROOT = re.compile(rb"<worksheet[\s>]")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LAST_ROW = 1_048_576
_STRADDLE = 64
# Hidden rows or columns, errors, formulas; not the `<formula1>` of a list of choices.
_ODD_MARK = re.compile(rb"""\bhidden=|\bt=["']e["']|<f[\s/>]""")
_SHEET_DATA = re.compile(rb"<(\w+:)?sheetData[\s/>]")
_VALUE = re.compile(rb"<(v|is)[\s>]")
_ODD_HINTS = (b"hidden=", b't="e"', b"t='e'", b"<f")
_MERGED = re.compile(rb'<mergeCell ref="([A-Z0-9:]*)"')
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)")


@dataclass(slots=True)
class SheetFacts:
    """What a sheet holds; rows and columns count from 1, `right` and `bottom` are the last used.

    `odd` has the cells whose value the library cannot give, by row and then by column.
    """

    name: str = ""
    is_hidden: bool = False
    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0
    merged_ranges: int = 0
    merged_cells: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    odd: dict[int, dict[int, OddCell]] = field(default_factory=dict)
    odd_count: int = 0

    @property
    def is_filled(self) -> bool:
        """Whether there is any cell with a value."""
        return self.bottom > 0

    def take(self, rows: Iterable[int], columns: Iterable[int]) -> None:
        """Widen the rectangle by the places of some cells."""
        for row in rows:
            self.top = min(self.top or row, row)
            self.bottom = max(self.bottom, row)
        for column in columns:
            self.left = min(self.left or column, column)
            self.right = max(self.right, column)

    def keep_odd(self, row: int, column: int, cell: OddCell) -> None:
        """Remember a cell without a usable value.

        :raises FileRefused: `too_many_formulas`.
        """
        self.odd_count += 1
        if self.odd_count > limits.MAX_ODD_CELLS:
            raise FileRefused(
                "too_many_formulas",
                f"工作表“{self.name}”有超过 {limits.MAX_ODD_CELLS} 个单元格是错误值"
                "或没有结果的公式。",
                "请全选后复制，“粘贴为数值”，另存后再导入。",
            )
        self.odd.setdefault(row, {})[column] = cell

    @property
    def cells(self) -> int:
        """How many cells the rectangle has; the library reserves room for each."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    @property
    def is_excessive(self) -> bool:
        """Whether it would be refused."""
        return (
            self.right > limits.MAX_COLUMNS
            or self.cells > limits.MAX_SHEET_CELLS
            or self.merged_ranges > limits.MAX_MERGED_RANGES
        )

    def refuse_excess(self) -> None:
        """Refuse a sheet that would cost too much to read.

        :raises FileRefused: `too_wide`, `too_far`, `merged`.
        """
        if self.right > limits.MAX_COLUMNS:
            raise FileRefused(
                "too_wide",
                f"工作表“{self.name}”用到第 {self.right} 列（{letters(self.right)} 列），"
                f"超过 {limits.MAX_COLUMNS} 列。",
                "请删除多余的列后另存再导入。",
            )
        if self.cells > limits.MAX_SHEET_CELLS:
            raise self.too_far()
        if self.merged_ranges > limits.MAX_MERGED_RANGES:
            raise FileRefused(
                "merged",
                f"工作表“{self.name}”有 {self.merged_ranges} 处合并单元格，"
                f"超过 {limits.MAX_MERGED_RANGES} 处。",
                "请取消合并后另存再导入。",
            )

    def too_far(self) -> FileRefused:
        """The refusal of a rectangle that is too large."""
        return FileRefused(
            "too_far",
            f"工作表“{self.name}”从 {letters(self.left)}{self.top} 到 "
            f"{letters(self.right)}{self.bottom}，共 {self.cells} 个单元格，"
            f"超过 {limits.MAX_SHEET_CELLS} 个。",
            "请删除表格以外的内容，或按批次分成几个文件，或另存为 CSV 后再导入。",
        )


def letters(column: int) -> str:
    """This function will name a column, counted from 1, as spreadsheet programs do: 28 is AB."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_of(name: str) -> int:
    """This function will count a column named by letters from 1: AB is 28."""
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column


def scan_part(archive: Archive, part: str, *, facts: SheetFacts, recalculates: bool) -> None:
    """This function will fill in what a sheet's part holds.

    `recalculates`: the program that wrote it left all results to the next one, so 0 is no result.

    :raises FileRefused: when it is damaged, dangerous or too large.
    """
    quick = SheetFacts(name=facts.name)
    if _measure(archive, part, quick) and not quick.is_excessive:
        if quick.is_filled:
            facts.take((quick.top, quick.bottom), (quick.left, quick.right))
        facts.merged_ranges, facts.merged_cells = quick.merged_ranges, quick.merged_cells
        return
    # Only the walk tells empty cells that are formatted, up to column XFD, from values.
    _Walk(facts, recalculates=recalculates).run(archive.chunks(part))
    facts.refuse_excess()


def scan_other_part(archive: Archive, part: str) -> None:
    """This function will look at a part that the list of sheets does not name.

    The library follows its own way through the package; no sheet may wait for it where nobody
    looked.

    :raises FileRefused: when it is damaged, or would be refused if it were listed.
    """
    before, is_sheet = b"", False
    for chunk in archive.chunks(part):
        refuse_entities(before + chunk)
        is_sheet = is_sheet or bool(_SHEET_DATA.search(before + chunk))
        before = chunk[-_STRADDLE:]
    if is_sheet:
        scan_part(archive, part, facts=SheetFacts(name=part), recalculates=False)


def refuse_entities(chunk: bytes) -> None:
    """No part of a real workbook declares a document type; entity bombs begin with one.

    :raises FileRefused: `entities`.
    """
    if _DOCTYPE.search(chunk):
        raise FileRefused(
            "entities",
            "工作簿含有 XML 实体声明，疑似恶意文件。",
            "请用 WPS 或 Excel 另存后再导入。",
        )


def whole_tags(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """This function will cut chunks anew, so that no tag straddles two of them.

    :raises FileRefused: `broken`, when a tag does not end.
    """
    rest = b""
    for chunk in chunks:
        window = rest + chunk
        cut = window.rfind(b"<")
        rest = window[cut:] if cut > 0 else window
        if len(rest) > limits.MAX_TAG_BYTES:
            raise broken()
        if cut > 0:
            yield window[:cut]
    yield rest


def _measure(archive: Archive, part: str, facts: SheetFacts) -> bool:
    """Measure by patterns; False when only a full walk can tell."""
    rows: set[bytes] = set()
    columns: set[bytes] = set()
    plain, first, has_value = True, True, False
    for chunk in whole_tags(archive.chunks(part)):
        if first and chunk.startswith(_UTF_16):
            raise broken()
        refuse_entities(chunk)
        # The rest is still unpacked and searched for entities, but measured by the walk.
        plain = plain and not (first and not _ROOT.search(chunk))
        plain = plain and not _UNUSUAL_CELL.search(chunk) and not _has_odd_mark(chunk)
        first = False
        has_value = has_value or bool(_VALUE.search(chunk))
        if plain:
            columns.update(_COLUMN.findall(chunk))
            rows.update(_ROW.findall(chunk))
            for reference in _MERGED.findall(chunk) if b"<mergeCell " in chunk else ():
                facts.merged_ranges += 1
                facts.merged_cells += _area(reference.decode())
    if has_value:
        _take_bytes(facts, rows, columns)
    return plain


def _has_odd_mark(chunk: bytes) -> bool:
    # Two plain searches are much faster than the pattern, and nearly always enough.
    return any(mark in chunk for mark in _ODD_HINTS) and bool(_ODD_MARK.search(chunk))


def _take_bytes(facts: SheetFacts, rows: set[bytes], columns: set[bytes]) -> None:
    facts.take(map(int, rows), (column_of(name.decode()) for name in columns))


class _Walk:
    """A walk over a sheet's XML that measures it and keeps what is odd."""

    def __init__(self, facts: SheetFacts, *, recalculates: bool) -> None:
        self._facts = facts
        self._no_results = {"", "0"} if recalculates else {""}
        self._row = self._column = 0
        self._kind = ""
        self._formula = self._filled = self._in_value = False
        self._value = ""

    def run(self, chunks: Iterable[bytes]) -> None:
        """Walk; a document type ends it before an entity could be used."""
        parser: Any = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for chunk in chunks:
                refuse_entities(chunk)
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as problem:
            raise broken() from problem

    @staticmethod
    def _declaration(_: str, encoding: str | None, __: int) -> None:
        # The library reads UTF-8 whatever is declared, and would see another sheet than we.
        if encoding and encoding.upper() != "UTF-8":
            raise broken()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "is"}:
            self._in_value = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            if _is_true(attributes.get("hidden")):
                self._facts.hidden_rows.add(self._row)
        elif name == "col" and _is_true(attributes.get("hidden")):
            first, last = int(attributes.get("min", 0)), int(attributes.get("max", 0))
            self._facts.hidden_columns.update(range(first, min(last, limits.MAX_COLUMNS) + 1))
        elif name == "mergeCell":
            self._facts.merged_ranges += 1
            self._facts.merged_cells += _area(attributes.get("ref", ""))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._column += 1
        if "r" in attributes:
            found = _REFERENCE.fullmatch(attributes["r"])
            if found is None:
                raise broken()
            self._column, self._row = column_of(found[1]), int(found[2])
        if not 0 < self._row <= _LAST_ROW:
            raise broken()
        self._kind = attributes.get("t", "")
        self._formula = self._in_value = False
        self._value = ""

    def _text(self, text: str) -> None:
        if self._in_value and len(self._value) < 16:
            self._value += text

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in {"v", "is"}:
            self._in_value = False
        if name != "c":
            return
        place = self._row, self._column
        if self._kind == "e":
            self._facts.keep_odd(*place, OddCell(Odd.ERROR, self._value or "错误值"))
        elif self._formula and self._kind != "str" and self._value in self._no_results:
            self._facts.keep_odd(*place, OddCell(Odd.FORMULA, "公式没有结果"))
        elif not self._value:
            return
        self._facts.take((self._row,), (self._column,))


def _refuse_doctype(*_: object) -> None:
    refuse_entities(b"<!DOCTYPE")


def _is_true(value: str | None) -> bool:
    return value in {"1", "true"}


def _area(reference: str) -> int:
    """How many cells a merged range like A1:C2 covers."""
    found = _REFERENCE.findall(reference)
    if len(found) != 2:
        return 0
    (left, top), (right, bottom) = ((column_of(name), int(row)) for name, row in found)
    return (abs(right - left) + 1) * (abs(bottom - top) + 1)
