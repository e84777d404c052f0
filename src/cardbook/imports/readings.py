"""How cells of holders' and cards' columns are read, whatever file they are in (domain.md 3.1).

Layouts of slices name these readings; `columns.py` beside it says what a column is.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from cardbook.imports.columns import Reading
from cardbook.imports.text_tables import plain_cell
from cardbook.law.divisions import KNOWN_REGIONS, sex_code
from cardbook.law.groups import group_named
from cardbook.lib import citizen_number
from cardbook.lib.days import day_of
from cardbook.lib.identifiers import parse_bank_number, parse_card_number, parse_phone
from cardbook.lib.names import odd_sign, parse_name, private_letter
from cardbook.lib.plain import InputError, Plain, visible_text

_FIRST_DAY = date(1990, 1, 1)
# Days since 1900, or since 1904 in workbooks of another make: nobody guesses which.
_SERIAL_DAY = re.compile(r"[2-5][0-9]{4}(\.[0-9]+)?")

# What programs write for a character that their encoding does not have.
_SIGNS_FOR_LOST = frozenset("?？□■〓")

# How clerks and programs write that somebody has no telephone.
_NOTHING = frozenset({"无", "没有", "暂无", "不详", "-", "—", "/"})
# What databases and programs write where they have nothing.
_NULLS = frozenset({"NULL", "Null", "null", "(null)", "(NULL)", "\\N", "None", "N/A", "<NULL>"})
# A name that hides the given name, and words somebody puts where he has no name yet.
_HAN = "[\u3400-\u9fff\U00020000-\U0003fffd]"
_HIDDEN_NAME = re.compile(f"{_HAN}{{1,2}}[某XxＸｘ]{{1,3}}{_HAN}?|某{{2,3}}")
_NO_NAMES = frozenset({
    "测试", "样例", "示例", "姓名", "无名", "无名氏", "未知", "不详", "待定", "待补", "暂无",
    "空缺", "无", "空", "缺", "略", "没有", "暂缺",
})  # fmt: skip
# Kana and Cyrillic stand for Chinese characters of the same look; letters of formulas are none.
_OTHER_LETTER = re.compile(
    "[\u0370-\u052f\u3040-\u30fa\u30fc-\u312f\uac00-\ud7af\U0001d400-\U0001d7ff]"
)
_TWO_PARTS = re.compile(f"({_HAN}{{2,}})(?:[ \u00a0\u3000]+{_HAN}{{2,}})+")
_TWO_SIGNS = frozenset(
    re.findall(
        "..",
        "欧阳司马上官诸葛夏侯皇甫尉迟公孙慕容司徒令狐东方南宫长孙宇文轩辕端木独孤呼延钟离"
        "闻人澹台公冶宗政濮阳淳于单于太叔申屠仲孙鲜于闾丘司空亓官司寇子车颛孙公西漆雕乐正"
        "壤驷公良拓跋夹谷宰父谷梁段干百里东郭南门羊舌微生梁丘左丘东门西门第五",
    )
)
_BY_UNITS = re.compile(r"\s+(?=[年月日])|(?<=[年月])\s+")
# Databases have it where there is no day.
_NO_DAY = re.compile("0000-00-00( 00:00:00)?|1900-01-0[01]( 00:00:00)?")
_TITLES_OF_PEOPLE = ("同志", "先生", "女士", "老师")
# What people type where a form wants a telephone and they have none.
_PRETENDED = re.compile(r"(?:\+?86)?(?:([0-9])\1{10}|1[0-9]?0{9,10}|12345678910)")
# Mobiles were once dialled with a 0 before them; no area of the country has the code 013 to 019.
_CALLED_FROM_AFAR = re.compile("0(1[3-9][0-9]{9})")
_TWO_PHONES = re.compile(r"\+?[0-9-]{7,15}[\s/、,，;；\\|]+\+?[0-9-]{7,15}")
# On a printed list nobody tells them from digits.
_LIKE_DIGITS = re.compile("[IO]")

# AAE100: whether a record is in force; the ministry's numbers, and how programs spell the same.
VALID: Mapping[str, bool] = {
    **dict.fromkeys(["有效", "是", "1", "Y", "TRUE"], True),
    **dict.fromkeys(["无效", "否", "0", "N", "FALSE"], False),
}
# What offices call these columns besides their official names; each means the holder's own.
NUMBER_TITLES = (
    "证件号码", "身份证件号码", "居民身份证号码", "居民身份证号", "公民身份证号码", "社会保障号",
    "证件号", "身份证",
)  # fmt: skip
# The account on the card's financial side is the number embossed on it, whatever it is called.
ACCOUNT_TITLES = (
    "银行账号", "银行帐号", "卡内账号", "金融账号", "金融账户", "银行账户", "银行卡账号",
    "金融卡号",
)  # fmt: skip
NAME_TITLES = ("持卡人", "持卡人姓名", "参保人姓名", "人员姓名", "个人姓名")


def _plain(found: Plain) -> Reading:
    return Reading(found.value, found.changes, found.warnings)


def card_number(text: str) -> Reading:
    """This function will read a social security card number; letters like digits are noted."""
    found = _plain(parse_card_number(text))
    letter = _LIKE_DIGITS.search(f"{found.value}")
    if letter is None:
        return found
    digit = "1" if letter[0] == "I" else "0"
    doubt = f"卡号含字母“{letter[0]}”，容易与数字 {digit} 混淆，请对照卡面核对"
    return Reading(found.value, found.changes, (*found.warnings, doubt))


def bank_number(text: str) -> Reading:
    """This function will read a bank card's number."""
    return _plain(parse_bank_number(text))


def phone(text: str) -> Reading:
    """This function will read a phone number, or that there is none in so many words.

    :raises InputError: `two_numbers`, and as `parse_phone`.
    """
    if _TWO_PHONES.fullmatch(text):
        raise InputError("two_numbers", f"联系电话写了两个号码“{text}”；请只留一个")
    if text in _NOTHING or text in _NULLS or _PRETENDED.fullmatch(text):
        return Reading("", (f"联系电话写的是“{text}”，登记为没有",))
    if called := _CALLED_FROM_AFAR.fullmatch(text):
        found = parse_phone(called[1])
        return Reading(found.value, ("去掉手机号前的 0", *found.changes), found.warnings)
    return _plain(parse_phone(text))


def document_number(today: date) -> Callable[[str], Reading]:
    """This function will make a reading of document numbers; nobody is born after `today`."""

    def parse(text: str) -> Reading:
        found = citizen_number.parse(text, today=today, known_regions=KNOWN_REGIONS)
        demo = found.region == citizen_number.DEMO_REGION
        return Reading(found, found.changes, () if demo else found.warnings)

    return parse


def name(text: str) -> Reading:
    """This function will read a holder's name; what makes it doubtful is noted."""
    given = plain_cell(text)
    found = parse_name(given)
    doubts: tuple[str, ...] = ()
    if _HIDDEN_NAME.fullmatch(found.name) or found.name in _NO_NAMES:
        doubts = (f"姓名写的是“{found.name}”，像是隐去了字或没有填写，请对照证件核对",)
    elif _is_two_names(given):
        doubts = (f"姓名“{given}”中间有空格，去掉了；是不是一个人请核对",)
    elif letter := _OTHER_LETTER.search(found.name):
        doubts = (f"姓名含“{letter[0]}”，不是汉字，请对照证件核对",)
    elif len(found.name) == 1 or (len(found.name) > 3 and found.name.endswith(_TITLES_OF_PEOPLE)):
        doubts = (f"姓名写的是“{found.name}”，请对照证件核对",)
    return Reading(found.name, found.changes, (*found.warnings, *doubts))


def _is_two_names(text: str) -> bool:
    """Two people in a cell, or a foreign name that lost its dot: 欧阳 娜娜 is neither."""
    parts = _TWO_PARTS.fullmatch(text)
    return parts is not None and parts[1] not in _TWO_SIGNS


def name_on_card(text: str) -> Reading:
    """This function will read the name of somebody whose card is made: nothing but a name.

    :raises InputError: `masked` for 王某某, `no_name` for 未知; `two_names` for two in a cell;
        `private_letter` for a letter no other machine shows; `lost_character` where the file
        has a sign for what its encoding could not write,
        `odd_sign` for digits, slashes, brackets, pictures, letters that only look right.
    """
    found = name(text)
    if _HIDDEN_NAME.fullmatch(f"{found.value}"):
        raise InputError("masked", f"姓名“{text}”隐去了字；请对照证件填写全名")
    if found.value in _NO_NAMES:
        raise InputError("no_name", f"姓名写的是“{text}”；请对照证件填写，不是真的卡请删除这一行")
    if _is_two_names(plain_cell(text)):
        raise InputError(
            "two_names",
            f"姓名“{text}”中间有空格，看不出是一个人还是两个人；一个人的去掉空格"
            "（音译姓名用间隔号“·”），两个人的分成两行",
        )
    if own := private_letter(f"{found.value}"):
        raise InputError(
            "private_letter",
            f"姓名含自造字（{own}），别的电脑和打印的表上变样；请对照证件改用标准汉字，"
            "输不出的向制卡机构索取姓名（GB 18030 编码）",
        )
    if letter := _OTHER_LETTER.search(f"{found.value}"):
        raise InputError(
            "odd_sign", f"姓名含“{letter[0]}”，看着像汉字，其实不是；请对照证件重新输入"
        )
    if sign := odd_sign(f"{found.value}"):
        is_lost = sign in _SIGNS_FOR_LOST
        says = "是转码时丢失的字" if is_lost else "不是姓名中的字"
        asked = "请向制卡机构索取该持卡人的姓名（GB 18030 编码），" if is_lost else ""
        raise InputError(
            "lost_character" if is_lost else "odd_sign",
            f"姓名含“{sign}”，{says}；{asked}对照证件改正后再导入",
        )
    return found


def short(longest: int, what: str) -> Callable[[str], Reading]:
    """This function will make a reading of free words of a length; `what` names the column."""

    def parse(text: str) -> Reading:
        if len(text) > longest:
            raise InputError(
                "too_long", f"{what}有 {len(text)} 个字，最多 {longest} 个；请检查是否混入其他列"
            )
        if text in _NULLS:
            return Reading("", (f"{what}写的是“{text}”，登记为没有",))
        return _plain(visible_text(text, what=what))

    return parse


def told(longest: int, what: str) -> Callable[[str], Reading]:
    """This function will make a reading of words that have to say something: 无 and - do not."""
    read = short(longest, what)

    def parse(text: str) -> Reading:
        return Reading("") if text in _NOTHING else read(text)

    return parse


def group(text: str) -> Reading:
    """This function will read a group of people; an unknown one is noted."""
    found = group_named(text)
    if found is None:
        return Reading("other", (f"没有“{text}”这类人群，归入其他人员",))
    return Reading(found.code)


def sex(text: str) -> Reading:
    """This function will read a sex; what is unclear is noted, the number decides."""
    code = sex_code(text)
    if code is None:
        return Reading("", (f"性别“{text}”看不懂，按证件号码认定",))
    return Reading(code)


def valid(text: str) -> Reading:
    """This function will read whether a source calls a card valid.

    :raises InputError: `unknown_word`.
    """
    word = text.strip("。.").upper()
    if word not in VALID:
        raise InputError(
            "unknown_word",
            f"有效标志“{text[:20]}”不在约定的写法中；请改为：{'、'.join(VALID)}，不知道的留空",
        )
    return Reading(VALID[word])


def plain_day(text: str) -> str:
    """This function will take spaces and a full stop off a day: 2024 年 3 月 5 日。"""
    return _BY_UNITS.sub("", text).rstrip("。")


def past_day(today: date, what: str) -> Callable[[str], Reading]:
    """This function will make a reading of days that have happened; `what` names the column."""

    def parse(text: str) -> Reading:
        if text in _NOTHING or text in _NULLS or _NO_DAY.fullmatch(text):
            return Reading("", (f"{what}写的是“{text}”，登记为没有",))
        day = day_of(plain_day(text))
        if day is None and _SERIAL_DAY.fullmatch(text):
            raise InputError(
                "day_serial",
                f"{what}“{text}”像表格软件的日期序号；请把该列设为日期格式再保存（如 2024-03-05）",
            )
        if day is None:
            raise InputError("day", f"{what}“{text[:20]}”不是日期；请写成 2024-03-05 的样子")
        if day > today:
            raise InputError("day_ahead", f"{what} {day} 还没有到；请对照原台账改正")
        if day < _FIRST_DAY:
            raise InputError("day_long_ago", f"{what} {day} 早于社保卡发行；请对照原台账改正")
        return Reading(day)

    return parse
