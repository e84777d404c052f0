"""Texts of a header, reduced to what distinguishes them (I18).

`headers.py` looks for them; `error_sheet.py` adds two of its own.
"""

import re

_BRACKETS = re.compile(r"[（(【\[].*?[）)】\]]")
# In brackets behind 姓名 these mean another person, behind 卡号 another card: no mere remark.
_SOMEBODY_ELSE = re.compile("监护|领卡人|领取人|代[领办]|联系人|经办人|家长|[父母]亲|配偶|原|旧")
_NOISE = re.compile(r"[\s\u3000\u200b\ufeff:：*＊/、，,。._\-'\"]+")
# 1.姓名, （2）卡号, ③批次号: forms number their columns.
_NUMBERED = re.compile(r"^\s*(?:[(（]?[0-9]{1,2}[)）]|[0-9]{1,2}[.．、]|[①-⑳])\s*(?=[^\s0-9])")
# What the error sheet adds; it comes back with the corrected file and is no column of it.
ERROR_TITLES = ("错误信息", "处理建议")
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def is_error_title(title: str) -> bool:
    """This function will tell the error sheet's own columns; what concerns all follows a colon."""
    return title.partition("：")[0] in ERROR_TITLES


def tidy(text: str) -> str:
    """This function will reduce a header text to what distinguishes it: no brackets, no signs."""
    half = _NUMBERED.sub("", text.translate(_HALF_WIDTH))
    return _NOISE.sub("", _BRACKETS.sub(_remark, half)).upper()


def _remark(found: re.Match[str]) -> str:
    return found[0] if _SOMEBODY_ELSE.search(found[0]) else ""
