"""Lists losses: who still has to be told, whose stop lapses soon, what was lifted (Art. 28).

What holds is computed from time: no list asks whether anything has run. Nothing here writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.cards.states import Social
from cardbook.chapters.usage.loss.list_rows import (
    BANK_OPEN,
    DUE,
    LAPSED,
    REGISTERING,
    UNTOLD,
    VALID,
    LiftRow,
    LossRow,
    lift_row,
    loss_row,
)
from cardbook.chapters.usage.loss.queries import BANK_SETTLED
from cardbook.law.parameters import whole_number
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.identifiers import parse_card_number, parse_phone
from cardbook.lib.plain import InputError
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import ACTS
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import bank_of
from cardbook.people import vault

ROWS = 50
_SQL = Path(__file__).parent / "sql"
_LOSSES, _ON_LOSS, _LIFTS, _COUNTS = (
    (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    for name in ("losses", "on_loss", "lifts", "loss_counts")
)
LIFTING = ("loss.lift", "loss.lift_formal")
# A loss is over when its card is stopped for good, or its hold becomes another one.
_ENDING = tuple(
    code
    for code, row in ACTS.items()
    if code not in REGISTERING
    and ("hold" in row.becomes or row.becomes.get("social") == Social.CANCELLED)
)
ORDERS: Mapping[str, tuple[str, str]] = {
    "until": ("先到期在前", "c.hold_until NULLS LAST, e.id"),
    "new": ("新挂失在前", "e.happened_at DESC, e.id DESC"),
    "old": ("早挂失在前", "e.happened_at, e.id"),
    "card": ("按卡号", "c.number, e.id"),
}
LIFT_ORDERS: Mapping[str, tuple[str, str]] = {
    "new": ("新解挂在前", "e.happened_at DESC, e.id DESC"),
    "old": ("早解挂在前", "e.happened_at, e.id"),
    "card": ("按卡号", "c.number, e.id"),
}
_HOLDS = "(c.hold = 'formal_loss' OR c.hold_until > %(at)s)"
_UNTOLD = (
    "e.act = ANY(%(acts)s) AND told.happened_at IS NULL "
    "AND NOT EXISTS (SELECT FROM unnest(e.told) t WHERE t LIKE 'loss/%%')"
)
_CONDITIONS: Mapping[str, str] = {
    VALID: _HOLDS,
    DUE: "c.hold = 'oral_loss' AND c.hold_until > %(at)s AND c.hold_until <= %(soon)s",
    LAPSED: "c.hold = 'oral_loss' AND c.hold_until <= %(at)s",
    UNTOLD: _UNTOLD,
    BANK_OPEN: f"{_HOLDS} AND c.bank <> ALL(%(settled)s)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LossesWanted:
    """What a list is to show: a state of now, or what was registered in a span of time.

    `only` are the registrations that were ticked; none stands for all. `channel` is a code.
    """

    state: str = VALID
    text: str = ""
    order: str = "until"
    since: datetime | None = None
    until: datetime | None = None
    office_path: str = ""
    only: frozenset[int] = frozenset()
    channel: str = ""


def loss_rows(
    wanted: LossesWanted, *, by: Actor | None, at: datetime, limit: int | None = ROWS,
    offset: int = 0,
) -> list[LossRow]:  # fmt: skip
    """This function will list losses within the actor's reach, in one query; `by` None: all."""
    query, values = _losses(wanted, by=by, at=at)
    values |= {"limit": limit, "offset": offset}
    order = ORDERS[wanted.order][1]
    with connection.cursor() as cursor:
        cursor.execute(f"{query} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s", values)
        found = named_rows(cursor)
    soon = values["soon"]
    return [loss_row(row, by=by, at=at, soon=soon) for row in found]


def count_losses(wanted: LossesWanted, *, by: Actor, at: datetime) -> int:
    """This function will count what `loss_rows` would list without a limit."""
    query, values = _losses(wanted, by=by, at=at)
    return _count(query, values)


def lift_rows(
    wanted: LossesWanted, *, by: Actor | None, at: datetime, limit: int | None = ROWS,
    offset: int = 0,
) -> list[LiftRow]:  # fmt: skip
    """This function will list losses that were taken off, in one query."""
    query, values = _lifts(wanted, by=by, at=at)
    values |= {"limit": limit, "offset": offset}
    asked = wanted.order if wanted.order in LIFT_ORDERS else next(iter(LIFT_ORDERS))
    order = LIFT_ORDERS["old" if wanted.since else asked][1]
    with connection.cursor() as cursor:
        cursor.execute(f"{query} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s", values)
        found = named_rows(cursor)
    return [lift_row(row, by=by) for row in found]


def count_lifts(wanted: LossesWanted, *, by: Actor, at: datetime) -> int:
    """This function will count what `lift_rows` would list without a limit."""
    query, values = _lifts(wanted, by=by, at=at)
    return _count(query, values)


def counts_by_state(*, by: Actor, at: datetime) -> dict[str, int]:
    """This function will count every state of now within the actor's reach, in one query."""
    sums = ", ".join(
        f"count(*) FILTER (WHERE {condition}) AS {state}"
        for state, condition in _CONDITIONS.items()
    )
    query = _COUNTS.format(sums=sums, scope=_SCOPES.get(by.role, _OFFICES))
    with connection.cursor() as cursor:
        cursor.execute(query, _values(at) | _reach(by))
        return named_rows(cursor)[0]


def due_days(at: datetime) -> int:
    """This function will say how many days before its end a loss counts as lapsing soon."""
    return whole_number("loss_due_days", on=local_day(at))


def _count(query: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({query}) AS found", values)  # noqa: S608 - ours
        return int(cursor.fetchone()[0])


def _losses(wanted: LossesWanted, *, by: Actor | None, at: datetime) -> tuple[str, dict[str, Any]]:
    values = _values(at)
    if wanted.since is None:
        parts = [_LOSSES, _ON_LOSS]
        if wanted.state:
            parts.append(f"AND {_CONDITIONS[wanted.state]}")
    else:
        parts = [_LOSSES, "AND e.act = ANY(%(acts)s)"]
    return _narrowed(parts, wanted, by=by, values=values)


def _lifts(wanted: LossesWanted, *, by: Actor | None, at: datetime) -> tuple[str, dict[str, Any]]:
    return _narrowed([_LIFTS], wanted, by=by, values=_values(at) | {"lifts": list(LIFTING)})


def _values(at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "soon": at + timedelta(days=due_days(at)),
        "acts": list(REGISTERING),
        "ends": list(_ENDING),
        "settled": [str(one) for one in BANK_SETTLED],
    }


def _narrowed(
    parts: list[str], wanted: LossesWanted, *, by: Actor | None, values: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    if wanted.since is not None:
        parts.append("AND e.happened_at >= %(since)s AND e.happened_at < %(until)s")
        values |= {"since": wanted.since, "until": wanted.until}
    if wanted.office_path:
        parts.append(
            "AND e.org_id IN (SELECT id FROM orgs_organization WHERE path LIKE %(office)s)"
        )
        values["office"] = f"{wanted.office_path}%"
    if by is not None:
        parts.append(_SCOPES.get(by.role, _OFFICES))
        values |= _reach(by)
    if wanted.channel:
        parts.append("AND e.facts::jsonb ->> 'channel' = %(channel)s")
        values["channel"] = wanted.channel
    if wanted.only:
        parts.append("AND e.id = ANY(%(only)s)")
        values["only"] = sorted(wanted.only)
    if wanted.text:
        parts.append(_named(wanted.text, values))
    return "\n".join(parts), values


def _reach(by: Actor) -> dict[str, str]:
    return {"within": f"{by.county_path}%", "bank_path": f"{bank_of(by.org_path)}%"}


# A loss concerns the county whose card it is, and the office that took it (Art. 28).
_OFFICES = "AND (county.path LIKE %(within)s OR office.path LIKE %(within)s)"
_SCOPES = {Role.BANK_TELLER: "AND b.path LIKE %(bank_path)s"}


def _named(text: str, values: dict[str, Any]) -> str:
    """What a text may mean: a card, a registration, a document or telephone number; exact."""
    values |= {"text": text.upper(), "call": text}
    ways = ["e.id::text = %(call)s", "e.facts::jsonb ->> 'call' = %(call)s"]
    try:
        values["text"] = parse_card_number(text).value
        ways.append("c.number = %(text)s")
    except InputError:
        values["document"] = vault.number_index(text.upper())
        ways.append("p.number_index = %(document)s")
    try:
        values["phone"] = vault.phone_index(parse_phone(text).value)
        ways.append("p.phone_index = %(phone)s")
    except InputError:
        pass
    return f"AND ({' OR '.join(ways)})"
