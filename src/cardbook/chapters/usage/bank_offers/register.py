"""The commitments of banks, and the complaints about them, as documents (Art. 24)."""

from collections.abc import Iterable
from datetime import datetime

from cardbook.chapters.usage.models import BankComplaint, BankOffer
from cardbook.chapters.usage.values import OfferKind
from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_OFFERS = Form(
    code="bank_offers",
    prefix="YHCN",
    title="合作银行优惠与服务渠道",
    basis=(art(24),),
    columns=(
        Column(key="bank", title="银行", width=50),
        Column(key="kind", title="类别", width=24),
        Column(key="title", title="内容", width=60),
        Column(key="place", title="地点", width=60),
        Column(key="words", title="说明", width=60),
        Column(key="since", title="自", width=24),
        Column(key="until", title="至（含）", width=24),
    ),
    signatures=(),
    seal="",
    note="",
)


def offers_xlsx(rows: Iterable[BankOffer], *, by: Actor, at: datetime) -> bytes:
    """This function will write the commitments that are seen as a workbook."""
    cells = [
        (
            row.bank.name, OfferKind(row.kind).label, row.title, row.place, row.words,
            f"{row.since}", f"{row.until}",
        )
        for row in rows
    ]  # fmt: skip
    return list_as_xlsx(
        _OFFERS, cells, covers=f"截至 {to_the_minute(at)}",
        totals=(("合计", f"{len(cells)} 项"),), by=by, at=at,
    )  # fmt: skip


_COMPLAINTS = Form(
    code="bank_complaints",
    prefix="YHTS",
    title="银行承诺投诉登记",
    basis=(art(24),),
    columns=(
        Column(key="received_at", title="受理时间", width=34),
        Column(key="office", title="受理机构", width=50),
        Column(key="received_by", title="受理人", width=24),
        Column(key="bank", title="银行", width=50),
        Column(key="offer", title="承诺", width=60),
        Column(key="outlet", title="网点", width=50),
        Column(key="words", title="投诉内容", width=90),
        Column(key="answer", title="银行答复", width=90),
        Column(key="answered", title="答复人、时间", width=50),
        Column(key="outcome", title="结果", width=24),
        Column(key="closed", title="办结人、时间", width=50),
    ),
    signatures=(),
    seal="",
    note="",
)


def complaints_xlsx(rows: Iterable[BankComplaint], *, by: Actor, at: datetime) -> bytes:
    """This function will write the complaints that are seen as a workbook."""
    cells = [
        (
            to_the_minute(row.received_at), row.office.name, row.received_by.name, row.bank.name,
            row.offer.title if row.offer else "", row.outlet.name if row.outlet else "",
            row.words, row.answer,
            f"{row.answered_by.name} {to_the_minute(row.answered_at)}" if row.answered_by else "",
            row.get_outcome_display(),
            f"{row.closed_by.name} {to_the_minute(row.closed_at)}" if row.closed_by else "",
        )
        for row in rows
    ]  # fmt: skip
    return list_as_xlsx(
        _COMPLAINTS, cells, covers=f"截至 {to_the_minute(at)}",
        totals=(("合计", f"{len(cells)} 件"),), by=by, at=at,
    )  # fmt: skip
