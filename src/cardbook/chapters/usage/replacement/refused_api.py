"""Charges nobody owed, by API: the list of whoever leads, and what came of one (Art. 32 item 2).

That somebody asked for money is entered by the act `fee.refuse`, in `api.py` beside it.
"""

from datetime import datetime
from typing import Annotated, Literal

from django.http import Http404
from django.utils import timezone
from ninja import Path, Router, Schema
from pydantic import ConfigDict, Field

from cardbook.chapters.api import (
    StaffSession,
    Trouble,
    named,
    problems,
    refuse_other_roles,
    trouble,
)
from cardbook.chapters.list_api import Part, Total, refuse_unknown
from cardbook.chapters.usage.act_api import MONEY, mistakes_of
from cardbook.chapters.usage.models import RefusedCharge
from cardbook.chapters.usage.replacement import refused_charges as refused
from cardbook.chapters.usage.replacement.forms import SettleForm
from cardbook.chapters.usage.values import ChargeEnd
from cardbook.lib.clock import local_day
from cardbook.lifecycle.pages import ActorRequest, Policy
from cardbook.orgs.actors import Actor

ROUTER = Router(tags=["拒绝收费"], auth=StaffSession())
_BASIS = "第三十二条第二项"
_ENDS = "；".join(f"{end.value} {end.label}" for end in ChargeEnd)


class Charge(Schema):
    """One charge that was refused, and what became of it."""

    id: int = Field(description="编号，办结时用")
    application: str = Field(description="申请号")
    refused_at: datetime = Field(description="时间")
    office: str = Field(description="登记的机构")
    entered_by: str = Field(description="经办人")
    attempted: bool = Field(description="在本系统登记收费时被拒绝；否则为有人反映")
    asked_yuan: str = Field(description="被要求的金额（元）；没有说明的为空")
    words: str = Field(description="情况")
    outcome: str = Field(description=f"结果代码：{_ENDS}；待处理的为空")
    returned_yuan: str = Field(description="退还金额（元）；没有退还的为空")
    returned_receipt: str = Field(description="退费票据号")
    outcome_words: str = Field(description="处理说明")
    settled_by: str = Field(description="处理人")
    settled_at: datetime | None = Field(description="处理时间")


class Charges(Schema):
    """Refused charges of the county, the newest first."""

    total: Total
    items: list[Charge] = Field(description="所要的行")


class Settling(Schema):
    """What came of one; an amount and a receipt where money went back."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["not_taken", "returned", "passed_on"] = Field(description=f"结果：{_ENDS}")
    words: str = Field(min_length=1, max_length=200, description="查实的情况和处理")
    returned: MONEY | None = Field(default=None, description="退还金额（元），已退还的必填")
    receipt: str = Field(default="", max_length=40, description="持卡人签收的凭据号")


class Settled(Schema):
    """The charge as it stands now."""

    charge: Charge
    repeated: bool = Field(description="同一人已这样登记过，返回第一次的结果")


@ROUTER.get(
    "/refused-charges",
    response={200: Charges, **problems(401, 403, 422)},
    summary="拒绝收费：不该收的费",
    description=f"依据：{_BASIS}。县区负责人、市局管理员、审计看本县区的，新的在前。",
    operation_id="refused_charges",
    url_name=named("api.refused_charges", Policy(refused.READERS, _BASIS)),
)
def listed(
    request: ActorRequest, part: Part, state: Literal["", "open", "settled"] = ""
) -> Charges:
    """The charges as the page lists them."""
    refuse_unknown(request, "state")
    refuse_other_roles(refused.READERS, by=request.actor, doing="查看拒绝收费")
    found = refused.charges(
        by=request.actor, today=local_day(timezone.now()), state=state, text=part.q
    )
    return Charges(total=found.count(), items=[_charge(row) for row in found[part.rows]])


@ROUTER.post(
    "/refused-charges/{charge_id}/settle",
    response={200: Settled, **problems(400, 401, 403, 404, 409, 422)},
    summary="登记拒绝收费的处理结果",
    description=f"依据：{_BASIS}。县区负责人、市局管理员办理；一件只办结一次，"
    "同一人再次提交同样的内容得到第一次的结果。",
    operation_id="refused_charge_settle",
    url_name=named("api.refused_charge_settle", Policy(refused.SETTLERS, _BASIS)),
)
def settle(
    request: ActorRequest,
    charge_id: Annotated[int, Path(ge=1, le=2**63 - 1, description="编号")],
    body: Settling,
) -> Settled:
    """Say what came of it, once."""
    by = request.actor
    refuse_other_roles(refused.SETTLERS, by=by, doing="办理拒绝收费")
    _found(charge_id, by=by)
    form = SettleForm(body.model_dump())
    if not form.is_valid():
        raise Trouble(422, mistakes_of(form))
    ending = form.ending()
    first = refused.settle_charge(charge_id=charge_id, ending=ending, by=by, at=timezone.now())
    row = _found(charge_id, by=by)
    if not first and not refused.is_settled_as(row, ending, by=by):
        said = f"这件已经办结：{row.get_outcome_display()}。"
        raise trouble(409, "CHARGE_SETTLED", said, "请查看已登记的处理结果。")
    return Settled(charge=_charge(row), repeated=not first)


def _found(charge_id: int, *, by: Actor) -> RefusedCharge:
    row = refused.charges(by=by, today=local_day(timezone.now())).filter(pk=charge_id).first()
    if row is None:
        raise Http404
    return row


def _charge(row: RefusedCharge) -> Charge:
    return Charge(
        id=row.pk, application=str(row.application_id), refused_at=row.refused_at,
        office=row.office.name, entered_by=row.entered_by.name, attempted=row.attempted,
        asked_yuan=row.asked_yuan, words=row.words, outcome=row.outcome,
        returned_yuan=row.returned_yuan, returned_receipt=row.returned_receipt,
        outcome_words=row.outcome_words, settled_at=row.settled_at,
        settled_by=row.settled_by.name if row.settled_by else "",
    )  # fmt: skip
