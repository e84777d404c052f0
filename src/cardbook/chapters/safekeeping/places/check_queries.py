"""Reads checks of six protections and four rules, and which places are due (Art. 20, 21)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, DateTimeField, Max, Q, QuerySet
from django.db.models.functions import Cast, Coalesce

from cardbook.chapters.reminding import Reminder, newest_since, reminders
from cardbook.chapters.safekeeping.models import KeepingCheck, KeepingPlace
from cardbook.chapters.safekeeping.places.queries import places_within
from cardbook.law.measures import MEASURES, Measure
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor

# An event of the office, one for each place it was told to check.
REMINDED = "check.remind"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueCheck:
    """A place that was not checked in time. `checked_at` None: never."""

    place_id: int
    place: str
    office: str
    where: str
    checked_at: datetime | None
    days: int
    own: bool
    reminded: Reminder | None = None


def due_checks(by: Actor, *, at: datetime) -> list[DueCheck]:
    """This function will list places not checked within the period, the longest first."""
    late = list(_not_checked(by, at=at))
    offices = {place.organization_id for place in late}
    told = reminders(REMINDED, of=offices, fact="place") if late else {}
    return [_due(place, by=by, told=told, at=at) for place in late]


def is_due(place_id: int, *, by: Actor, at: datetime) -> bool:
    """This function will say whether a place was not checked within the period."""
    return _not_checked(by, at=at).filter(pk=place_id).exists()


def reminded_count(by: Actor, *, at: datetime) -> int:
    """This function will count overdue places of the actor's own office it was told of since."""
    late = list(_not_checked(by, at=at).filter(organization=by.org_id))
    told = reminders(REMINDED, of=[by.org_id], fact="place") if late else {}
    return sum(_due(place, by=by, told=told, at=at).reminded is not None for place in late)


def due_count(by: Actor, *, at: datetime) -> int:
    """This function will count places not checked within the period."""
    return _not_checked(by, at=at).count()


def _not_checked(by: Actor, *, at: datetime) -> QuerySet[KeepingPlace]:
    before = at - timedelta(days=whole_number("custody_check_days", on=local_day(at)))
    return (
        places_within(by)
        .filter(closed_on=None)
        .annotate(last=Max("checks__at"))
        .annotate(begin=Coalesce("last", Cast("opened_on", DateTimeField())))
        .filter(begin__lt=before)
        .order_by("begin", "organization__code", "name", "id")
    )


def _due(
    place: KeepingPlace, *, by: Actor, told: Mapping[int, list[Reminder]], at: datetime
) -> DueCheck:
    last: datetime | None = place.last  # type: ignore[attr-defined]
    begin: datetime = place.begin  # type: ignore[attr-defined]
    return DueCheck(
        place_id=place.pk,
        place=place.name,
        office=place.organization.name,
        where=place.where,
        checked_at=last,
        days=(at - begin).days,
        own=place.organization_id == by.org_id,
        reminded=newest_since(told, place.pk, since=begin),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One measure and what was found of it."""

    measure: Measure
    in_order: bool
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One check as pages show it."""

    id: int
    place_id: int
    place: str
    office: str
    checked_by: str
    at: datetime
    words: str
    photo: str
    wrong: int


SORTS = {"-at": "新的在前", "at": "旧的在前", "place__organization__code": "按机构"}


def checks(by: Actor, *, text: str, wrong: bool, sort: str) -> QuerySet[KeepingCheck]:
    """This function will list checks the actor may see; `wrong` keeps those with a shortcoming."""
    found = KeepingCheck.objects.filter(place__in=places_within(by))
    if text:
        found = found.filter(
            Q(place__name__icontains=text) | Q(place__organization__name__icontains=text)
        )
    found = found.select_related("place__organization", "checked_by").annotate(
        faults=Count("answers", filter=Q(answers__in_order=False))
    )
    if wrong:
        found = found.filter(faults__gt=0)
    return found.order_by(sort, "-id")


def check_rows(found: Iterable[KeepingCheck]) -> list[CheckRow]:
    """This function will freeze checks for a list."""
    return [
        CheckRow(
            id=one.pk,
            place_id=one.place_id,
            place=one.place.name,
            office=one.place.organization.name,
            checked_by=one.checked_by.name,
            at=one.at,
            words=one.words,
            photo=one.photo,
            wrong=one.faults,  # type: ignore[attr-defined]
        )
        for one in found
    ]


def check_of(by: Actor, *, check_id: int) -> tuple[CheckRow, tuple[AnswerRow, ...]]:
    """This function will return one check with its answers, in the order of the regulation.

    :raises KeepingCheck.DoesNotExist: when it is another county's or office's.
    """
    found = checks(by, text="", wrong=False, sort="-at").get(pk=check_id)
    (row,) = check_rows([found])
    return row, answers_of(found)


def answers_of(found: KeepingCheck) -> tuple[AnswerRow, ...]:
    """This function will list what a check found of each measure it answered."""
    given = {one.measure: one for one in found.answers.all()}
    return tuple(
        AnswerRow(
            measure=measure,
            in_order=given[measure.code].in_order,
            remedy=given[measure.code].remedy,
        )
        for measure in MEASURES
        if measure.code in given
    )
