"""Double entry: every card in one place, slots filled once, stock a sum (Art. 6, 20)."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cardbook.cards.models import Card
from cardbook.custody.models import Account, Movement, Position, Posting
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of, free_slots
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardSorted
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(20)]


def box(city: City, *, code: str = "A-1-01", capacity: int = 10) -> Account:
    return Account.objects.create(
        kind=Place.BOX, organization=city.here.card_body, code=code, capacity=capacity
    )


def sort(
    city: City, cards: list[Card], into: Account, *, slots: list[int] | None = None,
    at: datetime = NOON,
) -> None:  # fmt: skip
    step = Step(
        act=act("card.sort"),
        facts=CardSorted(order="town", box=into.code),
        subject_ids=[card.pk for card in cards],
        destination=Destination(into.pk, slots),
    )
    perform(step, by=city.here.keeper, at=at, key=make.key())


def slots_in(account: Account) -> list[int]:
    return sorted(account.positions.values_list("slot", flat=True))


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def held(account: Account, *, before: datetime) -> int:
    """Stock at a moment: the sum of all postings that happened before it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(p.amount), 0) FROM custody_posting p "
            "JOIN custody_movement m ON m.id = p.movement_id "
            "WHERE p.account_id = %s AND m.happened_at < %s",
            [account.pk, before],
        )
        return int(cursor.fetchone()[0])


class TestDoubleEntry:
    def test_every_movement_takes_from_one_place_and_gives_to_one(self, city: City) -> None:
        make.issued_card(city, city.here)
        for movement in Movement.objects.all():
            amounts = Posting.objects.filter(movement=movement).values_list("amount", flat=True)
            assert sorted(amounts) == [-1, 1]

    def test_all_postings_of_all_time_sum_to_zero(self, city: City) -> None:
        make.received_cards(city, city.here, count=5)
        make.issued_card(city, city.neighbour)
        amounts = list(Posting.objects.values_list("amount", flat=True))
        assert len(amounts) == 2 * (5 + 5 + 1 + 1 + 1) and sum(amounts) == 0

    @pytest.mark.article(16)
    def test_a_position_keeps_when_its_card_first_lay_on_a_shelf(self, city: City) -> None:
        (coming,) = make.cards_in_transit(city, city.here)
        assert Position.objects.get(card=coming).received_at is None
        (card,) = make.received_cards(city, city.here)
        received = NOON - timedelta(days=4)
        assert Position.objects.get(card=card).received_at == received
        sort(city, [card], box(city))
        assert Position.objects.get(card=card).received_at == received

    @pytest.mark.article(16)
    def test_from_shelf_to_shelf_of_an_office_no_days_are_lost(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        came = Position.objects.get(card=card).since
        sort(city, [card], box(city))
        sort(city, [card], box(city, code="A-1-02"))
        assert Position.objects.get(card=card).since == came
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert Position.objects.get(card=card).since == NOON, "with its holder it begins anew"

    def test_stock_on_a_day_is_the_sum_up_to_that_day(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=4)
        store = account_of(organization_id=city.here.card_body.pk, kind=Place.STORE)
        into = box(city)
        sort(city, cards[:3], into)
        received, sorted_ = NOON - timedelta(days=4), NOON
        assert held(store, before=received) == 0
        assert held(store, before=sorted_) == 4
        later = NOON + timedelta(days=1)
        assert (held(store, before=later), held(into, before=later)) == (1, 3)

    def test_the_position_is_where_the_last_posting_led(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        into = box(city)
        sort(city, [card], into)
        position = Position.objects.get(card=card)
        last = Posting.objects.filter(card=card, amount=1).latest("id")
        assert (position.account_id, position.slot) == (into.pk, 1)
        assert (last.account_id, last.slot) == (into.pk, 1)
        assert position.movement_id == last.movement_id

    def test_a_card_cannot_leave_a_place_where_it_is_not(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        elsewhere = box(city)
        movement = Movement.objects.latest("id")
        with (
            pytest.raises(IntegrityError, match="不在移出的位置"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO custody_posting (movement_id, account_id, card_id, amount) "
                "VALUES (%(m)s, %(from)s, %(card)s, -1), (%(m)s, %(to)s, %(card)s, 1)",
                {"m": movement.pk, "from": elsewhere.pk, "card": card.pk, "to": elsewhere.pk},
            )

    @pytest.mark.parametrize("column", ["movement_id", "account_id", "card_id"])
    def test_a_posting_names_only_what_is_there(self, city: City, column: str) -> None:
        (card,) = make.received_cards(city, city.here)
        values = {
            "movement_id": Movement.objects.latest("id").pk,
            "account_id": box(city).pk, "card_id": card.pk,
        }  # fmt: skip
        values[column] = 10**12
        with (
            pytest.raises(IntegrityError, match="不存在"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "INSERT INTO custody_posting (movement_id, account_id, card_id, amount) "
                "VALUES (%(movement_id)s, %(account_id)s, %(card_id)s, 1)",
                values,
            )

    @pytest.mark.parametrize(
        ("statement", "said"),
        [
            ("DELETE FROM custody_account", "permission denied"),
            ("UPDATE custody_account SET id = id + 1", "只能追加"),
        ],
    )
    def test_a_place_that_postings_name_stays(self, city: City, statement: str, said: str) -> None:
        make.received_cards(city, city.here)
        with (
            pytest.raises(DatabaseError, match=said),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


class TestSlots:
    def test_the_lowest_free_ones_are_filled_first(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=5)
        into = box(city, capacity=5)
        sort(city, cards[:1], into, slots=[2])
        sort(city, cards[1:4], into)
        assert slots_in(into) == [1, 2, 3, 4] and free_slots(into) == [5]

    def test_a_slot_is_free_again_after_its_card_was_handed_out(self, city: City) -> None:
        one, other = make.received_cards(city, city.here, count=2)
        into = box(city, capacity=1)
        sort(city, [one], into)
        assert free_slots(into) == []
        perform(make.issue_step(one), by=city.here.clerk, at=NOON, key=make.key())
        assert free_slots(into) == [1]
        sort(city, [other], into)
        assert Position.objects.get(card=other).slot == 1

    @pytest.mark.parametrize(
        ("slots", "code"),
        [([3, 4], "SLOT_TAKEN"), ([5, 5], "SLOT_TAKEN"), ([6, 11], "SLOT_TAKEN")],
        ids=["taken", "twice the same", "beyond the box"],
    )
    def test_refuses_a_slot_that_is_not_free(
        self, city: City, slots: list[int], code: str
    ) -> None:
        cards = make.received_cards(city, city.here, count=3)
        into = box(city)
        sort(city, cards[:1], into, slots=[3])
        with pytest.raises(Refused) as refused:
            sort(city, cards[1:], into, slots=slots)
        assert codes(refused) == {code}
        assert slots_in(into) == [3]

    def test_a_box_too_small_takes_none_at_all(self, city: City) -> None:
        cards = make.received_cards(city, city.here, count=3)
        into = box(city, capacity=2)
        with pytest.raises(Refused) as refused:
            sort(city, cards, into)
        assert codes(refused) == {"BOX_TOO_SMALL"}
        assert "2" in refused.value.refusals[0].sentence
        assert slots_in(into) == []

    def test_another_countys_box_is_out_of_reach(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        foreign = Account.objects.create(
            kind=Place.BOX, organization=city.neighbour.card_body, code="A-1-01", capacity=5
        )
        with pytest.raises(Refused) as refused:
            sort(city, [card], foreign)
        assert codes(refused) == {"DESTINATION_OUT_OF_REACH"}

    def test_sorting_needs_a_box(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        step = Step(
            act=act("card.sort"), facts=CardSorted(order="town", box=""), subject_ids=[card.pk]
        )
        with pytest.raises(Refused) as refused:
            perform(step, by=city.here.keeper, at=NOON, key=make.key())
        assert codes(refused) == {"DESTINATION_MISSING"}


class TestAccounts:
    def test_an_office_has_one_of_each_kind_but_any_number_of_boxes(self, city: City) -> None:
        office = city.here.card_body.pk
        assert account_of(organization_id=office, kind=Place.STORE) == account_of(
            organization_id=office, kind=Place.STORE
        )
        box(city, code="A-1-01")
        box(city, code="A-1-02")
        with pytest.raises(IntegrityError, match="box_code_once"), transaction.atomic():
            box(city, code="A-1-02")

    def test_two_counties_may_name_their_boxes_alike(self, city: City) -> None:
        box(city, code="A-1-01")
        Account.objects.create(
            kind=Place.BOX, organization=city.neighbour.card_body, code="A-1-01", capacity=5
        )
        assert Account.objects.filter(code="A-1-01").count() == 2
