"""Acts on thousands of cards whose requests differ: each written as `perform` would, in one set.

`perform` does one request on many cards; a city's past is millions of requests on one card each.
Requests, events, states, movements and postings come in the same order, under the same triggers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cardbook.law.articles import EDITION
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.judge import Presented
from cardbook.orgs.actors import Actor

_SQL = Path(__file__).parent / "sql"
_STEP = (
    "COPY mass_step (card_id, seq, batch, happened_at, actor_id, second_id, post_id, org_id, "
    "facts, source_id, target_id, slot) FROM STDIN (FORMAT BINARY)"
)
_STEP_TYPES = (
    "int8", "int4", "uuid", "timestamptz", "int8", "int8", "int8", "int8", "text", "int8", "int8",
    "int4",
)  # fmt: skip
_REQUEST = (
    "COPY ledger_request (key, digest, act, actor_id, batch, subject_ids) "
    "FROM STDIN (FORMAT BINARY)"
)
_REQUEST_TYPES = ("varchar", "bytea", "varchar", "int8", "uuid", "int8[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: its key, what it was about, and the cards it named."""

    key: str
    digest: bytes
    act: str
    by: Actor
    batch: UUID
    card_ids: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What one request does to one card."""

    card_id: int
    seq: int
    batch: UUID
    at: datetime
    by: Actor
    second: Actor | None = None
    facts: str
    source_id: int | None = None
    target_id: int | None = None
    slot: int | None = None


def _statement(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")


def keep_requests(cursor: Any, asked: Iterable[Asked]) -> None:
    """This function will write down who asked for what, once each."""
    with cursor.copy(_REQUEST) as copy:
        copy.set_types(_REQUEST_TYPES)
        for one in asked:
            copy.write_row(
                (one.key, one.digest, one.act, one.by.user_id, one.batch, list(one.card_ids))
            )


def do_step(
    cursor: Any,
    *,
    act: Act,
    doings: Iterable[Doing],
    papers: Sequence[Presented] = (),
    device: str,
) -> None:
    """This function will do one act to cards it fits: events, states, movements, postings.

    :raises django.db.IntegrityError: when a card is not where, or not as, the act needs it.
    """
    _fill(cursor, doings)
    _write(cursor, act=act, papers=papers, device=device)


def _fill(cursor: Any, doings: Iterable[Doing]) -> None:
    cursor.execute(_statement("mass_step"))
    cursor.execute("TRUNCATE mass_step")
    with cursor.copy(_STEP) as copy:
        copy.set_types(_STEP_TYPES)
        for one in doings:
            second = one.second.user_id if one.second else None
            row = (
                one.card_id, one.seq, one.batch, one.at, one.by.user_id, second, one.by.post_id,
                one.by.org_id, one.facts, one.source_id, one.target_id, one.slot,
            )  # fmt: skip
            copy.write_row(row)


def _write(cursor: Any, *, act: Act, papers: Sequence[Presented], device: str) -> None:
    values = {
        "act": act.code,
        "act_version": act.version,
        "basis": act.basis_text,
        "edition": EDITION,
        "device": device,
        "papers": [f"{paper.kind}:{paper.digest}" for paper in papers],
        "told": [notice.text_id for notice in act.notices],
    }
    cursor.execute(_statement("mass_events"), values)
    regions = "".join(f", {region} = %({region})s" for region in act.becomes)
    cursor.execute(
        f"UPDATE cards_card c SET version = version + 1{regions} "  # noqa: S608 - our own names
        "FROM mass_step step WHERE c.id = step.card_id",
        {region: str(value) for region, value in act.becomes.items()},
    )
    if act.move is not None and not act.move.stays:
        cursor.execute(_statement("mass_postings"), values)
