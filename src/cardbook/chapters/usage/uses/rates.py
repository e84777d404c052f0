"""How many use their card, of those whose card is active: by county, use, agency (Art. 1, 23).

Counted from the uses that were brought in, each time anew; behind every figure are its rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from cardbook.chapters.usage.uses.use_lists import UNIT, chosen_county, holder_in, midnight
from cardbook.chapters.usage.values import Carrier, UseField
from cardbook.law.parameters import parameter, whole_number
from cardbook.lib.clock import local_day, months_away
from cardbook.lib.rows import named_rows
from cardbook.orgs.actors import Actor

VIEWS = {"county": "按县区", "use": "按事项", "agency": "按机构"}
_SQL = Path(__file__).parent / "sql"
_RATES, _PEOPLE = (
    (_SQL / f"{name}.sql").read_text(encoding="utf-8") for name in ("rates", "rate_people")
)
_LOW = "agency_low_use_per_mille"
_COLUMNS = (
    f"c.id, c.number, p.name_sealed, p.number_sealed, {UNIT} AS unit, c.village, "
    "county.name AS county, coalesce(used.times, 0) AS times, used.last"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days that are looked at, both inclusive, within the reach of somebody."""

    within: str
    since: date
    until: date

    @property
    def values(self) -> dict[str, Any]:
        """The same for the database."""
        before = midnight(self.until + timedelta(days=1))
        return {"within": self.within, "since": midnight(self.since), "before": before}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One line: whose use it is, how many could have used a card there, how many did."""

    by: str
    id: int | None
    county_code: str
    title: str
    agency: str
    field: str
    carrier: str
    active: int
    people: int
    times: int
    is_new: bool
    is_low: bool

    @property
    def mark(self) -> str:
        """What names the line among those it is counted with."""
        return f"{self.id or self.county_code}"

    @property
    def idle(self) -> int:
        """Those who did not."""
        return self.active - self.people

    @property
    def percent(self) -> str:
        """The rate of use, as people write it; without anybody there is none."""
        return f"{self.people * 100 / self.active:.1f}%" if self.active else "—"


SORTS: Mapping[str, tuple[str, Callable[[Rate], Any] | None]] = {
    "office": ("按机构", None),
    "low": ("应用率低的在前", lambda row: _share(row, of_none=2)),
    "high": ("应用率高的在前", lambda row: -_share(row, of_none=-1)),
    "times": ("次数多的在前", lambda row: -row.times),
    "idle": ("没用过的多的在前", lambda row: -row.idle),
}


def _share(row: Rate, *, of_none: int) -> float:
    """The rate of use as a number; a line without anybody stands last in either order."""
    return row.people / row.active if row.active else of_none


def period(
    *, by: Actor, today: date, county: str = "", since: date | None, until: date | None
) -> Period:
    """This function will understand which days and which county within reach are meant.

    Without days it is the time after which a card counts as unused.
    """
    last = until or today
    months = whole_number("card_unused_months", on=today)
    first = since or months_away(last, -months)
    return Period(
        within=chosen_county(county, by=by), since=min(first, last), until=max(first, last)
    )


def rates(what: Period, *, view: str, today: date) -> list[Rate]:
    """This function will count the rates of use of a period, by county, use or agency."""
    floor = whole_number(_LOW, on=today)
    with connection.cursor() as cursor:
        cursor.execute(_RATES, what.values | {"view": view})
        return [_rate(row, what, floor) for row in named_rows(cursor)]


def _rate(row: Mapping[str, Any], what: Period, floor: int) -> Rate:
    is_new = row["began"] is not None and row["began"] > what.since
    active, people = int(row["active"]), row["people"]
    judged = row["by"] == "agency" and active > 0 and not is_new
    return Rate(
        by=row["by"], id=row["id"], county_code=row["county_code"], title=row["title"],
        agency=row["agency"], field=UseField(row["field"]).label if row["field"] else "",
        carrier=Carrier(row["carrier"]).label if row["carrier"] else "", active=active,
        people=people, times=int(row["times"]), is_new=is_new,
        is_low=judged and people * 1000 < active * floor,
    )  # fmt: skip


def low_rule(today: date) -> tuple[str, bool]:
    """This function will say below which share an agency is named, and whether the city set it."""
    share = whole_number(_LOW, on=today)
    return f"{share / 10:g}%", parameter(_LOW).on(today).confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Which people of a figure are asked for: of one use or agency, those who did or did not."""

    period: Period
    use: int | None = None
    agency: int | None = None
    used: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """The same for the database."""
        more = {"use": self.use, "agency": self.agency, "used": self.used}
        return self.period.values | more


@dataclass(frozen=True, slots=True, kw_only=True)
class Using:
    """One holder of an active card, with how often he used one."""

    card_id: int
    number: str
    name: str
    masked_number: str
    unit: str
    village: str
    county: str
    times: int
    last: date | None


def people_count(what: Behind) -> int:
    """This function will count the people behind a figure."""
    (row,) = _people(what, columns="count(*) AS people")
    return int(row["people"])


def people(what: Behind, *, first: int, most: int) -> list[Using]:
    """This function will list the people behind a figure, those who used it most first."""
    rest = "ORDER BY times DESC, c.number OFFSET %(first)s LIMIT %(most)s"
    return [
        _using(row) for row in _people(what, columns=_COLUMNS, rest=rest, first=first, most=most)
    ]


def _people(what: Behind, *, columns: str, rest: str = "", **more: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE.format(columns=columns, rest=rest), what.values | more)
        return named_rows(cursor)


def _using(row: Mapping[str, Any]) -> Using:
    last: datetime | None = row["last"]
    return Using(
        **holder_in(row),
        card_id=row["id"],
        unit=row["unit"],
        village=row["village"],
        times=row["times"],
        last=local_day(last) if last else None,
    )
