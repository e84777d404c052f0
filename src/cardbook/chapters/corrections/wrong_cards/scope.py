"""Whose wrong cards somebody reads: his county's, or at a bank's outlet what it took back (13).

An outlet lies in no county: the handling is the card's county's, the outlet follows its own part.
"""

from collections.abc import Iterator, Sequence

from django.db.models import QuerySet

from cardbook.cards.models import Correction, SearchKey
from cardbook.cards.search import holders_found
from cardbook.cards.states import CLOSED_CORRECTIONS, Subject
from cardbook.law.roles import SEES_PEOPLE, Role
from cardbook.ledger.models import Event
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor

READERS = SEES_PEOPLE | {Role.BANK_TELLER}


def taken_back_by(by: Actor) -> int | None:
    """This function will name the outlet whose handlings alone an actor reads, or None."""
    return by.org_id if by.role is Role.BANK_TELLER else None


def reads_under(by: Actor) -> str:
    """This function will tell under which path the counties lie whose handlings an actor reads."""
    return "" if taken_back_by(by) else by.county_path


def corrections_of(by: Actor) -> QuerySet[Correction]:
    """This function will find the handlings an actor reads."""
    outlet = taken_back_by(by)
    if outlet is None:
        return Correction.objects.filter(county__path__startswith=by.county_path)
    begun = Event.objects.filter(subject_kind=Subject.CORRECTION, seq=1, org_id=outlet)
    return Correction.objects.filter(pk__in=begun.values("subject_id"))


def people_found(keys: Sequence[int], *, by: Actor, limit: int) -> list[int]:
    """This function will find by blind keys the holders whose wrong cards an actor reads."""
    if taken_back_by(by) is None:
        return holders_found(keys=keys, within=by.county_path, limit=limit)
    found = corrections_of(by).values_list("person_id", flat=True)
    for key in keys:
        found = found.filter(person__in=SearchKey.objects.filter(key=key).values("person_id"))
    return sorted(set(found))[:limit] if keys else []


def open_correction_of(*, card_number: str, by: Actor) -> int | None:
    """This function will find the handling under way of a card by its number, or None."""
    found = corrections_of(by).filter(card__number=card_number)
    one = found.exclude(progress__in=CLOSED_CORRECTIONS).first()
    return one.pk if one else None


def open_corrections(*, by: Actor) -> int:
    """This function will count the handlings under way that an actor reads."""
    return corrections_of(by).exclude(progress__in=CLOSED_CORRECTIONS).count()


def not_begun_here(cases: Sequence[Case], *, by: Actor) -> Iterator[Refusal]:
    """This function will refuse an outlet what another office took back; others judge the row."""
    if taken_back_by(by) is None:
        return
    ids = [case.id for case in cases]
    own = set(corrections_of(by).filter(pk__in=ids).values_list("pk", flat=True))
    for case in cases:
        if case.id not in own:
            values = {"custodian": case.custodian_name, "reach": "本机构收回的错卡"}
            yield Refusal(no.OUT_OF_REACH, values, case.id)
