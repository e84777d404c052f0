"""Months counted over ends of months and years; a moment as a refusal says it."""

from datetime import UTC, date, datetime

import pytest

from cardbook.lib.clock import months_away, to_the_second


@pytest.mark.parametrize(
    ("day", "months", "there"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
    ],
)
def test_months_end_on_a_day_there_is(day: date, months: int, there: date) -> None:
    assert months_away(day, months) == there


def test_a_moment_is_said_in_the_citys_time_and_none_is_said_as_nothing() -> None:
    assert to_the_second(datetime(2026, 11, 20, 4, tzinfo=UTC)) == "2026-11-20 12:00:00"
    assert to_the_second(None) == ""


def test_what_was_entered_as_a_day_is_said_as_a_day() -> None:
    assert to_the_second(datetime(2026, 11, 19, 16, tzinfo=UTC)) == "2026-11-20"
