"""Cards received on or after the day their holder died, as the book learned later (Art. 17, 31).

Computed from the ledger each time: nothing here or beside it changes what a register says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.cards.states import Stage
from cardbook.chapters.usage.models import LateHandOver
from cardbook.custody.places import Place
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import ACTS, Act
from cardbook.people import vault

_QUERY = (Path(__file__).parent / "sql" / "late_hand_overs.sql").read_text(encoding="utf-8")
_DAYS = ("signed_on", "received_on")
OUTCOMES = tuple(LateHandOver.Outcome.choices)
STATES: Mapping[str, str] = {"open": "待核实", "settled": "已办结", "": "全部"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRow:
    """One such hand-over, and what was found out about it; `outcome` is "" while nobody said."""

    event: int
    card_id: int
    number: str
    name: str
    masked_number: str
    act: str
    day: date
    died_on: date
    days_after: int
    learned_at: datetime | None
    stage: str
    office: str
    actor: str
    outcome: str
    words: str
    settled_at: datetime | None
    settled_by: str

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to ask."""
        return not self.outcome


SORTS: dict[str, tuple[str, Callable[[LateRow], Any]]] = {
    "open": ("待核实的在前", lambda row: (not row.is_open, -row.day.toordinal(), -row.event)),
    "after": ("去世后最久的在前", lambda row: (-row.days_after, row.event)),
    "day": ("最近领取的在前", lambda row: (-row.day.toordinal(), -row.event)),
}


def late_hand_overs(
    *,
    within: str,
    state: str = "",
    text: str = "",
    sort: str = "",
    events: Sequence[int] | None = None,
) -> list[LateRow]:
    """This function will list them for the cards of a county, in one query."""
    gives = [row for row in ACTS.values() if _gives(row)]
    values: dict[str, Any] = {
        "within": within,
        "acts": [row.code for row in gives],
        "days": [next((day for day in _DAYS if _has(row, day)), "") for row in gives],
        "undoing": [row.code for row in ACTS.values() if _has(row, "event")],
        "event": None if events is None else list(events),
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        rows = [_row(row) for row in named_rows(cursor)]
    if state:
        rows = [row for row in rows if row.is_open is (state == "open")]
    rows = [
        row for row in rows
        if not text or text in row.name or text.upper() == row.number
        or text == row.masked_number[-4:]
    ]  # fmt: skip
    return sorted(rows, key=SORTS.get(sort, SORTS["open"])[1])


def _gives(row: Act) -> bool:
    """Whether the act puts a card into its holder's hands, who is then told about it (Art. 12)."""
    return row.move is not None and row.move.target is Place.HOLDER and bool(row.notices)


def _has(row: Act, name: str) -> bool:
    return any(one.name == name for one in fields(row.facts))


def _row(row: Mapping[str, Any]) -> LateRow:
    outcome = row["outcome"] or ""
    return LateRow(
        event=row["event"], card_id=row["card_id"], number=row["number"],
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        masked_number=mask_number(vault.open_text(row["number_sealed"], context=vault.NUMBER)),
        act=ACTS[row["act"]].title, day=row["day"], died_on=row["died_on"],
        days_after=(row["day"] - row["died_on"]).days, learned_at=row["learned_at"],
        stage=dict(Stage.choices())[row["stage"]], office=row["office"], actor=row["actor"],
        outcome=LateHandOver.Outcome(outcome).label if outcome else "", words=row["words"] or "",
        settled_at=row["settled_at"], settled_by=row["settled_by"],
    )  # fmt: skip
