"""Reports of harmed or lost cards as a workbook: what is seen, no more (Art. 20, 21)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.safekeeping.harm.queries import HarmRow
from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_HARMS = Form(
    code="harms_seen",
    prefix="BG",
    title="受损、丢失报告（所见）",
    basis=(art(20), art(21)),
    columns=(
        Column(key="number", title="编号", width=16),
        Column(key="office", title="机构", width=36),
        Column(key="kind", title="情况", width=10),
        Column(key="cause", title="原因", width=18),
        Column(key="cards", title="卡数", width=10, align="right"),
        Column(key="day", title="发生日", width=16),
        Column(key="by", title="报告人", width=16),
        Column(key="at", title="报告时间", width=22),
        Column(key="outcome", title="处理", width=30),
        Column(key="settled", title="处理人", width=16),
        Column(key="words", title="处理意见", width=40),
    ),
    signatures=(),
    seal="",
    note="",
)


def harms_as_xlsx(rows: Sequence[HarmRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the reports that are listed."""
    cells = (
        (
            row.number, row.office, row.kind, row.cause, row.told, f"{row.happened_on}",
            row.reported_by, to_the_minute(row.reported_at), row.outcome, row.settled_by,
            row.settled_words,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_HARMS, cells, covers=f"{len(rows)} 份", by=by, at=at)
