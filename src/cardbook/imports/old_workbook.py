"""Looks through an old workbook (.xls) before a library opens it; `sheet_scan.py` does the XLSX.

An OLE container holds one stream of records (BIFF5, BIFF8); hidden rows, errors, formulas without
a result and absurd claims are found in the records themselves (trust-and-ux.md I4, I9, I12).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cardbook.imports import limits
from cardbook.imports.archives import broken
from cardbook.imports.reading import SAVE_AGAIN, FileRefused, Odd, OddCell
from cardbook.imports.sheet_facts import SheetFacts, refuse_many_sheets

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFA
_ENTRY_BYTES = 128
_BOF, _EOF, _FILEPASS, _BOUNDSHEET, _SST = 0x0809, 0x000A, 0x002F, 0x0085, 0x00FC
_ROW, _COLUMNS, _DIMENSIONS, _MERGED = 0x0208, 0x007D, 0x0200, 0x00E5
_FORMULA, _ERROR = 0x0006, 0x0205
_FONT, _STYLE, _STRUCK_OUT = 0x0031, 0x00E0, 0x0008
# LABELSST, LABEL, RSTRING, NUMBER, RK: one cell each. MULRK: several in a row.
_VALUES = frozenset({0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E})
_MANY_NUMBERS = 0x00BD
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_ROW_LIMIT, _COLUMN_LIMIT = 65_536, 256


class Container:
    """An OLE compound file: streams by name, read along chains that may not run in circles."""

    def __init__(self, content: bytes) -> None:
        """Read the tables.

        :raises FileRefused: `broken`.
        """
        self._content = content
        try:
            self._read_tables()
        except (struct.error, IndexError, OverflowError, ValueError) as problem:
            raise broken() from problem

    def _read_tables(self) -> None:
        head = self._content
        shift, small_shift = struct.unpack_from("<HH", head, 30)
        if not head.startswith(_MAGIC) or shift not in {9, 12} or small_shift != 6:
            raise ValueError
        self._bytes, self._small_bytes = 1 << shift, 1 << small_shift
        first_entry, self._threshold = struct.unpack_from("<I4xI", head, 48)
        first_small, _, first_more, more = struct.unpack_from("<4I", head, 60)
        places = list(struct.unpack_from("<109I", head, 76))
        for _ in range(min(more, len(head) // self._bytes)):
            if first_more >= _END_OF_CHAIN:
                break
            block = struct.unpack(f"<{self._bytes // 4}I", self._sector(first_more))
            places += block[:-1]
            first_more = block[-1]
        tables = b"".join(self._sector(place) for place in places if place < _END_OF_CHAIN)
        self._next = struct.unpack(f"<{len(tables) // 4}I", tables)
        small = self._along(first_small) if first_small < _END_OF_CHAIN else b""
        self._small_next = struct.unpack(f"<{len(small) // 4}I", small)
        self._entries = dict(self._read_entries(self._along(first_entry)))

    def _sector(self, place: int) -> bytes:
        start = (place + 1) * self._bytes
        sector = self._content[start : start + self._bytes]
        if not sector:
            raise ValueError
        return sector.ljust(self._bytes, b"\0")

    def _along(self, place: int) -> bytes:
        sectors: list[bytes] = []
        while place < _END_OF_CHAIN:
            sectors.append(self._sector(place))
            if len(sectors) > len(self._next):
                raise ValueError
            place = self._next[place]
        return b"".join(sectors)

    def _read_entries(self, directory: bytes) -> Iterator[tuple[str, tuple[int, int]]]:
        for start in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            (length,) = struct.unpack_from("<H", directory, start + 64)
            name = directory[start : start + max(min(length, 64) - 2, 0)]
            place, size = struct.unpack_from("<II", directory, start + 116)
            # The root entry holds the small streams.
            key = "" if directory[start + 66] == 5 else name.decode("utf-16-le", "replace")
            if directory[start + 66] in {2, 5}:
                yield key, (place, size)

    def __contains__(self, name: str) -> bool:
        """Whether there is such a stream."""
        return name in self._entries

    def stream(self, name: str) -> bytes:
        """The content of a stream.

        :raises FileRefused: `broken`.
        """
        place, size = self._entries[name]
        try:
            if size >= self._threshold:
                return self._along(place)[:size]
            return self._small(place, size)
        except (struct.error, IndexError, ValueError) as problem:
            raise broken() from problem

    def _small(self, place: int, size: int) -> bytes:
        pool = self._along(self._entries[""][0])
        pieces: list[bytes] = []
        while place < _END_OF_CHAIN and len(pieces) * self._small_bytes < size:
            start = place * self._small_bytes
            pieces.append(pool[start : start + self._small_bytes])
            place = self._small_next[place]
        return b"".join(pieces)[:size]


def refuse_other_documents(path: Path) -> None:
    """This function will refuse what is in an OLE container but is no readable workbook.

    :raises FileRefused: `encrypted`, `wrong_kind`, `broken`.
    """
    container = Container(path.read_bytes())
    if "EncryptedPackage" in container:
        raise encrypted()
    if "Workbook" in container or "Book" in container:
        return
    names = {"WordDocument": "Word 文档", "PowerPoint Document": "演示文稿"}
    found = next((title for name, title in names.items() if name in container), "Office 文档")
    raise FileRefused("wrong_kind", f"这是旧版 {found}，不是表格。", SAVE_AGAIN)


def encrypted() -> FileRefused:
    """This function will give the refusal of a workbook that needs a password."""
    return FileRefused(
        "encrypted", "工作簿设有打开密码。", "请打开后在“文件—信息”中取消密码，另存后再导入。"
    )


def scan_old_workbook(path: Path) -> tuple[SheetFacts, ...]:
    """This function will look through all sheets, in the order of the workbook.

    :raises FileRefused: when it is damaged, encrypted, or claims more than the format can hold;
        `too_large` when it would take long.
    """
    container = Container(path.read_bytes())
    stream = container.stream("Workbook" if "Workbook" in container else "Book")
    places: list[int] = []
    sheets: list[SheetFacts] = []
    # A record has four bytes at least: who needs more steps reads the same sheet again and again.
    steps = _Steps(min(limits.MAX_OLD_RECORDS, len(stream) // 4))
    looks = _Looks()
    try:
        for kind, start, length in _records(stream, 0, steps):
            if kind == _FILEPASS:
                raise encrypted()
            if kind == _BOUNDSHEET:
                place, visibility = struct.unpack_from("<IB", stream, start)
                places.append(place)
                name = _name(stream[start + 6 : start + length])
                sheets.append(SheetFacts(name=name, is_hidden=bool(visibility & 3)))
            looks.learn(stream, kind, start)
            # A text in the table takes three bytes at least; the library reserves what is claimed.
            if kind == _SST and struct.unpack_from("<4xI", stream, start)[0] * 3 > len(stream):
                raise broken()
        refuse_many_sheets(len(sheets))
        for place, facts in zip(places, sheets, strict=True):
            for kind, start, length in _records(stream, place, steps):
                _take(stream, kind, start, length, facts)
                for row, column in looks.struck(stream, kind, start, length):
                    facts.strike(row, column)
    except struct.error as problem:
        raise broken() from problem
    return tuple(sheets)


def _name(raw: bytes) -> str:
    """A sheet's name for sentences; length, flag and letters of one or two bytes (BIFF8)."""
    is_wide = len(raw) > 1 and raw[1] & 1
    return raw[2:].decode("utf-16-le" if is_wide else "latin-1", "replace")


class _Looks:
    """Which styles of an old workbook have a font that is struck out."""

    def __init__(self) -> None:
        self._fonts: list[bool] = []
        self._styles: list[bool] = []

    def learn(self, stream: bytes, kind: int, start: int) -> None:
        """Take a font or a style; there has never been a font of number 4."""
        if kind == _FONT:
            self._fonts.append(bool(struct.unpack_from("<2xH", stream, start)[0] & _STRUCK_OUT))
        elif kind == _STYLE:
            (font,) = struct.unpack_from("<H", stream, start)
            font -= font > 4
            self._styles.append(font < len(self._fonts) and self._fonts[font])

    def struck(
        self, stream: bytes, kind: int, start: int, length: int
    ) -> Iterator[tuple[int, int]]:
        """Rows and columns, counted from 1, of the cells of a record that are struck out."""
        many = kind == _MANY_NUMBERS
        if not any(self._styles) or not (many or kind in _VALUES | {_FORMULA, _ERROR}):
            return
        row, first = struct.unpack_from("<HH", stream, start)
        for place in range((length - 6) // 6 if many else 1):
            (style,) = struct.unpack_from("<H", stream, start + 4 + 6 * place)
            if style < len(self._styles) and self._styles[style]:
                yield row + 1, first + place + 1


@dataclass(slots=True)
class _Steps:
    """How many more records are looked at, all sheets together, also those that share some."""

    left: int


def _records(stream: bytes, start: int, steps: _Steps) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of the records of one substream; charts inside are passed over."""
    depth = 0
    unpack = struct.Struct("<HH").unpack_from
    while True:
        steps.left -= 1
        if steps.left < 0:
            raise FileRefused("too_large", "工作簿的内容太多，或已损坏。", SAVE_AGAIN)
        if start + 4 > len(stream):
            raise broken()
        kind, length = unpack(stream, start)
        start += 4
        if start + length > len(stream):
            raise broken()
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, start, length
        elif depth == 0:
            raise broken()
        start += length


def _take(stream: bytes, kind: int, start: int, length: int, facts: SheetFacts) -> None:
    if kind in _VALUES:
        row, column = struct.unpack_from("<HH", stream, start)
        facts.take((row + 1,), (column + 1,))
    elif kind == _MANY_NUMBERS:
        row, first = struct.unpack_from("<HH", stream, start)
        facts.take((row + 1,), (first + 1, first + (length - 6) // 6))
    elif kind in {_FORMULA, _ERROR}:
        _take_result(stream, kind, start, facts)
    elif kind == _ROW and struct.unpack_from("<H10xH", stream, start)[1] & 0x20:
        facts.hidden_rows.add(struct.unpack_from("<H", stream, start)[0] + 1)
    elif kind == _COLUMNS:
        first, last, _, _, options = struct.unpack_from("<5H", stream, start)
        if options & 1:
            facts.hidden_columns.update(range(first + 1, min(last, _COLUMN_LIMIT - 1) + 2))
    elif kind == _DIMENSIONS:
        _refuse_claim(stream, start, length)
    elif kind == _MERGED:
        facts.merged_ranges += struct.unpack_from("<H", stream, start)[0]


def _take_result(stream: bytes, kind: int, start: int, facts: SheetFacts) -> None:
    row, column = struct.unpack_from("<HH", stream, start)
    odd = None
    if kind == _ERROR:
        code, is_error = struct.unpack_from("<6xBB", stream, start)
        odd = OddCell(Odd.ERROR, _ERRORS.get(code, "错误值")) if is_error else None
    else:
        result = stream[start + 6 : start + 14]
        if result[6:] == b"\xff\xff" and result[0] == 2:
            odd = OddCell(Odd.ERROR, _ERRORS.get(result[2], "错误值"))
        # An empty result is what programs write that calculate nothing.
        elif result[6:] == b"\xff\xff" and result[0] == 3:
            odd = OddCell(Odd.FORMULA, "公式没有结果")
    if odd is not None:
        facts.keep_odd(row + 1, column + 1, odd)
    facts.take((row + 1,), (column + 1,))


def _refuse_claim(stream: bytes, start: int, length: int) -> None:
    """The library reserves room for the rectangle claimed here."""
    first_row, row, first_column, column = (
        struct.unpack_from("<IIHH", stream, start)
        if length >= 14
        else struct.unpack_from("<4H", stream, start)
    )
    # The first one counts from 0, the last one from 1; both are 0 in an empty sheet.
    in_order = first_row <= max(row - 1, 0) and first_column <= max(column - 1, 0)
    if not in_order or row > _ROW_LIMIT or column > _COLUMN_LIMIT:
        raise broken()
