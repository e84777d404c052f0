"""Owes what no act of the book owes but a slice's note: a card of another city, a list (28, 30).

The slice keeps the note and says by `letters.ask_for_signed` whom it is about. Called inside the
transaction that writes the note: owed exactly when it was written down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from cardbook.lib.canonical import canonical_json
from cardbook.outbox.models import Message
from cardbook.outbox.states import STUCK, State
from cardbook.ports.messages import MessageKind

_OWE = """
INSERT INTO outbox_message (
    kind, party, recipient_id, county_id, reference, subject_kind, subject_id, thread, sequence,
    urgent, happened_at, payload, state
)
SELECT %(kind)s, %(party)s, %(county)s, %(county)s, %(reference)s, %(subject)s, %(id)s, %(thread)s,
    (SELECT coalesce(max(id), 0) FROM ledger_event), %(urgent)s, %(at)s, %(facts)s, 'owed'
ON CONFLICT (reference) DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What was noted of a slice's row: whose office, when; `facts` without personal data."""

    subject: str
    id: int
    county_id: int
    at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)

    def reference(self, kind: MessageKind) -> str:
        """The same note owes a kind once; noted again another time it is another message."""
        return f"{kind}/{self.subject}-{self.id}/{self.at:%Y%m%d%H%M%S%f}"


def owe_noted(kind: MessageKind, note: Note) -> None:
    """This function will owe the province's office of a note one message."""
    values: dict[str, Any] = {
        "kind": str(kind),
        "party": str(kind.party),
        "county": note.county_id,
        "reference": note.reference(kind),
        "subject": note.subject,
        "id": note.id,
        # Messages of one row keep their order.
        "thread": f"{note.subject}:{note.id}",
        "urgent": kind.is_urgent,
        "at": note.at,
        "facts": canonical_json(note.facts),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OWE, values)


def take_back_noted(kind: MessageKind, opposite: MessageKind, note: Note) -> None:
    """This function will withdraw what a note owed, or owe its opposite where it left."""
    owed = Message.objects.filter(reference=note.reference(kind))
    unheard = owed.filter(state__in=[State.OWED, *STUCK], maybe_arrived=False)
    if not unheard.update(state=State.WITHDRAWN) and owed.exclude(state=State.WITHDRAWN).exists():
        owe_noted(opposite, note)
