"""Cards at outlets, and hand-overs to card bodies, as workbooks: what is seen (Art. 9, 13)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.stranded.bring_home.queries import HomeRow, OutRow
from cardbook.law.articles import art
from cardbook.lib.clock import LOCAL, to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_OUT = Form(
    code="out_seen",
    prefix="SH",
    title="网点的错卡、质量问题卡（所见）",
    basis=(art(9), art(13)),
    columns=(
        Column(key="number", title="社保卡卡号", width=18),
        Column(key="name", title="姓名", width=18),
        Column(key="masked", title="社会保障号码", width=28),
        Column(key="kind", title="种类", width=16),
        Column(key="office", title="存放机构", width=36),
        Column(key="county", title="县区", width=28),
        Column(key="since", title="收回日期", width=16),
        Column(key="days", title="天数", width=10, align="right"),
        Column(key="late", title="逾期", width=8),
    ),
    signatures=(),
    seal="",
    note="查阅件，号码已隐去中间各位。",
)
_SENT = Form(
    code="home_seen",
    prefix="JJ",
    title="错卡、质量问题卡上交（所见）",
    basis=(art(9), art(13)),
    columns=(
        Column(key="number", title="交接单", width=20),
        Column(key="sender", title="交出机构", width=36),
        Column(key="receiver", title="接收机构", width=36),
        Column(key="sent", title="交出时间", width=22),
        Column(key="cards", title="张数", width=10, align="right"),
        Column(key="under_way", title="未到", width=10, align="right"),
        Column(key="words", title="说明", width=40),
    ),
    signatures=(),
    seal="",
    note="",
)


def out_as_xlsx(rows: Sequence[OutRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the cards that are listed, numbers masked."""
    cells = (
        (
            row.number, row.name, row.masked_number, row.kind, row.office, row.county,
            f"{row.since.astimezone(LOCAL):%Y-%m-%d}", str(row.days), "是" if row.late else "",
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_OUT, cells, covers=f"{len(rows)} 张", by=by, at=at)


def sent_as_xlsx(rows: Sequence[HomeRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the hand-overs that are listed."""
    cells = (
        (
            row.number, row.sender, row.receiver, to_the_minute(row.sent_at),
            str(row.tally.sent), str(row.tally.under_way), row.words,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_SENT, cells, covers=f"{len(rows)} 份", by=by, at=at)
