"""An installation of a test's own, which may be shot at, without migrating it each time.

One is made and migrated for all workers of a clone, then put away stopped; the others are copies.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from cardbook.config import embedded
from cardbook.testing.plugin import CACHE, ROOT, digest_of_schema

_NAME = "installation-"


def furnish(data: Path) -> None:
    """This function will put a migrated, stopped cluster with its keys into an empty folder."""
    room = Path(os.environ["CARDBOOK_DATA"])
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "installation.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = room / f"{_NAME}{_digest()}"
        if not (kept / "whole").exists():
            for old in room.glob(f"{_NAME}*"):
                forget(old)
            _make(kept)
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
