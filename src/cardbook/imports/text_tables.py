"""Text files of rows: which encoding, which separator, where a line is broken (I10, Art. 6 files).

The encoding is decided on the whole file: a mark, else strict UTF-8, else strict GB18030 (GBK and
GB2312 are parts of it), else GBK with Windows' euro sign; what is none of these is refused.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cardbook.imports import limits
from cardbook.imports.other_letters import is_garbled_big5, refuse_big5
from cardbook.imports.reading import EDGES, FileRefused, Row
from cardbook.imports.windows_936 import WINDOWS_936

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The full-width ones come from typed lists; where both fit, the first wins.
_SEPARATORS = ",\t|;，；"
_SAMPLE_BYTES = 256 * 1024
# A last line of fewer cells is a remark, or lacks what every row needs.
_LEAST_CUT = 3
_QUOTED = re.compile(r'"[^"]*"')
QUOTED_NUMBER = re.compile(r'="([^"]*)"')
# The apostrophe by which spreadsheets, and our own error sheets, mark a cell as text.
_TEXT_MARK = re.compile(r"'(?=[=+\-@＝＋－＠\w])")
# A line of this many Chinese characters that is valid UTF-8 is not GBK by accident.
_WIDE = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf][\x80-\xbf]")
_SURE_CHARACTERS = 5
# Text that went through the wrong encoding once and was saved like that.
_MOJIBAKE = re.compile("锟斤拷|烫烫烫|屯屯屯|\ufffd|[ÃÂåæçèé][\u0080-\u00bf]{1,2}[ÃÂåæçèé]")
# Letters of Western Europe: Chinese bytes shown one by one.
_BYTES_SHOWN = re.compile("[\u0080-\u00ff\u0152-\u0178\u017d-\u02dc\u2013-\u203a\u20ac\u2122]{2}")
_HAN = re.compile("[\u3400-\u9fff]+")
_LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8（带标记）",
    "gb18030": "GBK/GB18030",
    "utf-16": "UTF-16",
    WINDOWS_936: "Windows-936",
}
_ONE_BYTE_EURO = "文件是 Windows-936（GBK）编码，单字节的欧元符号（0x80）读作“€”，请核对所在的行"


@dataclass(frozen=True, slots=True)
class TextTable:
    """A text file whose encoding and separator are known."""

    path: Path
    encoding: str
    delimiter: str
    sheet: str = ""
    notes: tuple[str, ...] = ()
    line_end: str = "\r\n"
    merged: tuple[tuple[int, int, int], ...] = ()

    @classmethod
    def open(cls, path: Path) -> "TextTable":
        """Decide encoding and separator.

        :raises FileRefused: when the bytes are no text, mixed, cut, or one line is endless.
        """
        encoding = decide_encoding(path)
        with path.open("rb") as file:
            raw = file.read(_SAMPLE_BYTES)
        sample = codecs.getincrementaldecoder(encoding)("ignore").decode(raw)
        line_end = "\n" if "\n" in sample and "\r" not in sample else "\r\n"
        notes = (_ONE_BYTE_EURO,) if encoding == WINDOWS_936 else ()
        return cls(path, encoding, separator_of(sample), notes=notes, line_end=line_end)

    def rows(self) -> Iterator[Row]:
        """Every row that is not blank, numbered as a spreadsheet program shows it.

        A cell with line breaks is one row there, and a blank line is a row too.
        """
        for number, cells in self.records():
            if any(cells):
                row = Row(number, tuple([plain_cell(cell) for cell in cells]))
                if not row.is_blank:
                    yield row

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Every record as it was written, blank ones too, with its number.

        :raises FileRefused: when quotes do not match, a record is too wide, or the last cut off.
        """
        number = before = width = 0
        with self.path.open("r", encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            try:
                for number, written in enumerate(reader, start=1):
                    cells = written if len(written) <= limits.MAX_COLUMNS else _filled(written)
                    if len(cells) > limits.MAX_COLUMNS:
                        raise _too_wide(number, len(cells))
                    before, width = width, len(cells)
                    yield number, cells
            except csv.Error as problem:
                raise FileRefused(
                    "broken_line",
                    f"第 {number + 1} 行起的引号不成对或单元格过长"
                    f"（查到文本第 {reader.line_num} 行）。",
                    "请检查该行的引号，修正后再导入。",
                ) from problem
        if _LEAST_CUT <= width < before and not _ends_a_line(self.path):
            raise _cut_row(number, width, before)


def is_mojibake(text: str) -> bool:
    """This function will tell text that went through a wrong encoding before it was saved.

    Chinese bytes read as Western letters (ÕÅÎ° for 张伟), or UTF-8 read as GBK (寮犱紵): undone,
    it is Chinese throughout. Names of people do not come out like that: two of their characters
    would have to be rare, and all bytes fit by accident. So with Big5 read as GBK.
    """
    if _MOJIBAKE.search(text):
        return True
    if _BYTES_SHOWN.search(text):
        return _undone(text, "cp1252", "utf-8") or _undone(text, "latin-1", "gb18030")
    if _fits(text, "gb2312") or sum(not _fits(char, "gb2312") for char in text) < 2:
        return False
    return _undone(text, "gb18030", "utf-8") or is_garbled_big5(text)


def _undone(text: str, shown_in: str, written_in: str) -> bool:
    """Whether the bytes, read as they were written, are Chinese characters and nothing else."""
    try:
        found = text.encode(shown_in).decode(written_in)
    except UnicodeError:
        return False
    return _HAN.fullmatch(found) is not None


def _fits(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-2, io.SEEK_END)
        return bool({10, 13} & {*file.read()})


def _cut_row(number: int, columns: int, before: int) -> FileRefused:
    return FileRefused(
        "cut",
        f"最后一行（第 {number} 行）只有 {columns} 列，上一行有 {before} 列，末尾也没有换行："
        "文件可能在这一行中间断开。",
        "请重新传输；这一行本来就是完整的，请在它后面加一个换行，或另存为 XLSX，再导入。",
    )


def _filled(cells: list[str]) -> list[str]:
    """A row without the empty cells at its end, saved with it for a format far out."""
    last = max((place for place, text in enumerate(cells, start=1) if text.strip()), default=0)
    return cells[:last]


def _too_wide(number: int, columns: int) -> FileRefused:
    return FileRefused(
        "too_wide",
        f"第 {number} 行有 {columns} 列，超过 {limits.MAX_COLUMNS} 列。",
        "请删除多余的列后再导入。",
    )


def plain_cell(text: str) -> str:
    """This function will take off a cell what spreadsheets put on: ="…", an apostrophe, spaces."""
    text = text.strip(EDGES)
    if not text or text[0] not in "='":
        return text
    if text.startswith('="'):
        found = QUOTED_NUMBER.fullmatch(text)
        return found[1].strip(EDGES) if found else text
    return text[1:] if _TEXT_MARK.match(text) else text


def separator_of(sample: str) -> str:
    """This function will say which separator stands in most of the first lines, most equally."""
    lines = [_QUOTED.sub("", line) for line in io.StringIO(sample) if line.strip()]
    best, most = _SEPARATORS[0], (0, 0)
    for mark in _SEPARATORS:
        counts = Counter(line.count(mark) for line in lines[: limits.HEADER_REGION_ROWS])
        equal = max((count * often for count, often in counts.items()), default=0)
        if equal and (score := (counts.total() - counts[0], equal)) > most:
            best, most = mark, score
    return best


def decide_encoding(path: Path) -> str:
    """This function will find the one encoding the whole file is valid in.

    :raises FileRefused: `encoding` naming the first line that fails, `mixed`, `cut`, `nul`,
        `endless_line`.
    """
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            result = _Decoding(path, name)
            if result.failed:
                raise result.refusal()
            return name
    utf_8 = _Decoding(path, "utf-8")
    if not utf_8.failed:
        return "utf-8"
    if utf_8.is_cut and utf_8.saw_wide:
        raise utf_8.refusal()
    if not _Decoding(path, "gb18030").failed:
        _refuse_mixed(path)
        refuse_big5(_lines(path))
        return "gb18030"
    if _line_of_utf_8(path) or _Decoding(path, WINDOWS_936).failed:
        raise _refusal_of_neither(path)
    return WINDOWS_936


def _nul(line: int) -> FileRefused:
    return FileRefused(
        "nul",
        f"第 {line} 行含有空字节（NUL），不是文字表格，或已损坏。",
        "请重新导出，另存为 XLSX 或 CSV 后再导入。",
    )


class _Decoding:
    """One attempt to decode a whole file strictly: whether, and where it fails."""

    def __init__(self, path: Path, encoding: str) -> None:
        """Decode to the end or to the first failure.

        :raises FileRefused: `nul`, `endless_line`: no encoding makes a table of that.
        """
        self.encoding = encoding
        self.failed = self.is_cut = self.saw_wide = False
        self.line = 1
        self._length = 0
        strict = codecs.getincrementaldecoder(encoding)("strict")
        decoder = io.IncrementalNewlineDecoder(strict, translate=True)
        try:
            with path.open("rb") as file:
                while chunk := file.read(limits.CHUNK_BYTES):
                    self._take(decoder.decode(chunk))
                self._take(decoder.decode(b"", final=True))
        except UnicodeDecodeError as problem:
            self.failed = True
            # Only an unfinished last character leaves nothing behind the place of the failure.
            self.is_cut = problem.end >= len(problem.object) and (
                "unexpected end" in problem.reason
                or "incomplete" in problem.reason
                or "truncated" in problem.reason
            )
            before = bytes(problem.object[: problem.start])
            self.line += before.decode(encoding, "ignore").count("\n")

    def _take(self, text: str) -> None:
        self.saw_wide = self.saw_wide or not text.isascii()
        if "\x00" in text:
            line = self.line + text[: text.index("\x00")].count("\n")
            raise _nul(line)
        start = 0
        while (end := text.find("\n", start)) >= 0:
            self._refuse_endless(self._length + end - start)
            self._length, start = 0, end + 1
            self.line += 1
        self._length += len(text) - start
        self._refuse_endless(self._length)

    def _refuse_endless(self, length: int) -> None:
        if length > limits.MAX_LINE_BYTES:
            raise FileRefused(
                "endless_line",
                f"第 {self.line} 行超过 100 万字，不是表格的行。",
                "请检查文件是否正确。",
            )

    def refusal(self) -> FileRefused:
        """Why the file cannot be taken in this encoding."""
        if self.is_cut:
            return FileRefused(
                "cut",
                f"文件在第 {self.line} 行中间断开，最后一个字不完整。",
                "文件没有传完，请重新传输。",
            )
        return FileRefused(
            "encoding",
            f"第 {self.line} 行不是 {_LABELS[self.encoding]} 文字，文件已损坏或混用了编码。",
            "请用 WPS 或 Excel 重新另存为 CSV UTF-8 后再导入。",
        )


def _is_valid(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_surely_utf_8(line: bytes) -> bool:
    return (
        not line.isascii()
        and _is_valid(line, "utf-8")
        and len(_WIDE.findall(line)) >= _SURE_CHARACTERS
    )


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        pieces = iter(lambda: file.readline(4 * limits.MAX_LINE_BYTES), b"")
        # Old programs end their lines with a return alone.
        yield from enumerate((line for piece in pieces for line in piece.splitlines()), start=1)


def _refusal_of_neither(path: Path) -> FileRefused:
    """Valid in no encoding: cut short, or mixed; name the first line that is not like the rest."""
    valid = {"utf-8": 0, "gb18030": 0}
    first_bad = {"utf-8": 0, "gb18030": 0}
    last = 0
    for last, line in _lines(path):
        if b"\x00" in line:
            raise _nul(last)
        if line.isascii():
            continue
        for encoding in valid:
            if _is_valid(line, encoding):
                valid[encoding] += 1
            elif not first_bad[encoding]:
                first_bad[encoding] = last
    likely = max(valid, key=lambda encoding: valid[encoding])
    for encoding in (likely, "gb18030"):
        decoding = _Decoding(path, encoding)
        if first_bad[encoding] == last and decoding.is_cut:
            return decoding.refusal()
    return FileRefused(
        "mixed" if min(valid.values()) else "encoding",
        f"第 {first_bad[likely]} 行不是 {_LABELS[likely]} 文字，而其他行大多是；"
        "可能混用了两种编码，或文件已损坏。",
        "请用 WPS 或 Excel 打开核对，另存为 CSV UTF-8 后再导入。",
    )


def _line_of_utf_8(path: Path) -> int:
    """The first line that is UTF-8 and nothing else, or 0."""
    return next((number for number, line in _lines(path) if _is_surely_utf_8(line)), 0)


def _refuse_mixed(path: Path) -> None:
    """A line of UTF-8 within GBK is often valid GBK by accident, and would be read as rubbish."""
    if number := _line_of_utf_8(path):
        raise FileRefused(
            "mixed",
            f"第 {number} 行是 UTF-8 文字，而其他行是 GBK；文件混用了两种编码。",
            "请用 WPS 或 Excel 打开核对，另存为 CSV UTF-8 后再导入。",
        )
