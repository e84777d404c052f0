"""What was tried to reach holders: counted from the ledger, nothing is kept twice (Art. 16)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from cardbook.lib.clock import LOCAL
from cardbook.lib.rows import array_of
from cardbook.lifecycle.facts import Channel, ContactResult

_CONTACTS = """
SELECT subject_id, happened_at, facts FROM ledger_event
WHERE subject_kind = 'card' AND subject_id = ANY(%s::bigint[]) AND act = 'card.contact'
ORDER BY subject_id, seq
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """All attempts of one card in a few words."""

    attempts: int = 0
    channels: frozenset[str] = frozenset()
    last_at: datetime | None = None
    last_channel: str = ""
    last_result: str = ""
    again_on: date | None = None

    @property
    def text(self) -> str:
        """How often, how last and with what result: the column of 《滞留原因统计表》."""
        if not self.last_at:
            return "未通知"
        day = f"{self.last_at.astimezone(LOCAL):%Y-%m-%d}"
        return f"{self.attempts} 次，末次{self.last_channel} {day} {self.last_result}"


def contacts_of(card_ids: Sequence[int]) -> dict[int, Contacts]:
    """This function will sum up the attempts of each card, in one indexed query."""
    found: dict[int, Contacts] = {}
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, [array_of(card_ids)])
        for card_id, at, text in cursor.fetchall():
            facts = json.loads(text)
            before = found.get(card_id, Contacts())
            again = facts.get("again_on")
            found[card_id] = Contacts(
                attempts=before.attempts + 1,
                channels=before.channels | {facts["channel"]},
                last_at=at,
                last_channel=Channel(facts["channel"]).label,
                last_result=ContactResult(facts["result"]).label,
                again_on=date.fromisoformat(again) if again else None,
            )
    return {card_id: found.get(card_id, Contacts()) for card_id in card_ids}
