"""Losses by API, for a hotline's own software: whom it is about, then each act (Art. 28).

Whoever asks names a person or a card by its whole number, as on the screen; a bank sees its own.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from ninja import Schema
from pydantic import ConfigDict, Field

from cardbook.cards.models import Card
from cardbook.chapters.api import named, problems, trouble
from cardbook.chapters.asked import AskedForm
from cardbook.chapters.looking import Whom, how_of, looked_at
from cardbook.chapters.usage.act_api import Call, Target, acts_on, refuse_other_posts
from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.loss import commands
from cardbook.chapters.usage.loss.forms import (
    FormalForm,
    LiftForm,
    LiftFormalForm,
    RenewForm,
    ReportForm,
    channel_of,
)
from cardbook.chapters.usage.loss.queries import LossCard, look_up, questions_for
from cardbook.chapters.usage.loss.questions import Question, Topic
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, Policy
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import bank_of

_EVERY_QUESTION = tuple(Question(topic, "") for topic in Topic)
_BLANK = {"by": None, "questions": _EVERY_QUESTION}


class ToldForm(AskedForm):
    """That what a loss brings along was said."""

    act_code = "loss.tell"

    key = forms.CharField(max_length=64)
    call = forms.CharField(label="通话编号", max_length=40, required=False)


def _card_numbered(number: str, by: Actor) -> Card | None:
    """A card by its whole printed number; a bank's window its own alone.

    Any window of the city stops a loss: who has the number in hand has the card before him.
    """
    found = Card.objects.filter(number=number.upper())
    if by.role is Role.BANK_TELLER:
        found = found.filter(bank_org__path__startswith=bank_of(by.org_path))
    return found.first()


def _arguments(card: Card, by: Actor) -> dict[str, Any]:
    return {"by": by, "questions": _EVERY_QUESTION, "today": local_day(timezone.now())}


def _report(asked: Request[Any], at: datetime) -> Done:
    return commands.report_loss(
        card_id=asked.subject_id, heard=asked.form.heard(), by=asked.by, at=at, key=asked.key
    )


def _renew(asked: Request[Any], at: datetime) -> Done:
    return commands.renew_loss(
        card_id=asked.subject_id, heard=asked.form.heard(), by=asked.by, at=at, key=asked.key
    )


def _tell(asked: Request[Any], at: datetime) -> Done:
    return commands.tell_loss(
        card_id=asked.subject_id, channel=channel_of(asked.by), told=asked.answered.told,
        call=asked.form.cleaned_data["call"].strip(), by=asked.by, at=at, key=asked.key,
    )  # fmt: skip


def _formal(asked: Request[Any], at: datetime) -> Done:
    return commands.make_loss_formal(
        card_id=asked.subject_id, heard=asked.form.heard(), shown=asked.form.shown(),
        comer=asked.form.comer(), by=asked.by, at=at, key=asked.key,
    )  # fmt: skip


def _lift(asked: Request[Any], at: datetime) -> Done:
    return commands.lift_loss(
        card_id=asked.subject_id, heard=asked.form.heard(),
        card_seen=asked.form.cleaned_data["card_seen"], told=asked.answered.told,
        charge=asked.form.charge(), by=asked.by, at=at, key=asked.key,
    )  # fmt: skip


def _lift_formal(asked: Request[Any], at: datetime) -> Done:
    return commands.lift_formal_loss(
        card_id=asked.subject_id, heard=asked.form.heard(),
        card_seen=asked.form.cleaned_data["card_seen"], shown=asked.form.shown(), by=asked.by,
        at=at, key=asked.key,
    )  # fmt: skip


def _call(form: type[AskedForm], do: Callable[[Request[Any], datetime], Done]) -> Call:
    """On the screen the card and how its questions were drawn follow from what is shown."""
    said = {"card": lambda card: card.pk, "seed": lambda card: ""}
    return Call(form=form, do=do, arguments=_arguments, blank=_BLANK, said=said)


ROUTER = acts_on(
    Target(tag="挂失", find=_card_numbered),
    _call(ReportForm, _report),
    _call(RenewForm, _renew),
    Call(form=ToldForm, do=_tell),
    _call(FormalForm, _formal),
    _call(LiftForm, _lift),
    _call(LiftFormalForm, _lift_formal),
)


# ---------------------------------------------------------------------------- whom it is about
class Caller(Schema):
    """By which number the caller is found; it travels in the body, never in the address."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(
        min_length=1, max_length=80, description="社会保障号码，或登记的 11 位手机号"
    )
    seed: str = Field(default="", max_length=64, description="问题按它抽取；同一通话用同一个")


class Asked(Schema):
    """One question, with what the book has of it: for the operator's ear alone."""

    code: str = Field(description="答对后放进 questions 的代码")
    words: str = Field(description="怎样问")
    answer: str = Field(description="台账上的答案，只供经办人核对，不得念出")


class FoundCard(Schema):
    """One card of whoever calls."""

    number: str = Field(description="卡号")
    stage: str = Field(description="卡片在哪一步")
    social: str = Field(description="社保功能")
    hold: str = Field(description="停用；没有停用为空")
    hold_until: datetime | None = Field(description="口头挂失到何时")
    bank: str = Field(description="银行")
    bank_phone: str = Field(description="银行客服电话：银行一侧的挂失由持卡人向银行办理")
    may_report: bool = Field(description="现在能否口头挂失")


class Found(Schema):
    """Who calls: his cards, and what he is to be asked."""

    name: str = Field(description="姓名")
    masked_number: str = Field(description="证件号，遮盖")
    cards: list[FoundCard] = Field(description="持卡人的卡，先要办的一张")
    questions: list[Asked] = Field(description="核验来电人的问题，先问前面的")


@ROUTER.post(
    "/losses/find",
    response={200: Found, **problems(400, 401, 403, 404, 422)},
    summary="挂失：按来电人说的号码找卡",
    description=f"依据：{act('loss.report').basis_text}。只按完整号码，一次一人；每次查询都受岗位限制。",
    operation_id="loss_find",
    url_name=named(
        "api.loss_find", Policy(frozenset(act("loss.report").who), act("loss.report").basis_text)
    ),
)
def find(request: ActorRequest, body: Caller) -> Found:
    """The caller by one whole number, as on the screen."""
    by, now = request.actor, timezone.now()
    refuse_other_posts("loss.report", by)
    found = look_up(text=body.number, by=by, at=now, today=local_day(now))
    looked_at(
        request, Whom.CARD, [found.card.id if found.card else None],
        how=how_of(body.number, today=local_day(now)), page="loss.report",
    )  # fmt: skip
    if found.card is None:
        raise trouble(
            404, "HOLDER_NOT_FOUND", found.problem or "没有找到。", "请与来电人核对号码后再查。"
        )
    questions = questions_for(card_id=found.card.id, said=found.said, seed=body.seed)
    return Found(
        name=found.name, masked_number=found.masked_number,
        cards=[_card(one) for one in (found.card, *found.other_cards)],
        questions=[
            Asked(code=one.code, words=one.words, answer=one.answer) for one in questions
        ],
    )  # fmt: skip


def _card(card: LossCard) -> FoundCard:
    return FoundCard(
        number=card.number, stage=card.stage, social=card.social, hold=card.hold,
        hold_until=card.hold_until, bank=card.bank, bank_phone=card.bank_phone,
        may_report=card.may_report,
    )  # fmt: skip
