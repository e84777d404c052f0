"""Chunks through helper processes: in order, flat, and whoever is killed holds up nobody."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count, takewhile
from multiprocessing import active_children
from threading import Thread

import pytest

from cardbook.imports import pool

CHUNKS = 60


def slowly(task: str) -> Callable[[int], tuple[str, int, bytes]]:
    """Work whose answers fill a pipe many times over."""

    def work(chunk: int) -> tuple[str, int, bytes]:
        time.sleep(0.002)
        return task, chunk, bytes(300_000)

    return work


def choosy(task: int) -> Callable[[int], int]:
    """Work that fails at one chunk."""

    def work(chunk: int) -> int:
        if chunk == task:
            raise ValueError(f"not {chunk}")
        return chunk

    return work


def deadly(task: int) -> Callable[[int], int]:
    """Work that kills its helper at one chunk, every time."""

    def work(chunk: int) -> int:
        if chunk == task:
            os.kill(os.getpid(), signal.SIGKILL)
        return chunk

    return work


def unmakeable(task: str) -> Callable[[int], int]:
    raise LookupError(task)


def shoot_on(found: list[int], hits: list[int], shots: int) -> None:
    """kill -9 for a helper, twelve results apart: the same rows are not hit three times."""
    while len(hits) < shots:
        if len(found) < (hits[-1] if hits else 0) + 12:
            time.sleep(0.001)
            continue
        time.sleep(random.random() / 20)
        with suppress(IndexError, ProcessLookupError):
            os.kill(random.choice(active_children()).pid or 0, signal.SIGKILL)
            hits.append(len(found))


@pytest.fixture(autouse=True)
def nobody_left() -> Iterator[None]:
    yield
    assert not active_children()


class TestInOrder:
    def test_results_come_in_the_order_of_the_chunks(self) -> None:
        found = list(pool.in_order(slowly, "t", range(CHUNKS)))
        assert [(task, chunk) for task, chunk, _ in found] == [("t", n) for n in range(CHUNKS)]

    def test_a_short_file_needs_no_helper(self) -> None:
        for _ in pool.in_order(slowly, "t", range(pool.FEW_CHUNKS)):
            assert not active_children()

    def test_never_many_chunks_are_under_way(self) -> None:
        taken = 0

        def counted() -> Iterator[int]:
            nonlocal taken
            for chunk in range(CHUNKS):
                taken += 1
                yield chunk

        for given, _ in enumerate(pool.in_order(slowly, "t", counted())):
            assert taken - given <= max(pool.FEW_CHUNKS + 1, pool.helpers() * 3)

    def test_an_error_comes_at_its_place_with_where_it_arose(self) -> None:
        found: list[int] = []
        with pytest.raises(ValueError, match="not 20") as told:
            found.extend(pool.in_order(choosy, 20, range(CHUNKS)))
        assert "in work" in told.value.__notes__[0]

    def test_work_that_cannot_be_prepared_says_why(self) -> None:
        with pytest.raises(LookupError, match="no such table"):
            list(pool.in_order(unmakeable, "no such table", range(CHUNKS)))

    def test_whoever_stops_half_way_does_not_wait(self) -> None:
        results = pool.in_order(slowly, "t", range(CHUNKS))
        next(results)
        results.close()  # type: ignore[attr-defined]


class TestKilledHelpers:
    @pytest.mark.races
    @pytest.mark.parametrize("shots", [10, pytest.param(30, marks=pytest.mark.soak)])
    def test_shots_in_a_row_lose_no_row_and_never_hang(self, shots: int) -> None:
        """At whatever the helper does: starting, reading, working, answering."""
        found: list[int] = []
        hits: list[int] = []
        shooter = Thread(target=shoot_on, args=(found, hits, shots), daemon=True)
        shooter.start()
        # As long as it takes, within reason.
        chunks = takewhile(lambda chunk: len(hits) < shots and chunk < 20_000, count())
        for _, chunk, _ in pool.in_order(slowly, "t", chunks):
            found.append(chunk)
        assert len(hits) == shots
        assert found == list(range(len(found)))

    @pytest.mark.races
    def test_all_helpers_shot_at_once_are_replaced(self) -> None:
        found: list[int] = []
        for _, chunk, _ in pool.in_order(slowly, "t", range(CHUNKS)):
            found.append(chunk)
            if len(found) in {1, 20, 40}:
                for helper in active_children():
                    helper.kill()
        assert found == list(range(CHUNKS))

    def test_rows_that_kill_every_helper_are_given_up(self) -> None:
        found: list[int] = []
        with pytest.raises(pool.HelpersDied):
            found.extend(pool.in_order(deadly, 30, range(CHUNKS)))

    def test_a_job_is_tried_again_after_that(self) -> None:
        assert issubclass(pool.HelpersDied, OSError)
