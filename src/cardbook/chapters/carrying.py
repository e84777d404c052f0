"""Cards two of an office carry to their holders just now: who, since when, why (Art. 7, 20).

`issuance/visiting` lists them; whoever hands his post on is asked for those he carries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.lib.clock import local_day
from cardbook.lib.rows import array_of, named_rows

_QUERY = (Path(__file__).parent / "sql" / "carried.sql").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """One card on a visit: the newest taking out, and the two who signed for it."""

    card_id: int
    number: str
    name_sealed: bytes
    number_sealed: bytes
    born_on: date | None
    out_at: datetime
    planned_on: date
    reason: str
    words: str
    office: str
    actor_id: int
    actor: str
    companion_id: int
    companion: str

    @property
    def out_on(self) -> date:
        """The day it left the office."""
        return local_day(self.out_at)

    @property
    def carriers(self) -> frozenset[int]:
        """The users who signed for it."""
        return frozenset({self.actor_id, self.companion_id})


def carried(
    *, county_path: str = "", card_ids: Sequence[int] | None = None, user_id: int | None = None
) -> list[Carried]:
    """This function will list a county's cards on visits, or of these some, or one user's."""
    values: dict[str, Any] = {
        "county": f"{county_path}%",
        "ids": None if card_ids is None else array_of(card_ids),
        "user": user_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        rows = named_rows(cursor)
    return [Carried(**row) for row in rows]
