"""The mass of the city's people: hundreds of thousands, the same for a seed (domain.md 6.2).

`people.py` beside it makes the few who live through commands. Both share the region 999999: of
the 1,000 serials of a birthday the mass has the lower half, the others the upper.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from math import gcd
from random import Random
from typing import Any

from cardbook.demo.people import AGES, DAYS_PER_YEAR, ORDERS_OF_MASS, group_of
from cardbook.demo.words import (
    DOTTED_GIVEN,
    DOTTED_SECOND,
    MASS,
    RARE_GIVEN,
    STREETS,
    SURNAMES,
    Unit,
    villages_of,
)
from cardbook.law.divisions import CITY_NAME, County, Town
from cardbook.lib.citizen_number import DEMO_REGION, Sex, check_digit
from cardbook.lib.names import SEPARATOR

_PHONES, _PHONE_PREFIX = 10_000_000, "1003"  # no subscriber's number begins with 100
_MALE_SHARE, _ONE_CHARACTER_SHARE = 0.512, 0.14
_DOTTED_SHARE, _RARE_SHARE = 0.003, 0.003
_STREET_WEIGHT, _RANK_SOFTENER = 3, 20
_STEP = 1_618_033  # near the golden ratio of a million: neighbours in a town differ in age


@dataclass(frozen=True, slots=True)
class MassPerson:
    """One inhabitant, as a manifest would bring him."""

    number: str
    name: str
    sex: str
    born_on: date
    phone: str
    address: str
    town: Town
    village: str
    group: str
    unit: Unit | None


class Mass:
    """All inhabitants by their place 0 … `size` - 1; any part can be made without the others."""

    def __init__(self, *, seed: int, size: int, today: date, upper: bool = False) -> None:
        """Plan the birthdays of `size` people; `upper`: with serials of those outside the mass.

        :raises ValueError: when there are more people than numbers.
        """
        self._seed, self._size, self._today = seed, size, today
        self._first_order = ORDERS_OF_MASS if upper else 0
        self._step = next(step for step in range(_STEP, _STEP + 100) if gcd(step, size) == 1)
        self._phone_step = next(
            step for step in range(_STEP, _STEP + 100) if gcd(step, _PHONES) == 1
        )
        self._bands = tuple(self._planned())
        self._homonyms = max(size // MASS["homonyms"]["people"], 1)

    def _planned(self) -> Iterator[tuple[int, int, date, int]]:
        """For each band of ages: its first and last place, its oldest birthday, its days."""
        first = 0
        whole, sums = sum(share for _, _, share in AGES), 0
        for since, until, share in AGES:
            sums += share
            last = self._size * sums // whole
            oldest, youngest = (self._days_ago(age * DAYS_PER_YEAR) for age in (until, since))
            days = (youngest - oldest).days
            if last - first > days * ORDERS_OF_MASS:
                raise ValueError(
                    f"more than {days * ORDERS_OF_MASS} people between {since}, {until}"
                )
            yield first, last, oldest, days
            first = last

    def _days_ago(self, days: float) -> date:
        return self._today - timedelta(days=int(days))

    def people(self, county: County, *, first: int, count: int) -> Sequence[MassPerson]:
        """This function will make `count` people of a county from place `first` on, by town."""
        random = Random(f"{self._seed}:{first}")  # noqa: S311 - repeatable, not secret
        weights = [_STREET_WEIGHT if town.is_street else 1 for town in county.towns]
        towns = sorted(random.choices(county.towns, weights, k=count), key=lambda town: town.code)
        males = [random.random() < _MALE_SHARE for _ in range(count)]
        return [
            self._person(
                first + place, county=county, town=towns[place], male=males[place], name=name,
                random=random,
            )
            for place, name in enumerate(_names(random, males))
        ]  # fmt: skip

    def _person(
        self, place: int, *, county: County, town: Town, male: bool, name: str, random: Random
    ) -> MassPerson:
        born_on, serial = self._birth(place)
        order = self._first_order + serial
        first17 = f"{DEMO_REGION}{born_on:%Y%m%d}{order * 2 + male:03d}"
        village = random.choice(villages_of(town))
        group, unit = group_of(county, born_on, today=self._today, random=random)
        if place % self._homonyms == 0 and place // self._homonyms < MASS["homonyms"]["people"]:
            name = MASS["homonyms"]["name"]
        return MassPerson(
            number=first17 + check_digit(first17),
            name=name,
            sex=(Sex.MALE if male else Sex.FEMALE).value,
            born_on=born_on,
            phone=f"{_PHONE_PREFIX}{place * self._phone_step % _PHONES:07d}",
            address=_address(county, town, village, random),
            town=town,
            village=village,
            group=group,
            unit=unit,
        )

    def _birth(self, place: int) -> tuple[date, int]:
        """A birthday nobody of the same serial has: places are scattered over the bands."""
        scattered = place * self._step % self._size
        for first, last, oldest, days in self._bands:
            if scattered < last:
                serial, day = divmod(scattered - first, days)
                return oldest + timedelta(days=day), serial
        raise AssertionError("the bands cover every place")


def _address(county: County, town: Town, village: str, random: Random) -> str:
    place = f"{CITY_NAME}{county.name}{town.name}{village}"
    if town.is_street:
        return f"{place}{random.choice(STREETS)}{random.randrange(1, 200)}号"
    return f"{place}{random.randrange(1, 9)}组"


def _names(random: Random, males: Sequence[bool]) -> Iterator[str]:
    surnames = random.choices(tuple(SURNAMES), tuple(SURNAMES.values()), k=len(males))
    ranked = {
        male: (
            given,
            list(accumulate(1000 / (rank + _RANK_SOFTENER) for rank in range(len(given)))),
        )
        for male, given in ((True, MASS["given"]["male"]), (False, MASS["given"]["female"]))
    }
    for surname, male in zip(surnames, males, strict=True):
        chance = random.random()
        if chance < _DOTTED_SHARE:
            yield random.choice(DOTTED_GIVEN) + SEPARATOR + random.choice(DOTTED_SECOND)
        elif chance < _DOTTED_SHARE + _RARE_SHARE:
            yield surname + random.choice(RARE_GIVEN)
        else:
            short = chance > 1 - _ONE_CHARACTER_SHARE
            given, sums = ranked[male]
            yield surname + "".join(random.choices(given, cum_weights=sums, k=1 if short else 2))


def shares(wanted: dict[str, float], *, count: int) -> list[str]:
    """This function will divide `count` places among names by their shares, all of them dealt."""
    whole = sum(wanted.values())
    sums = [round(count * part / whole) for part in accumulate(wanted.values())]
    dealt: list[Any] = []
    for name, until in zip(wanted, sums, strict=True):
        dealt += [name] * (until - len(dealt))
    return dealt
