"""Jobs of dead workers are taken up, all of them; one that cannot is started anew (Art. 6)."""

import asyncio

import pytest
from django.db import connection
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app, connector_params

from cardbook.jobs import worker

pytestmark = pytest.mark.article(6)


@pytest.mark.trust("B8")
def test_a_worker_that_rescues_nobody_any_more_ends(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a worker would only look alive: the files of a dead one would wait for ever."""

    async def broken(running: object) -> None:
        raise ValueError("the watch broke")

    monkeypatch.setattr(worker, "_rescue", broken)
    monkeypatch.setattr(worker, "HEARTBEAT_SECONDS", 0.1)
    with pytest.raises(ValueError, match="the watch broke"):
        worker.work()


@pytest.mark.trust("B8")
def test_a_round_that_died_while_the_next_waits_holds_up_nobody(fresh_database: str) -> None:
    """The round in line does the work of the dead one; who died after it is taken up too."""
    job("doing", "messages", "round", lock="round", queueing_lock="round")
    file = job("doing", "files", "long", lock="file", queueing_lock=None)
    waiting = job("todo", "messages", "round", lock="round", queueing_lock="round")
    asyncio.run(rescued())
    assert states() == {file: "todo", waiting: "todo"}


async def rescued() -> None:
    """What a worker does for the dead between two heartbeats."""
    with app.replace_connector(PsycopgConnector(kwargs=connector_params())) as running:
        async with running.open_async():
            await worker._rescue(running)


def job(status: str, queue: str, task: str, *, lock: str, queueing_lock: str | None) -> int:
    """A job as a worker left it, that is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, lock, queueing_lock) "
            "VALUES (%s, %s, %s, %s, %s) RETURNING id",
            [queue, task, status, lock, queueing_lock],
        )
        return int(cursor.fetchone()[0])


def states() -> dict[int, str]:
    """What the queue has, by number."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text FROM procrastinate_jobs")
        return dict(cursor.fetchall())
