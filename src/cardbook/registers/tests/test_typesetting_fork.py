"""A server forked from a process that has printed prints too (`cardbook demo --serve`; X6)."""

import subprocess
import sys
from pathlib import Path

_PRINTS_IN_A_FORK = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from cardbook.registers.typesetting import typeset

def printed():
    made = typeset(layout=Path(sys.argv[1]), data={}, at=datetime(2026, 11, 20, tzinfo=UTC))
    return made.startswith(b"%PDF")

assert printed()
child = os.fork()
if not child:
    signal.alarm(50)
    os._exit(0 if printed() else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_fork_of_a_process_that_has_printed_prints_too(tmp_path: Path) -> None:
    layout = tmp_path / "page.typ"
    layout.write_text("Page", encoding="utf-8")
    command = [sys.executable, "-c", _PRINTS_IN_A_FORK, str(layout)]
    done = subprocess.run(command, check=False, timeout=60)
    assert done.returncode == 0
