"""Which offices and places are due to be counted: `count_cycle_days` (Art. 20).

How many cards lie there is not read: whoever is about to count them must not know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from cardbook.chapters.safekeeping.stocktaking.queries import KEPT, KEPT_CODES
from cardbook.custody.models import Account, Position
from cardbook.custody.places import Place
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.lib.rows import named_rows
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization

MOST_DUE = 500
_DUE = (Path(__file__).parent / "sql" / "due.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePlace:
    """A place that was not counted in time. `counted_at` None: never."""

    account_id: int
    place: str
    office_id: int
    office: str
    counted_at: datetime | None
    days: int


def due_places(by: Actor, *, at: datetime) -> list[DuePlace]:
    """This function will list the county's overdue places, the longest first, at most 500."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, _asked(by, at=at, limit=MOST_DUE))
        found = named_rows(cursor)
    return [
        DuePlace(
            account_id=row["id"],
            place=row["code"] if row["kind"] == Place.BOX else Place(row["kind"]).label,
            office_id=row["office_id"],
            office=row["office"],
            counted_at=row["counted_at"],
            days=(at - row["since"]).days,
        )
        for row in found
    ]


def due_count(by: Actor, *, at: datetime) -> int:
    """This function will count the county's overdue places."""
    with connection.cursor() as cursor:
        question = f"SELECT count(*) FROM ({_DUE}) AS due"  # noqa: S608 - the file is ours
        cursor.execute(question, _asked(by, at=at, limit=None))
        return int(cursor.fetchone()[0])


def _asked(by: Actor, *, at: datetime, limit: int | None) -> dict[str, Any]:
    before = at - timedelta(days=whole_number("count_cycle_days", on=local_day(at)))
    county = f"{by.county_path}%"
    return {"kept": KEPT_CODES, "county": county, "before": before, "limit": limit}


@dataclass(frozen=True, slots=True, kw_only=True)
class DueOffice:
    """An office with overdue places, the oldest of them."""

    id: int
    name: str
    places: int
    days: int


def due_offices(places: Sequence[DuePlace]) -> list[DueOffice]:
    """This function will gather overdue places by office, the longest overdue first."""
    gathered: dict[int, list[DuePlace]] = {}
    for place in places:
        gathered.setdefault(place.office_id, []).append(place)
    return [
        DueOffice(
            id=office,
            name=some[0].office,
            places=len(some),
            days=max(one.days for one in some),
        )
        for office, some in gathered.items()
    ]


def offices_to_count(by: Actor) -> list[tuple[int, str]]:
    """This function will list the county's offices that have a place to keep cards in.

    One that was closed is listed as long as cards lie there.
    """
    places = Account.objects.filter(kind__in=KEPT, organization__path__startswith=by.county_path)
    filled = places.filter(Exists(Position.objects.filter(account=OuterRef("pk"))))
    found = Organization.objects.filter(
        Q(in_force=True, pk__in=places.values("organization"))
        | Q(in_force=False, pk__in=filled.values("organization"))
    ).order_by("code")
    return list(found.values_list("pk", "name"))


def whole_of(by: Actor) -> tuple[int, str]:
    """This function will name the county, or the city, that can be counted as a whole."""
    office = Organization.objects.get(path=by.county_path)
    return office.pk, office.name
