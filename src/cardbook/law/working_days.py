"""The calendar of working days this edition knows (domain.md 8.3 X9; Art. 25 to 28).

`calendar.toml` beside it holds the holidays, `lib/calendar.py` counts.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from cardbook.lib.calendar import Calendar

_SATURDAY = 5


class BadCalendar(ValueError):
    """The file of holidays contradicts itself; nothing starts with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year's arrangement and where it was read."""

    year: int
    source: str
    confirmed: bool
    holidays: frozenset[date]
    make_up_days: frozenset[date]


def _days(spans: list[str]) -> Iterator[date]:
    for span in spans:
        first, _, last = span.partition("/")
        day, end = date.fromisoformat(first), date.fromisoformat(last or first)
        if end < day:
            raise BadCalendar(f"{span}: ends before it starts")
        while day <= end:
            yield day
            day += timedelta(days=1)


def read_years(text: str) -> tuple[Year, ...]:
    """This function will read a file of holidays and check it.

    :raises BadCalendar: when a day is off and worked, in the wrong year, or a make-up day is not
        on a weekend.
    """
    years = []
    for name, raw in tomllib.loads(text).items():
        holidays = frozenset(_days(raw["holidays"]))
        make_up_days = frozenset(_days(raw["make_up_days"]))
        if holidays & make_up_days:
            raise BadCalendar(f"{name}: a day is both off and worked")
        if any(day.year != int(name) for day in holidays | make_up_days):
            raise BadCalendar(f"{name}: a day lies in another year")
        if any(day.weekday() < _SATURDAY for day in make_up_days):
            raise BadCalendar(f"{name}: a make-up day is not on a weekend")
        years.append(
            Year(
                year=int(name), source=raw["source"], confirmed=raw["confirmed"],
                holidays=holidays, make_up_days=make_up_days,
            )
        )  # fmt: skip
    return tuple(years)


@cache
def known_years() -> tuple[Year, ...]:
    """This function will list the years entered, with source and whether confirmed."""
    text = files("cardbook.law").joinpath("calendar.toml").read_text(encoding="utf-8")
    return read_years(text)


@cache
def national_calendar() -> Calendar:
    """This function will return the calendar to count working days with."""
    years = known_years()
    return Calendar(
        holidays=frozenset().union(*(year.holidays for year in years)),
        make_up_days=frozenset().union(*(year.make_up_days for year in years)),
        known_years=frozenset(year.year for year in years),
    )
