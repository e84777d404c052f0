"""A loss and its lifting in words, as lists and registers show them to one reader (Art. 28).

`list_queries.py` beside it asks for the rows; names are shown in full to whoever they concern.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cardbook.cards.states import Bank, Hold, Social
from cardbook.chapters.usage.loss.queries import BANK_SETTLED
from cardbook.chapters.usage.loss.questions import CALLERS, Topic
from cardbook.law.papers import KINDS
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lib.clock import LOCAL
from cardbook.lib.masking import mask_name, mask_number, mask_phone
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.facts import RequestChannel
from cardbook.orgs.actors import Actor
from cardbook.people import vault

REGISTERING = ("loss.report", "loss.renew", "loss.formal")
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
    device: str
    office: str
    followed: str

    @property
    def oral_now(self) -> bool:
        """Whether it is an oral loss that still holds: renewed, put in writing or taken off."""
        return self.until is not None and self.state == STATES[VALID]

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
    device: str
    office: str

    @property
    def masked_document(self) -> str:
        """The number as screens show it."""
        return mask_number(self.document)


def loss_row(row: dict[str, Any], *, by: Actor | None, at: datetime, soon: datetime) -> LossRow:
    """This function will say one row of `losses.sql` in words, for one reader."""
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
        phone=_phone(row),
        county=row["county"],
        own=own,
        bank=row["bank"],
        bank_phone=row["bank_phone"],
        bank_state=Bank.of(row["bank_state"]).label,
        bank_open=row["bank_state"] not in BANK_SETTLED,
        verified="" if opening else _verified(facts, came=_came(row, own)),
        call=facts.get("call", ""),
        told_at=row["told_at"],
        untold=not opening and row["told_at"] is None,
        actor=row["actor"],
        device=row["device"],
        office=row["office"],
        followed=_followed(row),
    )


def _phone(row: dict[str, Any]) -> str:
    sealed = row["phone_sealed"]
    return vault.open_text(sealed, context=vault.PHONE) if sealed else ""


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


def _came(row: Mapping[str, Any], own: bool) -> str:
    """The name of whoever came for the holder, seen by whom the holder's is; "" for himself."""
    if row["came_name"] is None:
        return ""
    name = vault.open_text(row["came_name"], context=vault.NAME)
    return f" {name if own else mask_name(name)}"


def _verified(facts: Mapping[str, Any], *, came: str) -> str:
    """Who spoke and how he was verified: the document, or which questions he answered."""
    who = CALLERS[facts.get("caller") or facts["asked_by"]] + came
    if facts.get("document_seen"):
        return f"{who}，证件"
    asked = [_TOPICS.get(code, code) for code in facts.get("questions", ())]
    return f"{who}，问题：{'、'.join(asked)}" if asked else f"{who}，书面"


_TOPICS = {str(one): one.short for one in Topic}


def lift_row(row: dict[str, Any], *, by: Actor | None) -> LiftRow:
    """This function will say one row of `lifts.sql` in words, for one reader."""
    facts = json.loads(row["facts"])
    name, own = vault.open_text(row["name_sealed"], context=vault.NAME), _is_own(row, by)
    papers = [KINDS[paper.partition(":")[0]].title for paper in row["papers"]]
    found = "来电人说卡已找到" if facts.get("questions") else "查验找回的卡"
    seen = [found] if facts["card_seen"] else []
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
        verified=_verified(facts, came=_came(row, own)),
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
        device=row["device"],
        office=row["office"],
    )
