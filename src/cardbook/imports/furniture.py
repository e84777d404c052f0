"""What stands below and between the rows of a printed table: totals, page numbers, signatures.

`headers.py` asks about rows that lack what every card needs; the check's notes name what was left.
"""

import re
from collections.abc import Sequence

TOTAL, FOOT, WORDS = "合计行", "页眉页脚", "说明文字"
PAIR = re.compile(r"^\s*([\u4e00-\u9fff]{2,8})\s*[:：]\s*(\S.*)$")
_SUM = r"(?:人数|张数|份数)?(?:合计|总计|共计|汇总|总数|总人数|总张数)(?:人数|张数|份数)?"
_TOTAL = re.compile(
    rf"(?:本页|此页|全部|以上|其中)?(?:{_SUM}|小计|累计|承前页|过次页|其中[:：]?[男女])[:：]*"
)
_WHOLE = re.compile(rf"(?:全部|以上)?{_SUM}[:：]*")
_COUNTED = re.compile(r"共?([0-9,]+)[人张条行份笔次个家户]?")
_NUMERALS = "零〇一二三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟"
_AMOUNT = re.compile(
    rf"(?:共?[0-9,.]+|共?[{_NUMERALS}]+)[人张条行份笔次个家元户盒箱]?|[人张条行份笔次个家元户盒箱]"
)
_FOOT = re.compile(
    r"第?\s*\d+\s*页?\s*[/，,共\s]*\d*\s*页|.*[:：]|共\s*\d+\s*[页人张条行份]。?"
    r"|[0-9]{1,4}\s*/\s*[0-9]{1,4}|Page\s*[0-9]+(\s*(of|/)\s*[0-9]+)?"
    r"|[（(]?(转下页|接上页|接下页|承上页|续上?表|续上?页)[)）]?"
    r"|(本页|此页)(共|有|人数)*[:：]?\s*[0-9]+\s*[人张条行份]?"
    r"|(其中)?[:：]?(男|女)[:：]?\s*[0-9]+\s*人?(\s*[,，;；、]?\s*女[:：]?\s*[0-9]+\s*人?)?"
    r"|(制表|填表|填报|打印|导出|上报|报送)(时间|日期)|[_＿\s]*年[_＿\s]*月[_＿\s]*日"
    rf"|[{_NUMERALS}]{{2,4}}年[{_NUMERALS}]{{1,3}}月[{_NUMERALS}]{{1,3}}日",
    re.IGNORECASE,
)
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
_DAY = re.compile(
    r"[0-9]{4}\s*[-年./]\s*[0-9]{1,2}\s*[-月./]\s*[0-9]{1,2}\s*日?(\s*[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)?"
)
_SEAL = re.compile(
    r"(填报|报送)?(单位|机构|部门|负责人|经办人)?[（(]?\s*(单位|机构|部门)?"
    r"(盖章|公章|签章|签字|签名)(处)?\s*[)）]?[:：]?"
)
# 以下空白 says that nobody may write more rows below.
_NO_MORE = re.compile(
    r"[-—－–*…（(\s]*((此页|本页)?以下(空白|无正文|无内容)|全文完|完|结束|EOF|END)[-—－–*…）)\s]*"
)
# What stands alone below a table and counts all of it.
_ALL = re.compile(r"共\s*([0-9,]+)\s*[人张条行份]。?")
_PAGE = re.compile(r"[-—－–]\s*[0-9]{1,4}\s*[-—－–]")
_SHORT_LINE = 6
_UNIT = re.compile("[（(](?:人|张|份|户|单位：?[人张份户])[)）]")
# 栏次 1 2 3, or （甲）（乙）（1）（2）: below the titles of a form its columns are numbered.
_ORDINAL = re.compile(
    "[（(]?(?:[0-9]{1,2}|[甲乙丙丁戊己庚辛壬癸]|[A-Z])[)）]?|[①-⑳]|栏次|列次|栏号"
)
# What templates and databases say about a column: its code, kind, length, whether it is needed.
_EXPLAINED = re.compile(
    r"[A-Z]{3}[0-9]{3}[A-Z]?|[0-9]{1,3}(?:位|个字|字符)(?:数字|以内)?|汉字|文本(?:型|格式)?|字符型?|数[字值]型?"
    r"|日期型?|常规|整数|(?:非?必填|选填|可填|必录|必输|可空|不可空|非空)项?"
    r"|(?:N?VARCHAR2?|CHAR|NUMBER|NUMERIC|INT|BIGINT|DATE|DATETIME|TEXT|STRING)(?:\([0-9,]+\))?",
    re.IGNORECASE,
)
_FEWEST_LABELS = 3


def furniture(filled: Sequence[str]) -> str:
    """This function will say what an incomplete row is: totals, a page's foot, a sentence."""
    if _TOTAL.match(_bare(filled[0])) and all(map(_is_total_text, filled)):
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
    amounts = [amount for text in filled if (amount := _WHOLE.sub("", _bare(text)))]
    if len(amounts) != 1 or _WHOLE.match(_bare(filled[0])) is None:
        return None
    found = _COUNTED.fullmatch(amounts[0])
    return int(found[1].replace(",", "") or 0) if found else None


def _bare(text: str) -> str:
    """Without spaces, as in 合　计, and without a unit in brackets."""
    return _UNIT.sub("", "".join(text.split()))


def _is_total_text(text: str) -> bool:
    bare = _bare(text)
    return bool(
        _TOTAL.fullmatch(bare) or _AMOUNT.fullmatch(_TOTAL.sub("", bare)) or PAIR.match(text)
    )


def labels(filled: Sequence[str]) -> bool:
    """This function will tell a row below the head that only numbers or explains its columns."""
    if len(filled) < _FEWEST_LABELS:
        return False
    return all(map(_ORDINAL.fullmatch, filled)) or all(map(_EXPLAINED.fullmatch, filled))


def _is_foot_text(text: str) -> bool:
    marks = (_FOOT, _SELECTED, _DAY, _SEAL, _PAGE)
    return any(mark.fullmatch(text) for mark in marks) or PAIR.match(text) is not None
