"""Gives people their own sheet back, with what is wrong in each row beside it (I15).

A workbook keeps its look; a text file keeps its encoding and separator. Text stays text: nothing
that begins with `=`, `+`, `-` or `@` becomes a formula (I8).
"""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import xlsxwriter
from openpyxl.styles import Alignment, Font, PatternFill

from cardbook.imports import limits
from cardbook.imports.reading import OddCell, Table, open_file, open_table

TITLES = ("错误信息", "处理建议")
_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
Notes = Mapping[int, tuple[str, str]]


def error_sheet(
    path: Path, *, sheet: str, header_row: int, notes: Notes, rows: int
) -> tuple[bytes, str]:
    """This function will return the file with two columns added, and its new extension.

    `notes` says for a row number what is wrong and what to do; `rows` is the size of the sheet.

    :raises cardbook.imports.reading.FileRefused: when the file cannot be read any more.
    """
    kind = open_file(path).kind
    if kind == "xlsx" and rows <= limits.MAX_ROWS_KEPT_FORMATTED:
        return _into_workbook(path, sheet=sheet, header_row=header_row, notes=notes), "xlsx"
    table = open_table(path, sheet=sheet)
    if kind == "text":
        return _into_text(table, header_row=header_row, notes=notes), "csv"
    return _into_new_workbook(table, header_row=header_row, notes=notes), "xlsx"


def _into_workbook(path: Path, *, sheet: str, header_row: int, notes: Notes) -> bytes:
    book = openpyxl.load_workbook(path)
    page = book[sheet] if sheet else book.worksheets[0]
    column = page.max_column + 1
    red = PatternFill("solid", fgColor="FDE8E4")
    for offset, title in enumerate(TITLES):
        cell = page.cell(header_row, column + offset, title)
        cell.font = Font(bold=True, color="B42318")
    for row, texts in notes.items():
        for offset, text in enumerate(texts):
            cell = page.cell(row, column + offset)
            cell.value = text
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.fill = red
    for offset in range(2):
        page.column_dimensions[page.cell(1, column + offset).column_letter].width = 48
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _into_text(table: Table, *, header_row: int, notes: Notes) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=table.delimiter, lineterminator="\r\n")
    number = 0
    for row in table.rows():
        # Blank rows stay, so that a row keeps the number the problems name.
        for _ in range(number + 1, row.number):
            writer.writerow([])
        number = row.number
        added = TITLES if number == header_row else notes.get(number, ("", ""))
        cells = [cell.text if isinstance(cell, OddCell) else cell for cell in row.cells]
        writer.writerow([_inert(cell) for cell in (*cells, *added)])
    return text.getvalue().encode(table.encoding)


def _inert(text: str) -> str:
    """A text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(_ACTIVE) else text


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
        for row in table.rows():
            added = TITLES if row.number == header_row else notes.get(row.number, ("", ""))
            for column, cell in enumerate((*row.cells, *added)):
                text = cell.text if isinstance(cell, OddCell) else cell
                page.write_string(row.number - 1, column, text)
    return out.getvalue()
