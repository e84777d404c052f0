"""Finding a card by whatever a clerk knows, and never another county's (Art. 5, 32)."""

import json

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from cardbook.lib.clock import local_day
from cardbook.people import vault
from cardbook.people.models import Person
from cardbook.testing import factories
from cardbook.testing.factories import NOON
from cardbook.web import queries
from cardbook.web.queries import find

pytestmark = pytest.mark.article(5, 1)
TODAY = local_day(NOON)
PHONE = "13900000123"


@pytest.fixture
def number():
    return factories.citizen_number()


@pytest.fixture
def holder(db, number):
    made = factories.person(name="王小明", number=number)
    Person.objects.filter(pk=made.pk).update(
        phone_sealed=vault.seal_text(PHONE, context=vault.PHONE),
        phone_index=vault.phone_index(PHONE),
    )
    made.refresh_from_db()
    return made


@pytest.fixture
def card(place, holder):
    (received,) = factories.received_cards(place, place.here, people=[holder])
    return received


def numbers(text, by):
    return [line.number for line in find(text=text, by=by, at=NOON)]


class TestFind:
    @pytest.mark.parametrize(
        "spelled",
        [
            lambda card, number: number,
            lambda card, number: f" {number[:6]} {number[6:]} ",
            lambda card, number: card.number,
            lambda card, number: card.number.lower(),
            lambda card, number: PHONE,
            lambda card, number: "+86 139 0000 0123",
            lambda card, number: "王小明",
            lambda card, number: "wxm",
            lambda card, number: number[-4:],
            lambda card, number: f"王小明 {number[-4:]}",
            lambda card, number: f"{number[-4:]} WXM",
        ],
        ids=["number", "spaced number", "card", "small letters", "phone", "phone with country",
             "name", "initials", "tail", "name and tail", "tail and initials"],
    )  # fmt: skip
    def test_finds_by_each_key(self, place, card, number, spelled):
        assert numbers(spelled(card, number), place.here.clerk) == [card.number]

    @pytest.mark.parametrize("text", ["", "   ", "李小明", "王小明 0000", "999", "王小明 李"])
    def test_finds_nothing_else(self, place, card, text):
        assert numbers(text, place.here.clerk) == []

    @pytest.mark.parametrize("what", ["number", "card", PHONE, "王小明", "wxm"])
    def test_never_shows_another_countys_card(self, place, card, number, what):
        text = {"number": number, "card": card.number}.get(what, what)
        assert numbers(text, place.neighbour.clerk) == []
        assert numbers(text, place.here.auditor) == [card.number]

    def test_the_card_here_is_found_among_many_of_the_name_elsewhere(self, place):
        elsewhere = [factories.person(name="张伟") for _ in range(6)]
        factories.received_cards(place, place.neighbour, people=elsewhere)
        here = factories.received_cards(place, place.here, people=[factories.person(name="张伟")])
        found = find(text="张伟", by=place.here.clerk, at=NOON, limit=3)
        assert [line.number for line in found] == [here[0].number]

    def test_a_name_nobody_can_type_is_found_whole(self, place):
        rare = "龙㛃·䶮𠮷𬭎"
        factories.received_cards(place, place.here, people=[factories.person(name=rare)])
        (found,) = find(text="龙㛃•䶮𠮷𬭎", by=place.here.clerk, at=NOON)
        assert found.holder.name == rare

    @pytest.mark.trust("P1")
    def test_shows_numbers_masked(self, place, card, number):
        (found,) = find(text="wxm", by=place.here.clerk, at=NOON)
        assert found.holder.masked_number == f"999999********{number[-4:]}"
        assert found.holder.masked_phone == "139****0123"

    def test_asks_once_and_for_a_name_twice(self, place, card, number, django_assert_num_queries):
        for text, questions in ((card.number, 1), (number, 1), (PHONE, 1), ("王小明", 2)):
            with django_assert_num_queries(questions):
                assert numbers(text, place.here.clerk)


class TestSearchKeys:
    """The keys follow cards and people by triggers; nobody has to remember them."""

    def test_a_name_put_right_is_found_by_the_right_name_only(self, place, card, holder, number):
        Person.objects.filter(pk=holder.pk).update(
            name_sealed=vault.seal_text("汪小明", context=vault.NAME),
            search_keys=vault.search_keys(name="汪小明", number=number),
        )
        assert numbers("汪小明", place.here.clerk) == [card.number]
        assert numbers("王小明", place.here.clerk) == []

    def test_of_many_of_one_name_the_first_are_given_and_one_more(self, place):
        people = [factories.person(name="王小明") for _ in range(5)]
        cards = factories.received_cards(place, place.here, people=people)
        found = find(text="王小明", by=place.here.clerk, at=NOON, limit=3)
        assert [line.number for line in found] == [card.number for card in cards[:4]]

    def test_two_cards_of_one_person_are_one_holder_with_two_cards(self, place, card, holder):
        (newer,) = factories.received_cards(place, place.here, people=[holder])
        assert numbers("王小明", place.here.clerk) == [newer.number, card.number]


class TestWhatIsWrong:
    def test_a_wrong_check_digit_is_named(self, number):
        wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
        assert "校验" in queries.what_is_wrong(text=wrong, today=TODAY)

    @pytest.mark.parametrize("text", ["王小明", "wxm", "T00000001", PHONE])
    def test_other_texts_are_not_taken_for_numbers(self, text):
        assert queries.what_is_wrong(text=text, today=TODAY) == ""


class TestSearchPage:
    def test_one_card_opens_at_once(self, place, card, number, signed_in):
        answer = signed_in(place.here.clerk).post(reverse("search"), {"q": number})
        assert answer.headers["Location"] == reverse("card.show", args=[card.pk])

    def test_several_are_listed_under_an_address_that_says_nothing(self, place, signed_in):
        people = [factories.person(name="王小明") for _ in range(2)]
        factories.received_cards(place, place.here, people=people)
        client = signed_in(place.here.clerk)
        answer = client.post(reverse("search"), {"q": "王小明"}, follow=True)
        (address, _), *_ = answer.redirect_chain
        assert address.startswith("/search/?of=")
        assert len(answer.context["found"]) == 2
        assert "王小明" not in address

    @pytest.mark.trust("P1")
    def test_the_question_is_kept_sealed_and_for_its_address_only(
        self, place, card, number, signed_in
    ):
        client = signed_in(place.here.clerk)
        wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
        answer = client.post(reverse("search"), {"q": wrong}, follow=True)
        assert "校验" in answer.content.decode()
        kept = Session.objects.get(pk=client.session.session_key).get_decoded()
        assert wrong not in json.dumps(kept)
        assert client.get(reverse("search")).context["text"] == ""
        gone = client.get(reverse("search"), {"of": "another"}, follow=True)
        assert "已不保留" in gone.content.decode()

    def test_nobody_found_says_what_to_do(self, place, signed_in):
        client = signed_in(place.here.clerk)
        answer = client.post(reverse("search"), {"q": "查无此人"}, follow=True)
        assert "本县区没有找到" in answer.content.decode()

    def test_too_many_are_cut_and_said(self, place, signed_in, monkeypatch):
        monkeypatch.setattr(queries, "MOST_FOUND", 2)
        monkeypatch.setattr(find, "__kwdefaults__", {"limit": 2})
        people = [factories.person(name="王小明") for _ in range(3)]
        factories.received_cards(place, place.here, people=people)
        client = signed_in(place.here.clerk)
        answer = client.post(reverse("search"), {"q": "王小明"}, follow=True)
        assert len(answer.context["found"]) == 2
        assert "只列出前 2 张" in answer.content.decode()

    def test_nothing_asked_changes_nothing(self, place, signed_in):
        answer = signed_in(place.here.clerk).post(reverse("search"), {"q": "  "})
        assert answer.headers["Location"] == reverse("search")

    def test_a_number_in_the_address_is_not_read(self, place, card, number, signed_in):
        answer = signed_in(place.here.clerk).get(reverse("search"), {"q": number})
        assert answer.context["found"] == []
