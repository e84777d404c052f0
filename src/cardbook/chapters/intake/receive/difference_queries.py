"""Reads what a closed count left open (Art. 6, 20): short, missing, surplus and misrouted cards.

`queries.py` beside it reads deliveries and counts; `commands.py` explains differences.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import (
    Count,
    CountScan,
    Delivery,
    DeliveryLine,
    OddNote,
    ScanResult,
)
from cardbook.chapters.intake.receive.queries import left_by_delivery, one_of
from cardbook.chapters.searching import card_meant
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of

KINDS: Mapping[str, str] = {
    "short": "短少，待说明",
    "missing": "下落不明",
    "odd": "多出与错发",
}
# Titles of the orders, and what the rows are ordered by; the first is the usual one.
Sorts = Mapping[str, tuple[str, tuple[str, ...]]]
CARD_SORTS: Sorts = {
    "box": ("按批次、盒号", ("delivery_id", "box_code", "id")),
    "oldest": ("清点早的在前", ("counted_at", "id")),
    "newest": ("清点晚的在前", ("-counted_at", "-id")),
    "number": ("按卡号", ("number",)),
}
ODD_SORTS: Sorts = {
    "newest": ("清点晚的在前", ("-count_id", "result", "number")),
    "oldest": ("清点早的在前", ("count_id", "result", "number")),
    "open": ("没有处理的在前", ("-odd_note__scan", "-count_id", "number")),
    "result": ("按登记", ("result", "-count_id", "number")),
    "number": ("按卡号", ("number", "-count_id")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """A card that is not where the list says, as pages show it."""

    id: int
    number: str
    name: str
    masked_number: str
    delivery_id: int
    delivery: str
    box_id: int
    box: str
    packing: str
    counted_at: datetime | None
    place: str


# With which box and delivery a card came, and where it is now; `_card_row` reads them.
_FROM_WHERE: Mapping[str, F] = {
    "box_id": F("delivery_lines__box"),
    "box_code": F("delivery_lines__box__code"),
    "delivery_id": F("delivery_lines__box__delivery"),
    "delivery_code": F("delivery_lines__box__delivery__code"),
    "place": F("position__account__kind"),
}


def short_cards(by: Actor, *, delivery_id: int | None = None) -> QuerySet[Card]:
    """This function will list the county's cards short in a count and not explained yet."""
    found = _of_counted_boxes(by, place=Place.TRANSIT, delivery_id=delivery_id)
    return found.filter(left_by_delivery("position__movement"))


def missing_cards(by: Actor, *, delivery_id: int | None = None) -> QuerySet[Card]:
    """This function will list the county's delivered cards that are registered as missing."""
    return _of_counted_boxes(by, place=Place.MISSING, delivery_id=delivery_id)


def _of_counted_boxes(by: Actor, *, place: Place, delivery_id: int | None) -> QuerySet[Card]:
    accounts = Account.objects.filter(kind=place, organization__path__startswith=by.county_path)
    last = _closed().filter(box=OuterRef("delivery_lines__box")).order_by("-id")
    return (
        Card.objects.filter(
            one_of("position__account", accounts.values("pk")),
            one_of("delivery_lines__box__delivery", _deliveries_of(by, delivery_id=delivery_id)),
            delivery_lines__box__in=_closed().values("box"),
        )
        .select_related("person")
        .annotate(**_FROM_WHERE, counted_at=Subquery(last.values("closed_at")[:1]))
        .order_by("delivery_lines__box__delivery_id", "delivery_lines__box__code", "id")
    )


def _closed() -> QuerySet[Count]:
    return Count.objects.filter(closed_at__isnull=False)


def _deliveries_of(by: Actor, *, delivery_id: int | None) -> QuerySet[Any, Any]:
    found = Delivery.objects.filter(organization__path__startswith=by.county_path)
    return (found if delivery_id is None else found.filter(pk=delivery_id)).values("pk")


def short_of_count(count_id: int) -> QuerySet[Card]:
    """This function will list the cards a closed count did not see, wherever they are now."""
    scanned = CountScan.objects.filter(count=count_id).values("number")
    return (
        Card.objects.filter(delivery_lines__box__counts=count_id)
        .exclude(number__in=scanned)
        .exclude(_moved_on_before(count_id))
        .select_related("person")
        .annotate(**_FROM_WHERE)
        .order_by("packing", "id")
    )


def _moved_on_before(count_id: int) -> Q:
    """Whether a card had gone on by the book, so that the count was not to find it."""
    return Q(pk__in=Count.objects.values_list("moved_on", flat=True).get(pk=count_id))


def cards_meant(
    found: QuerySet[Card], *, text: str, sort: str, by: Actor, today: date
) -> QuerySet[Card]:
    """This function will keep the cards of a number, a holder or a box, in one of `CARD_SORTS`."""
    if text:
        found = found.filter(Q(box_code__iexact=text) | card_meant(text, by=by, today=today))
    return found.order_by(*CARD_SORTS[sort][1])


def scans_meant(found: QuerySet[CountScan], *, text: str, sort: str) -> QuerySet[CountScan]:
    """This function will keep the scans of a number or in a box, in one of `ODD_SORTS`."""
    if text:
        about = Q(number__iexact=text) | Q(count__box__code__iexact=text)
        found = found.filter(about)
    return found.order_by(*ODD_SORTS[sort][1])


def card_rows(cards: Iterable[Card]) -> list[CardRow]:
    """This function will open the holders of cards for one page."""
    return [_card_row(card) for card in cards]


def _card_row(card: Card) -> CardRow:
    holder = holder_of(card.person)
    return CardRow(
        id=card.pk,
        number=card.number,
        name=holder.name,
        masked_number=holder.masked_number,
        delivery_id=card.delivery_id,  # type: ignore[attr-defined]
        delivery=card.delivery_code,  # type: ignore[attr-defined]
        box_id=card.box_id,  # type: ignore[attr-defined]
        box=card.box_code,  # type: ignore[attr-defined]
        packing=card.packing,
        counted_at=getattr(card, "counted_at", None),
        place=Place(card.place).label,  # type: ignore[attr-defined]
    )


def deliveries_with_differences(by: Actor) -> list[tuple[int, str]]:
    """This function will list the county's counted deliveries, newest first, to choose from."""
    return list(
        Delivery.objects.filter(
            organization__path__startswith=by.county_path, boxes__counts__closed_at__isnull=False
        )
        .distinct()
        .order_by("-id")
        .values_list("pk", "code")[:200]
    )


# ------------------------------------------------------------------------- surplus and misrouted
@dataclass(frozen=True, slots=True, kw_only=True)
class OddRow:
    """A scanned number not listed in its box: what it is, and what to do with the card."""

    id: int
    number: str
    card_id: int | None
    noted: str
    result: str
    said: str
    to_do: str
    scanned_at: datetime
    count_id: int
    box: str
    delivery_id: int
    delivery: str


def odd_scans(
    by: Actor, *, delivery_id: int | None = None, count_id: int | None = None
) -> QuerySet[CountScan]:
    """This function will list what was scanned but not listed, of the last count of each box."""
    counts = Count.objects.filter(
        closed_at__isnull=False,
        box__delivery__organization__path__startswith=by.county_path,
    )
    newest = counts.filter(box=OuterRef("count__box")).order_by("-id").values("pk")[:1]
    scans = CountScan.objects.filter(
        count__in=counts,
        result__in=[
            ScanResult.EXTRA,
            ScanResult.MISROUTED,
            ScanResult.UNKNOWN,
            ScanResult.MOVED,
        ],
    )
    if count_id is not None:
        scans = scans.filter(count=count_id)
    else:
        scans = scans.filter(count=Subquery(newest))
    if delivery_id is not None:
        scans = scans.filter(count__box__delivery=delivery_id)
    return scans.select_related("count__box__delivery__organization").order_by(
        "-count_id", "result", "number"
    )


def odd_rows(scans: Sequence[CountScan]) -> list[OddRow]:
    """This function will say of each odd number what it is, what to do and what was done; two more
    queries.
    """
    cards = {card.number: card for card in _cards_of(scan.number for scan in scans)}
    found = OddNote.objects.filter(pk__in=[scan.pk for scan in scans])
    notes = {note.pk: note for note in found.select_related("noted_by")}
    rows = []
    for scan in scans:
        card = cards.get(scan.number)
        said, to_do = _tell(scan, card)
        received = card is not None and scan.result == ScanResult.EXTRA
        rows.append(
            OddRow(
                id=scan.pk,
                number=scan.number,
                noted=_noted(notes.get(scan.pk)),
                card_id=card.pk if card is not None and received else None,
                result=ScanResult(scan.result).label,
                said=said,
                to_do=to_do,
                scanned_at=scan.scanned_at,
                count_id=scan.count_id,
                box=scan.count.box.code,
                delivery_id=scan.count.box.delivery_id,
                delivery=scan.count.box.delivery.code,
            )
        )
    return rows


def _noted(note: OddNote | None) -> str:
    if note is None:
        return ""
    return f"{note.words}（{note.noted_by.name} {to_the_minute(note.noted_at)}）"


def _cards_of(numbers: Iterable[str]) -> QuerySet[Card]:
    line = DeliveryLine.objects.filter(card=OuterRef("pk")).order_by("-id")
    return (
        Card.objects.filter(number__in=list(numbers))
        .select_related("county")
        .annotate(
            home_box=Subquery(line.values("box__code")[:1]),
            home_delivery=Subquery(line.values("box__delivery__code")[:1]),
            place=F("position__account__kind"),
        )
    )


def _tell(scan: CountScan, card: Card | None) -> tuple[str, str]:
    if card is None:
        return (
            "台账和各批明细中都没有这个卡号",
            "核对卡面卡号；卡号无误的，单独封存，报市局信息中心向制卡机构核实，补来明细后再接收",
        )
    if scan.result == ScanResult.MISROUTED:
        return (
            f"{card.county.name}的卡",
            f"单独封存，登记不变；通知{card.county.name}取回，或报市局信息中心调拨",
        )
    if scan.result == ScanResult.MOVED:
        return (
            f"本盒的卡，台账登记扫描时已转出，现在“{Place(card.place).label}”",  # type: ignore[attr-defined]
            "把实物交给接收方；没有交出的，凭交接单退回或由接收方登记差异，不要放回盒中",
        )
    box, delivery = card.home_box, card.home_delivery  # type: ignore[attr-defined]
    place = Place(card.place)  # type: ignore[attr-defined]
    if scan.result == ScanResult.EXTRA:
        return f"本批次 {box} 盒的卡，已随本次清点接收", "与其他卡一同分类入柜"
    if place is Place.TRANSIT and box:
        return f"批次 {delivery} 盒 {box} 的卡，仍在途", "放回该盒，清点该盒时一并接收"
    return f"台账已有此卡，现登记在“{place.label}”", "请卡管员核对实物与登记，查明为何在此盒中"
