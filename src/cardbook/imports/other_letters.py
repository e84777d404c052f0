"""Lines of Big5 in a file read as GBK: every byte fits, every name is another (I10, Art. 6).

Old systems of Taiwan, Hong Kong and Macau write it. Read as GBK, seven of ten of its characters
are none that mainland names and addresses use; read as Big5, nearly all are common there.
"""

import re
from collections.abc import Iterable
from functools import cache

from cardbook.imports.reading import FileRefused

# Of the characters of a line: so many are unusual in GBK, so many common in Big5.
_UNUSUAL_SHARE, _COMMON_SHARE = 0.4, 0.8
# Unusual characters, all different: in one line they settle it, or in two lines with two each.
_SURE, _SUSPECT = 4, 2
# So many such lines for each line that is as unusual and cannot be Big5.
_TIMES = 3
# Kana, Greek and Cyrillic letters are in GB 2312 too; the commonest characters of Big5 fall there.
_LETTERS = (("\u0370", "\u04ff"), ("\u3040", "\u312f"))


def refuse_big5(lines: Iterable[tuple[int, bytes]]) -> None:
    """This function will refuse a file, all of it valid GBK, with lines that were written in Big5.

    Names with rare characters stay: those lines are no Big5, or they would be rare there as well.

    :raises FileRefused: `mixed`, naming the first such line.
    """
    found: list[int] = []
    sure = others = total = first = 0
    for number, line in lines:
        if line.isascii():
            continue
        total, first = total + 1, first or number
        if _is_plain(line):
            continue
        unusual, share = _unusual(line)
        if unusual < _SUSPECT:
            continue
        if any(is_garbled_big5(cell) for cell in _cells(line)):
            found.append(number)
            sure += 1
        elif share >= _UNUSUAL_SHARE and _is_common_big5(line):
            found.append(number)
            sure += unusual >= _SURE
        else:
            others += 1
    # A list in traditional characters, written in GBK, has a line or two that are Big5 by chance.
    if (sure or len(found) >= _SUSPECT) and len(found) > _TIMES * others:
        raise _refusal(found, is_all=found[0] == first and len(found) * 2 > total)


def is_garbled_big5(text: str) -> bool:
    """This function will tell one cell of Big5 that was read as GBK, wherever it stands now.

    Two of its characters are ones that neither side writes; taken back, all are common there.
    Traditional names written in GBK have characters that are common in Big5 as they stand. Of
    short names every other one is seen; what comes out as usual characters cannot be.
    """
    odd = {char for char in text if char > "\x7f" and _is_unusual(char) and _is_odd(char)}
    if len(odd) < _SUSPECT:
        return False
    try:
        return _is_common_big5(text.encode("gb18030"))
    except UnicodeEncodeError:
        return False


def _is_odd(char: str) -> bool:
    return char not in _common_in_big5()


def _cells(line: bytes) -> list[str]:
    """A line between its separators, none of which is ever half a letter."""
    return [cell.decode("gb18030", "replace") for cell in re.split(rb"[,;\t]", line)]


def _refusal(found: list[int], *, is_all: bool) -> FileRefused:
    several = f"等 {len(found)} 行" if len(found) > 1 else ""
    says = (
        "文件是 Big5（繁体中文）文字，不是 GBK；照 GBK 读，姓名、地址会变成别的字。"
        if is_all
        else f"第 {found[0]} 行{several}是 Big5（繁体中文）文字，而其他行是 GBK；"
        "照 GBK 读，姓名、地址会变成别的字。"
    )
    return FileRefused(
        "mixed", says,
        "请从原系统重新导出为 GBK 或 UTF-8；或用 WPS 以“繁体中文（Big5）”打开核对，"
        "另存为 CSV UTF-8 后再导入。",
    )  # fmt: skip


def _is_plain(line: bytes) -> bool:
    """Whether there is nothing but what GB 2312 has; so are nearly all lines of offices."""
    try:
        line.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True


def _unusual(line: bytes) -> tuple[int, float]:
    """How many different unusual characters a line has in GBK, and which share of all they are."""
    chars = [char for char in line.decode("gb18030", "replace") if char > "\x7f"]
    unusual = [char for char in chars if _is_unusual(char)]
    return len(set(unusual)), len(unusual) / max(len(chars), 1)


@cache
def _is_unusual(char: str) -> bool:
    if any(first <= char <= last for first, last in _LETTERS):
        return True
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def _is_common_big5(line: bytes) -> bool:
    try:
        text = line.decode("cp950")
    except UnicodeDecodeError:
        return False
    chars = [char for char in text if char >= "\u3400"]
    common = sum(char in _common_in_big5() for char in chars)
    return bool(chars) and common >= len(chars) * _COMMON_SHARE


@cache
def _common_in_big5() -> frozenset[str]:
    """The 5,401 characters of its first level, and its signs."""
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    rows = (bytes([lead, trail]) for lead in range(0xA1, 0xC7) for trail in trails)
    return frozenset("".join(row.decode("cp950", "ignore") for row in rows))
