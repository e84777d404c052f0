"""Workbooks through calamine, with what it does not show: errors, formulas, hidden rows (I7-I12).

`sheet_scan.py` and `old_workbook.py` beside it have looked through the file before it is opened
here; an error value and an uncalculated formula would otherwise come as empty cells.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import defusedxml
import python_calamine as calamine
from defusedxml import ElementTree

from cardbook.imports import limits
from cardbook.imports.archives import Archive, broken
from cardbook.imports.old_workbook import encrypted, scan_old_workbook
from cardbook.imports.reading import EDGES, Cell, FileRefused, Odd, OddCell, Row
from cardbook.imports.sheet_facts import Patience, SheetFacts, letters, refuse_many_sheets
from cardbook.imports.sheet_scan import refuse_entities, scan_other_part, scan_part
from cardbook.imports.struck import struck_in

_WHOLE_NUMBER_LIMIT = 1e15


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that was looked through: its sheets in order, none of them opened yet."""

    path: Path
    kind: str
    sheets: tuple[SheetFacts, ...]

    @property
    def filled(self) -> tuple[str, ...]:
        """The sheets with any value that a person can see."""
        return tuple(s.name for s in self.sheets if s.is_filled and not s.is_hidden)

    @property
    def filled_hidden(self) -> tuple[str, ...]:
        """The hidden sheets with any value."""
        return tuple(s.name for s in self.sheets if s.is_filled and s.is_hidden)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know who sees only a part of the workbook."""
        return (
            *(
                f"工作表“{name}”是隐藏的，没有读取；需要时请取消隐藏后另存"
                for name in self.filled_hidden
            ),
            *(note for s in self.sheets if s.name in self.filled for note in _notes(s)),
        )

    def table(self, sheet: str) -> "SheetTable":
        """The table of a sheet that is filled.

        :raises FileRefused: `broken`, `unfinished`.
        """
        facts = next(s for s in self.sheets if s.name == sheet)
        if any(one.is_unfinished for one in self.sheets):
            raise FileRefused(
                "unfinished",
                f"工作簿“{sheet}”很大，又含公式、错误值或少见的写法，页面上无法预览。",
                "请全选后复制，在新工作簿中“粘贴为数值”，或另存为 CSV 后再导入。",
            )
        return SheetTable(
            sheet=sheet,
            facts=facts,
            notes=self.notes,
            _sheet=_open_sheet(self.path, kind=self.kind, place=self.sheets.index(facts)),
        )


def _notes(facts: SheetFacts) -> Iterator[str]:
    hidden = sorted(c for c in facts.hidden_columns if facts.left <= c <= facts.right)
    if hidden:
        names = "、".join(letters(column) for column in hidden[:20])
        yield f"工作表“{facts.name}”的 {names} 列是隐藏的，也会读取，请核对"


def look_through(path: Path, *, kind: str, in_page: bool = False) -> Workbook:
    """This function will look through a workbook without opening it in the library.

    `in_page`: somebody waits, so what takes long is left unfinished.

    :raises FileRefused: when it is a bomb, broken, encrypted, too wide, too far or too many.
    """
    patience = Patience.of_a_page() if in_page else Patience()
    if kind == "xlsx":
        sheets = _sheets_of_package(path, patience, in_page=in_page)
    else:
        sheets = _sheets_of_old(path)
    return Workbook(path, kind, sheets)


def _sheets_of_old(path: Path) -> tuple[SheetFacts, ...]:
    found = scan_old_workbook(path)
    # The library unpacks all sheets of an old workbook at once.
    for facts in found:
        facts.refuse_excess()
    if sum(facts.cells for facts in found) > limits.MAX_SHEET_CELLS:
        raise max(found, key=lambda facts: facts.cells).too_far()
    with _opened(path, kind="xls") as book:
        names = book.sheet_names
    if len(names) != len(found):
        raise broken()
    return tuple(replace(facts, name=name) for facts, name in zip(found, names, strict=True))


def _sheets_of_package(path: Path, patience: Patience, *, in_page: bool) -> tuple[SheetFacts, ...]:
    archive = Archive(path)
    # A page shows some rows and takes none.
    struck = None if in_page else struck_in(archive)
    listed, recalculates = listed_sheets(archive)
    refuse_many_sheets(len(listed))
    sheets = []
    for name, part, is_hidden in listed:
        facts = SheetFacts(name=name, is_hidden=is_hidden)
        if part in archive:
            scan_part(archive, part, facts=facts, recalculates=recalculates, patience=patience)
            if struck and facts.is_filled:
                struck.mark(archive, part, facts)
        sheets.append(facts)
    for name in set(archive.names) - {part for _, part, _ in listed}:
        scan_other_part(archive, name, patience=patience)
    return tuple(sheets)


def listed_sheets(archive: Archive) -> tuple[list[tuple[str, str, bool]], bool]:
    """This function will list the sheets: name, part, hidden; and whether no result is trusted.

    :raises FileRefused: when the list is damaged or declares entities.
    """
    try:
        book = ElementTree.fromstring(archive.whole("xl/workbook.xml"))
        relations = ElementTree.fromstring(archive.whole("xl/_rels/workbook.xml.rels"))
    except defusedxml.DefusedXmlException as problem:
        refuse_entities(b"<!DOCTYPE")
        raise broken() from problem
    except (ElementTree.ParseError, ValueError, LookupError) as problem:
        raise broken() from problem
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    listed, recalculates = [], False
    for node in book.iter():
        kind = node.tag.rpartition("}")[2]
        if kind == "calcPr":
            recalculates = node.get("fullCalcOnLoad") in {"1", "true"}
        if kind != "sheet" or not node.get("name"):
            continue
        identity = next((v for k, v in node.attrib.items() if k.endswith("}id")), "")
        target = targets.get(identity, "").lstrip("/")
        part = target if target.startswith("xl/") else f"xl/{target}"
        listed.append((node.get("name", ""), part, node.get("state", "visible") != "visible"))
    return listed, recalculates


@contextmanager
def _library() -> Iterator[None]:
    """Turn everything the library may raise on a damaged file into a refusal."""
    try:
        yield
    except calamine.PasswordError as problem:
        raise encrypted() from problem
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as problem:
        raise broken() from problem
    except BaseException as problem:
        # A panic inside the library arrives as an exception of a class that cannot be imported.
        if type(problem).__name__ == "PanicException":
            raise broken() from problem
        raise


@contextmanager
def _opened(path: Path, *, kind: str) -> Iterator[Any]:
    """The workbook in the library, which believes endings: so it gets a name with the right one.

    Without an ending it would try every format it knows, also those nobody looked through.
    """
    with tempfile.TemporaryDirectory(prefix="cardbook-sheet-") as folder, _library():
        link = Path(folder) / f"book.{kind}"
        link.symlink_to(path.resolve())
        yield calamine.CalamineWorkbook.from_path(str(link))


def _open_sheet(path: Path, *, kind: str, place: int) -> Any:
    with _opened(path, kind=kind) as book:
        return book.get_sheet_by_index(place)


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One sheet of a workbook; cells stand at their own column, the first at A."""

    sheet: str
    facts: SheetFacts
    notes: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    # Unpacked and parsed once: 32 bytes a cell for as long as the table lives.
    _sheet: Any = field(default=None, repr=False)

    @property
    def merged(self) -> tuple[tuple[int, int, int], ...]:
        """The merged ranges: first row, last row, first column."""
        if not self.facts.merged_ranges:
            return ()
        with _library():
            found = self._sheet.merged_cell_ranges or ()
        return tuple((top + 1, bottom + 1, left + 1) for (top, left), (bottom, _) in found)

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank, however many blank ones lie between."""
        hidden, odd, struck = self.facts.hidden_rows, self.facts.odd, self.facts.struck
        number = 0
        with _library():
            start = self._sheet.start
            before: tuple[Cell, ...] = ("",) * (start[1] if start else 0)
            for number, values in enumerate(self._sheet.iter_rows(), start=1):
                cells = before + tuple(
                    [v.strip(EDGES) if type(v) is str else _cell(v) for v in values]
                )
                if number in odd:
                    cells = _with_odd(cells, odd[number])
                if number in struck:
                    cells = _with_struck(cells, struck[number])
                if any(cells):
                    yield Row(number, cells, hidden=number in hidden)
        # Below the last value there may still be formulas that nobody calculated.
        for later in sorted(row for row in odd if row > number):
            yield Row(later, _with_odd((), odd[later]), hidden=later in hidden)


def _with_odd(cells: tuple[Cell, ...], odd: dict[int, OddCell]) -> tuple[Cell, ...]:
    """Put what the library left empty in its place; `odd` counts columns from 1."""
    width = max(len(cells), *odd)
    filled = [*cells, *[""] * (width - len(cells))]
    for column, cell in odd.items():
        filled[column - 1] = cell
    return tuple(filled)


def _with_struck(cells: tuple[Cell, ...], struck: set[int]) -> tuple[Cell, ...]:
    return tuple(
        OddCell(Odd.STRUCK, cell.text if isinstance(cell, OddCell) else cell)
        if cell and column in struck
        else cell
        for column, cell in enumerate(cells, start=1)
    )


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        whole = isinstance(value, int) or (value.is_integer() and abs(value) < _WHOLE_NUMBER_LIMIT)
        return OddCell(Odd.NUMBER, str(int(value)) if whole else repr(value))
    if isinstance(value, (datetime, date, time, timedelta)):
        return OddCell(Odd.DATE, f"{value}")
    return ""
