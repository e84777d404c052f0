"""Returns, returned cards, letters to banks as workbooks: what is seen, no more (Art. 17, 18)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cardbook.chapters.stranded.models import BankNotice
from cardbook.chapters.stranded.send_back.queries import LineRow, ReturnedRow, ReturnRow
from cardbook.law.articles import art
from cardbook.lib.clock import LOCAL, to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_RETURNS = Form(
    code="returns_seen",
    prefix="JJ",
    title="退回交接（所见）",
    basis=(art(17),),
    columns=(
        Column(key="number", title="交接单", width=20),
        Column(key="sender", title="退回机构", width=36),
        Column(key="receiver", title="接收机构", width=36),
        Column(key="sent", title="交出时间", width=22),
        Column(key="cards", title="张数", width=10, align="right"),
        Column(key="under_way", title="未到", width=10, align="right"),
        Column(key="days", title="已过天数", width=12, align="right"),
        Column(key="state", title="情况", width=16),
        Column(key="list", title="统计表名单", width=20),
    ),
    signatures=(),
    seal="",
    note="",
)
_SCANNED = Form(
    code="return_lines_seen",
    prefix="MD",
    title="待退回的卡（所见）",
    basis=(art(17),),
    columns=(
        Column(key="row", title="序号", width=10, align="right"),
        Column(key="number", title="社保卡卡号", width=18),
        Column(key="name", title="姓名", width=18),
        Column(key="masked", title="社会保障号码", width=28),
        Column(key="reason", title="滞留原因", width=18),
        Column(key="contacts", title="通知记录", width=44),
        Column(key="problem", title="还缺什么", width=44),
    ),
    signatures=(),
    seal="",
    note="查阅件，号码已隐去中间各位；正式的是退回时出具的《滞留原因统计表》。",
)
_RETURNED = Form(
    code="returned_seen",
    prefix="TH",
    title="退回的卡（所见）",
    basis=(art(17), art(18)),
    columns=(
        Column(key="number", title="社保卡卡号", width=18),
        Column(key="name", title="姓名", width=18),
        Column(key="masked", title="社会保障号码", width=28),
        Column(key="office", title="存放机构", width=36),
        Column(key="since", title="退回日期", width=16),
        Column(key="days", title="天数", width=10, align="right"),
        Column(key="reason", title="滞留原因", width=18),
        Column(key="proof", title="证明材料", width=36),
        Column(key="social", title="社保功能", width=18),
        Column(key="bank", title="银行", width=30),
        Column(key="bank_state", title="银行侧", width=20),
        Column(key="warnings", title="须注意", width=40),
    ),
    signatures=(),
    seal="",
    note="查阅件，号码已隐去中间各位。",
)
_NOTICES = Form(
    code="notices_seen",
    prefix="GZ",
    title="注销告知函（所见）",
    basis=(art(18),),
    columns=(
        Column(key="number", title="告知函", width=18),
        Column(key="bank", title="银行", width=40),
        Column(key="on", title="注销日期", width=16),
        Column(key="cards", title="张数", width=10, align="right"),
        Column(key="sent", title="送出时间", width=22),
        Column(key="by", title="送出人", width=16),
        Column(key="way", title="送出方式", width=20),
        Column(key="answered", title="回执日期", width=16),
        Column(key="words", title="回执内容", width=40),
    ),
    signatures=(),
    seal="",
    note="",
)


def returns_as_xlsx(rows: Sequence[ReturnRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the returns that are listed."""
    cells = (
        (
            row.number, row.sender, row.receiver,
            to_the_minute(row.sent_at), str(row.tally.sent),
            str(row.tally.under_way), str(row.days), "待点收" if row.open else "已点收完",
            row.list_number,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_RETURNS, cells, covers=f"{len(rows)} 份", by=by, at=at)


def lines_as_xlsx(rows: Sequence[LineRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the lines of a list being scanned, numbers masked."""
    cells = (
        (
            str(row.row), row.number, row.name, row.masked_number, row.reason, row.contacts,
            row.problem,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_SCANNED, cells, covers=f"{len(rows)} 张", by=by, at=at)


def returned_as_xlsx(rows: Sequence[ReturnedRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the returned cards that are listed, numbers masked."""
    cells = (
        (
            row.number, row.name, row.masked_number, row.office,
            f"{row.since.astimezone(LOCAL):%Y-%m-%d}", str(row.days), row.reason, row.proof,
            row.social, row.bank, row.bank_state if row.bank_known else "银行未反馈",
            "、".join(row.warnings),
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_RETURNED, cells, covers=f"{len(rows)} 张", by=by, at=at)


def notices_as_xlsx(notices: Iterable[BankNotice], *, by: Actor, at: datetime) -> bytes:
    """This function will write the letters that are listed, with what banks answered."""
    cells = [
        (
            one.number, one.bank.name, f"{one.on}", f"{one.cards}",  # type: ignore[attr-defined]
            to_the_minute(one.sent_at) if one.sent_at else "未送出",
            one.sent_by.name if one.sent_by else "", one.sent_way,
            f"{one.acknowledged_on or ''}", one.acknowledged_words,
        )
        for one in notices
    ]  # fmt: skip
    return list_as_xlsx(_NOTICES, cells, covers=f"{len(cells)} 份", by=by, at=at)
