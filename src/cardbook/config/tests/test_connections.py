"""What becomes of a statement whose program is gone (Art. 20: the book goes on without it)."""

from collections.abc import Callable
from threading import Event
from time import monotonic

import psycopg
import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.article(20)]
LONGEST_S = 15


def came_true(what: Callable[[], bool]) -> bool:
    """Look every tenth of a second, for as long as the longest a server may take."""
    over, tick = monotonic() + LONGEST_S, Event()
    while not what():
        if monotonic() > over:
            return False
        tick.wait(0.1)
    return True


def connected() -> psycopg.Connection:
    """As the application connects, and outside the test's transaction."""
    known = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "options")
    mine = {name: known[name] for name in names if name in known}
    return psycopg.connect(**mine, autocommit=True)


def test_a_statement_ends_soon_after_its_program_and_lets_go_of_its_locks() -> None:
    with connected() as watching:
        gone = connected()
        process = gone.info.backend_pid

        def runs() -> bool:
            found = watching.execute(
                "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND state = 'active'", [process]
            )
            return found.fetchone() is not None

        gone.pgconn.send_query(b"SELECT pg_advisory_lock(20), pg_sleep(600)")
        gone.pgconn.flush()
        assert came_true(runs)
        gone.pgconn.finish()
        assert came_true(lambda: not runs())
        free = watching.execute("SELECT pg_try_advisory_lock(20), pg_advisory_unlock(20)")
        assert free.fetchone() == (True, True)
