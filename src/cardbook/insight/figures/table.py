"""The board's table: a row for each county, office, town, group or bank, a column for each figure.

Every cell knows the choice that lists its rows; `board.py` beside it has counted.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cardbook.custody.places import Place
from cardbook.insight.figures import counting
from cardbook.insight.figures.choice import NONE, Choice, Reach, bands
from cardbook.insight.figures.counting import Key
from cardbook.law.groups import GROUPS, group_label

if TYPE_CHECKING:
    from cardbook.insight.figures.board import Counts

TITLES: Mapping[str, str] = {
    "county": "县区",
    "office": "机构",
    "town": "镇街",
    "people": "人群",
    "bank": "银行",
}
# Places the columns name; a kind of place that comes later gets a column of its own by itself.
_SHELF = tuple(place for place in Place if place.is_store)
_NAMED = (Place.TRANSIT, *_SHELF, Place.HOLDER, Place.DEFECT, Place.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number of a row and the choice that lists it."""

    count: int
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One county, office, town, group or bank. `key` is its id or code, None for "not given"."""

    key: Key
    title: str
    cells: tuple[Cell, ...]
    percent: str
    opens: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns; `percent` of a row is issued of received, where that has a meaning."""

    by: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    has_share: bool


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    choice: Callable[[Choice], Choice]
    number: Callable[[Key], int]


def percent(part: int, whole: int) -> str:
    """This function will say a share in percent with one digit, or that there is none."""
    return f"{part * 100 / whole:.1f}%" if whole else "—"


def table_of(*, scope: Choice, by: str, counts: "Counts", reach: Reach, today: date) -> Table:
    """This function will lay the counts out, one row for each value of the dimension."""
    columns = tuple(_columns(by, counts, today))
    keys = _keys(scope, by, counts, reach)
    names = _names(by, keys)
    rows = tuple(
        _row(scope, by, key, title=names[key], columns=columns, counts=counts)
        for key in sorted(keys, key=lambda key: _order(by, key, counts, reach))
    )
    return Table(
        by=by,
        title=TITLES[by],
        columns=tuple(column.title for column in columns),
        rows=rows,
        has_share=by != "office",
    )


def _keys(scope: Choice, by: str, counts: "Counts", reach: Reach) -> set[Key]:
    """Whatever something was counted for; a county of the reach that has nothing yet shows too."""
    keys = {*counts.registered, *counts.replacements}
    if by != "county":
        return keys
    return keys | ({int(scope.county)} if scope.county else set(reach.counties))


def _row(
    scope: Choice, by: str, key: Key, *, title: str, columns: Iterable[_Column], counts: "Counts"
) -> Row:
    own = scope.but(**{by: NONE if key is None else str(key)})
    return Row(
        key=key,
        title=title,
        cells=tuple(
            Cell(count=column.number(key), choice=column.choice(own)) for column in columns
        ),
        percent=percent(counts.placed.get((key, Place.HOLDER), 0), counts.received.get(key, 0)),
        opens=str(key) if by == "county" and not scope.county else "",
    )


def _columns(by: str, counts: "Counts", today: date) -> Iterable[_Column]:
    if by == "office":
        yield from (_place(place, counts) for place in _NAMED)
    else:
        yield _whole("登记入账", "registered", counts.registered)
        yield _whole("已接收", "received", counts.received)
        yield _placed("在途", "in_transit", (Place.TRANSIT,), counts)
        yield _placed("在库", "in_custody", _SHELF, counts)
        yield _placed("已发放", "issued", (Place.HOLDER,), counts)
        yield _placed("质量问题", "defective", (Place.DEFECT,), counts)
        yield _placed("下落不明", "missing", (Place.MISSING,), counts)
    found = {place for _, place in counts.placed if place is not None}
    yield from (_place(place, counts) for place in Place if place in found - set(_NAMED))
    if by != "office":
        yield _whole("短少未说明", "differences", counts.differences)
        yield _whole("补换办理中", "replacements", counts.replacements)
    first = bands(on=today)[0][0]
    since = today - timedelta(days=first)
    yield _Column(
        f"滞留 {first} 天以上",
        lambda own: own.of("stranded", days_from=first),
        lambda key: counts.stranded_of(key, since=since),
    )


def _whole(title: str, code: str, numbers: Mapping[Key, int]) -> _Column:
    return _Column(title, lambda own: own.of(code), lambda key: numbers.get(key, 0))


def _placed(title: str, code: str, places: Iterable[Place], counts: "Counts") -> _Column:
    return _Column(
        title,
        lambda own: own.of(code),
        lambda key: sum(counts.placed.get((key, place), 0) for place in places),
    )


def _place(place: Place, counts: "Counts") -> _Column:
    return _Column(
        place.label,
        lambda own: own.of("registered", place=str(place)),
        lambda key: counts.placed.get((key, place), 0),
    )


def _names(by: str, keys: Iterable[Key]) -> dict[Key, str]:
    if by == "people":
        return {key: group_label(str(key)) if key else "未登记" for key in keys}
    known = counting.names_of({key for key in keys if isinstance(key, int)})
    return {key: known.get(key, "未登记") if isinstance(key, int) else "未登记" for key in keys}


def _order(by: str, key: Key, counts: "Counts", reach: Reach) -> tuple[bool, int, str]:
    """Counties by their codes, groups as in the regulation, all others the biggest first."""
    if by == "county" and key in reach.counties:
        assert isinstance(key, int)
        return (False, reach.counties.index(key), "")
    if by == "people":
        codes = [group.code for group in GROUPS]
        return (key not in codes, codes.index(str(key)) if key in codes else 0, str(key))
    return (key is None, -counts.registered.get(key, 0), str(key))
