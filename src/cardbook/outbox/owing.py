"""Writes down what is owed, inside the act's transaction: owed exactly when the act was done.

`lifecycle.perform` calls it for every row of the table that names messages; `reminding.py` beside
it is for what no act owes but a day that comes. Set-based: fifty thousand cards are one statement.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.db import connection

from cardbook.cards.states import Subject
from cardbook.ledger.plans import cursor_for
from cardbook.lib.rows import array_of
from cardbook.outbox.states import OPEN
from cardbook.ports.messages import MessageKind

_SQL = Path(__file__).parent / "sql"
# What each subject is about: whose, which card, which bank; `{which}` says which subjects.
SUBJECTS = {
    Subject.CARD: "SELECT id, version, county_id, person_id, id AS card_id, "
    "bank_org_id AS bank_id FROM cards_card WHERE id {which}",
    Subject.CORRECTION: "SELECT s.id, s.version, s.county_id, s.person_id, s.card_id, "
    "c.bank_org_id AS bank_id FROM cards_correction s JOIN cards_card c ON c.id = s.card_id "
    "WHERE s.id {which}",
    Subject.APPLICATION: "SELECT s.id, s.version, s.county_id, s.person_id, c.id AS card_id, "
    "coalesce(s.bank_id, c.bank_org_id) AS bank_id FROM cards_application s "
    "LEFT JOIN cards_card c ON c.id = s.old_card_id WHERE s.id {which}",
    Subject.TEMPORARY_CARD: "SELECT id, version, county_id, person_id, NULL::bigint AS card_id, "
    "NULL::bigint AS bank_id FROM cards_temporarycard WHERE id {which}",
}


_GIVEN = "= ANY(%(ids)s::bigint[])"


def _statements(name: str) -> dict[Subject, str]:
    text = (_SQL / f"{name}.sql").read_text(encoding="utf-8")
    return {
        subject: text.format(subjects=rows.format(which=_GIVEN))
        for subject, rows in SUBJECTS.items()
    }


_OWE, _SETTLE = _statements("owe"), _statements("settle")
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

    A bank's message about a card without a bank is parked at once: nobody could deliver it. A kind
    that needs an interface is owed only where the recipient has one.
    """
    if not kinds or not ids:
        return
    with cursor_for(len(ids)) as cursor:
        cursor.execute(
            _OWE[subject],
            {
                "subject": str(subject),
                "ids": array_of(ids),
                "kinds": [str(kind) for kind in kinds],
                "parties": [str(kind.party) for kind in kinds],
                "urgent": [kind.is_urgent for kind in kinds],
                "by_interface": [kind.needs_interface for kind in kinds],
                "facts": [kind.owed_if[0] for kind in kinds],
                "values": [kind.owed_if[1] for kind in kinds],
                "once": [kind.is_owed_once for kind in kinds],
                "accounts": [kind.names_account for kind in kinds],
            },
        )


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
