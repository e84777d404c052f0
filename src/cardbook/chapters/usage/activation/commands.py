"""Puts a card to use, sends its holder to the bank, writes down what the bank says (Art. 22)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from cardbook.cards.states import Bank, Standing
from cardbook.chapters.fetching import lock_agents
from cardbook.chapters.representatives import remembered, revoked_words
from cardbook.chapters.usage.activation.forms import ActivateForm, BankReportForm, DirectForm
from cardbook.chapters.usage.activation.newest import newest_words
from cardbook.chapters.usage.asking import CardForm, Request
from cardbook.chapters.usage.models import BankVisit
from cardbook.chapters.usage.steps import do, step_of
from cardbook.chapters.usage.values import VisitResult
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import BankReported, Signer
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.people.models import Mandate


class VisitSettled(Exception):
    """Somebody settled it meanwhile, or it is another outlet's; the sentence says so."""


def record(given: Request[CardForm], at: datetime) -> Done:
    """This function will do the act of the form alone: a reset.

    :raises Refused: with every reason; nothing was changed.
    """
    return do(given, at)


def activate(given: Request[ActivateForm], at: datetime) -> Done:
    """This function will put the social function to use, for the holder or whom he charged.

    :raises Refused: with every reason: the paper has ended or was revoked, one of the two is dead.
    """
    said = given.form.cleaned_data
    if said["asked_by"] != Signer.PROXY:
        return do(given, at)

    def step() -> Step:
        agent = remembered(
            number=said["agent_number"], name=said["agent_name"], today=local_day(at)
        )
        return replace(
            step_of(given), facts=replace(given.form.facts(), agent=agent.pk),
            objections=lambda cases: _against_agent(
                agent.pk, cases, signed_on=said["mandate_signed_on"], until=said["mandate_until"]
            ),
        )  # fmt: skip

    return do(given, at, steps=[step])


def _against_agent(
    agent_id: int, cases: Sequence[Case], *, signed_on: date, until: date
) -> Iterator[Refusal]:
    """Why he may not act for the holder, with him locked: dead, or his paper was revoked."""
    agent = lock_agents([agent_id])[agent_id]
    if agent.died_on is not None:
        yield Refusal(no.AGENT_DEAD, {"died_on": agent.died_on})
    # The same paper may charge him with fetching cards as well, and is revoked as one.
    revoked = Mandate.objects.filter(
        standing=Standing.REVOKED, agent=agent_id, signed_on=signed_on, until=until,
        principal__in=[case.person_id for case in cases],
    ).first()  # fmt: skip
    if revoked is not None:
        yield Refusal(no.MANDATE_DOES_NOT_COVER, {"why": revoked_words(revoked)})


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
