"""Takes jobs in the transaction of whoever asks: the job is there exactly when his commit is.

procrastinate keeps the queue in the same database; nothing above this package names it (ADR 0011).
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError, connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

# A job is tried so often, also when it was its worker that died; then a person has to look.
MOST_ATTEMPTS = 6
_WAIT_SECONDS = 2
# Two queues, so that a line nobody answers on never holds up a file, nor a file the messages.
FILES, MESSAGES = "default", "messages"
# What may be gone a moment later: the server restarts, a statement or a helper was killed. In the
# middle of a COPY it is the driver that says so, not Django.
PASSING = (
    OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError, OSError,
)  # fmt: skip


def job(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """This function will register what a worker does for jobs of this name.

    It is called with the arguments given to `enqueue`, must bear being called again for the same
    job, and is called again after every passing trouble.
    """

    def register(work: Callable[..., None]) -> Callable[..., None]:
        retry = RetryStrategy(
            max_attempts=MOST_ATTEMPTS, linear_wait=_WAIT_SECONDS, retry_exceptions=PASSING
        )
        app.task(name=name, retry=retry)(work)
        return work

    return register


def periodic_job(name: str, *, cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """This function will register what a worker does again and again: in no hurry, never twice.

    `cron` has a sixth field for seconds. While one waits or is at work, no second is asked for;
    whatever it leaves undone it finds the next time. It has a place of its own beside long files.
    """

    def register(work: Callable[[], None]) -> Callable[[], None]:
        def tick(timestamp: int) -> None:
            # The next round comes anyway; a failed job of every round would only pile up.
            with suppress(*PASSING):
                work()

        task = app.task(name=name, queue=MESSAGES, lock=name, queueing_lock=name)(tick)
        app.periodic(cron=cron)(task)
        return work

    return register


def enqueue(name: str, *, in_line: str, **arguments: Any) -> None:
    """This function will ask for a job in the running transaction.

    Jobs with the same `in_line` are done one after the other, never two at once.
    """
    app.configure_task(name, lock=in_line).defer(**arguments)


def is_served() -> bool:
    """This function will say whether any worker showed a sign of life in the last half minute."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM procrastinate_workers "
            "WHERE last_heartbeat > now() - interval '30 seconds'"
        )
        return bool(cursor.rowcount)
