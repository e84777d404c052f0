"""A town stands in the line: it takes what comes down and what comes back (Art. 8, 17)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cardbook.chapters.intake.distribution.tests.sending import received, sent
from cardbook.chapters.stranded.send_back import commands
from cardbook.chapters.stranded.tests.line import (
    Line,
    line_of,
    offences,
    place_of,
    scanned,
    sent_back,
)
from cardbook.chapters.stranded.tests.line import waiting as lying
from cardbook.chapters.stranded.tests.moving import moved_to_unit
from cardbook.custody.models import Shipment
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people.models import Handler, KeepingPlan, UnitLetter
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(17)]


@pytest.fixture
def line(city: City) -> Line:
    return line_of(city)


@pytest.fixture
def town(city: City) -> Organization:
    """A town with its letter, two handlers and a plan (Art. 8, 20)."""
    office = city.here.town
    since = local_day(NOON) - timedelta(days=30)
    letter = UnitLetter.objects.create(
        organization=office,
        number="介〔2026〕镇1号",
        since=since,
        until=since + timedelta(days=300),
    )
    for name in ("镇经办甲", "镇经办乙"):
        Handler.objects.create(letter=letter, person=make.person(name=name), since=since)
    KeepingPlan.objects.create(organization=office, words="专柜上锁，专人保管", since=since)
    return office


@pytest.fixture
def helper(town: Organization) -> Actor:
    return make.worker("镇协办员", Role.VILLAGE_HELPER, town)


@pytest.fixture
def coming(line: Line, city: City, town: Organization) -> Shipment:
    """A card a village sends back to its town."""
    village = make.organization("东关村", Kind.VILLAGE, parent=town)
    (card,) = lying(line)
    moved_to_unit(line, card, village)
    below = make.worker("村协办员", Role.VILLAGE_HELPER, village)
    return sent_back(line, [card], by=below, receiver=town)


class TestReturns:
    def test_the_town_counts_in_what_a_village_returns_and_passes_it_on(
        self, city: City, line: Line, coming: Shipment, helper: Actor
    ) -> None:
        card = coming.lines.select_related("card").get().card
        scanned(coming, [card], helper)
        commands.receive_back(shipment_id=coming.pk, by=helper, at=NOON, key=make.key())
        assert place_of(card) == ("returned", city.here.town.name)
        commands.pass_on(
            card_ids=[card.pk], receiver_id=city.here.card_body.pk, words="镇上交", by=helper,
            at=NOON, key=make.key(),
        )  # fmt: skip
        assert place_of(card) == ("transit", city.here.card_body.name)
        assert offences() == []

    def test_the_town_sees_it_coming_and_the_next_town_does_not(
        self, city: City, coming: Shipment, helper: Actor
    ) -> None:
        beside = make.organization("甲县东镇", Kind.TOWN, parent=city.here.county)
        stranger = make.worker("邻镇协办员", Role.VILLAGE_HELPER, beside)
        number = coming.number
        mine = signed_in(helper).get(reverse("stranded.returns")).content.decode()
        theirs = signed_in(stranger).get(reverse("stranded.returns")).content.decode()
        assert number in mine and number not in theirs

    def test_the_next_town_cannot_count_it_in(
        self, city: City, coming: Shipment, town: Organization
    ) -> None:
        beside = make.organization("甲县东镇", Kind.TOWN, parent=city.here.county)
        stranger = make.worker("邻镇协办员", Role.VILLAGE_HELPER, beside)
        card = coming.lines.select_related("card").get().card
        with pytest.raises((Refused, Shipment.DoesNotExist)):
            scanned(coming, [card], stranger)
            commands.receive_back(shipment_id=coming.pk, by=stranger, at=NOON, key=make.key())
        assert place_of(card)[0] == "transit"


class TestHandDowns:
    @pytest.mark.article(8, 1)
    def test_the_town_counts_in_what_the_county_hands_down(
        self, city: City, line: Line, town: Organization, helper: Actor
    ) -> None:
        cards = lying(line, 2)
        received(sent(city.here.keeper, town, cards), helper, *(card.number for card in cards))
        assert {place_of(card) for card in cards} == {("store", town.name)}

    @pytest.mark.article(8, 1)
    def test_the_hand_down_is_listed_at_the_town_alone(
        self, city: City, line: Line, town: Organization, helper: Actor
    ) -> None:
        shipment = sent(city.here.keeper, town, lying(line, 2))
        beside = make.organization("甲县东镇", Kind.TOWN, parent=city.here.county)
        stranger = make.worker("邻镇协办员", Role.VILLAGE_HELPER, beside)
        mine = signed_in(helper).get(reverse("handover.list")).content.decode()
        theirs = signed_in(stranger).get(reverse("handover.list")).content.decode()
        assert shipment.number in mine and shipment.number not in theirs
