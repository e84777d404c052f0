"""Temporary cards by API: into stock, out, longer, back, lost, excused, void (Art. 27)."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import timezone
from ninja import Schema
from pydantic import ConfigDict, Field

from cardbook.chapters.api import Trouble, named, problems, refuse_other_roles
from cardbook.chapters.card_heads import CardHead
from cardbook.chapters.list_api import Part, Total, refuse_unknown
from cardbook.chapters.usage.act_api import (
    Call,
    Key,
    Target,
    acts_on,
    mistakes_of,
    refuse_other_posts,
)
from cardbook.chapters.usage.temporary.commands import extend, lend, record, stock_in
from cardbook.chapters.usage.temporary.forms import (
    MOST_AT_ONCE,
    DunForm,
    ExcuseForm,
    ExtendForm,
    LendForm,
    LoseForm,
    StockForm,
    TakeBackForm,
    VoidForm,
)
from cardbook.chapters.usage.temporary.queries import (
    READERS,
    application_head,
    temporary_cards,
    temporary_head_of,
)
from cardbook.lib.clock import local_day
from cardbook.lib.ids import id_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, Policy
from cardbook.orgs.actors import Actor


def _find(number: str, by: Actor) -> CardHead | None:
    return temporary_head_of(number.upper(), by)


def _application(number: str, by: Actor) -> CardHead | None:
    found = id_of(number)
    return application_head(found, by) if found is not None else None


def _today(application: CardHead | None, by: Actor) -> dict[str, Any]:
    return {"today": local_day(timezone.now())}


LENDING = acts_on(
    Target(path="/applications/{number}", tag="制卡申请", find=_application),
    Call(form=LendForm, do=lend, arguments=_today, blank={"today": date.max}),
)
ROUTER = acts_on(
    Target(path="/temporary-cards/{number}", tag="临时卡", find=_find),
    Call(form=ExtendForm, do=extend),
    Call(form=TakeBackForm, do=record),
    Call(form=DunForm, do=record),
    Call(form=LoseForm, do=record),
    Call(form=ExcuseForm, do=record),
    Call(form=VoidForm, do=record),
)


# ------------------------------------------------------------------------------ the stock
class Stocked(Schema):
    """Cards that come into stock, in one box."""

    model_config = ConfigDict(extra="forbid")

    box: str = Field(min_length=1, max_length=20, description="盒号")
    numbers: list[Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,20}$")]] = Field(
        min_length=1, max_length=MOST_AT_ONCE, description="临时卡号，每个一次"
    )


class StockedIn(Schema):
    """What came into stock."""

    act: str = Field(description="业务编码")
    cards: int = Field(description="几张")
    batch: UUID = Field(description="台账批次；同一个键总是同一批次")
    repeated: bool = Field(description="这个键已经办过，返回第一次的结果")


_STOCK = act("temporary.stock_in")


@ROUTER.post(
    "/temporary-cards/temporary.stock_in",
    response={200: StockedIn, **problems(400, 401, 403, 409, 422)},
    summary=_STOCK.title,
    description=f"依据：{_STOCK.basis_text}。有一个号已在册，整批不入库。",
    operation_id="temporary_stock_in",
    url_name=named(
        "api.temporary.stock_in",
        Policy(frozenset(_STOCK.who), _STOCK.basis_text, (_STOCK.code,)),
    ),
)
def stock(request: ActorRequest, body: Stocked, idempotency_key: Key) -> StockedIn:
    """Enter cards into stock as the page does, all or none."""
    by = request.actor
    refuse_other_posts(_STOCK.code, by)
    given = {"key": idempotency_key, "box": body.box, "numbers": "\n".join(body.numbers)}
    form = StockForm(given)
    if not form.is_valid():
        raise Trouble(422, mistakes_of(form))
    done = stock_in(
        box=form.cleaned_data["box"].strip(), numbers=form.cleaned_data["numbers"],
        county_id=by.county_id or by.org_id, by=by, at=timezone.now(), key=idempotency_key,
    )  # fmt: skip
    return StockedIn(
        act=_STOCK.code, cards=len(done.subject_ids), batch=done.batch, repeated=done.repeated
    )


class TemporaryCardRow(Schema):
    """One temporary card: in which box, or lent to whom until when."""

    number: str = Field(description="临时卡号")
    state: str = Field(description="状态代码")
    state_words: str = Field(description="状态；逾期由日期算出")
    box: str = Field(description="盒号")
    office: str = Field(description="机构")
    masked_number: str = Field(description="借用人证件号，遮盖；没有借出为空")
    lent_on: date | None = Field(description="发放日")
    valid_until: date | None = Field(description="有效至")
    days_over: int = Field(description="逾期几天")
    dunned: str = Field(description="催还几次、末次的方式、日期和结果；没有催还为空")


class TemporaryCards(Schema):
    """Temporary cards of the county; what is overdue first."""

    total: Total
    items: list[TemporaryCardRow] = Field(description="所要的行")


@ROUTER.get(
    "/temporary-cards",
    response={200: TemporaryCards, **problems(401, 403, 422)},
    summary="临时卡：库存、已发放、逾期",
    description=f"依据：{_STOCK.basis_text}。本县区的临时卡，至多列 2,000 张。",
    operation_id="temporary_cards",
    url_name=named("api.temporary_cards", Policy(READERS, _STOCK.basis_text)),
)
def listed(
    request: ActorRequest,
    part: Part,
    only: Literal[
        "", "in_stock", "lent", "overdue", "due_soon", "returned", "lost", "void"
    ] = "",
) -> TemporaryCards:  # fmt: skip
    """The cards as the page lists them."""
    by = request.actor
    refuse_unknown(request, "only")
    refuse_other_roles(READERS, by=by, doing="查看临时卡")
    today = local_day(timezone.now())
    found = temporary_cards(by=by, today=today, only=only, text=part.q.strip())
    return TemporaryCards(
        total=len(found),
        items=[
            TemporaryCardRow(
                number=one.number, state=one.stage_code, state_words=one.stage, box=one.box,
                office=one.office, masked_number=one.masked_number, lent_on=one.lent_on,
                valid_until=one.valid_until, days_over=one.days_over, dunned=one.dunned,
            )
            for one in found[part.rows]
        ],
    )  # fmt: skip
