"""Looks through the XML of every sheet before a library opens it (trust-and-ux.md I4-I12).

A quick search by patterns measures the rectangle and says whether a sheet has anything odd; only
then a walk finds it, to the end in a worker, for about a second in a page. `archives.py` unpacks,
`old_workbook.py` does the same for `.xls`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.parsers import expat

from cardbook.imports import limits
from cardbook.imports.archives import Archive, broken
from cardbook.imports.reading import FileRefused, Odd, OddCell
from cardbook.imports.sheet_facts import Patience, SheetFacts, Unfinished, column_of

# Two patterns of one group each: texts without tuples around them are found a third faster.
_COLUMN = re.compile(rb'<c r="([A-Z]{1,3})')
_ROW = re.compile(rb'<c r="[A-Z]{1,3}([1-9][0-9]{0,6})"')
# Every cell is written like this by the programs offices use, with a value or without: no error,
# no formula, nothing twice. One that is not sends the whole sheet on the walk.
_PLAIN_CELL = (
    rb' r="%b%b"(?: (?:s|cm|vm|ph)="[0-9]*+"| t="(?:s|n|b|str|inlineStr|d)")*+ ?'
    rb"(?:/>|>(?=<v>|<is>|</c>))"
)
_CELL_BUT_PLAIN = rb"<c(?=[\s/>])(?!%b)"
_ANY_COLUMN, _ANY_ROW = rb"[A-Z]{1,3}", rb"[1-9][0-9]{0,6}"
_CLAIM = re.compile(rb'<dimension ref="(?:[A-Z]{1,3}[0-9]{1,7}:)?([A-Z]{1,3})([1-9][0-9]{0,6})"')
_HIDDEN = re.compile(rb"""\bhidden\s*=\s*["'](?!0["']|false["'])""")
_HIDDEN_ROW = re.compile(
    rb'<row r="([1-9][0-9]{0,6})"(?=[^<>]* hidden="(?:1|true)")'
    rb'(?: (?!r=)[\w:.]+="[^"<>]*")++ ?/?>'
)
_HIDDEN_COLUMNS = re.compile(
    rb'<col min="([0-9]{1,5})" max="([0-9]{1,5})"(?=[^<>]* hidden="(?:1|true)")'
    rb'(?: (?!min=|max=)[\w:.]+="[^"<>]*")++ ?/?>'
)
# Rows without height, and cells that hold their own text with a part of it struck out.
_SEEN_ON_A_WALK = (b' ht="0', b" ht='", b"<strike")
_ZERO = re.compile(r"0+(?:\.0*)?")
_CELL_TAG = re.compile(rb"<c[\s/>]")
_ROOT = re.compile(rb"<worksheet[\s>]")
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LAST_ROW = 1_048_576
_STRADDLE = 64
_SHEET_DATA = re.compile(rb"<(\w+:)?sheetData[\s/>]")
_VALUE = re.compile(rb"<(v|is)[\s>]")
_MERGED = re.compile(rb'<mergeCell ref="([A-Z0-9:]*)"')
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)")


def scan_part(
    archive: Archive, part: str, *, facts: SheetFacts, recalculates: bool, patience: Patience
) -> None:
    """This function will fill in what a sheet's part holds; without patience it is unfinished.

    `recalculates`: the program that wrote it left all results to the next one, so 0 is no result.

    :raises FileRefused: when it is damaged, dangerous or too large.
    """
    try:
        for search in (_confirm, _measure):
            quick = SheetFacts(name=facts.name)
            if search(archive, part, quick, patience) and not quick.is_excessive:
                facts.adopt(quick)
                return
        # Only the walk finds what is odd, and tells empty cells with a format from values.
        walk = _Walk(facts, recalculates=recalculates, patience=patience)
        walk.run(archive.chunks(part))
    except Unfinished:
        claim = _claimed(archive, part)
        facts.leave_unfinished(int(claim[2]) if claim else 0)
    else:
        facts.refuse_excess()


def scan_other_part(archive: Archive, part: str, *, patience: Patience) -> None:
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
        facts = SheetFacts(name=part)
        scan_part(archive, part, facts=facts, recalculates=False, patience=patience)


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
        # What follows the tag of a cell says whether it is a formula: they stay together.
        before = window.rfind(b"<", 0, cut) if cut > 0 else -1
        if before >= 0 and _CELL_TAG.match(window, before):
            cut = before
        rest = window[cut:] if cut > 0 else window
        if len(rest) > limits.MAX_TAG_BYTES:
            raise broken()
        if cut > 0:
            yield window[:cut]
    yield rest


def _claimed(archive: Archive, part: str) -> re.Match[bytes] | None:
    return _CLAIM.search(next(iter(archive.chunks(part)), b""))


def _confirm(archive: Archive, part: str, facts: SheetFacts, patience: Patience) -> bool:
    """Confirm the rectangle the sheet itself claims; False when it claims none, or too little."""
    claim = _claimed(archive, part)
    if claim is None:
        return False
    within = _up_to(claim[1], first=b"A", last=b"Z"), _up_to(claim[2], first=b"0", last=b"9")
    has_value = False
    for chunk in _plain_chunks(archive, part, facts, _cells_but(*within), patience):
        if not chunk:
            return False
        has_value = has_value or bool(_VALUE.search(chunk))
    if has_value:
        facts.take((1, int(claim[2])), (1, column_of(claim[1].decode())))
    return True


def _measure(archive: Archive, part: str, facts: SheetFacts, patience: Patience) -> bool:
    """Measure by the places of the cells; False when only a walk can tell."""
    rows: set[bytes] = set()
    columns: set[bytes] = set()
    has_value = False
    odd_cell = _cells_but(_ANY_COLUMN, _ANY_ROW)
    for chunk in _plain_chunks(archive, part, facts, odd_cell, patience):
        if not chunk:
            return False
        has_value = has_value or bool(_VALUE.search(chunk))
        columns.update(_COLUMN.findall(chunk))
        rows.update(_ROW.findall(chunk))
    if has_value:
        facts.take(map(int, rows), (column_of(name.decode()) for name in columns))
    return True


def _cells_but(column: bytes, row: bytes) -> re.Pattern[bytes]:
    """Finds the first cell that is not plain, or not in these columns and rows."""
    return re.compile(_CELL_BUT_PLAIN % (_PLAIN_CELL % (column, row)))


def _up_to(most: bytes, *, first: bytes, last: bytes) -> bytes:
    """A pattern of all numbers (or column names) up to the given one, which has no sign before it.

    305 gives 305 | 30[0-4] | [1-2][0-9][0-9] | [1-9][0-9] | [1-9].
    """
    any_sign = b"[%b-%b]" % (first, last)
    leading = b"1" if first == b"0" else first
    cases = [most]
    for place in range(len(most)):
        sign, lowest = most[place : place + 1], leading if place == 0 else first
        if sign > lowest:
            lower = b"[%b-%c]" % (lowest, sign[0] - 1)
            cases.append(most[:place] + lower + any_sign * (len(most) - place - 1))
    cases += [b"[%b-%b]" % (leading, last) + any_sign * n for n in range(len(most) - 1)]
    return b"(?:%b)" % b"|".join(cases)


def _plain_chunks(
    archive: Archive, part: str, facts: SheetFacts, odd_cell: re.Pattern[bytes],
    patience: Patience,
) -> Iterator[bytes]:  # fmt: skip
    """The chunks of a sheet as long as all is plain; an empty one says that something is not."""
    first = True
    for chunk in whole_tags(archive.chunks(part)):
        if first and chunk.startswith(_UTF_16):
            raise broken()
        refuse_entities(chunk)
        patience.search(chunk)
        is_told = b"hidden" not in chunk or _take_hidden(chunk, facts)
        is_told = is_told and not any(sign in chunk for sign in _SEEN_ON_A_WALK)
        if (first and not _ROOT.search(chunk)) or not is_told or odd_cell.search(chunk):
            yield b""
            return
        first = False
        facts.blank_cells += chunk.count(b"<c ") - chunk.count(b"<v>") - chunk.count(b"<is>")
        for reference in _MERGED.findall(chunk) if b"<mergeCell " in chunk else ():
            facts.merged_ranges += 1
            facts.merged_cells += _area(reference.decode())
        facts.refuse_many()
        yield chunk or b" "


def _take_hidden(chunk: bytes, facts: SheetFacts) -> bool:
    """Keep the hidden rows and columns; False when something is hidden in another spelling."""
    rows = _HIDDEN_ROW.findall(chunk)
    columns = _HIDDEN_COLUMNS.findall(chunk)
    facts.hidden_rows.update(map(int, rows))
    for first, last in columns:
        facts.hide_columns(int(first), int(last))
    told = len(rows) + len(columns)
    return told == chunk.count(b"hidden") or told == len(_HIDDEN.findall(chunk))


class _Walk:
    """A walk over a sheet's XML that measures it and keeps what is odd."""

    def __init__(self, facts: SheetFacts, *, recalculates: bool, patience: Patience) -> None:
        self._facts, self._patience = facts, patience
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
        self._patience.step()
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "is"}:
            self._in_value = True
        elif name == "f":
            self._formula = True
        elif name == "strike" and self._in_value and attributes.get("val") not in _NO:
            self._facts.strike(self._row, self._column)
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            if _is_true(attributes.get("hidden")) or _ZERO.fullmatch(attributes.get("ht", "")):
                self._facts.hidden_rows.add(self._row)
        elif name == "col" and _is_true(attributes.get("hidden")):
            first, last = int(attributes.get("min", 0)), int(attributes.get("max", 0))
            self._facts.hide_columns(first, last)
        elif name == "mergeCell":
            self._facts.merged_ranges += 1
            self._facts.merged_cells += _area(attributes.get("ref", ""))
            self._facts.refuse_many()

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
            self._facts.blank_cells += 1
            self._facts.refuse_many()
            return
        self._facts.take((self._row,), (self._column,))


def _refuse_doctype(*_: object) -> None:
    refuse_entities(b"<!DOCTYPE")


_NO = ("0", "false")


def _is_true(value: str | None) -> bool:
    return value in {"1", "true"}


def _area(reference: str) -> int:
    """How many cells a merged range like A1:C2 covers."""
    found = _REFERENCE.findall(reference)
    if len(found) != 2:
        return 0
    (left, top), (right, bottom) = ((column_of(name), int(row)) for name, row in found)
    return (abs(right - left) + 1) * (abs(bottom - top) + 1)
