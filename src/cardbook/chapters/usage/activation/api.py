"""Activation by API, and what one side has done and the other has not (Art. 22, 28, 29)."""

from datetime import date, datetime
from typing import Literal

from django.utils import timezone
from ninja import Schema
from pydantic import Field

from cardbook.chapters.api import named, problems, refuse_other_roles
from cardbook.chapters.list_api import Part, Total, refuse_unknown
from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.activation.commands import (
    activate,
    direct_to_bank,
    record,
    report_bank,
)
from cardbook.chapters.usage.activation.forms import (
    ActivateForm,
    BankReportForm,
    DirectForm,
    PinForm,
    name_bank,
    offer_outlets,
)
from cardbook.chapters.usage.activation.queries import HALVES_BASIS, HALVES_READERS, half_done
from cardbook.lib.clock import local_day
from cardbook.lifecycle.pages import ActorRequest, Policy

ROUTER = acts_on(
    Target(),
    Call(
        form=ActivateForm,
        do=activate,
        blank={"today": date.max},
        arguments=lambda card, by: {"today": local_day(timezone.now())},
    ),
    Call(form=DirectForm, do=direct_to_bank, prepare=offer_outlets),
    Call(form=BankReportForm, do=report_bank, prepare=name_bank),
    Call(form=PinForm, do=record),
)


# ------------------------------------------------------------------------------ what is open
class Half(Schema):
    """One card whose two sides do not agree."""

    number: str = Field(description="卡号")
    masked_number: str = Field(description="证件号，遮盖")
    code: str = Field(description="哪一种：bank_inactive、bank_early、bank_not_stopped 等")
    what: str = Field(description="差在哪里")
    words: str = Field(description="对持卡人说的话")
    social: str = Field(description="社保一侧")
    bank: str = Field(description="银行一侧，银行最近所报")
    bank_name: str = Field(description="银行")
    bank_as_of: datetime | None = Field(description="银行所报的时间；没有报过为空")


class Halves(Schema):
    """Cards of the county whose two sides do not agree."""

    total: Total
    items: list[Half] = Field(description="所要的行")


@ROUTER.get(
    "/half-done",
    response={200: Halves, **problems(401, 403, 422)},
    summary="两侧未办全的卡",
    description=f"依据：{HALVES_BASIS}。本县区的卡，至多列 2,000 张；银行一侧以银行为准。",
    operation_id="half_done",
    url_name=named("api.half_done", Policy(HALVES_READERS, HALVES_BASIS)),
)
def halves(
    request: ActorRequest,
    part: Part,
    only: Literal[
        "", "bank_inactive", "bank_silent", "bank_unasked", "bank_not_stopped",
        "bank_early", "bank_still_stopped", "bank_not_closed", "bank_silent_after_move",
    ] = "",
) -> Halves:  # fmt: skip
    """What one side has done and the other has not, with the exact words for the holder."""
    refuse_unknown(request, "only")
    refuse_other_roles(HALVES_READERS, by=request.actor, doing="查看两侧未办全的卡")
    found = half_done(by=request.actor, at=timezone.now(), only=only, text=part.q.strip())
    return Halves(
        total=len(found),
        items=[
            Half(
                number=one.number, masked_number=one.masked_number, code=one.code, what=one.what,
                words=one.words, social=one.social, bank=one.bank, bank_name=one.bank_name,
                bank_as_of=one.bank_as_of,
            )
            for one in found[part.rows]
        ],
    )  # fmt: skip
