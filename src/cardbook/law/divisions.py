"""Counties, townships and the code tables of people: ethnic group, sex (domain.md 5.2-5.4).

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

ETHNIC_GROUPS: dict[str, str] = _DATA["ethnic_groups"]
SEXES: dict[str, str] = _DATA["sexes"]


def _by_words(table: dict[str, str], spellings: dict[str, str], suffix: str) -> dict[str, str]:
    found = {name: code for code, name in table.items()}
    found |= {name.removesuffix(suffix): code for code, name in table.items()} if suffix else {}
    return found | spellings


_ETHNIC_WORDS = _by_words(ETHNIC_GROUPS, _DATA["ethnic_spellings"], "族")
_SEX_WORDS = _by_words(SEXES, _DATA["sex_spellings"], "")

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


def towns_named(name: str, *, county: str | None = None) -> tuple[Town, ...]:
    """This function will find townships by name as people write it; 城关街道 exists four times.

    The words 镇, 街道 and 街道办事处 at the end may be missing.
    """
    bare = _bare(name)
    return tuple(
        found for found in TOWNS if _bare(found.name) == bare and county in (None, found.county)
    )


def _bare(name: str) -> str:
    trimmed = name.strip()
    for ending in ("街道办事处", "街道办", "街道", "镇"):
        if trimmed.endswith(ending) and len(trimmed) > len(ending) + 1:
            return trimmed.removesuffix(ending)
    return trimmed


def ethnic_code(words: str) -> str | None:
    """This function will read an ethnic group, a name or a code, as GB/T 3304; None if unknown."""
    plain = words.strip()
    if plain.isascii() and plain.isdigit():
        return plain.zfill(2) if plain.zfill(2) in ETHNIC_GROUPS else None
    return _ETHNIC_WORDS.get(plain)


def sex_code(words: str) -> str | None:
    """This function will read a sex, a word or a code, as GB/T 2261.1; None if unknown."""
    plain = words.strip()
    return plain if plain in SEXES else _SEX_WORDS.get(plain)
