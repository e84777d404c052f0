"""A day is read as it was written, and never made of a month (domain.md 3.1)."""

from datetime import date

import pytest

from cardbook.lib.days import day_of

pytestmark = pytest.mark.article(6)


@pytest.mark.trust("I12")
@pytest.mark.parametrize(
    "text",
    [
        "2024-11-05", "2024/11/5", "2024.11.05", "2024年11月5日", "2024年11月5", "20241105",
        "2024-11-05 10:20:30", "2024-11-05T10:20", "20241105102030", " 2024-11-05 ",
        "２０２４－１１－０５",
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_style_in_use(text: str) -> None:
    assert day_of(text) == date(2024, 11, 5)


@pytest.mark.trust("I12")
@pytest.mark.parametrize(
    "text",
    [
        "2024-11", "2024.11", "2024年11月", "202411", "2024111", "2024-111", "2024-1105",
        "24-11-05", "05/11/2024", "45601", "2024-13-01", "2024-02-30", "20241399102030", "",
        "十一月五日",
    ],
)  # fmt: skip
def test_a_month_a_serial_and_what_might_be_two_days_are_no_day(text: str) -> None:
    assert day_of(text) is None
