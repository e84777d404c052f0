"""The commitments of banks as a document (Art. 24)."""

from collections.abc import Iterable
from datetime import datetime

from cardbook.chapters.usage.models import BankOffer
from cardbook.chapters.usage.values import OfferKind
from cardbook.law.articles import art
from cardbook.lib.clock import LOCAL
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
        _OFFERS, cells, covers=f"截至 {at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
        totals=(("合计", f"{len(cells)} 项"),), by=by, at=at,
    )  # fmt: skip
