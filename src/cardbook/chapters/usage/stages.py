"""Whose stage an application is in and for how long: a clock for each party (Art. 25).

Computed from the events alone, in working days; nobody enters a delay and nobody can hide one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cardbook.cards.states import CLOSED_APPLICATIONS, Progress, Subject
from cardbook.law.parameters import parameter, whole_number
from cardbook.law.working_days import national_calendar
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import ACTS


class Party(StrEnum):
    """Who has to do the next thing."""

    WINDOW = "window"
    BANK = "bank"
    MAKER = "maker"
    PROVINCE = "province"

    @property
    def label(self) -> str:
        """The word on the page."""
        return {
            "window": "受理窗口",
            "bank": "制卡银行",
            "maker": "卡厂",
            "province": "配送、入库",
        }[self]


# Whose turn it is at each progress; nobody's when it is closed.
TURNS: Mapping[str, Party] = {
    Progress.CAPTURED: Party.WINDOW,
    Progress.CONFIRMED: Party.WINDOW,
    Progress.REFUSED: Party.WINDOW,
    Progress.SUBMITTED: Party.BANK,
    Progress.ACCEPTED: Party.BANK,
    Progress.IN_PRODUCTION: Party.MAKER,
    Progress.PRODUCED: Party.PROVINCE,
}


_LIMITS: Mapping[Party, str] = {
    Party.WINDOW: "stage_window_days",
    Party.BANK: "stage_bank_days",
    Party.MAKER: "stage_maker_days",
    Party.PROVINCE: "stage_province_days",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one party has used of its time, in working days."""

    party: Party
    days: int
    limit: int
    confirmed: bool
    now: bool

    @property
    def late(self) -> bool:
        """Whether it took longer than its stage may."""
        return self.days > self.limit

    @property
    def over(self) -> int:
        """By how many working days."""
        return max(self.days - self.limit, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The whole clock of an application; `turn` is whose turn it is, None when it is closed."""

    parties: tuple[Spent, ...]
    turn: Party | None

    @property
    def late(self) -> tuple[Spent, ...]:
        """Every party over its time, the one whose turn it is first."""
        return tuple(
            sorted((one for one in self.parties if one.late), key=lambda one: not one.now)
        )


def clocks(ids: Sequence[int], *, on: date) -> dict[int, Clock]:
    """This function will compute the clocks of applications, in one query for any number."""
    events = Event.objects.filter(subject_kind=Subject.APPLICATION, subject_id__in=ids)
    lives: dict[int, list[tuple[str, datetime]]] = {}
    rows = events.order_by("subject_id", "seq").values_list("subject_id", "act", "happened_at")
    for subject_id, code, happened_at in rows:
        progress = ACTS[code].becomes.get("progress") if code in ACTS else None
        if progress:
            lives.setdefault(subject_id, []).append((progress, happened_at))
    return {id_: _clock(life, on=on) for id_, life in lives.items()}


def _clock(life: Iterable[tuple[str, datetime]], *, on: date) -> Clock:
    """Working days between one change and the next belong to whose turn it was."""
    calendar = national_calendar()
    spent = dict.fromkeys(Party, 0)
    turn: Party | None = None
    since: date | None = None
    for progress, happened_at in life:
        day = local_day(happened_at)
        if turn is not None and since is not None:
            spent[turn] += calendar.working_days_between(since, day)[0]
        turn, since = (None if progress in CLOSED_APPLICATIONS else TURNS[progress]), day
    if turn is not None and since is not None and since < on:
        spent[turn] += calendar.working_days_between(since, on)[0]
    parties = (_spent(one, spent[one], now=one is turn, on=on) for one in Party)
    return Clock(parties=tuple(parties), turn=turn)


def _spent(party: Party, days: int, *, now: bool, on: date) -> Spent:
    key = _LIMITS[party]
    return Spent(
        party=party,
        days=days,
        limit=whole_number(key, on=on),
        confirmed=parameter(key).on(on).confirmed,
        now=now,
    )
