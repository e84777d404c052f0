"""Writes the sealed ledger as files that anyone can check without us (architecture, section 4).

`FORMAT.md` beside it is the format page; `standalone_verifier.py` goes into every package.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.ledger.checkpoints import public_pem, signing_key
from cardbook.ledger.lines import COLUMNS, event_line
from cardbook.ledger.models import Checkpoint
from cardbook.lib.canonical import canonical_json

EVENTS, CHECKPOINTS, PUBLIC_KEY = "events.jsonl", "checkpoints.jsonl", "pubkey.pem"
FORMAT_PAGE, VERIFIER = "FORMAT.md", "verify_ledger.py"
_HERE = Path(__file__).parent
_CHUNK = 20_000
_SEALED = f"""
SELECT s.place, s.leaf, {COLUMNS}
FROM ledger_seal s LEFT JOIN ledger_event e ON e.id = s.event_id
WHERE s.place >= %s AND s.place < %s ORDER BY s.place
"""  # noqa: S608 - own column list


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written where."""

    folder: Path
    events: int
    checkpoints: int


class NothingSealed(Exception):
    """There is no checkpoint yet, so there is nothing to prove."""


def sealed_rows(*, size: int) -> Iterator[tuple[Any, ...]]:
    """This function will yield place, leaf and line columns of the first `size` sealed events.

    A missing event has None in every column of its line.
    """
    with connection.cursor() as cursor:
        for start in range(0, size, _CHUNK):
            cursor.execute(_SEALED, [start, min(start + _CHUNK, size)])
            yield from cursor.fetchall()


def export_ledger(*, folder: Path, progress: Callable[[int], None] | None = None) -> Exported:
    """This function will write everything sealed so far into a folder, whole files or none.

    :raises NothingSealed: when no event was ever sealed.
    :raises OSError: when the folder cannot be written.
    """
    notes = list(Checkpoint.objects.order_by("size").values_list("size", "note"))
    if not notes:
        raise NothingSealed("台账还没有检查点，请先运行 cardbook ledger seal。")
    size = notes[-1][0]
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / EVENTS, _lines(size=size, progress=progress))
    _write(
        folder / CHECKPOINTS,
        (f"{canonical_json({'note': note})}\n".encode() for _, note in notes),
    )
    _write(folder / PUBLIC_KEY, [public_pem(signing_key().public_key())])
    _write(folder / FORMAT_PAGE, [(_HERE / "FORMAT.md").read_bytes()])
    _write(folder / VERIFIER, [(_HERE / "standalone_verifier.py").read_bytes()])
    return Exported(folder=folder, events=size, checkpoints=len(notes))


def _lines(*, size: int, progress: Callable[[int], None] | None) -> Iterator[bytes]:
    for place, _, *columns in sealed_rows(size=size):
        yield event_line(columns) + b"\n"
        if progress is not None and (place + 1) % _CHUNK == 0:
            progress(place + 1)


def _write(path: Path, parts: Iterator[bytes] | list[bytes]) -> None:
    draft = path.with_name(f".{path.name}.part")
    with draft.open("wb") as file:
        file.writelines(parts)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
