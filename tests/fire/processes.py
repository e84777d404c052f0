"""Work done by real processes, each with connections of its own, all started at one moment."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connections

_FORK = multiprocessing.get_context("fork")
LONGEST_SECONDS = 300


class Died:
    """What is left of a process that was killed: no answer, only how it ended."""

    def __init__(self, exit_code: int | None) -> None:
        self.exit_code = exit_code

    def __repr__(self) -> str:
        return f"Died({self.exit_code})"


def without_connections() -> None:
    """Close what a child must not share: a forked socket would carry two conversations."""
    for alias in connections:
        connections[alias].close()
        if hasattr(connections[alias], "close_pool"):
            connections[alias].close_pool()


def together(
    works: Sequence[Callable[[], Any]], *, patience_seconds: float = LONGEST_SECONDS
) -> list[Any]:
    """The answers of all pieces of work, or `Died` where a process was killed on the way."""
    without_connections()
    gate = _FORK.Barrier(len(works))
    started = []
    for work in works:
        here, there = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=_run, args=(work, gate, there))
        process.start()
        there.close()
        started.append((process, here))
    answers = []
    for process, pipe in started:
        try:
            answers.append(pipe.recv() if pipe.poll(patience_seconds) else Died(None))
        except EOFError:
            process.join()
            answers.append(Died(process.exitcode))
        finally:
            pipe.close()
        process.join(timeout=10)
        if process.is_alive():
            process.kill()
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return answers


def in_rounds(works: Sequence[Callable[[int], Any]], *, rounds: int) -> list[tuple[Any, ...]]:
    """Every round is played by all at one moment; gives the answers of each round, in order.

    The processes meet at a gate before every round, so that none runs away from the others.
    """
    gate = _FORK.Barrier(len(works))

    def player(work: Callable[[int], Any]) -> Callable[[], list[Any]]:
        def play() -> list[Any]:
            try:
                return [(gate.wait(LONGEST_SECONDS), work(round_))[1] for round_ in range(rounds)]
            except threading.BrokenBarrierError:
                return []  # another one broke, and says why
            except BaseException:
                gate.abort()
                raise

        return play

    patience = LONGEST_SECONDS * (1 + rounds / 500)
    answers = together([player(work) for work in works], patience_seconds=patience)
    return list(zip(*answers, strict=True))


def _run(work: Callable[[], Any], gate: Any, pipe: Any) -> None:
    try:
        gate.wait(timeout=60)
        answer: Any = work()
    except BaseException as problem:
        answer = RuntimeError(f"{type(problem).__name__}: {problem}")
    pipe.send(answer)
    pipe.close()
    os._exit(0)
