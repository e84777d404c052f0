"""Offices that went into others, and who carries on for them (Art. 5).

Shared by slices whose hand-overs, targets and campaigns outlive an office.
"""

from django.db.models import BigIntegerField, Func
from django.db.models.expressions import RawSQL

from cardbook.orgs.models import Organization, Succession

# An office and all that went into it, whole, however many mergers ago.
_CARRIED_ON = """
    WITH RECURSIVE carried(id) AS (
        SELECT %s::bigint
        UNION
        SELECT s.predecessor_id FROM orgs_succession s
        JOIN carried ON carried.id = s.successor_id WHERE s.whole
    )
    SELECT id FROM carried
"""


def carried_on(office_id: int) -> RawSQL:
    """This function will make the query of an office and those it carries on for."""
    return RawSQL(_CARRIED_ON, [office_id])  # noqa: S611 - the text is fixed, the id a parameter


class Successors(Func):
    """The query of an office of the statement around it, and all it went into, whole."""

    template = """(
        WITH RECURSIVE later(id) AS (
            SELECT %(expressions)s
            UNION
            SELECT s.successor_id FROM orgs_succession s
            JOIN later ON later.id = s.predecessor_id WHERE s.whole
        )
        SELECT id FROM later
    )"""
    arity = 1
    output_field = BigIntegerField()


def carrier_of(office: Organization) -> Organization | None:
    """This function will return an office in force: this one, or who carries on for it, if any."""
    seen: set[int] = set()
    while not office.in_force:
        seen.add(office.pk)
        chain = Succession.objects.filter(predecessor=office, whole=True).exclude(
            successor__in=seen
        )
        last = chain.select_related("successor").order_by("-on", "-id").first()
        if last is None:
            return None
        office = last.successor
    return office
