"""Opens the files offices really receive and yields rows of text with the numbers their users see.

Kind and encoding are decided by content, never by name; what cannot be read is refused in Chinese
before a row is taken (domain.md 3.2, trust-and-ux.md 5 I1-I18). `headers.py` finds the columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from cardbook.imports import limits


class FileRefused(Exception):
    """The file cannot be taken; `sentence` says what it is, `remedy` what to do."""

    def __init__(self, code: str, sentence: str, remedy: str) -> None:
        """Keep a stable code and both sentences."""
        super().__init__(f"{sentence}{remedy}")
        self.code = code
        self.sentence = sentence
        self.remedy = remedy


class Odd(StrEnum):
    """Cells that are not text and must not be taken for it."""

    NUMBER = "number"
    DATE = "date"
    ERROR = "error"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class OddCell:
    """A cell that is not text: digits may be lost, or there is no value at all."""

    kind: Odd
    text: str


Cell = str | OddCell


@dataclass(frozen=True, slots=True)
class Row:
    """One row with the number its user sees; `hidden` rows are never taken in silence."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether every cell is empty."""
        return not any(self.cells)


class Table(Protocol):
    """Rows of one sheet or text file; may be walked more than once."""

    @property
    def sheet(self) -> str:
        """The sheet's name, empty for text files."""
        ...

    @property
    def encoding(self) -> str:
        """The encoding, empty for workbooks."""
        ...

    @property
    def delimiter(self) -> str:
        """What separates cells in a text file."""
        ...

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that can be read: its kind and, for workbooks, the sheets that hold anything."""

    kind: str
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


_MAGIC = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片（PNG）"),
    (b"\xff\xd8\xff", "图片（JPEG）"),
    (b"GIF8", "图片（GIF）"),
    (b"BM", "图片（BMP）"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x7fELF", "程序"),
    (b"MZ", "程序"),
)
_SAVE_AGAIN = "请用 WPS 或 Excel 打开原文件，另存为“Excel 工作簿（.xlsx）”或 CSV 后再导入。"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def kind_of(path: Path) -> str:
    """This function will say what a file is by its content: `xlsx`, `xls` or `text`.

    :raises FileRefused: when it is empty, too large, or something else, said by name.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        raise FileRefused("empty", "文件是空的。", "请检查导出是否成功，重新导出后再导入。")
    kind = _kind_by_content(path, head)
    most = _MOST_BYTES[kind]
    if path.stat().st_size > most:
        raise FileRefused(
            "too_large", f"文件超过 {most // limits.MEGABYTE} MB。", "请按批次分成几个文件导入。"
        )
    return kind


_MOST_BYTES = {
    "xlsx": limits.MAX_WORKBOOK_BYTES,
    "xls": limits.MAX_OLD_WORKBOOK_BYTES,
    "text": limits.MAX_TEXT_BYTES,
}


def _kind_by_content(path: Path, head: bytes) -> str:
    if head.startswith(_OLE):
        return _kind_of_ole(path)
    if head.startswith(b"PK"):
        return "xlsx"
    for magic, name in _MAGIC:
        if head.startswith(magic) and not (
            magic in {b"BM", b"MZ"} and head[:64].isascii() and b"," in head[:64]
        ):
            raise FileRefused("wrong_kind", f"这是{name}，不是表格。", _SAVE_AGAIN)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta")):
        raise FileRefused("html", "这是网页（HTML），只是改了扩展名。", _SAVE_AGAIN)
    if start.startswith(b"<?xml"):
        raise FileRefused("xml", "这是 XML 文件，不是表格。", _SAVE_AGAIN)
    return "text"


def _kind_of_ole(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(8 * limits.MEGABYTE)
    if _ENCRYPTED in content:
        raise FileRefused(
            "encrypted", "工作簿设有打开密码。", "请打开后在“文件—信息”中取消密码，另存后再导入。"
        )
    if "Workbook".encode("utf-16-le") in content or "Book".encode("utf-16-le") in content:
        return "xls"
    raise FileRefused("wrong_kind", "这是旧版 Office 文档，不是表格。", _SAVE_AGAIN)


def open_file(path: Path) -> Opened:
    """This function will look into a file without taking rows; workbooks tell their sheets.

    :raises FileRefused: when it cannot be read, with the remedy.
    """
    from cardbook.imports import spreadsheets

    kind = kind_of(path)
    if kind == "text":
        return Opened("text")
    sheets, notes = spreadsheets.sheets_with_rows(path, kind=kind)
    return Opened(kind, sheets, notes)


def open_table(path: Path, *, sheet: str = "") -> Table:
    """This function will open the table of a file; a workbook with one filled sheet needs no name.

    :raises FileRefused: when it cannot be read, or several sheets are filled and none was chosen.
    """
    from cardbook.imports import spreadsheets, text_tables

    opened = open_file(path)
    if opened.kind == "text":
        return text_tables.TextTable.open(path)
    if not opened.sheets:
        raise FileRefused("empty", "工作簿中没有数据。", "请检查导出是否成功。")
    if not sheet and len(opened.sheets) > 1:
        names = "、".join(opened.sheets[:8])
        raise FileRefused(
            "several_sheets",
            f"工作簿有 {len(opened.sheets)} 张有数据的工作表：{names}。",
            "请选择要导入的一张。",
        )
    chosen = sheet or opened.sheets[0]
    if chosen not in opened.sheets:
        raise FileRefused("no_such_sheet", f"没有名为“{chosen}”的工作表。", "请重新选择。")
    return spreadsheets.SheetTable(path, kind=opened.kind, sheet=chosen)


def preview(table: Table, *, count: int = limits.PREVIEW_ROWS) -> list[Row]:
    """This function will return the first rows, for a person to say whether they read right."""
    return [row for _, row in zip(range(count), table.rows(), strict=False)]
