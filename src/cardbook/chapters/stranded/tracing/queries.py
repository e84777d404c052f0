"""The radar of stranded cards: how many wait where for how long, and which (Art. 16).

Ages are computed from when a card came to its present place, never stored. Beside it stands since
when it could have been handed out at all: the first day it lay on an office's shelf, as kept with
its position (`received_at`). A unit's own shelf adds none: its cards always come from an office's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from cardbook.cards.models import Card
from cardbook.chapters.searching import card_meant
from cardbook.chapters.stranded.contacts import Contacts, contacts_of
from cardbook.chapters.stranded.scope import (
    WAITING,
    at_outlets,
    home_of,
    office_within,
    paths_like,
    sees_only_own,
)
from cardbook.law.parameters import parameter, value
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.acts import act
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people.holders import holder_of

ROWS = 50
_SQL = Path(__file__).parent / "sql"
_RADAR, _WAITING = (
    (_SQL / f"{name}.sql").read_text(encoding="utf-8") for name in ("radar", "waiting")
)
_EVER, _NEVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bands:
    """The age bands as of a day: `days` rising, whether the city confirmed them."""

    days: tuple[int, ...]
    confirmed: bool

    @property
    def titles(self) -> tuple[str, ...]:
        """One for each band, the youngest first."""
        first, last = self.days[0], self.days[-1]
        middle = zip(self.days, self.days[1:], strict=False)
        return (
            f"不满 {first} 天",
            *(f"{low}–{high - 1} 天" for low, high in middle),
            f"{last} 天以上",
        )

    @property
    def stranded(self) -> int:
        """The code of all bands but the youngest together."""
        return len(self.days) + 1

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        """Every band by its code, and all that is stranded together."""
        together = (self.stranded, f"满 {self.days[0]} 天的全部")
        return (*enumerate(self.titles), together)

    def span(self, band: int | None, *, at: datetime) -> tuple[datetime, datetime]:
        """From when to before when a card of a band came; without one, ever.

        Days are counted by the calendar, as a row shows them: what came on the 1st is one day old
        on the 2nd from midnight.
        """
        if band is None:
            return _EVER, _NEVER
        if band == self.stranded:
            return _EVER, _edge(self.days[0], at=at)
        edges = (0, *self.days)
        newest = _NEVER if band == 0 else _edge(edges[band], at=at)
        oldest = _EVER if band == len(self.days) else _edge(edges[band + 1], at=at)
        return oldest, newest


@dataclass(frozen=True, slots=True, kw_only=True)
class RadarRow:
    """One office with all below it, or one's own shelves."""

    id: int
    code: str
    name: str
    kind: str
    counts: tuple[int, ...]
    total: int
    stranded: int
    deeper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRow:
    """One card nobody has fetched."""

    id: int
    number: str
    name: str
    masked_number: str
    phone: str
    masked_phone: str
    bank: str
    place: str
    home: str
    since: datetime
    days: int
    first_on: date | None
    contacts: Contacts
    died_on: date | None


def _edge(days: int, *, at: datetime) -> datetime:
    """Before when a card must have come to be so many days old."""
    first = local_day(at) - timedelta(days=days - 1)
    return datetime.combine(first, time(), tzinfo=LOCAL)


def bands(*, on: date) -> Bands:
    """This function will read the age bands (parameter `stranded_bands`)."""
    days = value("stranded_bands", on=on)
    assert isinstance(days, tuple)
    return Bands(days, parameter("stranded_bands").on(on).confirmed)


def radar(*, by: Actor, under: Organization | None, at: datetime) -> list[RadarRow]:
    """This function will count waiting cards by place and age: two queries, whatever there is."""
    days = bands(on=local_day(at)).days
    path = under.path if under else by.county_path
    values: dict[str, Any] = {
        "depth": path.count(".") + 1,
        "kinds": [str(place) for place in WAITING],
        "within": paths_like(by),
        "under": f"{path}%",
        **home_of(by=by, under=under),
    }
    for place, day in enumerate(days, 1):
        values[f"edge{place}"] = _edge(day, at=at)
    with connection.cursor() as cursor:
        cursor.execute(_radar_query(len(days)), values)
        counted = cursor.fetchall()
    sums = {head: _by_band(least) for head, *least in counted if least[0]}
    heads = [int(head) for head in sums if head]
    offices = {str(one.pk): one for one in Organization.objects.filter(pk__in=heads)}
    own = under or Organization.objects.filter(path=path).first()
    rows = [_row(offices.get(head) or own, bool(head), sums[head]) for head in sums]
    return sorted(rows, key=lambda row: (-row.stranded, -row.total, row.code))


def stranded_count(*, by: Actor, at: datetime) -> tuple[int, str]:
    """This function will count the cards whose holders the actor has to tell, and name the list
    that shows just as many: a keeper's whole county, or what lies at another's own office.
    """
    whole = by.role in act("stranded.put_back").who
    path, found = (by.county_path if whole else by.org_path), bands(on=local_day(at))
    values: dict[str, Any] = {
        "depth": path.count(".") + 1,
        "kinds": [str(place) for place in WAITING],
        "within": paths_like(by),
        "under": f"{path}%",
        "edge1": _edge(found.days[0], at=at),
        **(home_of(by=by, under=None) if whole else {"home": None, "outlet": None}),
    }
    with connection.cursor() as cursor:
        cursor.execute(_radar_query(1), values)
        count = sum(stranded for _, _, stranded in cursor.fetchall())
    asked = f"?band={found.stranded}"
    if count and not whole and not sees_only_own(by):
        asked += f"&under={Organization.objects.values_list('code', flat=True).get(pk=by.org_id)}"
    return count, asked


def _radar_query(edges: int) -> str:
    """The query for as many edges as the parameter has; the first column counts all."""
    kept, counts = ["coalesce(sum(t.cards), 0) AS least0"], ["count(*) AS least0"]
    for place in range(1, edges + 1):
        day = f"(%(edge{place})s::timestamptz AT TIME ZONE '{LOCAL}')::date"
        older = f"sum(t.cards) FILTER (WHERE t.since_on < {day})"
        kept.append(f"coalesce({older}, 0) AS least{place}")
        counts.append(f"count(*) FILTER (WHERE p.since < %(edge{place})s) AS least{place}")
    sums = [f"sum(counted.least{place})::bigint" for place in range(edges + 1)]
    return _RADAR.format(kept=", ".join(kept), counts=", ".join(counts), sums=", ".join(sums))


def _by_band(least: Sequence[int]) -> tuple[int, ...]:
    """Cards of each band, from how many are at least as old as each edge."""
    return tuple(old - older for old, older in zip(least, (*least[1:], 0), strict=True))


def _row(office: Organization | None, deeper: bool, counts: tuple[int, ...]) -> RadarRow:
    name = office.name if office else ""
    return RadarRow(
        id=office.pk if office else 0,
        code=office.code if office else "",
        name=name if deeper else f"{name}（本机构）",
        kind=office.get_kind_display() if office else "",
        counts=counts,
        total=sum(counts),
        stranded=sum(counts[1:]),
        deeper=deeper,
    )


def waiting_ids(
    *, by: Actor, under: Organization | None, alone: bool, band: int | None, at: datetime,
    newest: bool = False, limit: int = ROWS, offset: int = 0,
) -> list[int]:  # fmt: skip
    """This function will list the cards behind a number of the radar, the longest waiting first.

    `alone` takes the office's own shelves, not those below it.
    """
    low, high = bands(on=local_day(at)).span(band, at=at)
    path = under.path if under else by.county_path
    query = _WAITING.format(way="DESC" if newest else "ASC")
    with connection.cursor() as cursor:
        cursor.execute(
            query,
            {
                "kinds": [str(place) for place in WAITING],
                "from": low, "to": high, "within": paths_like(by),
                "under": path if alone else f"{path}%",
                "upto": limit + offset, "limit": limit, "offset": offset,
                **home_of(by=by, under=under),
            },
        )  # fmt: skip
        return [row[0] for row in cursor.fetchall()]


def waiting_rows(card_ids: Sequence[int], *, at: datetime) -> list[WaitingRow]:
    """This function will open cards for one page, in the order given; two queries."""
    cards = Card.objects.filter(pk__in=card_ids).select_related(
        "person", "bank_org", "town", "position__account__organization"
    )
    found = {card.pk: card for card in cards}
    contacts = contacts_of(card_ids)
    return [_waiting(found[id_], contacts[id_], at=at) for id_ in card_ids if id_ in found]


def _waiting(card: Card, contacts: Contacts, *, at: datetime) -> WaitingRow:
    holder, first = holder_of(card.person), card.position.received_at
    account = card.position.account
    where = f"{account.organization.name} {account}"
    return WaitingRow(
        id=card.pk,
        number=card.number,
        name=holder.name,
        masked_number=holder.masked_number,
        phone=holder.phone,
        masked_phone=holder.masked_phone,
        bank=card.bank_org.name if card.bank_org else "",
        place=where,
        home=card.unit_name or f"{card.town.name if card.town else ''}{card.village}",
        since=card.position.since,
        days=max((local_day(at) - local_day(card.position.since)).days, 0),
        first_on=local_day(first) if first else None,
        contacts=contacts,
        died_on=holder.died_on,
    )


def search_waiting(*, by: Actor, text: str, today: date) -> list[int]:
    """This function will find waiting cards by card or document number or name, at most 50."""
    return list(_waiting_cards(by).filter(card_meant(text, by=by, today=today))[:ROWS])


def ticked_waiting(*, by: Actor, card_ids: Sequence[int]) -> list[int]:
    """This function will keep of ticked cards those that wait within reach, the longest first."""
    return list(_waiting_cards(by).filter(pk__in=card_ids))


def _waiting_cards(by: Actor) -> QuerySet[Card, int]:
    found = Card.objects.filter(
        office_within(by, "position__account__organization__") | at_outlets(by),
        position__account__kind__in=WAITING,
    )
    return found.order_by("position__since", "pk").values_list("pk", flat=True)
