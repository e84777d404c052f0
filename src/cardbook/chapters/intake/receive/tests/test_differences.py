"""What became of short cards (Art. 6, 20): found after all or missing, in words, by two people."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution.tests.sending import sent
from cardbook.chapters.intake.receive import delivery_queries, difference_queries
from cardbook.chapters.intake.receive.commands import explain_difference
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, arrive, counted, received
from cardbook.custody.models import Position, Posting
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refused
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]


@pytest.fixture
def arrived(city: City) -> Arrived:
    """Box 1-1 was counted and lacks its last two cards; nobody has counted box 1-2."""
    arrived = arrive(city, city.here, {"1-1": 5, "1-2": 2})
    counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:3])
    return arrived


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def explain(city: City, *cards: Card, found: bool, **changes: Any) -> Done:
    given: dict[str, Any] = {
        "card_ids": [card.pk for card in cards],
        "found": found,
        "words": "夹在装箱清单中间" if found else "向制卡机构查询，无此卡",
        "by": city.here.keeper,
        "second": city.here.reviewer,
        "at": NOON,
        "key": make.key(),
    }
    return explain_difference(**(given | changes))


def place(card: Card) -> tuple[str, int]:
    account = Position.objects.get(card=card).account
    return account.kind, account.organization_id


class TestExplainDifference:
    def test_receives_a_card_that_turned_up(self, city: City, arrived: Arrived) -> None:
        card = arrived.cards["1-1"][4]
        done = explain(city, card, found=True)
        card.refresh_from_db()
        assert card.stage == "in_custody"
        assert place(card) == (Place.STORE, city.here.card_body.pk)
        event = Event.objects.get(subject_kind="card", subject_id=card.pk, seq=card.version)
        assert (event.act, event.batch) == ("delivery.explain_found", done.batch)
        assert event.second_id == city.here.reviewer.user_id
        assert f'"delivery":{arrived.delivery.pk}' in event.facts
        assert "夹在装箱清单中间" in event.facts
        posted = Posting.objects.filter(card=card, movement__batch=done.batch)
        assert sorted(posted.values_list("amount", "account__kind")) == [
            (-1, Place.TRANSIT),
            (1, Place.STORE),
        ]

    @pytest.mark.article(20)
    def test_calls_a_card_without_a_trace_missing(self, city: City, arrived: Arrived) -> None:
        card = arrived.cards["1-1"][4]
        explain(city, card, found=False)
        card.refresh_from_db()
        assert card.stage == "missing"
        assert place(card) == (Place.MISSING, city.here.county.pk)

    def test_finds_a_missing_card_again(self, city: City, arrived: Arrived) -> None:
        card = arrived.cards["1-1"][4]
        explain(city, card, found=False)
        explain(city, card, found=True)
        card.refresh_from_db()
        assert (card.stage, place(card)[0]) == ("in_custody", Place.STORE)

    def test_settles_cards_of_two_deliveries_at_once(self, city: City, arrived: Arrived) -> None:
        other = arrive(city, city.here, {"9-1": 1})
        counted(city.here, other.box_of("9-1"), [], called_empty=True)
        one, another = arrived.cards["1-1"][4], other.cards["9-1"][0]
        explain(city, one, another, found=True)
        for card, row in ((one, arrived), (another, other)):
            event = Event.objects.get(act="delivery.explain_found", subject_id=card.pk)
            assert f'"delivery":{row.delivery.pk}' in event.facts

    @pytest.mark.parametrize("found", [True, False])
    def test_needs_words(self, city: City, arrived: Arrived, found: bool) -> None:
        with pytest.raises(Refused) as refused:
            explain(city, arrived.cards["1-1"][4], found=found, words="  ")
        assert codes(refused) == {"REASON_MISSING"}

    @pytest.mark.parametrize(
        ("second", "code"),
        [
            (None, "SECOND_PERSON_MISSING"),
            ("keeper", "SECOND_PERSON_SAME"),
            ("clerk", "SECOND_PERSON_MAY_NOT"),
        ],
    )
    def test_needs_another_entitled_person(
        self, city: City, arrived: Arrived, second: str | None, code: str
    ) -> None:
        card = arrived.cards["1-1"][4]
        signer = getattr(city.here, second) if second else None
        with pytest.raises(Refused) as refused:
            explain(city, card, found=True, second=signer)
        assert codes(refused) == {code}
        assert place(card)[0] == Place.TRANSIT

    def test_refuses_a_card_whose_box_was_never_counted(
        self, city: City, arrived: Arrived
    ) -> None:
        card = arrived.cards["1-2"][0]
        with pytest.raises(Refused) as refused:
            explain(city, card, found=False)
        assert codes(refused) == {"NOT_RECEIVED"}
        assert "甲县卡管中心" in refused.value.refusals[0].sentence
        card.refresh_from_db()
        assert card.stage == "in_custody"

    def test_refuses_a_card_received_meanwhile(self, city: City, arrived: Arrived) -> None:
        one, another = arrived.cards["1-1"][3:]
        counted(city.here, arrived.box_of("1-1"), [one.number])
        with pytest.raises(Refused) as refused:
            explain(city, one, another, found=False)
        assert len(refused.value.refusals) == 1
        assert refused.value.refusals[0].subject_id == one.pk
        assert place(another)[0] == Place.TRANSIT

    @pytest.mark.article(5)
    def test_refuses_the_neighbour_county(self, city: City, arrived: Arrived) -> None:
        with pytest.raises(Refused) as refused:
            explain(
                city,
                arrived.cards["1-1"][4],
                found=True,
                by=city.neighbour.keeper,
                second=city.neighbour.reviewer,
            )
        assert codes(refused) == {"OUT_OF_REACH"}

    def test_refuses_other_roles(self, city: City, arrived: Arrived) -> None:
        with pytest.raises(Refused) as refused:
            explain(city, arrived.cards["1-1"][4], found=True, by=city.here.clerk)
        assert codes(refused) == {"ROLE_MAY_NOT"}

    def test_refuses_a_card_nobody_knows(self, city: City, arrived: Arrived) -> None:
        stranger = Card(pk=999_999_999)
        with pytest.raises(Refused) as refused:
            explain(city, stranger, found=True)
        assert codes(refused) == {"SUBJECT_UNKNOWN"}

    def test_the_same_form_twice_is_one_act(self, city: City, arrived: Arrived) -> None:
        card = arrived.cards["1-1"][4]
        explain(city, card, found=True, key="same")
        assert explain(city, card, found=True, key="same").repeated
        assert Event.objects.filter(act="delivery.explain_found").count() == 1


class TestListsOfDifferences:
    def test_short_cards_are_those_of_counted_boxes_still_in_transit(
        self, city: City, arrived: Arrived
    ) -> None:
        listed = difference_queries.short_cards(city.here.keeper)
        assert list(listed) == list(arrived.cards["1-1"][3:])
        explain(city, arrived.cards["1-1"][3], found=True)
        explain(city, arrived.cards["1-1"][4], found=False)
        assert not difference_queries.short_cards(city.here.keeper)
        missing = difference_queries.missing_cards(city.here.keeper)
        assert list(missing) == [arrived.cards["1-1"][4]]

    def test_what_is_awaited_is_counted_as_the_lists_show_it(
        self, city: City, arrived: Arrived
    ) -> None:
        arrive(city, city.neighbour, {"9-1": 2})
        manager = make.worker("市管理员", Role.CITY_MANAGER, city.city)
        for by in (city.here.keeper, city.neighbour.keeper, manager):
            awaited = delivery_queries.awaited(by)
            listed = delivery_queries.deliveries_of(by, state="open")
            assert awaited.deliveries == len(listed) > 0
            assert awaited.short == difference_queries.short_cards(by).count()
        assert delivery_queries.awaited(city.here.keeper).short == 2

    def test_a_box_counted_twice_lists_its_short_cards_once(
        self, city: City, arrived: Arrived
    ) -> None:
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:3])
        assert difference_queries.short_cards(city.here.keeper).count() == 2

    def test_what_was_received_and_handed_down_is_neither_short_nor_on_its_way_from_the_maker(
        self, city: City
    ) -> None:
        """A hand-over waits for its window, not for the count of the delivery it came with."""
        by, done = city.here.keeper, received(city, city.here, 2)
        sent(by, city.here.window, list(done.cards["1-1"]))
        assert not difference_queries.short_cards(by)
        assert not delivery_queries.deliveries_of(by, state="open")
        listed = delivery_queries.deliveries_of(by)
        (row,) = delivery_queries.delivery_rows(list(listed), at=NOON, on=local_day(NOON))
        assert row.in_transit == 0

    def test_the_neighbour_sees_none_of_them(self, city: City, arrived: Arrived) -> None:
        by = city.neighbour.keeper
        assert not difference_queries.short_cards(by)
        assert not difference_queries.odd_scans(by)
        assert difference_queries.deliveries_with_differences(by) == []

    def test_one_delivery_can_be_chosen(self, city: City, arrived: Arrived) -> None:
        by, delivery = city.here.keeper, arrived.delivery.pk
        assert difference_queries.short_cards(by, delivery_id=delivery).count() == 2
        assert not difference_queries.short_cards(by, delivery_id=delivery + 1)
        assert difference_queries.deliveries_with_differences(by) == [
            (delivery, arrived.delivery.code)
        ]

    def test_what_was_not_listed_is_told_with_what_to_do(
        self, city: City, arrived: Arrived
    ) -> None:
        elsewhere = arrive(city, city.here, {"7-7": 1})
        (theirs,) = make.cards_in_transit(city, city.neighbour)
        stray = arrived.numbers("1-1")[4]
        numbers = [
            *arrived.numbers("1-2"),
            stray,
            theirs.number,
            elsewhere.numbers("7-7")[0],
            "X00000000",
        ]
        count = counted(city.here, arrived.box_of("1-2"), numbers)
        scans = difference_queries.odd_scans(city.here.keeper, count_id=count.pk)
        told = {row.number: row for row in difference_queries.odd_rows(list(scans))}
        assert set(told) == set(numbers[2:])
        assert "1-1 盒的卡，已随本次清点接收" in told[stray].said
        assert told[theirs.number].said == "乙县人社局的卡"
        assert "通知乙县人社局取回" in told[theirs.number].to_do
        assert f"批次 {elsewhere.delivery.code} 盒 7-7" in told[elsewhere.numbers("7-7")[0]].said
        assert "都没有这个卡号" in told["X00000000"].said

    def test_a_recount_replaces_what_was_odd_before(self, city: City, arrived: Arrived) -> None:
        counted(city.here, arrived.box_of("1-2"), ["X00000000"])
        assert difference_queries.odd_scans(city.here.keeper).count() == 1
        counted(city.here, arrived.box_of("1-2"), arrived.numbers("1-2"))
        assert not difference_queries.odd_scans(city.here.keeper)

    def test_takes_the_same_few_queries_however_many(
        self, city: City, arrived: Arrived, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        (theirs,) = make.cards_in_transit(city, city.neighbour)
        count = counted(city.here, arrived.box_of("1-2"), [theirs.number, "X00000000"])
        with django_assert_num_queries(3):  # scans, cards, what was done about them
            scans = difference_queries.odd_scans(city.here.keeper, count_id=count.pk)
            difference_queries.odd_rows(list(scans))
        with django_assert_num_queries(1):
            difference_queries.card_rows(difference_queries.short_cards(city.here.keeper))
