"""Opens the files offices really receive and yields rows of text with the numbers their users see.

Kind and encoding are decided by content, never by name; what cannot be read is refused in Chinese
before a row is taken (domain.md 3.2, trust-and-ux.md 5 I1-I18). `headers.py` finds the columns.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cardbook.imports import limits

if TYPE_CHECKING:
    from cardbook.imports.spreadsheets import Workbook


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
    STRUCK = "struck"


@dataclass(frozen=True, slots=True)
class OddCell:
    """A cell not to be taken for text: digits may be lost, no value is there, it is struck out."""

    kind: Odd
    text: str


Cell = str | OddCell


@dataclass(frozen=True, slots=True)
class Row:
    """One row with the number its user sees; `hidden` rows are never taken in silence.

    Nor are those with a `doubt`: in which column something takes the row back, and what.
    """

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False
    doubt: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether every cell is empty."""
        return not any(self.cells)

    @property
    def texts(self) -> tuple[str, ...]:
        """The cells as they read, also those that are no text."""
        # A list first: a generator takes twice as long, and this runs for every row.
        return tuple([cell.text if isinstance(cell, OddCell) else cell for cell in self.cells])


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

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know before the rows are taken, the same as `Opened.notes`."""
        ...

    @property
    def merged(self) -> tuple[tuple[int, int, int], ...]:
        """Merged ranges: first row, last row, first column, counted from 1; see `merged.py`."""
        ...

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that can be read: its kind and, for workbooks, the sheets that hold anything.

    `hidden` are those among them that a person does not see; `sheets` are the others.

    `lines` is how many rows it has at most, known without reading them.
    """

    kind: str
    sheets: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())
    lines: int = 0
    hidden: tuple[str, ...] = ()


SAVE_AGAIN = "请用 WPS 或 Excel 打开原文件，另存为“Excel 工作簿（.xlsx）”或 CSV 后再导入。"
# What is cut off at both ends of a cell: spaces of every width, a lost byte order mark, and what
# programs of old put between pages and at the end of a file.
EDGES = " \t\r\n\v\f\x1a\u00a0\u3000\u200b\ufeff"
_MAGIC = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片（PNG）"),
    (b"\xff\xd8\xff", "图片（JPEG）"),
    (b"GIF8", "图片（GIF）"),
    (b"BM", "图片（BMP）"),
    (b"II*\x00", "图片（TIFF）"),
    (b"MM\x00*", "图片（TIFF）"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"\x7fELF", "程序"),
    (b"MZ", "程序"),
    (b"SQLite format 3", "数据库文件"),
    (b"\x00\x01\x00\x00Standard ", "Access 数据库"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "快捷方式"),
    (b"\x00\x05\x16\x07", "苹果电脑的附属文件（“._”开头）"),
    (b"RIFF", "图片、声音或影像"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Worksheets of Excel 2 to 4, before there were workbooks.
_ANCIENT = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
# Old systems write a table as a bare part of a web page.
_JSON = re.compile(r'[\[{]\s*[\[{"]')
_WEB_PAGE = re.compile(r"<(!doctype html|[a-z][a-z0-9]{0,9}[\s/>])")
# dBase and FoxPro: version, then year, month and day of the last change.
_DBASE = re.compile(rb"[\x02\x03\x30\x31\x43\x83\x8b\xf5][\x00-\xff][\x01-\x0c][\x01-\x1f]")
# What Office lays beside a workbook while it is open (~$…): the user's name, once or twice.
_OWNER_FILE_BYTES = 165
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HEAD_BYTES = 4096
_MOST_BYTES = {
    "xlsx": limits.MAX_WORKBOOK_BYTES,
    "xls": limits.MAX_OLD_WORKBOOK_BYTES,
    "text": limits.MAX_TEXT_BYTES,
}


def kind_of(path: Path) -> str:
    """This function will say what a file is by its content: `xlsx`, `xls` or `text`.

    :raises FileRefused: when it is empty, too large, or something else, said by name.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise FileRefused("empty", "文件是空的。", "请检查导出是否成功，重新导出后再导入。")
    kind = _kind_by_content(head)
    most = _MOST_BYTES[kind]
    if path.stat().st_size > most:
        raise FileRefused(
            "too_large", f"文件超过 {most // limits.MEGABYTE} MB。", "请按批次分成几个文件导入。"
        )
    if kind == "xls":
        from cardbook.imports.old_workbook import refuse_other_documents

        refuse_other_documents(path)
    return kind


def _kind_by_content(head: bytes) -> str:
    if head.startswith(_OLE):
        return "xls"
    if head.startswith(_ZIP):
        return "xlsx"
    if head.startswith(_ANCIENT):
        raise FileRefused("wrong_kind", "这是很旧的 Excel 工作表（1995 年以前）。", SAVE_AGAIN)
    for magic, name in _MAGIC:
        # A table may well begin with the letters BM or MZ; a program has other bytes soon.
        if head.startswith(magic) and not (len(magic) == 2 and b"\x00" not in head):
            raise FileRefused("wrong_kind", f"这是{name}，不是表格。", SAVE_AGAIN)
    _refuse_markup(head)
    if b"\x00" in head and not head.startswith(_WIDE_MARKS):
        _refuse_zeros(head)
    return "text"


def _refuse_zeros(head: bytes) -> None:
    """What is no text but has no sign of its own at the start, as far as it can be told."""
    name = ""
    if head[4:8] == b"ftyp":
        name = "图片或影像（手机拍的照片）"
    elif _DBASE.match(head) and b"\x0d" in head[32:]:
        name = "数据库表（.dbf）"
    elif len(head) == _OWNER_FILE_BYTES and head[0] < 55:
        name = "打开工作簿时的临时文件（“~$”开头）"
    if name:
        raise FileRefused("wrong_kind", f"这是{name}，不是表格。", SAVE_AGAIN)
    zeros = [head[place::2].count(0) for place in (0, 1)]
    # Of digits and separators in two bytes each, one is zero, and always the same one.
    if min(zeros) * 20 <= max(zeros) and max(zeros) * 8 > len(head):
        raise FileRefused(
            "utf_16", "这是没有标记（BOM）的 UTF-16 文字。",
            "请用记事本打开，另存为“带有 BOM 的 UTF-8”后再导入。",
        )  # fmt: skip


def _refuse_markup(head: bytes) -> None:
    """Web pages, XML of any kind and JSON, also in UTF-16; systems export such as `.xls`."""
    wide = head.startswith(_WIDE_MARKS)
    text = head.decode("utf-16" if wide else "utf-8", "ignore").lower()
    start = text.lstrip(EDGES)
    is_web = bool(_WEB_PAGE.match(start)) or (start.startswith("<?xml") and "<html" in text)
    if is_web or start.startswith(("mime-version:", "<!--")):
        raise FileRefused("html", "这是网页（HTML），只是改了扩展名。", SAVE_AGAIN)
    if start.startswith("<?xml") and "excel.sheet" in text:
        raise FileRefused("xml", "这是“XML 表格 2003”，不能直接读取。", SAVE_AGAIN)
    if start.startswith("<?xml"):
        raise FileRefused("xml", "这是 XML 文件，不是表格。", SAVE_AGAIN)
    if _JSON.match(start):
        raise FileRefused("json", "这是 JSON 数据，不是表格。", SAVE_AGAIN)


def open_file(path: Path) -> Opened:
    """This function will look into a file without taking rows; workbooks tell their sheets.

    :raises FileRefused: when it cannot be read, with the remedy.
    """
    from cardbook.imports import spreadsheets

    kind = kind_of(path)
    if kind == "text":
        return Opened("text", lines=_count_lines(path))
    book = spreadsheets.look_through(path, kind=kind, in_page=True)
    lines = max((sheet.bottom for sheet in book.sheets), default=0)
    return Opened(kind, book.filled, book.notes, lines, book.filled_hidden)


def _count_lines(path: Path) -> int:
    """How many lines a text has, whatever ends them, in one byte or in two."""
    feeds = returns = 0
    with path.open("rb") as file:
        while chunk := file.read(limits.CHUNK_BYTES):
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
    return max(feeds, returns) + 1


def open_table(path: Path, *, sheet: str = "", in_page: bool = False) -> Table:
    """This function will open the table of a file; a workbook with one filled sheet needs no name.

    `in_page`: somebody waits for it and sees the beginning, so a workbook ends after some rows.

    :raises FileRefused: when it cannot be read, or several sheets are filled and none was chosen.
    """
    from cardbook.imports import text_tables

    kind = kind_of(path)
    if kind == "text":
        return text_tables.TextTable.open(path)
    with looked_through(path, in_page=in_page) as book:
        return book.table(only_sheet(book.filled, book.filled_hidden, sheet))


@contextmanager
def looked_through(path: Path, *, in_page: bool) -> Iterator["Workbook"]:
    """This function will open a workbook; for somebody who waits, the beginning of its sheets.

    :raises FileRefused: when it cannot be read.
    """
    from cardbook.imports import sheet_head, spreadsheets

    kind = kind_of(path)
    with sheet_head.head_of(path) if in_page and kind == "xlsx" else nullcontext(path) as read:
        yield spreadsheets.look_through(read, kind=kind, in_page=in_page)


def only_sheet(filled: Sequence[str], hidden: Sequence[str], sheet: str = "") -> str:
    """This function will give the sheet asked for, or the only one that a person sees filled.

    :raises FileRefused: `hidden_sheet`, `empty`, `no_such_sheet`, `several_sheets`.
    """
    if sheet in hidden or (hidden and not filled):
        raise FileRefused(
            "hidden_sheet",
            f"工作表“{sheet or hidden[0]}”是隐藏的。",
            "请取消隐藏、核对内容，另存后再导入。",
        )
    if not filled:
        raise FileRefused("empty", "工作簿中没有数据。", "请检查导出是否成功，重新导出后再导入。")
    if sheet and sheet not in filled:
        raise FileRefused(
            "no_such_sheet", f"没有名为“{sheet}”且有数据的工作表。", "请重新选择工作表。"
        )
    if not sheet and len(filled) > 1:
        names = "、".join(filled[:8])
        raise FileRefused(
            "several_sheets",
            f"工作簿有 {len(filled)} 张有数据的工作表：{names}。",
            "请选择要导入的一张，或只留这一张，另存后再导入。",
        )
    return sheet or filled[0]


def preview(table: Table, *, count: int = limits.PREVIEW_ROWS) -> list[Row]:
    """This function will return the first rows, for a person to say whether they read right."""
    return [row for _, row in zip(range(count), table.rows(), strict=False)]
