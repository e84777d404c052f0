"""What tests of bundles share: cards on the shelf, a unit that is ready, a sheet that is out."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from cardbook.cards.models import Batch, Card
from cardbook.chapters.issuance.collective.commands import file_sheet, hand_out_bundle
from cardbook.chapters.issuance.collective.drafts import (
    add_cards,
    keep_pages,
    start_bundle,
    tick_rows,
)
from cardbook.chapters.issuance.collective.naming import NOBODY, Named
from cardbook.chapters.issuance.collective.ticks import read_ticks
from cardbook.chapters.issuance.models import Bundle
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.law import notices, papers
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import DeliveryReceived, DeliveryRegistered, Relation, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.papers.pictures import KeptImage, kept_image
from cardbook.people.models import Handler, Person
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.parameters import decide
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
    bundle: Bundle,
    *,
    by: Actor,
    at: datetime = NOON,
    pages: int = 1,
    key: str = "",
    photo: KeptImage | None = None,
) -> Done:
    """The handler signs on paper and takes the cards along; he may have been photographed."""
    shown = (Presented(kind=photo.kind, digest=photo.digest),) if photo else ()
    return hand_out_bundle(
        bundle_id=bundle.pk, signing=Signing.PAPER, papers=(*PAPERS, *shown), pages=pages, by=by,
        at=at, key=key or make.key(), images=(photo,) if photo else (),
    )  # fmt: skip


def photo_of_collector() -> KeptImage:
    """The picture of whoever came for the cards."""
    return kept_image(png(width=4, height=5), papers.COLLECTOR_PHOTO)


def photo_required(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first of November on the city asks for the picture."""
    decide(monkeypatch, "collector_photo_required", True)


@dataclass(frozen=True, slots=True)
class Out:
    """A sheet in a unit's hands."""

    bundle: Bundle
    cards: list[Card]


def out(
    city: City, *, people: list[Person] | None = None, count: int = 4, pages: int = 1,
    at: datetime = NOON, unit: Organization | None = None,
) -> Out:  # fmt: skip
    """A bundle that was handed out."""
    cards = make.received_cards(city, city.here, people=people, count=count)
    bundle = prepared(city, cards, unit=unit)
    hand_out(bundle, by=city.here.clerk, pages=pages, at=at)
    bundle.refresh_from_db()
    return Out(bundle, cards)


def somebody(
    name: str = "张桂兰",
    *,
    relation: Relation | str = Relation.PARENT,
    proof: str = papers.HOUSEHOLD_BOOK.code,
    born_on: date = date(1986, 3, 8),
    number: str = "",
) -> Named:
    """Who signed for a holder, as the sheet names him: a mother, unless said otherwise."""
    number = number or make.citizen_number(born_on=born_on)
    return Named(name=name, number=number, relation=str(relation), proof=proof)


def proxy(name: str = "李国强", **changes: str) -> Named:
    """A son whom the holder sent, by the word of a relative."""
    given = {"relation": str(Relation.CHILD), "proof": papers.RELATIVE_PROOF.code, **changes}
    return somebody(name, born_on=date(1979, 5, 2), **given)


def tick(bundle: Bundle, text: str, *, by: Actor, on: date = TODAY, agent: Named = NOBODY) -> int:
    """A clerk types a line, and beside it who signed for others."""
    undecided = set(bundle.rows.filter(result="").values_list("row", flat=True))
    ticks = read_ticks(text, last=bundle.cards, undecided=undecided)
    return tick_rows(bundle_id=bundle.pk, ticks=ticks, on=on, by=by, agent=agent).count


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


def file(
    bundle: Bundle,
    *,
    by: Actor,
    at: datetime = NOON,
    key: str = "",
    approver: Actor | None = None,
) -> Done:
    """The sheet is filed."""
    return file_sheet(
        bundle_id=bundle.pk, told=TOLD, by=by, at=at, key=key or make.key(), approver=approver
    )


def received_for(city: City, *, count: int, **printed: object) -> list[int]:
    """Cards in the county's store with more printed on them: a village, a unit."""
    county = city.here
    batch, _ = Batch.objects.get_or_create(code="P-TEST", bank=city.bank)
    columns = ("number", "person_id", "county_id", "batch_id", *printed)
    rows = tuple(
        (f"V{make.key()[:8].upper()}", make.person().pk, county.county.pk, batch.pk,
         *printed.values())
        for _ in range(count)
    )  # fmt: skip
    births = GivenRows(
        columns=columns, rows=rows,
        source=Destination(account_of(organization_id=city.maker.pk, kind=Place.OUTSIDE).pk),
        target=Destination(
            account_of(organization_id=county.card_body.pk, kind=Place.TRANSIT).pk
        ),
    )  # fmt: skip
    register = Step(
        act=act("delivery.register"), births=births,
        facts=DeliveryRegistered(manifest="test", receiver=county.card_body.pk),
    )  # fmt: skip
    done = perform(register, by=county.keeper, at=NOON, key=make.key())
    receive = Step(
        act=act("delivery.receive"), subject_ids=done.subject_ids,
        facts=DeliveryReceived(delivery=1, count=1, box="1", seal_intact=True),
    )  # fmt: skip
    perform(receive, by=county.keeper, second=county.reviewer, at=NOON, key=make.key())
    return list(done.subject_ids)
