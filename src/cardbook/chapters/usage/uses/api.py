"""How an agency or a hospital asks for the state of a card: key, purpose, number (Art. 2, 23, 27).

Staff enter rows of uses beside it.
"""

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router, Schema
from pydantic import ConfigDict, Field

from cardbook.chapters.api import AgencyKey, Trouble, named, problems, trouble
from cardbook.chapters.usage.row_file_api import rows_router
from cardbook.chapters.usage.uses.commands import Answered, NotAnswered, answer_agency
from cardbook.chapters.usage.uses.states import BANK_NOTE
from cardbook.chapters.usage.uses.use_files import FILES
from cardbook.lib.citizen_number import parse
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.pages import Policy

_BASIS = "第二条、第二十三条、第二十七条"
# Nobody's post opens these: a key does.
_BY_KEY = Policy(frozenset(), _BASIS)
ROUTER = Router(tags=["核验"], auth=AgencyKey())
RECORDS = rows_router(FILES, path="/uses", tag="用卡记录")
Purpose = Annotated[
    str, Field(min_length=1, max_length=30, pattern=r"^[a-z0-9_.]+$", description="事项编码")
]

_REASONS = {
    "KEY_UNKNOWN": (401, "没有这个密钥，或已撤销。", "请向市局信息中心申请新的密钥。"),
    "KEY_OUT_OF_DATE": (401, "密钥不在有效期内。", "请向市局信息中心换发密钥。"),
    "TOO_OFTEN": (429, "超过这个密钥每分钟的上限。", "请按 Retry-After 的秒数等待后再问。"),
    "PURPOSE_NOT_GRANTED": (
        403, "这个密钥没有被准许用于该事项，或事项已停用。", "请核对 purpose，或申请增加事项。"
    ),
}  # fmt: skip


class StateAnswer(Schema):
    """The state of one card; nothing about its holder."""

    state: Literal["valid", "stopped", "not_activated", "cancelled", "unknown"] = Field(
        description="可用、停用、未激活、已注销、没有这个号码或状态未核实"
    )
    reason: Literal["", "loss", "other"] = Field(description="停用的原因：挂失或其他")
    words: str = Field(description="给经办人看的一句话")
    ending: str = Field(description="卡号后四位；没有这张卡时为空")
    as_of: datetime = Field(description="答复的时间")
    bank: str = Field(description="金融功能不在此答复")
    reference: int = Field(description="查询记录号，核对时用")


TemporaryNumber = Annotated[
    str, Path(min_length=1, max_length=20, pattern=r"^[0-9A-Za-z]+$", description="临时卡号")
]


class HolderAsked(Schema):
    """By whose number a card is looked for; it travels in the body, never in the address."""

    model_config = ConfigDict(extra="forbid")

    citizen_number: str = Field(min_length=15, max_length=30, description="社会保障号码")
    purpose: Purpose


@ROUTER.get(
    "/cards/{number}/state",
    response={200: StateAnswer, **problems(401, 403, 422, 429)},
    summary="按卡号核验社保卡状态",
    operation_id="card_state",
    url_name=named("api.card_state", _BY_KEY),
)
def by_number(
    request: HttpRequest, number: str, purpose: Annotated[Purpose, Query()]
) -> StateAnswer:
    """每次查询都留记录：哪个密钥、哪张卡、什么用途、何时、答复什么。

    超过每分钟上限的答复 429，也留记录（拒绝：超限）：按密钥、用途、分钟计次数，不记卡号。
    """
    try:
        value = parse_card_number(number).value
    except InputError as problem:
        raise _wrong("number", problem) from problem
    return _answer(request, purpose=purpose, number=value)


@ROUTER.post(
    "/cards/state",
    response={200: StateAnswer, **problems(400, 401, 403, 422, 429)},
    summary="按社会保障号码核验在用的社保卡",
    operation_id="holder_card_state",
    url_name=named("api.holder_card_state", _BY_KEY),
)
def by_holder(request: HttpRequest, body: HolderAsked) -> StateAnswer:
    """号码只在请求体里，不进地址和日志；持卡人有多张卡的，答复在用的一张。"""
    try:
        today = local_day(timezone.now())
        value = parse(body.citizen_number, today=today).number
    except InputError as problem:
        raise _wrong("citizen_number", problem) from problem
    return _answer(request, purpose=body.purpose, holder=value)


@ROUTER.get(
    "/temporary-cards/{number}/state",
    response={200: StateAnswer, **problems(401, 403, 422, 429)},
    summary="按临时卡号核验临时卡状态",
    operation_id="temporary_card_state",
    url_name=named("api.temporary_card_state", _BY_KEY),
)
def by_temporary_number(
    request: HttpRequest, number: TemporaryNumber, purpose: Annotated[Purpose, Query()]
) -> StateAnswer:
    """临时卡在发放期内有效，到期次日起停用；密钥、用途、上限和记录与社保卡相同。"""
    return _answer(request, purpose=purpose, temporary=number.upper())


def _answer(
    request: HttpRequest,
    *,
    purpose: str,
    number: str | None = None,
    holder: str | None = None,
    temporary: str | None = None,
) -> StateAnswer:
    now = timezone.now()
    key: str = request.auth  # type: ignore[attr-defined]
    try:
        found = answer_agency(
            key=key, purpose=purpose, at=now, number=number, holder=holder, temporary=temporary
        )
    except NotAnswered as problem:
        raise _said(problem) from problem
    return _shown(found, now)


def _shown(found: Answered, now: datetime) -> StateAnswer:
    return StateAnswer(
        state=found.answer.state.value, reason=found.answer.reason, words=found.answer.words,
        ending=found.ending, as_of=now.astimezone(LOCAL), bank=BANK_NOTE,
        reference=found.reference,
    )  # fmt: skip


def _said(problem: NotAnswered) -> Trouble:
    status, detail, way_out = _REASONS[problem.code]
    headers = {"Retry_After": str(problem.wait)} if problem.wait else {}
    return trouble(status, problem.code, detail, way_out, **headers)


def _wrong(field: str, problem: InputError) -> Trouble:
    found = trouble(422, "INPUT_WRONG", problem.sentence, "请核对后重新提交。")
    found.mistakes[0].field = field
    return found
