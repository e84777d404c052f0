"""An outlet of a bank calls its holders and sends home what nobody fetched (Art. 5, 16, 17)."""

import pytest
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.intake.distribution.tests import sending
from cardbook.chapters.stranded.send_back import commands
from cardbook.chapters.stranded.tests.line import (
    Line,
    fresh,
    line_of,
    listed,
    place_of,
    scanned,
    sent_back,
    told_three_times,
)
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import Stranding
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.registers.models import IssuedDocument
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(17)]


@pytest.fixture
def line(city: City) -> Line:
    return line_of(city)


@pytest.fixture
def teller(line: Line) -> Actor:
    outlet = make.organization("示范银行甲县支行", Kind.BRANCH, parent=line.city.bank)
    return make.worker("网点柜员", Role.BANK_TELLER, outlet)


@pytest.fixture
def given(line: Line, teller: Actor) -> list[Card]:
    """Two cards the outlet acknowledged and nobody fetched."""
    cards = make.received_cards(line.city, line.county, count=2)
    outlet = Organization.objects.get(pk=teller.org_id)
    shipment = sending.sent(line.county.keeper, outlet, cards)
    sending.received(shipment, teller, *(card.number for card in cards))
    return fresh(cards)


class TestOutlet:
    @pytest.mark.article(16)
    def test_finds_its_waiting_cards_and_notes_each_call(
        self, given: list[Card], teller: Actor
    ) -> None:
        page = signed_in(teller).get(reverse("card.contact")).content.decode()
        assert all(card.number in page for card in given)
        assert signed_in(teller).get(reverse("stranded.radar")).status_code == 200
        told_three_times(given, teller)
        assert Event.objects.filter(act="card.contact", actor_id=teller.user_id).count() == 6

    def test_sends_home_with_the_form_and_the_county_counts_in(
        self, line: Line, given: list[Card], teller: Actor
    ) -> None:
        shipment = sent_back(line, given, by=teller)
        assert IssuedDocument.objects.get(form="stranded_form").rows == 2
        scanned(shipment, given, line.clerk)
        commands.receive_back(shipment_id=shipment.pk, by=line.clerk, at=NOON, key=make.key())
        for card in fresh(given):
            assert card.stage == Stage.RETURNED
            assert place_of(card) == (Place.RETURNED, line.county.card_body.name)
        assert recount().holds

    def test_nothing_goes_home_before_the_holder_was_told_often_enough(
        self, line: Line, given: list[Card], teller: Actor
    ) -> None:
        with pytest.raises(Refused) as refused:
            sent_back(line, given, by=teller, reason=Stranding.AWAY)
        assert {one.code for one in refused.value.refusals} == {"TOO_FEW_CONTACTS"}

    @pytest.mark.article(5)
    def test_the_neighbour_county_is_no_receiver(
        self, line: Line, given: list[Card], teller: Actor
    ) -> None:
        open_list = listed(given, teller)
        with pytest.raises(Refused) as refused:
            commands.send_back(
                list_id=open_list.pk, receiver_id=line.city.neighbour.card_body.pk,
                by=teller, at=NOON, key=make.key(),
            )  # fmt: skip
        assert {one.code for one in refused.value.refusals} == {"RECEIVER_UNFIT"}

    @pytest.mark.article(5)
    def test_another_outlet_neither_sees_nor_lists_them(
        self, line: Line, given: list[Card]
    ) -> None:
        beside = make.organization("示范银行乙县支行", Kind.BRANCH, parent=line.city.bank)
        other = make.worker("外人", Role.BANK_TELLER, beside)
        page = signed_in(other).get(reverse("card.contact")).content.decode()
        assert not any(card.number in page for card in given)
        with pytest.raises(Refused) as refused:
            listed(given, other)
        assert {one.code for one in refused.value.refusals} == {"CARD_NUMBER_UNKNOWN"}
