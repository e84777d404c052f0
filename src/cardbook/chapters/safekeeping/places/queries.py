"""Reads places and who holds their keys (Art. 20); nothing here writes.

`check_queries.py` beside it lists checks, `incident_queries.py` incidents.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from cardbook.chapters.representatives import readiness_of
from cardbook.chapters.safekeeping.models import Holding, KeepingPlace
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization, Post
from cardbook.people.holders import holder_of
from cardbook.people.models import Person

# Who looks over a whole county; everybody else who keeps cards sees his own office's places.
_OVERSEERS = frozenset(
    {
        Role.CITY_MANAGER,
        Role.COUNTY_MANAGER,
        Role.CARD_KEEPER,
        Role.REVIEWER,
        Role.AUDITOR,
    }
)
# Who enters places, keys and checks; readers add those who only look.
WRITERS = frozenset(
    {
        Role.CITY_MANAGER,
        Role.COUNTY_MANAGER,
        Role.CARD_KEEPER,
        Role.AGENCY_CLERK,
        Role.WINDOW_CLERK,
        Role.BANK_TELLER,
        Role.VILLAGE_HELPER,
        Role.UNIT_HANDLER,
    }
)
READERS = WRITERS | {Role.REVIEWER, Role.AUDITOR}
# Who prints: the register of places is the county's, a checklist an office's own. A unit prints
# the page itself, because issued documents are listed by county.
PRINTS_PLACES = _OVERSEERS
PRINTS_CHECKS = _OVERSEERS | {Role.WINDOW_CLERK, Role.AGENCY_CLERK, Role.BANK_TELLER}
HOLDS: tuple[Place, ...] = (
    Place.STORE,
    Place.DRAWER,
    Place.DEFECT,
    Place.ERROR,
    Place.RETURNED,
    Place.SCRAP,
    Place.UNIT,
)
_KEEPING = (
    Kind.CITY, Kind.COUNTY, Kind.CARD_BODY, Kind.AGENCY, Kind.WINDOW, Kind.BANK, Kind.BRANCH,
    Kind.TOWN, Kind.VILLAGE, Kind.UNIT,
)  # fmt: skip


def offices_within(by: Actor) -> QuerySet[Organization]:
    """This function will return the offices and units whose places the actor may see."""
    found = Organization.objects.filter(in_force=True, kind__in=_KEEPING)
    if by.role in _OVERSEERS:
        return found.filter(path__startswith=by.county_path).order_by("code")
    return found.filter(pk=by.org_id)


def places_within(by: Actor) -> QuerySet[KeepingPlace]:
    """This function will return the places the actor may see: the county's or his office's."""
    found = KeepingPlace.objects.select_related("organization")
    if by.role in _OVERSEERS:
        return found.filter(organization__path__startswith=by.county_path)
    return found.filter(organization_id=by.org_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingRow:
    """One person named for a place, now or before."""

    id: int
    function: str
    function_label: str
    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSheet:
    """One place as pages show it, with those who answer for it today."""

    id: int
    office_id: int
    office: str
    kind: str
    name: str
    where: str
    climate: str
    holds: str
    opened_on: date
    closed_on: date | None
    keeper: str
    deputy: str
    keys: str
    holdings: tuple[HoldingRow, ...]

    @property
    def complete(self) -> bool:
        """Whether keeper, deputy and somebody with a key are named."""
        return bool(self.keeper and self.deputy and self.keys)


SORTS = {"organization__code": "按机构", "name": "按名称", "-opened_on": "新启用的在前"}


def places(
    by: Actor, *, text: str = "", closed: bool = False, sort: str = "organization__code"
) -> QuerySet[KeepingPlace]:
    """This function will list places in use (or closed ones), by office and name."""
    found = places_within(by).filter(closed_on__isnull=not closed)
    if text:
        found = found.filter(
            Q(name__icontains=text) | Q(where__icontains=text)
            | Q(organization__name__icontains=text) | Q(cabinet__iexact=text)
        )  # fmt: skip
    return found.order_by(sort, "name", "id")


def place_sheets(found: Iterable[KeepingPlace], *, on: date) -> list[PlaceSheet]:
    """This function will freeze places with their people, in one more query."""
    rows = list(found)
    by_place: dict[int, list[Holding]] = {}
    holdings = (
        Holding.objects.filter(place__in=[row.pk for row in rows])
        .select_related("user", "person")
        .order_by("-since", "-id")
    )
    for holding in holdings:
        by_place.setdefault(holding.place_id, []).append(holding)
    return [_sheet(row, by_place.get(row.pk, []), on=on) for row in rows]


def place_sheet(*, place_id: int, by: Actor, on: date) -> PlaceSheet:
    """This function will return one place the actor may see.

    :raises KeepingPlace.DoesNotExist: when it is another county's or office's.
    """
    (sheet,) = place_sheets([places_within(by).get(pk=place_id)], on=on)
    return sheet


def cards_only_in(place: KeepingPlace) -> int:
    """This function will count the cards that would lie nowhere if the place were closed."""
    others = KeepingPlace.objects.filter(
        organization=place.organization_id, closed_on=None
    ).exclude(pk=place.pk)  # fmt: skip
    kinds, cabinets = set(place.holds), {place.cabinet} - {""}
    for other in others:
        kinds -= set(other.holds)
        cabinets.discard(other.cabinet)
    lying = Q(account__kind__in=kinds) | Q(account__kind=Place.BOX, account__cabinet__in=cabinets)
    return Position.objects.filter(lying, account__organization=place.organization_id).count()


def _sheet(row: KeepingPlace, holdings: Sequence[Holding], *, on: date) -> PlaceSheet:
    lines = tuple(_holding(one) for one in holdings)
    today = [one for one in lines if one.since <= on and (one.until is None or one.until > on)]

    def names(function: str) -> str:
        return "、".join(one.name for one in today if one.function == function)

    return PlaceSheet(
        id=row.pk,
        office_id=row.organization_id,
        office=row.organization.name,
        kind=row.get_kind_display(),
        name=row.name,
        where=row.where,
        climate=row.climate,
        holds=_holds(row),
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        keeper=names("keeper"),
        deputy=names("deputy"),
        keys=names("key"),
        holdings=lines,
    )


def _holds(row: KeepingPlace) -> str:
    parts = [f"{row.cabinet} 柜的盒" if row.cabinet else ""]
    parts += [Place(code).label for code in row.holds]
    return "、".join(part for part in parts if part)


def _holding(one: Holding) -> HoldingRow:
    name = one.user.name if one.user else holder_of(one.person).name if one.person else ""
    return HoldingRow(
        id=one.pk,
        function=one.function,
        function_label=one.get_function_display(),
        name=name,
        since=one.since,
        until=one.until,
    )


def people_for(place: PlaceSheet, *, on: date) -> list[tuple[str, str]]:
    """This function will list who may be named for a place: staff of its office, or of a unit the
    handlers its letter of authority names.

    A choice is `user:7` or `person:9`.
    """
    office = Organization.objects.get(pk=place.office_id)
    posts = Post.objects.filter(
        Q(until=None) | Q(until__gt=on), organization=office, user__is_active=True, since__lte=on
    ).select_related("user")
    staff = {f"user:{post.user_id}": post.user.name for post in posts.order_by("user__name", "id")}
    handlers = readiness_of(office.pk, on=on).handler_ids
    named = {
        f"person:{person.pk}": f"{holder_of(person).name}（经办人备案）"
        for person in Person.objects.filter(pk__in=handlers).order_by("pk")
    }
    return list({**staff, **named}.items())


def staff_for(by: Actor, *, on: date) -> list[tuple[str, str]]:
    """This function will list who may be named for several places at once: whoever holds a post
    that day at an office with places the actor reaches. Handlers are named at their unit's place.
    """
    offices = places_within(by).filter(closed_on=None).values("organization")
    posts = Post.objects.filter(
        Q(until=None) | Q(until__gt=on), organization__in=offices, user__is_active=True,
        since__lte=on,
    ).select_related("user", "organization")  # fmt: skip
    found: dict[str, str] = {}
    for post in posts.order_by("user__name", "id"):
        choice = f"user:{post.user_id}"
        found.setdefault(choice, f"{post.user.name}（{post.organization.name}）")
    return list(found.items())
