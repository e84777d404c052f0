"""The sealer: gives committed events their place and leaf in one Merkle tree and signs its root.

Serves every article; `lines.py` says what is hashed, `verify.py` checks it, `append.py` writes.
Sealing is no part of an act: chained inside each act, all windows would wait for one another.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from cardbook.ledger.checkpoints import (
    LONGEST_WAIT,
    Statement,
    moment_text,
    origin,
    signed_note,
    signing_key,
)
from cardbook.ledger.lines import COLUMNS, ID, RECORDED_AT, TRANSACTION, event_line
from cardbook.ledger.models import Checkpoint
from cardbook.lib.merkle import Frontier, leaf_hash

CHUNK = 50_000
_ONE_SEALER = 7_216_001  # the number of the advisory lock, one sealer in a database

# All below the oldest running transaction is finished: nothing can appear there any more, so
# the order (transaction, id) is final. Numbers at or above `newest` come from the server this
# database was copied from; they are finished too.
_UNSEALED = f"""
SELECT {COLUMNS} FROM ledger_event e
WHERE (e.transaction, e.id) > (%(after_transaction)s, %(after_id)s)
  AND (e.transaction < %(oldest)s OR e.transaction >= %(newest)s)
  AND NOT EXISTS (SELECT FROM ledger_seal s WHERE s.event_id = e.id)
ORDER BY e.transaction, e.id LIMIT %(limit)s
"""  # noqa: S608 - own column list
_FROM_THE_BEGINNING = (-1, -1)
_CLOCK = """
SELECT clock_timestamp(), pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""
_LAST_PLACE = """
SELECT e.transaction, e.id FROM ledger_seal s JOIN ledger_event e ON e.id = s.event_id
WHERE s.place = %s
"""


class SealingRefused(Exception):
    """Nothing was sealed; the sentence says why and what to do. Business goes on meanwhile."""


class AnotherSealer(SealingRefused):
    """Somebody else is sealing right now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What one run sealed; `size` is the number of events under the newest checkpoint."""

    events: int
    checkpoints: int
    size: int
    sealed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """Events not under a checkpoint yet, and when the oldest of them was recorded."""

    events: int
    oldest: datetime | None


def seal_events(*, chunk: int = CHUNK, progress: Callable[[int], None] | None = None) -> Sealed:
    """This function will seal all finished events, a checkpoint for every `chunk` of them.

    Each chunk is one transaction: killed at any moment, it leaves either its places and their
    checkpoint or neither, and the next run goes on from there. `progress` gets the new size.

    :raises AnotherSealer: when another sealer is at work on this database.
    :raises SealingRefused: when the clock went back, or the sealed book does not fit together.
    """
    events = checkpoints = 0
    while True:
        taken, newest = _seal_chunk(chunk, progress)
        if taken:
            events, checkpoints = events + taken, checkpoints + 1
        if taken < chunk:
            return Sealed(
                events=events,
                checkpoints=checkpoints,
                size=newest.size if newest else 0,
                sealed_at=newest.sealed_at if newest else None,
            )


def sealing_lag() -> Lag:
    """This function will count the events that wait for a checkpoint (over 3 minutes: alarm)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(e.recorded_at) FROM ledger_event e "
            "WHERE NOT EXISTS (SELECT FROM ledger_seal s WHERE s.event_id = e.id)"
        )
        events, oldest = cursor.fetchone()
    return Lag(events=events, oldest=oldest)


def _seal_chunk(
    limit: int, progress: Callable[[int], None] | None
) -> tuple[int, Checkpoint | None]:
    """Seal up to `limit` events under one checkpoint; more when they have waited too long.

    A verifier refuses a record much older than the checkpoint before its own, so what waited while
    no sealer ran goes under a single one, however much it is.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_SEALER])
        if not cursor.fetchone()[0]:
            raise AnotherSealer("另一个封存程序正在运行，本次不重复封存。")
        last = Checkpoint.objects.order_by("-size").first()
        cursor.execute(_CLOCK)
        now, oldest, newest = cursor.fetchone()
        _require_clock(now, after=last)
        frontier = Frontier.from_bytes(bytes(last.frontier)) if last else Frontier()
        after, taken = _last_sealed(cursor, last=last, oldest=oldest), 0
        while True:
            rows = _unsealed(cursor, after=after, oldest=oldest, newest=newest, limit=limit)
            if not rows:
                break
            _require_recorded_before(rows, now)
            leaves = [leaf_hash(event_line(row)) for row in rows]
            _write_places(cursor, start=frontier.size, rows=rows, leaves=leaves)
            frontier, taken = frontier.extend(leaves), taken + len(rows)
            if progress is not None:
                progress(frontier.size)
            if rows[-1][TRANSACTION] < oldest:
                after = rows[-1][TRANSACTION], rows[-1][ID]
            if len(rows) < limit or _are_young(rows, now=now):
                break
        if not taken:
            return 0, last
        return taken, _write_checkpoint(frontier, at=now, key=signing_key())


def _are_young(rows: Sequence[Sequence[Any]], *, now: datetime) -> bool:
    """Whether what comes after these may have a checkpoint of its own, which follows at once."""
    limit = moment_text(now - LONGEST_WAIT / 2)
    return all(row[RECORDED_AT] > limit for row in rows)


def _require_clock(now: datetime, *, after: Checkpoint | None) -> None:
    """Dated before the one it follows, a checkpoint would let a later event pass as earlier."""
    if after is not None and now < after.sealed_at:
        raise SealingRefused(
            f"数据库时钟（{moment_text(now)}）早于上一个检查点（{moment_text(after.sealed_at)}），"
            "时钟被拨回，不予签章。请校准时钟后重试；业务可以继续办理，记录暂为“未封存”。"
        )


def _require_recorded_before(rows: Sequence[Sequence[Any]], now: datetime) -> None:
    limit = moment_text(now)
    late = next((row for row in rows if row[RECORDED_AT] > limit), None)
    if late is not None:
        raise SealingRefused(
            f"台账记录 {late[ID]} 的登记时间（{late[RECORDED_AT]}）晚于现在（{limit}），不予签章。"
            "请校准数据库时钟后重试，并核查该记录。"
        )


def _last_sealed(cursor: Any, *, last: Checkpoint | None, oldest: int) -> tuple[int, int]:
    """After which transaction and event unsealed ones are to be looked for."""
    if last is None:
        return _FROM_THE_BEGINNING
    cursor.execute(_LAST_PLACE, [last.size - 1])
    found = cursor.fetchone()
    if found is None:
        raise SealingRefused(
            f"检查点记有 {last.size} 条，但找不到第 {last.size} 条的封存记录。"
            "请运行 cardbook ledger verify --database 核查，勿再封存。"
        )
    # A number that is not below the oldest running one belongs to the server this database was
    # copied from; here the count started again, so look at everything unsealed once.
    return (found[0], found[1]) if found[0] < oldest else _FROM_THE_BEGINNING


def _unsealed(
    cursor: Any, *, after: tuple[int, int], oldest: int, newest: int, limit: int
) -> list[tuple[Any, ...]]:
    cursor.execute(
        _UNSEALED,
        {
            "after_transaction": after[0],
            "after_id": after[1],
            "oldest": oldest,
            "newest": newest,
            "limit": limit,
        },
    )
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _write_places(
    cursor: Any, *, start: int, rows: Sequence[Sequence[Any]], leaves: Sequence[bytes]
) -> None:
    with cursor.copy(
        "COPY ledger_seal (place, event_id, leaf) FROM STDIN (FORMAT BINARY)"
    ) as copy:
        copy.set_types(["int8", "int8", "bytea"])
        for place, row, leaf in _numbered(start, rows, leaves):
            copy.write_row((place, row[ID], leaf))


def _numbered(
    start: int, rows: Sequence[Sequence[Any]], leaves: Sequence[bytes]
) -> Iterator[tuple[int, Sequence[Any], bytes]]:
    for offset, (row, leaf) in enumerate(zip(rows, leaves, strict=True)):
        yield start + offset, row, leaf


def _write_checkpoint(frontier: Frontier, *, at: datetime, key: Ed25519PrivateKey) -> Checkpoint:
    statement = Statement(origin=origin(), size=frontier.size, root=frontier.root(), sealed_at=at)
    return Checkpoint.objects.create(
        size=statement.size,
        root=statement.root,
        sealed_at=at,
        note=signed_note(statement, key=key),
        frontier=frontier.to_bytes(),
    )
