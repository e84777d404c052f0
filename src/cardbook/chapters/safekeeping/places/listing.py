"""Incidents as a workbook: what is seen on the screen, no more (Art. 20, 21)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.safekeeping.places.incident_queries import IncidentRow
from cardbook.law.articles import art
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_FORM = Form(
    code="incidents_seen",
    prefix="SG",
    title="事故报告（所见）",
    basis=(art(20), art(21)),
    columns=(
        Column(key="number", title="编号", width=16),
        Column(key="office", title="机构", width=36),
        Column(key="place", title="存放处", width=24),
        Column(key="kind", title="情况", width=12),
        Column(key="cause", title="原因", width=12),
        Column(key="cards", title="卡数", width=10, align="right"),
        Column(key="on", title="发生日", width=16),
        Column(key="words", title="经过", width=60),
        Column(key="by", title="登记", width=24),
        Column(key="told", title="上报", width=40),
    ),
    signatures=(),
    seal="",
    note="",
)


def incidents_as_xlsx(rows: Sequence[IncidentRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the incidents that are listed."""
    cells = (
        (
            row.number, row.office, row.place, row.kind_label, row.cause, str(row.cards),
            f"{row.happened_on}", row.words, f"{row.reported_by}、{row.second}",
            f"{row.told_office} {row.told_at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
            if row.told_at
            else "尚未上报",
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_FORM, cells, covers=f"{len(rows)} 起", by=by, at=at)
