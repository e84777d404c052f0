"""What an office may choose from, as the pages of choosing show it and export it (Art. 6, 8, 20).

`pages.py` gives the chosen to another office, `stock_pages.py` moves them inside the office.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from cardbook.chapters.blind import blind_for
from cardbook.chapters.intake.distribution import choosing_queries as queries
from cardbook.chapters.intake.distribution.choosing_queries import BoxRow, PileRow
from cardbook.chapters.intake.distribution.forms import WAYS, ChooseForm
from cardbook.lifecycle.acts.rows import ON_SHELF
from cardbook.orgs.actors import Actor
from cardbook.registers.answers import file_answer
from cardbook.registers.listing import table_as_xlsx
from cardbook.registers.lists import order_of, ordered, text_of, titles

_Sorts = Mapping[str, tuple[str, Callable[[Any], Any] | None]]
# A place that is counted blind tells nothing, not even by where it stands in the list.
BOX_SORTS: _Sorts = {
    "code": ("按柜、层、盒", None),
    "label": ("按标签", lambda box: (box.label, box.code)),
    "most": ("张数多的在前", lambda box: (box.blind, 0 if box.blind else -box.held)),
    "fewest": ("张数少的在前", lambda box: (box.blind, 0 if box.blind else box.held)),
}
PILE_SORTS: _Sorts = {
    "name": ("按名称", None),
    "most": ("张数多的在前", lambda pile: 0 if pile.blind else -pile.count),
    "fewest": ("张数少的在前", lambda pile: 0 if pile.blind else pile.count),
}
_BLIND = "盘点中"


@dataclass(frozen=True, slots=True)
class Offered:
    """Which way of choosing is open, and what it offers in which order."""

    way: str
    order: str
    sort: str
    wanted: str
    boxes: list[BoxRow]
    piles: list[PileRow]

    @property
    def context(self) -> dict[str, Any]:
        """What `_ways.html` and `_choose.html` show."""
        return {
            "way": self.way,
            "ways": WAYS,
            "order": self.order,
            "orders": titles(queries.ORDERS),
            "sort": self.sort,
            "sorts": titles(_sorts(self.way)),
            "wanted": self.wanted,
            "boxes": self.boxes,
            "piles": self.piles,
            "several": len({box.office for box in self.boxes}) > 1,
        }


def _sorts(way: str) -> _Sorts:
    return PILE_SORTS if way == "pile" else BOX_SORTS


def offered(request: HttpRequest, *, offices: Sequence[int], by: Actor) -> Offered:
    """This function will read what the address, or a form sent back, asks to choose from."""
    given = request.POST if request.method == "POST" else request.GET
    way = str(given.get("way"))
    way = way if way in dict(WAYS) else "box"
    order = str(given.get("order"))
    order = order if order in queries.ORDERS else "town"
    wanted, blind = text_of(request, most=40), blind_for(by)
    sorts = _sorts(way)
    sort = order_of(request, sorts)
    boxes, piles = [], []
    if way == "box":
        boxes = ordered(queries.boxes(offices, blind=blind, wanted=wanted), sorts, sort)
    elif way == "pile":
        hidden = bool(blind.kinds & set(ON_SHELF))
        found = queries.piles(offices, order=order, wanted=wanted, blind=hidden)
        piles = ordered(found, sorts, sort)
    return Offered(way, order, sort, wanted, boxes, piles)


def exported(seen: Offered, form: ChooseForm) -> HttpResponse:
    """This function will write the ticked boxes or piles of what is seen; without ticks, all."""
    if seen.way == "pile":
        keys = form.piles()
        rows = [
            (pile.label, _BLIND if pile.blind else pile.count)
            for pile in seen.piles
            if not keys or pile.key in keys
        ]
        content = table_as_xlsx("待选的堆", ("分类", "张数"), rows)
        return file_answer(content, name="待选的堆.xlsx")
    ids = form.boxes()
    cells = [
        (box.code, box.label, box.office, _BLIND if box.blind else box.held)
        for box in seen.boxes
        if not ids or box.id in ids
    ]
    content = table_as_xlsx("待选的盒", ("盒", "标签", "机构", "张数"), cells)
    return file_answer(content, name="待选的盒.xlsx")
