"""Cards in the post: which parcel, since when; nothing here writes (Art. 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import array_of, named_rows
from cardbook.orgs.actors import Actor
from cardbook.people import vault

_QUERY = (Path(__file__).parent / "sql" / "in_the_post.sql").read_text(encoding="utf-8")
SORTS = {"oldest": "寄出早的在前", "newest": "寄出晚的在前", "parcel": "邮件号码"}
LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class InThePost:
    """One card between the office and its holder."""

    card_id: int
    number: str
    name: str
    masked_number: str
    parcel: str
    posted_at: datetime
    office: str
    actor: str
    days: int
    is_late: bool

    @property
    def posted_on(self) -> date:
        """The day it was given to the post."""
        return local_day(self.posted_at)


def in_the_post(
    *,
    by: Actor,
    today: date,
    text: str = "",
    sort: str = "oldest",
    only: str = "",
    card_ids: Sequence[int] | None = None,
) -> list[InThePost]:
    """This function will list a county's cards in the post; `text` is a parcel, card or name."""
    values: dict[str, Any] = {
        "county": f"{by.county_path}%",
        "ids": None if card_ids is None else array_of(card_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, values)
        found = named_rows(cursor)
    late = whole_number("in_transit_alert_days", on=today)
    rows = [_row(row, today=today, late=late) for row in found]
    wanted = [
        row
        for row in rows
        if (not text or text.upper() in (row.number, row.parcel.upper()) or text in row.name)
        and (only != LATE or row.is_late)
    ]
    keys = {"newest": lambda row: (-row.posted_at.timestamp(), row.card_id),
            "parcel": lambda row: (row.parcel, row.card_id)}  # fmt: skip
    return sorted(wanted, key=keys.get(sort, lambda row: (row.posted_at.timestamp(), row.card_id)))


def _row(row: dict[str, Any], *, today: date, late: int) -> InThePost:
    days = (today - local_day(row["posted_at"])).days
    number = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    return InThePost(
        card_id=row["card_id"],
        number=row["number"],
        name=vault.open_text(row["name_sealed"], context=vault.NAME),
        masked_number=mask_number(number),
        parcel=row["parcel"],
        posted_at=row["posted_at"],
        office=row["office"],
        actor=row["actor"],
        days=days,
        is_late=days > late,
    )
