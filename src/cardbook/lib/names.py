"""Names of people: one canonical spelling, the full GB 18030 repertoire, keys to find them by.

民委发〔2016〕33号: the separator is U+00B7, at least 50 characters (domain.md 5.4; Art. 8, 13).
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice

from cardbook.lib.days import day_of
from cardbook.lib.plain import InputError, describe

# Names are read character by character: the dictionary of phrases would cost every process 45 MB
# and half a second. The library looks at this when it is first imported.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")

from pypinyin import Style, pinyin

SEPARATOR = "\u00b7"
LONGEST = 100
_MOST_INITIALS, _MOST_READINGS = 8, 3
_EDGE_SPACE = " \t\r\n\u00a0\u3000"
# Dots seen in files for U+00B7; a plain full stop counts only beside a Chinese character.
_LOOK_ALIKES = "\u2022\u30fb\uff65\u22c5\u2219\u2027\u0387\u2024\u25cf\u2e31\u16eb\u318d"
_STOPS = ".\uff0e\ufe52"
_ANY_DOT = re.compile(rf"\s*[{SEPARATOR}{_LOOK_ALIKES}]\s*")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff\uf900-\ufaff\U00020000-\U0003fffd"
_STOP = re.compile(rf"(?<=[{_HAN}])\s*[{_STOPS}]\s*(?=\w)|(?<=\w)\s*[{_STOPS}]\s*(?=[{_HAN}])")
_ONE_HAN = re.compile(f"[{_HAN}]")
_SPACE = re.compile(r"[^\S\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+")
_SPACE_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}])")
# Compatibility ideographs are other characters on an ID card; NFC would silently swap them.
_COMPATIBILITY = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_MOJIBAKE = ("\ufffd", "锟斤拷", "烫烫烫")
_LETTERS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Co", "Cn"})
_JOINING = f"{SEPARATOR} -'.,’"
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
# Letters that older fonts kept in private use and GB 18030-2022 has as characters of their own.
_STANDARD_OF = {
    "\ue816": "\U00020087", "\ue817": "\U00020089", "\ue818": "\U000200cc",
    "\ue81e": "\u9fb4", "\ue826": "\u9fb5", "\ue82b": "\u9fb6", "\ue82c": "\u9fb7",
    "\ue831": "\U000215d7", "\ue832": "\u9fb8", "\ue83b": "\U0002298f", "\ue843": "\u9fb9",
    "\ue854": "\u9fba", "\ue855": "\U000241fe", "\ue863": "\u4dae", "\ue864": "\u9fbb",
}  # fmt: skip
# The chip keeps 30 bytes and 20 more; so do the files of banks (domain.md 3.2, 4.3).
CHIP_BYTES = 50
# What makes a name look right and be another one. Radicals, which come by copying from PDF files;
# marks nobody sees that count as letters or accents: fillers, variation selectors, blank Braille.
_LOOKS_RIGHT = re.compile(
    "[\u2e80-\u2fd5\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
# What programs write where there is no name.
_NO_NAME = frozenset({
    "TRUE", "FALSE", "True", "False", "true", "false", "NULL", "Null", "null", "None", "NaN",
    "nan", "NaT", "<NA>", "N/A", "n/a", "undefined",
})  # fmt: skip
# Amounts, days, and the numbers of people and cards.
_AMOUNT = re.compile(
    r"[A-Za-z]?[0-9０-９][0-9０-９.,]*([eE][+-]?[0-9]+|[Xx])?|[0-9]{1,2}月([0-9]{1,2}日)?"
)
_UNUSUAL = re.compile(rf"[0-9０-９!-&*+/:-@\[\]\\^_{{|}}~]|(?<=[{_HAN}])[{_STOPS}]")

# Surnames whose usual reading differs from the character's usual reading, or is missing.
_SURNAME_INITIALS = {
    "单": "s", "解": "x", "曾": "z", "仇": "q", "区": "o", "朴": "p", "查": "z", "盖": "g",
    "尉": "y", "万": "w", "缪": "m", "乐": "y", "员": "y", "翟": "z", "种": "c", "秘": "b",
    "折": "s", "黑": "h", "长": "z", "覃": "q", "不": "f", "牟": "m", "繁": "p", "召": "s",
    "能": "n", "祭": "z", "乜": "n", "冼": "x", "宿": "s", "车": "c", "贾": "j", "沈": "s",
    "洗": "x", "隗": "w", "谌": "c", "郗": "x", "都": "d", "适": "k", "句": "g", "阚": "k",
}  # fmt: skip


class NameRefused(InputError):
    """A name cannot be accepted."""


@dataclass(frozen=True, slots=True)
class ParsedName:
    """A canonical name, the text as read, what was tidied and what deserves a look."""

    name: str
    original: str
    changes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def canonical_name(text: object) -> str:
    """This function will return the one spelling under which a name is stored and compared.

    :raises NameRefused: as `parse_name`.
    """
    return parse_name(text).name


def parse_name(text: object) -> ParsedName:
    """This function will tidy a name without changing a single Chinese character.

    Separators become U+00B7, spaces around and between Chinese characters go, others collapse.
    Compatibility ideographs stay what they are; nothing is folded by look.

    :raises NameRefused: `empty`, `not_text`, `mojibake`, `masked`, `odd_character`, `radical`,
        `no_name`, `separator`, `too_long`.
    """
    if not isinstance(text, str):
        code = "empty" if text is None else "not_text"
        raise NameRefused(code, "姓名为空，请填写" if text is None else "姓名不是文本，请检查该列")
    trimmed = text.strip(_EDGE_SPACE)
    _refuse_broken(trimmed)
    changes: list[str] = []
    spaced = _SPACE_BETWEEN_HAN.sub("", _SPACE.sub(" ", trimmed))
    if spaced != text:
        changes.append("去掉多余空格")
    dotted = _STOP.sub(SEPARATOR, _ANY_DOT.sub(SEPARATOR, spaced))
    if dotted != spaced:
        changes.append("间隔号统一为“·”")
    name = _compose(dotted)
    if name != dotted:
        changes.append("组合字符合并为一个字符")
    _refuse_shape(name)
    return ParsedName(name, text, tuple(changes), _warnings(name))


def _compose(text: str) -> str:
    if text.isascii():
        return text
    parts = _COMPATIBILITY.split(text)
    return "".join(
        part if place % 2 else unicodedata.normalize("NFC", part)
        for place, part in enumerate(parts)
    )


def _refuse_broken(text: str) -> None:
    if any(broken in text for broken in _MOJIBAKE):
        raise NameRefused(
            "mojibake", f"姓名“{text}”含有乱码；请按 GB18030 或 UTF-8 重新导出文件后再导入"
        )
    if "*" in text or "＊" in text:
        raise NameRefused("masked", f"姓名“{text}”隐去了字；请对照证件填写全名")
    looks_right = _LOOKS_RIGHT.search(text)
    if looks_right:
        raise _refused_for_looks(looks_right.group())
    for char in text:
        if char <= "\x1f" or (char > "~" and _is_odd(char)):
            raise NameRefused(
                "odd_character", f"姓名中有{_describe_safely(char)}；请删除后对照证件重新输入"
            )


def _refused_for_looks(char: str) -> NameRefused:
    point = f"U+{ord(char):04X}"
    if not "\u2e80" <= char <= "\u2fd5":
        return NameRefused(
            "odd_character", f"姓名中有不可见字符（{point}）；请删除后对照证件重新输入"
        )
    whole = unicodedata.normalize("NFKC", char)
    meant = f"，不是汉字“{whole}”" if whole != char else "，不是汉字"
    return NameRefused(
        "radical", f"姓名中的“{char}”是部首（{point}）{meant}；请对照证件用汉字重新输入"
    )


def _is_odd(char: str) -> bool:
    # Cn is not odd: characters younger than this Python's Unicode tables are on real ID cards.
    point = ord(char)
    not_a_character = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
    return not_a_character or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _describe_safely(char: str) -> str:
    """This function will name a character in words that can always be encoded and printed."""
    if unicodedata.category(char) == "Cs":
        return f"不完整的字符（U+{ord(char):04X}）"
    return describe(char)


def _refuse_shape(name: str) -> None:
    if not name:
        raise NameRefused("empty", "姓名为空，请填写")
    if len(name) > LONGEST:
        raise NameRefused(
            "too_long", f"姓名有 {len(name)} 个字，最多 {LONGEST} 个；请检查是否混入其他列"
        )
    if _is_no_name(name):
        raise NameRefused(
            "no_name", f"姓名是“{name}”，不是人的姓名；请查看该列是否错位，对照证件重新填写"
        )
    doubled = SEPARATOR * 2 in name
    if doubled or name.startswith(SEPARATOR) or name.endswith(SEPARATOR):
        raise NameRefused(
            "separator", f"姓名“{name}”的间隔号位置不对；间隔号只用在两段之间，请对照证件改正"
        )


def _is_no_name(name: str) -> bool:
    if name in _NO_NAME or name.isalpha():
        return name in _NO_NAME
    has_letter = any(unicodedata.category(char) in _LETTERS for char in name)
    return not has_letter or bool(_AMOUNT.fullmatch(name)) or day_of(name) is not None


def _warnings(name: str) -> tuple[str, ...]:
    found = []
    if own := private_letter(name):
        found.append(f"姓名含自造字（{own}），换一台电脑会变样；请对照证件改用标准汉字")
    size = len(name.encode("gb18030", errors="replace"))
    if size > CHIP_BYTES:
        found.append(
            f"姓名有 {size} 字节（GB 18030），芯片和银行文件最多写 {CHIP_BYTES} 字节，"
            "后面的会被截去；请对照证件核对是否混入其他列，确是全名的照登"
        )
    if odd := odd_sign(name):
        found.append(f"姓名含“{odd}”，请对照证件核对")
    return tuple(found)


def private_letter(name: str) -> str:
    """This function will describe the first letter somebody made for himself, or nothing.

    Its number; where the standard has the same character, that one too.
    """
    found = _PRIVATE.search(name)
    if found is None:
        return ""
    meant = _STANDARD_OF.get(found.group(), "")
    return f"U+{ord(found.group()):04X}" + (f"，标准字是“{meant}”" if meant else "")


def odd_sign(name: str) -> str:
    """This function will find the first sign that is no letter, or nothing.

    Two people in a cell, a remark in brackets, a picture, a question mark for a lost character.
    """
    if name.isalpha():
        return ""
    if unusual := _UNUSUAL.search(name):
        return unusual.group()
    joining = f"{SEPARATOR} " if _ONE_HAN.search(name) else _JOINING
    for char in name:
        kind = unicodedata.category(char)
        if char not in joining and kind not in _LETTERS and not kind.startswith("M"):
            return char
    return ""


def encodable(name: str, encoding: str) -> tuple[str, ...]:
    """This function will list the characters that `encoding` (gbk, gb18030) cannot write.

    Asked before a batch goes out; an empty answer means the whole name can be written.
    """
    try:
        name.encode(encoding)
    except UnicodeEncodeError:
        return tuple(dict.fromkeys(char for char in name if not _fits(char, encoding)))
    return ()


def _fits(char: str, encoding: str) -> bool:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=65536)
def _initials_of(char: str) -> tuple[str, ...]:
    readings = pinyin(char, style=Style.FIRST_LETTER, heteronym=True)
    return tuple(dict.fromkeys(reading[:1].lower() for reading in readings[0]))[:_MOST_READINGS]


def pinyin_initials(name: str) -> tuple[str, ...]:
    """This function will list the pinyin initials of a canonical name, likeliest first.

    张伟 -> zw. A surname of several readings gives all of them, the surname's own first:
    单某 -> sm, dm, cm. A word in Latin letters gives its first letter.
    """
    choices: list[tuple[str, ...]] = []
    for part in re.split(rf"[{SEPARATOR}\s]+", name):
        if part[:1].isascii():
            choices.append((part[:1].lower(),))
            continue
        choices.extend(_initials_of(char) for char in part)
    if choices and name[0] in _SURNAME_INITIALS:
        own = _SURNAME_INITIALS[name[0]]
        choices[0] = (own, *(other for other in choices[0] if other != own))
    return tuple(islice(_combined(choices), _MOST_INITIALS))


def _combined(choices: list[tuple[str, ...]]) -> Iterator[str]:
    """All usual readings, then those with one unusual reading, then with two."""
    usual = [letters[0] for letters in choices]
    swaps = [(place, letter) for place, letters in enumerate(choices) for letter in letters[1:]]
    for count in range(3):
        for chosen in combinations(swaps, count):
            if len({place for place, _ in chosen}) == count:
                spelled = usual.copy()
                for place, letter in chosen:
                    spelled[place] = letter
                yield "".join(spelled)


def search_tokens(name: str) -> tuple[str, ...]:
    """This function will list the plain texts under which a name can be found, in lower case.

    The canonical name, the name without separators and spaces, and its pinyin initials; Unicode
    NFC, so a compatibility ideograph is found by its common twin. No NFKC: 〇 is not a zero.
    """
    exact = unicodedata.normalize("NFC", name).lower()
    joined = exact.replace(SEPARATOR, "").replace(" ", "")
    return tuple(dict.fromkeys((exact, joined, *pinyin_initials(name))))
