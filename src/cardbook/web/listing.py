"""The cards behind a figure of the home page as a workbook: what is seen, no more (Art. 20, 32).

Numbers and phones are masked as on the screen; `queries.py` beside it reads the lines.
"""

from collections.abc import Sequence
from datetime import datetime

from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx
from cardbook.web.queries import CardLine

MOST_EXPORTED = 5000
_FORM = Form(
    code="cards_seen", prefix="KP", title="社保卡（所见）", basis=(art(5), art(20)),
    columns=(
        Column(key="name", title="姓名", width=18),
        Column(key="masked", title="社会保障号码", width=28),
        Column(key="phone", title="电话", width=20),
        Column(key="number", title="卡号", width=18),
        Column(key="state", title="状态", width=24),
        Column(key="where", title="在哪里", width=52),
        Column(key="since", title="自何时", width=22),
        Column(key="batch", title="批次", width=20),
    ),
    signatures=(), seal="", note="查阅件，号码已隐去中间各位。",
)  # fmt: skip


def cards_as_xlsx(
    rows: Sequence[CardLine], *, title: str, total: int, by: Actor, at: datetime
) -> bytes:
    """This function will write the cards that are listed; `total` says how many there are."""
    cells = (
        (
            row.holder.name, row.holder.masked_number, row.holder.masked_phone or "未登记",
            row.number, f"{row.stage} {row.hold}".strip(), row.where,
            to_the_minute(row.since), row.batch,
        )
        for row in rows
    )  # fmt: skip
    part = f"（共 {total} 张，导出排在前面的）" if total > len(rows) else ""
    return list_as_xlsx(_FORM, cells, covers=f"{title} {len(rows)} 张{part}", by=by, at=at)
