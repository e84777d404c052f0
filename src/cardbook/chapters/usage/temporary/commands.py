"""Temporary cards come into stock, are lent for the wait, come back (Art. 27).

Who waits for a card is looked at with his cards locked: a new card handed over at the same moment
waits for the answer, or is waited for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import IntegrityError

from cardbook.cards.models import Application, Card, TemporaryCard
from cardbook.cards.states import CLOSED_APPLICATIONS, Progress, Subject, TemporaryStage
from cardbook.chapters.mandates import Matter
from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.chapters.usage.asking import CardForm, Request
from cardbook.chapters.usage.errands import Errand
from cardbook.chapters.usage.models import TemporaryPlace
from cardbook.chapters.usage.steps import do, step_of
from cardbook.chapters.usage.temporary.coming import Comer, against_comer, note_pick_up, who_came
from cardbook.chapters.usage.temporary.forms import ExtendForm, LendForm
from cardbook.chapters.usage.temporary.queries import (
    in_reach,
    last_day,
    lent_on,
    waiting_for_a_card,
)
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.lifecycle import guards
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    BorrowerDunned,
    Relation,
    Signer,
    TemporaryCardLent,
    TemporaryCardsStocked,
)
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor


def stock_in(
    *, box: str, numbers: Sequence[str], county_id: int, by: Actor, at: datetime, key: str
) -> Done:
    """This function will enter temporary cards into stock, in one box.

    :raises Refused: when a number is there already; nothing is entered then.
    """
    births = GivenRows(("number", "county_id"), tuple((one, county_id) for one in numbers))
    step = Step(act=act("temporary.stock_in"), facts=TemporaryCardsStocked(box=box), births=births)

    def keep(done: Done) -> None:
        TemporaryPlace.objects.bulk_create(
            TemporaryPlace(card_id=id_, office_id=by.org_id, box=box) for id_ in done.subject_ids
        )

    try:
        return perform(step, by=by, at=at, key=key, also=keep)
    except IntegrityError as problem:
        known = TemporaryCard.objects.filter(number__in=numbers).values_list("number", flat=True)
        taken = "、".join(sorted(known)[:10])
        if not taken:
            raise
        raise Refused([Refusal(no.TEMPORARY_NUMBER_TAKEN, {"numbers": taken})]) from problem


def valid_until(*, on: date) -> date:
    """This function will say until which day a card may be used that is lent on a day."""
    return on + timedelta(days=whole_number("temp_card_valid_days", on=on))


def lend(given: Request[LendForm], at: datetime) -> Done:
    """This function will lend a temporary card to whoever waits for the application's card.

    :raises Refused: when he does not wait, is dead, has one already, or the card is not in stock.
    """
    application = Application.objects.select_related("person").get(pk=given.subject_id)
    number = given.form.cleaned_data["number"].strip().upper()
    card = in_reach(given.by).filter(number=number).first()
    if card is None:
        raise Refused([Refusal(no.TEMPORARY_UNKNOWN, {"number": number})])
    today, came = local_day(at), list[Comer]()
    errand = _errand(given, application, on=today)

    def step() -> Step:
        came[:] = [who_came(given.form, application, errand=errand, on=today)]
        return Step(
            act=act("temporary.lend"), facts=_lent(given.form, application, came[0], on=today),
            subject_ids=[card.pk], papers=given.answered.papers, told=given.answered.told,
            objections=lambda cases: _against_lending(
                given, application, came[0], cases, on=today
            ),
        )  # fmt: skip

    def also(done: Done) -> None:
        note_pick_up(came[0], application, by=given.by, on=today, batch=done.batch)

    return do(given, at, steps=[errand.registered, step] if errand else [step], also=also)


def _errand(
    given: Request[LendForm], application: Application, *, on: date
) -> Errand | None:  # fmt: skip
    """Who comes for the holder with a paper that is shown now; None for everybody else."""
    said = given.form.said()
    if said is None:
        return None
    return Errand(
        matter=Matter.BORROW, holder_id=application.person_id, said=said, by=given.by, on=on
    )


def _lent(
    form: LendForm, application: Application, comer: Comer, *, on: date
) -> TemporaryCardLent:
    return TemporaryCardLent(
        person_id=application.person_id,
        application=application.pk,
        valid_until=valid_until(on=on),
        signing=form.signing(),
        received_by=comer.signer,
        signature=form.signature(),
        **comer.charge,
        self_supporting=comer.self_supporting,
        incapacitated=comer.incapacitated,
        relation=Relation(comer.relation) if comer.signer is Signer.GUARDIAN else None,
        words=comer.words,
    )


def _against_lending(
    given: Request[LendForm],
    application: Application,
    comer: Comer,
    cases: Sequence[Case],
    *,
    on: date,
) -> Iterator[Refusal]:
    """Locks the cards of the person, then looks whether he still waits and who comes (27)."""
    list(
        Card.objects.select_for_update(no_key=True)
        .filter(person=application.person_id)
        .order_by("pk")
    )
    now = Application.objects.select_for_update(of=("self",), no_key=True).select_related("person")
    current = now.get(pk=application.pk)
    if current.progress in CLOSED_APPLICATIONS:
        yield Refusal(no.TEMPORARY_NOT_DUE, {}, None)
    elif current.progress == Progress.PRODUCED:
        yield Refusal(no.TEMPORARY_CARD_MADE, {"application": current.pk}, None)
    if dead := guards.dead_or_said_dead(current.person):
        yield dead
    yield from against_comer(comer, cases, by=given.by, approver=given.second, on=on)


def extend(given: Request[ExtendForm], at: datetime) -> Done:
    """This function will let a temporary card be used longer, once or often, up to the last day.

    :raises Refused: when its holder waits for no card any more or is dead, when the day is past or
        no later than the one it has, or after the longest the rule allows.
    """
    today = local_day(at)
    until: date = given.form.cleaned_data["valid_until"]

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        (case,) = cases
        refusal = guards.holder_is_alive(case, at)
        if refusal is not None:
            yield refusal
        elif case.person_id and not waiting_for_a_card(case.person_id).exists():
            yield Refusal(no.TEMPORARY_NOT_DUE, {}, case.id)
        lent = lent_on(case.id)
        latest = last_day(lent, today=today) if lent else today
        out = TemporaryCard.objects.filter(pk=case.id, stage=TemporaryStage.LENT)
        had = out.values_list("valid_until", flat=True).first()
        values = {"latest": f"{latest}", "given": f"{until}", "until": f"{had}"}
        if until > latest:
            yield Refusal(no.TEMPORARY_TERM_MISFIT, values, case.id)
        elif had and (until < today or until <= had):
            yield Refusal(no.TEMPORARY_NOT_LONGER, values, case.id)

    return do(given, at, steps=[replace(step_of(given), objections=objections)])


def dun(
    *, card_ids: Sequence[int], facts: BorrowerDunned, by: Actor, at: datetime, key: str
) -> Outcome:
    """This function will write down that borrowers were asked for their cards, row by row.

    :raises Refused: when nothing was chosen or the post does not do this.
    """
    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])

    def work(ids: Sequence[int], part: str) -> Done:
        step = Step(act=act("temporary.dun"), facts=facts, subject_ids=ids)
        return perform(step, by=by, at=at, key=part)

    return row_by_row(card_ids, key=key, work=work, subject=Subject.TEMPORARY_CARD)


def record(given: Request[CardForm], at: datetime) -> Done:
    """This function will do the act of the form alone: back, lost, excused, void.

    :raises Refused: with every reason; nothing was changed.
    """
    return do(given, at)
