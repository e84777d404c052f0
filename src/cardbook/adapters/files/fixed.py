"""Records of a fixed number of bytes in GBK: declared as data, measured in bytes, never cut.

A name too long or a character GBK does not have is an error that names row and field; a file that
was cut, reordered or counted wrong is refused as a whole (domain.md 3.2, lessons).
"""

import codecs
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

ENCODING = "gbk"
_COUNT_BYTES = 8
_FILL = b"F" * 10

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field: its name, its official title and how many bytes it takes.

    `codes` are the only values it may hold, with their meaning; `may_cut` marks free words that
    lose their end, at a whole character, rather than stop a card; `constant` fills a reserve.
    """

    name: str
    title: str
    size: int
    required: bool = False
    codes: Mapping[str, str] | None = None
    may_cut: bool = False
    constant: str = ""


@dataclass(frozen=True)
class Layout:
    """A file: two letters of head, the length its description states, fields in their order."""

    tag: str
    title: str
    stated_length: int
    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        """A description whose fields do not add up is not one.

        :raises ValueError: when the sum of the fields is not the stated length.
        """
        if sum(field.size for field in self.fields) != self.stated_length:
            raise ValueError(f"{self.title}: fields do not add up to {self.stated_length}")

    def head(self, rows: int) -> bytes:
        """The first line: tag, number of rows, length of a record, filling."""
        return f"{self.tag}{rows:0{_COUNT_BYTES}d}{self.stated_length:08d}".encode() + _FILL

    @cached_property
    def slices(self) -> tuple[tuple[str, int, int], ...]:
        """Each field's name, first byte and the byte after its last."""
        found, place = [], 0
        for field in self.fields:
            found.append((field.name, place, place + field.size))
            place += field.size
        return tuple(found)


@dataclass(frozen=True, slots=True)
class RowTrouble:
    """What stops one row: which, which field, why, and what to do."""

    row: int
    field: str
    sentence: str

    def __str__(self) -> str:
        """第 3 行“姓名”：…"""
        return f"第 {self.row} 行“{self.field}”：{self.sentence}"


class RowsRefused(Exception):
    """Rows that cannot be written; nothing was."""

    def __init__(self, troubles: Sequence[RowTrouble]) -> None:
        """Keep every one of them."""
        self.troubles = tuple(troubles)
        super().__init__("；".join(map(str, self.troubles[:3])))


class FileRefused(Exception):
    """A file that is not whole, not this kind or not readable: none of it is taken."""


def encode(layout: Layout, rows: Sequence[Row]) -> bytes:
    """This function will write a file with its head.

    :raises RowsRefused: naming every row and field that does not fit.
    """
    troubles: list[RowTrouble] = []
    lines = [layout.head(len(rows))]
    for number, row in enumerate(rows, start=1):
        record, wrong = encode_record(layout, row, number=number)
        lines.append(record)
        troubles += wrong
    if troubles:
        raise RowsRefused(troubles)
    return b"\n".join(lines) + b"\n"


def encode_record(layout: Layout, row: Row, *, number: int) -> tuple[bytes, list[RowTrouble]]:
    """This function will write one record, and say what does not fit into it."""
    parts: list[bytes] = []
    wrong: list[RowTrouble] = []
    for field in layout.fields:
        text = field.constant or row.get(field.name, "")
        try:
            # Most fields are digits; the codec of GBK takes several times as long to begin.
            content = text.encode("ascii" if text.isascii() else ENCODING)
        except UnicodeEncodeError as problem:
            sentence = f"“{text[problem.start]}”不在 GBK 字符集内，请与银行约定替代写法后再报"
            wrong.append(RowTrouble(number, field.title, sentence))
            continue
        if len(content) > field.size and field.may_cut:
            content = content[: field.size].decode(ENCODING, "ignore").encode(ENCODING)
        if sentence := _does_not_fit(field, text, content):
            wrong.append(RowTrouble(number, field.title, sentence))
        parts.append(content.ljust(field.size))
    return b"".join(parts), wrong


def _does_not_fit(field: Field, text: str, content: bytes) -> str:
    if len(content) > field.size:
        return (
            f"共 {len(content)} 字节，最多 {field.size} 字节（一个汉字两字节），不会截断，请改短"
        )
    if not text:
        return "不能为空，请补全" if field.required else ""
    if "\n" in text or "\r" in text:
        return "含有换行，请删除"
    if field.codes is not None and text not in field.codes:
        return f"代码“{text}”未约定，只能是{'、'.join(field.codes)}"
    return ""


def tidied(content: bytes) -> bytes:
    """This function will take off a mark before and the end-of-file signs behind a file.

    Old systems write them, and end lines with a bare CR.
    """
    content = content.removeprefix(codecs.BOM_UTF8).rstrip(b"\x1a\0")
    return content if b"\n" in content else content.replace(b"\r", b"\n")


def decode(layout: Layout, content: bytes) -> list[dict[str, str]]:
    """This function will read a file, all of it or nothing.

    :raises FileRefused: when head and rows disagree, a record has the wrong length or is no GBK.
    """
    lines = tidied(content).split(b"\n")
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise FileRefused("文件是空的，请对方重新传送")
    if len(lines) == 1 and len(lines[0]) > len(layout.head(0)) + 1:
        raise FileRefused("文件没有换行，分不清各条记录，整份未读入，请对方每条记录一行重新传送")
    expected = _expected(layout, lines[0].rstrip(b"\r"))
    if len(lines) - 1 != expected:
        raise FileRefused(
            f"文件头写明 {expected} 条，实有 {len(lines) - 1} 条，文件不完整，整份未读入，"
            "请对方重新传送"
        )
    return list(_records(layout, lines[1:]))


def _expected(layout: Layout, head: bytes) -> int:
    # UTF-16 and the like: half of every letter is zero, which no GBK text has.
    if b"\0" in head:
        raise FileRefused("文件不是 GBK 编码，整份未读入，请对方核对编码后重新传送")
    if not head.startswith(layout.tag.encode()):
        raise FileRefused(
            f"文件头不是“{layout.tag}”，这不是{layout.title}，请核对传来的是哪一种文件"
        )
    if len(head) != len(layout.head(0)) or not head[2:18].isdigit():
        raise FileRefused("文件头的长度不对，文件不完整，整份未读入，请对方重新传送")
    if int(head[10:18]) != layout.stated_length:
        raise FileRefused(
            f"文件头写明每条 {int(head[10:18])} 字节，{layout.title}每条 {layout.stated_length} "
            "字节，请核对版本"
        )
    return int(head[2:10])


def _is_utf8(line: bytes) -> bool:
    """Whether it holds Chinese in UTF-8, where each character takes three bytes."""
    try:
        return not line.isascii() and bool(line.decode())
    except UnicodeDecodeError:
        return False


def _records(layout: Layout, lines: Iterable[bytes]) -> Iterator[dict[str, str]]:
    size, slices = layout.stated_length, layout.slices
    coded = [field for field in layout.fields if field.codes is not None]
    for number, given in enumerate(lines, start=1):
        line = given if len(given) == size else given.rstrip(b"\r")
        if len(line) != size and _is_utf8(line):
            raise FileRefused(
                f"第 {number} 条是 UTF-8 编码，应为 GBK，整份未读入，请对方改用 GBK 编码后重新传送"
            )
        if len(line) != size:
            raise FileRefused(
                f"第 {number} 条有 {len(line)} 字节，应为 {size} 字节，整份未读入，请对方重新传送"
            )
        try:
            pieces = ((name, line[a:b].rstrip(b" ")) for name, a, b in slices)
            row = {
                name: piece.decode("ascii" if piece.isascii() else ENCODING)
                for name, piece in pieces
            }
        except UnicodeDecodeError:
            raise FileRefused(
                f"第 {number} 条不是 GBK 编码或字段错位，整份未读入，请对方核对编码后重新传送"
            ) from None
        for field in coded:
            if row[field.name] and row[field.name] not in (field.codes or {}):
                raise FileRefused(
                    f"第 {number} 条“{field.title}”的代码“{row[field.name]}”未约定，整份未读入"
                )
        yield row
