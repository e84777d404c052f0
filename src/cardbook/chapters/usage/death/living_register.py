"""Living cards of the dead as a workbook: what is seen, numbers masked (Art. 17)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.usage.death.living_queries import LivingRow
from cardbook.law.articles import art
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_FORM = Form(
    code="dead_living", prefix="SWWK", title="已故持卡人的卡（所见）",
    basis=(art(17), art(29)),
    columns=(
        Column(key="number", title="社保卡卡号", width=20),
        Column(key="name", title="持卡人", width=20),
        Column(key="masked_number", title="社会保障号码", width=32),
        Column(key="died_on", title="死亡日期", width=20),
        Column(key="stage", title="卡的状态", width=18),
        Column(key="where", title="在哪里", width=40),
        Column(key="social", title="社保功能", width=22),
        Column(key="bank", title="银行侧", width=22),
        Column(key="todo", title="怎样办", width=44),
    ),
    signatures=(), seal="", note="查阅件，号码已隐去中间各位。",
)  # fmt: skip


def living_xlsx(rows: Sequence[LivingRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the cards that are seen as a workbook."""
    cells = (
        (
            row.number, row.name, row.masked_number, str(row.died_on), row.stage, row.where,
            row.social, row.bank, row.todo,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_FORM, cells, covers=f"{len(rows)} 张", by=by, at=at)
