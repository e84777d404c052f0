"""Boxes on paper: their labels, ten to an A4 sheet, and the list that is seen (Art. 6, 20).

`pages.py` beside it prints them; `cardbook.registers.codes` reads a label's QR back.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path

from cardbook.chapters.intake.sort.queries import BoxRow, Pile, Suggestion
from cardbook.custody.models import Account
from cardbook.law.articles import art
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.registers.codes import BOX, qr_svg, scan_code
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.typesetting import typeset

_BOXES = Form(
    code="boxes_seen", prefix="HZ", title="柜层盒（所见）", basis=(art(6), art(20)),
    columns=(
        Column(key="code", title="盒", width=16),
        Column(key="label", title="标签", width=40),
        Column(key="office", title="机构", width=36),
        Column(key="held", title="在放", width=16, align="right"),
        Column(key="capacity", title="位数", width=10, align="right"),
    ),
    signatures=(), seal="", note="",
)  # fmt: skip
_PILES = Form(
    code="piles_seen", prefix="DF", title="待分类（所见）", basis=(art(6), art(20)),
    columns=(
        Column(key="label", title="分类", width=40),
        Column(key="count", title="张数", width=10, align="right"),
        Column(key="box", title="建议放入", width=16),
        Column(key="new", title="新开", width=8),
    ),
    signatures=(), seal="", note="",
)  # fmt: skip
_LAYOUT = Path(__file__).parent / "layouts" / "labels.typ"


def box_scan_code(box: Account) -> str:
    """This function will write what a box's QR says: its office's code and its own."""
    return scan_code(BOX, box.organization.code, box.code)


def labels_pdf(*, boxes: Iterable[Account], on: date) -> bytes:
    """This function will set the labels of the boxes, two by five on A4 (99.1 x 57 mm each).

    :raises ValueError: when there is no box.
    """
    labels = [
        {
            "code": box.code,
            "cabinet": box.cabinet,
            "shelf": box.shelf,
            "box": box.box,
            "label": box.label,
            "office": box.organization.name,
            "capacity": box.capacity,
            "qr": qr_svg(text := box_scan_code(box)),
            "scan": text,
        }
        for box in boxes
    ]
    if not labels:
        raise ValueError("没有要打印标签的盒")
    data = {"labels": labels, "on": on.isoformat()}
    return typeset(layout=_LAYOUT, data=data, at=datetime.combine(on, time.min, tzinfo=LOCAL))


def boxes_as_xlsx(rows: Sequence[BoxRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the boxes that are listed, blind where the screen is."""
    cells = (
        (row.code, row.label, row.office, "正在盲盘" if row.blind else str(row.held),
         str(row.capacity))
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_BOXES, cells, covers=f"{len(rows)} 盒", by=by, at=at)


def piles_as_xlsx(
    rows: Sequence[tuple[Pile, Suggestion]], *, by: Actor, at: datetime
) -> bytes:  # fmt: skip
    """This function will write the piles that are listed, with the box each is proposed for."""
    cells = (
        (pile.label, str(pile.count), hint.code, "" if hint.box else "是") for pile, hint in rows
    )
    total = (("合计", f"{sum(pile.count for pile, _ in rows)} 张"),)
    return list_as_xlsx(_PILES, cells, covers=f"{len(rows)} 堆", totals=total, by=by, at=at)
