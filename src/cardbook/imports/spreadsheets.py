"""Workbooks through calamine, with what it does not show: errors, formulas, hidden rows (I7-I12).

`sheet_scan.py` beside it refuses dangerous packages first. An error value and an uncalculated
formula come as empty cells; a pass over the sheet's XML finds them, only where there are any.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

import python_calamine as calamine

from cardbook.imports import limits
from cardbook.imports.reading import Cell, FileRefused, Odd, OddCell, Row
from cardbook.imports.sheet_scan import BROKEN, inspect_package

_CELL_REFERENCE = re.compile(r"([A-Z]+)(\d+)")


def sheets_with_rows(path: Path, *, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """This function will list the sheets that hold anything, and name the hidden ones left out.

    :raises FileRefused: when the workbook is a bomb, broken, encrypted, too wide or has no cells.
    """
    if kind == "xlsx":
        inspect_package(path)
    book = _open(path)
    if len(book.sheet_names) > limits.MAX_SHEETS:
        raise FileRefused(
            "too_many_sheets",
            f"工作簿有 {len(book.sheet_names)} 张工作表，超过 {limits.MAX_SHEETS} 张。",
            "请只保留要导入的工作表。",
        )
    hidden = {
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible != calamine.SheetVisibleEnum.Visible
    }
    filled = [name for name in book.sheet_names if _height(book, name)]
    notes = tuple(
        f"工作表“{name}”是隐藏的，没有读取；需要时请取消隐藏后另存"
        for name in filled
        if name in hidden
    )
    return tuple(name for name in filled if name not in hidden), notes


def _height(book: Any, name: str) -> int:
    sheet = _sheet(book, name)
    if sheet.width > limits.MAX_COLUMNS:
        raise FileRefused(
            "too_wide",
            f"工作表“{name}”有 {sheet.width} 列，超过 {limits.MAX_COLUMNS} 列。",
            "请删除多余的空列后再导入。",
        )
    height: int = sheet.height
    return height


def _open(path: Path) -> Any:
    try:
        return calamine.CalamineWorkbook.from_path(str(path))
    except calamine.PasswordError as problem:
        raise FileRefused(
            "encrypted", "工作簿设有打开密码。", "请打开后取消密码，另存后再导入。"
        ) from problem
    except (calamine.CalamineError, OSError, ValueError) as problem:
        raise BROKEN from problem


def _sheet(book: Any, name: str) -> Any:
    try:
        return book.get_sheet_by_name(name)
    except (calamine.CalamineError, OSError, ValueError) as problem:
        raise BROKEN from problem


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One sheet of a workbook."""

    path: Path
    kind: str
    sheet: str
    encoding: str = ""
    delimiter: str = ""

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank, however many blank ones lie between."""
        oddities = Oddities.of(self.path, self.sheet) if self.kind == "xlsx" else Oddities()
        sheet = _sheet(_open(self.path), self.sheet)
        # Rows are given from the top of the sheet, columns only from the first one in use.
        first_column = sheet.start[1] if sheet.start else 0
        for number, values in enumerate(sheet.iter_rows(), start=1):
            cells = tuple(_cell(value) for value in values)
            if oddities.cells:
                cells = oddities.mark(number, cells, first_column=first_column)
            if any(cells):
                yield Row(number, cells, hidden=number in oddities.hidden)


def _cell(value: Any) -> Cell:
    if type(value) is str:
        return value.strip(" \t\r\n\u3000")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e15)
        return OddCell(Odd.NUMBER, str(int(value)) if whole else repr(value))
    if isinstance(value, (datetime, date, time, timedelta)):
        return OddCell(Odd.DATE, f"{value}")
    return ""


@dataclass(frozen=True, slots=True)
class Oddities:
    """Hidden rows, and cells whose value calamine cannot give: errors, uncalculated formulas."""

    hidden: frozenset[int] = frozenset()
    cells: dict[tuple[int, int], OddCell] | None = None

    @classmethod
    def of(cls, path: Path, sheet: str) -> "Oddities":
        """Look through the sheet's XML, only if it has anything to find."""
        with zipfile.ZipFile(path) as package:
            part = _part_of(package, sheet)
            if part is None or not _is_suspicious(package, part):
                return cls()
            scan = _Scan()
            with package.open(part) as stream:
                scan.run(stream)
        return cls(frozenset(scan.hidden), scan.cells)

    def mark(self, number: int, cells: tuple[Cell, ...], *, first_column: int) -> tuple[Cell, ...]:
        """Put the oddities of a row in the place of its empty cells."""
        assert self.cells is not None
        return tuple(
            cell or self.cells.get((number, column), cell)
            for column, cell in enumerate(cells, start=first_column)
        )


def _part_of(package: zipfile.ZipFile, sheet: str) -> str | None:
    """The XML part of a sheet, through the workbook's relations."""
    import defusedxml.ElementTree as Xml

    book = Xml.fromstring(package.read("xl/workbook.xml"))
    relations = Xml.fromstring(package.read("xl/_rels/workbook.xml.rels"))
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    for node in book.iter():
        if node.tag.endswith("}sheet") and node.get("name") == sheet:
            identity = next((v for k, v in node.attrib.items() if k.endswith("}id")), "")
            target = targets.get(identity, "").lstrip("/")
            name = target if target.startswith("xl/") else f"xl/{target}"
            return name if name in package.namelist() else None
    return None


def _is_suspicious(package: zipfile.ZipFile, part: str) -> bool:
    tail = b""
    with package.open(part) as stream:
        while chunk := stream.read(limits.CHUNK_BYTES):
            window = tail + chunk
            if (
                b'hidden="1"' in window
                or b'hidden="true"' in window
                or b't="e"' in window
                or b"<f>" in window
                or b"<f " in window
            ):
                return True
            tail = window[-16:]
    return False


class _Scan:
    """A walk over the sheet's XML that keeps only what is odd."""

    def __init__(self) -> None:
        self.hidden: set[int] = set()
        self.cells: dict[tuple[int, int], OddCell] = {}
        self._reference = self._kind = ""
        self._formula = self._value = False

    def run(self, stream: Any) -> None:
        """Walk; expat refuses entities because no handler allows a document type."""
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            parser.ParseFile(stream)
        except expat.ExpatError as problem:
            raise BROKEN from problem

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._reference, self._kind = attributes.get("r", ""), attributes.get("t", "")
            self._formula = self._value = False
        elif name == "f":
            self._formula = True
        elif name == "v":
            self._value = True
        elif name == "row" and attributes.get("hidden") in {"1", "true"}:
            self.hidden.add(int(attributes["r"]))

    def _end(self, name: str) -> None:
        if name != "c":
            return
        if self._kind == "e":
            self._keep(Odd.ERROR, "错误值")
        elif self._formula and not self._value:
            self._keep(Odd.FORMULA, "公式没有结果")

    def _keep(self, kind: Odd, text: str) -> None:
        found = _CELL_REFERENCE.fullmatch(self._reference)
        if found:
            column = 0
            for letter in found[1]:
                column = column * 26 + ord(letter) - 64
            self.cells[(int(found[2]), column - 1)] = OddCell(kind, text)
