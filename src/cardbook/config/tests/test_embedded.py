"""The embedded server: keeps what was committed, listens to nobody, runs as root and as anyone.

Each test has a data folder and a server of its own; the suite's server is not touched (ADR 0003).
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from cardbook.config import embedded
from cardbook.config.environment import secret_file
from cardbook.testing.installation import copy_of, forget, furnish

PROJECT = Path(__file__).resolve().parents[4]


@contextmanager
def a_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cb-"))
    yield folder
    forget(folder)


@pytest.fixture
def data() -> Iterator[Path]:
    """An empty folder: its server is yet to be made."""
    with a_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def first() -> Iterator[Path]:
    """A server that was made and stopped; it takes seconds to make one."""
    with a_folder() as folder:
        embedded.ensure_running(folder)
        assert embedded.stop(folder)
        yield folder


@pytest.fixture
def made(first: Path) -> Iterator[Path]:
    """A copy of it, not running."""
    with a_folder() as folder:
        copy_of(first, folder)
        yield folder


def postmaster(data: Path) -> int:
    pid_file = (data / "postgres").resolve() / "cluster" / "postmaster.pid"
    return int(pid_file.read_text().splitlines()[0])


def sockets_listening(pids: set[int]) -> set[str]:
    """The inodes of TCP sockets that these processes listen on."""
    listening = {
        fields[9]
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        for fields in (line.split() for line in Path(table).read_text().splitlines()[1:])
        if fields[3] == "0A"
    }
    held = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            target = str(link.readlink())
            if target.startswith("socket:["):
                held.add(target[8:-1])
    return listening & held


def children(pid: int) -> set[int]:
    answer = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return {pid, *map(int, answer.stdout.split())}


class TestEnsureRunning:
    def test_keeps_what_was_committed_through_kill_9(self, made: Path) -> None:
        urls = embedded.ensure_running(made)
        with psycopg.connect(urls.owner_url, autocommit=True) as link:
            link.execute("CREATE TABLE kept (n int)")
            link.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        os.kill(postmaster(made), signal.SIGKILL)
        time.sleep(0.3)
        urls = embedded.ensure_running(made)
        with psycopg.connect(urls.owner_url) as link:
            assert link.execute("SELECT count(*) FROM kept").fetchone() == (1000,)

    @pytest.mark.trust("B1")
    def test_loses_nothing_it_acknowledged_when_killed_under_load(self, made: Path) -> None:
        """Writers note a number after its commit was answered; then the server is shot (B1)."""
        urls = embedded.ensure_running(made)
        with psycopg.connect(urls.owner_url, autocommit=True) as link:
            link.execute("CREATE TABLE kept (writer int, n int, PRIMARY KEY (writer, n))")

        def write(writer: int) -> int:
            answered = 0
            try:
                with psycopg.connect(urls.owner_url, autocommit=True) as link:
                    while True:
                        link.execute("INSERT INTO kept VALUES (%s, %s)", [writer, answered + 1])
                        answered += 1
            except psycopg.OperationalError:
                return answered

        for shot in range(2):
            writers = range(shot * 4, shot * 4 + 4)
            with ThreadPoolExecutor(4) as pool:
                answers = [pool.submit(write, writer) for writer in writers]
                time.sleep(0.5)
                for pid in children(postmaster(made)):
                    with suppress(ProcessLookupError):  # it left when the first one fell
                        os.kill(pid, signal.SIGKILL)
                acknowledged = {
                    w: answer.result() for w, answer in zip(writers, answers, strict=True)
                }
            began = time.monotonic()
            embedded.ensure_running(made)
            assert time.monotonic() - began < 10
            with psycopg.connect(urls.owner_url) as link:
                for writer, last in acknowledged.items():
                    rows = link.execute(
                        "SELECT count(*), max(n) FROM kept WHERE writer = %s AND n <= %s",
                        [writer, last],
                    ).fetchone()
                    assert last > 0 and rows == (last, last)

    def test_keeps_the_cluster_over_a_stop_and_a_start(self, made: Path) -> None:
        urls = embedded.ensure_running(made)
        with psycopg.connect(urls.owner_url, autocommit=True) as link:
            link.execute("CREATE TABLE kept (n int)")
        assert embedded.stop(made)
        assert not embedded.stop(made)
        assert embedded.ensure_running(made) == urls
        with psycopg.connect(urls.owner_url) as link:
            assert link.execute("SELECT count(*) FROM kept").fetchone() == (0,)

    def test_never_listens_on_a_network(self, made: Path) -> None:
        urls = embedded.ensure_running(made)
        with psycopg.connect(urls.owner_url) as link:
            assert link.execute("SHOW listen_addresses").fetchone() == ("",)
        if os.geteuid() == 0:
            assert sockets_listening(children(postmaster(made))) == set()

    def test_many_at_once_agree_on_one_server(self, data: Path) -> None:
        code = (
            "import sys; from pathlib import Path; from cardbook.config import embedded; "
            "print(embedded.ensure_running(Path(sys.argv[1])).owner_url)"
        )

        def start(_: int) -> str:
            return subprocess.run(
                [sys.executable, "-c", code, str(data)],
                capture_output=True,
                text=True,
                check=True,
                env={**os.environ, "PYTHONPATH": str(PROJECT / "src")},
            ).stdout

        with ThreadPoolExecutor(4) as pool:
            assert len(set(pool.map(start, range(4)))) == 1

    def test_forgets_the_number_of_a_process_that_is_not_postgresql(self, made: Path) -> None:
        embedded.ensure_running(made)
        embedded.stop(made)
        pid_file = (made / "postgres").resolve() / "cluster" / "postmaster.pid"
        pid_file.write_text(f"{os.getpid()}\n")
        urls = embedded.ensure_running(made)
        with psycopg.connect(urls.app_url) as link:
            assert link.execute("SELECT 1").fetchone() == (1,)

    def test_the_applications_role_owns_nothing(self, made: Path) -> None:
        urls = embedded.ensure_running(made)
        with (
            psycopg.connect(urls.app_url) as link,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            link.execute("CREATE TABLE mine (n int)")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
    def test_runs_for_an_ordinary_user_too(self, data: Path) -> None:
        nobody = pwd.getpwnam("nobody")
        home = data / "home"
        home.mkdir()
        data.chmod(0o711)
        shutil.chown(home, nobody.pw_uid, nobody.pw_gid)
        programs = embedded.programs_for("nobody")
        code = (
            "import sys; from pathlib import Path; from cardbook.config import embedded; "
            "embedded.tools = lambda: Path(sys.argv[2]); data = Path(sys.argv[1]); "
            "print(embedded.ensure_running(data).app_url); embedded.stop(data)"
        )
        # The interpreter must be reachable for him; the clone and its packages are laid open by a
        # copy of the few modules the server needs.
        package = home / "cardbook" / "config"
        package.mkdir(parents=True)
        for name in ("__init__.py", "embedded.py", "environment.py", "server_options.py"):
            shutil.copy(PROJECT / "src" / "cardbook" / "config" / name, package / name)
        (home / "cardbook" / "__init__.py").touch()
        python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
        answer = subprocess.run(
            [python, "-c", code, str(home / "data"), str(programs)],
            capture_output=True,
            text=True,
            check=False,
            user="nobody",
            group=nobody.pw_gid,
            extra_groups=[],
            cwd=home,
            env={"PYTHONPATH": str(home), "PATH": os.environ["PATH"], "HOME": str(home)},
        )
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout.startswith("postgresql://cardbook_app:")


class TestUrlsFromEnvironment:
    def test_without_a_name_the_embedded_server_serves(self) -> None:
        assert embedded.urls_from_environment({}) is None

    def test_one_address_serves_both_roles(self) -> None:
        urls = embedded.urls_from_environment({"CARDBOOK_DATABASE_URL": "postgresql://a@/b"})
        assert urls == embedded.Urls("postgresql://a@/b", "postgresql://a@/b")

    @pytest.mark.parametrize("empty", [False, pytest.param(True, marks=pytest.mark.soak)])
    def test_the_same_code_runs_on_any_server_that_is_named(self, data: Path, empty: bool) -> None:
        """The server of the suite itself was migrated from nothing; `make soak` does it again."""
        if not empty:
            furnish(data)
        urls = embedded.ensure_running(data)
        elsewhere = data / "other"
        answer = subprocess.run(
            [sys.executable, "-m", "cardbook.config.cli", "migrate"],
            capture_output=True, text=True, check=False,
            env={
                **os.environ, "PYTHONPATH": str(PROJECT / "src"), "CARDBOOK_DATA": str(elsewhere),
                "CARDBOOK_DATABASE_URL": urls.owner_url, "CARDBOOK_APP_DATABASE_URL": urls.app_url,
            },
        )  # fmt: skip
        assert answer.returncode == 0, answer.stderr
        assert not (elsewhere / "postgres").exists()
        with psycopg.connect(urls.app_url) as link:
            assert link.execute("SELECT count(*) FROM ledger_event").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute("DELETE FROM ledger_event")


class TestSecretFile:
    def test_is_for_its_owner_alone_and_never_changes(self, tmp_path: Path) -> None:
        first = secret_file(tmp_path / "keys", "a.key", size=32)
        assert len(first) == 32 and secret_file(tmp_path / "keys", "a.key", size=32) == first
        assert (tmp_path / "keys" / "a.key").stat().st_mode & 0o777 == 0o600

    def test_two_at_once_agree_on_one_secret(self, tmp_path: Path) -> None:
        def ask(_: int) -> bytes:
            return secret_file(tmp_path, "a.key", size=32)

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(ask, range(32)))) == 1
