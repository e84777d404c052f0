"""Requests, each answered once: whoever sends a form twice gets the first answer again (R6).

`lifecycle.perform` asks for acts, `registers.issue` for documents; both inside their transaction.
"""

import uuid
from collections.abc import Sequence

from django.db import connection

from cardbook.ledger.models import Request
from cardbook.ledger.plans import cursor_for
from cardbook.lib.rows import array_of


class KeyReused(Exception):
    """The same key came with other content, or from somebody else."""


def first_answer(
    *,
    key: str,
    digest: bytes,
    act: str,
    actor_id: int,
    batch: uuid.UUID,
    answer: Sequence[int] | None = None,
) -> tuple[int, ...] | None:
    """This function will register a request; None for a new key, else what the first one made.

    A twin that is still running is waited for. `digest` is of all that makes two requests the
    same; `answer` is what this one will make, where that is known before (else `keep_answer`).

    :raises KeyReused: when the key stands for another request.
    """
    with cursor_for(1) as cursor:
        cursor.execute(
            "INSERT INTO ledger_request (key, digest, act, actor_id, batch, subject_ids) "
            "VALUES (%s, %s, %s, %s, %s, %s::bigint[]) ON CONFLICT (key) DO NOTHING",
            [key, digest, act, actor_id, batch, None if answer is None else array_of(answer)],
        )
        if cursor.rowcount:
            return None
    before = Request.objects.get(key=key)
    if bytes(before.digest) != digest or before.subject_ids is None:
        raise KeyReused(key)
    return tuple(before.subject_ids)


def keep_answer(*, key: str, subject_ids: Sequence[int]) -> None:
    """This function will write down what a request made, for whoever sends it again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_request SET subject_ids = %s::bigint[] WHERE key = %s",
            [array_of(subject_ids), key],
        )
