"""A bank's outlet hands its own bank's cards to their holders, and no others (Art. 5, 7, 8 ¶4)."""

import pytest
from django.test import Client
from django.urls import reverse

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.intake.distribution.tests.sending import place_of, received, sent
from cardbook.chapters.issuance.individual.tests.test_commands import codes, hand_over
from cardbook.chapters.issuance.individual.tests.windows import filled_in
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.law.ways import way
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import Signing
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together

pytestmark = pytest.mark.article(7)
DAY = local_day(NOON).isoformat()


@pytest.fixture
def given(city: City, outlet: Organization, teller: Actor) -> list[Card]:
    """Two cards the outlet acknowledged."""
    cards = make.received_cards(city, city.here, count=2)
    received(sent(city.here.keeper, outlet, cards), teller, *(card.number for card in cards))
    return cards


@pytest.mark.django_db
class TestHandOver:
    def test_is_the_holders_and_his_countys_from_then_on(
        self, city: City, given: list[Card], teller: Actor
    ) -> None:
        card, other = given
        hand_over(card, by=teller)
        card.refresh_from_db()
        assert card.stage == Stage.ISSUED
        assert place_of(card) == (Place.HOLDER, city.here.county.pk)
        assert place_of(other)[0] == Place.STORE

    def test_the_countys_window_reaches_the_card_afterwards(
        self, city: City, given: list[Card], teller: Actor
    ) -> None:
        hand_over(given[0], by=teller)
        address = reverse("card.show", args=[given[0].pk])
        assert signed_in(city.here.clerk).get(address).status_code == 200

    def test_a_card_that_lies_in_the_county_is_out_of_reach(
        self, city: City, teller: Actor
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            hand_over(card, by=teller)
        assert codes(refused) == {"OUT_OF_REACH"}

    def test_a_card_of_another_outlet_of_the_bank_is_out_of_reach(
        self, city: City, given: list[Card]
    ) -> None:
        beside = make.organization("示范银行乙县支行", Kind.BRANCH, parent=city.bank)
        above = make.worker("总行柜员", Role.BANK_TELLER, city.bank)
        for by in (make.worker("柜员乙", Role.BANK_TELLER, beside), above):
            with pytest.raises(Refused) as refused:
                hand_over(given[0], by=by)
            assert codes(refused) == {"OUT_OF_REACH"}

    def test_a_card_on_its_way_is_not_the_outlets_yet(
        self, city: City, outlet: Organization, teller: Actor
    ) -> None:
        cards = make.received_cards(city, city.here)
        sent(city.here.keeper, outlet, cards)
        with pytest.raises(Refused) as refused:
            hand_over(cards[0], by=teller)
        assert codes(refused) == {"NOT_RECEIVED"}

    @pytest.mark.parametrize(
        ("left_out", "code"),
        [
            ({"original_seen": False}, "ID_NOT_SEEN"),
            ({"signing": Signing.NONE}, "SIGNATURE_MISSING"),
            ({"reads": False}, "CARD_UNREADABLE"),
        ],
    )
    def test_no_formality_of_the_way_is_left_out(
        self, given: list[Card], teller: Actor, left_out: dict[str, object], code: str
    ) -> None:
        assert way("outlet").acts == ("handover.send", "handover.receive", "card.issue")
        with pytest.raises(Refused) as refused:
            hand_over(given[0], by=teller, **left_out)
        assert code in codes(refused)

    def test_proxies_are_sent_to_the_window(self, desk: Client) -> None:
        assert desk.get(reverse("card.issue_proxy")).status_code == 403
        assert desk.get(reverse("card.issue_guardian")).status_code == 403


def test_two_tellers_at_once_give_it_away_once(fresh_database: str) -> None:
    city = make.city()
    branch = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
    first, other = (make.worker(name, Role.BANK_TELLER, branch) for name in ("柜员甲", "柜员乙"))
    (card,) = make.received_cards(city, city.here)
    received(sent(city.here.keeper, branch, [card]), first, card.number)
    answers = together(lambda: hand_over(card, by=first), lambda: hand_over(card, by=other))
    assert sorted(in_words(answers, done=lambda _: "given")) == ["OUT_OF_REACH", "given"]
    assert Event.objects.filter(subject_id=card.pk, act="card.issue").count() == 1


@pytest.mark.django_db
class TestDesk:
    def test_the_outlet_hands_over_through_the_same_screen(
        self, city: City, given: list[Card], desk: Client
    ) -> None:
        number = holder_of(given[0].person).number
        shown = desk.post("/desk/", {"q": number}).content.decode()
        assert given[0].number in shown and "发放并登记" in shown
        assert "defect-form" in shown
        assert f'href="{reverse("card.show", args=[given[0].pk])}"' not in shown
        done = desk.post("/desk/", filled_in(given[0]), follow=True).content.decode()
        assert given[0].number in done and "已发放" in done
        assert place_of(given[0])[0] == Place.HOLDER
        event = Event.objects.get(subject_id=given[0].pk, act="card.issue")
        assert '"way":"outlet"' in event.facts

    def test_prints_the_slip_of_its_own_hand_over_and_no_other(
        self, city: City, given: list[Card], desk: Client, teller: Actor
    ) -> None:
        hand_over(given[0], by=teller)
        own = desk.get(reverse("card.issue.slip", args=[given[0].pk]))
        assert own.status_code == 200 and own.content.startswith(b"%PDF")
        others = make.issued_card(city, city.here)
        assert desk.get(reverse("card.issue.slip", args=[others.pk])).status_code == 404

    def test_of_a_card_elsewhere_only_the_county_is_named(self, city: City, desk: Client) -> None:
        (card,) = make.received_cards(city, city.here)
        shown = desk.post("/desk/", {"q": holder_of(card.person).number}).content.decode()
        assert card.number not in shown and "甲县" in shown and "王小明" not in shown

    def test_the_register_of_the_outlet_lists_its_hand_overs(
        self, given: list[Card], desk: Client, teller: Actor, outlet: Organization
    ) -> None:
        hand_over(given[0], by=teller)
        chosen = {"office": outlet.code, "start": DAY, "end": DAY}
        page = desk.get(reverse("register.pick_up"), chosen)
        assert page.status_code == 200 and given[0].number in page.content.decode()
