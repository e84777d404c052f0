"""Files who may take cards for a unit, and how it keeps them safe (Art. 8 para. 3, 20).

No card moves here; each change is an event of the organisation, so that it is never altered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from cardbook.chapters.duties.receivers.queries import REMINDED, rows, units
from cardbook.chapters.representatives import remembered
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.changes import Decree, record_change
from cardbook.orgs.models import Organization
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images
from cardbook.people.models import Handler, KeepingPlan, UnitLetter

WRITERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.CARD_KEEPER, Role.AGENCY_CLERK})
_BASIS = "第八条第三款、第二十条"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A handler as the letter names him."""

    number: str
    name: str
    phone: str = ""


def _unit(unit_id: int, *, by: Actor) -> Organization:
    """The unit, locked, open and within the actor's county."""
    unit = Organization.objects.select_for_update(no_key=True).get(pk=unit_id)
    if by.role not in WRITERS or not unit.path.startswith(by.county_path):
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": unit.name})])
    if not unit.in_force:
        raise Refused([Refusal(no.ORG_CLOSED_NOW)])
    return unit


def _decree(*, by: Actor, at: datetime, on: date, words: str) -> Decree:
    return Decree(by=by, at=at, on=on, words=words, basis=_BASIS)


@transaction.atomic
def file_letter(
    *,
    unit_id: int,
    number: str,
    since: date,
    until: date,
    handlers: Sequence[Named],
    image: KeptImage | None = None,
    by: Actor,
    at: datetime,
) -> UnitLetter:
    """This function will file a letter of authority with everybody it names.

    The same letter sent twice is one; whoever is new on it is added.

    :raises Refused: when the unit is another county's or closed.
    :raises cardbook.lib.plain.InputError: when a number or a name cannot be anybody's.
    """
    unit = _unit(unit_id, by=by)
    letter, new = UnitLetter.objects.get_or_create(
        organization=unit, number=number, since=since, until=until,
        defaults={"paper_digest": image.digest if image else ""},
    )  # fmt: skip
    if image is not None and new:
        keep_images([image], by=by)
    if new:
        record_change(
            "unit.file_letter", unit, _decree(by=by, at=at, on=since, words=number),
            letter=letter.pk, until=until,
        )  # fmt: skip
    for named in handlers:
        _add(letter, named, unit=unit, since=since, by=by, at=at)
    return letter


@transaction.atomic
def add_handler(*, letter_id: int, named: Named, since: date, by: Actor, at: datetime) -> Handler:
    """This function will add a handler to a letter that holds.

    :raises Refused: when the letter was revoked or has ended, or the unit is not the actor's.
    :raises cardbook.lib.plain.InputError: when the number or the name cannot be anybody's.
    """
    letter = UnitLetter.objects.select_for_update().get(pk=letter_id)
    unit = _unit(letter.organization_id, by=by)
    _refuse_ended(letter, unit, on=local_day(at))
    return _add(letter, named, unit=unit, since=since, by=by, at=at)


def _refuse_ended(letter: UnitLetter, unit: Organization, *, on: date) -> None:
    revoked = letter.revoked_on is not None and letter.revoked_on <= on
    if revoked or letter.until < on:
        why = "：该授权书已撤销" if revoked else f"：该授权书已于 {letter.until} 到期"
        raise Refused([Refusal(no.LETTER_NOT_VALID, {"unit": unit.name, "why": why})])


def _add(
    letter: UnitLetter, named: Named, *, unit: Organization, since: date, by: Actor, at: datetime
) -> Handler:
    person = remembered(
        number=named.number, name=named.name, phone=named.phone, today=local_day(at)
    )
    handler, new = Handler.objects.get_or_create(
        letter=letter, person=person, defaults={"since": since}
    )
    if new:
        record_change(
            "unit.add_handler", unit, _decree(by=by, at=at, on=since, words=letter.number),
            letter=letter.pk, person=person.pk,
        )  # fmt: skip
    return handler


@transaction.atomic
def end_handler(*, handler_id: int, until: date, words: str, by: Actor, at: datetime) -> Handler:
    """This function will end a handler's authority; his last day is `until`.

    :raises Refused: when the unit is not the actor's, or no reason was given.
    """
    handler = Handler.objects.select_for_update().select_related("letter").get(pk=handler_id)
    unit = _unit(handler.letter.organization_id, by=by)
    _refuse_silence(words)
    if handler.until == until:
        return handler
    handler.until = until
    Handler.objects.filter(pk=handler_id).update(until=until)
    record_change(
        "unit.end_handler", unit, _decree(by=by, at=at, on=until, words=words),
        letter=handler.letter_id, person=handler.person_id,
    )  # fmt: skip
    return handler


@transaction.atomic
def revoke_letter(*, letter_id: int, on: date, words: str, by: Actor, at: datetime) -> UnitLetter:
    """This function will revoke a letter from a day on; nobody takes cards by it from then.

    :raises Refused: when it was revoked before, no reason was given, or the unit is not the
        actor's.
    """
    letter = UnitLetter.objects.select_for_update().get(pk=letter_id)
    unit = _unit(letter.organization_id, by=by)
    _refuse_silence(words)
    if letter.revoked_on == on:
        return letter
    if letter.revoked_on is not None:
        why = f"：已于 {letter.revoked_on} 撤销"
        raise Refused([Refusal(no.LETTER_NOT_VALID, {"unit": unit.name, "why": why})])
    letter.revoked_on = on
    UnitLetter.objects.filter(pk=letter_id).update(revoked_on=on)
    record_change(
        "unit.revoke_letter", unit, _decree(by=by, at=at, on=on, words=words), letter=letter_id
    )
    return letter


@transaction.atomic
def file_plan(
    *,
    unit_id: int,
    words: str,
    since: date,
    until: date | None,
    image: KeptImage | None = None,
    by: Actor,
    at: datetime,
) -> KeepingPlan:
    """This function will file how a unit keeps cards safe (Art. 20); the same twice is one.

    :raises Refused: when the unit is not the actor's, or nothing was written.
    """
    unit = _unit(unit_id, by=by)
    _refuse_silence(words)
    plan, new = KeepingPlan.objects.get_or_create(
        organization=unit, words=words, since=since, until=until,
        defaults={"paper_digest": image.digest if image else ""},
    )  # fmt: skip
    if new:
        if image is not None:
            keep_images([image], by=by)
        record_change(
            "unit.file_plan", unit, _decree(by=by, at=at, on=since, words=words[:200]),
            plan=plan.pk,
        )  # fmt: skip
    return plan


@transaction.atomic
def remind_unit(*, unit_id: int, words: str, by: Actor, at: datetime) -> str:
    """This function will write down that a unit was told what its file lacks; returns what.

    :raises Refused: when it lacks nothing and nothing ends soon, the unit is not the actor's, or
        it is not said how it was told.
    """
    unit, on = _unit(unit_id, by=by), local_day(at)
    _refuse_silence(words)
    (row,) = rows(list(units(by, on=on).filter(pk=unit_id)), on=on)
    owed = "；".join((*row.lacks, *(["授权书快到期"] if row.is_ending else [])))
    if not owed:
        raise Refused([Refusal(no.UNIT_FILE_COMPLETE, {"unit": unit.name})])
    decree = _decree(by=by, at=at, on=on, words=words.strip())
    record_change(REMINDED, unit, decree, owed=owed)
    return owed


def _refuse_silence(words: str) -> None:
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
