"""The cards on visits as a workbook: for whom, since when, with whom (Art. 7, 20).

What was handed over is in the 领卡登记表 like any other hand-over.
"""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.issuance.visiting.queries import OnVisit
from cardbook.law.articles import art
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_FORM = Form(
    code="on_visits", prefix="SMFF", title="上门途中社保卡", basis=(art(7), art(20)),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="number", title="社保卡卡号", width=24),
        Column(key="name", title="持卡人", width=24),
        Column(key="masked_number", title="社会保障号码", width=34),
        Column(key="why", title="上门原因", width=34),
        Column(key="out_on", title="带出日期", width=22),
        Column(key="planned_on", title="上门日期", width=22),
        Column(key="days", title="带出天数", width=16, align="right"),
        Column(key="office", title="带出机构", width=34),
        Column(key="actor", title="经办人", width=20),
        Column(key="companion", title="同行人", width=20),
        Column(key="is_late", title="逾期", width=14),
    ),
    signatures=("经办人", "负责人"), seal="（章）", note="号码已遮盖。",
)  # fmt: skip


def on_visits_xlsx(rows: Sequence[OnVisit], *, by: Actor, at: datetime) -> bytes:
    """This function will write the cards that are seen as a workbook."""
    cells = tuple(
        (
            str(place), row.number, row.name, row.masked_number, row.why, str(row.out_on),
            str(row.planned_on), str(row.days), row.office, row.actor, row.companion,
            "是" if row.is_late else "",
        )
        for place, row in enumerate(rows, start=1)
    )  # fmt: skip
    totals = (("合计", f"{len(rows)} 张"),)
    return list_as_xlsx(_FORM, cells, covers="上门途中", totals=totals, by=by, at=at)
