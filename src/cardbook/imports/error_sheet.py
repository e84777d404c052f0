"""Gives people their own sheet back, with what is wrong in each row beside it (I15).

A workbook keeps its look; a text file keeps its encoding and separator. Text stays text: nothing
that begins with `=`, `+`, `-` or `@` becomes a formula (I8).
"""

import csv
import io
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import openpyxl
import xlsxwriter
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from cardbook.imports import limits
from cardbook.imports.reading import Cell, Odd, OddCell, Row, Table, kind_of, open_table
from cardbook.imports.spreadsheets import SheetTable
from cardbook.imports.text_tables import QUOTED_NUMBER, TextTable
from cardbook.imports.titles import ERROR_TITLES, is_error_title
from cardbook.lib.plain import inert

_INK, _GROUND = "#B42318", "#FDE8E4"
_WIDTH = 48
_LONGEST_CELL = 32_767
# What openpyxl raises on workbooks that every office program opens, e.g. for styles it misses.
_TOO_STRICT = (
    TypeError, ValueError, LookupError, AttributeError, OSError,
    ParseError, BadZipFile,
)  # fmt: skip
Notes = Mapping[int, tuple[str, str]]


def error_sheet(
    path: Path, *, sheet: str, header_row: int, notes: Notes, rows: int
) -> tuple[bytes, str]:
    """This function will return the file with two columns added, and its new extension.

    `notes` says for a row number what is wrong and what to do; `rows` is the size of the sheet.

    :raises cardbook.imports.reading.FileRefused: when the file cannot be read any more.
    """
    table = open_table(path, sheet=sheet)
    if isinstance(table, TextTable):
        content = _into_text(table, header_row=header_row, notes=notes)
        return content, "csv" if table.delimiter == "," else "txt"
    assert isinstance(table, SheetTable)
    if (
        kind_of(path) == "xlsx"
        and rows <= limits.MAX_ROWS_KEPT_FORMATTED
        and table.facts.merged_cells <= limits.MAX_MERGED_CELLS_KEPT
    ):
        # The user gets his rows without their look rather than nothing.
        with suppress(*_TOO_STRICT):
            return _into_workbook(path, table, header_row=header_row, notes=notes), "xlsx"
    return _into_new_workbook(table, header_row=header_row, notes=notes), "xlsx"


def _into_workbook(path: Path, table: SheetTable, *, header_row: int, notes: Notes) -> bytes:
    # By a stream: openpyxl judges a path by its ending, and ours has none.
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    page = book[table.sheet]
    column = _free_place(table.rows(), header_row) + 1
    for row in range(header_row + 1, table.facts.bottom + 1):
        for place in (column, column + 1):
            _clear(page, row, place)
    for offset, title in enumerate(_titles(notes, header_row)):
        cell = page.cell(header_row, column + offset, title)
        cell.font = Font(bold=True, color=_INK[1:])
        page.column_dimensions[get_column_letter(column + offset)].width = _WIDTH
    ground = PatternFill("solid", fgColor=_GROUND[1:])
    for row, texts in notes.items():
        if row == header_row:
            continue
        # An error in a row nobody sees would never be mended.
        page.row_dimensions[row].hidden = False
        for offset, text in enumerate(texts):
            _write_text(page.cell(row, column + offset), text, ground)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _free_place(rows: Iterable[Row], header_row: int) -> int:
    """Where the two columns go, counted from 0: behind everything, or where they stand already."""
    width = 0
    for row in rows:
        texts = row.texts
        if row.number == header_row and all(map(is_error_title, texts[-2:])):
            return len(texts) - 2
        width = max(width, len(texts))
    return width


def _titles(notes: Notes, header_row: int) -> tuple[str, ...]:
    """The two titles; what is said of the header's row concerns the file as a whole."""
    said = notes.get(header_row, ("", ""))
    pairs = zip(ERROR_TITLES, said, strict=True)
    return tuple(f"{title}：{text}" if text else title for title, text in pairs)


def _clear(page: Any, row: int, column: int) -> None:
    """What was noted last time is mended, or will be said again."""
    if (row, column) in page._cells:
        page.cell(row, column).value = None
        page.cell(row, column).fill = PatternFill()


def _write_text(cell: Any, text: str, ground: PatternFill) -> None:
    cell.value = text[:_LONGEST_CELL]
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.fill = ground


def _into_text(table: TextTable, *, header_row: int, notes: Notes) -> bytes:
    # Excel takes UTF-8 without a mark for GBK.
    encoding = "utf-8-sig" if table.encoding == "utf-8" else table.encoding
    out = io.BytesIO()
    text = io.TextIOWrapper(out, encoding=encoding, newline="")
    writer = csv.writer(text, delimiter=table.delimiter, lineterminator=table.line_end)
    place, titles = _free_place(table.rows(), header_row), _titles(notes, header_row)
    for number, written in table.records():
        cells = written[:place]
        added = titles if number == header_row else notes.get(number, ())
        if added:
            cells += [""] * (place - len(cells))
        if any(cells) or added:
            writer.writerow([_inert(cell) for cell in (*cells, *added)])
        else:
            # A blank row stays, so that the rows below keep their numbers.
            text.write(table.line_end)
    text.flush()
    return out.getvalue()


def _inert(text: str) -> str:
    """A text that no spreadsheet program takes for a formula; ="0123" is the user's own."""
    return text if QUOTED_NUMBER.fullmatch(text) else inert(text)


def _into_new_workbook(table: Table, *, header_row: int, notes: Notes) -> bytes:
    out = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet("错误清单")
        # Cells are formatted as text, so that a corrected number keeps its digits.
        plain = book.add_format({"num_format": "@"})
        title = book.add_format({"num_format": "@", "bold": True})
        noted = book.add_format(
            {"num_format": "@", "font_color": _INK, "bg_color": _GROUND, "text_wrap": True}
        )
        column, titles = _free_place(table.rows(), header_row), _titles(notes, header_row)
        page.set_column(0, limits.MAX_COLUMNS - 1, 14, plain)
        page.set_column(column, column + 1, _WIDTH, plain)
        page.freeze_panes(header_row, 0)
        for row in table.rows():
            look = title if row.number == header_row else plain
            for place, cell in enumerate(row.cells[:column]):
                _write_cell(page, row.number - 1, place, cell, look)
            added = titles if row.number == header_row else notes.get(row.number, ())
            for offset, text in enumerate(added):
                page.write_string(row.number - 1, column + offset, text[:_LONGEST_CELL], noted)
    return out.getvalue()


def _write_cell(page: Any, row: int, place: int, cell: Cell, look: Any) -> None:
    """A cell as it came. A number stays one: as text, its lost digits would pass the next time."""
    if isinstance(cell, OddCell) and cell.kind is Odd.NUMBER:
        page.write_number(row, place, float(cell.text), look)
    elif text := cell.text if isinstance(cell, OddCell) else cell:
        page.write_string(row, place, text, look)
