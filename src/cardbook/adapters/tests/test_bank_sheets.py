"""A bank's file as old machines write it: whole, or refused in words that name the fault."""

from collections.abc import Callable

import pytest

from cardbook.adapters.bank_sheets import is_for_people, read
from cardbook.adapters.files.fixed import encode
from cardbook.adapters.files.layouts import ACCOUNTS, ANSWER
from cardbook.ports.bank_sheets import Said, SheetRefused

pytestmark = pytest.mark.article(25)

LATIN = b"Li        "
PERSON = {"sex": "1", "document": "01", "number": "99999919900101001X"}


def accounts(count: int = 3) -> bytes:
    """So many cards with their accounts."""
    return encode(
        ACCOUNTS,
        [
            {
                **PERSON,
                "name": "演示李秀英",
                "card": f"T0000000{place}",
                "account": f"62999900{place}",
            }
            for place in range(1, count + 1)
        ],
    )


def answer(reason: str = "联网核查不符") -> bytes:
    """One refusal with its words."""
    return encode(
        ANSWER,
        [
            {
                **PERSON, "name": "演示王芳", "result": "0", "detail": "a" * 12, "task": "b",
                "reason": reason,
            }
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    "dress",
    [
        lambda content: content,
        lambda content: content.rstrip(b"\n"),
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: content.replace(b"\n", b"\r"),
        lambda content: content + b"\x1a",
        lambda content: content.replace(b"\n", b"\r\n") + b"\x1a\x1a",
        lambda content: content + b"\0\0\0",
        lambda content: content + b"\n\r\n  \n",
        lambda content: b"\xef\xbb\xbf" + content.replace("演示李秀英".encode("gbk"), LATIN),
    ],
    ids=["as agreed", "last not ended", "CRLF", "CR", "0x1A", "CRLF 0x1A", "NUL", "blank", "BOM"],
)  # fmt: skip
def test_a_whole_file_is_read_in_every_dress(dress: Callable[[bytes], bytes]) -> None:
    content = dress(accounts())
    assert is_for_people(content)
    sheet = read(content)
    assert sheet is not None
    assert [row.made.number for row in sheet.orders if row.made] == [
        "T00000001", "T00000002", "T00000003",
    ]  # fmt: skip


def _second(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    lines = content.split(b"\n")
    lines[2] = change(lines[2])
    return b"\n".join(lines)


NAME_AT = 40  # card and account take twenty bytes each
SEX_AT = 70


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda c: _second(c, lambda line: line[:-1]), "第 2 条有 483 字节，应为 484"),
        (lambda c: _second(c, lambda line: line + b" "), "第 2 条有 485 字节，应为 484"),
        (lambda c: _second(c, lambda line: line[:200]), "第 2 条有 200 字节"),
        (
            lambda c: _second(c, lambda line: line[: SEX_AT - 1] + b"\xd5" + line[SEX_AT:]),
            "第 2 条不是 GBK 编码或字段错位",
        ),
        (
            lambda c: _second(c, lambda line: line[:NAME_AT] + b" \xcd" + line[NAME_AT + 2 :]),
            "第 2 条",
        ),
        (lambda c: c.replace(b"BK00000003", b"BK00000004"), "文件头写明 4 条，实有 3 条"),
        (lambda c: c.replace(b"BK00000003", b"BK00000002"), "文件头写明 2 条，实有 3 条"),
        (lambda c: c.replace(b"\n", b""), "没有换行"),
        (lambda c: c.decode("gbk").encode("utf-8"), "UTF-8 编码，应为 GBK"),
        (lambda c: b"\xef\xbb\xbf" + c.decode("gbk").encode("utf-8"), "UTF-8 编码，应为 GBK"),
    ],
    ids=["short", "long", "cut", "half a letter at the border", "shifted by a byte", "more stated",
         "fewer stated", "no line ends", "UTF-8", "UTF-8 with mark"],
)  # fmt: skip
def test_a_broken_file_is_refused_whole_and_says_why(
    spoil: Callable[[bytes], bytes], said: str
) -> None:
    with pytest.raises(SheetRefused, match=said):
        read(spoil(accounts()))


def test_digits_of_full_width_describe_no_card() -> None:
    """They take two bytes each; the row stays and nobody's card is made of it."""
    wide = "Ｔ００００００１".encode("gbk")
    content = _second(accounts(), lambda line: wide.ljust(20) + line[20:])
    sheet = read(content)
    assert sheet is not None
    assert [row.made is not None for row in sheet.orders] == [True, False, True]


def test_words_as_long_as_the_field_keep_whole_letters() -> None:
    sheet = read(answer("不" * 150))
    assert sheet is not None
    (row,) = sheet.orders
    assert (row.said, row.words) == (Said.REFUSE, "不" * 100)


def test_letters_of_utf8_in_fields_as_long_as_agreed_are_seen() -> None:
    """Every length fits, and read as GBK every letter would be another one."""
    name = "演示王芳"
    content = answer("").replace(name.encode("gbk") + b" " * 4, name.encode())
    with pytest.raises(SheetRefused, match="UTF-8 编码，应为 GBK"):
        read(content)
