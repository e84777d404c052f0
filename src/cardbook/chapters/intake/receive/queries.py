"""Reads deliveries, boxes and counts for pages and commands (Art. 6); nothing here writes."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count as Number
from django.db.models import F, Max, Q, QuerySet

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import (
    Count,
    Delivery,
    DeliveryBox,
    DeliveryLine,
    ScanResult,
)
from cardbook.custody.places import Place
from cardbook.orgs.actors import Actor


@dataclass(frozen=True, slots=True)
class Finding:
    """What a count's scans amount to: expected = found + short, and what was too much."""

    expected: int
    found_ids: tuple[int, ...]
    short_ids: tuple[int, ...]
    numbers: dict[str, tuple[str, ...]]


def judge_scans(count: Count) -> Finding:
    """This function will compare the scans of a count with its box, in three queries.

    A card of another box of the same delivery is received where it lay; a card sent to another
    county and a number nobody listed are recorded and stay where the book says they are.
    """
    lines = {
        number: (card_id, box_id, place)
        for number, card_id, box_id, place in DeliveryLine.objects.filter(
            box__delivery=count.box.delivery_id
        ).values_list("card__number", "card_id", "box_id", "card__position__account__kind")
    }
    scanned = set(count.scans.values_list("number", flat=True))
    mine = {number for number, line in lines.items() if line[1] == count.box_id}
    strangers = scanned - lines.keys()
    misrouted = set(
        Card.objects.filter(number__in=strangers)
        .exclude(county_id=count.box.delivery.organization.county_id)
        .values_list("number", flat=True)
    )
    in_transit = {number for number, line in lines.items() if line[2] == Place.TRANSIT}
    expected_here = mine & in_transit
    received_before = mine - in_transit
    return Finding(
        expected=len(mine),
        found_ids=tuple(sorted(lines[n][0] for n in scanned & in_transit)),
        short_ids=tuple(sorted(lines[n][0] for n in expected_here - scanned)),
        numbers={
            ScanResult.EXPECTED: tuple(scanned & (expected_here | received_before)),
            ScanResult.EXTRA: tuple(scanned & (lines.keys() - mine)),
            ScanResult.MISROUTED: tuple(misrouted),
            ScanResult.UNKNOWN: tuple(strangers - misrouted),
        },
    )


def deliveries_of(by: Actor) -> QuerySet[Delivery]:
    """This function will list the deliveries to the actor's county, newest first, with sums."""
    return (
        Delivery.objects.filter(organization__path__startswith=by.county_path)
        .select_related("organization", "file", "registered_by")
        .annotate(
            box_count=Number("boxes", distinct=True),
            counted=Number("boxes", filter=Q(boxes__counts__closed_at__isnull=False),
                           distinct=True),
        )
        .order_by("-registered_at", "-id")
    )


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One box on the delivery's page."""

    id: int
    code: str
    expected: int
    count: Count | None
    open_shortage: int


def boxes_of(delivery: Delivery) -> list[BoxRow]:
    """This function will list the boxes with their newest count and cards still in transit."""
    newest = {
        row["box"]: row["newest"]
        for row in Count.objects.filter(box__delivery=delivery)
        .values("box").annotate(newest=Max("id"))
    }
    counts = {
        count.box_id: count
        for count in Count.objects.filter(id__in=newest.values())
        .select_related("counted_by", "witness")
    }
    waiting = dict(
        DeliveryLine.objects.filter(
            box__delivery=delivery, card__position__account__kind=Place.TRANSIT
        ).values_list("box").annotate(cards=Number("id"))
    )
    return [
        BoxRow(
            id=box.pk, code=box.code, expected=box.expected, count=counts.get(box.pk),
            open_shortage=waiting.get(box.pk, 0) if box.pk in counts else 0,
        )
        for box in delivery.boxes.order_by("code")
    ]


def cards_in_transit(delivery: Delivery) -> QuerySet[Card]:
    """This function will list the cards of a delivery that nobody has received yet."""
    return (
        Card.objects.filter(
            delivery_lines__box__delivery=delivery, position__account__kind=Place.TRANSIT
        )
        .select_related("person")
        .annotate(box_code=F("delivery_lines__box__code"))
        .order_by("box_code", "packing", "id")
    )


def short_cards(by: Actor) -> QuerySet[Card]:
    """This function will list the county's cards that were short in a count and are unexplained."""
    counted = Count.objects.filter(closed_at__isnull=False).values("box")
    return (
        Card.objects.filter(
            delivery_lines__box__in=counted,
            delivery_lines__box__delivery__organization__path__startswith=by.county_path,
            position__account__kind=Place.TRANSIT,
        )
        .select_related("person")
        .annotate(
            box_code=F("delivery_lines__box__code"),
            delivery_id=F("delivery_lines__box__delivery_id"),
            delivery_code=F("delivery_lines__box__delivery__code"),
        )
        .order_by("delivery_id", "box_code", "id")
    )


def overdue_in_transit(by: Actor, *, before: datetime) -> QuerySet[Delivery]:
    """This function will list deliveries registered before a moment and not wholly received."""
    return (
        deliveries_of(by)
        .filter(registered_at__lt=before)
        .filter(boxes__lines__card__position__account__kind=Place.TRANSIT)
        .distinct()
    )


def box_for_count(*, box_id: int, by: Actor) -> DeliveryBox:
    """This function will return a box of the actor's county.

    :raises DeliveryBox.DoesNotExist: when it is another county's or does not exist.
    """
    return DeliveryBox.objects.select_related("delivery__organization").get(
        pk=box_id, delivery__organization__path__startswith=by.county_path
    )


