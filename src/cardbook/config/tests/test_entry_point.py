"""The script `cardbook` as installed: long files need helper processes below it (ADR 0011)."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cardbook.config.environment import PROJECT
from cardbook.config.mistyped import in_chinese

# Like the script that scripts/setup writes, with a command that needs no database.
_SCRIPT = """\
from operator import itemgetter

from cardbook.config import cli
from cardbook.imports import pool

cli.cardbook = lambda **_: print(sum(pool.in_order(itemgetter, 0, ([n] for n in range(60)))))
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


class TestWhatWasMistyped:
    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("wrong", "没有命令 wrong。写法见 cardbook -h"),
            ("serve --nothing", "没有选项 --nothing。写法见 cardbook serve -h"),
            ("serve --port", "选项 --port 后面要写内容"),
            ("serve --port x", "--port：“x”不是整数。写法见 cardbook serve -h"),
            ("demo --size huge", "--size：“huge”不对，只能是 'tiny', 'town', 'city'。"),
            ("migrate more", "多写了 more。写法见 cardbook migrate -h"),
            ("article", "缺少 "),
        ],
    )  # fmt: skip
    def test_is_said_in_chinese_with_where_to_look(self, typed: str, said: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "cardbook.config.cli", *typed.split()],
            capture_output=True, text=True, check=False, timeout=120,
            env=os.environ | {"PYTHONPATH": str(PROJECT / "src")},
        )  # fmt: skip
        assert done.returncode == 2
        assert said in done.stderr and "Usage" not in done.stderr and not done.stdout

    @pytest.mark.parametrize(
        ("english", "said"),
        [
            ("File '/x.csv' does not exist.", "没有文件“/x.csv”"),
            ("File '/tmp' is a directory.", "“/tmp”是目录，不是文件"),
            ("'2026-13-01' does not match the format '%Y-%m-%d'.", "不是日期，应写成"),
            ("Missing option '--to'.", "缺少 --to"),
            ("这一句本来就是中文。", "这一句本来就是中文。"),
        ],
    )
    def test_knows_what_imports_are_given(self, english: str, said: str) -> None:
        assert said in in_chinese(click.ClickException(english))
