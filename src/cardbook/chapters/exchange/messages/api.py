"""What the province, banks and holders are still owed, by API (Art. 14, 22, 25 to 30)."""

from datetime import datetime
from typing import Literal

from ninja import Router, Schema
from pydantic import Field

from cardbook.chapters.api import StaffSession, named, problems, refuse_other_roles
from cardbook.chapters.exchange.messages import queries
from cardbook.chapters.exchange.messages.following import next_steps
from cardbook.chapters.list_api import Part, Total, refuse_unknown
from cardbook.lifecycle.pages import ActorRequest, Policy

ROUTER = Router(tags=["对方系统"], auth=StaffSession())


class Owed(Schema):
    """One message and how it stands; nothing of what it says."""

    title: str = Field(description="什么事")
    electronic: str = Field(description="电子社保卡怎样；与它无关的为空")
    party: str = Field(description="对方")
    recipient: str = Field(description="接收方")
    card_number: str = Field(description="卡号；与卡无关的为空")
    reference: str = Field(description="流水号")
    owed_at: datetime = Field(description="登记时间")
    state: str = Field(description="状态代码")
    state_words: str = Field(description="状态")
    attempts: int = Field(description="试了几次")
    answer: str = Field(description="最近回复")
    external_reference: str = Field(description="对方流水号")


class OwedList(Schema):
    """Messages of the county; what needs a person first."""

    total: Total
    items: list[Owed] = Field(description="所要的行")


@ROUTER.get(
    "/messages",
    response={200: OwedList, **problems(401, 403, 422)},
    summary="待办消息：欠谁、从何时起、对方怎么答复",
    description=f"依据：{queries.BASIS}。本县区的消息；须人工处理的在前。",
    operation_id="messages_owed",
    url_name=named("api.messages_owed", Policy(queries.READERS, queries.BASIS)),
)
def owed(
    request: ActorRequest,
    part: Part,
    view: Literal["open", "stuck", "sent", "follow", "all"] = "open",
    party: Literal["", "province", "bank", "sms"] = "",
) -> OwedList:  # fmt: skip
    """What others are owed, as the page lists it."""
    by = request.actor
    refuse_unknown(request, "view", "party")
    refuse_other_roles(queries.READERS, by=by, doing="查看待办消息")
    steps = next_steps(by=by)
    found = queries.messages(by=by, steps=steps, party=party, view=view, text=part.q.strip())
    rows = queries.rows(found[part.rows], steps=steps, may_act=False)
    return OwedList(
        total=found.count(),
        items=[
            Owed(
                title=one.title, electronic=one.electronic, party=one.party,
                recipient=one.recipient,
                card_number=one.card_number, reference=one.reference, owed_at=one.owed_at,
                state=one.state, state_words=one.state_title, attempts=one.attempts,
                answer=one.answer, external_reference=one.external,
            )
            for one in rows
        ],
    )  # fmt: skip
