"""How a bench measures: floor and subject in turns, medians, peak memory of its own process."""

import json
import os
import resource
import statistics
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table. Values are texts ready to be printed; `ratio` is for comparing.

    `met` is None where the architecture sets no aim.
    """

    name: str
    rows: int
    size: int
    floor: str
    floor_value: str
    value: str
    ratio: float | None
    aim: str
    met: bool | None
    memory: int = 0

    def as_json(self) -> str:
        """For the parent process."""
        return json.dumps(asdict(self), ensure_ascii=False)


def peak_memory() -> int:
    """This function will say how many bytes this process, or one it started, held at most."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return max(own, children) * 1024


class Together:
    """Watches how many bytes a process and all its descendants hold at once; `peak` is the most.

    Pages that several processes share count once, divided among them (PSS).
    """

    def __init__(self, pid: int = 0) -> None:
        """Watch this process, or another."""
        self.peak, self._pid = 0, pid or os.getpid()
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Together":
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self.peak = max(self.peak, sum(map(_held, _family(self._pid))))


def _family(pid: int) -> list[int]:
    children: list[str] = []
    with suppress(OSError):  # ended meanwhile
        for thread in Path(f"/proc/{pid}/task").iterdir():
            children += (thread / "children").read_text(encoding="ascii").split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _held(pid: int) -> int:
    with suppress(OSError):
        said = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in said.splitlines() if "Pss:" in line) * 1024
    return 0


def timed(work: Callable[[], Any]) -> float:
    """This function will run `work` once and say how many seconds it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(
    floor: Callable[[], Any], subject: Callable[[], Any], *, rounds: int = 3
) -> tuple[float, float]:
    """This function will run both in turns and return the median seconds of each.

    In turns, because the machine has other work: what slows one round slows both.
    """
    floors, subjects = [], []
    for _ in range(rounds):
        floors.append(timed(floor))
        subjects.append(timed(subject))
    return statistics.median(floors), statistics.median(subjects)


def in_child(work: Callable[[], Any]) -> tuple[float, int]:
    """This function will run `work` in a fork; its seconds, and the most bytes it held at once.

    What it started itself counts with it.

    :raises RuntimeError: when the work failed.
    """
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    with Together(child) as held:
        _, status, used = os.wait4(child, 0)
        seconds = time.perf_counter() - began
    if status:
        raise RuntimeError("the measured work failed")
    return seconds, max(held.peak, used.ru_maxrss * 1024)


def interleaved(works: Sequence[Callable[[int], Any]], *, rounds: int) -> list[list[float]]:
    """This function will call each work with 0, 1, 2 … in turns; seconds of each call, by work."""
    return [[seconds for seconds, _ in one] for one in twice_timed(works, rounds=rounds)]


def twice_timed(
    works: Sequence[Callable[[int], Any]], *, rounds: int
) -> list[list[tuple[float, float]]]:
    """This function will do as `interleaved`; of each call the seconds on the clock and those of
    the processor, which other work on the machine disturbs far less.
    """
    taken: list[list[tuple[float, float]]] = [[] for _ in works]
    for turn in range(rounds):
        for place, work in enumerate(works):
            began, used = time.perf_counter(), processor_seconds()
            work(turn)
            spent = processor_seconds() - used
            taken[place].append((time.perf_counter() - began, spent))
    return taken


def processor_seconds() -> float:
    """This function will say how long this process and its database connection have computed.

    Helpers of one query (parallel workers) are not seen; nor is a server on another machine.
    """
    link = connection.connection
    ours = time.process_time()
    with suppress(OSError, AttributeError):
        said = Path(f"/proc/{link.info.backend_pid}/schedstat").read_text(encoding="ascii")
        return ours + int(said.split()[0]) / 1e9
    return ours


def percentile(seconds: Sequence[float], share: float) -> float:
    """This function will say below which time `share` of the calls lie."""
    ordered = sorted(seconds)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def seconds_text(seconds: float) -> str:
    """Seconds as people read them."""
    return f"{seconds:.1f} 秒" if seconds >= 1 else f"{seconds * 1000:.1f} 毫秒"


def bytes_text(size: int) -> str:
    """Bytes as people read them."""
    for unit in ("B", "kB", "MB"):
        if size < 1000 or unit == "MB":
            return f"{size:.0f} {unit}"
        size = size // 1000
    raise AssertionError


def against(
    name: str,
    floor: str,
    floor_seconds: float,
    seconds: float,
    *,
    rows: int,
    size: int = 0,
    most: float | None,
    also: Sequence[tuple[str, bool]] = (),
    memory: int = 0,
) -> Line:
    """This function will make the line of a bench whose aim is at most so many times its floor."""
    ratio = seconds / floor_seconds
    aims = [f"≤ {most:g} 倍"] if most else []
    aims += [text for text, _ in also]
    kept = all((not most or ratio <= most, *(holds for _, holds in also)))
    return Line(
        name=name, rows=rows, size=size, floor=floor, floor_value=seconds_text(floor_seconds),
        value=seconds_text(seconds), ratio=ratio, aim="；".join(aims),
        met=kept if aims else None, memory=memory or peak_memory(),
    )  # fmt: skip


Bench = Callable[[], Iterator[Line]]
