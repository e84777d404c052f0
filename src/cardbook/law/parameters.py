"""Numbers the regulation leaves open: days, fees, limits, by date with source (Art. 33, 34).

`parameters.toml` beside it holds them; the ones not confirmed by the city bureau are marked there.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from cardbook.law.articles import Basis, art

Number = int | bool | str | tuple[int, ...]
# The word beside every number the city bureau has not confirmed yet (Art. 33).
UNCONFIRMED = "待确认"
_KINDS: Mapping[str, type] = {"int": int, "bool": bool, "choice": str, "int_list": list}


class UnknownParameter(KeyError):
    """No parameter has this key."""

    def __str__(self) -> str:
        """The sentence itself; a KeyError would show it in quotes."""
        return str(self.args[0])


class NoValueYet(LookupError):
    """The parameter had no value on that day."""


class BadParameter(ValueError):
    """The file of parameters contradicts itself; nothing starts with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What held from a day on, until the next value; where it comes from."""

    since: date
    value: Number
    source: str
    confirmed: bool
    document: str = ""

    @property
    def doubt(self) -> str:
        """What stands after the number as long as the city bureau has not confirmed it."""
        return "" if self.confirmed else f"（{UNCONFIRMED}）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter with all its values, oldest first."""

    key: str
    title: str
    unit: str
    kind: str
    basis: tuple[Basis, ...]
    values: tuple[Value, ...]
    note: str = ""

    def on(self, day: date) -> Value:
        """This function will return the value in force on `day`, with its source.

        :raises NoValueYet: when the first value starts later.
        """
        for candidate in reversed(self.values):
            if candidate.since <= day:
                return candidate
        raise NoValueYet(f"参数“{self.title}”在 {day.isoformat()} 尚无取值，请补录生效日期")

    @property
    def confirmed(self) -> bool:
        """Whether the city bureau stands behind every value."""
        return all(item.confirmed for item in self.values)


def _value_of(key: str, kind: str, raw: Mapping[str, Any]) -> Value:
    given: Any = raw["value"]
    if type(given) is not _KINDS[kind]:
        raise BadParameter(f"{key}: {given!r} is not of kind {kind}")
    plain: Any = tuple(given) if isinstance(given, list) else given
    numbers = plain if isinstance(plain, tuple) else (plain,)
    if any(type(number) is int and number < 0 for number in numbers):
        raise BadParameter(f"{key}: {given!r} is negative")
    if kind == "int_list" and not (
        plain
        and all(type(number) is int for number in numbers)
        and list(numbers) == sorted(numbers)
    ):
        raise BadParameter(f"{key}: {given!r} is not a rising list of whole numbers")
    if type(raw["from"]) is not date or type(raw["confirmed"]) is not bool or not raw["source"]:
        raise BadParameter(f"{key}: from, source and confirmed are required")
    return Value(
        since=raw["from"], value=plain, source=raw["source"], confirmed=raw["confirmed"],
        document=raw.get("document", ""),
    )  # fmt: skip


def _parameter(key: str, raw: Mapping[str, Any]) -> Parameter:
    if raw["kind"] not in _KINDS:
        raise BadParameter(f"{key}: unknown kind {raw['kind']}")
    if (raw["unit"] == "分") != key.endswith("_fen"):
        raise BadParameter(f"{key}: money is named …_fen and counted in 分")
    values = tuple(_value_of(key, raw["kind"], item) for item in raw["values"])
    days = [item.since for item in values]
    if not days or days != sorted(set(days)):
        raise BadParameter(f"{key}: values must follow one another in time")
    return Parameter(
        key=key, title=raw["title"], unit=raw["unit"], kind=raw["kind"], values=values,
        basis=tuple(art(number) for number in raw["basis"]), note=raw.get("note", ""),
    )  # fmt: skip


def read_parameters(text: str) -> dict[str, Parameter]:
    """This function will read a file of parameters and check it as a whole.

    :raises BadParameter: when it contradicts itself or something required is missing.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise BadParameter(str(problem)) from problem
    try:
        return {key: _parameter(key, raw) for key, raw in table.items()}
    except (KeyError, TypeError) as problem:
        raise BadParameter(f"missing or misplaced: {problem}") from problem


_PARAMETERS = read_parameters(
    files("cardbook.law").joinpath("parameters.toml").read_text(encoding="utf-8")
)


def parameter(key: str) -> Parameter:
    """This function will return a parameter with all its values.

    :raises UnknownParameter: when there is none of that key.
    """
    if key not in _PARAMETERS:
        raise UnknownParameter(f"没有名为 {key} 的参数")
    return _PARAMETERS[key]


def value(key: str, *, on: date) -> Number:
    """This function will return what a parameter was worth on a day, in its unit.

    :raises UnknownParameter: when there is none of that key.
    :raises NoValueYet: when its first value starts later.
    """
    return parameter(key).on(on).value


def whole_number(key: str, *, on: date) -> int:
    """This function will return a parameter that is a whole number: days, cards, people, fen.

    :raises TypeError: when the parameter is of another kind.
    """
    found = value(key, on=on)
    if type(found) is not int:
        raise TypeError(f"{key} is not a whole number")
    return found


def quoted(key: str, *, on: date) -> str:
    """This function will write a number as people are told it: with its unit, and marked as long
    as the city bureau has not confirmed it.

    :raises UnknownParameter: when there is none of that key.
    :raises NoValueYet: when its first value starts later.
    """
    known = parameter(key)
    found = known.on(on)
    return f"{found.value} {known.unit}{found.doubt}"


def is_on(key: str, *, on: date) -> bool:
    """This function will return a parameter that is a yes or no.

    :raises TypeError: when the parameter is of another kind.
    """
    found = value(key, on=on)
    if type(found) is not bool:
        raise TypeError(f"{key} is not a yes or no")
    return found


def all_parameters() -> tuple[Parameter, ...]:
    """This function will list every parameter in the order of the articles."""
    return tuple(_PARAMETERS.values())
