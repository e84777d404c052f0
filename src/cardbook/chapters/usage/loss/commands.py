"""Stops a lost card, tells about it, takes the stop off again: one `perform` each (Art. 28).

How long an oral loss holds is computed here from the moment it is registered, never typed; what
has to be said afterwards is owed and never delays the stop.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cardbook.cards.models import Card
from cardbook.cards.states import Subject
from cardbook.chapters.asked_before import events_of
from cardbook.chapters.mandates import Matter
from cardbook.chapters.representatives import remembered
from cardbook.chapters.usage.errands import Errand, Said
from cardbook.chapters.usage.models import RefusedLift
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    LossLifted,
    LossMadeFormal,
    LossReported,
    LossTold,
    RequestChannel,
    Signer,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Deferred, Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard of whoever speaks: how he came, who he is, what he answered rightly."""

    channel: RequestChannel
    caller: Signer = Signer.HOLDER
    questions: tuple[str, ...] = ()
    document_seen: bool = False
    call: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What was shown at a window: papers, pictures of them, what was said."""

    papers: Sequence[Presented] = ()
    images: Sequence[KeptImage] = ()
    told: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comer:
    """Who came to a window for the holder, as his own document says."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What whoever came to a window for the holder said of his mandate, and what he showed."""

    said: Said | None = None
    papers: Sequence[Presented] = ()


NOBODY = Charge()


def report_loss(*, card_id: int, heard: Heard, by: Actor, at: datetime, key: str) -> Done:
    """This function will stop the social function at once, until the days of the rule are over.

    :raises Refused: when the caller is not verified, or the card cannot be stopped.
    """
    return _stop("loss.report", card_id=card_id, heard=heard, by=by, at=at, key=key)


def renew_loss(*, card_id: int, heard: Heard, by: Actor, at: datetime, key: str) -> Done:
    """This function will let an oral loss that still holds begin anew.

    :raises Refused: when the caller is not verified, or nothing holds any more.
    """
    return _stop("loss.renew", card_id=card_id, heard=heard, by=by, at=at, key=key)


def _stop(code: str, *, card_id: int, heard: Heard, by: Actor, at: datetime, key: str) -> Done:
    def stopped(moment: datetime) -> Done:
        days = whole_number("temp_loss_valid_days", on=local_day(moment))
        facts = LossReported(
            channel=heard.channel,
            caller=heard.caller,
            hold_until=moment + timedelta(days=days),
            questions=heard.questions,
            document_seen=heard.document_seen,
            call=heard.call,
            words=heard.words,
        )
        step = Step(act=act(code), facts=facts, subject_ids=[card_id])
        return perform(step, by=by, at=moment, key=key)

    return _once(stopped, card_id=card_id, at=at, key=key)


def _once(stopped: Callable[[datetime], Done], *, card_id: int, at: datetime, key: str) -> Done:
    """An Enter pressed twice is one report: its end is counted from the first of them.

    The second comes a moment later, so its content would differ by that moment; it asks again as
    of the moment the first was registered with.
    """
    try:
        return stopped(at)
    except Refused as refused:
        if all(one.reason is not no.KEY_REUSED for one in refused.refusals):
            raise
        first = events_of(key, subject=Subject.CARD, ids=[card_id]).order_by("id").first()
        if first is None:
            raise
        return stopped(first.happened_at)


def tell_loss(
    *,
    card_id: int,
    channel: RequestChannel,
    told: Sequence[str],
    call: str = "",
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will write down that what a loss brings along was said (Art. 28).

    :raises Refused: when it was not said.
    """
    step = Step(
        act=act("loss.tell"),
        facts=LossTold(channel=channel, call=call),
        subject_ids=[card_id],
        told=told,
    )
    return perform(step, by=by, at=at, key=key)


def make_loss_formal(
    *, card_id: int, heard: Heard, shown: Shown, comer: Comer | None = None, by: Actor,
    at: datetime, key: str,
) -> Done:  # fmt: skip
    """This function will register a loss in writing; it does not lapse.

    Who came for the holder is found or entered in the act's transaction.

    :raises Refused: when no document was shown, or the card is another bank's.
    """
    facts = LossMadeFormal(channel=heard.channel, asked_by=heard.caller, words=heard.words)
    step = Step(
        act=act("loss.formal"), facts=facts, subject_ids=[card_id], papers=shown.papers,
        told=shown.told,
    )  # fmt: skip

    def of_comer() -> Step:
        if comer is None:
            return step
        who = remembered(number=comer.number, name=comer.name, today=local_day(at))
        return replace(step, facts=replace(facts, agent=who.pk))

    return perform(
        of_comer, by=by, at=at, key=key, also=lambda done: keep_images(shown.images, by=by)
    )


def lift_loss(
    *, card_id: int, heard: Heard, card_seen: bool, told: Sequence[str], by: Actor,
    at: datetime, key: str, charge: Charge = NOBODY,
) -> Done:  # fmt: skip
    """This function will take an oral loss off; everything else stays as it was before.

    Whoever comes for the holder shows a mandate, registered in the same transaction. That somebody
    asked for it on the telephone is kept although nothing is done.

    :raises Refused: when the caller is not verified, another card is ordered in its place, or who
        came for the holder is not charged with it or did it for as many as one may.
    """
    step = Step(
        act=act("loss.lift"), facts=_lifted(heard, card_seen=card_seen), subject_ids=[card_id],
        papers=charge.papers, told=told,
    )  # fmt: skip
    errand = _errand(step, charge.said, by=by, at=at) if charge.said is not None else None
    steps: list[Step | Deferred] = [step]
    if errand is not None:
        steps = [errand.registered, lambda: _on_mandate(step, errand)]
    try:
        return perform(
            *steps, by=by, at=at, key=key, also=lambda done: errand.count() if errand else None
        )
    except Refused as refused:
        if any(one.reason is no.PROXY_LIFTS_AT_WINDOW for one in refused.refusals):
            _keep_refused(card_id=card_id, heard=heard, by=by, at=at, key=key)
        raise


def _errand(step: Step, said: Said, *, by: Actor, at: datetime) -> Errand:
    (card_id,) = step.subject_ids
    return Errand(
        matter=Matter.LIFT, said=said, by=by, on=local_day(at), subject_id=card_id,
        holder_id=Card.objects.values_list("person_id", flat=True).get(pk=card_id),
    )  # fmt: skip


def _on_mandate(step: Step, errand: Errand) -> Step:
    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        yield from errand.objections()
        yield from errand.beyond_limit(no.LIFT_AGENT_LIMIT)

    assert isinstance(step.facts, LossLifted)
    return replace(step, facts=replace(step.facts, **errand.facts()), objections=objections)


def _keep_refused(*, card_id: int, heard: Heard, by: Actor, at: datetime, key: str) -> None:
    """One call, however often the Enter is pressed."""
    given = {
        "card_id": card_id, "call": heard.call, "words": heard.words, "office_id": by.org_id,
        "handled_by_id": by.user_id, "handled_at": at,
    }  # fmt: skip
    RefusedLift.objects.get_or_create(key=key, defaults=given)


def lift_formal_loss(
    *, card_id: int, heard: Heard, card_seen: bool, shown: Shown, by: Actor, at: datetime,
    key: str,
) -> Done:  # fmt: skip
    """This function will take a written loss off, as far as the city's rule allows it at all.

    :raises Refused: when the rule does not allow it, or the card is not at hand.
    """
    step = Step(
        act=act("loss.lift_formal"),
        facts=_lifted(heard, card_seen=card_seen),
        subject_ids=[card_id],
        papers=shown.papers,
        told=shown.told,
    )
    return perform(
        step, by=by, at=at, key=key,
        also=lambda done: keep_images(shown.images, by=by),
    )  # fmt: skip


def _lifted(heard: Heard, *, card_seen: bool) -> LossLifted:
    return LossLifted(
        channel=heard.channel,
        asked_by=heard.caller,
        card_seen=card_seen,
        questions=heard.questions,
        document_seen=heard.document_seen,
        words=heard.words,
    )
