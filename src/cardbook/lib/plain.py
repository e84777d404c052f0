"""Turns what people and spreadsheets wrote into plain half-width text, or says why it cannot.

Only what cannot change a number's meaning is tidied (domain.md 3.2, 5.1); the rest is named.
"""

import re
import unicodedata
from dataclasses import dataclass

TEXT_COLUMN = "将该列设为文本格式后重新导出"
_SPACES = re.compile(r"\s+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HAS_FULL_WIDTH = re.compile("[！-～]")
_AS_NUMBER = re.compile(r"\d+\.\d*|\d(\.\d+)?[eE][+-]?\d+")
_FORMULA = re.compile(r'="(.*)"')

_BREAKS = re.compile(r"\s*[\t\n\v\f\r\x85\u2028\u2029]\s*")
# Zero-width space and joiners, word joiner, soft hyphen, a lost byte order mark: come by copying.
_NO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\u00ad\ufeff"))
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

# First word of a character's Unicode name -> what a clerk would call it.
_SCRIPTS = {
    "CYRILLIC": "俄文字母", "GREEK": "希腊字母", "ARABIC-INDIC": "阿拉伯文数字",
    "EXTENDED": "阿拉伯文数字", "DEVANAGARI": "天城文数字", "BENGALI": "孟加拉文数字",
    "THAI": "泰文数字", "TIBETAN": "藏文数字", "MONGOLIAN": "蒙古文数字", "ROMAN": "罗马数字字符",
    "MATHEMATICAL": "数学符号字母", "CIRCLED": "带圈数字", "SUPERSCRIPT": "上标数字",
    "SUBSCRIPT": "下标数字", "CJK": "汉字", "MULTIPLICATION": "乘号", "LATIN": "英文字母",
    "REPLACEMENT": "乱码字符",
}  # fmt: skip


# What a spreadsheet program would take for a formula; a Chinese or Japanese one takes full-width
# signs as well.
_ACTIVE = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def inert(text: str) -> str:
    """This function will mark a text for CSV so that no spreadsheet program calculates it (I8)."""
    return f"'{text}" if text.startswith(_ACTIVE) else text


class InputError(ValueError):
    """What was typed or imported cannot be accepted; the sentence says why and what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        """Keep a stable `code` for machines and a Chinese `sentence` with the remedy."""
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Plain:
    """A tidied value, what was tidied, and what deserves a look; both in Chinese."""

    value: str
    changes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def plain_text(text: object, *, what: str) -> Plain:
    """This function will remove spaces, spreadsheet quoting and full-width forms.

    `what` names the field in errors, e.g. 证件号码.

    :raises InputError: `empty`, `not_text` (a number cell: digits may be lost already).
    """
    if not isinstance(text, str):
        if text is None:
            raise InputError("empty", f"{what}为空，请填写")
        raise InputError("not_text", f"{what}是数值单元格，位数可能已丢失；{TEXT_COLUMN}")
    changes: list[str] = []
    value = _unquoted(_without_spaces(text, changes), changes)
    if _HAS_FULL_WIDTH.search(value):
        value = value.translate(_FULL_WIDTH)
        changes.append("全角字符改为半角")
    if not value:
        raise InputError("empty", f"{what}为空，请填写")
    if value.isascii() and _AS_NUMBER.fullmatch(value):
        raise InputError("not_text", f"{what}“{value}”是数值格式，位数已丢失；{TEXT_COLUMN}")
    return Plain(value, tuple(changes))


def _without_spaces(text: str, changes: list[str]) -> str:
    value = _SPACES.sub("", text)
    if value != text:
        changes.append("去掉空格")
    return value


def _unquoted(text: str, changes: list[str]) -> str:
    # Spreadsheets keep long numbers as text with a leading apostrophe or as ="..." in CSV.
    formula = _FORMULA.fullmatch(text)
    value = formula.group(1) if formula else text.removeprefix("'").removeprefix("‘")
    if value != text:
        changes.append("去掉表格软件的文本标记")
    return value


def visible_text(text: str, *, what: str) -> Plain:
    """This function will read free words: what is put on paper later is what a person saw.

    Line breaks become spaces, marks of no width go; what turns the text around or is no character
    at all is refused. Characters made by a user (生僻字 in private use) stay.

    :raises InputError: `odd_character`.
    """
    if text.isprintable():
        return Plain(text)
    changes = []
    value = text.translate(_NO_WIDTH)
    if value != text:
        changes.append("去掉不可见字符")
    joined = _BREAKS.sub(" ", value)
    if joined != value:
        changes.append("换行改为空格")
    for place, char in enumerate(joined, start=1):
        if unicodedata.category(char) in _UNSEEN:
            raise InputError(
                "odd_character", f"{what}第 {place} 位是{describe(char)}；请删除后重新输入"
            )
    return Plain(joined, tuple(changes))


def describe(char: str) -> str:
    """This function will name a character for a clerk: “Х”（俄文字母，U+0425）."""
    point = f"U+{ord(char):04X}"
    if unicodedata.category(char) in _UNSEEN:
        return f"不可见字符（{point}）"
    if char.isascii():
        return f"“{char}”"
    script = _SCRIPTS.get(unicodedata.name(char, "").split(" ")[0], "其他字符")
    return f"“{char}”（{script}，{point}）"


def refuse_odd_characters(
    value: str, *, allowed: str, what: str, remedy: str, first_place: int = 1
) -> None:
    """This function will refuse the first character outside `allowed`, with place and name.

    Places are counted from `first_place`, for a value that is the tail of a longer one.

    :raises InputError: `odd_character`.
    """
    for place, char in enumerate(value, start=first_place):
        if char not in allowed:
            named = describe(char)
            raise InputError("odd_character", f"{what}第 {place} 位是{named}；{remedy}")
