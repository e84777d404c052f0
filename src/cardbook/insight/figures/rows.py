"""The rows behind a number: the same view under the same conditions, page by page (Art. 5, 32).

Names and numbers are opened for the rows of one page only; exports are masked in `export.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from cardbook.cards.states import Progress, Stage
from cardbook.custody.places import Place
from cardbook.insight.figures.choice import Choice, Reach
from cardbook.law.groups import group_label
from cardbook.lib.clock import local_day
from cardbook.lib.rows import named_rows
from cardbook.people.holders import Holder, holder_of
from cardbook.people.models import Person

_AT_ONCE = 2000
# Only the chosen page's rows are joined with what describes them.
_ROWS = """
WITH chosen AS (
    SELECT card_id, application_id, person_id, county_id, office_id, place, account_id, slot,
           people, town_id, since, received_at
    FROM {view} WHERE {where}
    ORDER BY since NULLS LAST, card_id, application_id, person_id {page}
)
SELECT r.*, c.number, c.stage, q.progress, n.name AS county, o.name AS office, t.name AS town,
       a.cabinet, a.shelf, a.box
FROM chosen r
JOIN orgs_organization n ON n.id = r.county_id
LEFT JOIN cards_card c ON c.id = r.card_id
LEFT JOIN cards_application q ON q.id = r.application_id
LEFT JOIN orgs_organization o ON o.id = r.office_id
LEFT JOIN orgs_organization t ON t.id = r.town_id
LEFT JOIN custody_account a ON a.id = r.account_id
ORDER BY r.since NULLS LAST, r.card_id, r.application_id, r.person_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row: a card or an application, where it is, since when; whose, where asked."""

    card_id: int | None
    number: str
    state: str
    where: str
    county: str
    town: str
    people: str
    since: datetime | None
    received_at: datetime | None
    days: int | None
    holder: Holder | None = None


def page_of_lines(
    choice: Choice, *, reach: Reach, as_of: datetime, first: int, most: int
) -> list[Line]:
    """This function will list some rows of a choice with their holders opened."""
    text, values = _asked(choice, reach=reach, as_of=as_of)
    # No cursor of the server here: for one it would sort on one core alone.
    with connection.cursor() as cursor:
        cursor.execute(text, [*values, first, most])
        found = named_rows(cursor)
    people = Person.objects.in_bulk({row["person_id"] for row in found})
    return [_line(row, as_of=as_of, holder=holder_of(people[row["person_id"]])) for row in found]


def all_lines(choice: Choice, *, reach: Reach, as_of: datetime, most: int) -> Iterator[Line]:
    """This function will list the rows of a choice without their holders."""
    for row in _read(choice, reach=reach, as_of=as_of, most=most):
        yield _line(row, as_of=as_of, holder=None)


def _asked(choice: Choice, *, reach: Reach, as_of: datetime) -> tuple[str, list[Any]]:
    where, values = choice.conditions(reach=reach, as_of=as_of)
    text = _ROWS.format(view=choice.figure.view, where=where, page="OFFSET %s LIMIT %s")
    return text, values


def _read(choice: Choice, *, reach: Reach, as_of: datetime, most: int) -> Iterator[dict[str, Any]]:
    """Rows as they come, so that a long list never lies in memory as a whole."""
    text, values = _asked(choice, reach=reach, as_of=as_of)
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(text, [*values, 0, most])
        while rows := cursor.fetchmany(_AT_ONCE):
            names = [column.name for column in cursor.description]
            yield from (dict(zip(names, row, strict=True)) for row in rows)


def _line(row: dict[str, Any], *, as_of: datetime, holder: Holder | None) -> Line:
    received: datetime | None = row["received_at"]
    return Line(
        card_id=row["card_id"],
        number=row["number"] or "",
        state=_state(row),
        where=_where(row),
        county=row["county"],
        town=row["town"] or "",
        people=group_label(row["people"]) if row["people"] else "",
        since=row["since"],
        received_at=received,
        days=_days(received, row, as_of),
        holder=holder,
    )


def _days(received: datetime | None, row: dict[str, Any], as_of: datetime) -> int | None:
    """Full days from the first receipt to the hand-over, or to now for a card not handed over."""
    if received is None:
        return None
    until: date = local_day(row["since"] if row["place"] == Place.HOLDER else as_of)
    return (until - local_day(received)).days


def _state(row: dict[str, Any]) -> str:
    if row["card_id"] is None and row["application_id"] is None:
        return "期初没有登记"
    if row["application_id"]:
        return f"申请{Progress.of(row['progress']).label}"
    return Stage.of(row["stage"]).label


def _where(row: dict[str, Any]) -> str:
    """Where a hand finds it: office, cabinet, shelf, box, slot."""
    if row["place"] is None:
        return "没有登记位置" if row["card_id"] else ""
    place = Place(row["place"])
    if place is Place.HOLDER:
        return "在持卡人手中"
    if place is Place.TRANSIT:
        return f"在途，发往{row['office']}"
    if place is not Place.BOX:
        return f"{row['office']} {place.label}"
    slot = f" 第 {row['slot']} 位" if row["slot"] else ""
    return f"{row['office']} {row['cabinet']} 柜 {row['shelf']} 层 {row['box']} 盒{slot}"
