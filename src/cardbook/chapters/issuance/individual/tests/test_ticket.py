"""The slip with which a card is fetched from the store (Art. 8 para. 4, 20)."""

import pytest
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.ledger.models import Event
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.files import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 4)]


@pytest.fixture
def card(city: City) -> Card:
    (card,) = make.received_cards(city, city.here)
    return card


def address(card: Card) -> str:
    return reverse("card.issue.ticket", args=[card.pk])


def test_says_which_card_lies_where_and_moves_nothing(city: City, card: Card) -> None:
    before = Event.objects.count()
    answer = signed_in(city.here.clerk).get(address(card))
    said = text_of(answer.content)
    holder = holder_of(card.person)
    assert answer.status_code == 200 and "取卡单" in said
    assert card.number in said and holder.masked_number in said
    assert holder.number not in said
    assert city.here.clerk.org_name in said and "甲县卡管中心" in said
    assert Event.objects.count() == before


def test_stands_on_the_desk_beside_the_place_of_a_card_that_can_be_given(
    city: City, card: Card
) -> None:
    desk = signed_in(city.here.clerk)
    shown = desk.post("/desk/", {"q": holder_of(card.person).number}).content.decode()
    assert f'href="{address(card)}"' in shown


def test_there_is_none_of_a_card_that_its_holder_has(city: City) -> None:
    card = make.issued_card(city, city.here)
    assert signed_in(city.here.clerk).get(address(card)).status_code == 404


def test_a_neighbour_county_and_whoever_gives_no_cards_get_none(city: City, card: Card) -> None:
    assert signed_in(city.neighbour.clerk).get(address(card)).status_code == 404
    assert signed_in(city.here.auditor).get(address(card)).status_code == 403
    assert signed_in(city.here.clerk).get(f"/desk/{card.pk + 99}/ticket.pdf").status_code == 404
