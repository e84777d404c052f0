"""The mass of the city's people: repeatable in parts, nobody twice, shares as published (6.2)."""

from collections import Counter
from datetime import date

import pytest

from cardbook.demo.mass_lots import LOT, lots
from cardbook.demo.mass_people import Mass, shares
from cardbook.demo.words import MASS
from cardbook.law.divisions import COUNTIES
from cardbook.lib import citizen_number

AS_OF = MASS["as_of"]
SIZE = 100_000


def mass(seed: int = 1) -> Mass:
    return Mass(seed=seed, size=SIZE, today=AS_OF)


class TestMass:
    def test_the_same_seed_gives_the_same_people_whatever_was_made_before(self) -> None:
        one = mass()
        one.people(COUNTIES[1], first=500, count=100)
        again = one.people(COUNTIES[0], first=0, count=100)
        assert again == mass().people(COUNTIES[0], first=0, count=100)
        assert again != mass(seed=2).people(COUNTIES[0], first=0, count=100)

    def test_nobody_has_the_number_or_phone_of_somebody_else(self) -> None:
        city = mass()
        everybody = [
            person
            for first in range(0, SIZE, 20_000)
            for person in city.people(COUNTIES[0], first=first, count=20_000)
        ]
        assert len({person.number for person in everybody}) == SIZE
        assert len({person.phone for person in everybody}) == SIZE

    def test_every_number_is_valid_and_belongs_to_nobody(self) -> None:
        for person in mass().people(COUNTIES[3], first=40_000, count=500):
            parsed = citizen_number.parse(person.number, today=AS_OF)
            assert parsed.number.startswith(citizen_number.DEMO_REGION)
            assert parsed.born_on == person.born_on
            assert str(parsed.sex) == person.sex

    def test_exactly_so_many_people_bear_the_planted_name(self) -> None:
        city = mass()
        names = Counter(
            person.name
            for first in range(0, SIZE, 20_000)
            for person in city.people(COUNTIES[0], first=first, count=20_000)
        )
        assert names[MASS["homonyms"]["name"]] == MASS["homonyms"]["people"]

    def test_more_people_than_numbers_are_refused(self) -> None:
        with pytest.raises(ValueError, match="more than"):
            Mass(seed=1, size=9_000_000, today=date(2026, 6, 30))


class TestLots:
    def test_all_cards_are_planned_and_counties_get_their_share(self) -> None:
        planned = list(lots(cards=2_600_000, today=AS_OF))
        assert sum(lot.count for lot in planned) == 2_600_000
        cards = Counter[str]()
        for lot in planned:
            cards[lot.county.code] += lot.count
        whole = sum(MASS["counties"].values())
        for code, residents in MASS["counties"].items():
            assert cards[code] == pytest.approx(2_600_000 * residents / whole, abs=LOT)

    def test_deliveries_of_a_county_never_share_a_day(self) -> None:
        days = [(lot.county.code, lot.arrived_on) for lot in lots(cards=2_600_000, today=AS_OF)]
        assert len(set(days)) == len(days)

    def test_shares_deal_every_place(self) -> None:
        assert shares({"a": 1, "b": 2}, count=10) == ["a"] * 3 + ["b"] * 7
