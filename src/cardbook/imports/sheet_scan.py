"""Looks through a workbook's package before any library opens it (trust-and-ux.md I1-I5).

`spreadsheets.py` beside it reads the rows; what is refused here would cost the office its server.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cardbook.imports import limits
from cardbook.imports.reading import FileRefused

BROKEN = FileRefused("broken", "工作簿已损坏或没有传完。", "请重新导出或传输后再导入。")
_BOMB = FileRefused(
    "bomb", "工作簿展开后的大小异常，疑似恶意文件。", "请用 WPS 或 Excel 打开确认后另存再导入。"
)
_ENTITIES = FileRefused("entities", "工作簿含有 XML 实体声明，疑似恶意文件。", "请重新导出。")
# Places are written as letters and digits, `r="AB12"`; a tag or a number may straddle two chunks.
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,4})([0-9]{1,8})["']""")
_STRADDLE = 64
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class _Extent:
    """The rectangle that cells claim; libraries reserve room for all of it."""

    top: int = 1 << 30
    bottom: int = 0
    left: int = 1 << 30
    right: int = 0

    def widen(self, chunk: bytes) -> None:
        """Take in the places named in a chunk."""
        places = _PLACE.findall(chunk)
        if not places:
            return
        columns = {_column(letters) for letters in {letters for letters, _ in places}}
        rows = {int(digits) for digits in {digits for _, digits in places}}
        self.left, self.right = min(self.left, *columns), max(self.right, *columns)
        self.top, self.bottom = min(self.top, *rows), max(self.bottom, *rows)

    @property
    def cells(self) -> int:
        """How many cells the rectangle holds."""
        return max(0, self.bottom - self.top + 1) * max(0, self.right - self.left + 1)


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return column


def inspect_package(path: Path) -> None:
    """This function will refuse a workbook that is no workbook, a bomb, or claims too much room.

    :raises FileRefused: `wrong_kind`, `bomb`, `entities`, `too_many_sheets`, `too_wide`,
        `too_far`, `merged`, `broken`.
    """
    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            _inspect_directory(parts)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _inspect_part(package, part)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as problem:
        raise BROKEN from problem
    except (ValueError, zipfile.zlib.error) as problem:  # type: ignore[attr-defined]
        raise BROKEN from problem


def _inspect_directory(parts: list[zipfile.ZipInfo]) -> None:
    """From the directory alone, before a byte is unpacked."""
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise FileRefused("wrong_kind", "这是压缩包，不是工作簿。", "请解压后导入其中的表格。")
    sheets = sum(1 for name in names if name.startswith("xl/worksheets/") and name[-4:] == ".xml")
    if sheets > limits.MAX_SHEETS:
        raise FileRefused(
            "too_many_sheets",
            f"工作簿有 {sheets} 张工作表，超过 {limits.MAX_SHEETS} 张。",
            "请只保留要导入的工作表。",
        )
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > limits.MAX_PARTS
        or unpacked > limits.MAX_UNPACKED_BYTES
        or any(_is_bomb(part) for part in parts)
    ):
        raise _BOMB


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    if part.file_size > limits.MAX_PART_BYTES:
        return True
    packed = max(part.compress_size, 1)
    return part.file_size > limits.RATIO_FREE_BYTES and part.file_size > limits.MAX_RATIO * packed


def _inspect_part(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    is_sheet = part.filename.startswith("xl/worksheets/")
    extent, merged = _Extent(), 0
    for first, chunk in _chunks(package, part):
        if first and chunk.startswith(_UTF_16):
            raise BROKEN
        if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
            raise _ENTITIES
        if is_sheet:
            extent.widen(chunk)
            merged += chunk.count(b"<mergeCell ")
    if merged > limits.MAX_MERGED_RANGES:
        raise FileRefused(
            "merged",
            f"工作表有 {merged} 处合并单元格，超过 {limits.MAX_MERGED_RANGES} 处。",
            "请取消合并后另存再导入。",
        )
    if is_sheet:
        _refuse_extent(extent)


def _refuse_extent(extent: _Extent) -> None:
    if extent.right > limits.MAX_COLUMNS:
        raise FileRefused(
            "too_wide",
            f"工作表用到第 {extent.right} 列，超过 {limits.MAX_COLUMNS} 列。",
            "请删除多余的列后另存再导入。",
        )
    if extent.cells > limits.MAX_SHEET_CELLS:
        raise FileRefused(
            "too_far",
            f"工作表从第 {extent.top} 行到第 {extent.bottom} 行，占 {extent.cells} 个单元格，"
            f"超过 {limits.MAX_SHEET_CELLS} 个。",
            "请把数据复制到新工作簿另存，或改用 CSV 导入。",
        )


def _chunks(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[bool, bytes]]:
    """Chunks that overlap a little; a part that lied about its size fails its check sum."""
    tail, first = b"", True
    with package.open(part) as stream:
        while chunk := stream.read(limits.CHUNK_BYTES):
            yield first, tail + chunk
            tail, first = chunk[-_STRADDLE:], False
