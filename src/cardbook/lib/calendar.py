"""Working days: weekends, national holidays and make-up days (domain.md 8.3 X9; Art. 25 to 28).

The holidays themselves are data in `law/calendar.toml`; `law/working_days.py` reads them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Which days are worked; years outside `known_years` have weekends only, and warn."""

    holidays: frozenset[date]
    make_up_days: frozenset[date]
    known_years: frozenset[int]

    def is_working_day(self, day: date) -> bool:
        """Whether offices are open on `day`."""
        if day in self.make_up_days:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def add_working_days(self, day: date, n: int) -> tuple[date, tuple[str, ...]]:
        """This function will count `n` working days on from `day`, which itself does not count.

        A negative `n` counts back; 0 gives `day`. The second part warns, in Chinese, of every
        year touched whose holidays are not published or not entered yet.
        """
        step = _ONE_DAY if n >= 0 else -_ONE_DAY
        left, reached = abs(n), day
        while left:
            reached += step
            left -= self.is_working_day(reached)
        return reached, self._doubts(day, reached)

    def working_days_between(self, start: date, end: date) -> tuple[int, tuple[str, ...]]:
        """This function will count working days after `start` up to and including `end`.

        The count is negative when `end` lies before `start`; warnings as in `add_working_days`.
        """
        if end < start:
            count, doubts = self.working_days_between(end, start)
            return -count, doubts
        days = (start + timedelta(days=offset) for offset in range(1, (end - start).days + 1))
        return sum(map(self.is_working_day, days)), self._doubts(start, end)

    def _doubts(self, one: date, other: date) -> tuple[str, ...]:
        first, last = sorted((one.year, other.year))
        return tuple(
            f"{year} 年的节假日安排尚未录入，日期只按周末推算"
            for year in range(first, last + 1)
            if year not in self.known_years
        )
