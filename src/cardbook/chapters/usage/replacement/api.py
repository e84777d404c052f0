"""Another card for an old one, its fee, the old card itself, by API (Art. 9, 26)."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.reaching import application_numbered, banks_for, cards_within
from cardbook.chapters.usage.replacement import commands, fee_commands, queries
from cardbook.chapters.usage.replacement.commands import Taken, take_replacement
from cardbook.chapters.usage.replacement.forms import (
    HandInForm,
    RefundForm,
    RefuseChargeForm,
    ReplaceForm,
    TakeFeeForm,
    WaiveForm,
)
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import Plastic
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor


def _card(number: str, by: Actor) -> Card | None:
    return cards_within(by).filter(number=number.upper()).first()


def _arguments(card: Card, by: Actor) -> dict[str, Any]:
    return {
        "banks": banks_for(by),
        "today": local_day(timezone.now()),
        "photo_digest": card.person.photo_digest,
    }


def _replace(asked: Request[Any], at: datetime) -> Taken:
    form = asked.form
    known = queries.known_of(card_id=asked.subject_id, by=asked.by)
    return take_replacement(
        card_id=asked.subject_id, wanted=form.wanted(known), signed=form.signed(),
        report_loss=form.reports_loss(), payment=form.payment(), by=asked.by, at=at,
        key=asked.key,
    )  # fmt: skip


def _hand_in(asked: Request[Any], at: datetime) -> Done:
    given = asked.form.cleaned_data
    return commands.hand_in_old_card(
        card_id=asked.subject_id, plastic=Plastic(given["plastic"]), laid=given["box"],
        words=given["words"], papers=asked.answered.papers, by=asked.by, at=at, key=asked.key,
    )  # fmt: skip


def _take(asked: Request[Any], at: datetime) -> Done:
    return fee_commands.take_fee(
        application_id=asked.subject_id, payment=asked.form.payment(), by=asked.by, at=at,
        key=asked.key,
    )  # fmt: skip


def _waive(asked: Request[Any], at: datetime) -> Done:
    return fee_commands.waive_fee(
        application_id=asked.subject_id, words=asked.form.cleaned_data["words"], by=asked.by,
        second=asked.second, at=at, key=asked.key,
    )  # fmt: skip


def _refund(asked: Request[Any], at: datetime) -> Done:
    given = asked.form.cleaned_data
    return fee_commands.refund_fee(
        application_id=asked.subject_id, receipt=given["receipt"], words=given["words"],
        by=asked.by, second=asked.second, at=at, key=asked.key,
    )  # fmt: skip


def _refuse(asked: Request[Any], at: datetime) -> Done:
    return fee_commands.refuse_charge(
        application_id=asked.subject_id, asked_fen=asked.form.asked_fen(),
        words=asked.form.cleaned_data["words"], by=asked.by, at=at, key=asked.key,
    )  # fmt: skip


def _opened(done: Taken) -> str:
    return str(done.application_id)


_APPLICATION = Target(
    path="/applications/{number}", tag="制卡申请", find=application_numbered,
    names=lambda application: str(application.pk),
)  # fmt: skip
# The tariff says which of the two acts it is; both are asked for at one address.
REPLACING = acts_on(
    Target(find=_card),
    Call(
        form=ReplaceForm, do=_replace, code="replacement.capture", arguments=_arguments,
        blank={"banks": (), "today": date.max}, said={"card": lambda card: card.pk},
        born=_opened,
    ),
)  # fmt: skip
OLD_CARDS = acts_on(Target(), Call(form=HandInForm, do=_hand_in))
FEES = acts_on(
    _APPLICATION,
    Call(form=TakeFeeForm, do=_take),
    Call(form=WaiveForm, do=_waive),
    Call(form=RefundForm, do=_refund),
    Call(form=RefuseChargeForm, do=_refuse),
)
