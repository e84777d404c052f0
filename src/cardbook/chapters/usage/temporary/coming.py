"""Who may fetch a temporary card for its holder: as for the card itself (Art. 10, 11, 27)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from cardbook.cards.models import Application
from cardbook.chapters.fetching import Fetched, against_counts, lock_agents
from cardbook.chapters.mandates import Matter
from cardbook.chapters.representatives import (
    against_young_guardian,
    mandate_in_force,
    remembered,
    why_mandate_fails,
)
from cardbook.chapters.usage.errands import Errand
from cardbook.chapters.usage.temporary.forms import LendForm
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import full_years
from cardbook.lifecycle import guards
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import Relation, Signer
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.people.models import Mandate, Person, PickUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Comer:
    """Who came, and for whom; without `person` it is the holder himself."""

    holder: Person
    signer: Signer
    self_supporting: bool
    relation: str
    incapacitated: bool
    words: str
    person: Person | None = None
    mandate: Mandate | None = None
    errand: Errand | None = None

    @property
    def charge(self) -> dict[str, Any]:
        """What the act records of his paper; nothing where he needs or has none."""
        if self.errand is not None:
            return self.errand.facts()
        charge: dict[str, Any] = {"agent": self.person.pk if self.person else None}
        if self.mandate is not None:
            charge |= {
                "mandate": self.mandate.pk, "mandate_signed_on": self.mandate.signed_on,
                "mandate_until": self.mandate.until,
            }  # fmt: skip
        return charge


def who_came(
    form: LendForm, application: Application, *, errand: Errand | None, on: date
) -> Comer:
    """This function will find who came and the mandate he holds; a new person is entered.

    It is called within the act's transaction, so that nobody is entered for nothing. The paper is
    the one of the errand, registered by now, or one on file.
    """
    given, holder = form.cleaned_data, application.person
    signer, person, mandate = Signer(given["received_by"]), None, None
    if signer is not Signer.HOLDER:
        person = remembered(number=given["comer_number"], name=given["comer_name"], today=on)
    if errand is None and signer is Signer.PROXY and person is not None:
        mandate = mandate_in_force(
            principal_id=holder.pk, agent_id=person.pk, on=on, matter=Matter.BORROW
        )
    return Comer(
        holder=holder, signer=signer, self_supporting=given["self_supporting"],
        relation=given["relation"], incapacitated=given["incapacitated"],
        words=given["words"].strip(), person=person, mandate=mandate, errand=errand,
    )  # fmt: skip


def against_comer(
    comer: Comer, cases: Sequence[Case], *, by: Actor, approver: Actor | None, on: date
) -> Iterator[Refusal]:
    """This function will yield why he may not fetch it, with him locked: two windows count."""
    adult = whole_number("minor_age", on=on)
    age = full_years(comer.holder.born_on, on=on)
    if comer.person is not None:
        lock_agents([comer.person.pk])
        if comer.person.pk == comer.holder.pk:
            yield Refusal(no.PROXY_IS_HOLDER)
        if comer.person.died_on is not None and comer.errand is None:
            yield Refusal(no.AGENT_DEAD, {"died_on": comer.person.died_on})
    if comer.signer is Signer.GUARDIAN:
        yield from _against_guardian(comer, cases, age=age, adult=adult, on=on)
        return
    of_age = comer.self_supporting and age >= whole_number("self_supporting_age", on=on)
    if age < adult and not of_age:
        yield Refusal(no.HOLDER_IS_MINOR, {"age": age, "adult_age": adult})
    if comer.person is None:
        return
    if comer.errand is not None:
        yield from comer.errand.objections()
    elif comer.mandate is not None:
        yield from _against_mandate(comer.mandate, comer, on=on)
    fetched = Fetched(agent_id=comer.person.pk, card_id=None, on=on)
    yield from against_counts([fetched], of=act("temporary.lend"), approver=approver, by=by)


def _against_mandate(mandate: Mandate, comer: Comer, *, on: date) -> Iterator[Refusal]:
    """The one on file, read again with it locked: it may have been revoked a moment ago."""
    assert comer.person is not None
    locked = Mandate.objects.select_for_update(no_key=True).get(pk=mandate.pk)
    if why := why_mandate_fails(
        locked, agent=comer.person, holder_id=comer.holder.pk, on=on, matter=Matter.BORROW
    ):
        yield Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why})


def _against_guardian(
    comer: Comer, cases: Sequence[Case], *, age: int, adult: int, on: date
) -> Iterator[Refusal]:
    """A guardian of a minor or of an adult without capacity, as at pick-up (Art. 11)."""
    assert comer.person is not None
    if age >= adult and not comer.incapacitated:
        yield Refusal(no.NO_GUARDIAN_NEEDED, {"adult_age": adult})
    yield from against_young_guardian(comer.person, on=on)
    relation = Relation(comer.relation)
    for case in cases:
        misfit = guards.guardian_misfit(
            case, relation, words=comer.words, adult=comer.incapacitated
        )
        if misfit is not None:
            yield misfit


def note_pick_up(
    comer: Comer, application: Application, *, by: Actor, on: date, batch: UUID
) -> None:
    """This function will count what somebody fetched for another, in the act's transaction."""
    if comer.person is None:
        return
    PickUp.objects.create(
        agent=comer.person, holder=comer.holder, mandate_id=comer.charge.get("mandate"),
        county_id=by.county_id or application.county_id, relation=comer.relation,
        as_guardian=comer.signer is Signer.GUARDIAN, on=on, batch=batch,
    )  # fmt: skip
