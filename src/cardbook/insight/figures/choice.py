"""What is counted: a figure and what narrows it. A number and its list ask with the same choice.

Nothing here reads the database; `counting.py` and `rows.py` put the conditions into their queries.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from cardbook.custody.places import Place
from cardbook.insight.figures.catalogue import BY_CODE, Figure
from cardbook.law.parameters import value
from cardbook.lib.clock import LOCAL, local_day

# Nothing chosen for a column that may be empty: NULL in the view, this word in an address.
NONE = "none"


class NotAChoice(ValueError):
    """An address names something that is not to be counted; the sentence says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whose cards the reader may count: the counties of his reach, and the city for its own."""

    counties: tuple[int, ...]
    city: tuple[int, ...] = ()

    @property
    def offices(self) -> list[int]:
        """All of them by id."""
        return [*self.counties, *self.city]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A figure, narrowed. Ids are texts as in addresses, "" is all, `NONE` is "not given".

    `start` and `end` are days of `since`, both included; `days_from` and `days_below` are whole
    days since the card was received, as of a day that whoever counts must name.
    """

    figure: Figure
    county: str = ""
    office: str = ""
    town: str = ""
    bank: str = ""
    people: str = ""
    place: str = ""
    start: date | None = None
    end: date | None = None
    days_from: int | None = None
    days_below: int | None = None

    def but(self, **changes: Any) -> "Choice":
        """This function will return the same choice with some parts replaced."""
        return replace(self, **changes)

    def of(self, code: str, **changes: Any) -> "Choice":
        """This function will return the same narrowing of another figure."""
        return replace(self, figure=BY_CODE[code], **changes)

    def query(self) -> str:
        """This function will write the choice as the query of an address."""
        given = {
            "figure": self.figure.code,
            **{name: getattr(self, name) for name in _TEXTS},
            "start": self.start.isoformat() if self.start else "",
            "end": self.end.isoformat() if self.end else "",
            "days_from": "" if self.days_from is None else self.days_from,
            "days_below": "" if self.days_below is None else self.days_below,
        }
        return urlencode({name: text for name, text in given.items() if text != ""})

    def conditions(self, *, reach: Reach, as_of: datetime) -> tuple[str, list[Any]]:
        """This function will return the WHERE of the choice, within reach, and its values."""
        parts, values = ["county_id = ANY(%s)"], list[Any]([reach.offices])
        for name, column in _COLUMNS.items():
            text = getattr(self, name)
            if text == NONE:
                parts.append(f"{column} IS NULL")
            elif text:
                parts.append(f"{column} = %s")
                values.append(int(text) if column.endswith("_id") else text)
        for condition, moment in self._moments(as_of):
            parts.append(condition)
            values.append(moment)
        return " AND ".join(parts), values

    def _moments(self, as_of: datetime) -> list[tuple[str, Any]]:
        """Spans of days as moments of the city's clock, so that an index could serve them."""
        today = local_day(as_of)
        found: list[tuple[str, Any]] = []
        if self.start:
            found.append(("since >= %s", _midnight(self.start)))
        if self.end:
            found.append(("since < %s", _midnight(self.end + timedelta(days=1))))
        if self.days_from is not None:
            last = today - timedelta(days=self.days_from)
            found.append(("received_at < %s", _midnight(last + timedelta(days=1))))
        if self.days_below is not None:
            first = today - timedelta(days=self.days_below - 1)
            found.append(("received_at >= %s", _midnight(first)))
        return found


# What an address may narrow by -> the column of the views.
_COLUMNS: Mapping[str, str] = {
    "county": "county_id",
    "office": "office_id",
    "town": "town_id",
    "bank": "bank_id",
    "people": "people",
    "place": "place",
}
_TEXTS = tuple(_COLUMNS)
_LONGEST_AGE = 36_600


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=LOCAL)


def read_choice(given: Mapping[str, str]) -> Choice:
    """This function will read a choice from an address.

    :raises NotAChoice: when it names a figure, an office or a day that cannot be.
    """
    figure = BY_CODE.get(given.get("figure", ""))
    if figure is None:
        raise NotAChoice("没有这个数字。请回到“数字”页重新点开。")
    texts = {name: given.get(name, "") for name in _TEXTS}
    for name, text in texts.items():
        if not _may_be(name, text):
            raise NotAChoice("地址里的范围不认识。请回到“数字”页重新点开。")
    return Choice(
        figure=figure,
        **texts,
        start=_day(given.get("start", "")),
        end=_day(given.get("end", "")),
        days_from=_age(given.get("days_from", "")),
        days_below=_age(given.get("days_below", "")),
    )


def _may_be(name: str, text: str) -> bool:
    if text in ("", NONE):
        return True
    if name == "place":
        return text in set(Place)
    if name == "people":
        return text.isidentifier() and len(text) <= 20
    return text.isascii() and text.isdecimal() and len(text) < 19


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise NotAChoice("日期不对，应写成 2026-11-25 这样。") from problem


def _age(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= _LONGEST_AGE):
        raise NotAChoice("天数不对，应是整数。请回到“数字”页重新点开。")
    return int(text)


def bands(*, on: date) -> tuple[tuple[int, int | None], ...]:
    """This function will list the age bands of stranded cards: from so many days, below what."""
    edges = value("stranded_bands", on=on)
    assert isinstance(edges, tuple)
    return tuple(zip(edges, (*edges[1:], None), strict=True))
