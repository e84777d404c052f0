"""Reads wrong cards: the comparison, the list by progress and age, one handling (Art. 13 to 15).

`sql/corrections.sql` is the one query behind list, page and 清单; nothing here writes.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Count as Number

from cardbook.cards.models import Card
from cardbook.cards.states import CLOSED_CORRECTIONS, CorrectionProgress, Social, Stage, Subject
from cardbook.chapters.card_heads import card_in_county
from cardbook.chapters.corrections.wrong_cards.scope import (
    corrections_of,
    people_found,
    reads_under,
    taken_back_by,
)
from cardbook.chapters.corrections.wrong_cards.values import (
    Values,
    face_as_registered,
    labels_of,
    open_agent,
    open_face,
    open_right,
)
from cardbook.chapters.counting_in import not_in_hand
from cardbook.law.parameters import whole_number
from cardbook.lib import citizen_number
from cardbook.lib.clock import local_day
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.masking import mask_number
from cardbook.lib.plain import InputError
from cardbook.lib.rows import array_of, named_rows
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Fault, FoundAt
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import OpenAct, open_act
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.people import vault
from cardbook.people.holders import find_by_number, holder_of

_QUERY = (Path(__file__).parent / "sql" / "corrections.sql").read_text(encoding="utf-8")
ROWS = 50
MOST_FOUND = 200
PROOFS: Mapping[str, str] = {
    "id_card": "居民身份证",
    "household": "户口簿",
    "other": "其他证明材料",
}
WAYS: Mapping[str, str] = {"face": "当面", "phone": "电话", "sms": "短信", "letter": "书面"}
STATES: Mapping[str, str] = {
    "open": "办理中",
    "untold": "待说明",
    "recorded": "待再次核查",
    "rechecked": "待省系统登记",
    "entered": "待省系统确认",
    "overdue": "逾期未确认",
    "police_late": "公安更正逾期",
    "confirmed": "待补换卡",
    "closed": "已办结",
}
ORDERS: Mapping[str, tuple[str, str]] = {
    "age": ("等待最久在前", "last.happened_at, c.id"),
    "new": ("新发现在前", "c.id DESC"),
    "card": ("按卡号", "k.number, c.id"),
    "found": ("先发现在前", "d.found_on, c.id"),
}
_CLOSED = tuple(str(one) for one in CLOSED_CORRECTIONS)
_OPEN = tuple(str(one) for one in CorrectionProgress if one not in CLOSED_CORRECTIONS)
_UNTOLD = """AND NOT EXISTS (
    SELECT FROM ledger_event x WHERE x.subject_kind = 'correction' AND x.subject_id = c.id
    AND x.act = 'error.explain')"""
_BEGUN_AT = """AND EXISTS (
    SELECT FROM ledger_event t WHERE t.subject_kind = 'correction' AND t.subject_id = c.id
    AND t.seq = 1 AND t.org_id = %(outlet)s)"""
# What a bank's outlet took back, which lies in no county, stands in the list of the card's county.
_OF_OFFICE = "AND (office.path LIKE %(office)s OR o.path LIKE %(office)s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardToCompare:
    """A card with its holder's registered values, for the comparison."""

    id: int
    number: str
    person_id: int
    name: str
    masked_number: str
    bank: str
    batch: str
    state: str
    issued: bool
    face: Values
    holder_number: str
    hindrances: tuple[Refusal, ...]


def card_to_compare(*, card_id: int, by: Actor, at: datetime) -> CardToCompare | None:
    """This function will show a card the actor's county has or owns, or return None."""
    card = card_in_county(card_id=card_id, by=by)
    return _to_compare(card, by=by, at=at) if card else None


def find_card(*, text: str, by: Actor, at: datetime) -> CardToCompare | None:
    """This function will find a scanned card within the actor's county.

    :raises cardbook.lib.plain.InputError: when it is no card number.
    """
    number = parse_card_number(text.strip().removeprefix("~")).value
    card_id = Card.objects.filter(number=number).values_list("pk", flat=True).first()
    return card_to_compare(card_id=card_id, by=by, at=at) if card_id else None


def _to_compare(card: Card, *, by: Actor, at: datetime) -> CardToCompare:
    holder = holder_of(card.person)
    case = load_cases(subject=Subject.CARD, ids=[card.pk], lock=False)[card.pk]
    record = open_act(act=act("error.record"), case=case, by=by, at=at)
    return CardToCompare(
        id=card.pk,
        number=card.number,
        person_id=card.person_id,
        name=holder.name,
        masked_number=holder.masked_number,
        bank=card.bank_org.name if card.bank_org else "",
        batch=card.batch.code,
        state=Stage.of(card.stage).label,
        issued=card.stage == Stage.ISSUED,
        face=face_as_registered(holder),
        holder_number=holder.number,
        hindrances=(*record.reasons, *not_in_hand([case], by=by)),
    )


def is_of_another(number: str, *, than: int) -> bool:
    """This function will say whether a document's number is another holder's, not a misprint."""
    person = find_by_number(number) if number else None
    return person is not None and person.pk != than


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRow:
    """One handling in words, its values opened; pages mask what they show."""

    id: int
    progress: str
    card_id: int
    card_number: str
    bank: str
    batch: str
    county: str
    name: str
    number: str
    found: str
    found_on: date
    fields: tuple[str, ...]
    face: Values
    right: Values
    fault: Fault
    proof: str
    reference: str
    entered_on: date | None
    confirmed_on: date | None
    expected_on: date | None
    corrected_on: date | None
    application_id: int | None
    fee_fen: int | None
    recorded_at: datetime
    recorder_id: int
    recorder: str
    last_at: datetime
    told_at: datetime | None
    told_way: str
    told_whom: str
    told_words: str
    teller: str
    rechecked_at: datetime | None
    rechecker: str
    lot: str
    in_use: bool
    days: int
    overdue: int
    police_late: int

    @property
    def masked_number(self) -> str:
        """The registered number as screens show it."""
        return mask_number(self.number)

    @property
    def progress_title(self) -> str:
        """How far it is, in words."""
        return CorrectionProgress.of(self.progress).label

    @property
    def fields_text(self) -> str:
        """What is wrong, in words."""
        return labels_of(self.fields)

    @property
    def is_open(self) -> bool:
        """Whether it is still being handled."""
        return self.progress not in CLOSED_CORRECTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a list is to show; `people` and `number` come from a search."""

    state: str = ""
    order: str = "age"
    people: tuple[int, ...] | None = None
    number: str = ""
    ids: tuple[int, ...] | None = None
    office: str = ""
    outlet: int | None = None
    since: date | None = None
    until: date | None = None


def correction_rows(
    wanted: Wanted, *, within: str, today: date, limit: int | None = ROWS, offset: int = 0
) -> list[CorrectionRow]:
    """This function will list handlings of a county (or all below a path) in one query."""
    conditions, values = _conditions(wanted, today=today)
    query = _QUERY.format(conditions=conditions, order=ORDERS[wanted.order][1])
    given = {**values, "county": f"{within}%", "limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        rows = named_rows(cursor)
    due = whole_number("error_confirm_due_days", on=today)
    return [_row(row, today=today, due=due) for row in rows]


def count_corrections(wanted: Wanted, *, within: str, today: date) -> int:
    """This function will count what `correction_rows` would list without a limit."""
    conditions, values = _conditions(wanted, today=today)
    query = (
        "SELECT count(*) FROM cards_correction c "  # noqa: S608 - own conditions only
        "JOIN corrections_correctiondetail d ON d.correction_id = c.id "
        "JOIN cards_card k ON k.id = c.card_id JOIN orgs_organization o ON o.id = c.county_id "
        f"WHERE o.path LIKE %(county)s {conditions}"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, {**values, "county": f"{within}%"})
        (found,) = cursor.fetchone()
    return int(found)


def _conditions(wanted: Wanted, *, today: date) -> tuple[str, dict[str, Any]]:
    parts: list[str] = []
    values: dict[str, Any] = {"open": list(_OPEN), "closed": list(_CLOSED)}
    if wanted.state in ("open", "untold"):
        parts.append("AND c.progress = ANY(%(open)s)")
    if wanted.state == "untold":
        parts.append(_UNTOLD)
    elif wanted.state == "closed":
        parts.append("AND c.progress = ANY(%(closed)s)")
    elif wanted.state == "overdue":
        parts.append("AND c.progress IN ('recorded', 'rechecked', 'entered')")
        parts.append("AND d.found_on < %(due)s")
        values["due"] = today - timedelta(days=whole_number("error_confirm_due_days", on=today))
    elif wanted.state == "police_late":
        parts.append("AND c.progress = ANY(%(open)s) AND d.expected_on < %(today)s")
        values["today"] = today
    elif wanted.state and wanted.state != "open":
        parts.append("AND c.progress = %(state)s")
        values["state"] = wanted.state
    for condition, name, value in (
        ("AND c.person_id = ANY(%(people)s::bigint[])", "people", _array(wanted.people)),
        ("AND c.id = ANY(%(ids)s::bigint[])", "ids", _array(wanted.ids)),
        ("AND k.number = %(number)s", "number", wanted.number or None),
        (_OF_OFFICE, "office", wanted.office and f"{wanted.office}%"),
        (_BEGUN_AT, "outlet", wanted.outlet),
        ("AND d.found_on >= %(since)s", "since", wanted.since),
        ("AND d.found_on <= %(until)s", "until", wanted.until),
    ):
        if value:
            parts.append(condition)
            values[name] = value
    return " ".join(parts), values


def _array(ids: Sequence[int] | None) -> str | None:
    return None if ids is None else array_of(ids)


def searched(text: str, *, wanted: Wanted, by: Actor, today: date) -> Wanted:
    """This function will narrow a list by card number, document number, name or initials."""
    text = text.strip()
    with suppress(InputError):
        return replace(wanted, number=parse_card_number(text).value)
    with suppress(InputError):
        index = vault.number_index(citizen_number.parse(text, today=today).number)
        people = corrections_of(by).filter(person__number_index=index)
        return replace(wanted, people=tuple(people.values_list("person_id", flat=True)))
    keys = vault.query_keys(text.split())
    found = people_found(keys, by=by, limit=MOST_FOUND)
    return replace(wanted, people=tuple(found))


def counts_by_state(*, by: Actor, today: date) -> dict[str, int]:
    """This function will count every queue of the county: one query for each that is cut."""
    found = dict(corrections_of(by).values_list("progress").annotate(Number("id")))
    counts = {state: found.get(state, 0) for state in STATES}
    counts["open"] = sum(found.get(state, 0) for state in _OPEN)
    counts["closed"] = sum(found.get(state, 0) for state in _CLOSED)
    for state in ("untold", "overdue", "police_late"):
        wanted = Wanted(state=state, outlet=taken_back_by(by))
        counts[state] = count_corrections(wanted, within=reads_under(by), today=today)
    return counts


def correction_of(*, correction_id: int, by: Actor, today: date) -> CorrectionRow | None:
    """This function will return one handling of those the actor reads, or None."""
    wanted = Wanted(ids=(correction_id,), outlet=taken_back_by(by))
    rows = correction_rows(wanted, within=reads_under(by), today=today, limit=1)
    return rows[0] if rows else None


_NEXT = (
    "error.explain",
    "error.recheck",
    "error.enter_province",
    "error.confirm_province",
    "error.resume",
    "error.drop",
)


def open_steps(*, correction_id: int, by: Actor, at: datetime) -> list[OpenAct]:
    """This function will say which steps are open to the actor, and why the others are not."""
    case = load_cases(subject=Subject.CORRECTION, ids=[correction_id], lock=False)[correction_id]
    found = [open_act(act=act(code), case=case, by=by, at=at) for code in _NEXT]
    return [one for one in found if by.role in one.act.who]


def _row(row: dict[str, Any], *, today: date, due: int) -> CorrectionRow:
    told = json.loads(row["told_facts"]) if row["told_facts"] else {}
    agent = open_agent(row["agent_sealed"])
    progress = row["progress"]
    unconfirmed = progress in ("recorded", "rechecked", "entered")
    late = (today - row["found_on"]).days - due
    return CorrectionRow(
        **{name: row[name] for name in _PLAIN},
        progress=progress,
        bank=row["bank"] + (f"（尾号{row['bank_last4']}）" if row["bank_last4"] else ""),
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        number=vault.open_text(row["number_sealed"], context=vault.NUMBER),
        found=FoundAt(row["found"]).label,
        fields=tuple(row["wrong_fields"]),
        face=open_face(row["face_sealed"]),
        right=open_right(row["right_sealed"]),
        fault=Fault(row["fault"]),
        proof=PROOFS.get(row["proof"], row["proof"]),
        told_way=WAYS.get(told.get("way", ""), told.get("way", "")),
        told_whom=(f"代理人{agent}" if told.get("told") == "agent" else "持卡人") if told else "",
        told_words=told.get("words", ""),
        teller=row["teller"] or "",
        rechecker=row["rechecker"] or "",
        lot=str(json.loads(row["lot_facts"])["lot"]) if row["lot_facts"] else "",
        in_use=row["social"] != Social.SEALED,
        days=(today - local_day(row["last_at"])).days,
        overdue=max(late, 0) if unconfirmed else 0,
        police_late=_police_late(row, today=today),
    )


def _police_late(row: Mapping[str, Any], *, today: date) -> int:
    """How many days ago the police should have mended its data; 0 when it is not late."""
    expected_on: date | None = row["expected_on"]
    if expected_on is None or row["progress"] in CLOSED_CORRECTIONS:
        return 0
    return max((today - expected_on).days, 0)


_PLAIN = (
    "id", "card_id", "card_number", "batch", "county", "found_on", "reference", "entered_on",
    "confirmed_on", "expected_on", "corrected_on", "application_id", "fee_fen", "recorded_at",
    "recorder_id", "recorder", "last_at", "told_at", "rechecked_at",
)  # fmt: skip
