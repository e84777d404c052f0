"""Who may come for others: handlers of a unit, proxies by mandate (Art. 8, 10, 11).

The people themselves are `Person` rows like any holder; here is only what they are entitled to.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from cardbook.cards.states import Standing, Subject
from cardbook.law.parameters import whole_number
from cardbook.ledger.models import Event
from cardbook.lib.citizen_number import parse
from cardbook.lib.clock import full_years, local_day
from cardbook.lib.names import parse_name
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import Signing
from cardbook.lifecycle.guards.mandates import why_out_of_term
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.models import User
from cardbook.people import vault
from cardbook.people.models import Handler, KeepingPlan, Mandate, Person, PickUp, UnitLetter


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What is on file of a unit or village that wants cards for its people, on one day."""

    handler_ids: tuple[int, ...]
    letter: UnitLetter | None
    plan: KeepingPlan | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateTerms:
    """What a mandate says, as read off the paper (Civil Code art. 165)."""

    since: date
    until: date
    signed_on: date
    reason: str
    relation: str
    scope: str = ""
    paper_digest: str = ""
    signing: Signing = Signing.PAPER
    witness: str = ""
    matter: Mandate.Matter = Mandate.Matter.PICK_UP


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateNote:
    """What the ledger says of a mandate: on which day, by whom, in what words, which facts."""

    on: date
    who: str
    words: str
    facts: Mapping[str, Any]


def in_force(on: date) -> Q:
    """This function will make the condition that a paper holds on a day, its last one included."""
    return Q(since__lte=on) & (Q(until=None) | Q(until__gte=on))


def readiness_of(organization_id: int, *, on: date, lock: bool = False) -> Readiness:
    """This function will read what is on file; with `lock` it stays so until the end."""
    letters = UnitLetter.objects.filter(
        in_force(on), Q(revoked_on=None) | Q(revoked_on__gt=on), organization_id=organization_id
    ).order_by("-since", "-id")
    plans = KeepingPlan.objects.filter(in_force(on), organization_id=organization_id)
    if lock:
        letters, plans = letters.select_for_update(no_key=True), plans.select_for_update()
    letter = letters.first()
    handlers = Handler.objects.filter(in_force(on), letter=letter) if letter else None
    return Readiness(
        handler_ids=tuple(handlers.order_by("id").values_list("person_id", flat=True))
        if handlers is not None
        else (),
        letter=letter,
        plan=plans.order_by("-since", "-id").first(),
    )


def why_mandate_fails(
    mandate: Mandate, *, agent: Person, holder_id: int, on: date,
    matter: Mandate.Matter = Mandate.Matter.PICK_UP,
) -> str:  # fmt: skip
    """This function will say why a mandate does not cover a matter, or "" (CC 165, 173)."""
    revoked = revoked_words(mandate)
    reasons = (
        (mandate.principal_id != holder_id, "委托人不是这位持卡人"),
        (mandate.agent_id != agent.pk, "受托人不是来办理的人"),
        (mandate.matter != matter, f"委托事项不含“{matter.label}”"),
        (bool(revoked), revoked),
    )
    found = next((words for fails, words in reasons if fails), "")
    late = why_out_of_term(
        signed_on=mandate.signed_on, since=mandate.since, until=mandate.until, on=on
    )
    return found or late or too_young_to_act(agent, on=on)


def too_young_to_act(agent: Person, *, on: date) -> str:
    """This function will say that somebody is too young to be charged with anything, or "".

    Nobody under 16 counts as of age, whatever he earns (Civil Code 18, 173).
    """
    age, least = full_years(agent.born_on, on=on), whole_number("self_supporting_age", on=on)
    return f"代领人 {age} 周岁，未满 {least} 周岁，请委托成年人" if age < least else ""


def against_young_guardian(
    guardian: Person, *, on: date, card_id: int | None = None
) -> Iterator[Refusal]:
    """This function will yield that a guardian is a minor himself (Art. 11; Civil Code 17, 27)."""
    age, adult = full_years(guardian.born_on, on=on), whole_number("minor_age", on=on)
    if age < adult:
        yield Refusal(no.GUARDIAN_IS_MINOR, {"age": age, "adult_age": adult}, card_id)


def mandate_with(*, principal_id: int, agent_id: int, terms: MandateTerms) -> Mandate | None:
    """This function will find a mandate by its parties and term: the same paper is the same one.

    One that was revoked stays revoked, however often it is shown.
    """
    return Mandate.objects.filter(
        principal_id=principal_id,
        agent_id=agent_id,
        matter=terms.matter,
        since=terms.since,
        until=terms.until,
        signed_on=terms.signed_on,
    ).first()


def mandate_notes(ids: Sequence[int]) -> dict[int, dict[str, MandateNote]]:
    """This function will read off the ledger who registered and who revoked each, by act."""
    events = Event.objects.filter(subject_kind=Subject.MANDATE, subject_id__in=ids).order_by("seq")
    names = dict(
        User.objects.filter(pk__in={one.actor_id for one in events}).values_list("pk", "name")
    )
    notes: dict[int, dict[str, MandateNote]] = {}
    for one in events:
        facts = json.loads(one.facts)
        notes.setdefault(one.subject_id, {})[one.act] = MandateNote(
            on=local_day(one.happened_at),
            who=names[one.actor_id],
            words=facts.get("words", ""),
            facts=facts,
        )
    return notes


def revoked_words(mandate: Mandate) -> str:
    """This function will say since when a mandate is revoked, or ""."""
    if mandate.standing != Standing.REVOKED:
        return ""
    return f"已于 {mandate_notes([mandate.pk])[mandate.pk]['mandate.revoke'].on} 撤销"


def mandate_in_force(
    *, principal_id: int, agent_id: int, on: date,
    matter: Mandate.Matter = Mandate.Matter.PICK_UP,
) -> Mandate | None:  # fmt: skip
    """This function will find the newest mandate between two people that covers a day."""
    return (
        Mandate.objects.filter(
            standing=Standing.REGISTERED,
            principal_id=principal_id,
            agent_id=agent_id,
            matter=matter,
            since__lte=on,
            until__gte=on,
            signed_on__lte=on,
        )
        .order_by("-until", "-id")
        .first()
    )


def uncount_pick_up(*, batch: UUID, holder_id: int) -> None:
    """This function will take back the count of a pick-up that was registered by mistake."""
    PickUp.objects.filter(batch=batch, holder_id=holder_id).delete()


def remembered(*, number: str, name: str, phone: str = "", today: date) -> Person:
    """This function will find a person by number or enter him, with the name and phone given.

    A person the book knows keeps his name; a phone it did not have is added.

    :raises cardbook.lib.plain.InputError: when the number or the name cannot be anybody's.
    """
    phones = (
        {
            "phone_sealed": vault.seal_text(phone, context=vault.PHONE),
            "phone_index": vault.phone_index(phone),
        }
        if phone
        else {}
    )
    columns = _columns(number, name, today=today)
    person, _ = Person.objects.get_or_create(
        number_index=columns["number_index"], defaults={**columns, **phones}
    )
    if phones and person.phone_sealed is None:
        Person.objects.filter(pk=person.pk, phone_sealed=None).update(**phones)
    return person


def remembered_all(names: Mapping[str, str], *, today: date) -> dict[str, Person]:
    """This function will find or enter many people, names by number, as `remembered` does one.

    :raises cardbook.lib.plain.InputError: when a number or a name cannot be anybody's.
    """
    fresh: dict[bytes, Person] = {}
    index: dict[str, bytes] = {}
    for number, name in names.items():
        columns = _columns(number, name, today=today)
        index[number] = columns["number_index"]
        fresh[index[number]] = Person(**columns)
    known = _by_index(list(fresh))
    # In one order everywhere, so that two who enter the same people wait and do not lock up.
    new = sorted(fresh.keys() - known.keys())
    if new:
        Person.objects.bulk_create([fresh[one] for one in new], ignore_conflicts=True)
        known |= _by_index(new)
    return {number: known[one] for number, one in index.items()}


def _by_index(indexes: Sequence[bytes]) -> dict[bytes, Person]:
    found = Person.objects.filter(number_index__in=indexes)
    return {bytes(person.number_index): person for person in found}


def _columns(number: str, name: str, *, today: date) -> dict[str, Any]:
    """What is entered of a person nobody knew."""
    parsed, called = parse(number, today=today), parse_name(name).name
    return {
        "number_index": vault.number_index(parsed.number),
        "number_kind": str(parsed.kind),
        "number_sealed": vault.seal_text(parsed.number, context=vault.NUMBER),
        "name_sealed": vault.seal_text(called, context=vault.NAME),
        "search_keys": vault.search_keys(name=called, number=parsed.number),
        "born_on": parsed.born_on,
        "sex": str(parsed.sex.value),
    }
