"""People at work at once, and the pgbench script that writes the same rows, for one act on cards.

They work as in the product: two processes with as many threads as `serve` gives them, and a line
before them. All acts count for the rate; how long one takes counts from the third of a connection
on, for the product keeps its connections and plans once on each. The script is as bare as the
schema lets it be: the triggers are on, for they are the schema's; judging, locking out and asking
are ours.
"""

import multiprocessing
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import psycopg
from django.db import connection, connections

from cardbook.config import embedded
from cardbook.config.serve import THREADS
from tests.bench.data import own_connection

PROCESSES = 2
WARM = 2  # acts of each connection that are not counted as waiting
Asked = tuple[int, str]
Work = Callable[[int, str, Any], object]


def at_once(
    cards: Sequence[tuple[int, str]], *, people: int, actor: Callable[[], Any], work: Work
) -> tuple[float, list[float]]:
    """Acts a second of all people together, and the seconds of each on a warm connection.

    `actor` makes in each process whoever acts there: a person, or the key of an agency.
    """
    for alias in connections:
        connections[alias].close()
        connections[alias].close_pool()  # type: ignore[attr-defined]
    fork = multiprocessing.get_context("fork")
    processes = min(PROCESSES, people)
    start, answers = fork.Barrier(processes), fork.SimpleQueue()
    shares = [cards[place::processes] for place in range(processes)]
    team = [
        fork.Process(
            target=_office, args=(share, people // processes, start, answers, actor, work)
        )
        for share in shares
    ]
    for one in team:
        one.start()
    found = [answers.get() for _ in team]
    for one in team:
        one.join()
    whole = max(one.ended for one in found) - min(one.began for one in found)
    seconds = [second for one in found for second in one.taken]
    return sum(one.served for one in found) / whole, seconds


class _Worked(NamedTuple):
    """What one process did: how many acts, the seconds of the warm ones, from when to when."""

    served: int
    taken: list[float]
    began: float
    ended: float


class _Office:
    """One process of the server: whoever presses waits in line until a thread is free."""

    def __init__(self, cards: Sequence[Asked], people: int, by: Any, work: Work) -> None:
        self._by, self._work = by, work
        self._line: SimpleQueue[tuple[float, Iterator[Asked]] | None] = SimpleQueue()
        self._people = [iter(cards[place::people]) for place in range(people)]
        self._at_work, self._leaving = people, threading.Lock()
        self.served = len(cards)
        self.taken: list[float] = []
        self.failed: list[Exception] = []

    def open(self) -> None:
        """Every person presses again as soon as the last answer is there, until all are served."""
        crew = [threading.Thread(target=self._serve) for _ in range(THREADS)]
        for person in self._people:
            self._line.put((time.perf_counter(), person))
        for one in crew:
            one.start()
        for one in crew:
            one.join()

    def _serve(self) -> None:
        cold = WARM
        try:
            while turn := self._line.get():
                pressed, person = turn
                if (asked := next(person, None)) is None:
                    self._leave()
                    continue
                self._work(*asked, self._by)
                now = time.perf_counter()
                if cold:
                    cold -= 1
                else:
                    self.taken.append(now - pressed)
                self._line.put((now, person))
        except Exception as problem:
            self.failed.append(problem)
            self._close()
        finally:
            connection.close()

    def _leave(self) -> None:
        with self._leaving:
            self._at_work -= 1
        if not self._at_work:
            self._close()

    def _close(self) -> None:
        for _ in range(THREADS):
            self._line.put(None)


def _office(cards, people, start, answers, actor, work) -> None:  # type: ignore[no-untyped-def]
    office = _Office(cards, people, actor(), work)
    connection.close()  # back into the pool, which has room for the threads alone
    start.wait()
    began = time.time()
    office.open()
    answers.put(_Worked(office.served, office.taken, began, time.time()))
    if office.failed:
        raise office.failed[0]


def in_words(p99: float) -> str:
    """How long the slowest hundredth takes, and what is not counted in it."""
    return f"p99 {p99 * 1000:.0f} 毫秒（每个连接头{WARM}笔不计）"


def by_script(
    name: str,
    pool: Sequence[tuple[int, str]],
    *,
    clients: int,
    values: dict[str, object],
) -> float:
    """Transactions a second of a bare script; `pool` is each card's id with the facts to write."""
    with own_connection() as link:
        _fill_pool(link, pool)
    script = (Path(__file__).parent / f"{name}.pgbench.sql").read_text(encoding="utf-8")
    return _run_pgbench(script, values, clients=clients, each=len(pool) // clients)


def _fill_pool(
    link: psycopg.Connection[tuple[object, ...]], pool: Sequence[tuple[int, str]]
) -> None:
    link.execute("DROP TABLE IF EXISTS bench_pool")
    link.execute("DROP SEQUENCE IF EXISTS bench_next")
    link.execute("CREATE SEQUENCE bench_next")
    link.execute("CREATE TABLE bench_pool (n int, card_id bigint, facts text)")
    with link.cursor().copy("COPY bench_pool FROM STDIN") as copy:
        for place, (id_, facts) in enumerate(pool, start=1):
            copy.write_row((place, id_, facts))
    link.execute("ALTER TABLE bench_pool ADD PRIMARY KEY (n)")
    link.execute("GRANT SELECT ON bench_pool TO cardbook_app")
    link.execute("GRANT USAGE ON bench_next TO cardbook_app")


def _run_pgbench(text: str, values: dict[str, object], *, clients: int, each: int) -> float:
    from django.conf import settings

    parts = urlsplit(settings.DATABASE_URLS.app_url)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(text)
        script.flush()
        command = [
            str(embedded.tools() / "pgbench"), "-n", "-M", "prepared", "-c", str(clients),
            "-j", str(min(clients, PROCESSES)), "-t", str(each), "-f", script.name,
            *(f"-D{name}={value}" for name, value in values.items()),
            "-h", parts.query.removeprefix("host="), "-U", unquote(parts.username or ""),
            parts.path.lstrip("/"),
        ]  # fmt: skip
        said = subprocess.run(
            command, capture_output=True, text=True, check=False,
            env=os.environ | {"PGPASSWORD": unquote(parts.password or "")},
        )  # fmt: skip
    assert said.returncode == 0, said.stderr
    line = next(line for line in said.stdout.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])
