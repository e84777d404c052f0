"""A bank's outlet takes back what is broken among its stock; the new card is free (Art. 9)."""

import pytest
from django.test import Client
from django.urls import reverse

from cardbook.cards.models import Application, Card
from cardbook.chapters.intake.distribution.tests.sending import place_of, received, sent
from cardbook.chapters.issuance.defect.tests.test_defect import codes, record, untouched
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law import notices
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together

pytestmark = pytest.mark.article(9)


@pytest.fixture
def given(city: City, outlet: Organization, teller: Actor) -> Card:
    """A card the outlet acknowledged."""
    (card,) = make.received_cards(city, city.here)
    received(sent(city.here.keeper, outlet, [card]), teller, card.number)
    card.refresh_from_db()
    return card


@pytest.mark.django_db
class TestTakingBack:
    def test_keeps_the_card_and_opens_the_replacement_for_its_own_bank(
        self, city: City, given: Card, teller: Actor, outlet: Organization
    ) -> None:
        record(given, by=teller)
        given.refresh_from_db()
        assert given.stage == "recalled" and place_of(given) == (Place.DEFECT, outlet.pk)
        opened = Application.objects.get()
        assert (opened.old_card_id, opened.fee_fen, opened.reason) == (given.pk, 0, "defect")
        assert (opened.county_id, opened.bank_id) == (city.here.county.pk, city.bank.pk)
        assert recount().holds

    def test_the_same_request_twice_is_one(self, given: Card, teller: Actor) -> None:
        first = record(given, by=teller, key="once")
        again = record(given, by=teller, key="once")
        assert again.repeated and again.subject_ids == first.subject_ids
        assert Application.objects.count() == 1

    @pytest.mark.article(5)
    def test_only_what_lies_with_the_outlet(self, city: City, given: Card, teller: Actor) -> None:
        beside = make.organization("示范银行乙县支行", Kind.BRANCH, parent=city.bank)
        (at_home,) = make.received_cards(city, city.here)
        for card, by in (
            (at_home, teller), (make.issued_card(city, city.here), teller),
            (given, make.worker("柜员乙", Role.BANK_TELLER, beside)),
            (given, city.neighbour.clerk), (given, city.here.clerk),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                record(card, by=by)
            assert codes(refused) == {"OUT_OF_REACH"} and untouched(card)

    def test_the_holder_is_told_that_it_is_free(self, given: Card, teller: Actor) -> None:
        with pytest.raises(Refused) as refused:
            record(given, by=teller, told=())
        assert codes(refused) == {"NOTICE_NOT_GIVEN"} and untouched(given)


def test_two_tellers_at_once_open_one_replacement(fresh_database: str) -> None:
    city = make.city()
    branch = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
    first, other = (make.worker(name, Role.BANK_TELLER, branch) for name in ("柜员甲", "柜员乙"))
    (card,) = make.received_cards(city, city.here)
    received(sent(city.here.keeper, branch, [card]), first, card.number)
    answers = together(lambda: record(card, by=first), lambda: record(card, by=other))
    assert sorted(in_words(answers, done=lambda _: "taken")) == ["CARD_RECALLED", "taken"]
    assert Application.objects.count() == 1


@pytest.mark.django_db
class TestPages:
    def test_from_its_page_to_the_stock_of_the_outlet(
        self, given: Card, desk: Client, outlet: Organization
    ) -> None:
        address = reverse("defect.record", args=[given.pk])
        said = {
            "key": make.key(), "defect": "unreadable", "reading": "unreadable", "verdict": "made",
            f"told_{notices.DEFECT.code}": "on",
        }  # fmt: skip
        assert desk.get(address).status_code == 200
        done = desk.post(address, said, follow=True)
        stock = done.content.decode()
        assert done.status_code == 200 and place_of(given) == (Place.DEFECT, outlet.pk)
        assert given.number in stock and "不收费" in stock
        assert reverse("card.show", args=[given.pk]) not in stock
        assert reverse("defect.rates") not in stock and outlet.code in stock

    def test_outlet_and_county_both_read_it_the_neighbours_do_not(
        self, city: City, given: Card, teller: Actor
    ) -> None:
        record(given, by=teller)
        beside = make.organization("示范银行乙县支行", Kind.BRANCH, parent=city.bank)
        day = local_day(NOON).isoformat()
        for by, office, listed in (
            (teller, Organization.objects.get(pk=teller.org_id), True),
            (city.here.keeper, city.here.county, True),
            (make.worker("柜员乙", Role.BANK_TELLER, beside), beside, False),
            (city.neighbour.keeper, city.neighbour.county, False),
        ):  # fmt: skip
            client = signed_in(by)
            stock = client.get(reverse("defect.stock")).content.decode()
            assert (given.number in stock) is listed, by.name
            sheet = client.get(
                reverse("register.defect_finding"),
                {"office": office.code, "start": day, "end": day},
            )
            assert (given.number in sheet.content.decode()) is listed, by.name
        assert "1000.0" in signed_in(city.here.keeper).get(
            reverse("defect.rates")
        ).content.decode()  # fmt: skip
