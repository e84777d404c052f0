"""People at work at once, and the pgbench script that writes the same rows, for one act on cards.

They work as in the product: two processes with threads. The script is as bare as the schema lets
it be: the triggers are on, for they are the schema's; judging, locking out and asking are ours.
"""

import multiprocessing
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from django.db import connection, connections

from cardbook.config import embedded
from tests.bench.data import own_connection

PROCESSES = 2
Work = Callable[[int, str, Any], object]


def at_once(
    cards: Sequence[tuple[int, str]], *, people: int, actor: Callable[[], Any], work: Work
) -> tuple[float, list[float]]:
    """Acts a second of all people together, and the seconds of each act.

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
    seconds = [second for taken, _, _ in found for second in taken]
    whole = max(ended for _, _, ended in found) - min(began for _, began, _ in found)
    return len(seconds) / whole, seconds


def _office(cards, threads, start, answers, actor, work) -> None:  # type: ignore[no-untyped-def]
    by, taken, failed = actor(), [], []

    def of_one(own: Sequence[tuple[int, str]]) -> None:
        try:
            for id_, number in own:
                began = time.perf_counter()
                work(id_, number, by)
                taken.append(time.perf_counter() - began)
        except Exception as problem:
            failed.append(problem)
        finally:
            connection.close()

    crew = [
        threading.Thread(target=of_one, args=(cards[place::threads],)) for place in range(threads)
    ]
    start.wait()
    began = time.time()
    for one in crew:
        one.start()
    for one in crew:
        one.join()
    answers.put((taken, began, time.time()))
    if failed:
        raise failed[0]


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
