"""The board of figures as frozen values: numbers with the rows behind them, a balance, a table.

`counting.py` counts, `picture.py` draws, `pages.py` and `cli.py` show (Art. 5, 6, 8, 9, 16, 20).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cardbook.custody.places import Place
from cardbook.insight.figures import counting
from cardbook.insight.figures.choice import Choice, Reach, bands
from cardbook.insight.figures.counting import Key, Waiting
from cardbook.insight.figures.table import Table, percent, table_of
from cardbook.lib.clock import local_day

WAITING_DAYS = 30
# Where a card may be that was never on a shelf; one without a place is not counted as received.
_NOT_YET_RECEIVED = frozenset({None, *map(str, (Place.OUTSIDE, Place.TRANSIT, Place.MISSING))})
_SHELVES = frozenset(str(place) for place in Place if place.is_store)
SPANS: Mapping[str, tuple[int, int]] = {"day": (14, 1), "week": (12, 7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number and the choice that lists its rows."""

    title: str
    count: int
    choice: Choice

    @property
    def alarming(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.choice.figure.alarming and self.count > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What was registered, and where all of it is; `wrong` says what does not add up."""

    registered: Number
    parts: tuple[Number, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """All figures of a scope as of one moment."""

    as_of: datetime
    numbers: tuple[Number, ...]
    balance: Balance
    received: Number
    issued: Number
    waiting: Waiting
    waiting_choice: Choice
    bands: tuple[Number, ...]
    spans: tuple[Number, ...]
    per: str
    table: Table

    @property
    def empty(self) -> bool:
        """Whether nothing was registered yet."""
        return self.balance.registered.count == 0

    @property
    def issued_percent(self) -> str:
        """Issued of received; the page shows both numbers beside it."""
        return percent(self.issued.count, self.received.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Everything counted, by the value of the table's dimension (and place, or day)."""

    registered: Mapping[Key, int]
    placed: Mapping[tuple[Key, Key], int]
    received: Mapping[Key, int]
    differences: Mapping[Key, int]
    handed_short: Mapping[Key, int]
    claims_open: Mapping[Key, int]
    replacements: Mapping[Key, int]
    waiting_on: Mapping[Key, Mapping[date, int]]

    def at(self, place: Place) -> int:
        """This function will sum what lies in a kind of place."""
        return sum(number for (_, kind), number in self.placed.items() if kind == place)

    def stranded(self, *, since: date) -> int:
        """This function will sum what was received on a day or before and still lies there."""
        return sum(self.stranded_of(key, since=since) for key in self.waiting_on)

    def stranded_of(self, key: Key, *, since: date) -> int:
        """This function will do so for one value of the dimension."""
        days = self.waiting_on.get(key, {})
        return sum(number for day, number in days.items() if day <= since)


def make_board(*, scope: Choice, by: str, per: str, reach: Reach, as_of: datetime) -> Board:
    """This function will count all of a scope in one snapshot, a row for each value of `by`."""
    today = local_day(as_of)
    with counting.one_moment():
        counts = _counts(scope, by, reach=reach, as_of=as_of)
        spans = _spans(scope, per, reach=reach, as_of=as_of)
        recent = scope.of("issue_time", start=today - timedelta(days=WAITING_DAYS - 1), end=today)
        waited = counting.waiting(recent, reach=reach, as_of=as_of)
        table = table_of(scope=scope, by=by, counts=counts, reach=reach, today=today)
    numbers = {number.choice.figure.code: number for number in _numbers(scope, counts, today)}
    return Board(
        as_of=as_of,
        numbers=tuple(numbers.values()),
        balance=_balance(scope, counts, table),
        received=numbers["received"],
        issued=numbers["issued"],
        waiting=waited,
        waiting_choice=recent,
        bands=tuple(_bands(scope, counts, today)),
        spans=spans,
        per=per,
        table=table,
    )


def _counts(scope: Choice, by: str, *, reach: Reach, as_of: datetime) -> Counts:
    def ask(code: str, *more: str) -> Mapping[tuple[Key, ...], int]:
        return counting.count_by(scope.of(code), by, *more, reach=reach, as_of=as_of)

    def single(code: str) -> dict[Key, int]:
        return {key: number for (key,), number in ask(code).items()}

    registered: Counter[Key] = Counter()
    placed: Counter[tuple[Key, Key]] = Counter()
    received: Counter[Key] = Counter()
    waiting_on: defaultdict[Key, Counter[date]] = defaultdict(Counter)
    # One pass for what four views tell apart; a number's rows come from its own view.
    for (key, place, day), number in ask("registered", "place", "received_day").items():
        registered[key] += number
        placed[key, place] += number
        if day is not None or place not in _NOT_YET_RECEIVED:
            received[key] += number
        if isinstance(day, date) and place in _SHELVES:
            waiting_on[key][day] += number
    return Counts(
        registered=registered,
        placed=placed,
        received=received,
        differences=single("differences"),
        handed_short=single("handed_short"),
        claims_open=single("claims_open"),
        replacements=single("replacements"),
        waiting_on=waiting_on,
    )


def _numbers(scope: Choice, counts: Counts, today: date) -> Iterable[Number]:
    """The headline, in the order of a card's life."""
    first = bands(on=today)[0][0]
    shelf = sum(counts.at(place) for place in Place if place.is_store)
    found = (
        ("received", sum(counts.received.values())),
        ("in_transit", counts.at(Place.TRANSIT)),
        ("in_custody", shelf),
        ("issued", counts.at(Place.HOLDER)),
        ("defective", counts.at(Place.DEFECT)),
        ("missing", counts.at(Place.MISSING)),
        ("differences", sum(counts.differences.values())),
        ("handed_short", sum(counts.handed_short.values())),
        ("claims_open", sum(counts.claims_open.values())),
        ("replacements", sum(counts.replacements.values())),
        ("stranded", counts.stranded(since=today - timedelta(days=first))),
    )
    for code, number in found:
        choice = scope.of(code, days_from=first) if code == "stranded" else scope.of(code)
        yield Number(title=choice.figure.title, count=number, choice=choice)


def _balance(scope: Choice, counts: Counts, table: Table) -> Balance:
    registered = Number(
        title="登记入账", count=sum(counts.registered.values()), choice=scope.of("registered")
    )
    parts = tuple(
        Number(
            title=place.label,
            count=counts.at(place),
            choice=scope.of("registered", place=str(place)),
        )
        for place in Place
        if place is not Place.OUTSIDE or counts.at(place)
    )
    wrong = [
        _difference(row.title, counts.registered.get(row.key, 0), _placed(counts, row.key))
        for row in table.rows
    ]
    whole = _difference("合计", registered.count, sum(part.count for part in parts))
    return Balance(
        registered=registered,
        parts=parts,
        wrong=tuple(sentence for sentence in (whole, *wrong) if sentence),
    )


def _placed(counts: Counts, key: Key) -> int:
    return sum(n for (one, place), n in counts.placed.items() if one == key and place is not None)


def _difference(title: str, registered: int, placed: int) -> str:
    if registered == placed:
        return ""
    more = "少" if placed < registered else "多"
    return (
        f"{title}：登记入账 {registered} 张，各处合计 {placed} 张，"
        f"{more} {abs(registered - placed)} 张"
    )


def _bands(scope: Choice, counts: Counts, today: date) -> Iterable[Number]:
    for least, below in bands(on=today):
        old = counts.stranded(since=today - timedelta(days=least))
        older = 0 if below is None else counts.stranded(since=today - timedelta(days=below))
        title = f"{least} 天以上" if below is None else f"{least}–{below - 1} 天"
        choice = scope.of("stranded", days_from=least, days_below=below)
        yield Number(title=title, count=old - older, choice=choice)


def _spans(scope: Choice, per: str, *, reach: Reach, as_of: datetime) -> tuple[Number, ...]:
    """Issued by day or by week (Monday to Sunday), the newest last, empty ones included."""
    number, days = SPANS[per]
    today = local_day(as_of)
    last = today - timedelta(days=today.weekday()) if days > 1 else today
    firsts = [last - timedelta(days=days * back) for back in range(number - 1, -1, -1)]
    wanted = scope.of("issued", start=firsts[0], end=today)
    found = counting.count_by(wanted, "day", reach=reach, as_of=as_of)
    by_day = {day: count for (day,), count in found.items() if isinstance(day, date)}
    return tuple(_span(scope, first, days=days, by_day=by_day) for first in firsts)


def _span(scope: Choice, first: date, *, days: int, by_day: Mapping[date, int]) -> Number:
    end = first + timedelta(days=days - 1)
    title = f"{first:%m-%d}" if days == 1 else f"{first:%m-%d} 至 {end:%m-%d}"
    return Number(
        title=title,
        count=sum(count for day, count in by_day.items() if first <= day <= end),
        choice=scope.of("issued", start=first, end=end),
    )
