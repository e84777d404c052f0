"""Keeps a worker running beside the web server: starts it again when it dies, ends with it.

Serves long imports (Art. 6); what a worker does is in `jobs/worker.py`. No Django here: whatever
breaks a worker, the database's restart included, must not break this.
"""

import os
import signal
import subprocess
import sys
import time

_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_PATIENCE_SECONDS = 5.0


def main() -> None:
    """Start a worker, and again, until the parent is gone, also when it was killed."""
    parent = os.getppid()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    pause = _PAUSE_SECONDS
    while os.getppid() == parent:
        began = time.monotonic()
        worker = subprocess.Popen(
            [sys.executable, "-m", "cardbook.config.cli", "worker", "--parent", str(os.getpid())]
        )
        try:
            while worker.poll() is None and os.getppid() == parent:
                time.sleep(_PAUSE_SECONDS / 4)
        finally:
            _end(worker)
        lived_long = time.monotonic() - began > _LONGEST_PAUSE_SECONDS
        pause = _PAUSE_SECONDS if lived_long else min(pause * 2, _LONGEST_PAUSE_SECONDS)
        time.sleep(pause)


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Ask, then insist: a job that was cut short begins again with the next worker."""
    worker.terminate()
    try:
        worker.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


if __name__ == "__main__":
    main()
