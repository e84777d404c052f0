"""Long imports are shot at in every stage: all or nothing, once, and never "running" when dead.

Real processes in an installation of their own (trust-and-ux.md B1, B2, B8, R10, I3); after each
shot the book is recounted from raw rows.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cardbook.jobs.queue import MOST_ATTEMPTS
from tests.races.house import STOPS, House, family, shoot

pytestmark = [
    pytest.mark.races,
    pytest.mark.article(6),
    # One installation for all: starting a server and migrating it takes longest.
    pytest.mark.xdist_group("survival"),
]
STAGES = list(STOPS)
WORK_OF = {"reading": "check", "checking": "check", "posting": "post"}
# Long enough for helper processes, and for a COPY to be met on its way.
LONG_ROWS = 30_000
KINDS = ["manifest", "balance"]


@pytest.fixture(scope="module")
def installation() -> Iterator[House]:
    house = House()
    yield house
    house.close()


@pytest.fixture
def house(installation: House) -> Iterator[House]:
    yield installation
    installation.stop_all()


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
    recounted(house)


@pytest.mark.trust("I3", "B8")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_worker_leaves_nothing_half_done_and_the_next_one_finishes(
    house: House, prefix: str, stage: str, kind: str
) -> None:
    work = WORK_OF[stage]
    file_id = house.drive(work, getattr(house, kind)(prefix))
    worker = house.worker()
    with house.stopped_in(stage):
        shoot(worker.pid, alone=True)
        house.hasten()
        assert house.drive("shown", file_id) == "broken"
    assert house.cards(prefix) == 0
    house.worker()
    is_whole(house, file_id, prefix, work=work, kind=kind)


@pytest.mark.trust("I3", "B8")
@pytest.mark.parametrize("kind", KINDS)
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


def test_a_worker_is_started_again_by_itself(house: House, prefix: str) -> None:
    file_id = house.drive("post", house.manifest(prefix))
    keeper = house.keeper_of_workers()
    with house.stopped_in("posting"):
        shoot(family(keeper.pid)[1], alone=True)
        house.hasten()
    is_whole(house, file_id, prefix, work="post")


# A minute each, most of it waiting: the other stages are for `make soak`.
@pytest.mark.parametrize(
    "stage",
    [pytest.param(one, marks=() if one == STAGES[-1] else pytest.mark.soak) for one in STAGES],
)
def test_a_killed_database_comes_back_and_the_import_begins_again(
    house: House, prefix: str, stage: str
) -> None:
    work = WORK_OF[stage]
    file_id = house.drive(work, house.manifest(prefix))
    house.keeper_of_workers()
    with house.stopped_in(stage):
        house.shoot_database()
    # It is the worker's own restart that brings the server back.
    house.until(lambda: house.ask("SELECT 1"))
    house.hasten()
    is_whole(house, file_id, prefix, work=work)


def test_a_killed_web_server_takes_its_worker_along_and_both_come_back(
    house: House, prefix: str
) -> None:
    file_id = house.drive("post", house.manifest(prefix))
    serving = ("-m", "cardbook.config.cli", "serve", "--port", "8191", "--workers", "1")
    server = house.start(*serving)
    with house.stopped_in("posting"):
        members = family(server.pid)
        shoot(server.pid, alone=True)
        server.wait()
        house.until(lambda: not any(is_alive(pid) for pid in members[1:]))
        house.hasten()
    assert house.cards(prefix) == 0
    house.start(*serving)
    is_whole(house, file_id, prefix, work="post")


@pytest.mark.trust("B8")
@pytest.mark.parametrize("function", ["pg_terminate_backend", "pg_cancel_backend"])
@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_statement_is_tried_again_cleanly(
    house: House, prefix: str, stage: str, function: str
) -> None:
    """B8: no rows or all rows."""
    work = WORK_OF[stage]
    file_id = house.drive(work, house.manifest(prefix))
    house.worker()
    with house.stopped_in(stage) as backend:
        assert house.ask(f"SELECT {function}(%s)", backend)
    is_whole(house, file_id, prefix, work=work)


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
        house.until(lambda: house.drive("shown", file_id) == "broken resumable")
    assert house.cards(prefix) == 0
    recounted(house)
    assert house.drive("resume", file_id) == "asked"
    is_whole(house, file_id, prefix, work="post")


@pytest.mark.trust("B8")
@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_killed_in_the_middle_of_a_copy_leaves_no_row_and_the_next_one_begins_again(
    house: House, prefix: str, kind: str
) -> None:
    file_id = house.drive("check", getattr(house, kind)(prefix, rows=LONG_ROWS))
    worker = house.worker()
    with house.frozen_in_copy(worker.pid):
        shoot(worker.pid, alone=True)
    house.hasten()
    assert house.drive("shown", file_id) == "broken"
    house.worker()
    is_whole(house, file_id, prefix, work="check", rows=LONG_ROWS, kind=kind)


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
@pytest.mark.parametrize("stage", STAGES)
def test_a_post_that_ends_meanwhile_stops_the_import(
    house: House, prefix: str, stage: str
) -> None:
    """R10: the import stops, nothing is committed."""
    work = WORK_OF[stage]
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
    recounted(house)


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


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
