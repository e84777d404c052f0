"""Card, bank and phone numbers as typed or imported (domain.md 3.1, 5.1; Art. 6, 8).

`citizen_number.py` beside it reads the numbers of people; `plain.py` tidies for both.
"""

import re

from cardbook.lib.plain import InputError, Plain, plain_text, refuse_odd_characters

_DIGITS = "0123456789"
_CARD_CHARACTERS = _DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CARD = re.compile(r"[A-Z0-9]{9}")
_MOBILE = re.compile(r"1[0-9]{10}")
_LANDLINE = re.compile(r"(0[0-9]{2,3})?-?([2-9][0-9]{6,7})(-[0-9]{1,5})?")


def parse_card_number(text: object) -> Plain:
    """This function will read a social security card number (AAZ500): 9 letters or digits.

    :raises InputError: `empty`, `not_text`, `odd_character`, `length`.
    """
    if type(text) is str and _CARD.fullmatch(text):
        return Plain(text)
    plain = plain_text(text, what="社保卡卡号")
    value, changes = plain.value, plain.changes
    if value.isascii() and value != value.upper():
        value, changes = value.upper(), (*changes, "小写字母改为大写")
    refuse_odd_characters(
        value, allowed=_CARD_CHARACTERS, what="社保卡卡号",
        remedy="卡号只含半角字母和数字，请对照卡面重新输入",
    )  # fmt: skip
    if len(value) != 9:
        raise InputError("length", f"社保卡卡号有 {len(value)} 位，应为 9 位；请对照卡面核对")
    return Plain(value, changes)


def luhn_digit(digits: str) -> str:
    """This function will compute the check digit that follows `digits` (ISO/IEC 7812-1)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        doubled = int(char) * (2 - place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


def parse_bank_number(text: object) -> Plain:
    """This function will read a bank card number (AAE010): 16 to 19 digits with a Luhn digit.

    A number that does not start with 62 is accepted with a warning.

    :raises InputError: `empty`, `not_text`, `odd_character`, `length`, `check_digit`.
    """
    plain = plain_text(text, what="银行卡号")
    refuse_odd_characters(
        plain.value, allowed=_DIGITS, what="银行卡号",
        remedy="银行卡号只含半角数字，请对照卡面重新输入",
    )  # fmt: skip
    if not 16 <= len(plain.value) <= 19:
        raise InputError(
            "length", f"银行卡号有 {len(plain.value)} 位，应为 16 至 19 位；请对照卡面核对"
        )
    if luhn_digit(plain.value[:-1]) != plain.value[-1]:
        raise InputError("check_digit", "银行卡号校验位不对；请对照卡面逐位核对")
    known = plain.value.startswith("62")
    warnings = () if known else ("银行卡号不是 62 开头，请确认是境内银行卡",)
    return Plain(plain.value, plain.changes, warnings)


def parse_phone(text: object) -> Plain:
    """This function will read a phone number: a mobile of 11 digits, or a landline with a note.

    :raises InputError: `empty`, `not_text`, `odd_character`, `length`.
    """
    if type(text) is str and _MOBILE.fullmatch(text):
        return Plain(text)
    plain = plain_text(text, what="联系电话")
    value, changes = plain.value, plain.changes
    bare = re.sub(r"^(\+86|0086|86)-?(?=1[0-9-]{10,}$)", "", value)
    bare = bare.replace("-", "") if _MOBILE.fullmatch(bare.replace("-", "")) else bare
    if bare != value:
        value, changes = bare, (*changes, "去掉国家代码和连字符")
    refuse_odd_characters(
        value, allowed=_DIGITS + "-()", what="联系电话",
        remedy="联系电话只含半角数字，请重新输入",
    )  # fmt: skip
    if _MOBILE.fullmatch(value):
        return Plain(value, changes)
    landline = value.replace("(", "").replace(")", "-")
    if _LANDLINE.fullmatch(landline):
        return Plain(landline, changes, ("这是固定电话，收不到短信",))
    raise InputError(
        "length", f"联系电话“{value}”不是 11 位手机号，也不是固定电话；请核对后重新输入"
    )
