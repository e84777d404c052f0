"""Deliveries for tests: cards in transit by the real act, listed in boxes as a manifest would.

The importer has tests of its own; here its result is written by hand around `factories`.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from cardbook.cards.models import Batch, Card
from cardbook.chapters.intake.models import Count, Delivery, DeliveryBox, DeliveryLine
from cardbook.chapters.intake.receive.commands import close_count, scan_card, start_count
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.imports.models import ImportFile
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import DeliveryRegistered
from cardbook.lifecycle.perform import Step, perform
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City, County

_serial = itertools.count(1)
_COLUMNS = (
    "number",
    "person_id",
    "county_id",
    "batch_id",
    "bank_org_id",
    "group",
    "unit_name",
    "town_id",
    "village",
    "packing",
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A delivery at an office, with its boxes and the cards the list expects in each."""

    delivery: Delivery
    boxes: Mapping[str, DeliveryBox]
    cards: Mapping[str, tuple[Card, ...]]

    def box_of(self, code: str) -> DeliveryBox:
        return self.boxes[code]

    def numbers(self, code: str) -> list[str]:
        return [card.number for card in self.cards[code]]


def arrive(
    city: City,
    county: County,
    boxes: Mapping[str, int],
    *,
    holder: Person | None = None,
    village: str = "",
    group: str = "resident",
    unit: str = "",
) -> Arrived:
    """A delivery with so many cards in each box; `holder` gives all cards to one person."""
    serial = next(_serial)
    manifest = ImportFile.objects.create(
        layout="F1",
        name=f"到货明细{serial}.csv",
        digest=f"{serial:064d}",
        organization_id=county.card_body.pk,
        uploaded_by_id=county.keeper.user_id,
        stage="posted",
    )
    delivery = Delivery.objects.create(
        code=f"DH-T-{serial:04d}",
        file=manifest,
        organization=county.card_body,
        registered_by_id=county.keeper.user_id,
        expected=sum(boxes.values()),
    )
    # The act of the importer, with what the manifest says of each card.
    cards = _cards(city, county, delivery, boxes, holder, (group, unit, county.town.pk, village))
    listed, remaining = {}, iter(cards)
    made = {}
    for code, count in boxes.items():
        made[code] = DeliveryBox.objects.create(delivery=delivery, code=code, expected=count)
        listed[code] = tuple(itertools.islice(remaining, count))
    DeliveryLine.objects.bulk_create(
        DeliveryLine(box=made[code], card=card) for code, some in listed.items() for card in some
    )
    return Arrived(delivery, made, listed)


def _cards(
    city: City,
    county: County,
    delivery: Delivery,
    boxes: Mapping[str, int],
    holder: Person | None,
    about: tuple[str, str, int, str],
) -> list[Card]:
    batch, _ = Batch.objects.get_or_create(code="P-TEST", bank=city.bank)
    rows = tuple(
        (
            f"D{next(_serial):08d}",
            (holder or make.person()).pk,
            county.county.pk,
            batch.pk,
            city.bank.pk,
            *about,
            f"P-TEST-{code}-{place}",
        )
        for code, count in boxes.items()
        for place in range(1, count + 1)
    )
    births = GivenRows(
        columns=tuple(f'"{name}"' for name in _COLUMNS),
        rows=rows,
        source=Destination(account_of(organization_id=city.maker.pk, kind=Place.OUTSIDE).pk),
        target=Destination(account_of(organization_id=county.card_body.pk, kind=Place.TRANSIT).pk),
    )
    step = Step(
        act=act("delivery.register"),
        facts=DeliveryRegistered(manifest="", receiver=delivery.organization_id),
        births=births,
    )
    done = perform(step, by=county.keeper, at=NOON, key=make.key())
    return list(Card.objects.filter(pk__in=done.subject_ids).order_by("pk"))


def counted(
    county: County, box: DeliveryBox, numbers: list[str], *, called_empty: bool = False
) -> Count:
    """A box counted by the keeper and signed by the reviewer."""
    count = start_count(box_id=box.pk, by=county.keeper, at=NOON)
    for number in numbers:
        scan_card(count_id=count.pk, text=number, by=county.keeper)
    closed, _ = close_count(
        count_id=count.pk,
        by=county.keeper,
        second=county.reviewer,
        at=NOON,
        key=make.key(),
        called_empty=called_empty,
    )
    return closed


def received(city: City, county: County, count: int, **about: str) -> Arrived:
    """A delivery of one box, counted and right: its cards wait in the store to be sorted."""
    arrived = arrive(city, county, {"1-1": count}, **about)  # type: ignore[arg-type]
    counted(county, arrived.box_of("1-1"), arrived.numbers("1-1"))
    return arrived
