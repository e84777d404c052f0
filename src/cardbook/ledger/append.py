"""The only writer of the ledger: one statement for any number of events (architecture, section 4).

Only `lifecycle.perform`, `custody.postings` and `orgs.actors` may import this module.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from cardbook.ledger.plans import cursor_for
from cardbook.lib.rows import array_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What all events of one act share; facts are canonical JSON, people by reference only."""

    act: str
    act_version: int
    happened_at: datetime
    actor_id: int
    post_id: int | None
    org_id: int
    device: str
    basis: str
    edition: str
    second_id: int | None = None
    papers: Sequence[str] = ()
    told: Sequence[str] = ()
    batch: uuid.UUID = field(default_factory=uuid.uuid4)


_COLUMNS = """(subject_kind, subject_id, seq, act, act_version, happened_at, actor_id, second_id,
    post_id, org_id, device, facts, papers, told, basis, edition, batch)
SELECT %(kind)s, subject.id, subject.seq, %(act)s, %(act_version)s, {at}, %(actor_id)s,
    %(second_id)s, %(post_id)s, %(org_id)s, %(device)s, {facts}, %(papers)s::text[],
    %(told)s::text[], %(basis)s, %(edition)s, %(batch)s"""
_NOW = "%(happened_at)s"
_SHARED = f"""INSERT INTO ledger_event {_COLUMNS.format(facts="%(facts)s", at=_NOW)}
FROM unnest(%(ids)s::bigint[], %(seqs)s::int[]) AS subject(id, seq)"""
_SINGLE = f"""INSERT INTO ledger_event {_COLUMNS.format(facts="subject.facts", at=_NOW)}
FROM unnest(%(ids)s::bigint[], %(seqs)s::int[], %(facts)s::text[]) AS subject(id, seq, facts)"""
_FIRST = f"""INSERT INTO ledger_event {_COLUMNS.format(facts="%(facts)s", at=_NOW)}
FROM (SELECT id, 1 AS seq FROM birth ORDER BY id) AS subject"""  # noqa: S608 - own text only
_CLAIMED = f"""INSERT INTO ledger_event {
    _COLUMNS.format(facts="subject.claimed_facts", at="subject.claimed_at")
}
FROM (SELECT id, 1 AS seq, claimed_facts, claimed_at FROM birth ORDER BY id) AS subject"""  # noqa: S608 - own text only


def _values(entry: Entry, kind: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "act": entry.act,
        "act_version": entry.act_version,
        "happened_at": entry.happened_at,
        "actor_id": entry.actor_id,
        "second_id": entry.second_id,
        "post_id": entry.post_id,
        "org_id": entry.org_id,
        "device": entry.device,
        "papers": list(entry.papers),
        "told": list(entry.told),
        "basis": entry.basis,
        "edition": entry.edition,
        "batch": entry.batch,
    }


def append_events(
    *, entry: Entry, kind: str, ids: Sequence[int], seqs: Sequence[int], facts: str | Sequence[str]
) -> None:
    """This function will append one event for each subject, in one statement.

    `facts` is one canonical JSON text for all subjects, or one for each in the order of `ids`.

    :raises django.db.IntegrityError: when a sequence number is taken or leaves a gap.
    """
    shared = isinstance(facts, str)
    values = _values(entry, kind) | {
        "ids": array_of(ids),
        "seqs": array_of(seqs),
        "facts": facts if shared else list(facts),
    }
    with cursor_for(len(ids)) as cursor:
        cursor.execute(_SHARED if shared else _SINGLE, values)


def append_first_events(*, entry: Entry, kind: str, facts: str | None) -> None:
    """This function will append event 1 of every subject in the temporary table `birth`.

    `facts` None means that each row of it says what was claimed, and for when.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _FIRST if facts is not None else _CLAIMED, _values(entry, kind) | {"facts": facts}
        )
