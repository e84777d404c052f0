"""Changes of organisations as events nobody can alter: who, from which day, on which paper (L9).

`chapters.duties.organizations` founds, renames, moves, joins and closes offices (Art. 5).
"""

from dataclasses import dataclass
from datetime import date, datetime

from cardbook.law.articles import EDITION
from cardbook.ledger.append import Entry, append_events
from cardbook.ledger.models import Event
from cardbook.lib.canonical import canonical_json
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization

SUBJECT = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree:
    """Who orders a change, when it is written down, from which day it holds, on which paper."""

    by: Actor
    at: datetime
    on: date
    words: str
    basis: str = "第五条"

    @property
    def is_planned(self) -> bool:
        """Whether its day has not come."""
        return self.on > local_day(self.at)


def record_change(act: str, organization: Organization, decree: Decree, **facts: object) -> None:
    """This function will append one event of an organisation whose row the caller has locked."""
    entry = Entry(
        act=act, act_version=1, happened_at=decree.at, actor_id=decree.by.user_id,
        post_id=decree.by.post_id, org_id=decree.by.org_id, device=decree.by.device,
        basis=decree.basis, edition=EDITION,
    )  # fmt: skip
    before = Event.objects.filter(subject_kind=SUBJECT, subject_id=organization.pk).count()
    append_events(
        entry=entry, kind=SUBJECT, ids=[organization.pk], seqs=[before + 1],
        facts=canonical_json({"on": decree.on, "words": decree.words, **facts}),
    )  # fmt: skip
