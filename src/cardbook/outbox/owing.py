"""Writes down what is owed, inside the act's transaction: owed exactly when the act was done.

`lifecycle.perform` calls all but `remind` for every row of the table that names messages; whoever
warns of a day to come calls `remind`. Set-based: fifty thousand cards are one statement.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import connection

from cardbook.cards.states import Subject
from cardbook.lib.canonical import canonical_json
from cardbook.lib.rows import array_of
from cardbook.outbox.states import OPEN
from cardbook.ports.messages import MessageKind

_SQL = Path(__file__).parent / "sql"
# What each subject is about: whose, which card, which bank; `ids` are the subjects.
_SUBJECTS = {
    Subject.CARD: "SELECT id, version, county_id, person_id, id AS card_id, "
    "bank_org_id AS bank_id FROM cards_card WHERE id = ANY(%(ids)s::bigint[])",
    Subject.CORRECTION: "SELECT s.id, s.version, s.county_id, s.person_id, s.card_id, "
    "c.bank_org_id AS bank_id FROM cards_correction s JOIN cards_card c ON c.id = s.card_id "
    "WHERE s.id = ANY(%(ids)s::bigint[])",
    Subject.APPLICATION: "SELECT s.id, s.version, s.county_id, s.person_id, c.id AS card_id, "
    "coalesce(s.bank_id, c.bank_org_id) AS bank_id FROM cards_application s "
    "LEFT JOIN cards_card c ON c.id = s.old_card_id WHERE s.id = ANY(%(ids)s::bigint[])",
    Subject.TEMPORARY_CARD: "SELECT id, version, county_id, person_id, NULL::bigint AS card_id, "
    "NULL::bigint AS bank_id FROM cards_temporarycard WHERE id = ANY(%(ids)s::bigint[])",
}


def _statements(name: str) -> dict[Subject, str]:
    text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    return {subject: text.format(subjects=rows) for subject, rows in _SUBJECTS.items()}


_OWE, _REMIND, _SETTLE = _statements("owe"), _statements("remind"), _statements("settle")
# Never left: nobody knows of it. What may have arrived must be taken back over there.
_WITHDRAW = """
UPDATE outbox_message SET state = 'withdrawn'
WHERE subject_kind = %(subject)s AND subject_id = ANY(%(ids)s::bigint[])
    AND party = %(party)s AND kind = %(kind)s
    AND state IN ('owed', 'refused', 'parked') AND NOT maybe_arrived
"""
_LEFT = """
SELECT DISTINCT subject_id FROM outbox_message
WHERE subject_kind = %(subject)s AND subject_id = ANY(%(ids)s::bigint[])
    AND party = %(party)s AND kind = %(kind)s AND state <> 'withdrawn'
"""


def owe(kinds: Sequence[MessageKind], *, subject: Subject, ids: Sequence[int]) -> None:
    """This function will owe one message of each kind for what was just done to each subject.

    A bank's message about a card without a bank is parked at once: nobody could deliver it.
    """
    if not kinds or not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _OWE[subject],
            {
                "subject": str(subject),
                "ids": array_of(ids),
                "kinds": [str(kind) for kind in kinds],
                "parties": [str(kind.party) for kind in kinds],
                "urgent": [kind.is_urgent for kind in kinds],
            },
        )


def remind(
    kind: MessageKind,
    *,
    subject: Subject,
    ids: Sequence[int],
    occasion: str,
    at: datetime,
    payload: Mapping[str, object] | None = None,
) -> int:
    """This function will owe a reminder for each subject, once for an `occasion`; how many.

    The occasion is what makes two reminders the same: the day a loss lapses, a temporary card is
    due, a third notice goes out. `payload` is canonical JSON's business: no person in it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _REMIND[subject],
            {
                "subject": str(subject),
                "ids": array_of(ids),
                "kind": str(kind),
                "party": str(kind.party),
                "urgent": kind.is_urgent,
                "occasion": occasion,
                "at": at,
                "payload": canonical_json(payload or {}),
            },
        )
        return int(cursor.rowcount)


def settle(kinds: Sequence[MessageKind], *, subject: Subject, ids: Sequence[int]) -> None:
    """This function will close what is owed of these kinds with the reference the act recorded."""
    if not kinds or not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE[subject],
            {
                "subject": str(subject),
                "ids": array_of(ids),
                "kinds": [str(kind) for kind in kinds],
                "parties": sorted({str(kind.party) for kind in kinds}),
                "open": [str(state) for state in OPEN],
            },
        )


def take_back(
    pairs: Mapping[MessageKind, MessageKind], *, subject: Subject, ids: Sequence[int]
) -> None:
    """This function will withdraw messages that never left, and owe their opposite where they did.

    `pairs` name for each kind the kind that undoes it.
    """
    for kind, opposite in pairs.items():
        if not ids:
            return
        values = {
            "subject": str(subject),
            "ids": array_of(ids),
            "party": str(kind.party),
            "kind": str(kind),
        }
        with connection.cursor() as cursor:
            cursor.execute(_WITHDRAW, values)
            cursor.execute(_LEFT, values)
            left = [row[0] for row in cursor.fetchall()]
        owe((opposite,), subject=subject, ids=left)
