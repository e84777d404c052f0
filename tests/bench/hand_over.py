"""Hand-overs by 1, 4 and 16 clerks, against a pgbench script that writes the same rows (Art. 8).

Clerks work as in the product: two processes with threads. The script is as bare as the schema lets
it be: the triggers are on, for they are the schema's; judging, locking out and asking are ours.
"""

import multiprocessing
import os
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from django.db import connection, connections

from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.commands import issue_card
from cardbook.config import embedded
from cardbook.custody.places import Place
from cardbook.demo.life import WINDOW_PAPERS
from cardbook.law import notices
from cardbook.lib.canonical import canonical_json
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle.facts import CardIssued, IdentityReading, Signing
from tests.bench.actors import TODAY, window_clerk
from tests.bench.data import own_connection
from tests.bench.manifest_file import COUNTY
from tests.bench.measure import Line, peak_memory, percentile

AT = datetime.combine(TODAY, datetime.min.time(), tzinfo=LOCAL)
PROCESSES, EACH, SHARE, P99 = 2, {1: 200, 4: 75, 16: 25}, 0.5, 0.1
_SCRIPT = (Path(__file__).parent / "hand_over.pgbench.sql").read_text(encoding="utf-8")


def clerks() -> Iterator[Line]:
    """Each clerk hands over cards of his own, one after the other."""
    for count, each in EACH.items():
        cards = _adults_on_the_shelf(count * each * 2)
        half = len(cards) // 2
        bare = _pgbench(cards[:half], clients=count)
        rate, seconds = _hand_over(cards[half:], clerks=count)
        p99 = percentile(seconds, 0.99)
        aims = [f"≥ 脚本的 {SHARE:.0%}"] + (
            [f"p99 ≤ {P99 * 1000:.0f} 毫秒"] if count == 16 else []
        )
        met = rate >= SHARE * bare and (count != 16 or p99 <= P99)
        yield Line(
            name=f"窗口发放：{count} 名经办人", rows=half, size=0,
            floor="pgbench 脚本写同样的行（份额）", floor_value=f"{bare:.0f} 笔/秒",
            value=f"{rate:.0f} 笔/秒，p99 {p99 * 1000:.0f} 毫秒", ratio=rate / bare,
            aim="；".join(aims), met=met, memory=peak_memory(),
        )  # fmt: skip


def _adults_on_the_shelf(count: int) -> list[tuple[int, str]]:
    found = list(
        Card.objects.filter(
            county__code=COUNTY.code, stage="in_custody",
            position__account__kind__in=(Place.STORE, Place.BOX), person__born_on__lt="2005-01-01",
        )
        .order_by("id")
        .values_list("id", "number")[:count]
    )  # fmt: skip
    return found[: len(found) // 2 * 2]


def _hand_over(cards: Sequence[tuple[int, str]], *, clerks: int) -> tuple[float, list[float]]:
    """Hand-overs a second of all clerks together, and the seconds of each."""
    for alias in connections:
        connections[alias].close()
        connections[alias].close_pool()  # type: ignore[attr-defined]
    fork = multiprocessing.get_context("fork")
    processes = min(PROCESSES, clerks)
    start, answers = fork.Barrier(processes), fork.SimpleQueue()
    shares = [cards[place::processes] for place in range(processes)]
    team = [
        fork.Process(target=_office, args=(share, clerks // processes, start, answers))
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


def _office(cards, threads, start, answers) -> None:  # type: ignore[no-untyped-def]
    by, taken, failed = window_clerk(COUNTY.code), [], []

    def work(own: Sequence[tuple[int, str]]) -> None:
        try:
            for id_, number in own:
                began = time.perf_counter()
                issue_card(
                    card_id=id_, facts=_facts(number), papers=WINDOW_PAPERS,
                    told=(notices.PICK_UP.code,), by=by, at=AT, key=f"bench-{uuid.uuid4()}",
                )  # fmt: skip
                taken.append(time.perf_counter() - began)
        except Exception as problem:
            failed.append(problem)
        finally:
            connection.close()

    crew = [
        threading.Thread(target=work, args=(cards[place::threads],)) for place in range(threads)
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


def _facts(number: str) -> CardIssued:
    return CardIssued(
        way="window", identity=IdentityReading.READER, original_seen=True, face_matches=True,
        reads=True, scanned=number, signing=Signing.PAPER, copy_kept="paper",
    )  # fmt: skip


def _pgbench(cards: Sequence[tuple[int, str]], *, clients: int) -> float:
    """Transactions a second of the bare script."""
    by = window_clerk(COUNTY.code)
    with own_connection() as link:
        _make_pool(link, cards)
        holder = link.execute(
            "SELECT id FROM custody_account WHERE kind = 'holder' AND organization_id = %s",
            [by.county_id],
        ).fetchone()
    assert holder is not None
    values = {"actor": by.user_id, "post": by.post_id, "org": by.org_id, "holder": holder[0]}
    return _run_pgbench(values, clients=clients, each=len(cards) // clients)


def _make_pool(
    link: psycopg.Connection[tuple[object, ...]], cards: Sequence[tuple[int, str]]
) -> None:
    link.execute("DROP TABLE IF EXISTS bench_pool")
    link.execute("DROP SEQUENCE IF EXISTS bench_next")
    link.execute("CREATE SEQUENCE bench_next")
    link.execute("CREATE TABLE bench_pool (n int, card_id bigint, facts text)")
    with link.cursor().copy("COPY bench_pool FROM STDIN") as copy:
        for place, (id_, number) in enumerate(cards, start=1):
            copy.write_row((place, id_, canonical_json(_facts(number))))
    link.execute("ALTER TABLE bench_pool ADD PRIMARY KEY (n)")
    link.execute("GRANT SELECT ON bench_pool TO cardbook_app")
    link.execute("GRANT USAGE ON bench_next TO cardbook_app")


def _run_pgbench(values: dict[str, object], *, clients: int, each: int) -> float:
    from django.conf import settings

    parts = urlsplit(settings.DATABASE_URLS.app_url)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_SCRIPT)
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
