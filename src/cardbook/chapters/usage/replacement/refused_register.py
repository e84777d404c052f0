"""The refused charges as a workbook (Art. 26, 32 item 2)."""

from collections.abc import Iterable
from datetime import datetime

from cardbook.chapters.usage.models import RefusedCharge
from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.lifecycle.facts import ApplyReason
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_REFUSED = Form(
    code="refused_charges",
    prefix="JJSF",
    title="拒绝收费登记",
    basis=(art(32), art(26), art(9), art(4)),
    columns=(
        Column(key="refused_at", title="时间", width=34),
        Column(key="application", title="申请号", width=20),
        Column(key="name", title="姓名", width=26),
        Column(key="reason", title="补换原因", width=24),
        Column(key="office", title="机构", width=50),
        Column(key="entered_by", title="经办人", width=24),
        Column(key="how", title="怎样发现", width=40),
        Column(key="asked", title="被要求的金额（元）", width=24, align="right"),
        Column(key="words", title="情况", width=90),
        Column(key="outcome", title="结果", width=30),
        Column(key="returned", title="退还金额（元）", width=24, align="right"),
        Column(key="receipt", title="退费票据号", width=30),
        Column(key="outcome_words", title="处理说明", width=60),
        Column(key="settled", title="处理人、时间", width=50),
    ),
    signatures=(),
    seal="",
    note="",
)


def refused_xlsx(rows: Iterable[RefusedCharge], *, by: Actor, at: datetime) -> bytes:
    """This function will write the refused charges that are seen as a workbook."""
    cells = [_cells(row) for row in rows]
    return list_as_xlsx(
        _REFUSED, cells, covers=f"截至 {to_the_minute(at)}",
        totals=(("合计", f"{len(cells)} 件"),), by=by, at=at,
    )  # fmt: skip


def _cells(row: RefusedCharge) -> tuple[str, ...]:
    application = row.application
    return (
        to_the_minute(row.refused_at), f"SQ{application.pk}", holder_of(application.person).name,
        ApplyReason(application.reason).label, row.office.name, row.entered_by.name,
        "登记收费时被拒绝" if row.attempted else "有人反映", row.asked_yuan, row.words,
        row.get_outcome_display(), row.returned_yuan, row.returned_receipt,
        row.outcome_words,
        f"{row.settled_by.name} {to_the_minute(row.settled_at)}" if row.settled_by else "",
    )  # fmt: skip
