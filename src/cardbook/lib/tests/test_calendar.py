"""Working days across weekends, holidays, make-up days and years nobody entered."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cardbook.lib.calendar import Calendar

# A holiday on Thursday and Friday 1-2 January 2026, worked back on Sunday 4.
CALENDAR = Calendar(
    holidays=frozenset({date(2026, 1, 1), date(2026, 1, 2)}),
    make_up_days=frozenset({date(2026, 1, 4)}),
    known_years=frozenset({2025, 2026}),
)
DAYS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


def test_counts_over_holidays_and_make_up_days() -> None:
    assert CALENDAR.add_working_days(date(2025, 12, 31), 1) == (date(2026, 1, 4), ())
    assert CALENDAR.add_working_days(date(2025, 12, 31), 2) == (date(2026, 1, 5), ())


def test_zero_days_is_the_day_itself() -> None:
    assert CALENDAR.add_working_days(date(2026, 1, 3), 0) == (date(2026, 1, 3), ())


def test_warns_of_every_unknown_year_it_touches() -> None:
    reached, warnings = CALENDAR.add_working_days(date(2026, 12, 31), 1)
    assert reached == date(2027, 1, 1)
    assert len(warnings) == 1
    assert "2027" in warnings[0]


@given(DAYS, st.integers(-60, 60))
def test_reaches_a_working_day_and_counts_back(day: date, n: int) -> None:
    reached, _ = CALENDAR.add_working_days(day, n)
    if n > 0:
        assert CALENDAR.is_working_day(reached)
        assert CALENDAR.working_days_between(day, reached)[0] == n
    if n < 0:
        assert CALENDAR.is_working_day(reached)
        assert reached < day


@given(DAYS, DAYS)
def test_between_is_a_plain_count(one: date, other: date) -> None:
    start, end = sorted((one, other))
    span = [start + timedelta(days=offset + 1) for offset in range((end - start).days)]
    counted = sum(CALENDAR.is_working_day(day) for day in span)
    assert CALENDAR.working_days_between(start, end)[0] == counted
    assert CALENDAR.working_days_between(end, start)[0] == -counted
