"""Makes the files the tests read: workbooks of both kinds, texts, hostile packages."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from cardbook.imports.columns import Column, Layout
from cardbook.imports.reading import FileRefused, OddCell, Row, open_table

HEAD = ("社保卡号", "社会保障号码", "姓名", "批次号", "单位名称")
PEOPLE = (
    ("SL1000001", "9999991990010100X1", "张伟", "P2026", "商州区某单位"),
    ("SL1000002", "9999991990010100X2", "李娜", "P2026", "洛南县某单位"),
    ("SL1000003", "9999991990010100X3", "䶮㛃𬭎", "P2026", "山阳县某单位"),
)
LAYOUT = Layout(
    code="manifest",
    title="到货明细",
    columns=(
        Column(field="card", title="社保卡号", aliases=("卡号", "接触卡号"), required=True),
        Column(field="number", title="社会保障号码", aliases=("证件号码",), required=True),
        Column(field="name", title="姓名", required=True),
        Column(field="batch", title="批次号", aliases=("批次",), numeric=True),
        Column(field="unit", title="单位名称"),
    ),
)


def texts(row: Row) -> tuple[str, ...]:
    """The cells of a row as text, without the empty ones at its end."""
    cells = [cell.text if isinstance(cell, OddCell) else cell for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def read(path: Path, *, sheet: str = "") -> list[tuple[str, ...]]:
    """All rows of a file as text."""
    return [texts(row) for row in open_table(path, sheet=sheet).rows()]


def refusal(path: Path, *, sheet: str = "") -> FileRefused:
    """Why a file is refused, on opening or while its rows are read; both sentences are there."""
    with pytest.raises(FileRefused) as caught:
        for _ in open_table(path, sheet=sheet).rows():
            pass
    assert caught.value.sentence.endswith("。")
    assert caught.value.remedy.startswith("请") or "请" in caught.value.remedy
    return caught.value


def csv_text(rows: Iterable[Sequence[str]], *, delimiter: str = ",") -> str:
    """Rows as the text of a CSV file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def text_file(path: Path, rows: Iterable[Sequence[str]], *, encoding: str = "utf-8") -> Path:
    """A CSV file."""
    path.write_bytes(csv_text(rows).encode(encoding))
    return path


def workbook(
    path: Path,
    rows: Iterable[Sequence[str]] = (HEAD, *PEOPLE),
    *,
    also: Callable[[Any, Any], None] | None = None,
) -> Path:
    """A workbook of text cells; `also` gets the book and its sheet 明细 to do more."""
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        page = book.add_worksheet("明细")
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                page.write_string(number, column, text)
        if also:
            also(book, page)
    return path


def old_workbook(
    path: Path,
    rows: Iterable[Sequence[str]] = (HEAD, *PEOPLE),
    *,
    also: Callable[[Any, Any], None] | None = None,
) -> Path:
    """The same in the old format."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("明细")
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            page.write(number, column, text)
    if also:
        also(book, page)
    book.save(str(path))
    return path


def repacked(
    path: Path,
    *,
    replaced: Mapping[str, bytes | Callable[[bytes], bytes]],
    compression: int = zipfile.ZIP_DEFLATED,
) -> Path:
    """The package with some parts replaced or added."""
    with zipfile.ZipFile(path) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    for name, content in replaced.items():
        parts[name] = content(parts[name]) if callable(content) else content
    with zipfile.ZipFile(path, "w", compression) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def sheet_xml(body: str, *, before: str = "", after: str = "") -> bytes:
    """A sheet of which `body` is the data."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"{before}<sheetData>{body}</sheetData>{after}</worksheet>"
    ).encode()


def cell_xml(place: str, text: str) -> str:
    """A cell with its text inside."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'
