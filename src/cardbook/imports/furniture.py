"""What stands below and between the rows of a printed table: totals, page numbers, signatures.

`headers.py` asks about rows that lack what every card needs; the check's notes name what was left.
"""

import re
from collections.abc import Sequence

TOTAL, FOOT, WORDS = "合计行", "页眉页脚", "说明文字"
PAIR = re.compile(r"^\s*([\u4e00-\u9fff]{2,8})\s*[:：]\s*(\S.*)$")
_TOTAL = re.compile(r"(本页|全部|以上)?(合计|总计|小计|共计|汇总|总数)[\s:：]*")
_WHOLE = re.compile(r"(全部|以上)?(合计|总计|共计|汇总|总数)[\s:：]*")
_COUNTED = re.compile(r"共?\s*([\d,]+)\s*[人张条行份]?")
_AMOUNT = re.compile(r"共?\s*[\d,.]+\s*[人张条行份元户盒箱]?|[人张条行份元户盒箱]")
_FOOT = re.compile(r"第?\s*\d+\s*页?\s*[/，,共\s]*\d*\s*页|.*[:：]|共\s*\d+\s*[页人张条行份]。?")
# A sentence somebody wrote below the table: 注：…, 说明：…, or words that end with a full stop.
_SENTENCE = re.compile(r"(备?注|(填表)?说明|温馨提示)\s*\d*\s*[:：.、].*|[^0-9]{4,}.*[。；;！]")
# What a database's own program writes below what it found; the number is the whole file's.
_SELECTED = re.compile(
    r"(?:已选择|查询到|返回)\s*(?P<zh>[0-9,]+)\s*[行条](?:记录)?[.。]?"
    r"|[(（]?(?P<en>[0-9,]+)\s*(?:rows?|records?|行受影响)"
    r"\s*(?:selected|in set|affected|returned)?"
    r"\s*(?:[(（][0-9.]+ ?(?:sec|秒)[)）])?[)）]?[.。]?",
    re.IGNORECASE,
)
_DAY = re.compile(r"[0-9]{4}\s*[-年./]\s*[0-9]{1,2}\s*[-月./]\s*[0-9]{1,2}\s*日?")
_SEAL = re.compile(r"[（(]?\s*(单位|机构|部门)?(盖章|公章|签章|签字|签名)(处)?\s*[)）]?[:：]?")
# 以下空白 says that nobody may write more rows below.
_NO_MORE = re.compile(
    r"[-—－–*…（(\s]*((此页|本页)?以下(空白|无正文|无内容)|全文完|完|结束|EOF|END)[-—－–*…）)\s]*"
)
# What stands alone below a table and counts all of it.
_ALL = re.compile(r"共\s*([0-9,]+)\s*[人张条行份]。?")
_PAGE = re.compile(r"[-—－–]\s*[0-9]{1,4}\s*[-—－–]")
_SHORT_LINE = 4


def furniture(filled: Sequence[str]) -> str:
    """This function will say what an incomplete row is: totals, a page's foot, a sentence."""
    if _TOTAL.match(filled[0]) and all(map(_is_total_text, filled)):
        return TOTAL
    if len(filled) == 1 and _SENTENCE.fullmatch(filled[0]):
        return WORDS
    if len(filled) == 1 and _NO_MORE.fullmatch(filled[0]):
        return WORDS
    is_foot = len(filled) <= _SHORT_LINE and all(map(_is_foot_text, filled))
    return FOOT if is_foot else ""


def total_of(texts: Sequence[str]) -> int | None:
    """This function will read how many rows a line says the whole file has.

    None for a page's own and for other sums.
    """
    filled = [text for text in texts if text]
    if len(filled) == 1 and (selected := _SELECTED.fullmatch(filled[0])):
        return int((selected["zh"] or selected["en"]).replace(",", "") or 0)
    if len(filled) == 1 and (said := _ALL.fullmatch(filled[0])):
        return int(said[1].replace(",", "") or 0)
    amounts = [amount for text in filled if (amount := _WHOLE.sub("", text))]
    if len(amounts) != 1 or _WHOLE.match(filled[0]) is None:
        return None
    found = _COUNTED.fullmatch(amounts[0])
    return int(found[1].replace(",", "") or 0) if found else None


def _is_total_text(text: str) -> bool:
    return bool(
        _TOTAL.fullmatch(text) or _AMOUNT.fullmatch(_TOTAL.sub("", text)) or PAIR.match(text)
    )


def _is_foot_text(text: str) -> bool:
    marks = (_FOOT, _SELECTED, _DAY, _SEAL, _PAGE)
    return any(mark.fullmatch(text) for mark in marks) or PAIR.match(text) is not None
