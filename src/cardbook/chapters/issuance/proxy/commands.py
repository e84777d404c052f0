"""Hands a card to whom the holder charged with it, or to his guardian (Art. 10, 11).

One `perform()` each: the one who came, the mandate, the card and the count are one transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from cardbook.cards.models import Card
from cardbook.chapters.collecting import OldCardBack, collected_steps, old_card_steps
from cardbook.chapters.fetching import Fetched, against_counts, lock_agents
from cardbook.chapters.mandates import mandate_step
from cardbook.chapters.representatives import (
    MandateTerms,
    against_young_guardian,
    remembered,
    why_mandate_fails,
)
from cardbook.chapters.typed_numbers import Typed, recheck_of
from cardbook.chapters.ways_open import objections_to_way
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    CardIssued,
    CardIssuedToGuardian,
    CardIssuedToProxy,
    IdentityReading,
    ProxyReason,
    Relation,
    Signer,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Objections, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images
from cardbook.people.models import Mandate, Person, PickUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Comer:
    """Who stands at the window, as his document says, and how it was read."""

    number: str
    name: str
    phone: str = ""
    identity: IdentityReading = IdentityReading.TYPED


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """What any hand-over to somebody else consists of.

    `again` is what was typed a second time of his number, when it was not read (Art. 8 para. 4).
    """

    card_id: int
    given: CardIssued
    papers: Sequence[Presented]
    told: Sequence[str]
    images: Sequence[KeptImage] = ()
    old_card: OldCardBack | None = None
    again: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Why and how the holder sends somebody: a mandate on file by its id, or its terms."""

    mandate: int | MandateTerms
    reason: ProxyReason
    relation: Relation
    words: str = ""


def issue_to_proxy(
    *,
    hand_over: HandOver,
    comer: Comer,
    charge: Charge,
    by: Actor,
    approver: Actor | None = None,
    second: Actor | None = None,
    at: datetime,
    key: str,
) -> Done:
    """This function will hand the card to whom its holder charged with it (Art. 10).

    A mandate shown for the first time is registered, and a person the book does not know is
    entered, in the same transaction. `approver` signs where the year's limit is reached, and has
    looked at the document; else `second` has where its number was typed.

    :raises Refused: when the mandate does not cover it, a limit is reached, or papers are missing.
    """
    on, signing = local_day(at), approver or second
    holder = Card.objects.select_related("county").get(pk=hand_over.card_id)
    visit = _Visit(holder=holder, comer=comer, charge=charge, by=by, on=on)
    typed = _typed("card.issue_proxy", hand_over, comer, by=by, second=signing)

    def step() -> Step:
        agent_id, mandate_id = visit.agent().pk, visit.mandate_id
        facts = CardIssuedToProxy(
            **_common(hand_over.given, on=on), agent=agent_id, mandate=mandate_id,
            words=charge.words, reason=charge.reason, relation=charge.relation,
        )  # fmt: skip
        return _step(facts, hand_over, typed, lambda cases: _against_proxy(
            cases, agent_id=agent_id, mandate_id=mandate_id, approver=approver, by=by, on=on
        ), on=on)  # fmt: skip

    before, after = _around(hand_over, Signer.PROXY, by=by, key=key)
    shown = (visit.registered, step) if isinstance(charge.mandate, MandateTerms) else (step,)
    return perform(
        *before, *shown, *after, by=by, second=signing, at=at, key=key,
        also=lambda done: _note([visit.pick_up()], done, images=hand_over.images, by=by),
    )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Visit:
    """Somebody comes for a holder; who he is and his mandate are entered in the transaction."""

    holder: Card
    comer: Comer
    charge: Charge
    by: Actor
    on: date
    mandate_id: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.charge.mandate, MandateTerms):
            self.mandate_id = self.charge.mandate

    def agent(self) -> Person:
        """The one who came, known or entered now."""
        comer = self.comer
        person = remembered(number=comer.number, name=comer.name, phone=comer.phone, today=self.on)
        if person.pk == self.holder.person_id:
            raise Refused([Refusal(no.PROXY_IS_HOLDER, {}, self.holder.pk)])
        return person

    def registered(self) -> Step:
        """The mandate he shows, registered or found."""
        assert isinstance(self.charge.mandate, MandateTerms)
        self.mandate_id, step = mandate_step(
            principal_id=self.holder.person_id, agent_id=self.agent().pk,
            terms=self.charge.mandate, by=self.by,
        )  # fmt: skip
        return step

    def pick_up(self) -> PickUp:
        """What is counted of it."""
        return _pick_up(
            self.holder, self.agent(), self.charge.relation, by=self.by, on=self.on,
            mandate_id=self.mandate_id,
        )  # fmt: skip


def issue_to_guardian(
    *,
    hand_over: HandOver,
    comer: Comer,
    relation: Relation,
    proof: str,
    incapacitated: bool = False,
    words: str = "",
    by: Actor,
    second: Actor | None = None,
    at: datetime,
    key: str,
) -> Done:
    """This function will hand a minor's card, or that of an adult without capacity, to the
    guardian (Art. 11).

    :raises Refused: when he is under age or dead, comes later in the law's order without a word
        why, or papers are missing; nothing was changed.
    """
    on = local_day(at)
    holder = Card.objects.select_related("county").get(pk=hand_over.card_id)
    came: list[PickUp] = []
    typed = _typed("card.issue_guardian", hand_over, comer, by=by, second=second)

    def step() -> Step:
        person = remembered(number=comer.number, name=comer.name, phone=comer.phone, today=on)
        came[:] = [_pick_up(holder, person, relation, by=by, on=on)]
        facts = CardIssuedToGuardian(
            **_common(hand_over.given, on=on), guardian=person.pk, relation=relation, proof=proof,
            incapacitated=incapacitated, words=words,
        )  # fmt: skip
        return _step(facts, hand_over, typed, lambda cases: _against_guardian(
            cases, guardian_id=person.pk, on=on
        ), on=on)  # fmt: skip

    before, after = _around(hand_over, Signer.GUARDIAN, by=by, key=key)
    return perform(
        *before, step, *after, by=by, second=second, at=at, key=key,
        also=lambda done: _note(came, done, images=hand_over.images, by=by),
    )  # fmt: skip


def _around(
    given: HandOver, signer: Signer, *, by: Actor, key: str
) -> tuple[list[Step], list[Step]]:
    """What is done of an old card before the hand-over, and of the application after it."""
    before = old_card_steps(
        given.old_card, new_card_id=given.card_id, shown=given.papers, signer=signer
    )
    return before, collected_steps([given.card_id], by=by, key=key)


def _typed(code: str, given: HandOver, comer: Comer, *, by: Actor, second: Actor | None) -> Typed:
    return Typed(of=code, again=given.again, by=by, second=second, number=comer.number)


def _step(
    facts: CardIssued, given: HandOver, typed: Typed, objections: Objections, *, on: date
) -> Step:
    def all_objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        yield from objections_to_way(cases, way=facts.way, on=on)
        yield from typed.objections(cases, facts)
        yield from objections(cases)

    return Step(
        act=act(typed.of),
        facts=facts,
        subject_ids=[given.card_id],
        papers=given.papers,
        told=given.told,
        objections=all_objections,
    )


def _common(given: CardIssued, *, on: date) -> dict[str, Any]:
    """What any hand-over says, with how a typed number was checked."""
    said = {one.name: getattr(given, one.name) for one in fields(CardIssued)}
    return said | {"recheck": recheck_of(given.identity, on=on)}


def _pick_up(
    card: Card, person: Person, relation: Relation, *, by: Actor, on: date, mandate_id: int = 0
) -> PickUp:
    return PickUp(
        agent=person, holder_id=card.person_id, mandate_id=mandate_id or None,
        county_id=by.county_id or card.county_id, relation=str(relation),
        as_guardian=not mandate_id, on=on,
    )  # fmt: skip


def _note(came: list[PickUp], done: Done, *, images: Sequence[KeptImage], by: Actor) -> None:
    for one in came:
        one.batch = done.batch
    PickUp.objects.bulk_create(came)
    keep_images(images, by=by)


def _against_guardian(cases: Sequence[Case], *, guardian_id: int, on: date) -> Iterator[Refusal]:
    """The guardian is of age and alive on the day (Art. 11; Civil Code art. 17)."""
    person = Person.objects.get(pk=guardian_id)
    case_id = cases[0].id if cases else None
    if person.died_on is not None:
        yield Refusal(no.AGENT_DEAD, {"died_on": person.died_on}, case_id)
    yield from against_young_guardian(person, on=on, card_id=case_id)


def _against_proxy(
    cases: Sequence[Case],
    *,
    agent_id: int,
    mandate_id: int,
    approver: Actor | None,
    by: Actor,
    on: date,
) -> Iterator[Refusal]:
    """With the agent locked, so that two windows count one after the other (Art. 10)."""
    agent = lock_agents([agent_id])[agent_id]
    case_id = cases[0].id if cases else None
    if agent.died_on is not None:
        yield Refusal(no.AGENT_DEAD, {"died_on": agent.died_on}, case_id)
    mandate = Mandate.objects.select_for_update(no_key=True).filter(pk=mandate_id).first()
    why = "没有登记这份委托书"
    if mandate is not None:
        holder_id = (cases[0].person_id if cases else None) or 0
        why = why_mandate_fails(mandate, agent=agent, holder_id=holder_id, on=on)
    if why:
        yield Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why}, case_id)
    fetched = Fetched(agent_id=agent_id, card_id=case_id, on=on)
    yield from against_counts([fetched], of=act("card.issue_proxy"), approver=approver, by=by)
