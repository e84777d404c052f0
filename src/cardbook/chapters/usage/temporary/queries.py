"""Temporary cards: in stock by box, lent until when, overdue by the day alone (Art. 27)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cardbook.cards.models import Application, TemporaryCard
from cardbook.cards.states import CLOSED_APPLICATIONS, Subject, TemporaryStage
from cardbook.chapters.card_heads import CardHead
from cardbook.law.parameters import quoted, whole_number
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day, months_away
from cardbook.lib.masking import mask_number, mask_phone
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Channel, DunResult
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import OpenAct, open_acts
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.people import vault

_LIST = (Path(__file__).parent / "sql" / "temporary.sql").read_text(encoding="utf-8")
MOST = 2000
READERS = frozenset({*act("temporary.lend").who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})
_SOON = 7
SHOWN = {
    "": "全部",
    "in_stock": "在库",
    "lent": "已发放",
    "overdue": "逾期未还",
    "due_soon": "七日内到期",
    "returned": "已收回",
    "lost": "遗失注销",
    "void": "损坏作废",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryRow:
    """One temporary card with whoever has it."""

    id: int
    number: str
    stage: str
    stage_code: str
    box: str
    office: str
    name: str
    masked_number: str
    lent_on: date | None
    valid_until: date | None
    days_over: int
    excused: bool
    masked_phone: str
    dunned: str
    again_on: date | None


SORTS: Mapping[str, tuple[str, Callable[[TemporaryRow], Any]]] = {
    "over": ("逾期最久的在前", lambda row: (-row.days_over, row.number)),
    "until": ("先到期的在前", lambda row: (row.valid_until or date.max, row.number)),
    "lent": ("最近发放的在前", lambda row: (-(row.lent_on or date.min).toordinal(), row.number)),
    "box": ("按盒号", lambda row: (row.box, row.number)),
    "number": ("按卡号", lambda row: row.number),
}


def temporary_cards(
    *, by: Actor, today: date, only: str = "", text: str = "", sort: str = "over"
) -> list[TemporaryRow]:
    """This function will list a county's temporary cards; what is overdue first, unless told.

    At most `MOST` are looked at: those of the number or box in `text`, then those that are out.
    """
    values: dict[str, Any] = {"county": by.county_path, "limit": MOST, "text": text.upper()}
    with connection.cursor() as cursor:
        cursor.execute(_LIST, values)
        found = named_rows(cursor)
    rows = [_row(row, today=today) for row in found]
    wanted = [
        row for row in rows if _shown(row, only, today=today) and (not text or _is(row, text))
    ]
    return sorted(wanted, key=SORTS[sort][1])


def _shown(row: TemporaryRow, only: str, *, today: date) -> bool:
    if only == "overdue":
        return row.days_over > 0
    if only == "due_soon":
        until = row.valid_until if row.stage_code == TemporaryStage.LENT else None
        return until is not None and today <= until <= today + timedelta(days=_SOON)
    return not only or row.stage_code == only


def _is(row: TemporaryRow, text: str) -> bool:
    return text.upper() in (row.number, row.box.upper()) or bool(row.name and text in row.name)


def _row(row: dict[str, Any], *, today: date) -> TemporaryRow:
    named = row["name_sealed"] is not None
    lent = row["stage"] == TemporaryStage.LENT
    over = (today - row["valid_until"]).days if lent and row["valid_until"] else 0
    return TemporaryRow(
        id=row["id"],
        number=row["number"],
        stage="逾期未还" if over > 0 else TemporaryStage.of(row["stage"]).label,
        stage_code=row["stage"],
        box=row["box"],
        office=row["office"],
        name=vault.open_text(row["name_sealed"], context=vault.NAME) if named else "",
        masked_number=mask_number(vault.open_text(row["number_sealed"], context=vault.NUMBER))
        if named
        else "",
        lent_on=local_day(row["lent_at"]) if row["lent_at"] else None,
        valid_until=row["valid_until"],
        days_over=max(over, 0),
        excused=row["excused"],
        masked_phone=_masked_phone(row["phone_sealed"]),
        dunned=dunned_words(row),
        again_on=again_on(row["dun_facts"]),
    )


def _masked_phone(sealed: bytes | None) -> str:
    return mask_phone(vault.open_text(sealed, context=vault.PHONE)) if sealed else ""


def dunned_words(row: Mapping[str, Any]) -> str:
    """This function will say how often a borrower was asked, how last, and what came of it."""
    if not row["dun_times"]:
        return ""
    said = json.loads(row["dun_facts"])
    last = f"末次{Channel(said['channel']).label} {local_day(row['dun_at'])}"
    return f"催还 {row['dun_times']} 次，{last} {DunResult(said['result']).label}"


def again_on(facts: str | None) -> date | None:
    """This function will tell on which day a borrower is to be asked again, or None."""
    day = json.loads(facts).get("again_on") if facts else None
    return date.fromisoformat(day) if day else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dunning:
    """One time a borrower was asked for his temporary card: when, by whom, how, with what end."""

    at: datetime
    actor: str
    channel: str
    result: str
    words: str
    again_on: date | None


def dunnings(temporary_id: int) -> list[Dunning]:
    """This function will list every time the borrower was asked, the last one first."""
    asked = Event.objects.filter(
        subject_kind=Subject.TEMPORARY_CARD, subject_id=temporary_id, act="temporary.dun"
    ).order_by("-seq")
    found = [(one, json.loads(one.facts)) for one in asked]
    names = dict(
        User.objects.filter(pk__in={one.actor_id for one, _ in found}).values_list("pk", "name")
    )
    return [
        Dunning(
            at=one.happened_at, actor=names.get(one.actor_id, ""),
            channel=Channel(said["channel"]).label, result=DunResult(said["result"]).label,
            words=said["words"], again_on=again_on(one.facts),
        )
        for one, said in found
    ]  # fmt: skip


def in_reach(by: Actor) -> QuerySet[TemporaryCard]:
    """This function will find the temporary cards of the actor's county."""
    return TemporaryCard.objects.filter(county__path__startswith=by.county_path)


def overdue_count(*, by: Actor, today: date) -> int:
    """This function will count the county's temporary cards that should be back by now."""
    return in_reach(by).filter(stage=TemporaryStage.LENT, valid_until__lt=today).count()


def temporary_head(temporary_id: int, by: Actor) -> CardHead | None:
    """This function will name a temporary card of the county, or return None."""
    return _head(in_reach(by).filter(pk=temporary_id).select_related("person").first())


def temporary_head_of(number: str, by: Actor) -> CardHead | None:
    """This function will name a temporary card by its printed number, or return None."""
    return _head(in_reach(by).filter(number=number).select_related("person").first())


def _head(card: TemporaryCard | None) -> CardHead | None:
    if card is None:
        return None
    holder = card.person
    return CardHead(
        id=card.pk,
        number=card.number,
        name=vault.open_text(holder.name_sealed, context=vault.NAME) if holder else "在库",
        masked_number=mask_number(vault.open_text(holder.number_sealed, context=vault.NUMBER))
        if holder
        else "",
        bank="",
        batch="",
    )


def open_on(temporary_id: int, *, by: Actor, at: datetime) -> tuple[OpenAct, ...]:
    """This function will say what may be done with a temporary card now, and if not, why."""
    cases = load_cases(subject=Subject.TEMPORARY_CARD, ids=[temporary_id], lock=False, at=at)
    case = cases.get(temporary_id)
    return () if case is None else open_acts(case=case, by=by, at=at)


def lent_on(card_id: int) -> date | None:
    """This function will tell on which day a temporary card was lent last, or None."""
    lendings = Event.objects.filter(
        subject_kind=Subject.TEMPORARY_CARD, subject_id=card_id, act="temporary.lend"
    )
    at = lendings.order_by("-seq").values_list("happened_at", flat=True).first()
    return local_day(at) if at else None


def last_day(lent_on: date, *, today: date) -> date:
    """This function will tell until when a card lent on a day may be used, however extended."""
    months = whole_number("temp_card_extension_months", on=today)
    return months_away(lent_on, months)


def term_words(temporary_id: int, *, today: date) -> str:
    """This function will say until when a card that is lent may be used, and at most."""
    lent, card = lent_on(temporary_id), TemporaryCard.objects.filter(pk=temporary_id).first()
    if card is None or lent is None:
        return ""
    months = quoted("temp_card_extension_months", on=today)
    latest = f"最长可用到 {last_day(lent, today=today)}，即发放起 {months}，再晚的不能登记。"
    return f"现在可用到 {card.valid_until}；{latest}"


def waiting_for_a_card(person_id: int) -> QuerySet[Application]:
    """This function will find what a person has asked for and not got yet (Art. 25, 26)."""
    return Application.objects.filter(person=person_id).exclude(progress__in=CLOSED_APPLICATIONS)


def application_head(application_id: int, by: Actor) -> CardHead | None:
    """This function will name whose application of the county it is, or return None."""
    found = (
        Application.objects.filter(pk=application_id, county__path__startswith=by.county_path)
        .filter(~Q(progress__in=CLOSED_APPLICATIONS))
        .select_related("person")
        .first()
    )
    if found is None:
        return None
    return CardHead(
        id=found.pk,
        number=f"{found.pk} 号",
        name=vault.open_text(found.person.name_sealed, context=vault.NAME),
        masked_number=mask_number(
            vault.open_text(found.person.number_sealed, context=vault.NUMBER)
        ),
        bank="",
        batch="",
    )
