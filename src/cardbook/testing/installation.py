"""An installation of a worker's or a test's own, without migrating it each time.

One is made and migrated for all workers of a clone, then put away stopped; the others are copies.
A worker has a server to itself, for a transaction in any database of a server holds up the sealer.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cardbook.config import embedded
from cardbook.testing.room import CACHE, ROOT, digest_of_schema

_NAME, _WORKER = "installation-", "worker-"
_held: list[IO[str]] = []


def furnish(data: Path) -> None:
    """This function will put a migrated, stopped cluster with its keys into an empty folder."""
    with _locked():
        _furnish(data)


def furnish_worker(room: Path, *, worker: str) -> Path:
    """This function will give a worker a folder with such a cluster, the same one every time.

    It stays while this process lives; those of older schemas go once nobody works in them.
    """
    with _locked():
        data = room / f"{_WORKER}{worker}-{_digest()}"
        for old in room.glob(f"{_WORKER}*"):
            if not old.name.endswith(_digest()) and _in_use(old, fcntl.LOCK_EX):
                forget(old)
        data.mkdir(parents=True, exist_ok=True)
        assert _in_use(data, fcntl.LOCK_SH)
        if not (data / "furnished").exists():
            _furnish(data)
            (data / "furnished").touch()
    return data


def _in_use(data: Path, kind: int) -> bool:
    """Whether this process may have the folder, shared or alone, until it ends."""
    _held.append((data / "in-use").open("w"))
    try:
        fcntl.flock(_held[-1], kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextmanager
def _locked() -> Iterator[None]:
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "installation.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _furnish(data: Path) -> None:
    room = Path(os.environ["CARDBOOK_TEST_ROOM"])
    kept = room / f"{_NAME}{_digest()}"
    if not (kept / "whole").exists():
        for old in room.glob(f"{_NAME}*"):
            forget(old)
        _make(kept)
    copy_of(kept, data)


def copy_of(kept: Path, data: Path) -> None:
    """This function will put a stopped cluster with its keys into another, empty folder."""
    home = embedded._place(data).home
    _copy((kept / "postgres").resolve() / "cluster", home / "cluster")
    _copy((kept / "postgres").resolve() / "ready", home / "ready")
    _copy(kept / "keys", data / "keys")


def forget(data: Path) -> None:
    """This function will stop the server of a folder and delete both."""
    embedded.stop(data)
    shutil.rmtree((data / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


def _digest() -> str:
    """The schema, and how a cluster is made."""
    cluster = Path(embedded.__file__).read_bytes()
    return hashlib.sha256(digest_of_schema().encode() + cluster).hexdigest()[:12]


def _make(kept: Path) -> None:
    embedded.ensure_running(kept, fsync=False)
    # A process of its own: settings point at one data folder for as long as a process lives.
    subprocess.run(
        [sys.executable, "-m", "cardbook.config.cli", "migrate"],
        env={**os.environ, "CARDBOOK_DATA": str(kept), "PYTHONPATH": str(ROOT / "src")},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    assert embedded.stop(kept), "a running cluster cannot be copied"
    (kept / "whole").touch()


def _copy(source: Path, target: Path) -> None:
    """With owners, and where the disk can, without copying a byte."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(source), str(target)], check=True)
