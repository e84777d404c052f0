"""The script `cardbook` as installed: long files need helper processes below it (ADR 0011)."""

import subprocess
import sys
from pathlib import Path

# Like the script that scripts/setup writes, with a command that needs no database.
_SCRIPT = """\
from operator import itemgetter

from cardbook.config import cli
from cardbook.imports import pool

cli.cardbook = lambda: print(sum(pool.in_order(itemgetter, 0, ([n] for n in range(60)))))
cli.main()
"""


class TestTheInstalledScript:
    def test_its_helpers_do_their_own_work_and_not_the_command_again(self, tmp_path: Path) -> None:
        script = tmp_path / "cardbook"
        script.write_text(_SCRIPT)
        done = subprocess.run(
            [sys.executable, str(script)], capture_output=True, text=True, check=False, timeout=120
        )
        assert (done.stdout, done.stderr, done.returncode) == ("1770\n", "", 0)
