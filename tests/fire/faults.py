"""Strikes at the n-th statement of a piece of work: killed, cut off or cancelled, for real.

The code under test is untouched: the statements are counted by Django's own execute wrapper, and
the commit by the connection's. A commit is two places: just before it, and just after.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import psycopg
from django.db import Error, connection

from cardbook.lifecycle.refusals import Refused
from tests.fire.processes import Died, together


class Fault(StrEnum):
    """How a statement ends."""

    KILLED = "killed"  # the process is gone, as by kill -9
    CUT_OFF = "cut off"  # the server ended the connection (pg_terminate_backend)
    CANCELLED = "cancelled"  # the server cancelled the statement


@dataclass(frozen=True, slots=True)
class Struck:
    """What came of work under fire; `reached` False says that it has fewer than n statements."""

    reached: bool
    answer: str


def struck(work: Callable[[], object], *, place: int, fault: Fault) -> Struck:
    """This function will do the work in a process of its own and strike at its n-th statement."""
    (answer,) = together([lambda: _work_under_fire(work, place, fault)])
    if isinstance(answer, Died):
        assert fault is Fault.KILLED, answer
        return Struck(True, "killed")
    return Struck(*answer)


def _work_under_fire(work: Callable[[], object], place: int, fault: Fault) -> tuple[bool, str]:
    connection.ensure_connection()
    counter = _Counter(place, fault)
    commit = connection._commit

    def commit_under_fire() -> None:
        counter.count()
        commit()
        counter.count()

    connection._commit = commit_under_fire  # type: ignore[method-assign]
    with connection.execute_wrapper(counter):
        try:
            work()
        except Refused as refused:
            return counter.has_struck, f"refused {[r.code for r in refused.refusals]}"
        except Error as problem:
            return counter.has_struck, f"failed {type(problem).__name__}"
    return counter.has_struck, "done"


class _Counter:
    def __init__(self, place: int, fault: Fault) -> None:
        self.left, self.fault, self.has_struck = place, fault, False

    def __call__(self, execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        self.count()
        return execute(sql, params, many, context)

    def count(self) -> None:
        self.left -= 1
        if self.left or self.has_struck:
            return
        self.has_struck = True
        link = connection.connection
        if self.fault is Fault.KILLED:
            os._exit(9)
        elif self.fault is Fault.CUT_OFF:
            settings = connection.get_connection_params()
            name = connection.settings_dict["NAME"]
            with psycopg.connect(
                host=settings["host"], user=settings["user"], password=settings["password"],
                dbname=name, autocommit=True,
            ) as other:  # fmt: skip
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [link.info.backend_pid])
        else:
            with connection.wrap_database_errors:
                link.execute("SET statement_timeout = '5ms'")
                link.execute("SELECT pg_sleep(5)")
