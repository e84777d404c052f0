"""Puts a card to use, sends its holder to the bank, writes down what the bank says (Art. 22)."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from cardbook.cards.states import Bank
from cardbook.chapters.chips import read_at_desk
from cardbook.chapters.usage.activation.errands import activating
from cardbook.chapters.usage.activation.forms import ActivateForm, BankReportForm, DirectForm
from cardbook.chapters.usage.activation.newest import newest_words
from cardbook.chapters.usage.asking import CardForm, Request
from cardbook.chapters.usage.models import BankVisit
from cardbook.chapters.usage.steps import do, step_of
from cardbook.chapters.usage.values import VisitResult
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import BankReported, Signer, SocialActivated
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor


class VisitSettled(Exception):
    """Somebody settled it meanwhile, or it is another outlet's; the sentence says so."""


def record(given: Request[CardForm], at: datetime) -> Done:
    """This function will do the act of the form alone: a reset.

    :raises Refused: with every reason; nothing was changed.
    """
    return do(given, at)


def activate(given: Request[ActivateForm], at: datetime) -> Done:
    """This function will put the social function to use, for the holder or whom he charged.

    A mandate shown for the first time is registered, and a person the book does not know is
    entered, in the same transaction.

    :raises Refused: with every reason: the paper has ended, was revoked or is for another matter,
        one of the two is dead, a limit is reached, the chip is not this holder's.
    """
    on = local_day(at)
    step = _with_chip(given, on=on)
    if given.form.cleaned_data["asked_by"] != Signer.PROXY:
        return do(given, at, steps=[step])
    came = activating(given, step, on=on)
    return do(given, at, steps=[came.errand.registered, came.activated], also=came.count)


def _with_chip(given: Request[ActivateForm], *, on: date) -> Step:
    """The act with what the chip says, read once; a chip that differs stands in its way."""
    step = step_of(given)
    read = read_at_desk(given.form.cleaned_data["chip"], card_id=given.subject_id, on=on)
    said: SocialActivated = step.facts  # type: ignore[assignment] # the form's own facts
    facts = replace(said, **read.facts)  # type: ignore[arg-type]
    return replace(step, facts=facts, objections=lambda cases: read.objections())


def report_bank(given: Request[BankReportForm], at: datetime) -> Done:
    """This function will write down what a bank's slip says of its half.

    :raises Refused: when the slip names no bank, or the book has a newer word of it.
    """
    step = step_of(given)
    said: BankReported = step.facts  # type: ignore[assignment] # the form's own facts
    newest = newest_words({given.subject_id: said.bank_as_of})
    return do(given, at, steps=[replace(step, objections=newest)])


def direct_to_bank(given: Request[DirectForm], at: datetime) -> Done:
    """This function will send the holder to an outlet; a second slip replaces the first.

    :raises Refused: when the holder is dead or the card is not with him.
    """
    outlet = given.form.cleaned_data["outlet"]

    def keep(done: Done) -> None:
        open_ = BankVisit.objects.filter(card_id=given.subject_id, settled_at=None)
        open_.update(settled_at=at, result=VisitResult.STAYED_AWAY, words="改去另一网点")
        BankVisit.objects.create(card_id=given.subject_id, outlet_id=outlet, sent_at=at)

    return perform(
        step_of(given), by=given.by, second=given.second, at=at, key=given.key, also=keep
    )


@transaction.atomic
def arrive(*, visit_id: int, by: Actor, at: datetime) -> None:
    """This function will note that the holder stands at the outlet; from now on he waits.

    :raises VisitSettled: when it is settled or another bank's.
    """
    visit = _open_visit(visit_id, by=by)
    if visit.arrived_at is None:
        BankVisit.objects.filter(pk=visit.pk).update(arrived_at=at)


def settle(
    *, visit_id: int, result: VisitResult, words: str, by: Actor, at: datetime, key: str
) -> Done | None:
    """This function will write down what came of it; a card put to use is the bank's own word.

    :raises VisitSettled: when it is settled or another bank's.
    :raises Refused: when the act is refused.
    """

    def close() -> None:
        visit = _open_visit(visit_id, by=by)
        given = {"settled_at": at, "result": result, "words": words.strip()}
        BankVisit.objects.filter(pk=visit.pk).update(**given)

    if result != VisitResult.ACTIVE:
        with transaction.atomic():
            close()
        return None
    visit = BankVisit.objects.filter(pk=visit_id).first()
    if visit is None:
        raise VisitSettled("没有这一位，请刷新页面。")
    step = Step(
        act=act("bank.report"),
        facts=BankReported(bank=str(Bank.ACTIVE), bank_source=by.org_name, bank_as_of=at),
        subject_ids=[visit.card_id],
    )
    return perform(step, by=by, at=at, key=key, also=lambda done: close())


def _open_visit(visit_id: int, *, by: Actor) -> BankVisit:
    visit = (
        BankVisit.objects.select_for_update(of=("self",))
        .select_related("outlet")
        .filter(pk=visit_id, settled_at=None)
        .first()
    )
    if visit is None or not visit.outlet.path.startswith(by.org_path):
        raise VisitSettled("这一位已经办结，或不在本网点。请刷新页面。")
    return visit
