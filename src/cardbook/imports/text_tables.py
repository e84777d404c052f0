"""Text files of rows: which encoding, which separator, where a line is broken (I10, Art. 6 files).

The encoding is decided on the whole file: a mark, else strict UTF-8, else strict GB18030 (GBK and
GB2312 are parts of it); a file that is none of these is refused, never guessed.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cardbook.imports import limits
from cardbook.imports.reading import FileRefused, Row

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = ",\t|;"
_QUOTED_NUMBER = re.compile(r'^="([^"]*)"$')
# Text that went through the wrong encoding once and was saved like that.
MOJIBAKE = re.compile("锟斤拷|烫烫烫|屯屯屯|\ufffd|[ÃÂåæçèé][\u0080-\u00bf]{1,2}[ÃÂåæçèé]")
_LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8（带标记）",
    "gb18030": "GBK/GB18030",
    "utf-16": "UTF-16",
}


@dataclass(frozen=True, slots=True)
class TextTable:
    """A text file whose encoding and separator are known."""

    path: Path
    encoding: str
    delimiter: str
    sheet: str = ""

    @classmethod
    def open(cls, path: Path) -> "TextTable":
        """Decide encoding and separator.

        :raises FileRefused: when the bytes are no text, mixed, cut, or one line is endless.
        """
        encoding = decide_encoding(path)
        return cls(path, encoding, _separator(path, encoding))

    @property
    def encoding_label(self) -> str:
        """The encoding as offices call it."""
        return _LABELS[self.encoding]

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank, numbered as a spreadsheet program shows it.

        A cell with line breaks is one row there, and a blank line is a row too.
        """
        with self.path.open("r", encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            number = 0
            try:
                for number, cells in enumerate(reader, start=1):
                    if len(cells) > limits.MAX_COLUMNS:
                        raise _too_wide(number, len(cells))
                    row = Row(number, tuple(map(_plain, cells)))
                    if not row.is_blank:
                        yield row
            except csv.Error as problem:
                raise FileRefused(
                    "broken_line",
                    f"第 {number + 1} 行起的引号或单元格有误（文件第 {reader.line_num} 行）。",
                    "请检查该行引号是否成对，修正后再导入。",
                ) from problem


def _too_wide(number: int, columns: int) -> FileRefused:
    return FileRefused(
        "too_wide",
        f"第 {number} 行有 {columns} 列，超过 {limits.MAX_COLUMNS} 列。",
        "请删除多余的空列后再导入。",
    )


def _plain(text: str) -> str:
    """A cell without the ways spreadsheets mark numbers as text."""
    if text.startswith('="'):
        found = _QUOTED_NUMBER.match(text)
        return found[1] if found else text
    return text.strip(" \t\r\n\u3000")


def decide_encoding(path: Path) -> str:
    """This function will find the one encoding the whole file is valid in.

    :raises FileRefused: naming the first line that fails, and whether the file is cut.
    """
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            _try(path, name, sure=True)
            return name
    if _try(path, "utf-8", sure=False):
        return "utf-8"
    _try(path, "gb18030", sure=True)
    return "gb18030"


def _try(path: Path, encoding: str, *, sure: bool) -> bool:
    """Decode the whole file; with `sure`, a failure refuses the file."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line, since_break = 1, 0
    with path.open("rb") as file:
        while chunk := file.read(limits.CHUNK_BYTES):
            since_break = _line_length(chunk, since_break, line)
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as problem:
                if sure:
                    _refuse(line + chunk[: problem.start].count(b"\n"), encoding)
                return False
            if "\x00" in text:
                raise FileRefused(
                    "nul",
                    f"第 {line + text[: text.index(chr(0))].count(chr(10))} 行含有空字节（NUL）。",
                    "文件已损坏，请重新导出。",
                )
            line += text.count("\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if sure:
            raise FileRefused(
                "cut",
                f"文件在第 {line} 行中间断开，最后一个字不完整。",
                "文件没有传完，请重新传输。",
            ) from None
        return False
    return True


def _line_length(chunk: bytes, before: int, line: int) -> int:
    parts = chunk.split(b"\n")
    lengths = [len(part) for part in parts]
    lengths[0] += before
    if max(lengths) > limits.MAX_LINE_BYTES:
        at = line + next(i for i, n in enumerate(lengths) if n > limits.MAX_LINE_BYTES)
        raise FileRefused(
            "endless_line", f"第 {at} 行超过 1 MB，不是表格的行。", "请检查文件是否正确。"
        )
    return lengths[-1]


def _refuse(line: int, encoding: str) -> None:
    tried = "UTF-8 和 GBK/GB18030" if encoding == "gb18030" else _LABELS[encoding]
    raise FileRefused(
        "encoding",
        f"第 {line} 行不是 {tried} 文字，可能混用了两种编码或文件已损坏。",
        "请用 WPS 或 Excel 重新另存为 CSV UTF-8 后再导入。",
    )


def _separator(path: Path, encoding: str) -> str:
    """The separator that splits the most of the first lines into the most columns."""
    with path.open("rb") as file:
        raw = file.read(256 * 1024)
    text = codecs.getincrementaldecoder(encoding)("ignore").decode(raw)
    lines = [line for line in io.StringIO(text) if line.strip()][: limits.HEADER_REGION_ROWS]
    scores = {mark: sum(line.count(mark) for line in lines) for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: scores[mark])
