"""Which office registers about waiting cards are of: all that look after such cards (Art. 16).

Towns, villages and employers notify too, which other registers do not offer; those who see their
own office alone choose nothing else.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from cardbook.chapters.stranded.scope import Office, office_within, sees_only_own
from cardbook.lib.rows import named_rows
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.registers.choosing import PeriodForm, offices
from cardbook.registers.forms import refuse_too_many

_BELOW = (Kind.TOWN, Kind.VILLAGE, Kind.UNIT)


def offices_seen(by: Actor | None) -> QuerySet[Office]:
    """This function will list the offices an actor may choose; the command line chooses any."""
    if by is not None and sees_only_own(by):
        return Office.objects.filter(office_within(by))
    path = by.county_path if by else ""
    more = Office.objects.filter(path__startswith=path, kind__in=_BELOW)
    return (offices(path) | more).order_by("code")


def own_code(by: Actor | None) -> str:
    """This function will name the actor's own office, or the first he sees; "" for none."""
    choices = offices_seen(by)
    own = choices.filter(pk=by.org_id).first() if by else None
    first = own or choices.first()
    return first.code if first else ""


class OfficePeriodForm(PeriodForm):
    """One of those offices and a span of days."""

    def narrow(self) -> None:
        """Offices within sight."""
        self.fields["office"].queryset = offices_seen(self.by)  # type: ignore[attr-defined]

    def usual(self) -> dict[str, Any]:
        """Today, at the actor's own office, or the first he sees."""
        return super().usual() | {"office": own_code(self.by)}


def rows_of(query: str, *, chosen: Mapping[str, Any], limit: int | None) -> list[dict[str, Any]]:
    """This function will read what a query has of the office and days that were chosen.

    :raises TooManyRows: when there are more rows than `limit`.
    """
    values = {
        "office": f"{chosen['office'].path}%", "start": chosen["since"], "end": chosen["until"],
        "limit": None if limit is None else limit + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found = named_rows(cursor)
    refuse_too_many(len(found), limit)
    return found
