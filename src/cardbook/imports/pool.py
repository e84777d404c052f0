"""Work on chunks of rows in helper processes, results in the order of the file (docs/adr/0011).

Helpers are new processes, not forks: a fork of a threaded server may hang. What they need, keys
too, goes to them through a pipe, never by command line or environment.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import Any, TypeVar

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")
Task = TypeVar("Task")

# Starting a helper takes as long as reading a few thousand rows.
FEW_CHUNKS = 8
# How many chunks wait for each helper: enough to keep it busy, few enough for flat memory.
_AHEAD = 3


def helpers() -> int:
    """This function will say how many helpers this machine carries: one for each of its cores."""
    return min(len(os.sched_getaffinity(0)), 8)


def in_order(
    make: Callable[[Task], Callable[[Chunk], Result]], task: Task, chunks: Iterable[Chunk]
) -> Iterator[Result]:
    """This function will work on every chunk and yield results in order, never many at once.

    `make(task)` gives what works on a chunk; it is made once in each process, so both it and
    `task` must be picklable. A short file is done here, without helpers.
    """
    waiting = iter(chunks)
    first = list(islice(waiting, FEW_CHUNKS + 1))
    if len(first) <= FEW_CHUNKS:
        work = make(task)
        yield from (work(chunk) for chunk in first)
        return
    count = helpers()
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, context, initializer=_prepare, initargs=(make, task))
    running: deque[Future[Any]] = deque()
    try:
        for chunk in chain(first, waiting):
            running.append(pool.submit(_work, chunk))
            if len(running) >= count * _AHEAD:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    finally:
        # Whoever stops half-way (a refusal, a cancelled import) does not wait for the rest.
        pool.shutdown(wait=True, cancel_futures=True)


_working: list[Callable[[Any], Any]] = []


def _prepare(make: Callable[[Any], Callable[[Any], Any]], task: Any) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _working.append(make(task))


def _end_with_parent() -> None:
    """A parent that was killed says no good-bye; without this its helpers would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(chunk: Any) -> Any:
    return _working[0](chunk)
