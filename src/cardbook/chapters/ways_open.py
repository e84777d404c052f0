"""Whether a way of issuing is open to a card's group in its county on a day (Art. 7).

Shared by the slices that hand out; the decisions are kept by `duties.ways`. Where nobody decided
every way is open (`law/ways.py`), so that a silence of the regulation forbids nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from cardbook.law.groups import group_label
from cardbook.law.ways import ways_label
from cardbook.ledger.plans import cursor_for
from cardbook.lib.rows import array_of, named_rows
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.models import Kind

# The decision in force for each group and county that is asked about: the latest, and of one day
# the nearer office's.
_DECIDED = """
WITH asked AS (
    SELECT c.id, c."group", c.county_id FROM cards_card c WHERE c.id = ANY(%(cards)s::bigint[])
), decided AS (
    SELECT DISTINCT ON (a.county_id, a."group")
           a.county_id, a."group", r.ways, r.since, r.words, o.name AS office
    FROM (SELECT DISTINCT county_id, "group" FROM asked) a
    JOIN orgs_organization county ON county.id = a.county_id
    JOIN duties_wayrule r ON r."group" = a."group" AND r.withdrawn_at IS NULL
                         AND r.since <= %(on)s::date
    JOIN orgs_organization o ON o.id = r.organization_id AND starts_with(county.path, o.path)
    ORDER BY a.county_id, a."group", r.since DESC, length(o.path) DESC, r.id DESC
)
SELECT asked.id, d."group", d.ways, d.since, d.words, d.office
FROM asked JOIN decided d ON d.county_id = asked.county_id AND d."group" = asked."group"
ORDER BY asked.id
"""
# Whoever fetches for many does it in his own way; a school's pupils are a group of their own.
_TOGETHER: Mapping[str, str] = {Kind.VILLAGE: "village"}
_PUPILS = "student"


def way_of_unit(kind: str, group: str) -> str:
    """This function will say by which way a unit or village fetches for people of a group."""
    return _TOGETHER.get(kind) or ("school" if group == _PUPILS else "unit")


def objections_to_way(
    cases: Sequence[Case], *, way: str = "", unit_kind: str = "", on: date
) -> Iterator[Refusal]:
    """This function will yield the cards whose group does not have the way: `way`, or the unit's.

    One statement for any number of cards.
    """
    with cursor_for(len(cases)) as cursor:
        cursor.execute(_DECIDED, {"cards": array_of([case.id for case in cases]), "on": on})
        decided = named_rows(cursor)
    for row in decided:
        asked = way or way_of_unit(unit_kind, row["group"])
        if asked in row["ways"]:
            continue
        values = {
            "office": row["office"], "since": row["since"], "group": group_label(row["group"]),
            "way": ways_label([asked]), "words": row["words"], "ways": ways_label(row["ways"]),
        }  # fmt: skip
        yield Refusal(no.WAY_NOT_OPEN, values, row["id"])
