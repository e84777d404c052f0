"""Citizen numbers and their kin, 18 characters (GB 11643, ISO 7064 MOD 11-2; Art. 8 s. 4, 13).

What is certain: a wrong check digit or an impossible date stops a record. What is not: the region
part is where the number was given, never where a person lives, so it only warns (domain.md 5.2).

The foreign permanent resident's number (cards from 2023-12-01, GA 2102-2023): first digit 9, then
2 digits province of application, 3 digits country (ISO 3166-1 numeric), 8 digits birth date, 3
digits order (odd = male), check digit. Length, first and check digit are from domain.md 5.1; the
inner fields agree with the two sample numbers the immigration administration published.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import mul

from cardbook.lib.plain import TEXT_COLUMN, InputError, plain_text, refuse_odd_characters

DEMO_REGION = "999999"  # impossible in GB/T 2260: belongs to nobody, demo and tests only
_WEIGHTS = tuple(pow(2, 18 - place, 11) for place in range(1, 18))
_CHECK = "10X98765432"
_ZERO_SUM = 48 * sum(_WEIGHTS)  # ord("0") in every place
_WELL_FORMED = re.compile(r"[0-9]{17}[0-9X]")
_OLD_FOREIGN = re.compile(r"[A-Za-z]{3}[0-9]{12}")
_HMT_REGIONS = {"810000", "820000", "830000"}
_PROVINCES = frozenset(
    str(code)
    for first, last in (
        (11, 15),
        (21, 23),
        (31, 37),
        (41, 46),
        (50, 54),
        (61, 65),
        (71, 71),
        (81, 83),
    )
    for code in range(first, last + 1)
)
_OLDEST_YEAR, _OLDEST_AGE = 1800, 120
_WHAT = "证件号码"


class NumberError(InputError):
    """A citizen number cannot be accepted."""


class Kind(StrEnum):
    """Which document the number belongs to."""

    CITIZEN = "citizen"
    HMT_RESIDENT = "hmt_resident"
    FOREIGN_PERMANENT = "foreign_permanent"

    @property
    def label(self) -> str:
        """The official word."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    Kind.CITIZEN: "公民身份号码",
    Kind.HMT_RESIDENT: "港澳台居民居住证号码",
    Kind.FOREIGN_PERMANENT: "外国人永久居留身份证号码",
}


class Sex(StrEnum):
    """GB/T 2261.1."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    UNSTATED = "9"

    @property
    def label(self) -> str:
        """The official word."""
        return {"0": "未知", "1": "男", "2": "女", "9": "未说明"}[self]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A number that passed every hard check, and what it says about its bearer."""

    number: str
    kind: Kind
    region: str
    born_on: date
    sex: Sex
    upgraded_from: str | None = None
    changes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def check_digit(first17: str) -> str:
    """This function will compute the 18th character from 17 half-width digits.

    :raises ValueError: when `first17` is not 17 half-width digits.
    """
    if len(first17) != 17 or not (first17.isascii() and first17.isdigit()):
        raise ValueError("check digit needs 17 half-width digits")
    return _check_digit(first17)


def _check_digit(digits: str) -> str:
    return _CHECK[(sum(map(mul, _WEIGHTS, digits.encode())) - _ZERO_SUM) % 11]


def parse(text: object, *, today: date, known_regions: Collection[str] | None = None) -> Parsed:
    """This function will read a number as typed or imported and return its canonical form.

    `known_regions` (6 digits, current and historic) is asked for a warning only.

    :raises NumberError: `empty`, `not_text`, `odd_character`, `length`, `check_digit`, `date`,
        `future`, `old_foreign`; `.sentence` says what is wrong and what to do.
    """
    if type(text) is str and _WELL_FORMED.fullmatch(text):
        return _read(text, today=today, known_regions=known_regions, changes=(), old=None)
    try:
        number, changes, old = _tidy(text)
    except InputError as problem:
        raise NumberError(problem.code, problem.sentence) from problem
    return _read(number, today=today, known_regions=known_regions, changes=changes, old=old)


def _tidy(text: object) -> tuple[str, tuple[str, ...], str | None]:
    plain = plain_text(text, what=_WHAT)
    value, changes = plain.value, plain.changes
    if _OLD_FOREIGN.fullmatch(value):
        raise NumberError(
            "old_foreign",
            "这是旧版外国人永久居留身份证号码（3 位字母加 12 位数字）；"
            "请填写该持卡人的 18 位社会保障号码",
        )
    if value.endswith("x"):
        value, changes = value[:-1] + "X", (*changes, "末位小写 x 改为大写 X")
    refuse_odd_characters(
        value[:-1], allowed="0123456789", what=_WHAT,
        remedy="前 17 位只能是半角数字，请对照证件重新输入",
    )  # fmt: skip
    refuse_odd_characters(
        value[-1], allowed="0123456789X", what=_WHAT, first_place=len(value),
        remedy="末位只能是半角数字或字母 X，请对照证件重新输入",
    )  # fmt: skip
    if len(value) == 15 and value[-1] != "X":
        return _upgrade(value), (*changes, "15 位旧号码升为 18 位"), value
    if len(value) != 18:
        raise NumberError(
            "length",
            f"{_WHAT}有 {len(value)} 位，应为 18 位（旧号码 15 位）；{_length_hint(value)}",
        )
    return value, changes, None


def _length_hint(value: str) -> str:
    if len(value) > 18:
        return "请删去多出的字符"
    return "请对照证件补全" if len(value) > 10 else f"请对照证件补全；若来自表格，{TEXT_COLUMN}"


def _upgrade(old: str) -> str:
    # Orders 996 to 999 were kept for people born in the 1800s (GB 11643, revision note).
    century = "18" if old[12:] >= "996" else "19"
    first17 = old[:6] + century + old[6:]
    return first17 + _check_digit(first17)


def _read(
    number: str, *, today: date, known_regions: Collection[str] | None,
    changes: tuple[str, ...], old: str | None,
) -> Parsed:  # fmt: skip
    if old is None and _check_digit(number[:17]) != number[17]:
        raise NumberError("check_digit", _check_digit_sentence(number))
    born_on = _birth_date(number, today)
    region = number[:6]
    return Parsed(
        number=number,
        kind=_kind(number),
        region=region,
        born_on=born_on,
        sex=Sex.MALE if number[16] in "13579" else Sex.FEMALE,
        upgraded_from=old,
        changes=changes,
        warnings=_warnings(number, born_on, today, known_regions),
    )


def _check_digit_sentence(number: str) -> str:
    sentence = f"{_WHAT}校验码不对：末位是 {number[17]}，与前 17 位不符；请对照证件逐位核对"
    if number.endswith("000"):
        return f"{sentence}。末三位是 000，可能是表格把号码当成了数值：{TEXT_COLUMN}"
    return sentence


def _birth_date(number: str, today: date) -> date:
    written = number[6:14]
    try:
        born_on = date(int(written[:4]), int(written[4:6]), int(written[6:]))
    except ValueError:
        born_on = None
    if born_on is None or born_on.year < _OLDEST_YEAR:
        raise NumberError(
            "date", f"{_WHAT}第 7 至 14 位 {written} 不是可能的出生日期；请对照证件核对"
        )
    if born_on > today:
        raise NumberError(
            "future", f"{_WHAT}中的出生日期 {born_on.isoformat()} 晚于今天；请对照证件核对"
        )
    return born_on


def _kind(number: str) -> Kind:
    if number[0] == "9" and number[:6] != DEMO_REGION:
        return Kind.FOREIGN_PERMANENT
    return Kind.HMT_RESIDENT if number[:6] in _HMT_REGIONS else Kind.CITIZEN


def _warnings(
    number: str, born_on: date, today: date, known_regions: Collection[str] | None
) -> tuple[str, ...]:
    kind, region = _kind(number), number[:6]
    found = []
    if kind is Kind.FOREIGN_PERMANENT:
        if number[1:3] not in _PROVINCES:
            found.append(f"第 2、3 位 {number[1:3]} 不是省级代码，请对照证件核对")
    elif region not in _HMT_REGIONS and known_regions is not None and region not in known_regions:
        found.append(f"前 6 位 {region} 不在已知的区划代码中，请对照证件核对")
    elif region[:2] not in _PROVINCES and region != DEMO_REGION:
        found.append(f"前 2 位 {region[:2]} 不是省级代码，请对照证件核对")
    if today.year - born_on.year > _OLDEST_AGE:
        found.append(f"出生于 {born_on.year} 年，年龄超过 {_OLDEST_AGE} 岁，请核对")
    return tuple(found)


def mismatches(
    parsed: Parsed, *, born_on: date | None = None, sex: str | None = None
) -> tuple[str, ...]:
    """This function will say where a record differs from its number; it never stops a record.

    The police register may rightly differ; the correction loop of Art. 13 to 15 settles it.
    `sex` is a GB/T 2261.1 code; unknown and unstated (0, 9) are not compared.
    """
    found = []
    if born_on is not None and born_on != parsed.born_on:
        found.append(
            f"出生日期 {born_on.isoformat()} 与证件号码中的 "
            f"{parsed.born_on.isoformat()} 不一致，请核对"
        )
    if sex in {Sex.MALE, Sex.FEMALE} and sex != parsed.sex:
        found.append(f"性别“{Sex(sex).label}”与证件号码所示的“{parsed.sex.label}”不一致，请核对")
    return tuple(found)
