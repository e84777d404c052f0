"""Owes what no act owes but a day that comes: a stop that lapses, a card nobody fetched.

A slice says by a query who is due (Art. 16, 22, 25, 27, 28); here is only that a holder is told
once for an occasion, and not at all when what he would be told is no longer so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from cardbook.cards.states import Subject
from cardbook.outbox.owing import SUBJECTS
from cardbook.ports.messages import MessageKind

_SQL = Path(__file__).parent / "sql"
_REMIND, _UNREMIND = (
    (_SQL / f"{name}.sql").read_text(encoding="utf-8") for name in ("remind", "unremind")
)
_REFERENCE = "%(kind)s || '/' || %(subject)s || '-' || due.id || '/' || due.occasion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Whom a kind of reminder is for. `query` gives `id` of the subject, `occasion`, `until`.

    The occasion makes two reminders the same: the moment a loss lapses, a band of waiting. `until`
    is the day the text names, or null; `subject` is what the ids are.
    """

    kind: MessageKind
    subject: Subject
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """How many reminders were owed anew, and how many withdrawn."""

    owed: int
    withdrawn: int


def remind(due: Due, *, values: Mapping[str, Any], at: datetime, may_owe: bool = True) -> Reminded:
    """This function will owe a reminder to everybody who is due and was not reminded yet.

    What waits to leave and is no longer due is withdrawn. Without `may_owe` nothing new is owed.
    """
    kind, subject = due.kind, due.subject
    given: dict[str, Any] = {
        **values,
        "kind": str(kind),
        "party": str(kind.party),
        "subject": str(subject),
        "urgent": kind.is_urgent,
        "at": at,
    }
    about = SUBJECTS[subject].format(which="IN (SELECT due.id FROM due)")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UNREMIND.format(due=due.query, reference=_REFERENCE), given)
        withdrawn = cursor.rowcount
        if may_owe:
            text = _REMIND.format(due=due.query, subjects=about, reference=_REFERENCE)
            cursor.execute(text, given)
        return Reminded(owed=cursor.rowcount if may_owe else 0, withdrawn=withdrawn)
