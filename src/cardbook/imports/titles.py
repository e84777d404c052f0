"""Texts of a header, reduced to what distinguishes them (I18).

`headers.py` looks for them; `error_sheet.py` adds two of its own.
"""

import re

from cardbook.imports import limits
from cardbook.imports.reading import FileRefused

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


def no_header(*, is_bank_file: bool, is_crowded: bool) -> FileRefused:
    """This function will say why no header was found; `is_crowded`: whole rows in one cell."""
    if is_bank_file:
        return FileRefused(
            "bank_file",
            "这是银行往来的定长文件（SH 审核、BK 卡号对照）。",
            "请在“银行答复”导入，不要在这里导入。",
        )
    if is_crowded:
        return FileRefused(
            "no_header",
            "整行的内容都挤在一格里，没有分成列。",
            "请用 WPS 或 Excel 打开，选中这一列，点“数据—分列”按分隔符分开，号码的列选“文本”，"
            "另存为 XLSX 后再导入。",
        )
    return FileRefused(
        "no_header",
        f"前 {limits.HEADER_REGION_ROWS} 行中没有找到表头。",
        "表头应含“姓名”“社会保障号码”“社保卡号”等列名，各列用逗号、制表符、竖线或分号分隔；"
        "定长的或用空格对齐的文件，请先另存为 XLSX 或 CSV。",
    )
