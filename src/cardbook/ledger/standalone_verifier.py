"""Checks an exported ledger without Cardbook: python verify_ledger.py FOLDER [KEPT_CHECKPOINTS].

Needs Python and the package `cryptography`; FORMAT.md says all it relies on, so read and trust it.
"""

import base64
import itertools
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def sm3(data: bytes) -> bytes:
    """The national digest, 32 bytes."""
    running = Hash(SM3())
    running.update(data)
    return running.finalize()


def require(holds: bool, otherwise: str) -> None:
    """Not `assert`: `python -O` would leave it out."""
    if not holds:
        raise ValueError(otherwise)


def checkpoints(path: Path, key: Any) -> Iterator[tuple[str, int, bytes, datetime]]:
    """Origin, size, root and time of every checkpoint, its signature checked."""
    for line in path.read_text("utf-8").splitlines():
        text, _, signature = json.loads(line)["note"].partition("\n\n")
        stamp = base64.b64decode(signature.split(" ")[2])
        key.verify(stamp[4:], f"{text}\n".encode())  # raises InvalidSignature
        origin, size, root, at = text.split("\n")
        yield origin, int(size), base64.b64decode(root), datetime.fromisoformat(at)


def verify(folder: Path, kept: Path | None = None) -> tuple[int, int]:
    """How many events under how many checkpoints; raises on the first thing that is false."""
    key = load_pem_public_key((folder / "pubkey.pem").read_bytes())
    own = list(checkpoints(folder / "checkpoints.jsonl", key))
    roots: dict[int, bytes] = {}
    for origin, size, root, _ in own + (list(checkpoints(kept, key)) if kept else []):
        require(origin == own[0][0], "checkpoints of two ledgers")
        require(roots.setdefault(size, root) == root, f"two roots for size {size}")
    for before, after in itertools.pairwise(own):
        require(before[1] < after[1] and before[3] <= after[3], f"size {after[1]} out of order")
    windows, count, ends, since, until = iter(own), 0, 0, None, None
    peaks: list[tuple[int, bytes]] = []
    with (folder / "events.jsonl").open("rb") as lines:
        for count, line in enumerate(lines, 1):
            if count > ends:
                since, window = until, next(windows, None)
                require(window is not None, f"event {count} is under no checkpoint")
                _, ends, _, until = window  # type: ignore[misc]
            recorded = datetime.fromisoformat(json.loads(line)["recorded_at"])
            young = until is None or recorded > until
            require(not young, f"event {count} is younger than its checkpoint")
            late = since is not None and recorded < since - timedelta(hours=1)
            require(not late, f"event {count} is far older than the checkpoint before it")
            level, node = 0, sm3(b"\x00" + line.rstrip(b"\n"))
            while peaks and peaks[-1][0] == level:
                level, node = level + 1, sm3(b"\x01" + peaks.pop()[1] + node)
            peaks.append((level, node))
            if count in roots:
                for _, left in peaks[-2::-1]:
                    node = sm3(b"\x01" + left + node)
                require(node == roots.pop(count), f"the root of {count} events is not theirs")
    require(not roots, f"a checkpoint has {max(roots, default=0)} events, here are {count}")
    return count, len(own)


if __name__ == "__main__":
    try:
        found = verify(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    except Exception as problem:
        sys.exit(f"FALSE: {type(problem).__name__} {problem}")
    sys.stdout.write(f"TRUE: {found[0]} events under {found[1]} checkpoints\n")
