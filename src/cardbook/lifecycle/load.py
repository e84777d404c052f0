"""Reads subjects as cases, one query for any number, locked in id order when an act is to follow.

Only `perform` and `openacts` use it; guards see the frozen values it makes.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg.types.datetime import TimestamptzLoader

from cardbook.cards.states import REGIONS, Subject
from cardbook.custody.places import Place
from cardbook.ledger.plans import cursor_for
from cardbook.lib.rows import array_of, named_rows
from cardbook.lifecycle.cases import Case, LastEvent

_CARDS = (Path(__file__).parent / "sql" / "cases.sql").read_text(encoding="utf-8")

_OTHERS = """
SELECT s.*, h.id AS person_id, h.born_on, h.died_on, h.said_dead_by, b.path AS bank_path,
       o.path AS custodian_path, o.name AS custodian_name, born.actor_id AS begun_by,
       e.id AS last_event, e.act AS last_act, e.happened_at AS last_happened_at,
       e.recorded_at AS last_at, eo.name AS last_org, u.name AS last_actor
FROM {table} s
JOIN orgs_organization o ON o.id = s.county_id
LEFT JOIN people_person h ON h.id = s.{person}
LEFT JOIN orgs_organization b ON b.id = {bank}
JOIN ledger_event e ON e.subject_kind = '{kind}' AND e.subject_id = s.id AND e.seq = s.version
JOIN ledger_event born ON born.subject_kind = '{kind}' AND born.subject_id = s.id AND born.seq = 1
JOIN orgs_organization eo ON eo.id = e.org_id
JOIN orgs_user u ON u.id = e.actor_id
"""
_ONE = "WHERE {name}.id = %s::bigint"
_SEVERAL = "WHERE {name}.id = ANY(%s::bigint[]) ORDER BY {name}.id"
_PLACES = {one.value: one for one in Place}
TABLES = {
    Subject.CARD: "cards_card",
    Subject.APPLICATION: "cards_application",
    Subject.TEMPORARY_CARD: "cards_temporarycard",
    Subject.CORRECTION: "cards_correction",
    Subject.MANDATE: "people_mandate",
}

_BY_CARD = "(SELECT k.bank_org_id FROM cards_card k WHERE k.id = {0}.card_id)"
BANK_OF = {Subject.APPLICATION: "{0}.bank_id", Subject.CORRECTION: _BY_CARD}


def load_cases(
    *, subject: Subject, ids: Sequence[int], lock: bool, at: datetime | None = None
) -> dict[int, Case]:
    """This function will return the cases of the subjects that exist, by id.

    With `lock`, their rows are locked in id order until the transaction ends, so that of two
    windows the second waits and then sees what the first did.
    """
    query, name = _CARDS, "c"
    if subject is not Subject.CARD:
        query = _OTHERS.format(
            table=TABLES[subject],
            kind=subject,
            person="principal_id" if subject is Subject.MANDATE else "person_id",
            bank=BANK_OF.get(subject, "NULL").format("s"),
        )
        name = "s"
    with cursor_for(len(ids)) as cursor:
        if lock:
            _lock(cursor, subject, ids)
        if len(ids) == 1:
            cursor.execute(query + _ONE.format(name=name), [ids[0]])
        else:
            cursor.adapters.register_loader("timestamptz", TimestamptzLoader)  # Django's is slow
            cursor.execute(query + _SEVERAL.format(name=name), [array_of(ids)])
        rows = named_rows(cursor)
    return {row["id"]: _case(subject, row, at) for row in rows}


def _lock(cursor: Any, subject: Subject, ids: Sequence[int]) -> None:
    # The lock comes first and the reading second: READ COMMITTED then sees the winner's state.
    cursor.execute(
        f"SELECT id FROM {TABLES[subject]} WHERE id = ANY(%s::bigint[]) "  # noqa: S608 - own names
        "ORDER BY id FOR NO KEY UPDATE",
        [array_of(ids)],
    )


def _case(subject: Subject, row: dict[str, Any], at: datetime | None) -> Case:
    place = _PLACES.get(row.get("place", ""))
    slot = f" 第 {row['slot']} 位" if row.get("slot") else ""
    return Case(
        subject=subject,
        id=row["id"],
        version=row["version"],
        regions={region: row[region] for region in REGIONS[subject]},
        number=row.get("number") or "",
        county_id=row.get("county_id"),
        person_id=row["person_id"], born_on=row["born_on"], died_on=row["died_on"],
        custodian_path=row["custodian_path"],
        custodian_name=row["custodian_name"], custodian_id=row.get("custodian_id") or 0,
        custodian_county_id=row.get("custodian_county_id"),
        place=place, account_id=row.get("account_id"),
        place_text=f"{row.get('place_code') or (place.label if place else '')}{slot}",
        hold_until=row.get("hold_until"),
        last=LastEvent(
            id=row["last_event"], act=row["last_act"], happened_at=row["last_happened_at"],
            recorded_at=row["last_at"], org_name=row["last_org"], actor_name=row["last_actor"],
        ),
        temporary_card_out=row.get("temporary_out") or "",
        came_by=row.get("came_by") or "", came_at=row.get("came_at"),
        given_by=row.get("given_by") or "",
        begun_by=row.get("begun_by"),
        bank_path=row.get("bank_path") or "",
        replacement=row.get("replacement") or "", old_card_out=row.get("old_card_out") or "",
        other_card=row.get("other_card") or "",
        fee_fen=row.get("fee_fen") or 0, excused=row.get("excused") or False,
        said_dead_by=row["said_dead_by"] or "",
        at=at,
    )  # fmt: skip
