"""Takes messages to carry and writes down what came of it; every step is a transaction of its own.

A lease outlives whoever holds it by less than two minutes: after a kill -9 the next one sends the
same message under the same reference, and "already so" is success (domain.md 9.3).
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from cardbook.outbox.letters import letters_of
from cardbook.outbox.states import State
from cardbook.ports.messages import Answer, Letter, MessageKind, Outcome, Party

LEASE = timedelta(seconds=90)
# A message tried so often while the line carries others is the trouble itself: somebody must look.
MOST_ATTEMPTS = 6
# A text that did not leave at once and three times again is somebody's to look at: late, it only
# confuses whoever reads it.
TEXT_ATTEMPTS = 4
_FEW = 3
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)
_SQL = Path(__file__).parent / "sql"
_TAKE = (_SQL / "take.sql").read_text(encoding="utf-8")
_RECORD = (_SQL / "record.sql").read_text(encoding="utf-8")
_LATE = "同一张卡后来的消息已经送达，请核对对方现状后手工办结"

_STATES = {
    Outcome.DONE: State.DONE,
    Outcome.ALREADY_SO: State.ALREADY_SO,
    Outcome.REFUSED: State.REFUSED,
    Outcome.TAKEN: State.SENT,
}


@dataclass(frozen=True, slots=True)
class Lease:
    """Messages in one hand: the token that proves it, and the letters."""

    token: uuid.UUID
    letters: tuple[Letter, ...]


def pause_after(failures: int) -> timedelta:
    """This function will say how long to wait after so many failures in a row."""
    doubled: timedelta = _FIRST_PAUSE * (1 << min(failures - 1, 10))
    return min(doubled, _LONGEST_PAUSE)


def take(
    *, party: Party, recipient_id: int, kinds: Sequence[MessageKind], most: int, at: datetime
) -> Lease:
    """This function will lease at most so many messages that may leave now, and park late ones."""
    token = uuid.uuid4()
    values: dict[str, Any] = {
        "party": str(party),
        "recipient": recipient_id,
        "kinds": sorted(str(kind) for kind in kinds),
        "passing": sorted(str(kind) for kind in kinds if kind.passes_stuck),
        "at": at,
        "most": most,
        "few": _FEW,
        "lease": token,
        "until": at + LEASE,
        "late": _LATE,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        while True:
            cursor.execute(_TAKE, values)
            found = cursor.fetchall()
            ids = [message_id for message_id, late in found if not late]
            if ids or not found:  # a round of nothing but late ones is no reason to stop
                break
    return Lease(token, tuple(letters_of(ids)) if ids else ())


def record(lease: Lease, *, answers: Sequence[tuple[str, Answer]], at: datetime) -> None:
    """This function will write down the answers, by reference, and hold the rest a little longer.

    What somebody settled meanwhile stays settled: the token no longer fits. A stop that was told
    too early and refused for it is owed again.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        values = {"at": at, "lease": lease.token, "pause": LEASE.seconds}
        cursor.execute(_RECORD, _columns(answers) | values)
        cursor.execute(
            "UPDATE outbox_message SET leased_until = %s WHERE lease = %s AND state = 'leased'",
            [at + LEASE, lease.token],
        )


def record_by_file(answers: Sequence[tuple[str, Answer]], *, at: datetime) -> int:
    """This function will write down answers that came back by file; how many were waited for.

    Only what was sent is answered: a file read twice, or another's, changes nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE outbox_message AS m
            SET state = a.state, answer_code = a.code, answer_words = a.words,
                external_reference = CASE WHEN a.external = '' THEN m.external_reference
                    ELSE a.external END, answered_at = %(at)s
            FROM unnest(%(references)s::text[], %(states)s::text[], %(codes)s::text[],
                %(words)s::text[], %(externals)s::text[])
                AS a(reference, state, code, words, external)
            WHERE m.reference = a.reference AND m.state = 'sent'
            """,
            _columns(answers) | {"at": at},
        )
        return int(cursor.rowcount)


def contrary_by_file(answers: Sequence[tuple[str, Answer]]) -> list[str]:
    """This function will list what was answered before and is said the contrary of now.

    The earlier answer may have been acted on: a file never turns it round in silence.
    """
    columns = _columns(answers)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT m.external_reference, m.reference FROM outbox_message AS m
            JOIN unnest(%s::text[], %s::text[]) AS a(reference, state)
                ON a.reference = m.reference
            WHERE m.state IN ('done', 'already_so', 'refused')
                AND (m.state = 'refused') <> (a.state = 'refused')
            ORDER BY m.id
            """,
            [columns["references"], columns["states"]],
        )
        return [external or reference for external, reference in cursor.fetchall()]


def _columns(answers: Sequence[tuple[str, Answer]]) -> dict[str, Any]:
    return {
        "references": [reference for reference, _ in answers],
        "states": [str(_STATES[answer.outcome]) for _, answer in answers],
        "codes": [answer.code[:20] for _, answer in answers],
        "words": [answer.words[:300] for _, answer in answers],
        "externals": [answer.reference[:80] for _, answer in answers],
    }


def put_back(
    lease: Lease, *, failed: str = "", answer: Answer | None = None, at: datetime
) -> None:
    """This function will give the lease up: what `failed` waits, the rest was never tried."""
    with transaction.atomic(), connection.cursor() as cursor:
        if answer is not None:
            cursor.execute(
                """
                UPDATE outbox_message AS m
                SET state = CASE WHEN (m.party = 'sms' AND m.attempts >= %(texts)s)
                        OR (m.attempts >= %(most)s AND l.answered_at > m.owed_at
                        AND l.failures < %(few)s) THEN 'parked' ELSE 'owed' END,
                    lease = NULL, leased_until = NULL, answer_code = %(code)s,
                    answer_words = %(words)s, maybe_arrived = m.maybe_arrived OR %(unknown)s,
                    next_at = %(at)s + least(interval '1 hour',
                        interval '1 second' * %(pause)s * power(2, least(m.attempts, 10) - 1))
                FROM outbox_line l
                WHERE m.reference = %(failed)s AND m.lease = %(lease)s
                    AND l.party = m.party AND l.recipient_id = m.recipient_id
                """,
                {
                    "failed": failed,
                    "lease": lease.token,
                    "code": answer.code[:20],
                    "words": answer.words[:300],
                    "unknown": answer.unknown,
                    "at": at,
                    "pause": 2 * _FIRST_PAUSE.seconds,
                    "most": MOST_ATTEMPTS,
                    "texts": TEXT_ATTEMPTS,
                    "few": _FEW,
                },
            )
        cursor.execute(
            "UPDATE outbox_message SET state = 'owed', lease = NULL, leased_until = NULL, "
            "attempts = attempts - 1 WHERE lease = %s AND state = 'leased'",
            [lease.token],
        )


def park(lease: Lease, *, reference: str, words: str, at: datetime) -> None:
    """This function will set one message aside that nobody can carry; the rest goes on later."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_message SET state = 'parked', lease = NULL, leased_until = NULL, "
            # Whatever stumbled may have done so after the letter had left.
            "maybe_arrived = true, answer_code = 'broken', answer_words = %s, answered_at = %s "
            "WHERE reference = %s AND lease = %s",
            [words[:300], at, reference, lease.token],
        )
    put_back(lease, at=at)


def waiting_recipients(party: Party) -> list[int]:
    """This function will list whose lines have something to carry."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT recipient_id FROM outbox_message WHERE party = %s "
            "AND recipient_id IS NOT NULL AND state IN ('owed', 'leased') ORDER BY 1",
            [str(party)],
        )
        return [row[0] for row in cursor.fetchall()]


def note_interface(*, party: Party, recipient_id: int, carries: Collection[MessageKind]) -> None:
    """This function will note which kinds a line can say, for the page that shows what is owed."""
    values: list[Any] = [str(party), recipient_id, sorted(str(kind) for kind in carries)]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_line AS l (party, recipient_id, carries) VALUES (%s, %s, %s) "
            "ON CONFLICT (party, recipient_id) DO UPDATE SET carries = excluded.carries "
            "WHERE l.carries <> excluded.carries",
            values,
        )


def line_is_open(*, party: Party, recipient_id: int, at: datetime) -> tuple[bool, bool]:
    """This function will say whether the line may be tried now, and whether it was silent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO outbox_line (party, recipient_id, carries) VALUES (%s, %s, '{}') "
            "ON CONFLICT (party, recipient_id) DO NOTHING",
            [str(party), recipient_id],
        )
        cursor.execute(
            "SELECT next_at IS NULL OR next_at <= %s, silent_since IS NOT NULL FROM outbox_line "
            "WHERE party = %s AND recipient_id = %s",
            [at, str(party), recipient_id],
        )
        may, silent = cursor.fetchone()
        return may, silent


def line_answered(*, party: Party, recipient_id: int, at: datetime) -> None:
    """This function will note that the line answers; after a long silence all begin anew."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_message m SET attempts = 0, next_at = %(at)s FROM outbox_line l "
            "WHERE l.party = %(party)s AND l.recipient_id = %(recipient)s "
            "AND l.failures >= %(few)s AND m.party = l.party "
            "AND m.recipient_id = l.recipient_id AND m.state = 'owed'",
            {"at": at, "party": str(party), "recipient": recipient_id, "few": _FEW},
        )
        cursor.execute(
            "UPDATE outbox_line SET answered_at = %s, silent_since = NULL, failures = 0, "
            "next_at = NULL, words = '' WHERE party = %s AND recipient_id = %s",
            [at, str(party), recipient_id],
        )


def line_silent(*, party: Party, recipient_id: int, words: str, at: datetime) -> None:
    """This function will note that nobody answered, and wait longer each time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE outbox_line SET failures = failures + 1, words = %s, "
            "silent_since = coalesce(silent_since, %s) "
            "WHERE party = %s AND recipient_id = %s RETURNING failures",
            [words[:300], at, str(party), recipient_id],
        )
        (failures,) = cursor.fetchone()
        cursor.execute(
            "UPDATE outbox_line SET next_at = %s WHERE party = %s AND recipient_id = %s",
            [at + pause_after(failures), str(party), recipient_id],
        )
