"""Work on chunks of rows in helper processes, results in the order of the file (docs/adr/0011).

Helpers are new processes, not forks: a fork of a threaded server may hang. What they need, keys
too, goes to them through a pipe, never by command line or environment. Nothing is shared between
helpers, neither queue nor lock: one that is killed closes its pipe and holds up nobody.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from threading import Thread
from traceback import format_exc
from typing import Any, TypeVar

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")
Task = TypeVar("Task")

# Starting a helper takes as long as reading a few thousand rows.
FEW_CHUNKS = 8
# How many chunks a helper has in hand: the one it works on and the one that comes next.
_IN_HAND = 2
# How many chunks are under way for each helper: enough to keep all busy, few for flat memory.
_AHEAD = 3
# How many helpers may die of one chunk before it is given up.
_MOST_DEATHS = 3


class HelpersDied(ChildProcessError):
    """Helpers died again and again of the same rows; likely the machine is short of memory."""


def helpers() -> int:
    """This function will say how many helpers this machine carries: one for each of its cores."""
    return min(len(os.sched_getaffinity(0)), 8)


def in_order(
    make: Callable[[Task], Callable[[Chunk], Result]], task: Task, chunks: Iterable[Chunk]
) -> Iterator[Result]:
    """This function will work on every chunk and yield results in order, never many at once.

    `make(task)` gives what works on a chunk; it is made once in each process, so both it and
    `task` must be picklable. A short file is done here, without helpers. The rows of a helper
    that was killed go to a new one.

    :raises HelpersDied: when rows cost three helpers their lives.
    """
    waiting = iter(chunks)
    first = list(islice(waiting, FEW_CHUNKS + 1))
    if len(first) <= FEW_CHUNKS:
        work = make(task)
        yield from (work(chunk) for chunk in first)
        return
    team = _Team(make, task, helpers())
    try:
        for chunk in chain(first, waiting):
            team.take(chunk)
            while team.is_full():
                yield team.next_result()
        while team.is_busy():
            yield team.next_result()
    finally:
        # Whoever stops half-way (a refusal, a cancelled import) does not wait for the rest.
        team.end()


class _Helper:
    """One process, the pipe to it, and the places of the chunks it has in hand."""

    def __init__(self, make: Any, task: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, others = context.Pipe()
        self.in_hand: deque[int] = deque()
        self.process = context.Process(target=_help, args=(others,), daemon=True)
        self.process.start()
        others.close()  # now the pipe ends when the helper does
        self.is_alive = self.send((make, task))

    def send(self, what: object) -> bool:
        """Send; false when the helper is dead. A helper always listens, so this never waits."""
        try:
            self.pipe.send(what)
        except OSError:
            self.is_alive = False
            return False
        return True

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Team:
    """The helpers of one file: who has which chunk, and what came back."""

    def __init__(self, make: Any, task: Any, count: int) -> None:
        self._start: Callable[[], _Helper] = partial(_Helper, make, task)
        self._count = count
        self._helpers: list[_Helper] = []
        self._chunks: dict[int, Any] = {}  # under way: kept until the answer is here
        self._waiting: deque[int] = deque()
        self._results: dict[int, Any] = {}
        self._deaths: dict[int, int] = {}
        self._taken = self._given = 0

    def take(self, chunk: Any) -> None:
        """Take a chunk on."""
        self._chunks[self._taken] = chunk
        self._waiting.append(self._taken)
        self._taken += 1
        self._hand_out()

    def is_busy(self) -> bool:
        """Whether results are to come."""
        return self._given < self._taken

    def is_full(self) -> bool:
        """Whether as many chunks are under way as may be."""
        return self._taken - self._given >= self._count * _AHEAD

    def next_result(self) -> Any:
        """The next result in order; waits for it."""
        while self._given not in self._results:
            for pipe in wait([helper.pipe for helper in self._helpers]):
                self._receive(next(one for one in self._helpers if one.pipe is pipe))
            self._hand_out()
        self._given += 1
        failed, result = self._results.pop(self._given - 1)
        if failed:
            raise result
        return result

    def end(self) -> None:
        """End all helpers, whatever they do."""
        for helper in self._helpers:
            helper.end()

    def _receive(self, helper: _Helper) -> None:
        try:
            answer = helper.pipe.recv()
        except (EOFError, OSError):
            helper.is_alive = False
            return
        place = helper.in_hand.popleft()
        self._results[place] = answer
        del self._chunks[place]

    def _hand_out(self) -> None:
        for helper in [one for one in self._helpers if not one.is_alive]:
            self._bury(helper)
        while self._waiting:
            if len(self._helpers) < self._count:
                self._helpers.append(self._start())
            helper = min(self._helpers, key=lambda one: len(one.in_hand))
            if len(helper.in_hand) >= _IN_HAND:
                return
            helper.in_hand.append(self._waiting.popleft())
            if not helper.is_alive or not helper.send(self._chunks[helper.in_hand[-1]]):
                self._bury(helper)

    def _bury(self, helper: _Helper) -> None:
        """Somebody else gets the rows of a dead helper, unless they are what kills."""
        self._helpers.remove(helper)
        helper.end()
        self._waiting.extendleft(reversed(helper.in_hand))
        if helper.in_hand:
            place = helper.in_hand[0]
            self._deaths[place] = self._deaths.get(place, 0) + 1
            if self._deaths[place] >= _MOST_DEATHS:
                raise HelpersDied("处理文件的辅助进程接连中断，可能是内存不足")


def _help(pipe: Connection) -> None:
    """A helper's life: what to do comes first, then chunks, one answer for each, in order."""
    inbox: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_listen, args=(pipe, inbox), daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, who ends us
    make, task = inbox.get()
    work: Callable[[Any], Any] | None = None
    while True:
        chunk = inbox.get()
        try:
            work = work or make(task)
            answer = (False, work(chunk))
        except Exception as problem:
            problem.add_note(format_exc())
            answer = (True, problem)
        pipe.send(answer)


def _listen(pipe: Connection, inbox: "SimpleQueue[Any]") -> None:
    """Take in what comes, so that the sender never waits; end when the other side has."""
    try:
        while True:
            inbox.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(1)
