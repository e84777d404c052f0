"""Reads counts and what their scans amount to (Art. 6); nothing here writes.

Pages get frozen values, commands the rows they change; `delivery_queries.py` lists deliveries.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet, Subquery
from django.db.models.lookups import StartsWith

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import (
    Count,
    CountScan,
    DeliveryBox,
    DeliveryLine,
    ScanResult,
)
from cardbook.custody.models import Account, Movement, Position
from cardbook.custody.places import Place
from cardbook.lib.rows import named_rows
from cardbook.orgs.actors import Actor

SCANS_SHOWN = 30
# The family of acts that left a card on its way from the maker; a hand-over down to a window or a
# return up the line puts cards on their way too, and those were received long ago.
BY_DELIVERY = "delivery."
_AGAINST_BOOK = (Path(__file__).parent / "sql" / "box_against_book.sql").read_text("utf-8")
_LYING = (
    "position__account__kind",
    "position__account__organization_id",
    "position__movement__act",
)


# ------------------------------------------------------------------------------- for the commands
@dataclass(frozen=True, slots=True)
class Finding:
    """What a count's scans amount to: what is to be done with cards, and what numbers were."""

    expected: int
    found: int
    scanned: frozenset[str]
    received_ids: tuple[int, ...]
    missing_ids: tuple[int, ...]
    short_ids: tuple[int, ...]
    moved_on_ids: tuple[int, ...]
    numbers: Mapping[str, tuple[str, ...]]


def left_by_delivery(movement: str) -> StartsWith:
    """This function will ask whether the hand-over a card lies where it is by was the maker's.

    Asked of each card by itself: joined, the database reads every hand-over there ever was.
    """
    act = Movement.objects.filter(pk=OuterRef(movement)).values("act")[:1]
    return StartsWith(Subquery(act), BY_DELIVERY)


def awaited_lines(*, within: str = "") -> QuerySet[DeliveryLine]:
    """This function will list the lines whose cards are still on their way from the maker to the
    offices below a path, reached from the few cards in transit.
    """
    places = Account.objects.filter(kind=Place.TRANSIT, organization__path__startswith=within)
    waiting = Position.objects.filter(
        one_of("account", places.values("pk")), left_by_delivery("movement")
    )
    return DeliveryLine.objects.filter(card__in=waiting.values("card"))


def one_of(path: str, ids: QuerySet[Any, Any]) -> Func:
    """This function will ask whether a key is one of a query's, which is answered first.

    So the few cards on their way are looked up in the lists of deliveries; by a join, the database
    would look millions of lines up in the places.
    """
    is_any = {"template": "%(expressions)s)", "arg_joiner": " = ANY("}
    return Func(F(path), ArraySubquery(ids), output_field=BooleanField(), **is_any)


def count_within(by: Actor) -> QuerySet[Count]:
    """This function will return the counts of the actor's county, each with box and delivery."""
    return Count.objects.select_related("box__delivery__organization").filter(
        box__delivery__organization__path__startswith=by.county_path
    )


def box_for_count(*, box_id: int, by: Actor) -> DeliveryBox:
    """This function will return a box of the actor's county.

    :raises DeliveryBox.DoesNotExist: when it is another county's or does not exist.
    """
    return DeliveryBox.objects.select_related("delivery__organization").get(
        pk=box_id, delivery__organization__path__startswith=by.county_path
    )


def judge_scans(count: Count) -> Finding:
    """This function will compare the scans of a count with its box, in three queries.

    A card of another box of the same delivery is received where it lay; a card sent to another
    county and a number this delivery does not list are recorded and stay where the book says. A
    card received before is expected in a recount, but nothing is done to it; one that had gone on
    by the book - handed down, issued, sorted away - is neither expected nor short (Art. 20).
    """
    # Read first: a scan that comes in between is none yet, and the close begins anew with it.
    scanned = frozenset(count.scans.values_list("number", flat=True))
    mine = _box_by_the_book(count, scanned)
    strangers = _strangers(count, scanned - mine.keys())
    here = {number: one for number, one in mine.items() if one.scanned and one.was_in_box}
    moved = [number for number, one in mine.items() if one.scanned and not one.was_in_box]
    short = [one for one in mine.values() if not one.scanned and one.should_be_in_box]
    gone = [one for one in mine.values() if not one.scanned and not one.should_be_in_box]
    extra = {number: one for number, one in strangers.items() if one.listed}
    misrouted = {number for number, one in strangers.items() if one.misrouted}
    received: list[_Mine | _Stranger] = [*here.values(), *extra.values()]
    return Finding(
        expected=len(here) + len(short),
        found=len(here),
        scanned=scanned,
        received_ids=_at(received, Place.TRANSIT),
        missing_ids=_at(received, Place.MISSING),
        short_ids=_at(short, Place.TRANSIT),
        moved_on_ids=tuple(sorted(one.id for one in gone)),
        numbers={
            ScanResult.EXPECTED: tuple(here),
            ScanResult.EXTRA: tuple(extra),
            ScanResult.MISROUTED: tuple(misrouted),
            ScanResult.MOVED: tuple(moved),
            ScanResult.UNKNOWN: tuple(scanned - mine.keys() - extra.keys() - misrouted),
        },
    )


@dataclass(frozen=True, slots=True)
class _Lying:
    """Where a card lies by the book: in which place, of which office, by which act it came."""

    place: str
    office: int
    came_by: str

    @property
    def is_awaited(self) -> bool:
        """Whether it is still on its way from the maker."""
        return self.place == Place.TRANSIT and self.came_by.startswith(BY_DELIVERY)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mine:
    """A card the list puts into the box; `seen` is where the book had it when it was scanned."""

    id: int
    scanned: bool
    now: _Lying
    moved_since: bool
    seen: _Lying | None
    office: int

    @property
    def was_in_box(self) -> bool:
        """Whether the book had it here at the moment of the scan, sorted into a cabinet or not."""
        seen = self.seen or self.now
        kept = Place(seen.place).is_store and seen.office == self.office
        return seen.is_awaited or seen.place == Place.MISSING or kept

    @property
    def should_be_in_box(self) -> bool:
        """Whether the book has it in this box all the time: a card not seen is short only then."""
        kept = self.now.place == Place.STORE and self.now.office == self.office
        return (
            self.now.is_awaited
            or self.now.place == Place.MISSING
            or (kept and not self.moved_since)
        )


def _box_by_the_book(count: Count, scanned: Collection[str]) -> dict[str, _Mine]:
    with connection.cursor() as cursor:
        cursor.execute(_AGAINST_BOOK, [count.pk])
        rows = named_rows(cursor)
    office = count.box.delivery.organization_id
    return {
        row["number"]: _mine(row, scanned=row["number"] in scanned, office=office) for row in rows
    }


def _mine(row: Mapping[str, Any], *, scanned: bool, office: int) -> _Mine:
    seen = _Lying(row["seen_place"], row["seen_office"], row["seen_came_by"])
    return _Mine(
        id=row["id"],
        scanned=scanned,
        now=_Lying(row["place"], row["office"], row["came_by"]),
        moved_since=row["moved_since"],
        seen=seen if row["seen_place"] else None,
        office=office,
    )


def _at(cards: Iterable["_Mine | _Stranger"], place: Place) -> tuple[int, ...]:
    """Those who lie in a place now; on their way are only those who come from the maker."""
    return tuple(
        sorted(
            one.id
            for one in cards
            if (one.now.is_awaited if place is Place.TRANSIT else one.now.place == place)
        )
    )


@dataclass(frozen=True, slots=True)
class _Stranger:
    """A card the book knows that this box does not list."""

    id: int
    now: _Lying
    listed: bool
    misrouted: bool


def _strangers(count: Count, numbers: frozenset[str]) -> dict[str, _Stranger]:
    county = count.box.delivery.organization.county_id
    in_this_delivery = DeliveryLine.objects.filter(
        card=OuterRef("pk"), box__delivery=count.box.delivery_id
    )
    found = Card.objects.filter(number__in=numbers).annotate(listed=Exists(in_this_delivery))
    return {
        number: _Stranger(
            id_, _Lying(*lying), listed, misrouted=county is not None and card_county != county
        )
        for number, id_, card_county, listed, *lying in found.values_list(
            "number", "id", "county_id", "listed", *_LYING
        )
    }


@dataclass(frozen=True, slots=True)
class Home:
    """Which delivery a card came with, to which office, and whether its box was ever counted."""

    card_id: int
    delivery_id: int
    store_id: int
    county_id: int
    office_name: str
    counted: bool


def deliveries_of_cards(card_ids: Sequence[int]) -> list[Home]:
    """This function will say for each card with which delivery it came, in one query."""
    counted = Count.objects.filter(box=OuterRef("box"), closed_at__isnull=False)
    lines = (
        DeliveryLine.objects.filter(card__in=card_ids)
        .annotate(counted=Exists(counted), office=F("box__delivery__organization"))
        .values_list(
            "card_id",
            "box__delivery_id",
            "office",
            "box__delivery__organization__county_id",
            "box__delivery__organization__name",
            "counted",
        )
        .order_by("id")
    )
    return [
        Home(card_id, delivery_id, office, county_id or office, name, counted)
        for card_id, delivery_id, office, county_id, name, counted in lines
    ]


# ---------------------------------------------------------------------------------- for the pages
@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """One count as pages show it, open or closed."""

    id: int
    box_id: int
    box: str
    delivery_id: int
    delivery: str
    counted_by: str
    witness: str
    seal_number: str
    seal_intact: bool
    seal_photo: str
    remarks: str
    started_at: datetime
    closed_at: datetime | None
    expected: int
    found: int
    short: int
    extra: int
    misrouted: int

    @property
    def balanced(self) -> bool:
        """Whether the box was exactly as listed."""
        return not (self.short or self.extra or self.misrouted) and self.seal_intact


def counts_shown() -> QuerySet[Count]:
    """This function will return counts with all that `count_row` reads."""
    return Count.objects.select_related("counted_by", "witness", "box__delivery")


def count_row(count: Count) -> CountRow:
    """This function will freeze a count for a page."""
    return CountRow(
        id=count.pk,
        box_id=count.box_id,
        box=count.box.code,
        delivery_id=count.box.delivery_id,
        delivery=count.box.delivery.code,
        counted_by=count.counted_by.name,
        witness=count.witness.name if count.witness else "",
        seal_number=count.seal_number,
        seal_intact=count.seal_intact,
        seal_photo=count.seal_photo,
        remarks=count.remarks,
        started_at=count.started_at,
        closed_at=count.closed_at,
        expected=count.expected,
        found=count.found,
        short=count.short,
        extra=count.extra,
        misrouted=count.misrouted,
    )


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One scanned number, in the order of scanning."""

    order: int
    number: str


@dataclass(frozen=True, slots=True)
class Scans:
    """How many numbers were scanned, and the last of them; nothing here tells what is expected."""

    total: int
    last: tuple[ScanRow, ...]


@dataclass(frozen=True, slots=True)
class BoxHead:
    """Which box a page is about; not how many cards the list expects in it."""

    id: int
    code: str
    delivery_id: int
    delivery: str


def box_head(*, box_id: int, by: Actor) -> BoxHead:
    """This function will name a box of the actor's county for a page.

    :raises DeliveryBox.DoesNotExist: when it is another county's or does not exist.
    """
    box = box_for_count(box_id=box_id, by=by)
    return BoxHead(box.pk, box.code, box.delivery_id, box.delivery.code)


def running_count(box_id: int) -> CountRow | None:
    """This function will return the box's count that is still open, or None."""
    count = counts_shown().filter(box=box_id, closed_at=None).first()
    return count_row(count) if count else None


def last_count(box_id: int) -> CountRow | None:
    """This function will return the box's last closed count, or None."""
    closed = counts_shown().filter(box=box_id, closed_at__isnull=False)
    count = closed.order_by("-id").first()
    return count_row(count) if count else None


def count_of(by: Actor, *, count_id: int) -> CountRow:
    """This function will return one count of the actor's county.

    :raises Count.DoesNotExist: when it is another county's or does not exist.
    """
    here = counts_shown().filter(box__delivery__organization__path__startswith=by.county_path)
    return count_row(here.get(pk=count_id))


def scans_of(count_id: int) -> Scans:
    """This function will tell how many numbers a count has, and the last ones, newest first."""
    scans = CountScan.objects.filter(count=count_id)
    total = scans.count()
    numbers = scans.order_by("-id").values_list("number", flat=True)[:SCANS_SHOWN]
    return Scans(total, tuple(ScanRow(total - i, number) for i, number in enumerate(numbers)))
