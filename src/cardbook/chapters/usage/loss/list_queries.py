"""Lists losses: who still has to be told, whose stop lapses soon, what was lifted (Art. 28).

What holds is computed from time: no list asks whether anything has run. Nothing here writes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.cards.states import Bank, Hold, Social
from cardbook.chapters.usage.loss.queries import BANK_SETTLED
from cardbook.chapters.usage.loss.questions import Topic
from cardbook.law.papers import KINDS
from cardbook.law.parameters import whole_number
from cardbook.law.roles import SEES_PEOPLE, Role
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lib.identifiers import parse_card_number, parse_phone
from cardbook.lib.masking import mask_name, mask_number, mask_phone
from cardbook.lib.plain import InputError
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.facts import RequestChannel, Signer
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import bank_of
from cardbook.people import vault

ROWS = 50
_SQL = Path(__file__).parent / "sql"
_LOSSES, _ON_LOSS, _LIFTS = (
    (_SQL / f"{name}.sql").read_text(encoding="utf-8") for name in ("losses", "on_loss", "lifts")
)
REGISTERING = ("loss.report", "loss.renew", "loss.formal")
LIFTING = ("loss.lift", "loss.lift_formal")
# A loss is over when its card is stopped for good, or its hold becomes another one.
_ENDING = tuple(
    code
    for code, row in ACTS.items()
    if code not in REGISTERING
    and ("hold" in row.becomes or row.becomes.get("social") == Social.CANCELLED)
)
VALID, DUE, LAPSED, UNTOLD, BANK_OPEN, LIFTED = (
    "valid", "due", "lapsed", "untold", "bank", "lifted",
)  # fmt: skip
STATES: Mapping[str, str] = {
    VALID: "有效",
    DUE: "快到期",
    UNTOLD: "未告知",
    BANK_OPEN: "银行侧未确认",
    LAPSED: "已失效",
    LIFTED: "已解挂",
}
ORDERS: Mapping[str, tuple[str, str]] = {
    "until": ("先到期在前", "c.hold_until NULLS LAST, e.id"),
    "new": ("新挂失在前", "e.happened_at DESC, e.id DESC"),
    "old": ("早挂失在前", "e.happened_at, e.id"),
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
_KINDS = {"loss.report": "口头挂失", "loss.renew": "口头挂失（续办）", "loss.formal": "正式挂失"}
_FOLLOWED = {
    "loss.renew": "续办", "loss.formal": "转正式", "loss.lift": "解挂", "loss.lift_formal": "解挂",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LossRow:
    """One registration of a loss, in words; `state` is as of the moment it was asked."""

    number: int
    act: str
    kind: str
    channel: str
    happened_at: datetime
    until: datetime | None
    state: str
    lapsed: bool
    due: bool
    card_id: int
    card_number: str
    name: str
    shown_name: str
    document: str
    phone: str
    county: str
    own: bool
    bank: str
    bank_phone: str
    bank_state: str
    bank_open: bool
    verified: str
    call: str
    told_at: datetime | None
    untold: bool
    actor: str
    office: str
    followed: str

    @property
    def masked_document(self) -> str:
        """The number as screens show it."""
        return mask_number(self.document)

    @property
    def masked_phone(self) -> str:
        """The telephone number as lists show it."""
        return mask_phone(self.phone) if self.phone else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftRow:
    """One loss taken off, in words."""

    number: int
    loss: int | None
    lost_at: datetime | None
    kind: str
    happened_at: datetime
    channel: str
    ground: str
    verified: str
    card_id: int
    card_number: str
    name: str
    shown_name: str
    document: str
    county: str
    own: bool
    social: str
    bank: str
    bank_state: str
    actor: str
    office: str

    @property
    def masked_document(self) -> str:
        """The number as screens show it."""
        return mask_number(self.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossesWanted:
    """What a list is to show: a state of now, or what was registered in a span of time."""

    state: str = VALID
    text: str = ""
    order: str = "until"
    since: datetime | None = None
    until: datetime | None = None
    office_path: str = ""


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
    return [_loss_row(row, by=by, at=at, soon=soon) for row in found]


def count_losses(wanted: LossesWanted, *, by: Actor, at: datetime) -> int:
    """This function will count what `loss_rows` would list without a limit."""
    query, values = _losses(wanted, by=by, at=at)
    return _count(query, values)


def lift_rows(
    wanted: LossesWanted, *, by: Actor | None, at: datetime, limit: int | None = ROWS,
    offset: int = 0,
) -> list[LiftRow]:  # fmt: skip
    """This function will list losses that were taken off, newest first, in one query."""
    query, values = _lifts(wanted, by=by, at=at)
    values |= {"limit": limit, "offset": offset}
    order = "e.happened_at, e.id" if wanted.since else "e.happened_at DESC, e.id DESC"
    with connection.cursor() as cursor:
        cursor.execute(f"{query} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s", values)
        found = named_rows(cursor)
    return [_lift_row(row, by=by) for row in found]


def count_lifts(wanted: LossesWanted, *, by: Actor, at: datetime) -> int:
    """This function will count what `lift_rows` would list without a limit."""
    query, values = _lifts(wanted, by=by, at=at)
    return _count(query, values)


def counts_by_state(*, by: Actor, at: datetime) -> dict[str, int]:
    """This function will count every state of now within the actor's reach, in one query."""
    query, values = _losses(LossesWanted(state=""), by=by, at=at)
    sums = ", ".join(
        f"count(*) FILTER (WHERE {condition}) AS {state}"
        for state, condition in _CONDITIONS.items()
    )
    _, _, rest = query.partition("FROM ledger_event e\n")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sums} FROM ledger_event e\n{rest}", values)  # noqa: S608 - ours
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
        values |= {"within": f"{by.county_path}%", "bank_path": f"{bank_of(by.org_path)}%"}
    if wanted.text:
        parts.append(_named(wanted.text, values))
    return "\n".join(parts), values


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


def _loss_row(row: dict[str, Any], *, by: Actor | None, at: datetime, soon: datetime) -> LossRow:
    facts = json.loads(row["facts"])
    opening = row["act"] not in REGISTERING
    until = datetime.fromisoformat(facts["hold_until"]) if facts.get("hold_until") else None
    until = row["hold_until"] if opening else until
    state = _state(row, until, at)
    name, own = vault.open_text(row["name_sealed"], context=vault.NAME), _is_own(row, by)
    return LossRow(
        number=row["id"],
        act=row["act"],
        kind=f"{Hold.of(row['hold']).label}（期初登记）" if opening else _KINDS[row["act"]],
        channel="期初" if opening else RequestChannel(facts["channel"]).label,
        happened_at=row["happened_at"],
        until=until,
        state=state,
        lapsed=state == STATES[LAPSED],
        due=row["next_act"] is None and until is not None and at < until <= soon,
        card_id=row["card_id"],
        card_number=row["card_number"],
        name=name,
        shown_name=name if own else mask_name(name),
        document=vault.open_text(row["number_sealed"], context=vault.NUMBER),
        phone=vault.open_text(row["phone_sealed"], context=vault.PHONE)
        if row["phone_sealed"]
        else "",
        county=row["county"],
        own=own,
        bank=row["bank"],
        bank_phone=row["bank_phone"],
        bank_state=Bank.of(row["bank_state"]).label,
        bank_open=row["bank_state"] not in BANK_SETTLED,
        verified="" if opening else _verified(facts),
        call=facts.get("call", ""),
        told_at=row["told_at"],
        untold=not opening and row["told_at"] is None,
        actor=row["actor"],
        office=row["office"],
        followed=_followed(row),
    )


def _state(row: dict[str, Any], until: datetime | None, at: datetime) -> str:
    if row["next_act"] is not None:
        return _FOLLOWED.get(row["next_act"], "已终止")
    return STATES[LAPSED] if until is not None and until <= at else STATES[VALID]


def _followed(row: dict[str, Any]) -> str:
    if row["next_act"] is None:
        return ""
    title = _FOLLOWED.get(row["next_act"]) or ACTS[row["next_act"]].title
    return f"{row['next_at'].astimezone(LOCAL):%Y-%m-%d} {title}"


def _is_own(row: dict[str, Any], by: Actor | None) -> bool:
    """Whether the holder's name is this reader's business: his county's card, at a desk of his."""
    if by is None:
        return True
    return by.role in SEES_PEOPLE and row["county_path"].startswith(by.county_path)


def _verified(facts: Mapping[str, Any]) -> str:
    """How whoever spoke was verified: the document, or which questions he answered."""
    who = Signer(facts.get("caller") or facts.get("asked_by") or Signer.HOLDER).label
    if facts.get("document_seen"):
        return f"{who}，证件"
    asked = [_TOPICS.get(code, code) for code in facts.get("questions", ())]
    return f"{who}，问题：{'、'.join(asked)}" if asked else f"{who}，书面"


_TOPICS = {str(one): one.short for one in Topic}


def _lift_row(row: dict[str, Any], *, by: Actor | None) -> LiftRow:
    facts = json.loads(row["facts"])
    name, own = vault.open_text(row["name_sealed"], context=vault.NAME), _is_own(row, by)
    papers = [KINDS[paper.partition(":")[0]].title for paper in row["papers"]]
    seen = ["查验找回的卡"] if facts["card_seen"] else []
    bank_as_of = row["bank_as_of"]
    said = (
        f"（{row['bank_source']} {bank_as_of.astimezone(LOCAL):%Y-%m-%d}）" if bank_as_of else ""
    )
    return LiftRow(
        number=row["id"],
        loss=row["loss_id"],
        lost_at=row["lost_at"],
        kind=ACTS[row["act"]].title,
        happened_at=row["happened_at"],
        channel=RequestChannel(facts["channel"]).label,
        ground="、".join((*seen, *papers)) or facts.get("words", "") or "本人来电说明",
        verified=_verified(facts),
        card_id=row["card_id"],
        card_number=row["card_number"],
        name=name,
        shown_name=name if own else mask_name(name),
        document=vault.open_text(row["number_sealed"], context=vault.NUMBER),
        county=row["county"],
        own=own,
        social=Social.of(row["social"]).label,
        bank=row["bank"],
        bank_state=f"{Bank.of(row['bank_state']).label}{said}",
        actor=row["actor"],
        office=row["office"],
    )
