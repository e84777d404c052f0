"""An outlet of a bank calls its holders and sends home what nobody fetched (Art. 5, 16, 17)."""

from datetime import timedelta

import pytest
import time_machine
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
from cardbook.chapters.stranded.tracing.commands import contact_holders
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import Channel, ContactResult, HolderContacted, Stranding
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


@pytest.mark.article(16)
class TestRadarOfTheCounty:
    """A county's radar counts what outlets have of it, by outlet and age; numbers open rows."""

    def test_names_the_outlet_and_opens_its_rows(
        self, line: Line, given: list[Card], teller: Actor
    ) -> None:
        (own,) = make.received_cards(line.city, line.county)
        client = signed_in(line.clerk)
        page = client.get(reverse("stranded.radar"))
        counted = {row.name: row for row in page.context["rows"]}
        assert counted["示范银行甲县支行"].total == 2 and counted["甲县卡管中心"].total == 1
        assert page.context["total"] == 3
        code = counted["示范银行甲县支行"].code
        for band, count in enumerate(counted["示范银行甲县支行"].counts):
            rows = client.get(reverse("card.contact"), {"under": code, "band": band})
            assert len(rows.context["rows"]) == count
        rows = client.get(reverse("card.contact"), {"under": code}).context["rows"]
        assert {row.number for row in rows} == {card.number for card in given}
        assert all("示范银行甲县支行" in row.place for row in rows)
        everything = client.get(reverse("card.contact")).context["rows"]
        assert {row.number for row in everything} == {own.number, *(one.number for one in given)}
        deeper = client.get(reverse("stranded.radar"), {"under": code})
        assert [(row.total, row.deeper) for row in deeper.context["rows"]] == [(2, False)]
        alone = client.get(reverse("card.contact"), {"under": code, "alone": "1"})
        assert len(alone.context["rows"]) == 2

    def test_is_searched_and_called_by_its_sheet(self, line: Line, given: list[Card]) -> None:
        client = signed_in(line.clerk)
        found = client.get(reverse("card.contact"), {"q": given[0].number}).context["rows"]
        assert [row.number for row in found] == [given[0].number]
        outlet = Organization.objects.get(name="示范银行甲县支行")
        with time_machine.travel(NOON + timedelta(hours=1), tick=False):
            sheet = client.get(reverse("register.call_sheet"), {"under": outlet.code, "band": "0"})
        assert sheet.status_code == 200 and given[0].number in sheet.content.decode()

    def test_two_counties_at_one_outlet_each_see_their_own(
        self, line: Line, given: list[Card], teller: Actor
    ) -> None:
        neighbour = line.city.neighbour
        (theirs,) = make.received_cards(line.city, neighbour)
        outlet = Organization.objects.get(pk=teller.org_id)
        sending.received(sending.sent(neighbour.keeper, outlet, [theirs]), teller, theirs.number)
        for by, numbers in (
            (line.clerk, {card.number for card in given}), (neighbour.keeper, {theirs.number}),
        ):  # fmt: skip
            client = signed_in(by)
            rows = client.get(reverse("card.contact"), {"under": outlet.code}).context["rows"]
            assert {row.number for row in rows} == numbers
            (row,) = client.get(reverse("stranded.radar")).context["rows"]
            assert (row.name, row.total) == (outlet.name, len(numbers))
        both = signed_in(teller).get(reverse("card.contact")).context["rows"]
        assert len(both) == 3

    @pytest.mark.article(5)
    def test_an_outlet_without_its_cards_a_county_does_not_open(
        self, line: Line, given: list[Card], teller: Actor
    ) -> None:
        outlet = Organization.objects.get(pk=teller.org_id)
        client = signed_in(line.city.neighbour.keeper)
        for name in ("stranded.radar", "card.contact", "stranded.poster"):
            assert client.get(reverse(name), {"under": outlet.code}).status_code == 404
        helper = make.worker("协办员", Role.VILLAGE_HELPER, line.county.town)
        assert signed_in(helper).get(reverse("card.contact")).context["rows"] == []

    def test_the_city_counts_each_card_once(self, line: Line, given: list[Card]) -> None:
        page = signed_in(line.manager).get(reverse("stranded.radar"))
        assert page.context["total"] == 2

    def test_whoever_does_not_keep_it_does_not_note_a_call(
        self, line: Line, given: list[Card]
    ) -> None:
        called = HolderContacted(channel=Channel.CALL, result=ContactResult.NO_ANSWER)
        outcome = contact_holders(
            card_ids=[given[0].pk], facts=called, by=line.clerk, at=NOON, key=make.key()
        )
        assert outcome.done == () and outcome.refused[given[0].pk].code == "OUT_OF_REACH"
