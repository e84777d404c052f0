"""Does the jobs of the queue until told to stop, and takes up those whose worker died (ADR 0011).

`cardbook worker` runs it; a worker that stays silent counts as dead, and its jobs begin again.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from cardbook.jobs.queue import FILES, MESSAGES, MOST_ATTEMPTS

HEARTBEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 15.0
# Two counties' files at once: a long one does not hold up the other. A line for each party,
# and one for whoever is reminded.
AT_ONCE = {FILES: 2, MESSAGES: 4}


def work(*, until: Callable[[], bool] = lambda: False, once: bool = False) -> None:
    """This function will do jobs until `until` says so, or with `once` until none is left.

    :raises procrastinate.exceptions.ConnectorException: when the database is gone.
    """
    asyncio.run(_work(until, once=once))


async def _work(until: Callable[[], bool], *, once: bool) -> None:
    # A database that is gone is noticed soon, so that whoever keeps the worker brings both back.
    connector = PsycopgConnector(
        kwargs=connector_params(),
        timeout=settings.LONGEST_QUEUE_SECONDS,
        reconnect_timeout=settings.LONGEST_QUEUE_SECONDS,
    )
    with app.replace_connector(connector) as running:
        async with running.open_async():
            watching = asyncio.create_task(_watch(running, until))
            try:
                await _serve(running, watching, wait=not once)
            finally:
                watching.cancel()


async def _serve(running: App, watching: asyncio.Task[None], *, wait: bool) -> None:
    """Serve every queue until told to stop; whoever is at work then finishes first."""
    serving = [
        asyncio.create_task(
            running.run_worker_async(
                queues=[queue],
                concurrency=concurrency,
                wait=wait,
                delete_jobs="successful",
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                # Nobody calls when a job is to be tried again.
                fetch_job_polling_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=DEAD_AFTER_SECONDS,
                install_signal_handlers=False,
            )
        )
        for queue, concurrency in AT_ONCE.items()
    ]

    def end() -> None:
        for one in serving:
            # Asked twice, a worker would abort its job instead of finishing it.
            if not one.cancelling():
                one.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, end)
    # One that ends takes the others along: half a worker, or one that rescues no dead one's jobs,
    # would only look alive.
    if wait:
        await asyncio.wait([*serving, watching], return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.wait(serving)
    end()
    await asyncio.wait(serving)
    ended = [one for one in (*serving, watching) if one.done() and not one.cancelled()]
    for problem in [one.exception() for one in ended]:
        if problem is not None:
            raise problem


async def _watch(running: App, until: Callable[[], bool]) -> None:
    while not until():
        await asyncio.sleep(HEARTBEAT_SECONDS)
        # Another worker was faster, or the database is gone: then the worker itself will say so.
        with suppress(ConnectorException):
            await _rescue(running)
    # Whoever started this worker is gone. Jobs stop where they are; the next worker takes them up.
    os._exit(0)


async def _rescue(running: App) -> None:
    """Put the jobs of dead workers back; one that killed too many workers is given up."""
    manager = running.job_manager
    for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS):
        if stalled.attempts < MOST_ATTEMPTS:
            try:
                await manager.retry_job(stalled)
            except UniqueViolation:
                # The next one of its kind is in line already and waits for this one's lock.
                await manager.finish_job(stalled, status=Status.FAILED, delete_job=True)
        else:
            await manager.finish_job(stalled, status=Status.FAILED, delete_job=False)
