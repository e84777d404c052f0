"""Who may fetch a temporary card for its holder: as for the card itself (Art. 10, 11, 27)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cardbook.cards.models import Application
from cardbook.chapters.fetching import lock_agents, picked_up_by
from cardbook.chapters.representatives import mandate_in_force, remembered
from cardbook.chapters.usage.temporary.forms import LendForm
from cardbook.law.parameters import quoted, whole_number
from cardbook.lib.clock import full_years
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import Signer
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
    person: Person | None = None
    mandate: Mandate | None = None


def who_came(form: LendForm, application: Application, *, on: date) -> Comer:
    """This function will find who came and the mandate he holds; a new person is entered.

    It is called within the act's transaction, so that nobody is entered for nothing.
    """
    given, holder = form.cleaned_data, application.person
    signer, person, mandate = Signer(given["received_by"]), None, None
    if signer is not Signer.HOLDER:
        person = remembered(number=given["comer_number"], name=given["comer_name"], today=on)
    if signer is Signer.PROXY and person is not None:
        mandate = mandate_in_force(principal_id=holder.pk, agent_id=person.pk, on=on)
    return Comer(
        holder=holder, signer=signer, self_supporting=given["self_supporting"],
        relation=given["relation"], person=person, mandate=mandate,
    )  # fmt: skip


def against_comer(comer: Comer, *, on: date) -> Iterator[Refusal]:
    """This function will yield why he may not fetch it, with him locked: two windows count."""
    adult = whole_number("minor_age", on=on)
    age = full_years(comer.holder.born_on, on=on)
    if comer.person is not None:
        lock_agents([comer.person.pk])
        if comer.person.pk == comer.holder.pk:
            yield Refusal(no.PROXY_IS_HOLDER)
        if comer.person.died_on is not None:
            yield Refusal(no.AGENT_DEAD, {"died_on": comer.person.died_on})
    if comer.signer is Signer.GUARDIAN:
        yield from _against_guardian(comer, age=age, adult=adult, on=on)
        return
    of_age = comer.self_supporting and age >= whole_number("self_supporting_age", on=on)
    if age < adult and not of_age:
        yield Refusal(no.HOLDER_IS_MINOR, {"age": age, "adult_age": adult})
    if comer.person is not None:
        yield from _against_agent(comer, comer.person.pk, on=on)


def _against_guardian(comer: Comer, *, age: int, adult: int, on: date) -> Iterator[Refusal]:
    assert comer.person is not None
    if age >= adult:
        yield Refusal(no.NO_GUARDIAN_NEEDED, {"adult_age": adult})
    his = full_years(comer.person.born_on, on=on)
    if his < adult:
        yield Refusal(no.GUARDIAN_IS_MINOR, {"age": his, "adult_age": adult})


def _against_agent(comer: Comer, agent_id: int, *, on: date) -> Iterator[Refusal]:
    """A mandate on file, and no more cards than one may fetch for others (Art. 10)."""
    if comer.mandate is None:
        why = "没有登记在有效期内、由持卡人委托此人领卡的委托书"
        yield Refusal(no.MANDATE_DOES_NOT_COVER, {"why": why})
    spans = (
        ("今天", on, "agent_max_cards_per_day"),
        ("今年", date(on.year, 1, 1), "agent_max_cards_per_year"),
    )
    for span, since, key in spans:
        count = picked_up_by(agent_id, since=since, until=on)
        if count >= whole_number(key, on=on):
            values = {"span": span, "count": count, "limit": quoted(key, on=on)}
            yield Refusal(no.AGENT_LIMIT, values)


def note_pick_up(
    comer: Comer, application: Application, *, by: Actor, on: date, batch: UUID
) -> None:
    """This function will count what somebody fetched for another, in the act's transaction."""
    if comer.person is None:
        return
    PickUp.objects.create(
        agent=comer.person, holder=comer.holder, mandate=comer.mandate,
        county_id=by.county_id or application.county_id, relation=comer.relation,
        as_guardian=comer.signer is Signer.GUARDIAN, on=on, batch=batch,
    )  # fmt: skip
