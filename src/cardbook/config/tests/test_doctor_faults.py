"""Faults opened one at a time: each is named in plain Chinese, with what to do about it."""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.utils import timezone

from cardbook.config.database import grant
from cardbook.config.doctor import answers, database, machine, upkeep
from cardbook.config.doctor.cli import of_database
from cardbook.config.doctor.findings import Level
from cardbook.config.embedded import DatabaseUnavailable, urls_from_environment
from cardbook.config.environment import PROJECT, KeyRing, KeysUnreadable, secret_file
from cardbook.config.serve import KeysDoNotFit, _refuse_other_keys
from cardbook.config.tests.test_doctor import owner_does, wrong
from cardbook.testing import factories as make


def role() -> str:
    """The application's role, as the tests sign in with it."""
    return str(connections["default"].settings_dict["USER"])


def all_codes() -> dict[str, str]:
    """What is red, by its code."""
    return {one.code: one.said + one.remedy for one in of_database() if one.level is Level.WRONG}


def doctor(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """The whole command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "cardbook.config.cli", "doctor", "--json"],
        capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "src")} | environment,
    )  # fmt: skip


@pytest.fixture
def read_anew() -> Iterator[Callable[[], None]]:
    """Sign in again, so that what was set for the role or the database holds."""

    def again() -> None:
        connections["default"].close()
        connections["default"].close_pool()  # type: ignore[attr-defined]

    yield again
    again()


class TestWhoDoesNotAnswer:
    @pytest.mark.parametrize(
        ("words", "said", "remedy"),
        [
            ("connection is bad: … failed: No such file or directory", "没有数据库在运行", "主机"),
            (
                'connection to server at "10.0.0.9" failed: Connection refused',
                "没有数据库",
                "端口",
            ),
            ('FATAL:  database "cardbok" does not exist', "没有名为 cardbok 的数据库", "库名"),
            ('FATAL:  role "kabu" does not exist', "没有身份 kabu", "身份"),
            ('FATAL:  password authentication failed for user "kabu"', "kabu 的密码不对", "密码"),
            ('FATAL:  Peer authentication failed for user "kabu"', "不同名", "服务的账号"),
            (
                'FATAL:  role "kabu" is not permitted to log in',
                "不允许登录",
                "ALTER ROLE kabu LOGIN",
            ),
            ("FATAL:  sorry, too many clients already", "连接已经用尽", "max_connections"),
            ("FATAL:  the database system is starting up", "正在启动", "几分钟"),
            ("connection timeout expired", "没有回应", "防火墙"),
            ("failed to resolve host 'nosuch'", "找不到这个主机名", "DNS"),
            ("FATAL:  no pg_hba.conf entry for host", "不允许从这里登录", "pg_hba.conf"),
            ("something new", "something new", "systemctl status postgresql"),
        ],
    )
    def test_is_told_why_in_chinese(self, words: str, said: str, remedy: str) -> None:
        found = answers.unreachable(words)
        assert said in found.said and remedy in found.remedy
        assert connection.settings_dict["NAME"] in found.said

    @pytest.mark.parametrize(
        "address",
        [
            "cardbook",
            "postgresql://cardbook:x@localhost:54x/cardbook",
            "postgresql://cardbook:x@localhost:99999/cardbook",
            "postgresql://cardbook:pa#ss@localhost/cardbook",
            "mysql://cardbook@localhost/cardbook",
            "postgresql://cardbook@localhost/",
        ],
    )
    def test_an_address_that_is_none_is_refused_with_how_to_write_it(self, address: str) -> None:
        with pytest.raises(DatabaseUnavailable, match=r"CARDBOOK_DATABASE_URL 写得不对.*%40"):
            urls_from_environment({"CARDBOOK_DATABASE_URL": address})

    def test_the_addresses_of_the_handbook_are_taken(self) -> None:
        for address in (
            "postgresql://cardbook@/cardbook?host=/var/run/postgresql",
            "postgresql://cardbook_owner:0a%40b@/cardbook?host=/tmp/x&port=5544",
            "postgres://cardbook:x@10.0.0.9:5432/cardbook",
        ):
            assert urls_from_environment({"CARDBOOK_DATABASE_URL": address}) is not None

    def test_the_whole_command_says_it_without_a_trace(self) -> None:
        answer = doctor({"CARDBOOK_DATABASE_URL": "postgresql://a:b@localhost:54x/c"})
        assert answer.returncode == 2 and "Traceback" not in answer.stderr
        assert "写得不对" in json.loads(answer.stdout)["findings"][0]["said"]


class TestKeysThatCannotBeHad:
    def test_a_key_closed_to_us_is_named_with_the_account(self, tmp_path: Path) -> None:
        (tmp_path / "index.key").mkdir()  # root reads every file, but no folder as a file
        with pytest.raises(KeysUnreadable, match=r"index\.key 不能读取.*所有者"):
            secret_file(tmp_path, "index.key", size=32)

    def test_a_copy_left_in_the_folder_of_keys_is_named(self, tmp_path: Path) -> None:
        assert set(KeyRing(tmp_path)) == {1}
        secret_file(tmp_path, "vault.2.key", size=16)
        assert set(KeyRing(tmp_path)) == {1, 2}
        (tmp_path / "vault.旧.key").write_bytes(b"0" * 16)
        with pytest.raises(KeysUnreadable, match=r"vault\.旧\.key 名字不对.*不要删除任何密钥"):
            KeyRing(tmp_path)

    def test_the_whole_command_says_it_without_a_trace(self) -> None:
        with tempfile.TemporaryDirectory(prefix="cb-") as folder:
            (Path(folder) / "keys" / "django.key").mkdir(parents=True)
            answer = doctor({"CARDBOOK_DATA": folder})
        assert answer.returncode == 2 and "Traceback" not in answer.stderr
        assert "django.key 不能读取" in json.loads(answer.stdout)["findings"][0]["said"]

    def test_pages_are_not_served_with_the_keys_of_another_installation(
        self, db: None, settings: object
    ) -> None:
        make.person()
        _refuse_other_keys()
        settings.VAULT_KEYS = {1: b"0" * 16}  # type: ignore[attr-defined]
        with pytest.raises(KeysDoNotFit, match=r"没有启动.*恢复原密钥"):
            _refuse_other_keys()

    def test_a_key_cut_short_is_told_and_not_a_trace(self, db: None, settings: object) -> None:
        make.person()
        settings.VAULT_KEYS = {1: b"0" * 10}  # type: ignore[attr-defined]
        assert "vault" in all_codes()["keys.fit"]


class TestRightsThatLack:
    @pytest.mark.parametrize(
        ("taken", "named"),
        [
            ("SELECT ON cards_card", "cards_card SELECT"),
            ("INSERT ON outbox_message", "outbox_message INSERT"),
            ("UPDATE ON cards_card", "cards_card UPDATE"),
            ("USAGE ON SEQUENCE ledger_event_id_seq", "ledger_event_id_seq USAGE"),
        ],
    )
    def test_one_right_too_few_is_named(self, fresh_database: str, taken: str, named: str) -> None:
        assert database.rights().level is Level.WELL
        owner_does(f"REVOKE {taken} FROM {role()}")
        wrong(database.rights(), named, "cardbook migrate")
        grant()
        assert database.rights().level is Level.WELL

    def test_no_right_at_all_is_no_server_that_does_not_answer(self, fresh_database: str) -> None:
        owner_does(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role()}")
        assert "没有读取卡簿各表的权限" in all_codes()["entry"]

    def test_an_empty_database_is_asked_whether_it_is_the_right_one(
        self, fresh_database: str
    ) -> None:
        owner_does("ALTER TABLE django_migrations RENAME TO somewhere_else")
        wrong(database.entry(), "还没有卡簿的表", "CARDBOOK_DATABASE_URL")

    def test_a_table_of_somebody_else_is_left_alone(self, fresh_database: str) -> None:
        """An administrator's own table once ended the upgrade with a trace."""
        with psycopg.connect(
            django_settings.DATABASE_URLS.app_url,
            dbname=connections["default"].settings_dict["NAME"],
            autocommit=True,
        ) as link:
            owner_does(f"GRANT CREATE ON SCHEMA public TO {role()}")
            link.execute("CREATE TABLE notes_of_the_administrator (words text)")
            grant()
            assert database.rights().level is Level.WELL
            link.execute("DROP TABLE notes_of_the_administrator")
        owner_does(f"REVOKE CREATE ON SCHEMA public FROM {role()}")


class TestADatabaseThatCannotWork:
    def test_one_set_to_reading_alone_is_named(
        self, fresh_database: str, read_anew: Callable[[], None]
    ) -> None:
        assert database.writable().level is Level.WELL
        owner_does(f'ALTER DATABASE "{fresh_database}" SET default_transaction_read_only = on')
        read_anew()
        wrong(database.writable(), "只读", "RESET default_transaction_read_only")

    def test_statements_cut_off_early_are_named(
        self, fresh_database: str, read_anew: Callable[[], None]
    ) -> None:
        owner_does(f"ALTER DATABASE \"{fresh_database}\" SET statement_timeout = '5s'")
        read_anew()
        wrong(database.writable(), "超过 5 秒就被中断", "RESET statement_timeout")

    def test_a_question_cut_off_says_why(self, db: None) -> None:
        cause = psycopg.errors.QueryCanceled("canceling statement")
        problem = RuntimeError("canceling statement")
        problem.__cause__ = cause
        wrong(answers.refused(problem), "statement_timeout")

    def test_few_connections_for_the_role_are_named(
        self, fresh_database: str, read_anew: Callable[[], None]
    ) -> None:
        owner_does(f'ALTER DATABASE "{fresh_database}" CONNECTION LIMIT 3')
        wrong(database.connections_left(), "至多 3 个连接", "CONNECTION LIMIT -1")

    @pytest.mark.trust("T2")
    def test_a_clock_set_back_behind_the_ledger_is_named(self, fresh_database: str) -> None:
        """Both clocks agree when one machine has both; the ledger remembers."""
        make.city()
        ahead = timezone.now() + timedelta(hours=8)
        owner_does(
            "ALTER TABLE ledger_event DISABLE TRIGGER USER",
            f"UPDATE ledger_event SET recorded_at = '{ahead.isoformat()}'",
            "ALTER TABLE ledger_event ENABLE TRIGGER USER",
        )
        wrong(database.clock(now=timezone.now), "台账最后一条", "chrony")


class TestUpkeep:
    def test_sweeping_switched_off_is_worth_a_note_and_named(self, fresh_database: str) -> None:
        """The suite's own server runs without autovacuum."""
        found = upkeep.sweeping()
        assert found.level is Level.NOTE and "autovacuum = off" in found.said

    def test_a_table_kept_from_being_swept_is_named(self, fresh_database: str) -> None:
        owner_does("ALTER TABLE cards_card SET (autovacuum_enabled = false)")
        found = upkeep.sweeping()
        assert "ALTER TABLE cards_card RESET (autovacuum_enabled)" in found.remedy

    def test_many_dead_rows_are_red(
        self, fresh_database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(upkeep, "_MANY_DEAD_ROWS", 100)
        owner_does(
            "CREATE TABLE heap_of_rows AS SELECT generate_series(1, 1000) AS n",
            "UPDATE heap_of_rows SET n = n + 1",
            "SELECT pg_stat_force_next_flush()",
        )
        wrong(upkeep.sweeping(), "heap_of_rows", "作废 1,000 行", "VACUUM (ANALYZE) heap_of_rows")

    def test_a_large_table_never_counted_is_red_until_it_is(
        self, fresh_database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(upkeep, "_LARGE_BYTES", 0)
        owner_does(
            "CREATE TABLE restored AS SELECT generate_series(1, 1000) AS n",
            f"GRANT SELECT ON restored TO {role()}",
        )
        wrong(upkeep.statistics(), "没有统计过", "vacuumdb --analyze-only")
        owner_does("ANALYZE")
        assert upkeep.statistics().level is Level.WELL

    def test_a_constraint_nobody_proved_is_red(self, fresh_database: str) -> None:
        assert upkeep.indexes().level is Level.WELL
        owner_does("ALTER TABLE cards_card ADD CONSTRAINT unproved CHECK (id > 0) NOT VALID")
        wrong(upkeep.indexes(), "unproved", "VALIDATE CONSTRAINT unproved")

    def test_who_holds_up_all_others_is_named(self, fresh_database: str) -> None:
        address = django_settings.DATABASE_URLS.owner_url
        with (
            psycopg.connect(address, dbname=fresh_database) as holder,
            psycopg.connect(address, dbname=fresh_database) as waiter,
        ):
            holder.execute("LOCK TABLE cards_card")
            waits = threading.Thread(target=waiter.execute, args=("SELECT 1 FROM cards_card",))
            waits.start()
            try:
                found = upkeep.locks(longest_seconds=0)
                while found.level is Level.WELL and waits.is_alive():
                    found = upkeep.locks(longest_seconds=0)
                pid = holder.info.backend_pid
                wrong(found, "1 个操作在等", f"pg_terminate_backend({pid})")
            finally:
                holder.rollback()
                waits.join()


class TestTheDatabasesDisk:
    def test_one_on_another_machine_is_to_be_looked_at_there(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(django_settings.DATABASES["default"], "HOST", "10.0.0.9")
        assert "另一台机器（10.0.0.9）" in machine.database_disk().said

    def test_one_on_this_machine_is_measured(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setitem(django_settings.DATABASES["default"], "HOST", "/var/run/postgresql")
        monkeypatch.setattr(machine, "_CLUSTERS", (tmp_path,))
        monkeypatch.setattr(machine, "LEAST_FREE_BYTES", 2**60)
        wrong(machine.database_disk(), "磁盘空间不足", "清理")
