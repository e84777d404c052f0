"""A hotline's own software stops a lost card as on the screen: find, ask, stop, tell (Art. 28)."""

import json
from functools import partial

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.usage.loss.tests import lost
from cardbook.chapters.usage.tests.calling import call, codes
from cardbook.ledger.models import Event
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(28)
CALLED = {"caller": "holder", "call": "T001"}


@pytest.fixture
def card(city: City) -> Card:
    return make.issued_card(city, city.here, holder=lost.holder_with_phone())


@pytest.fixture
def operator(city: City) -> Actor:
    return lost.hotline(city)


def hold(card: Card) -> str:
    card.refresh_from_db()
    return card.hold


@pytest.mark.django_db
class TestFind:
    def test_one_person_by_his_whole_number_with_questions(
        self, card: Card, operator: Actor
    ) -> None:
        number = holder_of(card.person).number
        found = call("losses/find", {"number": number, "seed": "T001"}, by=operator).json()
        assert [one["number"] for one in found["cards"]] == [card.number]
        assert found["cards"][0]["may_report"]
        asked = [one["code"] for one in found["questions"]]
        assert "tail" not in asked and "birthday" not in asked, "he has said these already"
        assert number not in str(found)
        again = call("losses/find", {"number": number, "seed": "T001"}, by=operator).json()
        assert [one["code"] for one in again["questions"]] == asked

    def test_by_telephone_his_phone_is_no_question(self, card: Card, operator: Actor) -> None:
        found = call("losses/find", {"number": lost.PHONE}, by=operator).json()
        asked = [one["code"] for one in found["questions"]]
        assert "phone" not in asked and "tail" in asked

    @pytest.mark.parametrize("number", ["123", make.citizen_number(), "13800000000"])
    def test_nobody_is_a_problem_in_words(self, operator: Actor, number: str) -> None:
        answer = call("losses/find", {"number": number}, by=operator)
        assert (answer.status_code, answer.json()["code"]) == (404, "HOLDER_NOT_FOUND")
        assert answer.json()["detail"]

    def test_is_not_for_a_keeper_of_stock(self, city: City, card: Card) -> None:
        answer = call("losses/find", {"number": lost.PHONE}, by=city.here.keeper)
        assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_NOT_ALLOWED")


@pytest.mark.django_db
class TestStop:
    def test_a_verified_caller_stops_his_card_and_is_told_later(
        self, card: Card, operator: Actor
    ) -> None:
        body = {**CALLED, "questions": list(lost.ANSWERED)}
        done = call(f"cards/{card.number}/loss.report", body, by=operator)
        assert (done.status_code, done.json()["act"]) == (200, "loss.report")
        assert hold(card) == "oral_loss"
        event = Event.objects.get(act="loss.report")
        assert json.loads(event.facts)["channel"] == "hotline"
        told = call(f"cards/{card.number}/loss.tell", {"told": ["loss"]}, by=operator)
        assert told.status_code == 200

    def test_whoever_is_not_verified_stops_nothing(self, card: Card, operator: Actor) -> None:
        answer = call(f"cards/{card.number}/loss.report", CALLED, by=operator)
        assert answer.status_code == 409 and "CALLER_NOT_VERIFIED" in codes(answer)
        assert hold(card) == "none"

    def test_an_operator_sees_no_document(self, card: Card, operator: Actor) -> None:
        body = {**CALLED, "document_seen": True}
        answer = call(f"cards/{card.number}/loss.report", body, by=operator)
        assert answer.status_code == 409 and hold(card) == "none"

    def test_any_window_of_the_city_stops_a_card_and_renews(self, city: City, card: Card) -> None:
        for code in ("loss.report", "loss.renew"):
            body = {"caller": "holder", "document_seen": True}
            answer = call(f"cards/{card.number}/{code}", body, by=city.neighbour.clerk)
            assert answer.status_code == 200, answer.json()
        assert hold(card) == "oral_loss"

    def test_in_writing_at_the_cards_own_bank_and_no_other(self, city: City, card: Card) -> None:
        body = {"caller": "holder", "document_seen": True, "papers": ["id_card_original"]}
        other = make.organization("另一银行", make.Kind.BANK, parent=city.city)
        stranger = make.worker("他行柜员", make.Role.BANK_TELLER, other)
        assert call(f"cards/{card.number}/loss.formal", body, by=stranger).status_code == 404
        answer = call(f"cards/{card.number}/loss.formal", body, by=lost.teller(city))
        assert answer.status_code == 200, answer.json()
        assert hold(card) == "formal_loss"

    def test_taken_off_restores_what_was(self, card: Card, operator: Actor) -> None:
        body = {**CALLED, "questions": list(lost.ANSWERED)}
        call(f"cards/{card.number}/loss.report", body, by=operator)
        lift = {**body, "card_seen": True, "told": ["found"]}
        assert call(f"cards/{card.number}/loss.lift", lift, by=operator).status_code == 200
        assert hold(card) == "none"

    def test_a_written_loss_is_not_taken_off_under_the_rule(self, city: City, card: Card) -> None:
        lost.write_down(card, by=city.here.clerk)
        body = {
            "caller": "holder", "document_seen": True, "card_seen": True,
            "papers": ["id_card_original"], "told": ["found"],
        }  # fmt: skip
        answer = call(f"cards/{card.number}/loss.lift_formal", body, by=city.here.clerk)
        assert answer.status_code == 409 and "LOSS_NOT_RELEASABLE" in codes(answer)

    def test_one_key_is_one_report(self, card: Card, operator: Actor) -> None:
        body, key = {**CALLED, "questions": list(lost.ANSWERED)}, make.key()
        first, again = (
            call(f"cards/{card.number}/loss.report", body, by=operator, key=key).json()
            for _ in range(2)
        )
        assert (first["repeated"], again["repeated"]) == (False, True)
        assert Event.objects.filter(act="loss.report").count() == 1


@pytest.mark.races
def test_two_calls_at_once_are_one_loss(fresh_database: str) -> None:
    city = make.city()
    card = make.issued_card(city, city.here, holder=lost.holder_with_phone())
    body = {"caller": "holder", "document_seen": True}
    calls = [
        partial(call, f"cards/{card.number}/loss.report", body, by=by)
        for by in (city.here.clerk, city.here.other_clerk)
    ]
    assert sorted(one.status_code for one in together(*calls)) == [200, 409]
    assert Event.objects.filter(act="loss.report").count() == 1
