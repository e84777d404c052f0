"""The life of one handling in words, oldest first (Art. 13 to 15)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from cardbook.lifecycle.acts import ACTS

_STEPS = """
SELECT e.act, e.basis, e.happened_at, coalesce(was.name, o.name), u.name,
       coalesce(s.name, ''), e.told
FROM ledger_event e
JOIN orgs_organization o ON o.id = e.org_id
LEFT JOIN orgs_organizationstate was ON was.organization_id = o.id
     AND was.since <= (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date
     AND (was.until IS NULL OR was.until > (e.happened_at AT TIME ZONE 'Asia/Shanghai')::date)
JOIN orgs_user u ON u.id = e.actor_id
LEFT JOIN orgs_user s ON s.id = e.second_id
WHERE e.subject_kind = 'correction' AND e.subject_id = %s
ORDER BY e.seq
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDone:
    """One step: what, when, where, by whom."""

    title: str
    basis: str
    happened_at: datetime
    office: str
    actor: str
    second: str


def steps_of(correction_id: int) -> list[StepDone]:
    """This function will list what was done to a handling, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS, [correction_id])
        rows = cursor.fetchall()
    return [
        StepDone(
            title=ACTS[row[0]].title if row[0] in ACTS else row[0],
            basis=row[1],
            happened_at=row[2],
            office=row[3],
            actor=row[4],
            second=row[5],
        )
        for row in rows
    ]
