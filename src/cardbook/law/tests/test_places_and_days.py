"""Divisions, code tables and the shipped calendar."""

from datetime import date

import pytest

from cardbook.law.divisions import (
    COUNTIES,
    KNOWN_REGIONS,
    TOWNS,
    county_of,
    sex_code,
    town,
)
from cardbook.law.working_days import BadCalendar, known_years, national_calendar, read_years
from cardbook.lib.citizen_number import Sex


@pytest.mark.article(3)
class TestDivisions:
    def test_has_seven_counties_86_towns_and_12_streets(self) -> None:
        counts = {county.name: len(county.towns) for county in COUNTIES}
        assert counts == {
            "商州区": 18, "洛南县": 16, "丹凤县": 12, "商南县": 10, "山阳县": 18, "镇安县": 15,
            "柞水县": 9,
        }  # fmt: skip
        assert sum(place.is_street for place in TOWNS) == 12
        assert len(TOWNS) == 98
        assert all(place.code[:6] == place.county for place in TOWNS)

    @pytest.mark.parametrize(
        ("old", "name"),
        [("612501", "商州区"), ("612521", "商州区"), ("612522", "洛南县"), ("612527", "柞水县"),
         ("611024", "山阳县")],
    )  # fmt: skip
    def test_knows_the_codes_before_2001(self, old: str, name: str) -> None:
        county = county_of(old)
        assert county is not None
        assert county.name == name
        assert old in KNOWN_REGIONS

    def test_says_nothing_of_other_places(self) -> None:
        assert county_of("610102") is None
        assert "610102" not in KNOWN_REGIONS
        assert {"611000", "612500"} <= KNOWN_REGIONS

    def test_finds_a_town_by_its_code(self) -> None:
        assert town("611026109").name == "杏坪镇"


class TestCodeTables:
    @pytest.mark.parametrize(
        ("words", "code"),
        [("男", "1"), ("女性", "2"), ("9", "9"), ("0", "0"), ("3", None), ("", None)],
    )
    def test_reads_sexes(self, words: str, code: str | None) -> None:
        assert sex_code(words) == code
        assert code is None or Sex(code)


@pytest.mark.trust("T7")
class TestWorkingDays:
    def test_counts_the_national_days_of_2026(self) -> None:
        calendar = national_calendar()
        # 1 to 7 October off, Saturday 10 worked.
        assert calendar.add_working_days(date(2026, 9, 30), 5) == (date(2026, 10, 13), ())
        assert calendar.is_working_day(date(2026, 2, 14))
        assert not calendar.is_working_day(date(2025, 10, 8))

    def test_has_as_many_days_off_as_the_notices_say(self) -> None:
        off = {year.year: len(year.holidays) for year in known_years()}
        assert off == {2025: 1 + 8 + 3 + 5 + 3 + 8, 2026: 3 + 9 + 3 + 5 + 3 + 3 + 7}
        assert all(year.source and not year.confirmed for year in known_years())

    def test_warns_of_a_year_not_entered(self) -> None:
        assert "2027" in national_calendar().add_working_days(date(2026, 12, 31), 1)[1][0]

    @pytest.mark.parametrize(
        ("holidays", "worked"),
        [('"2026-10-10"', '"2026-10-10"'), ('"2027-01-01"', ""), ("", '"2026-10-12"'),
         ('"2026-10-07/2026-10-01"', "")],
    )  # fmt: skip
    def test_refuses_a_year_that_contradicts_itself(self, holidays: str, worked: str) -> None:
        text = f"""[2026]\nsource = "x"\nconfirmed = true
            holidays = [{holidays}]\nmake_up_days = [{worked}]"""
        with pytest.raises(BadCalendar):
            read_years(text)
