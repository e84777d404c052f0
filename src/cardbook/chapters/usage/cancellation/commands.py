"""Cancels a card with all that ends with it, in one transaction (Art. 29).

What the book and the province know is added to what the clerk asked, and recorded with it. A death
the book does not have yet is recorded first; a new card in place of this one is made no more
(`ending.py` says why), the plastic that was brought goes to be destroyed.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from cardbook.cards.models import Card
from cardbook.cards.states import Social, Stage, Subject
from cardbook.chapters.asked_before import events_of
from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.cancellation.applicant import against_applicant, applicant_of
from cardbook.chapters.usage.cancellation.forms import (
    DEATH,
    CancelForm,
    OfficeForm,
    UnissuedForm,
)
from cardbook.chapters.usage.ending import about_the_holder, with_what_ends, write_death
from cardbook.chapters.usage.open_items import known_items
from cardbook.chapters.usage.province_asking import ask_province
from cardbook.chapters.usage.steps import do, step_of
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    CancelledOnRequest,
    EndReason,
    Found,
    Informant,
    OpenItem,
    OpenMatter,
)
from cardbook.lifecycle.perform import Deferred, Done, Objections, Step
from cardbook.lifecycle.refusals import Refusal
from cardbook.people.holders import holder_of
from cardbook.people.models import Person

_OUR_BOOK = "本台账"
_CARRIED = (Stage.IN_CUSTODY, Stage.ISSUED)

Asked = Request[CancelForm] | Request[OfficeForm]


def cancel_card(given: Asked, at: datetime) -> Done:
    """This function will end the social function, for people or for an office.

    :raises Refused: when the asker may not, the reason does not hold, or a paper, notice or second
        person is missing.
    """
    facts = _facts(given, at)
    step = replace(step_of(given), facts=facts, objections=_second_card_lives(facts))
    first, *others = with_what_ends(
        step, reason=facts.reason, key=given.key,
        came_back=given.form.handed_in(), all_his=_all_his(given.form, facts.reason),
    )  # fmt: skip
    steps: list[Step | Deferred] = [_asked_by(given, first, on=local_day(at)), *others]
    death = given.form.death()
    if death is not None:
        noted = Step(
            act=act(DEATH), facts=death, subject_ids=[given.subject_id],
            papers=given.answered.papers,
        )  # fmt: skip
        steps.insert(0, about_the_holder(noted, at=at))

    def write(done: Done) -> None:
        if death is not None:
            write_death(given.subject_id, death.died_on)

    return do(given, at, steps=steps, also=write)


def _asked_by(given: Asked, step: Step, *, on: date) -> Deferred:
    """The act with who asks for another, entered in its transaction and not before."""

    def named() -> Step:
        came = applicant_of(given.form.cleaned_data, on=on)
        if came is None:
            return step

        def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
            if step.objections is not None:
                yield from step.objections(cases)
            yield from against_applicant(came, cases, on=on)

        facts: CancelledOnRequest = step.facts  # type: ignore[assignment] # the form's own
        return replace(step, facts=replace(facts, **came.facts()), objections=objections)

    return named


def _all_his(form: CancelForm | OfficeForm, reason: EndReason) -> bool:
    """Whether whatever the holder has ordered ends too: by his death, or with the card he does not
    fetch. Of two cards the other one is still wanted.
    """
    unfetched = isinstance(form, UnissuedForm) and reason is not EndReason.DUPLICATE
    return unfetched or reason is EndReason.DEATH


def _facts(given: Asked, at: datetime) -> CancelledOnRequest:
    """What the clerk asked, and what the book and the province know; asked again, as said then."""
    asked: CancelledOnRequest = given.form.facts()
    before = events_of(given.key, subject=Subject.CARD, ids=[given.subject_id])
    event = before.filter(act=given.form.act_code).first()
    if event is not None:
        then = json.loads(event.facts)
        known = tuple(_item(one) for one in then["open_items"] if one["said_by"] == Informant.BOOK)
        other, source = then["other_card"], then["other_source"]
    else:
        known = known_items(given.subject_id, at=at)
        other, source = _other_card(given, asked, at)
    return replace(
        asked, open_items=(*known, *asked.open_items), other_card=other, other_source=source
    )


def _item(said: dict[str, str]) -> OpenItem:
    return OpenItem(
        item=OpenMatter(said["item"]), state=Found(said["state"]),
        said_by=Informant(said["said_by"]), words=said["words"],
    )  # fmt: skip


def _other_card(given: Asked, asked: CancelledOnRequest, at: datetime) -> tuple[str, str]:
    """The other of two cards, and whose word it is: ours or the province's."""
    if asked.reason is not EndReason.DUPLICATE:
        return "", ""
    card = Card.objects.select_related("person").get(pk=given.subject_id)
    own = _others(card.pk, person_id=card.person_id)
    if own:
        return own[0], _OUR_BOOK
    holder = holder_of(card.person)
    said = ask_province(
        name=holder.name, number=holder.number, county_id=card.county_id, at=at
    )  # fmt: skip
    if said.cards:
        return said.cards[0].number, f"省系统 {said.moment}"
    if said.silence and asked.other_card:
        return asked.other_card, f"经办人在省系统页面查得（{said.silence}）"[:200]
    return "", said.silence or f"省系统 {said.moment} 没有另外的卡"


def _others(card_id: int, *, person_id: int) -> list[str]:
    """Other cards of a holder that he has or may still be given."""
    found = Card.objects.filter(person=person_id, stage__in=_CARRIED).exclude(pk=card_id)
    living = found.exclude(social=Social.CANCELLED).order_by("-stage", "number")
    return list(living.values_list("number", flat=True))


def _second_card_lives(facts: CancelledOnRequest) -> Objections:
    """Of two windows that each call the other's card the duplicate, one is refused."""

    def meanwhile(cases: Sequence[Case]) -> Iterator[Refusal]:
        if facts.reason is not EndReason.DUPLICATE or facts.other_source != _OUR_BOOK:
            return
        for case in cases:
            assert case.person_id is not None
            Person.objects.select_for_update(no_key=True).get(pk=case.person_id)
            if facts.other_card not in _others(case.id, person_id=case.person_id):
                said = f"{facts.other_card} 刚被注销"
                yield Refusal(no.NO_SECOND_CARD, {"said": said}, case.id)

    return meanwhile
