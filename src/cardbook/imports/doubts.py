"""Rows that their own remark takes back: 作废, 请删除, 勿用; no silent entry (Art. 6).

`headers.py` asks about every row of data, `columns.py` makes an error of it to settle.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from cardbook.imports.reading import Cell, Odd, OddCell, Row
from cardbook.imports.titles import tidy

_REMARKS = re.compile("备注|说明|附注|备考|批注|标注|处理意见|核对(情况|结果|意见)")
_STATES = re.compile("状态|标识|标志")
_NUMBERS = frozenset({"序号", "编号", "行号", "NO"})
_YES = frozenset({"是", "1", "Y", "YES", "TRUE", "√", "✓"})
_ANY = re.compile("[废删勿撤]")
_VOID = (
    "作废|废弃|废除|报废|删除|删掉|删去|撤销|撤回|"
    "勿用|勿录|勿录入|勿导|勿导入|勿登记|勿发|勿发放|勿制卡"
)
_PHRASE = re.compile(rf"[^0-9]{{0,6}}?(?:{_VOID}|废)(?:[行条人卡]|处理|记录|数据|掉|了|吧|字样)*")
# 原卡作废 says why this card was made; 未作废 says the contrary.
_ANOTHER = re.compile("[原旧老前]|上一?张|[未不没非无]")
_BETWEEN = re.compile(r"[\s,，.。;；:：、!！（）()\[\]【】*★☆“”\"'/\\-]+")
_DAY = re.compile(r"[0-9]{1,4}(?:[年月日.\-/]|$)[0-9年月日.\-/]*")
_LONGEST = 40


def takes_back(remark: str) -> bool:
    """This function will say whether a remark calls its own row void."""
    if not _ANY.search(remark) or len(remark) > _LONGEST:
        return False
    phrases = (_DAY.sub("", phrase) for phrase in _BETWEEN.split(remark))
    return any(_PHRASE.fullmatch(one) and not _ANOTHER.search(one) for one in phrases)


class Doubts:
    """Marks rows that a remark, a mark or a line through their number takes back."""

    def __init__(self, titles: Sequence[str], used: Collection[int]) -> None:
        """Look at the columns no field took, and beyond the head where people scribble."""
        self._titles = titles
        self._used = frozenset(used)
        others = [(tidy(t), place) for place, t in enumerate(titles) if place not in self._used]
        self._words = [
            place for title, place in others
            if not title or _REMARKS.search(title) or _STATES.search(title)
        ]  # fmt: skip
        self._marks = [place for title, place in others if "作废" in title]
        self._numbers = [place for title, place in others if title in _NUMBERS]

    def __call__(self, row: Row) -> Row:
        """The row, with what takes it back."""
        cells = row.cells
        words = [*self._words, *range(len(self._titles), len(cells))]
        for place in words:
            if place < len(cells) and cells[place] and takes_back(_text(cells[place])):
                return self._doubted(row, place, f"写着“{_text(cells[place])}”")
        for place in self._marks:
            if place < len(cells) and _text(cells[place]).upper() in _YES:
                return self._doubted(row, place, f"写着“{_text(cells[place])}”")
        for place in self._numbers:
            if place < len(cells) and _is_struck(cells[place]):
                return self._doubted(row, place, "划了删除线")
        return row

    def _doubted(self, row: Row, place: int, says: str) -> Row:
        title = self._titles[place] if place < len(self._titles) else ""
        return replace(row, doubt=(title or "备注", says))


def _text(cell: Cell) -> str:
    return cell.text if isinstance(cell, OddCell) else cell


def _is_struck(cell: Cell) -> bool:
    return isinstance(cell, OddCell) and cell.kind is Odd.STRUCK
