"""The lots in which the mass of the city's cards came: county, bank, days, what became of whom.

A plan and nothing else; `mass_load.py` beside it writes a lot into the book.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from random import Random

from cardbook.demo.mass_people import MassPerson, shares
from cardbook.demo.words import BANKS, MASS
from cardbook.law.divisions import COUNTIES, County
from cardbook.lib.clock import LOCAL

LOT, BOX, SLOTS = 10_000, 200, 500
CARD_PREFIX = "Z"  # no shipment of the story has it (life.py)
_FIRST_DAYS_AGO, _LAST_DAYS_AGO = 900, 90
_ADULT = 18


class Fate(StrEnum):
    """What became of a card by today."""

    ISSUED = "issued"
    SORTED = "sorted"
    STORED = "stored"
    SHORT = "short"


# Of a thousand cards of people of age (domain.md 6.3: made and issued, errors; assumption).
_FATES = {Fate.ISSUED: 944, Fate.SORTED: 35, Fate.STORED: 19, Fate.SHORT: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class MassLot:
    """One delivery of the mass; `first` is the place of its first person in the city."""

    place: int
    county: County
    bank: str
    first: int
    count: int
    arrived_on: date

    @property
    def batch(self) -> str:
        """The maker's batch."""
        return f"S{self.arrived_on:%Y%m%d}-{self.place + 1:03d}"

    def card_number(self, place: int) -> str:
        """The number of the lot's card at a place: 9 characters."""
        return f"{CARD_PREFIX}{self.first + place + 1:08d}"

    def at(self, day: int, minute: int) -> datetime:
        """A minute of the office hours of a day after the arrival."""
        on = self.arrived_on + timedelta(days=day)
        moment = datetime.combine(on, time(9), tzinfo=LOCAL)
        return moment + timedelta(minutes=minute)

    def fates(self, people: Sequence[MassPerson], random: Random) -> list[Fate]:
        """What becomes of each card; nobody under age is handed one without a guardian."""
        chosen = random.choices(list(_FATES), list(_FATES.values()), k=len(people))
        of_age = self.arrived_on.replace(year=self.arrived_on.year - _ADULT)
        return [
            fate if fate is not Fate.ISSUED or person.born_on <= of_age else Fate.SORTED
            for fate, person in zip(chosen, people, strict=True)
        ]


def lots(*, cards: int, today: date) -> Iterator[MassLot]:
    """This function will divide the city's cards into lots, county by county (domain.md 6.2)."""
    counties = {county.code: county for county in COUNTIES}
    banks = dict(zip(BANKS, MASS["banks"]["shares"], strict=True))
    sizes = [min(LOT, cards - first) for first in range(0, cards, LOT)]
    homes = shares(MASS["counties"], count=len(sizes))
    accounts = shares(banks, count=len(sizes))
    # Banks are dealt by a stride, so that every county has cards of each.
    stride = max(len(sizes) // len(BANKS), 1)
    span = _FIRST_DAYS_AGO - _LAST_DAYS_AGO
    for place, (size, home) in enumerate(zip(sizes, homes, strict=True)):
        days_ago = _FIRST_DAYS_AGO - span * place // len(sizes)
        yield MassLot(
            place=place,
            county=counties[home],
            bank=accounts[(place * stride + place // len(BANKS)) % len(sizes)],
            first=place * LOT,
            count=size,
            arrived_on=today - timedelta(days=days_ago),
        )
