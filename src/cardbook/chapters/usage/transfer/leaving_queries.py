"""Who leaves by a list, which cards he has here, and whether they were ended or kept (Art. 30).

What was done is read off the ledger each time; nothing here ends a card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.cards.states import Stage
from cardbook.chapters.usage.models import TransferOut
from cardbook.chapters.usage.transfer.queries import MOST, cards_in, person_sought
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import act
from cardbook.people import vault

_LEAVING = (Path(__file__).parent / "sql" / "leaving.sql").read_text(encoding="utf-8")
SORTS: Mapping[str, tuple[str, str]] = {
    "open": ("没有办的在前", "verdict IN ('done', 'settled'), left_on, id"),
    "old": ("早转出的在前", "left_on, id"),
    "new": ("晚转出的在前", "left_on DESC, id DESC"),
    "place": ("按转往地", "to_place, list_number, left_on, id"),
}
# What is known -> its name, and what is to be done.
STATES = {
    "open": ("待办", "请选转出（注销）或继续使用，逐卡办理。"),
    "no_card": ("没有可办的卡", "核对后勾选办结，写明情况。"),
    "done": ("已办理", ""),
    "settled": ("已办结", ""),
}
WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingCard:
    """A living card of somebody who leaves; `may_end` when it is this county's."""

    id: int
    number: str
    county: str
    may_end: bool
    stage: str

    @property
    def is_issued(self) -> bool:
        """Whether he has it; what nobody fetched ends in another way."""
        return self.stage == Stage.ISSUED


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """One person of a list, with what the book knows of him."""

    id: int
    name: str
    masked_citizen: str
    to_place: str
    left_on: date
    list_number: str
    county: str
    died_on: date | None
    cards: tuple[LeavingCard, ...]
    verdict: str
    done: str
    done_at: datetime | None
    settled_at: datetime | None
    settled_by: str
    words: str
    undone_at: datetime | None
    undone_words: str

    @property
    def state(self) -> str:
        """What is known."""
        return STATES[self.verdict][0]

    @property
    def to_do(self) -> str:
        """What is to be done."""
        return STATES[self.verdict][1]

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.verdict in ("open", "no_card")


def leaving(
    *, within: str, today: date, verdict: str = WAITING, text: str = "", row: int | None = None,
    sort: str = "open",
) -> list[Leaving]:  # fmt: skip
    """This function will list who leaves, those still open first, in one query."""
    values: dict[str, Any] = {
        "within": within, "verdict": verdict, "row": row, "limit": MOST,
        **person_sought(text, today=today),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_LEAVING.format(order=SORTS[sort][1]), values)
        return [_leaving(one) for one in named_rows(cursor)]


def names_of(rows: Sequence[int], *, within: str) -> dict[int, str]:
    """This function will name the people of a county's rows, for results."""
    found = TransferOut.objects.filter(pk__in=rows, county__path__startswith=within)
    return {
        one.pk: vault.open_text(one.name_sealed, context=vault.NAME)
        for one in found.only("pk", "name_sealed")
    }


def _leaving(row: Mapping[str, Any]) -> Leaving:
    same = ("id", "to_place", "left_on", "list_number", "county", "died_on", "verdict", "done_at",
            "settled_at", "words", "undone_at", "undone_words")  # fmt: skip
    number = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    return Leaving(
        **{name: row[name] for name in same},
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        masked_citizen=mask_number(number),
        cards=tuple(
            LeavingCard(id=id_, number=number, county=name, may_end=may, stage=stage)
            for id_, number, name, may, stage in cards_in(row)
        ),
        done=act(row["done"]).title if row["done"] else "",
        settled_by=row["settled_by"] or "",
    )


def given_for(card_id: int, *, row: int | None, within: str, today: date) -> dict[str, str]:
    """This function will say what a list knows of the move of a card's holder, for its form."""
    found = [] if row is None else leaving(within=within, today=today, verdict="", row=row)
    for one in found:
        if card_id in [card.id for card in one.cards]:
            return {"to_place": one.to_place, "list_number": one.list_number}
    return {}
