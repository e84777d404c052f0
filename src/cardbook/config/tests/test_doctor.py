"""Each thing an installation may suffer from is broken for real, and the doctor says so (Art. 20).

Files and mounts belong to the test; databases are copies of the test's own, broken by their owner.
"""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from django.conf import settings as django_settings
from django.db import connections
from django.utils import timezone

from cardbook.config.cli import KEY_FILES
from cardbook.config.doctor import database, ledger, machine
from cardbook.config.doctor.cli import of_database, of_machine, report, table
from cardbook.config.doctor.findings import Check, Finding, Level
from cardbook.config.environment import Environment, secret_file
from cardbook.testing import factories as make
from cardbook.testing.sealing import seal_everything

PROJECT = Path(__file__).resolve().parents[4]
HOUR = timedelta(hours=1)


def owner_does(*statements: str) -> None:
    """Something done to this test's database by whoever owns it, behind the program's back."""
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(
        django_settings.DATABASE_URLS.owner_url, dbname=name, autocommit=True
    ) as link:
        for statement in statements:
            link.execute(statement)


def wrong(finding: Finding, *words: str) -> None:
    """The finding is red, has a next step, and says these words."""
    assert finding.level is Level.WRONG and finding.remedy
    for word in words:
        assert word in finding.said + finding.remedy


@pytest.fixture
def home(tmp_path: Path, settings: object) -> Environment:
    """A data folder of the test's own, with whole keys."""
    here = replace(django_settings.ENVIRONMENT, data=tmp_path)
    for name, size in {**machine.KEYS, "vault.1.key": 16}.items():
        secret_file(here.keys, name, size=size)
    settings.ENVIRONMENT = here  # type: ignore[attr-defined]
    return here


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of four megabytes."""
    folder = Path(tempfile.mkdtemp(prefix="cardbook-small-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


class TestTheMachine:
    def test_finds_nothing_wrong_with_a_whole_one(self, home: Environment) -> None:
        found = {one.code: one for one in of_machine(missing_keys=())}
        wanted = ("python", "django", "disk.data", "disk.temp", "keys", "printing", "static")
        assert {
            code: found[code].said for code in wanted if found[code].level is Level.WRONG
        } == {}

    @pytest.mark.trust("B4", "B6")
    def test_a_small_disk_is_red(self, small_disk: Path) -> None:
        wrong(
            machine.disk_space(code="d", title="数据磁盘", folder=small_disk),
            "磁盘空间不足",
            str(small_disk),
            "清理",
        )

    def test_a_folder_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        gone = tmp_path / "gone"
        wrong(machine.disk_space(code="d", title="数据磁盘", folder=gone), str(gone), "不能读取")

    def test_a_key_others_may_read_is_named(self, home: Environment) -> None:
        (home.keys / "index.key").chmod(0o644)
        wrong(machine.key_files(missing_before=()), "index.key", "chmod")

    def test_a_torn_key_is_named(self, home: Environment) -> None:
        (home.keys / "ledger.key").write_bytes(b"short")
        wrong(machine.key_files(missing_before=()), "ledger.key", "备份")

    def test_a_key_that_had_to_be_made_is_an_alarm(self, home: Environment) -> None:
        wrong(machine.key_files(missing_before=("vault.1.key",)), "vault.1.key", "恢复原密钥")

    def test_several_versions_are_worth_a_note(self, home: Environment, settings: object) -> None:
        settings.VAULT_KEYS = {1: b"0" * 16, 2: b"1" * 16}  # type: ignore[attr-defined]
        secret_file(home.keys, "vault.2.key", size=16)
        found = machine.key_files(missing_before=())
        assert found.level is Level.NOTE and "2 个版本" in found.said

    def test_lost_fonts_are_told_with_the_remedy(self, tmp_path: Path) -> None:
        """In a process of its own, because fonts are read once."""
        code = (
            "import os, pathlib, django\n"
            "django.setup()\n"
            "from cardbook.registers import typesetting\n"
            f"typesetting.FONTS = pathlib.Path({str(tmp_path)!r})\n"
            "typesetting.FAMILY = '没有这种字体'\n"
            "from cardbook.config.doctor.machine import printing\n"
            "found = printing()\n"
            "print(found.level, found.said, found.remedy)\n"
        )
        answer = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "cardbook.config.settings",
                              "PYTHONPATH": str(PROJECT / "src")},
        ).stdout  # fmt: skip
        assert (
            answer.startswith("wrong") and "缺少打印字体" in answer and "scripts/setup" in answer
        )

    def test_a_lost_style_sheet_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machine, "_ASSETS", (*machine._ASSETS, "vendor/lost.css"))
        wrong(machine.static_files(), "vendor/lost.css", "scripts/setup assets")

    def test_files_not_collected_for_a_real_office_are_named(
        self, settings: object, tmp_path: Path
    ) -> None:
        settings.WHITENOISE_USE_FINDERS = False  # type: ignore[attr-defined]
        settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
        assert "尚未汇集" in machine.static_files().said
        (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": {}}), "utf-8")
        wrong(machine.static_files(), "汇集不全", "bootstrap")

    @pytest.mark.parametrize(
        ("changes", "word"),
        [
            ({"DEBUG": True}, "调试"),
            ({"TESTING": True}, "测试"),
            ({"TESTING": False, "ALLOWED_HOSTS": ["card.example"], "BEHIND_TLS": False}, "TLS"),
        ],
    )
    def test_a_switch_no_office_may_have_is_named(
        self, settings: object, changes: dict[str, object], word: str
    ) -> None:
        for name, value in {"DEBUG": False, **changes}.items():
            setattr(settings, name, value)
        wrong(machine.switches(), word)

    def test_the_demo_is_worth_a_note(self, settings: object) -> None:
        settings.TESTING, settings.DEMO = False, True  # type: ignore[attr-defined]
        assert machine.switches().level is Level.NOTE

    def test_unconfirmed_numbers_are_counted(self) -> None:
        found = machine.parameters()
        assert found.level is Level.NOTE and "待市局确认" in found.said


class TestTheServer:
    def test_finds_nothing_wrong_with_a_migrated_one(self, db: None) -> None:
        found = {one.code: one for one in of_database()}
        # The suite's own server runs without fsync; everything else is as in an office.
        assert {c: f.said for c, f in found.items() if f.level is Level.WRONG} == {
            "durability": found["durability"].said
        }
        assert {"postgresql", "clock", "rights", "triggers", "sealing", "keys.fit"} <= set(found)

    def test_tests_run_without_fsync_and_the_doctor_says_so(self, db: None) -> None:
        wrong(database.durability(), "fsync", "丢失")

    @pytest.mark.trust("T2")
    @pytest.mark.parametrize("drift", [timedelta(days=1), timedelta(days=-1), 3 * HOUR / 3600])
    def test_a_clock_that_differs_by_more_than_two_seconds_is_red(
        self, db: None, drift: timedelta
    ) -> None:
        wrong(database.clock(now=lambda: timezone.now() + drift), "相差", "对时")

    def test_a_clock_that_agrees_is_well(self, db: None) -> None:
        assert database.clock(now=timezone.now).level is Level.WELL

    @pytest.mark.trust("B7")
    def test_connections_nearly_used_up_are_red(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(database, "_CROWDED", 0.0)
        wrong(database.connections_left(), "系统繁忙", "max_connections")

    def test_a_server_that_does_not_answer_ends_with_two(self) -> None:
        address = "postgresql://nobody@127.0.0.1:1/none"
        answer = subprocess.run(
            [sys.executable, "-m", "cardbook.config.cli", "doctor", "--json"],
            capture_output=True, text=True, check=False,
            env=os.environ
            | {"CARDBOOK_DATABASE_URL": address, "PYTHONPATH": str(PROJECT / "src")},
        )  # fmt: skip
        assert answer.returncode == 2, answer.stderr
        found = {one["code"]: one for one in json.loads(answer.stdout)["findings"]}
        assert "没有应答" in found["database"]["said"] and found["python"]["level"] == "well"
        assert "Traceback" not in answer.stderr

    def test_a_schema_that_waits_for_an_upgrade_is_named(self, fresh_database: str) -> None:
        owner_does("DELETE FROM django_migrations WHERE app = 'registers'")
        wrong(database.migrations(), "registers", "cardbook migrate")

    def test_a_schema_newer_than_the_program_is_named(self, fresh_database: str) -> None:
        owner_does(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('cards', '9999_x', now())"
        )
        wrong(database.migrations(), "比程序新")

    def test_a_right_too_many_is_named(self, fresh_database: str) -> None:
        role = connections["default"].settings_dict["USER"]
        owner_does(f"GRANT UPDATE ON ledger_event TO {role}")
        wrong(database.rights(), "ledger_event UPDATE", "cardbook migrate")

    def test_a_table_that_may_be_deleted_from_without_need_is_named(
        self, fresh_database: str
    ) -> None:
        role = connections["default"].settings_dict["USER"]
        owner_does(f"GRANT DELETE ON orgs_post TO {role}")
        wrong(database.rights(), "orgs_post DELETE", "cardbook migrate")

    def test_a_function_that_looks_among_temporary_tables_first_is_named(
        self, fresh_database: str
    ) -> None:
        owner_does("ALTER FUNCTION posting_moves_position RESET search_path")
        wrong(database.rights(), "posting_moves_position", "临时表", "cardbook migrate")

    def test_serving_as_the_owner_is_named(
        self, fresh_database: str, settings: object, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        owner = connections["owner"].settings_dict
        monkeypatch.setitem(connections["default"].settings_dict, "USER", owner["USER"])
        monkeypatch.setitem(connections["default"].settings_dict, "PASSWORD", owner["PASSWORD"])
        connections["default"].close()
        connections["default"].close_pool()  # type: ignore[attr-defined]
        try:
            wrong(database.rights(), "所有者", "CARDBOOK_APP_DATABASE_URL")
        finally:
            connections["default"].close()
            connections["default"].close_pool()  # type: ignore[attr-defined]

    def test_a_lost_trigger_is_named(self, fresh_database: str) -> None:
        owner_does("DROP TRIGGER event_refuses_change ON ledger_event")
        wrong(database.triggers(), "缺少 event_refuses_change", "cardbook check")

    def test_a_trigger_switched_off_is_named(self, fresh_database: str) -> None:
        owner_does("ALTER TABLE cards_card DISABLE TRIGGER card_follows_ledger")
        wrong(database.triggers(), "被关闭 card_follows_ledger")


class TestTheBook:
    def test_keys_of_another_installation_do_not_open_it(self, db: None, settings: object) -> None:
        make.person()
        assert ledger.keys_open_the_book().level is Level.WELL
        settings.VAULT_KEYS = {1: b"0" * 16}  # type: ignore[attr-defined]
        wrong(ledger.keys_open_the_book(), "vault", "恢复原密钥")

    def test_another_index_key_finds_nobody(self, db: None, settings: object) -> None:
        make.person()
        settings.INDEX_KEY = b"0" * 32  # type: ignore[attr-defined]
        wrong(ledger.keys_open_the_book(), "index.key")

    def test_another_sealing_key_is_named(self, fresh_database: str, settings: object) -> None:
        make.city()
        seal_everything()
        assert ledger.keys_open_the_book().level is Level.WELL
        settings.LEDGER_KEY = b"0" * 32  # type: ignore[attr-defined]
        wrong(ledger.keys_open_the_book(), "ledger.key")

    @pytest.mark.trust("L11")
    def test_a_sealer_that_stands_still_is_red_after_three_minutes_and_catches_up(
        self, fresh_database: str
    ) -> None:
        make.city()

        def later(minutes: int) -> Callable[[], datetime]:
            return lambda: timezone.now() + timedelta(minutes=minutes)

        assert ledger.sealing(now=later(2)).level is Level.WELL
        wrong(ledger.sealing(now=later(60)), "条未封存", "cardbook ledger seal")
        seal_everything()
        assert ledger.sealing(now=later(60)).said == "全部已封存"

    def test_a_worker_that_is_not_there_is_said_before_work_waits(
        self, fresh_database: str
    ) -> None:
        found = ledger.worker()
        assert found.level is Level.NOTE and "cardbook worker" in found.remedy
        owner_does("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        assert ledger.worker().level is Level.WELL

    def test_work_nobody_does_is_red(self, fresh_database: str) -> None:
        assert ledger.jobs(now=timezone.now).said == "0 项等待"
        owner_does(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "VALUES ('q', 'waits', 'todo'), ('q', 'broke', 'failed')",
        )
        assert ledger.jobs(now=timezone.now).level is Level.NOTE
        wrong(ledger.jobs(now=lambda: timezone.now() + HOUR), "1 项等待", "后台程序")

    def test_a_backup_leaves_a_trace_or_is_asked_for(self, db: None, home: Environment) -> None:
        found = ledger.backup(now=timezone.now)
        assert found.level is Level.NOTE and "没有备份记录" in found.said
        (home.data / ledger.BACKUP_MARK).touch()
        assert ledger.backup(now=timezone.now).level is Level.WELL
        wrong(ledger.backup(now=lambda: timezone.now() + 48 * HOUR), "超过一天")


class TestTheTable:
    FINDINGS = (
        Check("a", "密钥文件").well("齐全"),
        Check("b", "时钟").wrong("相差 9 秒", "请对时"),
    )

    def test_stands_in_columns_with_the_remedy_below(self) -> None:
        lines = CliRunner().invoke(_as_command(self.FINDINGS, as_json=False)).output.splitlines()
        assert lines[:3] == ["✓ 密钥文件  齐全", "✗ 时钟      相差 9 秒", "            → 请对时"]
        assert "1 项须处理" in lines[-1]

    def test_has_colours_only_for_a_terminal(self) -> None:
        assert "\x1b[" in table(self.FINDINGS)
        assert "\x1b[" not in CliRunner().invoke(_as_command(self.FINDINGS, as_json=False)).output

    def test_ends_with_zero_one_or_two(self) -> None:
        well, bad = self.FINDINGS
        gone = Check("database", "数据库").wrong("没有应答", "请核对")
        codes = [
            CliRunner().invoke(_as_command(findings, as_json=True)).exit_code
            for findings in ((well,), (well, bad), (well, gone))
        ]
        assert codes == [0, 1, 2]


def _as_command(findings: tuple[Finding, ...], *, as_json: bool) -> "object":
    import click

    @click.command()
    def command() -> None:
        report(findings, as_json=as_json)

    return command


def test_every_key_of_the_settings_is_looked_for() -> None:
    assert set(KEY_FILES) == {*machine.KEYS, "vault.1.key"}


def test_a_first_start_says_that_keys_were_made(tmp_path: Path) -> None:
    """The whole command on an empty folder: nothing is there, and each line says what to do."""
    data = Path(tempfile.mkdtemp(prefix="cb-"))
    try:
        answer = subprocess.run(
            [sys.executable, "-m", "cardbook.config.cli", "doctor"],
            capture_output=True, text=True, check=False,
            env={k: v for k, v in os.environ.items() if not k.startswith("CARDBOOK_")}
            | {"CARDBOOK_DATA": str(data), "PYTHONPATH": str(PROJECT / "src")},
        )  # fmt: skip
        assert answer.returncode == 1, answer.stderr
        assert "启动时已新建空白密钥" in answer.stdout and "cardbook migrate" in answer.stdout
        assert "\x1b[" not in answer.stdout and "Traceback" not in answer.stderr
        assert stat.S_IMODE((data / "keys").stat().st_mode) == 0o700
    finally:
        from cardbook.config import embedded

        embedded.stop(data)
        shutil.rmtree((data / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)
