"""《换地点领取要求登记》: the wishes that are seen, as a workbook, numbers masked (Art. 16)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.stranded.elsewhere.queries import Wish
from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_SEEN = Form(
    code="wishes_seen",
    prefix="HD",
    title="换地点领取要求登记（所见）",
    basis=(art(16),),
    columns=(
        Column(key="number", title="社保卡卡号", width=18),
        Column(key="name", title="姓名", width=18),
        Column(key="masked", title="社会保障号码", width=28),
        Column(key="wished", title="要求领取地点", width=34),
        Column(key="office", title="卡现在在", width=34),
        Column(key="asked", title="提出时间", width=22),
        Column(key="by", title="提出人", width=12),
        Column(key="via", title="提出方式", width=16),
        Column(key="words", title="说明", width=30),
        Column(key="actor", title="登记人", width=30),
        Column(key="state", title="办理情况", width=18),
        Column(key="why", title="不能办理的原因", width=34),
    ),
    signatures=(),
    seal="",
    note="查阅件，号码已隐去中间各位。",
)


def wishes_as_xlsx(rows: Sequence[Wish], *, by: Actor, at: datetime) -> bytes:
    """This function will write the wishes that are listed."""
    cells = (
        (
            row.number, row.name, row.masked_number, row.wished, row.office,
            to_the_minute(row.asked_at), row.asked_by, row.via, row.words,
            f"{row.taken_at} {row.actor}", row.state_title, row.why,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_SEEN, cells, covers=f"{len(rows)} 张", by=by, at=at)
