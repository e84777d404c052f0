"""The words of the demo city: names of people, villages, employers and banks, all invented.

Serves no article; `people.py`, `organizations.py` and `manifests.py` beside it use them.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

from cardbook.law.divisions import County, Town

_DATA: dict[str, Any] = tomllib.loads(
    files("cardbook.demo").joinpath("words.toml").read_text(encoding="utf-8")
)
# What the mass of the city is made of (`mass_people.py`).
MASS: dict[str, Any] = tomllib.loads(
    files("cardbook.demo").joinpath("mass.toml").read_text(encoding="utf-8")
)

SURNAMES: dict[str, int] = _DATA["surnames"]
GIVEN: dict[str, dict[str, str]] = _DATA["given"]
RARE_GIVEN: tuple[str, ...] = tuple(_DATA["rare"]["given"])
DOTTED_GIVEN: tuple[str, ...] = tuple(_DATA["dotted"]["given"])
DOTTED_SECOND: tuple[str, ...] = tuple(_DATA["dotted"]["second"])
LONGEST_NAME: str = _DATA["dotted"]["longest"]
STREETS: tuple[str, ...] = tuple(_DATA["places"]["street"])
BANKS: tuple[str, ...] = tuple(_DATA["banks"]["names"])
MAKER = "秦岭演示制卡中心"

_VILLAGES_PER_TOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An invented employer or school that cards are delivered to together (Art. 8 s. 1)."""

    code: str
    name: str
    county: str
    is_school: bool


@cache
def villages_of(town: Town) -> tuple[str, ...]:
    """This function will invent the six villages (communities, in a street) of a township.

    The same township always has the same villages; no list of real ones is bundled.
    """
    places = _DATA["places"]
    if town.is_street:
        names = [f"{name}社区" for name in places["community"]]
    else:
        parts = product(places["village_first"], places["village_middle"], places["village_last"])
        names = ["".join(part) + "村" for part in parts]
    # 397 shares no factor with the number of names, so the steps never meet.
    start = int(town.code) * 31
    return tuple(names[(start + step * 397) % len(names)] for step in range(_VILLAGES_PER_TOWN))


@cache
def units_of(county: County) -> tuple[Unit, ...]:
    """This function will invent the employers and schools of a county, employers first."""
    named = [(name, False) for name in _DATA["units"]["employers"]]
    named += [(name, True) for name in _DATA["units"]["schools"]]
    return tuple(
        Unit(
            code=f"DW{county.code}{place:03d}",
            name=county.name + name,
            county=county.code,
            is_school=is_school,
        )
        for place, (name, is_school) in enumerate(named, start=1)
    )
