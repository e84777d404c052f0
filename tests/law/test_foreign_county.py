"""Every address that names something, asked by the posts of another county (Art. 5).

Whoever has the right post but sits in the neighbour county sees nothing of it and changes nothing.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.intake.distribution.tests import sending
from cardbook.chapters.issuance.collective.tests import bundles
from cardbook.chapters.safekeeping.models import KeepingPlace
from cardbook.chapters.safekeeping.stocktaking.tests import counts
from cardbook.chapters.stranded.models import ReturnLine
from cardbook.chapters.stranded.tests import line as on
from cardbook.insight.addresses import Address, addresses
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.perform import perform
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Post
from cardbook.people.holders import holder_of
from cardbook.people.models import Handler, UnitLetter
from cardbook.registers.models import IssuedDocument
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from tests.law.words import everything, nothing_changed

# A desk that is asked for nothing is empty, whatever stands in its address.
_BLANK = frozenset({"card.issue_proxy", "card.issue_guardian"})
_NAMED = re.compile(r"<(?:\w+:)?(\w+)>")


# `make soak` asks for everything of the estate; here it is two of each kind.
MOST_OF_A_KIND = 2 if os.environ.get("CARDBOOK_SOAK_FACTOR", "1") == "1" else 99


@dataclass(frozen=True, slots=True)
class Estate:
    """What a county has, by the name addresses give it, and words that betray it."""

    ids: Mapping[str, list[int]]
    secrets: frozenset[str]


@pytest.fixture
def estate(city: City, tmp_path: Path, settings: object) -> Estate:
    """One of everything Articles 5 to 21 speak of, all of it in `city.here`."""
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]
    here, line = city.here, on.line_of(city)
    cards = make.received_cards(city, here, count=4)
    perform(make.issue_step(cards[0]), by=here.clerk, at=NOON, key=make.key())
    correction = wrong.recorded(cards[1], here)
    shipment = sending.sent(here.keeper, here.window, [cards[2]])
    sheet = bundles.out(city, count=2)
    returned = on.sent_back(line, on.waiting(line))
    lot, _ = on.lot_at_bank(line, 2)
    box, _ = counts.boxed(city, here, 1)
    place = KeepingPlace.objects.create(
        organization=here.card_body, kind="cabinet", name="A 柜", where="库房", climate="",
        cabinet="A", holds=["store"], opened_on=local_day(NOON),
    )  # fmt: skip
    offices = [here.card_body, sheet.bundle.unit]
    ids = {
        "card_id": [card.pk for card in cards],
        "person_id": [cards[0].person_id],
        "correction_id": [correction.pk],
        "shipment_id": [shipment.pk, returned.pk],
        "bundle_id": [sheet.bundle.pk],
        "line_id": list(ReturnLine.objects.values_list("pk", flat=True)),
        "lot_id": [lot.pk],
        "account_id": [box.pk],
        "take_id": [counts.begin(here, box).pk],
        "place_id": [place.pk],
        "document_id": list(IssuedDocument.objects.values_list("pk", flat=True)),
        "unit_id": [sheet.bundle.unit_id],
        "letter_id": list(UnitLetter.objects.values_list("pk", flat=True)),
        "handler_id": list(Handler.objects.values_list("pk", flat=True)),
        "organization_id": [office.pk for office in offices],
        "post_id": list(
            Post.objects.filter(organization__in=offices).values_list("pk", flat=True)
        ),
        "row": [1],
    }  # fmt: skip
    return Estate(ids, frozenset(_secrets()))


def _secrets() -> Iterator[str]:
    """No stranger has a card or a holder of his own in this book."""
    for card in Card.objects.select_related("person"):
        holder = holder_of(card.person)
        yield from (card.number, holder.number, holder.masked_number, holder.name)


def strangers(city: City) -> Iterator[Actor]:
    """One of every post that does business in the neighbour county."""
    there = city.neighbour
    unit = make.organization("乙县厂", Kind.UNIT, parent=there.county)
    agency = make.organization("乙县经办", Kind.AGENCY, parent=there.county)
    yield from (there.keeper, there.reviewer, there.clerk)
    yield make.worker("乙县负责人", Role.COUNTY_MANAGER, there.county)
    yield make.worker("乙县经办人", Role.AGENCY_CLERK, agency)
    yield make.worker("乙县协办员", Role.VILLAGE_HELPER, there.town)
    yield make.worker("乙县单位", Role.UNIT_HANDLER, unit)


def asked(address: Address, estate: Estate) -> Iterator[str]:
    """The address with each thing of the estate, where it asks for such a thing."""
    names = _NAMED.findall(address.path)
    if not names or not set(names) <= estate.ids.keys() or address.path.startswith("/api/"):
        return
    for first in estate.ids[names[0]][:MOST_OF_A_KIND]:
        rest = iter([first, *(estate.ids[name][0] for name in names[1:])])
        yield _NAMED.sub(lambda _, rest=rest: str(next(rest)), address.path)  # type: ignore[misc]


@pytest.mark.django_db
@pytest.mark.article(5)
@pytest.mark.article(32)
def test_the_neighbour_county_reads_nothing_and_does_nothing(city: City, estate: Estate) -> None:
    given = {
        "key": "foreign", "words": "越界", "reason": "other", "number": "", "name": "某某",
        "second_name": "", "card": [str(id_) for id_ in estate.ids["card_id"]],
        "on": str(local_day(NOON)), "since": str(local_day(NOON)),
        "until": str(local_day(NOON + timedelta(days=9))),
    }  # fmt: skip
    posts = list(strangers(city))
    before, opened, told = everything(), 0, []
    for who in posts:
        client = signed_in(who)
        for address in addresses():
            if who.role not in address.roles:
                continue
            for url in asked(address, estate):
                for answer in (client.get(url), client.post(url, given)):
                    text = answer.content.decode(errors="replace") if not answer.streaming else ""
                    opened += 1
                    shown = answer.status_code == 200 and address.name not in _BLANK
                    if shown or any(secret in text for secret in estate.secrets):
                        told.append((who.role.value, url, answer.status_code))
    assert told == []
    assert opened > (400 if MOST_OF_A_KIND == 2 else 700)
    nothing_changed(before)
