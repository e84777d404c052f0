"""What banks promise holders today, by API (Art. 24)."""

from datetime import date
from typing import Literal

from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from cardbook.chapters.api import StaffSession, named, problems
from cardbook.chapters.list_api import Part, Total, refuse_unknown
from cardbook.chapters.usage.bank_offers.queries import offers
from cardbook.chapters.usage.values import OfferKind
from cardbook.lib.clock import local_day
from cardbook.lifecycle.pages import ALL_ROLES, ActorRequest, Policy

ROUTER = Router(tags=["银行优惠与渠道"], auth=StaffSession())
_BASIS = "第二十四条"


class Offer(Schema):
    """One commitment of a bank that stands today."""

    bank: str = Field(description="银行")
    kind: str = Field(description="类别代码：discount 优惠，outlet 网点，machine 自助设备")
    kind_words: str = Field(description="类别")
    title: str = Field(description="内容")
    place: str = Field(description="地点")
    words: str = Field(description="说明")
    since: date = Field(description="自")
    until: date = Field(description="至（含）")


class Offers(Schema):
    """Commitments, by bank."""

    total: Total
    items: list[Offer] = Field(description="所要的行")


@ROUTER.get(
    "/bank-offers",
    response={200: Offers, **problems(401, 403, 422)},
    summary="合作银行今天有效的优惠、网点、自助设备",
    description=f"依据：{_BASIS}。各岗位可看；到期、撤回的不在内。以银行为准。",
    operation_id="bank_offers",
    url_name=named("api.bank_offers", Policy(ALL_ROLES, _BASIS)),
)
def published(
    request: ActorRequest,
    part: Part,
    kind: Literal["", "discount", "outlet", "machine"] = "",
) -> Offers:
    """What is published today."""
    refuse_unknown(request, "kind")
    found = offers(today=local_day(timezone.now()), kind=kind, text=part.q.strip())
    return Offers(
        total=found.count(),
        items=[
            Offer(
                bank=one.bank.name, kind=one.kind, kind_words=OfferKind(one.kind).label,
                title=one.title, place=one.place, words=one.words, since=one.since,
                until=one.until,
            )
            for one in found[part.rows]
        ],
    )  # fmt: skip
