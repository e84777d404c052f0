"""Checks the ledger, in the database or as exported, and names the first thing that is false.

The same rules as FORMAT.md, with the offender's number; `standalone_verifier.py` is the twin that
auditors run on a machine of their own.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection

from cardbook.ledger.checkpoints import (
    LONGEST_WAIT,
    BadCheckpoint,
    Statement,
    moment_text,
    read_note,
    read_public_pem,
    signing_key,
)
from cardbook.ledger.export import CHECKPOINTS, EVENTS, PUBLIC_KEY, sealed_rows
from cardbook.ledger.lines import ID, RECORDED_AT, event_line
from cardbook.ledger.models import Checkpoint
from cardbook.lib.merkle import Frontier, leaf_hash

_CHUNK = 10_000
Progress = Callable[[int], None]

# Finished and unsealed, although something later in the order is sealed: it was slipped in.
_SLIPPED_IN = """
SELECT e.id FROM ledger_event e, ledger_seal s JOIN ledger_event last ON last.id = s.event_id
WHERE s.place = %s AND (e.transaction, e.id) < (last.transaction, last.id)
  AND last.transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
  AND NOT EXISTS (SELECT FROM ledger_seal own WHERE own.event_id = e.id)
ORDER BY e.id LIMIT 1
"""


class NotTrue(Exception):
    """The ledger is not what its checkpoints say; `code` is the kind, the text names who."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


class NotReadable(Exception):
    """Nothing was checked: files are missing or are not an export."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found true: so many events under so many checkpoints; the newest of them."""

    events: int
    checkpoints: int
    newest: Statement | None


class _Line(NamedTuple):
    """One event on its way through the check; a plain tuple, as there are millions of them."""

    place: int
    event_id: int | None  # not known of an export, where the place is all there is to look by
    leaf: bytes
    recorded_at: str

    @property
    def name(self) -> str:
        """How a sentence calls it."""
        of = "" if self.event_id is None else f"（台账记录 {self.event_id}）"
        return f"第 {self.place + 1} 条{of}"


def verify_folder(
    *, folder: Path, kept: Path | None = None, progress: Progress | None = None
) -> Verified:
    """This function will check an export, and against checkpoints kept elsewhere when given.

    :raises NotTrue: naming the first thing that is false.
    :raises NotReadable: when a file is missing or is not of the format.
    """
    try:
        key = read_public_pem((folder / PUBLIC_KEY).read_bytes())
        own = _statements(_notes_in(folder / CHECKPOINTS), key=key)
        others = _statements(_notes_in(kept), key=key) if kept else ()
        with (folder / EVENTS).open("rb") as file:
            count = _walk(_file_lines(file), own=own, kept=others, progress=progress)
    except BadCheckpoint as problem:
        raise NotTrue("CHECKPOINT_FALSE", f"{problem}。") from problem
    except OSError as problem:
        raise NotReadable(f"读不到 {problem.filename}：请确认目录是完整的导出包。") from problem
    return Verified(events=count, checkpoints=len(own), newest=own[-1] if own else None)


def verify_database(*, progress: Progress | None = None) -> Verified:
    """This function will check the ledger in the database: every event, place and checkpoint.

    :raises NotTrue: naming the first thing that is false.
    """
    try:
        own = _statements(_notes_stored(), key=signing_key().public_key())
    except BadCheckpoint as problem:
        raise NotTrue("CHECKPOINT_FALSE", f"{problem}。") from problem
    size = own[-1].size if own else 0
    count = _walk(_stored_lines(size), own=own, kept=(), progress=progress)
    _nothing_beside(size)
    return Verified(events=count, checkpoints=len(own), newest=own[-1] if own else None)


def _notes_in(path: Path) -> Iterator[str]:
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            yield str(json.loads(line)["note"])
        except (ValueError, KeyError, TypeError) as problem:
            raise BadCheckpoint(f"{path.name} 第 {number} 行不是检查点") from problem


def _notes_stored() -> Iterator[str]:
    for row in Checkpoint.objects.order_by("size"):
        yield row.note
        text = (str(row.size), moment_text(row.sealed_at))
        if text != tuple(row.note.split("\n")[1:4:2]):
            raise BadCheckpoint(f"条数为 {row.size} 的检查点与签章文本不符")


def _statements(notes: Iterator[str], *, key: Ed25519PublicKey) -> tuple[Statement, ...]:
    """Checkpoints with their signatures, order, times and origin checked."""
    found: list[Statement] = []
    for note in notes:
        made = read_note(note, key=key)
        before = found[-1] if found else made
        if made.size == before.size and made.root != before.root:
            raise BadCheckpoint(f"条数为 {made.size} 的检查点有两个不同的根")
        if made.size < before.size or (found and made.size == before.size):
            raise BadCheckpoint(f"条数为 {made.size} 的检查点重复或次序颠倒")
        if made.sealed_at < before.sealed_at:
            raise BadCheckpoint(f"条数为 {made.size} 的检查点早于它前面的一个，时钟被拨回过")
        if made.origin != before.origin:
            raise BadCheckpoint(f"检查点分属两本台账（{before.origin}、{made.origin}）")
        found.append(made)
    return tuple(found)


def _file_lines(file: Any) -> Iterator[_Line]:
    for place, line in enumerate(file):
        content = line.rstrip(b"\n")
        try:
            recorded_at = str(json.loads(content)["recorded_at"])
        except (ValueError, KeyError, TypeError) as problem:
            raise NotTrue("LINE_BROKEN", f"第 {place + 1} 行不是一条台账记录。") from problem
        yield _Line(place, None, leaf_hash(content), recorded_at)


def _stored_lines(size: int) -> Iterator[_Line]:
    expected = 0
    for place, sealed, *columns in sealed_rows(size=size):
        if place != expected:
            break
        expected += 1
        if columns[ID] is None:
            raise NotTrue("EVENT_GONE", f"第 {place + 1} 条封存记录所指的台账记录不见了。")
        line = _Line(place, columns[ID], leaf_hash(event_line(columns)), columns[RECORDED_AT])
        if line.leaf != sealed:
            raise NotTrue("EVENT_CHANGED", f"{line.name}与封存时不同，内容被改动过。")
        yield line
    if expected < size:
        raise NotTrue("PLACE_GONE", f"第 {expected + 1} 条的封存记录不见了。")


def _walk(
    lines: Iterator[_Line],
    *,
    own: Sequence[Statement],
    kept: Sequence[Statement],
    progress: Progress | None,
) -> int:
    """Read every line once, checking times and, at each checkpoint's size, the root."""
    others = {statement.size: statement for statement in kept}
    if own and any(other.origin != own[0].origin for other in kept):
        raise NotTrue("OTHER_LEDGER", "留存的检查点属于另一本台账。")
    frontier, before = Frontier(), None
    for statement in own:
        stops = sorted({size for size in others if frontier.size < size} | {statement.size})
        for stop in (stop for stop in stops if stop <= statement.size):
            frontier = _read_to(stop, lines, frontier, under=statement, before=before)
            _same_root(frontier, others.get(stop, statement), kept=stop in others)
            if stop == statement.size:
                _same_root(frontier, statement, kept=False)
            if progress is not None:
                progress(frontier.size)
        before = statement
    beyond = next(lines, None)
    if beyond is not None:
        raise NotTrue("NOT_SEALED", f"{beyond.name}没有被任何检查点覆盖，是封存之外加进来的。")
    longest = max(others, default=0)
    if longest > frontier.size:
        raise NotTrue(
            "CUT",
            f"留存的检查点记有 {longest} 条，这里只有 {frontier.size} 条：末尾被砍掉了。",
        )
    return frontier.size


def _read_to(
    stop: int,
    lines: Iterator[_Line],
    frontier: Frontier,
    *,
    under: Statement,
    before: Statement | None,
) -> Frontier:
    latest = moment_text(under.sealed_at)
    earliest = moment_text(before.sealed_at - LONGEST_WAIT) if before else ""
    while frontier.size < stop:
        leaves = []
        for line in islice(lines, min(_CHUNK, stop - frontier.size)):
            if not earliest <= line.recorded_at <= latest:
                raise NotTrue(
                    "TIME_FALSE",
                    f"{line.name}的登记时间（{line.recorded_at}）不在检查点允许的范围"
                    f"（{earliest or '最初'} 至 {latest}）内。",
                )
            leaves.append(line.leaf)
        if not leaves:
            raise NotTrue(
                "CUT", f"检查点记有 {stop} 条，这里只有 {frontier.size} 条：有记录被删。"
            )
        frontier = frontier.extend(leaves)
    return frontier


def _same_root(frontier: Frontier, statement: Statement, *, kept: bool) -> None:
    if frontier.root() == statement.root:
        return
    whose = "留存的检查点" if kept else "检查点"
    raise NotTrue(
        "ROOT_DIFFERS",
        f"前 {statement.size} 条记录算出的根与{whose}（{moment_text(statement.sealed_at)}）不符："
        "自上一个相符的检查点以来，有记录被改动、删除、插入或调换次序。",
    )


def _nothing_beside(size: int) -> None:
    """No place beyond the newest checkpoint, and no event slipped in among the sealed ones."""
    with connection.cursor() as cursor:
        # One statement, so that a sealer at work meanwhile raises no false alarm.
        cursor.execute(
            "SELECT min(place) FROM ledger_seal "
            "WHERE place >= (SELECT coalesce(max(size), 0) FROM ledger_checkpoint)"
        )
        (beyond,) = cursor.fetchone()
        if beyond is not None:
            raise NotTrue("NOT_SEALED", f"第 {beyond + 1} 条封存记录没有检查点。")
        cursor.execute(_SLIPPED_IN, [size - 1])
        slipped = cursor.fetchone()
    if slipped is not None:
        raise NotTrue(
            "NOT_SEALED", f"台账记录 {slipped[0]} 是封存之后插到前面的，没有被任何检查点覆盖。"
        )
