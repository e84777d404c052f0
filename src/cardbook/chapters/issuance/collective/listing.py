"""The list of bundles as a workbook: what is seen on the screen, no more (Art. 8 para. 3)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.issuance.collective.list_queries import BundleLine
from cardbook.law.articles import art
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_FORM = Form(
    code="bundle_list",
    prefix="JZLK",
    title="集中领卡清单",
    basis=(art(8, 3),),
    columns=(
        Column(key="number", title="明细表编号", width=24),
        Column(key="unit", title="领卡单位", width=40),
        Column(key="office", title="发放机构", width=40),
        Column(key="cards", title="应发", width=10, align="right"),
        Column(key="ticked", title="已登记", width=10, align="right"),
        Column(key="handed", title="交付日期", width=18),
        Column(key="due", title="应备案日", width=18),
        Column(key="state", title="状态", width=18),
        Column(key="late", title="未领、待补签", width=14, align="right"),
        Column(key="reported_to", title="督办", width=18),
        Column(key="reminded", title="上次催交", width=18),
    ),
    signatures=(),
    seal="",
    note="",
)


def list_workbook(lines: Sequence[BundleLine], *, by: Actor, at: datetime) -> bytes:
    """This function will write the list of bundles as XLSX."""
    cells = (
        (
            line.number, line.unit, line.office, str(line.cards), str(line.ticked),
            f"{line.handed_at.astimezone(LOCAL):%Y-%m-%d}" if line.handed_at else "",
            str(line.due_on or ""), line.state, str(line.late), line.reported_to,
            f"{line.reminded_at.astimezone(LOCAL):%Y-%m-%d}" if line.reminded_at else "",
        )
        for line in lines
    )  # fmt: skip
    return list_as_xlsx(_FORM, cells, covers=f"{len(lines)} 份", by=by, at=at)
