"""Synthetic people: the same seed gives the same people, and none of them can be anybody.

Numbers lie in the region 999999, which GB/T 2260 does not have; phones begin with 1002, which no
subscriber has. Names, villages and employers are made of `words.py` (domain.md 5.1, 5.4, 6.2).
"""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from typing import TypeVar

from cardbook.demo.words import (
    DOTTED_GIVEN,
    DOTTED_SECOND,
    GIVEN,
    LONGEST_NAME,
    RARE_GIVEN,
    STREETS,
    SURNAMES,
    Unit,
    units_of,
    villages_of,
)
from cardbook.law.divisions import CITY_NAME, County, Town
from cardbook.lib.citizen_number import DEMO_REGION, Sex, check_digit
from cardbook.lib.names import SEPARATOR

_T = TypeVar("_T")
PHONE_PREFIX = "1002"
_SCHOOL_FROM, _JUNIOR_FROM, _SENIOR_FROM = 6, 12, 15
_ADULT, _STUDENT_UNTIL, _OLD = 18, 22, 60
_MALE_SHARE = 0.512
_EMPLOYEE_SHARE, _RETIRED_SHARE, _COLLEGE_SHARE = 0.26, 0.12, 0.35
_STREET_WEIGHT = 3  # a street has about three times the people of a town
_DOTTED_SHARE, _RARE_SHARE = 0.006, 0.006
_CHOSEN_SHARE = 0.45  # parents who choose a fashionable name as it is
_RANK_SOFTENER = 4
DAYS_PER_YEAR = 365.2425
ORDERS_OF_MASS = 250  # orders of a birthday that belong to the mass of the city (`mass_people.py`)

# Years of age from, to (exclusive), share in per mille: an ageing mountain county (assumption).
AGES: tuple[tuple[int, int, int], ...] = (
    (0, 6, 55), (6, 15, 120), (15, 18, 38), (18, 30, 135), (30, 45, 195), (45, 60, 255),
    (60, 70, 108), (70, 80, 66), (80, 98, 28),
)  # fmt: skip
_ERAS = ((1962, "elder"), (1985, "parent"), (2005, "young"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticPerson:
    """Somebody who does not exist. `sex` is a GB/T 2261.1 code, `town` has 9 digits."""

    number: str
    name: str
    sex: str
    born_on: date
    phone: str
    county: str
    town: str
    town_name: str
    village: str
    address: str
    group: str
    unit: Unit | None


class Population:
    """Makes people, county by county, and never the same number or phone twice."""

    def __init__(self, *, seed: int, today: date) -> None:
        """Start with a seed; nobody is born after `today`."""
        self._random = Random(seed)  # noqa: S311 - people are to be repeatable, not secret
        self._today = today
        self._orders: set[str] = set()
        self._phones: set[str] = set()

    def people_of(
        self, county: County, *, count: int, rare: bool = True
    ) -> tuple[SyntheticPerson, ...]:
        """This function will make `count` inhabitants of a county.

        With `rare`, some names need all of GB 18030; the first five are one of each rare
        character and the longest name the register must hold. Without, GBK writes every name.
        """
        made = [self._person(county, rare=rare) for _ in range(count)]
        if rare:
            made[:5] = [self._renamed(person, place) for place, person in enumerate(made[:5])]
        return tuple(made)

    def _person(self, county: County, *, rare: bool) -> SyntheticPerson:
        sex = Sex.MALE if self._random.random() < _MALE_SHARE else Sex.FEMALE
        born_on = self._birthday()
        town = self._town(county)
        village = self._random.choice(villages_of(town))
        group, unit = group_of(county, born_on, today=self._today, random=self._random)
        return SyntheticPerson(
            number=self._number(born_on, sex),
            name=self._name(sex, born_on, rare=rare),
            sex=sex.value,
            born_on=born_on,
            phone=self._phone(),
            county=county.code,
            town=town.code,
            town_name=town.name,
            village=village,
            address=self._address(county, town, village),
            group=group,
            unit=unit,
        )

    def _renamed(self, person: SyntheticPerson, place: int) -> SyntheticPerson:
        surname = self._weighted(tuple(SURNAMES), tuple(SURNAMES.values()))
        name = LONGEST_NAME if place == 4 else surname + RARE_GIVEN[place]
        return replace(person, name=name)

    def _birthday(self) -> date:
        spans = [(first, until) for first, until, _ in AGES]
        first, until = self._weighted(spans, [share for _, _, share in AGES])
        oldest = self._today - timedelta(days=int(until * DAYS_PER_YEAR) - 1)
        youngest = self._today - timedelta(days=int(first * DAYS_PER_YEAR) + 1)
        return oldest + timedelta(days=self._random.randrange((youngest - oldest).days))

    def _number(self, born_on: date, sex: Sex) -> str:
        while True:
            # The lower half of a birthday's orders belongs to the mass of the city.
            pair = ORDERS_OF_MASS + self._random.randrange(500) // 2
            order = pair * 2 + (sex is Sex.MALE)
            first17 = f"{DEMO_REGION}{born_on:%Y%m%d}{order:03d}"
            if first17 not in self._orders:
                self._orders.add(first17)
                return first17 + check_digit(first17)

    def _phone(self) -> str:
        while True:
            phone = f"{PHONE_PREFIX}{self._random.randrange(10_000_000):07d}"
            if phone not in self._phones:
                self._phones.add(phone)
                return phone

    def _town(self, county: County) -> Town:
        weights = [_STREET_WEIGHT if town.is_street else 1 for town in county.towns]
        return self._weighted(county.towns, weights)

    def _address(self, county: County, town: Town, village: str) -> str:
        place = f"{CITY_NAME}{county.name}{town.name}"
        if town.is_street:
            number = self._random.randrange(1, 200)
            return f"{place}{village}{self._random.choice(STREETS)}{number}号"
        return f"{place}{village}{self._random.randrange(1, 9)}组"

    def _name(self, sex: Sex, born_on: date, *, rare: bool) -> str:
        chance = self._random.random()
        if chance < _DOTTED_SHARE:
            given = self._random.choice(DOTTED_GIVEN)
            return given + SEPARATOR + self._random.choice(DOTTED_SECOND)
        surname = self._weighted(tuple(SURNAMES), tuple(SURNAMES.values()))
        if rare and chance < _DOTTED_SHARE + _RARE_SHARE:
            return surname + self._random.choice(RARE_GIVEN)
        return surname + self._given(sex, born_on)

    def _given(self, sex: Sex, born_on: date) -> str:
        words = GIVEN[next((era for until, era in _ERAS if born_on.year < until), "child")]
        kind = "male" if sex is Sex.MALE else "female"
        if self._random.random() < _CHOSEN_SHARE:
            return self._ranked(words[kind].split())
        return self._ranked(words[f"first_{kind}"]) + self._ranked(words[f"second_{kind}"])

    def _ranked(self, choices: str | list[str]) -> str:
        """One of the choices, the first ones more often."""
        weights = [1000 // (place + _RANK_SOFTENER) for place in range(len(choices))]
        return self._weighted(choices, weights)

    def _weighted(self, choices: Sequence[_T], weights: Sequence[int]) -> _T:
        sums = list(accumulate(weights))
        return choices[bisect(sums, self._random.randrange(sums[-1]))]


def group_of(
    county: County, born_on: date, *, today: date, random: Random
) -> tuple[str, Unit | None]:
    """This function will give the insurance group, and with it the employer or school.

    Article 7 and 8 s. 1: cards are sorted and handed out by group.
    """
    age = int((today - born_on).days / DAYS_PER_YEAR)
    chance = random.random()
    units = units_of(county)
    if _SCHOOL_FROM <= age < _ADULT or (
        _ADULT <= age < _STUDENT_UNTIL and chance < _COLLEGE_SHARE
    ):
        senior, junior, primary = (unit for unit in units if unit.is_school)
        school = primary if age < _JUNIOR_FROM else junior if age < _SENIOR_FROM else senior
        return "student", school
    works = chance < (_RETIRED_SHARE if age >= _OLD else _EMPLOYEE_SHARE)
    if age >= _ADULT and works:
        return "employee", random.choice([unit for unit in units if not unit.is_school])
    return "resident", None
