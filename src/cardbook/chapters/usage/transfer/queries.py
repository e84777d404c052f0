"""Who comes from elsewhere and which cards he has, as far as the book knows (Art. 30).

Cards of other places are what their lists say; what becomes of two cards is never guessed.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.chapters.usage.models import TransferIn
from cardbook.chapters.usage.values import Decision
from cardbook.lib import citizen_number
from cardbook.lib.masking import mask_number
from cardbook.lib.plain import InputError
from cardbook.lib.rows import named_rows
from cardbook.outbox.states import State
from cardbook.people import vault

MOST = 2000
# What messages about a row of a list are about.
SUBJECT = "transfer_in"
_INCOMING = (Path(__file__).parent / "sql" / "incoming.sql").read_text(encoding="utf-8")
SORTS: Mapping[str, tuple[str, str]] = {
    "open": ("没有办结的在前", "settled_at IS NOT NULL, moved_on, id"),
    "old": ("早转入的在前", "moved_on, id"),
    "new": ("晚转入的在前", "moved_on DESC, id DESC"),
    "place": ("按转出地", "from_place, list_number, moved_on, id"),
}
# What is known -> its name, and what has to be found out.
VERDICTS = {
    "two_cards": ("两地各有一张卡", "请持卡人选定保留哪一张，另一张到发卡地注销。"),
    "card_here": ("本市已有卡", "请核对本市的卡是否继续使用；转出地有卡的也要注销一张。"),
    "card_there": ("持外地卡转入", "请与转出地核对原卡是否注销，再决定继续使用或重新申领。"),
    "none": ("没有卡", "可按首次申领办理。"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHere:
    """A living card the book has of somebody who comes."""

    id: int
    number: str
    county: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One person of a list, with what the book knows of him."""

    id: int
    name: str
    citizen: str
    from_place: str
    moved_on: date
    old_card: str
    list_number: str
    county: str
    died_on: date | None
    cards: tuple[CardHere, ...]
    verdict: str
    settled_at: datetime | None
    settled_by: str
    words: str
    decision: str
    undone_at: datetime | None
    undone_words: str
    told: str
    asked: str
    asked_at: datetime | None
    asked_words: str

    @property
    def asked_label(self) -> str:
        """Whether the province was asked about his cards, and what came of it."""
        return TransferIn.Asked(self.asked).label if self.asked else "省系统还没有查"

    @property
    def decision_label(self) -> str:
        """What was decided."""
        return Decision(self.decision).label if self.decision else ""

    @property
    def told_label(self) -> str:
        """Whether the province heard of it."""
        return State(self.told).label if self.told else ""  # type: ignore[call-arg] # looks it up

    @property
    def masked_citizen(self) -> str:
        """The number as screens show it."""
        return mask_number(self.citizen)

    @property
    def verdict_label(self) -> str:
        """What is known."""
        return VERDICTS[self.verdict][0]

    @property
    def to_do(self) -> str:
        """What has to be found out."""
        return VERDICTS[self.verdict][1]


def person_sought(text: str, *, today: date) -> dict[str, Any]:
    """This function will say by which blind key a person of a list is sought; none for ""."""
    if not text:
        return {"number": None, "name": None}
    with suppress(InputError):
        number = citizen_number.parse(text, today=today).number
        return {"number": vault.number_index(number), "name": None}
    return {"number": None, "name": vault.name_key(text)}


def incoming(
    *, within: str, today: date, since: date | None = None, until: date | None = None,
    verdict: str = "", text: str = "", only_open: bool = False, limit: int | None = MOST,
    sort: str = "open",
) -> list[Incoming]:  # fmt: skip
    """This function will list who comes, those not settled first."""
    values: dict[str, Any] = {
        "within": within, "since": since, "until": until, "verdict": verdict, "open": only_open,
        "limit": limit, **person_sought(text, today=today),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_INCOMING.format(order=SORTS[sort][1]), values)
        return [_incoming(row) for row in named_rows(cursor)]


def waiting_count(*, within: str) -> int:
    """This function will count whom `incoming` lists as not settled."""
    return TransferIn.objects.filter(county__path__startswith=within, settled_at=None).count()


def cards_in(row: Mapping[str, Any]) -> list[list[Any]]:
    """This function will read the living cards that were gathered to a row, none for none."""
    return json.loads(row["cards"] or "[]")  # type: ignore[no-any-return] # arrays of arrays


def _incoming(row: dict[str, Any]) -> Incoming:
    same = (
        "id", "from_place", "moved_on", "old_card", "list_number", "county", "died_on", "decision",
        "undone_at", "undone_words", "asked", "asked_at", "asked_words",
    )  # fmt: skip
    return Incoming(
        **{name: row[name] for name in same},
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        citizen=vault.open_text(row["number_sealed"], context=vault.NUMBER),
        cards=tuple(
            CardHere(id=id_, number=number, county=name) for id_, number, name in cards_in(row)
        ),
        verdict=row["verdict"],
        settled_at=row["settled_at"],
        settled_by=row["settled_by"] or "",
        words=row["words"],
        told=row["told"] or "",
    )
