"""Looks on paper: for the holder who asks, and the list for whoever supervises (Art. 32 item 3).

A holder is told office, time and purpose; who it was, his office answers for and audit sees.
"""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.liability.access_log.queries import Line
from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.people.holders import Holder
from cardbook.registers.forms import Column, Form, Office, Sheet
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.pdf import render_pdf

TITLE = "个人信息查看记录"
_TO_HOLDER = Form(
    code="looks_at_holder", prefix="CK", title=TITLE, basis=(art(32),),
    columns=(
        Column(key="at", title="时间", width=40),
        Column(key="office", title="机构", width=90),
        Column(key="purpose", title="用途", width=70),
        Column(key="how", title="怎样找到", width=40),
    ),
    signatures=(), seal="出具机构（章）",
    note="只列在本系统里看过您个人信息的记录；办理业务的记录另见卡的经过。对记录有疑问的，请当场提出，"
    "或拨打 12333。",
    row_height=6,
)  # fmt: skip
_LIST = Form(
    code="looks", prefix="CK", title="个人信息查看记录一览", basis=(art(32),),
    columns=(
        Column(key="at", title="时间", width=34),
        Column(key="office", title="机构", width=60),
        Column(key="user", title="经办人", width=26),
        Column(key="purpose", title="用途", width=50),
        Column(key="how", title="怎样找到", width=30),
        Column(key="subject", title="卡号或人员编号", width=40),
        Column(key="device", title="来自地址", width=34),
    ),
    signatures=(), seal="", note="",
)  # fmt: skip


def paper_for(holder: Holder, rows: Sequence[Line], *, by: Actor, at: datetime) -> bytes:
    """This function will set what a holder is told on A4: no operator's name, no whole number."""
    cells = tuple((to_the_minute(row.at), row.office, row.purpose, row.how) for row in rows)
    sheet = Sheet(
        form=_TO_HOLDER,
        office=Office(id=by.org_id, code="", name=by.org_name, path=by.org_path),
        covers=f"{holder.name}　{holder.masked_number}　共 {len(rows)} 次",
        rows=cells,
        printed_by=f"{by.org_name} {by.name}",
        printed_at=at,
    )
    return render_pdf(sheet, number="")


def looks_as_xlsx(rows: Sequence[Line], *, by: Actor, at: datetime) -> bytes:
    """This function will write the list as a workbook."""
    cells = (
        (
            to_the_minute(row.at), row.office, row.user, row.purpose, row.how, row.subject,
            row.device,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_LIST, cells, covers=f"{len(rows)} 次", by=by, at=at)
