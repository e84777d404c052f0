"""Reads what failed inspection: the stock to send back, and each batch's rate (Art. 9).

`queries.py` beside it reads the replacements; nothing here writes.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cardbook.cards.models import Batch, Card
from cardbook.cards.states import Stage
from cardbook.custody.places import Place
from cardbook.law.parameters import whole_number
from cardbook.law.roles import SEES_PEOPLE, Role
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.facts import Defect, Reading, Verdict
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people import vault

_SQL = Path(__file__).parent / "sql"
# What a finding is, the sheet, the stock and the rates read alike.
_FINDINGS = (_SQL / "findings.sql").read_text(encoding="utf-8")


def sql_of(name: str) -> str:
    """This function will read a query of this slice, with the findings it asks for."""
    return (_SQL / name).read_text(encoding="utf-8").replace("{findings}", _FINDINGS)


_DEFECTS, _RATES, _BY_BATCH = (
    sql_of(name) for name in ("defects.sql", "batch_rates.sql", "defects_by_batch.sql")
)
ROWS = 50
MOST_EXPORTED = 5000
# The office and all above it; an outlet of a bank reads what it found itself (Art. 9).
STOCK_READERS = SEES_PEOPLE | {Role.BANK_TELLER}
ORDERS: Mapping[str, tuple[str, str]] = {
    "old": ("搁置最久在前", "e.happened_at, e.id"),
    "new": ("新登记在前", "e.id DESC"),
    "batch": ("按批次", "m.code, c.number"),
    "card": ("按卡号", "c.number, e.id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectRow:
    """One defective card in words."""

    card_id: int
    card_number: str
    name: str
    number: str
    bank: str
    batch_id: int
    batch: str
    maker: str
    defect: str
    reading: str
    verdict: str
    words: str
    happened_at: datetime
    office: str
    actor: str
    place: str
    is_here: bool
    keeper: str
    application_id: int | None
    days: int

    @property
    def masked_number(self) -> str:
        """The number as screens show it."""
        return mask_number(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectsWanted:
    """What a list is to show: the stock alone, one batch, one kind, one card."""

    in_stock: bool = False
    batch: int | None = None
    defect: str = ""
    card: str = ""
    order: str = "old"
    since: datetime | None = None
    until: datetime | None = None


def defect_rows(
    wanted: DefectsWanted,
    *,
    office_path: str,
    today: date,
    limit: int | None = ROWS,
    offset: int = 0,
) -> list[DefectRow]:
    """This function will list cards an office and all below it found defective, in one query.

    A card that is replaced at the window for a quality problem was examined there: it counts once.
    """
    conditions, values = _conditions(wanted, office_path=office_path)
    query = f"{_DEFECTS} {conditions} ORDER BY {ORDERS[wanted.order][1]}"
    given = {**values, "limit": limit, "offset": offset}
    with connection.cursor() as cursor:
        cursor.execute(f"{query} LIMIT %(limit)s OFFSET %(offset)s", given)
        return [_row(row, today=today) for row in named_rows(cursor)]


def count_defects(wanted: DefectsWanted, *, office_path: str) -> int:
    """This function will count what `defect_rows` would list without a limit."""
    conditions, values = _conditions(wanted, office_path=office_path)
    query = f"SELECT count(*) FROM ({_DEFECTS} {conditions}) AS found"  # noqa: S608 - ours alone
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        (found,) = cursor.fetchone()
    return int(found)


def _conditions(wanted: DefectsWanted, *, office_path: str) -> tuple[str, dict[str, Any]]:
    given = (
        ("AND a.kind = %(place)s", "place", str(Place.DEFECT) if wanted.in_stock else None),
        ("AND m.id = %(batch)s", "batch", wanted.batch),
        ("AND e.facts::jsonb ->> 'defect' = %(defect)s", "defect", wanted.defect or None),
        ("AND c.number = %(card)s", "card", wanted.card or None),
    )
    chosen = [one for one in given if one[2] is not None]
    values = _examined(office_path, since=wanted.since, until=wanted.until)
    return " ".join(one[0] for one in chosen), values | {name: one for _, name, one in chosen}


def _examined(
    office_path: str, *, since: datetime | None = None, until: datetime | None = None
) -> dict[str, Any]:
    """What `findings.sql` asks for."""
    return {"office": f"{office_path}%", "since": since, "until": until}


def _row(row: dict[str, Any], *, today: date) -> DefectRow:
    facts = json.loads(row["facts"])
    tried = Reading.UNREADABLE if facts.get("reader_tried") else Reading.EYE
    return DefectRow(
        card_id=row["card_id"],
        card_number=row["card_number"],
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        number=vault.open_text(row["number_sealed"], context=vault.NUMBER),
        bank=row["bank"] + (f"（尾号{row['bank_last4']}）" if row["bank_last4"] else ""),
        batch_id=row["batch_id"],
        batch=row["batch"],
        maker=row["maker"],
        defect=Defect(facts["defect"]).label,
        # An entry from before the result was kept says only whether a reader was tried.
        reading=Reading(facts["reading"]).label if "reading" in facts else _OLD[tried],
        verdict=Verdict(facts.get("verdict", Verdict.MADE)).label,
        words=facts.get("words", ""),
        happened_at=row["happened_at"],
        office=row["office"],
        actor=row["actor"],
        place=Place(row["place"]).label,
        is_here=row["place"] == Place.DEFECT,
        keeper=row["keeper"],
        application_id=row["application_id"],
        days=(today - local_day(row["happened_at"])).days,
    )


_OLD = {Reading.UNREADABLE: "上机试读", Reading.EYE: Reading.EYE.label}


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRate:
    """How many cards of a maker's batch are defective."""

    id: int
    code: str
    maker: str
    bank: str
    cards: int
    defects: int
    kinds: tuple[tuple[str, str, int], ...]
    alarm: bool

    @property
    def permille(self) -> str:
        """Defective cards of a thousand."""
        return f"{self.defects * 1000 / self.cards:.1f}" if self.cards else "—"


RATE_ORDERS: Mapping[str, str] = {
    "worst": "千分比高的在前",
    "defects": "质量问题卡多的在前",
    "cards": "卡数多的在前",
    "code": "按批次",
    "maker": "按厂商",
    "bank": "按银行",
}


def batch_rates(
    *, by: Actor, today: date, text: str = "", order: str = "worst"
) -> list[BatchRate]:
    """This function will rate the batches with defects in the actor's county, worst first.

    `text` is part of a batch's code, its maker's or bank's name.
    """
    alarm = whole_number("defect_alarm_permille", on=today)
    with connection.cursor() as cursor:
        cursor.execute(_RATES, _examined(by.county_path))
        rows = named_rows(cursor)
    rated = [
        BatchRate(
            id=row["id"],
            code=row["code"],
            maker=row["maker"],
            bank=row["bank"],
            cards=row["cards"],
            defects=row["defects"],
            kinds=tuple((str(one), one.label, row[str(one)]) for one in Defect),
            alarm=row["defects"] * 1000 > alarm * row["cards"],
        )
        for row in rows
        if text.upper() in f"{row['code']} {row['maker']} {row['bank']}".upper()
    ]
    if order in ("code", "maker", "bank"):
        return sorted(rated, key=lambda one: (getattr(one, order), one.code))
    if order in ("defects", "cards"):
        return sorted(rated, key=lambda one: -getattr(one, order))
    return rated


def defects_by_batch(office_path: str) -> dict[int, int]:
    """This function will count the defective cards of each batch, and no others."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_BATCH, _examined(office_path))
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchCard:
    """One card of a batch, for whoever counts them again."""

    id: int
    number: str
    stage: str
    place: str


def office_code(by: Actor) -> str:
    """This function will name the actor's county, for the sheet of one card."""
    return Organization.objects.filter(path=by.county_path).values_list("code", flat=True)[0]


def batch_of(batch_id: int) -> str:
    """This function will name a batch, or return "" when there is none."""
    return Batch.objects.filter(pk=batch_id).values_list("code", flat=True).first() or ""


BATCH_ORDERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "number": ("按卡号", ("number",)),
    "stage": ("按卡片状态", ("stage", "number")),
    "place": ("按现在何处", ("position__account__kind", "number")),
}


def batch_cards(*, batch_id: int, by: Actor, order: str, meant: Q | None = None) -> QuerySet[Card]:
    """This function will find the county's cards of a batch, all or those meant."""
    return (
        Card.objects.filter(
            meant or Q(), batch_id=batch_id, county__path__startswith=by.county_path
        )
        .select_related("position__account")
        .order_by(*BATCH_ORDERS[order][1])
    )


def batch_card_rows(cards: Iterable[Card]) -> list[BatchCard]:
    """This function will say of each card how it stands and where it is."""
    return [
        BatchCard(
            id=card.pk,
            number=card.number,
            stage=Stage.of(card.stage).label,
            place=Place(card.position.account.kind).label,
        )
        for card in cards
    ]
