"""J7: a county receives thousands of cards by ten labels and fifty samples (Art. 6, 20).

500 cards stand for them in every run; the soak walks all 5,000.
"""

from collections.abc import Sequence

import pytest
from django.test import Client
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution.tests.sending import place_of, received, sent
from cardbook.chapters.intake.models import HandDownCount
from cardbook.custody.models import Position, Shipment
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.orgs.models import Kind, User
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import PASSWORD, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.article(20)]
BOXES, SAMPLES = 10, 50
LABELS = [f"A-1-{place:02d}" for place in range(1, BOXES + 1)]
MANY = pytest.mark.parametrize(
    "count",
    [pytest.param(500, id="500"), pytest.param(5000, id="5000", marks=pytest.mark.soak)],
)


class Walk:
    """The keeper of the county at her scanner; every scan is counted."""

    def __init__(self, city: City, *, count: int) -> None:
        """The city's centre sends the county so many cards in ten boxes."""
        keeper, own = city.here.keeper, city.here.card_body
        self.cards = make.received_cards(city, city.here, people=[make.person()] * count)
        each = count // BOXES
        boxes = [self.cards[first : first + each] for first in range(0, count, each)]
        centre = make.organization("市局信息中心", Kind.INFO_CENTRE, parent=city.city)
        manager = make.worker("管理员", Role.CITY_MANAGER, centre)
        received(sent(keeper, centre, *boxes), manager, *LABELS)
        self.shipment: Shipment = sent(manager, own, *boxes)
        self.client: Client = signed_in(keeper)
        self.second = User.objects.get(pk=city.here.reviewer.user_id)
        self.scans = 0

    def open_by_note(self) -> None:
        """The transfer note is scanned: its list opens, ready for the boxes."""
        self.scans += 1
        found = self.client.get(reverse("handover.list"), {"number": self.shipment.number})
        assert found.status_code == 302
        page = self.client.get(reverse("handover.receive", args=[self.shipment.pk]))
        assert 'id="scan-number"' in page.content.decode()

    def scan(self, texts: Sequence[str]) -> None:
        """Labels and cards, one scan each."""
        address = reverse("handover.scan", args=[self.shipment.pk])
        for text in texts:
            self.scans += 1
            answer = self.client.post(address, {"number": text}, headers={"HX-Request": "true"})
            assert answer.status_code == 200, text

    def finish(self, **signed: str) -> str:
        """Enter, and Enter again; with differences two people sign."""
        address = reverse("handover.note_difference", args=[self.shipment.pk])
        given = {"key": make.key(), **signed}
        return self.client.post(address, given, follow=True).content.decode()


def samples(cards: Sequence[Card]) -> list[str]:
    """Fifty cards out of all boxes."""
    return [card.number for card in cards[:: len(cards) // SAMPLES]]


@MANY
def test_all_are_received_by_sixty_one_scans(city: City, count: int) -> None:
    walk = Walk(city, count=count)
    walk.open_by_note()
    walk.scan([*LABELS, *samples(walk.cards)])
    assert walk.scans == 1 + BOXES + SAMPLES
    assert f"点收相符：{count} 张" in walk.finish()
    events = Event.objects.filter(act="handover.receive", org_id=city.here.card_body.pk)
    assert events.count() == count
    assert events.filter(facts__contains='"scanned":true').count() == SAMPLES
    assert {place_of(card) for card in walk.cards[:: count // 10]} == {
        (Place.STORE, city.here.card_body.pk)
    }
    # Whoever sent them and whoever counted them in both stand on the list.
    assert Event.objects.filter(act="handover.send").values("actor_id").distinct().count() == 2
    assert [one for one in recount().findings if not one.holds] == []


@MANY
def test_a_box_that_did_not_come_is_told_and_signed_by_two(city: City, count: int) -> None:
    walk = Walk(city, count=count)
    walk.open_by_note()
    here = walk.cards[: count - count // BOXES]
    walk.scan([*LABELS[:-1], *samples(here)])
    walk.finish(words="一盒未到")
    assert HandDownCount.objects.filter(closed_at=None).exists(), "one signature is not enough"
    signed = {"second_name": walk.second.get_username(), "second_password": PASSWORD}
    said = walk.finish(words="一盒未到", **signed)
    assert f"实到 {len(here)} 张，短少 {count // BOXES} 张，多出 0 张" in said
    under_way = Position.objects.filter(account__kind=Place.TRANSIT)
    assert set(under_way.values_list("card_id", flat=True)) == {
        card.pk for card in walk.cards[len(here) :]
    }
    assert Event.objects.filter(act="handover.note_difference").count() == count // BOXES
    assert [one for one in recount().findings if not one.holds] == []
