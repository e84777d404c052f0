"""A whole installation in a folder of its own - server, keys, worker, pages - that may be shot at.

Everything runs as its own process, as in an office; `driver.py` beside it acts as a clerk does.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from cardbook.config import embedded
from cardbook.testing.installation import forget, furnish
from tests.races.files import citizen

PROJECT = Path(__file__).resolve().parents[2]
DRIVER = Path(__file__).with_name("driver.py")
PATIENCE_SECONDS = 180
# A lock on this table stops the work in that stage, with everything before it done.
STOPS = {
    "uploaded": "imports_run",
    "reading": "intake_manifestrow, intake_openingrow",
    "checking": "people_person",
    "checked": "imports_importfile",
    "posting": "custody_posting",
}
# Whoever only reads goes on; else everything would stop long before.
_WRITERS_ONLY = {"checked"}


class House:
    """One installation; `close` ends all that it started."""

    def __init__(self) -> None:
        self.data = Path(tempfile.mkdtemp(prefix="cb-"))
        self.env = {
            **os.environ,
            "CARDBOOK_DATA": str(self.data),
            "CARDBOOK_TESTING": "1",
            "PYTHONPATH": str(PROJECT / "src"),
        }
        self._started: list[subprocess.Popen[bytes]] = []
        self._link: psycopg.Connection[Any] | None = None
        self._people = 0
        furnish(self.data)
        self.urls = embedded.ensure_running(self.data)
        self._driver = subprocess.Popen(
            [sys.executable, str(DRIVER)], env=self.env, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.drive("city")

    def close(self) -> None:
        """End every process and forget the folder."""
        self.stop_all()
        shoot(self._driver.pid)
        self._driver.wait()
        forget(self.data)

    # ------------------------------------------------------------------ processes
    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a program of the house to its end."""
        answer = subprocess.run(
            [sys.executable, *arguments], env=self.env, capture_output=True, text=True, check=False
        )
        assert answer.returncode == code, answer.stdout[-2000:] + answer.stderr[-2000:]
        return answer.stdout.strip()

    def drive(self, what: str, argument: object = "") -> str:
        """Do what a clerk does; a server that is down is started first."""
        embedded.ensure_running(self.data)
        assert self._driver.stdin and self._driver.stdout
        self._driver.stdin.write(f"{what} {argument}\n")
        self._driver.stdin.flush()
        answer = self._driver.stdout.readline().strip()
        assert answer, f"the driver broke at {what}"
        return answer

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a process that goes on."""
        process = subprocess.Popen([sys.executable, *arguments], env=self.env)
        self._started.append(process)
        return process

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker alone."""
        return self.start("-m", "cardbook.config.cli", "worker")

    def keeper_of_workers(self) -> subprocess.Popen[bytes]:
        """What the web server starts to keep a worker running."""
        return self.start("-m", "cardbook.config.working")

    def web(self) -> subprocess.Popen[bytes]:
        """The web server, which starts what keeps a worker running.

        It looks at people before it listens: it would be taken for the work that is to stop.
        """
        port = _free_port()
        serving = ("-m", "cardbook.config.cli", "serve", "--port", str(port), "--workers", "1")
        server = self.start(*serving)
        self.until(lambda: _listens(port))
        return server

    def stop_all(self) -> None:
        """Shoot whatever was started, with its children."""
        for process in self._started:
            if process.poll() is None:  # the number of one that ended may be somebody else's now
                shoot(process.pid)
                process.wait()
        self._started.clear()

    def shoot_database(self) -> None:
        """kill -9 for the server and every backend."""
        self._link = None
        home = (self.data / "postgres").resolve()
        shoot(int((home / "cluster" / "postmaster.pid").read_text().splitlines()[0]))

    # ------------------------------------------------------------------- database
    def ask(self, query: str, *values: object) -> Any:
        """One value, as the application's role sees it; asked again and again by one connection.

        :raises psycopg.OperationalError: when the server is down, or was meanwhile.
        """
        if self._link is None or self._link.closed:
            self._link = psycopg.connect(self.urls.app_url, autocommit=True)
        try:
            row = self._link.execute(query, values).fetchone()  # type: ignore[call-overload]
        except psycopg.Error:
            self._link.close()
            raise
        return row[0] if row else None

    @contextmanager
    def stopped_in(self, stage: str) -> Iterator[int]:
        """Work comes to a stop in a stage; gives the backend that waits there."""
        with psycopg.connect(self.urls.owner_url) as link:
            link.execute("SET idle_in_transaction_session_timeout = 0")
            mode = "SHARE" if stage in _WRITERS_ONLY else "ACCESS EXCLUSIVE"
            link.execute(f"LOCK TABLE {STOPS[stage]} IN {mode} MODE")
            yield self.until(lambda: self.waiting(stage))
            with suppress(psycopg.Error):  # the server may have been shot
                link.rollback()

    @contextmanager
    def stopped_after_commit(self, file_id: str) -> Iterator[None]:
        """All is posted, and the work has come no further than to write down that it is done."""
        with psycopg.connect(self.urls.owner_url) as link:
            link.execute("SET idle_in_transaction_session_timeout = 0")
            with self.stopped_in("posting"):
                link.execute("LOCK TABLE imports_run IN SHARE MODE")
            asked = "SELECT stage = 'posted' FROM imports_importfile WHERE id = %s"
            self.until(lambda: self.ask(asked, file_id))
            yield
            with suppress(psycopg.Error):
                link.rollback()

    @contextmanager
    def frozen_in_copy(self, worker: int) -> Iterator[int]:
        """A COPY into staging stands still half-way: nobody sends; gives its backend."""
        is_on_its_way = "SELECT true FROM pg_stat_progress_copy WHERE pid = %s"
        stopped: list[int] = []
        try:
            while True:
                backend = self._copying()
                # The backend first: looking for the family takes longer than a COPY may.
                os.kill(backend, signal.SIGSTOP)
                stopped = family(worker)
                _send(stopped, signal.SIGSTOP)
                os.kill(backend, signal.SIGCONT)
                if self.ask(is_on_its_way, backend):
                    break
                _send(stopped, signal.SIGCONT)  # that one was just over: the next
            yield backend
        finally:
            _send(stopped, signal.SIGCONT)

    def _copying(self) -> int:
        """The backend of a COPY on its way; it is over soon, so it is asked for without pause."""
        last = time.monotonic() + PATIENCE_SECONDS
        with psycopg.connect(self.urls.app_url, autocommit=True) as link:
            while time.monotonic() < last:
                row = link.execute(
                    "SELECT pid FROM pg_stat_progress_copy "
                    "WHERE command = 'COPY FROM' AND tuples_processed > 0"
                ).fetchone()
                if row:
                    return int(row[0])
                time.sleep(0.002)
        raise AssertionError(f"no COPY in {PATIENCE_SECONDS} s")

    def waiting(self, stage: str, *, but: Collection[int] = ()) -> int | None:
        """A backend that waits for what stops the stage, and is none of those.

        Workers wait for one another's jobs all the time, for an instant: that stops nothing.
        """
        found: int | None = self.ask(
            "SELECT pid FROM pg_locks WHERE NOT granted AND pid <> ALL(%s) "
            "AND relation = ANY(string_to_array(%s, ', ')::regclass[]) LIMIT 1",
            list(but),
            STOPS[stage],
        )
        return found

    def until(self, question: Callable[[], Any], *, every_seconds: float = 0.05) -> Any:
        """Wait for an answer that is not false; a server that is down is no answer."""
        last = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < last:
            with suppress(psycopg.OperationalError):
                answer = question()
                if answer:
                    return answer
            time.sleep(every_seconds)
        raise AssertionError(f"no answer in {PATIENCE_SECONDS} s: {question}")

    def state(self, file_id: str) -> Any:
        """How the file's last run ended, as written."""
        return self.ask(
            "SELECT state FROM imports_run WHERE file_id = %s ORDER BY id DESC LIMIT 1", file_id
        )

    def until_ended(self, file_id: str) -> str:
        """Wait until the file's run is over; its state."""
        ended = ("done", "refused", "cancelled")
        try:
            answer: str = self.until(lambda: (s := self.state(file_id)) in ended and s)
        except AssertionError as problem:
            raise AssertionError(f"{problem}\n{self.how_it_stands()}") from problem
        return answer

    def how_it_stands(self) -> str:
        """Runs, jobs, workers, statements and processes, for whoever has to find out why."""
        ask = (
            "SELECT 'run', id, state, attempts, phase, beat_at FROM imports_run "
            "ORDER BY id DESC LIMIT 3",
            "SELECT 'job', id, status, attempts, worker_id, scheduled_at FROM procrastinate_jobs "
            "ORDER BY id DESC LIMIT 3",
            "SELECT 'worker', id, last_heartbeat FROM procrastinate_workers",
            "SELECT 'backend', pid, state, wait_event_type, left(query, 80) FROM pg_stat_activity "
            "WHERE datname = current_database()",
        )
        with psycopg.connect(self.urls.owner_url, autocommit=True) as link:
            rows = [row for one in ask for row in link.execute(one)]
        living = [(one.pid, one.poll(), family(one.pid)) for one in self._started]
        return "\n".join(map(str, [*rows, ("now", datetime.now(UTC)), *living]))

    def cards(self, prefix: str) -> Any:
        """How many cards of a file are in the book."""
        return self.ask("SELECT count(*) FROM cards_card WHERE number LIKE %s", f"{prefix}%")

    def hasten(self) -> None:
        """Let the time pass after which silence means death.

        A server that just lost a process may answer once more before it ends every connection.
        """
        self.until(self._hastened)

    def _hastened(self) -> bool:
        with psycopg.connect(self.urls.owner_url, autocommit=True) as link:
            link.execute(
                "UPDATE procrastinate_workers SET last_heartbeat = now() - '1 h'::interval"
            )
            link.execute("UPDATE imports_run SET beat_at = now() - '1 h'::interval")
        return True

    # ---------------------------------------------------------------------- files
    def manifest(self, prefix: str, *, rows: int = 1200) -> Path:
        """A manifest of people nobody else's file has."""
        path = self.data / f"{prefix}.csv"
        lines = ["姓名,社会保障号码,社保卡号,批次号,装箱位置"]
        for place in range(rows):
            number = self._number()
            box = place // 100
            lines.append(
                f"王小明,{number},{prefix}{place:06d},P-{prefix},P-{prefix}-1-{box}-{place % 100}"
            )
        path.write_text("\n".join(lines) + "\n", encoding="gb18030")
        return path

    def balance(self, prefix: str, *, rows: int = 1200) -> Path:
        """An old ledger of cards that their holders have."""
        path = self.data / f"{prefix}.csv"
        lines = ["社保卡号,社会保障号码,姓名,状态,存放地点"]
        lines += [
            f"{prefix}{place:06d},{self._number()},王小明,已发放,持卡人" for place in range(rows)
        ]
        path.write_text("\n".join(lines) + "\n", encoding="gb18030")
        return path

    def _number(self) -> str:
        self._people += 1
        return citizen(self._people)


def family(pid: int) -> list[int]:
    """A process and all its descendants, in one look: a COPY does not wait for a slow one."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has just ended
            fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += children.get(one, ())
    return found


def shoot(pid: int, *, alone: bool = False) -> None:
    """kill -9, for a process and, unless `alone`, all its descendants."""
    _send([pid] if alone else family(pid), signal.SIGKILL)


def _send(pids: Iterable[int], what: signal.Signals) -> None:
    for one in pids:
        with suppress(ProcessLookupError):
            os.kill(one, what)


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
