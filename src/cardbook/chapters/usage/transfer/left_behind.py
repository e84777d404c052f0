"""Undelivered cards of people whose relation or other card ended: they end too (Art. 30).

They end by an act of their own; what lies with others comes back first (`unfetched.py`). One that
comes after the end is listed as well, unless the book knows that its holder is back. Whoever finds
that a card stays keeps it (`relation.keep`), and it is listed no more.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.chapters.usage.unfetched import Unfetched, described
from cardbook.lib.rows import named_rows
from cardbook.people import vault

_QUERY = (Path(__file__).parent / "sql" / "left_behind.sql").read_text(encoding="utf-8")
# What ended another card of the holder, and what ends the one that is left.
ENDS_IT = {
    "relation.end": "relation.end_unissued",
    "relation.end_unissued": "relation.end_unissued",
    "card.cancel": "card.cancel_unissued",
    "card.cancel_by_office": "card.cancel_unissued",
    "card.cancel_unissued": "card.cancel_unissued",
}
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """One such card: whose, since when he is gone, where it lies, what ends it."""

    card: Unfetched
    name: str
    ended_at: datetime
    ends_by: str


def left_behind(*, within: str) -> list[LeftBehind]:
    """This function will list them, those that wait longest first."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, _asked(within))
        found = {row["id"]: row for row in named_rows(cursor)}
    cards = {one.id: one for one in described(found)}
    return [
        LeftBehind(
            card=cards[id_], name=vault.open_text(row["name_sealed"], context=vault.NAME),
            ended_at=row["ended_at"], ends_by=ENDS_IT[row["ended_by"]],
        )
        for id_, row in found.items()
        if id_ in cards
    ]  # fmt: skip


def count_left_behind(*, within: str) -> int:
    """This function will count those that `left_behind` lists."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({_QUERY}) AS listed", _asked(within))  # noqa: S608
        row = cursor.fetchone()
    return int(row[0])


def _asked(within: str) -> dict[str, Any]:
    return {"within": within, "acts": list(ENDS_IT), "limit": MOST}
