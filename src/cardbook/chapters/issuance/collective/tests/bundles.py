"""What tests of bundles share: cards on the shelf, a unit that is ready, a sheet that is out."""

from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.models import Card
from cardbook.chapters.issuance.collective.commands import file_sheet, hand_out_bundle
from cardbook.chapters.issuance.collective.drafts import (
    add_cards,
    keep_pages,
    start_bundle,
    tick_rows,
)
from cardbook.chapters.issuance.collective.ticks import read_ticks
from cardbook.chapters.issuance.models import Bundle
from cardbook.law import notices
from cardbook.lifecycle.facts import Signing
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.papers.pictures import KeptImage
from cardbook.people.models import Handler, Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.pictures import png

TODAY = date(2026, 11, 20)
PAPERS = make.usual_papers("bundle.hand_out")
TOLD = (notices.PICK_UP.code,)


def collector_of(unit: Organization) -> Person:
    """The first handler of a unit's letter."""
    return Handler.objects.filter(letter__organization=unit).order_by("id")[0].person


def prepared(
    city: City,
    cards: list[Card],
    *,
    unit: Organization | None = None,
    by: Actor | None = None,
    collector: Person | None = None,
) -> Bundle:
    """Cards put together for a unit, its handler at the desk."""
    unit = unit or make.ready_unit(city.here)
    by = by or city.here.clerk
    handler = Handler.objects.filter(letter__organization=unit).order_by("id").first()
    person = collector or (handler.person if handler else None)
    bundle = start_bundle(
        unit_id=unit.pk, by=by, at=NOON, collector_id=person.pk if person else None
    )
    add_cards(bundle_id=bundle.pk, card_ids=[card.pk for card in cards], by=by, at=NOON)
    bundle.refresh_from_db()
    return bundle


def hand_out(
    bundle: Bundle, *, by: Actor, at: datetime = NOON, pages: int = 1, key: str = ""
) -> Done:
    """The handler signs on paper and takes the cards along."""
    return hand_out_bundle(
        bundle_id=bundle.pk, signing=Signing.PAPER, papers=PAPERS, pages=pages, by=by, at=at,
        key=key or make.key(),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Out:
    """A sheet in a unit's hands."""

    bundle: Bundle
    cards: list[Card]


def out(
    city: City, *, people: list[Person] | None = None, count: int = 4, pages: int = 1,
    at: datetime = NOON,
) -> Out:  # fmt: skip
    """A bundle that was handed out."""
    cards = make.received_cards(city, city.here, people=people, count=count)
    bundle = prepared(city, cards)
    hand_out(bundle, by=city.here.clerk, pages=pages, at=at)
    bundle.refresh_from_db()
    return Out(bundle, cards)


def tick(bundle: Bundle, text: str, *, by: Actor, on: date = TODAY) -> int:
    """A clerk types a line."""
    undecided = set(bundle.rows.filter(result="").values_list("row", flat=True))
    ticks = read_ticks(text, last=bundle.cards, undecided=undecided)
    return tick_rows(bundle_id=bundle.pk, ticks=ticks, on=on, by=by).count


def page_image(page: int = 1, width: int = 3) -> tuple[int, KeptImage]:
    """The picture of a page."""
    image = KeptImage(
        kind="signed_sheet_image", title="明细表", media_type="image/png",
        content=png(width=width, height=page),
    )  # fmt: skip
    return page, image


def add_pages(bundle: Bundle, *, by: Actor, pages: int = 1, width: int = 3) -> None:
    """Every page of the sheet as a picture."""
    images = [page_image(page, width) for page in range(1, pages + 1)]
    keep_pages(bundle_id=bundle.pk, images=images, by=by, at=NOON)


def file(bundle: Bundle, *, by: Actor, at: datetime = NOON, key: str = "") -> Done:
    """The sheet is filed."""
    return file_sheet(bundle_id=bundle.pk, told=TOLD, by=by, at=at, key=key or make.key())
