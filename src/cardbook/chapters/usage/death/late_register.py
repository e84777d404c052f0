"""Hand-overs dated after a death as a workbook: what is seen, numbers masked (Art. 17, 31)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.usage.death.late_queries import LateRow
from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_FORM = Form(
    code="late_hand_overs", prefix="SWHL", title="领取日期在死亡日期之后",
    basis=(art(17), art(31)),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="number", title="社保卡卡号", width=22),
        Column(key="name", title="持卡人", width=22),
        Column(key="masked_number", title="社会保障号码", width=34),
        Column(key="died_on", title="死亡日期", width=20),
        Column(key="day", title="领取日期", width=20),
        Column(key="days_after", title="相差天数", width=14, align="right"),
        Column(key="act", title="发放方式", width=28),
        Column(key="office", title="发放机构", width=34),
        Column(key="actor", title="经办人", width=16),
        Column(key="learned_at", title="登记死亡时间", width=26),
        Column(key="stage", title="卡的状态", width=18),
        Column(key="outcome", title="查明", width=30),
        Column(key="words", title="说明", width=34),
        Column(key="settled", title="办结", width=30),
    ),
    signatures=("核实人", "负责人"), seal="（章）", note="号码已遮盖。",
)  # fmt: skip


def late_xlsx(rows: Sequence[LateRow], *, by: Actor, at: datetime, said: str) -> bytes:
    """This function will write the hand-overs that are seen as a workbook."""
    cells = tuple(
        (
            str(place), row.number, row.name, row.masked_number, str(row.died_on), str(row.day),
            str(row.days_after), row.act, row.office, row.actor, to_the_minute(row.learned_at),
            row.stage, row.outcome, row.words,
            f"{to_the_minute(row.settled_at)} {row.settled_by}".strip(),
        )
        for place, row in enumerate(rows, start=1)
    )  # fmt: skip
    totals = (("合计", f"{len(rows)} 张"), ("待核实", f"{sum(row.is_open for row in rows)} 张"))
    return list_as_xlsx(_FORM, cells, covers=said, totals=totals, by=by, at=at)
