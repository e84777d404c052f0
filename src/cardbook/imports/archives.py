"""Unpacks the parts of a workbook without trusting a word it says (trust-and-ux.md I1, I2, I5).

The directory is judged first, in no time; then every part is unpacked to no more than it declared.
`sheet_scan.py` looks into the sheets, `spreadsheets.py` reads the rows.
"""

import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cardbook.imports import limits
from cardbook.imports.reading import SAVE_AGAIN, FileRefused

_WORKBOOK = "xl/workbook.xml"
_LOCAL_HEADER_BYTES = 30
_ENCRYPTED_FLAG = 1
# What the archive is instead, by a part that only this kind has.
_OTHERS = (
    ("xl/workbook.bin", "二进制工作簿（.xlsb）"),
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "演示文稿"),
    ("content.xml", "OpenDocument 文档"),
    ("index/document.iwa", "Numbers 表格"),
    ("androidmanifest.xml", "手机程序"),
)


def broken() -> FileRefused:
    """This function will give the refusal of a workbook that cannot be read."""
    return FileRefused("broken", "工作簿已损坏或没有传完。", "请重新导出或传输后再导入。")


def _bomb(why: str) -> FileRefused:
    return FileRefused(
        "bomb",
        f"工作簿{why}，疑似恶意文件。",
        "请用 WPS 或 Excel 打开确认后另存再导入。",
    )


class Archive:
    """An XLSX package whose directory has been judged; parts come out in chunks."""

    def __init__(self, path: Path) -> None:
        """Read and judge the directory; nothing is unpacked.

        :raises FileRefused: `wrong_kind`, `bomb`, `encrypted`, `broken`.
        """
        self.path = path
        try:
            with zipfile.ZipFile(path) as package:
                parts = package.infolist()
        # What zipfile raises on directories that make no sense, all of it met by fuzzing.
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
            raise broken() from problem
        _judge(parts)
        self._parts = {part.filename: part for part in parts}

    @property
    def names(self) -> tuple[str, ...]:
        """The parts that are XML, in the order of the directory."""
        return tuple(name for name in self._parts if name.lower().endswith((".xml", ".rels")))

    def __contains__(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self._parts

    def whole(self, name: str) -> bytes:
        """A small part in one piece.

        :raises FileRefused: when it is missing, too large or damaged.
        """
        part = self._parts.get(name)
        if part is None or part.file_size > limits.MAX_SMALL_PART_BYTES:
            raise broken()
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a part, unpacked to its declared size and not a byte further.

        zipfile stops at that size in silence and compares the check sum of what it has seen; the
        library that reads the sheet later goes on. So a part that continues is refused here.

        :raises FileRefused: `bomb` when the part holds more, `broken` when it is damaged.
        """
        part = self._parts[name]
        left, check = part.file_size, 0
        try:
            with self.path.open("rb") as file:
                for chunk in _unpacked(file, part):
                    left -= len(chunk)
                    if left < 0:
                        raise _bomb("声明的大小与内容不符")
                    check = zlib.crc32(chunk, check)
                    yield chunk
        except (zlib.error, OSError) as problem:
            raise broken() from problem
        if left or check != part.CRC:
            raise broken()


def _unpacked(file: BinaryIO, part: zipfile.ZipInfo) -> Iterator[bytes]:
    file.seek(part.header_offset)
    header = file.read(_LOCAL_HEADER_BYTES)
    if len(header) < _LOCAL_HEADER_BYTES or not header.startswith(b"PK\x03\x04"):
        raise broken()
    name_bytes = int.from_bytes(header[26:28], "little")
    file.seek(name_bytes + int.from_bytes(header[28:30], "little"), 1)
    packed_left = part.compress_size
    deflated = part.compress_type == zipfile.ZIP_DEFLATED
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed_left > 0 and (packed := file.read(min(limits.CHUNK_BYTES, packed_left))):
        packed_left -= len(packed)
        if not deflated:
            yield packed
            continue
        while packed:
            yield unpacker.decompress(packed, limits.CHUNK_BYTES)
            packed = unpacker.unconsumed_tail
    if deflated and not unpacker.eof:
        yield unpacker.flush()


def _judge(parts: list[zipfile.ZipInfo]) -> None:
    """From the directory alone, before a byte is unpacked."""
    names = Counter(part.filename.lower() for part in parts)
    if _WORKBOOK not in names:
        found = next((title for name, title in _OTHERS if name in names), "")
        if found:
            raise FileRefused("wrong_kind", f"这是{found}，不能直接读取。", SAVE_AGAIN)
        if any("\\" in name for name in names):
            raise FileRefused("wrong_kind", "文件内部的路径用反斜杠写成，不合规范。", SAVE_AGAIN)
        raise FileRefused("wrong_kind", "这是压缩包，不是工作簿。", "请解压后导入其中的表格。")
    if len(parts) > limits.MAX_PARTS:
        raise _bomb(f"内含 {len(parts)} 个部件，超过 {limits.MAX_PARTS} 个")
    if any(_is_bomb(part) for part in parts) or (
        sum(part.file_size for part in parts) > limits.MAX_UNPACKED_BYTES
    ):
        raise _bomb("展开后的大小异常")
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise FileRefused("encrypted", "压缩包设有密码。", "请取消密码，另存后再导入。")
    # Two parts of one name: this program and the library might each read another one.
    if max(names.values()) > 1 or any(
        part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts
    ):
        raise broken()


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    if part.file_size > limits.MAX_PART_BYTES:
        return True
    packed = max(part.compress_size, 1)
    return part.file_size > limits.RATIO_FREE_BYTES and part.file_size > limits.MAX_RATIO * packed
