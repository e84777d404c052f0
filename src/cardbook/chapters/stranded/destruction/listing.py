"""Cards that wait to be destroyed, and lots, as workbooks: what is seen, no more (Art. 19)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.stranded.destruction.queries import EligibleRow, LotLine, LotRow
from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_FORM = Form(
    code="waiting_seen",
    prefix="DX",
    title="待销毁的卡（所见）",
    basis=(art(19),),
    columns=(
        Column(key="number", title="社保卡卡号", width=18),
        Column(key="name", title="姓名", width=18),
        Column(key="masked", title="社会保障号码", width=28),
        Column(key="bank", title="制卡银行", width=32),
        Column(key="source", title="来源", width=18),
        Column(key="office", title="存放机构", width=36),
        Column(key="stage", title="状态", width=22),
        Column(key="days", title="天数", width=10, align="right"),
        Column(key="late", title="超期", width=8),
        Column(key="problem", title="不能移交的原因", width=40),
    ),
    signatures=(),
    seal="",
    note="查阅件，号码已隐去中间各位。",
)
_LOTS = Form(
    code="lots_seen",
    prefix="XH",
    title="销毁清单（所见）",
    basis=(art(19),),
    columns=(
        Column(key="number", title="清单", width=18),
        Column(key="office", title="移交机构", width=36),
        Column(key="bank", title="银行", width=36),
        Column(key="sent", title="移交时间", width=22),
        Column(key="listed", title="应销", width=10, align="right"),
        Column(key="under_way", title="未点收", width=10, align="right"),
        Column(key="back", title="已退回", width=10, align="right"),
        Column(key="destroyed", title="已销毁", width=10, align="right"),
        Column(key="state", title="情况", width=18),
        Column(key="late", title="超期", width=8),
        Column(key="carried", title="销毁时间", width=22),
    ),
    signatures=(),
    seal="",
    note="",
)
_LINES = Form(
    code="lot_cards_seen",
    prefix="XH",
    title="销毁清单上的卡（所见）",
    basis=(art(19),),
    columns=(
        Column(key="row", title="序号", width=8, align="right"),
        Column(key="number", title="社保卡卡号", width=18),
        Column(key="name", title="姓名", width=18),
        Column(key="masked", title="社会保障号码", width=28),
        Column(key="state", title="现在", width=24),
    ),
    signatures=(),
    seal="",
    note="查阅件，号码已隐去中间各位。",
)


def waiting_as_xlsx(rows: Sequence[EligibleRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the cards that are listed, numbers masked."""
    cells = (
        (
            row.number, row.name, row.masked_number, row.bank, row.source,
            f"{row.office} {row.box}".strip(), row.stage, str(row.days),
            "是" if row.late else "", row.problem,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_FORM, cells, covers=f"{len(rows)} 张", by=by, at=at)


def lots_as_xlsx(rows: Sequence[LotRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the lots that are listed, with what became of their cards."""
    cells = (
        (
            row.number, row.office, row.bank,
            to_the_minute(row.sent_at),
            str(row.listed), str(row.under_way), str(row.taken_back), str(row.destroyed),
            row.state, "是" if row.late else "",
            to_the_minute(row.carried_at),
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_LOTS, cells, covers=f"{len(rows)} 份", by=by, at=at)


def lot_as_xlsx(rows: Sequence[LotLine], *, number: str, by: Actor, at: datetime) -> bytes:
    """This function will write the cards of a lot that are listed, numbers masked."""
    cells = (
        (str(line.row), line.number, line.name, line.masked_number, line.state) for line in rows
    )
    return list_as_xlsx(_LINES, cells, covers=f"{number}　{len(rows)} 张", by=by, at=at)
