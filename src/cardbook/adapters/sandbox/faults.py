"""What can go wrong on the other side, switched on by number or by chance.

Every fault is one that really happened to somebody (domain.md 6.4, 9.3).
"""

import random
import threading
from collections import Counter
from enum import StrEnum


class Fault(StrEnum):
    """Values are options of `cardbook sandbox`."""

    label: str

    def __new__(cls, value: str, label: str) -> "Fault":
        """Make a member that is its value and carries its Chinese words."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    TIME_OUT = "time_out", "办了，但不回话"
    DOWN = "down", "没有办，直接断开"
    BUSY = "busy", "服务器报错 500，没有办"
    ALREADY_SO = "already_so", "回复早已如此"
    REFUSE = "refuse", "不受理"
    GARBLED = "garbled", "回复编码错误"
    CUT = "cut", "回盘文件不完整"
    REORDERED = "reordered", "回盘顺序打乱"
    TWICE = "twice", "同一回盘传两次"
    PARTIAL = "partial", "只回一部分"


class Faults:
    """Which fault comes next: those asked for by number first, then by chance."""

    def __init__(self, *, rates: dict[Fault, float] | None = None, seed: int = 1) -> None:
        """`rates` are chances between 0 and 1; the same seed gives the same faults."""
        self._rates = dict(rates or {})
        self._chance = random.Random(seed)  # noqa: S311 - faults, not secrets
        self._asked: Counter[Fault] = Counter()
        self._lock = threading.Lock()

    def rates_off(self) -> None:
        """From now on nothing happens by chance."""
        with self._lock:
            self._rates = {}

    def ask(self, fault: Fault, times: int = 1) -> None:
        """Let the next so many requests, or files, meet this fault."""
        with self._lock:
            self._asked[fault] += times

    def next(self, *among: Fault) -> Fault | None:
        """The fault the coming request meets, of those that can happen to it."""
        with self._lock:
            for fault in among:
                if self._asked[fault]:
                    self._asked[fault] -= 1
                    return fault
            for fault in among:
                if self._chance.random() < self._rates.get(fault, 0):
                    return fault
        return None
