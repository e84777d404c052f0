"""Counts the rows of the views, each question one pass, all in one snapshot (Art. 5, 6, 8, 16).

Nothing is written. `board.py` puts the counts onto the page; `choice.py` says what is counted.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from cardbook.insight.figures.catalogue import FIGURES
from cardbook.insight.figures.choice import Choice, Reach
from cardbook.orgs.models import Kind, Organization

# What a table may have a row for -> the expression that says to which row something belongs.
DIMENSIONS: Mapping[str, str] = {
    "county": "county_id",
    "office": "office_id",
    "town": "town_id",
    "people": "people",
    "bank": "bank_id",
    "place": "place",
    "day": "(since AT TIME ZONE 'Asia/Shanghai')::date",
    "received_day": "(received_at AT TIME ZONE 'Asia/Shanghai')::date",
}
Key = int | str | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How long issued cards had waited on the shelf, in days; None when there are none."""

    count: int
    median: int | None
    most: int | None


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything counted inside sees the book as of one moment, while business goes on."""
    with transaction.atomic(), connection.cursor() as cursor:
        if not connection.savepoint_ids:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def reach_of(path: str) -> Reach:
    """This function will list the counties below a path; the city's own cards count with it."""
    found = Organization.objects.filter(path__startswith=path).order_by("code", "id")
    return Reach(
        counties=tuple(found.filter(kind=Kind.COUNTY).values_list("pk", flat=True)),
        city=tuple(found.filter(kind=Kind.CITY).values_list("pk", flat=True)),
    )


def count(choice: Choice, *, reach: Reach, as_of: datetime) -> int:
    """This function will count the rows of a choice."""
    where, values = choice.conditions(reach=reach, as_of=as_of)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {choice.figure.view} WHERE {where}",  # noqa: S608
            values,
        )
        return int(cursor.fetchone()[0])


def count_by(
    choice: Choice, *by: str, reach: Reach, as_of: datetime
) -> dict[tuple[Key, ...], int]:
    """This function will count the rows of a choice for each value of dimensions, in one pass."""
    where, values = choice.conditions(reach=reach, as_of=as_of)
    keys = ", ".join(DIMENSIONS[name] for name in by)
    places = ", ".join(str(place) for place in range(1, len(by) + 1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {keys}, count(*) FROM {choice.figure.view} "  # noqa: S608 - names are ours
            f"WHERE {where} GROUP BY {places}",
            values,
        )
        return {tuple(row[:-1]): row[-1] for row in cursor.fetchall()}


def waiting(choice: Choice, *, reach: Reach, as_of: datetime) -> Waiting:
    """This function will say how many days the chosen issued cards lay before they were issued."""
    where, values = choice.conditions(reach=reach, as_of=as_of)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY waited_days), "  # noqa: S608
            "percentile_disc(0.9) WITHIN GROUP (ORDER BY waited_days) "
            f"FROM {choice.figure.view} WHERE {where}",
            values,
        )
        number, median, most = cursor.fetchone()
    return Waiting(count=number, median=median, most=most)


def definitions() -> dict[str, str]:
    """This function will read what each view says of itself, by the code of its figure."""
    views = {figure.view: figure.code for figure in FIGURES}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, obj_description(oid, 'pg_class') FROM pg_class "
            "WHERE relkind = 'v' AND relname = ANY(%s) AND pg_table_is_visible(oid)",
            [list(views)],
        )
        return {views[name]: text or "" for name, text in cursor.fetchall()}


def question_of(view: str) -> str:
    """This function will return the SQL of a view as the database keeps it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_viewdef(%s::regclass, true)", [view])
        return str(cursor.fetchone()[0])


def names_of(ids: set[int]) -> dict[int, str]:
    """This function will name organisations."""
    return dict(Organization.objects.filter(pk__in=ids).values_list("pk", "name"))


def county_coded(code: str) -> int | None:
    """This function will find a county by its office code, or None."""
    return (
        Organization.objects.filter(kind=Kind.COUNTY, code=code)
        .values_list("pk", flat=True)
        .first()
    )
