"""Counties, townships and the code table of sexes (domain.md 5.2-5.4).

Residence comes from address fields; the region part of a number is asked for warnings only.
"""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A town or street; `code` has 9 digits."""

    code: str
    name: str
    county: str

    @property
    def is_street(self) -> bool:
        """Whether it is a 街道 and not a 镇."""
        return self.name.endswith("街道")


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """A county or district; `historic` are the codes it had before the city (2001)."""

    code: str
    name: str
    historic: tuple[str, ...]
    towns: tuple[Town, ...]


_DATA: dict[str, Any] = tomllib.loads(
    files("cardbook.law").joinpath("divisions.toml").read_text(encoding="utf-8")
)

CITY_CODE: str = _DATA["city"]["code"]
CITY_NAME: str = _DATA["city"]["name"]


def _county(raw: dict[str, Any]) -> County:
    towns = tuple(Town(code=code, name=name, county=raw["code"]) for code, name in raw["towns"])
    return County(code=raw["code"], name=raw["name"], historic=tuple(raw["historic"]), towns=towns)


COUNTIES: tuple[County, ...] = tuple(map(_county, _DATA["counties"]))
TOWNS: tuple[Town, ...] = tuple(town for county in COUNTIES for town in county.towns)
_TOWNS = {town.code: town for town in TOWNS}
_REGIONS = {
    code: county for county in COUNTIES for code in (county.code, *county.historic)
}  # fmt: skip

# Every code a number given in Shangluo can start with, 1980 to today.
KNOWN_REGIONS: frozenset[str] = frozenset(
    {CITY_CODE, *_DATA["city"]["historic"], *_DATA["city"]["placeholder"], *_REGIONS}
)

SEXES: dict[str, str] = _DATA["sexes"]


_SEX_WORDS = {name: code for code, name in SEXES.items()} | _DATA["sex_spellings"]

if len(_TOWNS) != len(TOWNS):
    raise ValueError("two townships share a code")


def county_of(region: str) -> County | None:
    """This function will find the county of a 6-digit code, old or new; None if not ours."""
    return _REGIONS.get(region)


def town(code: str) -> Town:
    """This function will return a township by its 9-digit code.

    :raises KeyError: when there is none.
    """
    return _TOWNS[code]


def sex_code(words: str) -> str | None:
    """This function will read a sex, a word or a code, as GB/T 2261.1; None if unknown."""
    plain = words.strip()
    return plain if plain in SEXES else _SEX_WORDS.get(plain)
