"""Long imports are shot at in every stage: all or nothing, once, and never "running" when dead.

Real processes in an installation of their own (trust-and-ux.md B1, B2, B8, R10, I3); after each
shot the book is recounted from raw rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

import pytest

from cardbook.jobs.queue import MOST_ATTEMPTS
from tests.races.house import House, family, is_alive, shoot

pytestmark = [pytest.mark.races, pytest.mark.article(6)]
KINDS = ["manifest", "balance"]
# The file is kept, rows are read, sealed and on their way, all staged, all judged, all posted, and
# the commit is done while nobody was told.
STAGES = ["uploaded", "reading", "encrypted", "checking", "checked", "posting", "answering"]
POSTING = {"posting", "answering"}
STOPPED = ["reading", "checking", "posting"]
# Every stage and every victim is for `make soak`: each takes many seconds, most of it waiting.
CHOSEN = {
    ("encrypted", "worker", "manifest"), ("answering", "worker", "manifest"),
    ("posting", "database", "manifest"), ("checking", "web", "manifest"),
    ("reading", "worker", "balance"),
}  # fmt: skip
STRIKES = [
    pytest.param(*strike, marks=() if strike in CHOSEN else pytest.mark.soak)
    for strike in product(STAGES, ["worker", "database", "web"], KINDS)
]
SOAK = pytest.mark.soak
ENDED = {("checking", "pg_terminate_backend"), ("posting", "pg_cancel_backend")}
# Long enough for helper processes, and for a COPY to be met on its way.
LONG_ROWS = 30_000


@pytest.fixture(scope="module")
def installation() -> Iterator[House]:
    house = House()
    yield house
    house.close()


@pytest.fixture
def house(installation: House) -> Iterator[House]:
    yield installation
    installation.stop_all()
    recounted(installation)


@pytest.fixture(scope="module")
def prefixes() -> Iterator[str]:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    return (one + other for one in letters for other in letters)


@pytest.fixture
def prefix(prefixes: Iterator[str]) -> str:
    return f"{next(prefixes)}0"


def recounted(house: House) -> None:
    """What `cardbook check` recounts finds every promise kept."""
    assert house.drive("recount") == "holds"


def is_whole(
    house: House, file_id: str, prefix: str, *, work: str, rows: int = 1200,
    kind: str = "manifest",
) -> None:  # fmt: skip
    """The run ended well: checked and nothing posted, or posted once and whole."""
    staging, posted_as = {
        "manifest": ("intake_manifestrow", "intake_delivery"),
        "balance": ("intake_openingrow", "intake_openingsource"),
    }[kind]
    assert house.until_ended(file_id) == "done"
    posted = work == "post"
    assert house.cards(prefix) == (rows if posted else 0)
    stage = house.ask("SELECT stage FROM imports_importfile WHERE id = %s", file_id)
    assert stage == ("posted" if posted else "checked")
    once = house.ask(f"SELECT count(*) FROM {posted_as} WHERE file_id = %s", file_id)
    assert once == (1 if posted else 0)
    staged = house.ask(f"SELECT count(*) FROM {staging} WHERE file_id = %s", file_id)
    assert staged == (0 if posted else rows), "no row is staged twice"


@contextmanager
def stopped(house: House, stage: str, *, file_id: str, victim: int) -> Iterator[None]:
    """The work on a file stands still in a stage; `victim` is the process it is done under.

    In the middle of a COPY all of its processes stand still, and go on afterwards.
    """
    if stage == "encrypted":
        with house.frozen_in_copy(victim):
            yield
    elif stage == "answering":
        with house.stopped_after_commit(file_id):
            yield
    else:
        with house.stopped_in(stage):
            yield


@pytest.mark.trust("I3", "B8")
@pytest.mark.parametrize(("stage", "victim", "kind"), STRIKES)
def test_whatever_dies_in_whatever_stage_nothing_is_half_done_and_the_import_is_finished(
    house: House, prefix: str, stage: str, victim: str, kind: str
) -> None:
    work = "post" if stage in POSTING else "check"
    rows = LONG_ROWS if stage == "encrypted" else 1200
    file_id = house.drive(work, getattr(house, kind)(prefix, rows=rows))
    start = {"worker": house.worker, "database": house.keeper_of_workers, "web": house.web}[victim]
    struck = start()
    with stopped(house, stage, file_id=file_id, victim=struck.pid):
        members = family(struck.pid)
        if victim == "database":
            house.shoot_database()
        else:
            # A worker that stands still cannot end with its web server: it is shot as well.
            shoot(struck.pid, alone=victim == "worker" or stage != "encrypted")
            struck.wait()
        if victim == "web":
            house.until(lambda: not any(is_alive(pid) for pid in members))
    if victim == "database":
        # It is the worker's own restart that brings the server back.
        house.until(lambda: house.ask("SELECT 1"))
    else:
        house.until(lambda: not any(is_alive(pid) for pid in members))
    assert house.cards(prefix) == (rows if stage == "answering" else 0)
    house.hasten()
    if victim != "database":
        # What a dead worker had asked last, its backend may still write down, or not: that it
        # has the file, that it is done.
        also = {"answering": "done", "uploaded": "waiting"}.get(stage, "broken")
        ends = {"broken", also}
        house.until(lambda: house.drive("shown", file_id) in ends, every_seconds=0.5)
        start()
    is_whole(house, file_id, prefix, work=work, rows=rows, kind=kind)


@pytest.mark.trust("I3", "B8")
@pytest.mark.parametrize("kind", ["manifest", pytest.param("balance", marks=SOAK)])
def test_the_terminal_follows_its_file_over_the_death_of_a_worker(
    house: House, prefix: str, kind: str
) -> None:
    path = getattr(house, kind)(prefix)
    worker = house.worker()
    house.until(lambda: house.ask("SELECT true FROM procrastinate_workers"))
    to = ("--to", "甲县卡管中心", *(("--source", "旧台账") if kind == "balance" else ()))
    what = "opening" if kind == "balance" else "manifest"
    terminal = house.start("-m", "cardbook.config.cli", "import", what, str(path), *to)
    with house.stopped_in("posting"):
        shoot(worker.pid, alone=True)
        house.hasten()
    assert terminal.poll() is None, "it waits for the next worker"
    house.worker()
    assert terminal.wait(timeout=180) == 0
    file_id = house.ask("SELECT max(id) FROM imports_importfile")
    is_whole(house, file_id, prefix, work="post", kind=kind)


@SOAK
def test_a_worker_is_started_again_by_itself(house: House, prefix: str) -> None:
    file_id = house.drive("post", house.manifest(prefix))
    keeper = house.keeper_of_workers()
    with house.stopped_in("posting"):
        shoot(family(keeper.pid)[1], alone=True)
        house.hasten()
    is_whole(house, file_id, prefix, work="post")


@pytest.mark.trust("B8")
@pytest.mark.parametrize(
    ("stage", "function"),
    [
        pytest.param(stage, function, marks=() if (stage, function) in ENDED else SOAK)
        for stage in STOPPED
        for function in ("pg_terminate_backend", "pg_cancel_backend")
    ],
)
def test_a_killed_statement_is_tried_again_cleanly(
    house: House, prefix: str, stage: str, function: str
) -> None:
    """B8: no rows or all rows."""
    work = "post" if stage in POSTING else "check"
    file_id = house.drive(work, house.manifest(prefix))
    house.worker()
    with house.stopped_in(stage) as backend:
        assert house.ask(f"SELECT {function}(%s)", backend)
    is_whole(house, file_id, prefix, work=work)


@SOAK  # it waits longer after every attempt
@pytest.mark.trust("B8")
def test_killed_again_and_again_an_import_says_so_and_its_clerk_takes_it_up(
    house: House, prefix: str
) -> None:
    """B8: interrupted, can be resumed; no rows or all rows."""
    file_id = house.drive("post", house.manifest(prefix))
    house.worker()
    killed: set[int] = set()
    with house.stopped_in("posting"):
        while len(killed) < MOST_ATTEMPTS:
            backend = house.until(lambda: house.waiting("posting", but=killed))
            assert house.ask("SELECT pg_terminate_backend(%s)", backend)
            killed.add(backend)
        house.until(lambda: house.drive("shown", file_id) == "broken resumable", every_seconds=0.5)
    assert house.cards(prefix) == 0
    assert house.drive("resume", file_id) == "asked"
    is_whole(house, file_id, prefix, work="post")


@SOAK
@pytest.mark.trust("B8")
def test_helpers_killed_in_the_middle_of_a_copy_are_replaced(house: House, prefix: str) -> None:
    file_id = house.drive("check", house.manifest(prefix, rows=LONG_ROWS))
    worker = house.worker()
    with house.frozen_in_copy(worker.pid):
        helpers = family(worker.pid)[1:]
        assert helpers
        for helper in helpers:
            shoot(helper, alone=True)
    is_whole(house, file_id, prefix, work="check", rows=LONG_ROWS)
    assert house.ask("SELECT attempts FROM imports_run WHERE file_id = %s", file_id) == 1


@SOAK
@pytest.mark.trust("B8")
@pytest.mark.parametrize("kind", KINDS)
def test_a_backend_killed_in_the_middle_of_a_copy_leaves_no_row_and_the_import_begins_again(
    house: House, prefix: str, kind: str
) -> None:
    """kill -9: the server ends every connection and recovers, staging is emptied."""
    file_id = house.drive("check", getattr(house, kind)(prefix, rows=LONG_ROWS))
    keeper = house.keeper_of_workers()
    with house.frozen_in_copy(keeper.pid) as backend:
        shoot(backend, alone=True)
    house.until(lambda: house.ask("SELECT 1"))
    house.hasten()
    is_whole(house, file_id, prefix, work="check", rows=LONG_ROWS, kind=kind)


@pytest.mark.trust("R10")
@pytest.mark.parametrize(
    "stage", [pytest.param(one, marks=() if one == "posting" else SOAK) for one in STOPPED]
)
def test_a_post_that_ends_meanwhile_stops_the_import(
    house: House, prefix: str, stage: str
) -> None:
    """R10: the import stops, nothing is committed."""
    work = "post" if stage in POSTING else "check"
    file_id = house.drive(work, house.manifest(prefix))
    house.worker()
    try:
        with house.stopped_in(stage):
            house.drive("relieve")
            assert house.until_ended(file_id) == "refused"
        assert "免去" in house.ask("SELECT sentence FROM imports_run WHERE file_id = %s", file_id)
    finally:
        house.drive("appoint")
    assert house.cards(prefix) == 0


def test_a_cancelled_check_stops_and_the_file_can_be_given_up(house: House, prefix: str) -> None:
    file_id = house.drive("check", house.manifest(prefix))
    house.worker()
    with house.stopped_in("checking"):
        house.until(
            lambda: (
                house.ask("SELECT phase FROM imports_run WHERE file_id = %s", file_id)
                == "checking"
            )
        )
        assert house.drive("cancel", file_id) == "True"
        assert house.until_ended(file_id) == "cancelled"
    assert house.ask("SELECT count(*) FROM intake_manifestrow WHERE file_id = %s", file_id) == 0


def test_posting_cannot_be_cancelled(house: House, prefix: str) -> None:
    file_id = house.drive("post", house.manifest(prefix))
    house.worker()
    with house.stopped_in("posting"):
        house.until(
            lambda: (
                house.ask("SELECT phase FROM imports_run WHERE file_id = %s", file_id) == "posting"
            )
        )
        assert house.drive("cancel", file_id) == "False"
    is_whole(house, file_id, prefix, work="post")


@SOAK
def test_staged_rows_that_a_crash_took_are_read_again(house: House, prefix: str) -> None:
    """A checked file waits for its clerk while the server dies: staging is not logged."""
    file_id = house.drive("check", house.manifest(prefix))
    house.worker()
    assert house.until_ended(file_id) == "done"
    house.stop_all()
    house.shoot_database()
    house.drive("post_file", file_id)
    assert house.ask("SELECT count(*) FROM intake_manifestrow WHERE file_id = %s", file_id) == 0
    house.worker()
    is_whole(house, file_id, prefix, work="post")
