"""A database between two versions or of a later one is left as it is and told by a sentence."""

import os
import subprocess
import sys
import urllib.parse
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections

from cardbook.config.doctor import database
from cardbook.config.doctor.findings import Level
from cardbook.config.schema_state import what_is_amiss, what_is_newer

PROJECT = Path(__file__).resolve().parents[4]


def owner_does(statement: str) -> None:
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(settings.DATABASE_URLS.owner_url, dbname=name, autocommit=True) as link:
        link.execute(statement)


def forget(app: str, *names: str) -> None:
    """The state in which an upgrade of an older version was broken off."""
    listed = ", ".join(f"'{name}'" for name in names)
    owner_does(f"DELETE FROM django_migrations WHERE app = '{app}' AND name IN ({listed})")


@pytest.mark.article(20)
class TestADatabaseBetweenTwoVersions:
    @pytest.mark.parametrize(
        ("app", "names", "done"),
        [
            ("imports", ["0003_left_out"], "imports 已做 2 步，还缺 0003_left_out"),
            ("imports", ["0002_run_second_person", "0003_left_out"], "imports 已做 1 步"),
            ("imports", ["0001_initial", "0003_left_out"], "imports 已做 1 步"),
        ],
    )
    def test_is_told_by_what_it_lacks(
        self, fresh_database: str, app: str, names: list[str], done: str
    ) -> None:
        assert what_is_amiss(connection) == ""
        forget(app, *names)
        assert done in what_is_amiss(connection)
        found = database.migrations()
        assert (found.level, "不要手工改" in found.remedy) == (Level.WRONG, True)

    def test_without_any_upgrade_of_a_part_others_need_is_told_too(
        self, fresh_database: str
    ) -> None:
        owner_does("DELETE FROM django_migrations WHERE app = 'imports'")
        assert "imports" in what_is_amiss(connection)

    def test_is_left_as_it_is_and_the_command_ends_with_a_sentence(
        self, fresh_database: str
    ) -> None:
        forget("imports", "0003_left_out")
        answer = migrated()
        assert answer.returncode == 2, answer.stderr
        assert "数据库停在两个版本之间：imports 已做 2 步，还缺 0003_left_out" in answer.stderr
        assert "请先装升级前的那一版" in answer.stderr and "Traceback" not in answer.stderr
        assert "0003_left_out" in what_is_amiss(connection)


@pytest.mark.article(20)
class TestADatabaseOfALaterVersion:
    def test_is_left_as_it_is_and_the_command_says_what_to_install(
        self, fresh_database: str
    ) -> None:
        owner_does(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('cards', '0999_x', now())"
        )
        assert "有 1 步升级本版不认识（cards.0999_x）" in what_is_newer(connection)
        assert database.migrations().level == Level.WRONG
        answer = migrated()
        assert answer.returncode == 2, answer.stderr
        assert "数据库比程序新" in answer.stderr and "相配的程序版本" in answer.stderr


def address(alias: str) -> str:
    """The URL of this test's database under one of its roles."""
    here = connections[alias].settings_dict
    name = connections["default"].settings_dict["NAME"]
    host = urllib.parse.quote(str(here["HOST"]), safe="/")
    return f"postgresql://{here['USER']}:{here['PASSWORD']}@/{name}?host={host}"


def migrated() -> "subprocess.CompletedProcess[str]":
    """What `cardbook migrate` answers over this test's database."""
    return subprocess.run(
        [sys.executable, "-m", "cardbook.config.cli", "migrate"],
        capture_output=True, text=True, check=False, timeout=120,
        env=os.environ
        | {
            "CARDBOOK_DATABASE_URL": address("owner"),
            "CARDBOOK_APP_DATABASE_URL": address("default"),
            "CARDBOOK_DATA": str(settings.ENVIRONMENT.data),
            "PYTHONPATH": str(PROJECT / "src"),
        },
    )  # fmt: skip
