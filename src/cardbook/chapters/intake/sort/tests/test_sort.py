"""Sorting into slots (Art. 6, 20): piles in packing order, slips mended, no card moved twice.

Two clerks at one pile run in threads over a database of their own.
"""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import Count, CountScan
from cardbook.chapters.intake.receive.commands import close_count
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, arrive, received
from cardbook.chapters.intake.receive.tests.test_count import together
from cardbook.chapters.intake.sort import commands, queries
from cardbook.chapters.intake.sort.commands import (
    Sorted,
    move_slots,
    open_box,
    put_card,
    sort_pile,
)
from cardbook.custody.models import Account, Position, Posting
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.plain import InputError
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.registers.codes import scan_code
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.article(6)
PILE = "甲县城关镇 东关村"


@pytest.fixture
def arrived(city: City) -> Arrived:
    return received(city, city.here, 12, village="东关村")


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def box(by: Actor, code: str = "01", *, capacity: int = 50, label: str = "") -> Account:
    return open_box(cabinet="A", shelf="1", box=code, capacity=capacity, label=label, by=by)


def put_pile(city: City, **changes: Any) -> Sorted:
    given: dict[str, Any] = {
        "order": "town",
        "pile": PILE,
        "count": 12,
        "account_id": None,
        "by": city.here.keeper,
        "at": NOON,
        "key": make.key(),
    }
    return sort_pile(**(given | changes))


def slots(account_id: int) -> dict[int, str]:
    found = Position.objects.filter(account=account_id).order_by("slot")
    return {slot or 0: number for slot, number in found.values_list("slot", "card__number")}


class TestPiles:
    @pytest.mark.parametrize(
        ("order", "key", "label"),
        [
            ("town", PILE, PILE),
            ("unit", "无单位", "无单位"),
            ("group", "resident", "城乡居民"),
            ("bank", "示范银行", "示范银行"),
            ("batch", "P-TEST", "P-TEST"),
        ],
    )
    def test_group_what_waits_in_the_store(
        self, city: City, arrived: Arrived, order: str, key: str, label: str
    ) -> None:
        (pile,) = queries.piles(by=city.here.keeper, order=order)
        assert (pile.key, pile.count) == (key, 12)
        assert pile.label.startswith(label)

    def test_leave_out_what_is_in_transit_or_in_a_box(self, city: City, arrived: Arrived) -> None:
        arrive(city, city.here, {"2-1": 3}, village="东关村")
        put_pile(city, count=5)
        (pile,) = queries.piles(by=city.here.keeper, order="town")
        assert pile.count == 7

    def test_show_nothing_to_the_neighbour(self, city: City, arrived: Arrived) -> None:
        assert queries.piles(by=city.neighbour.keeper, order="town") == []


class TestSortPile:
    def test_fills_the_lowest_slots_in_the_order_of_packing(
        self, city: City, arrived: Arrived
    ) -> None:
        done = put_pile(city)
        assert (done.count, done.box, done.repeated) == (12, "A-1-01", False)
        # Slot 10 of the maker's box follows slot 9, not slot 1.
        assert list(slots(done.account_id).values()) == arrived.numbers("1-1")
        card = Card.objects.get(pk=arrived.cards["1-1"][0].pk)
        event = Event.objects.get(subject_kind="card", subject_id=card.pk, seq=card.version)
        assert (event.act, event.actor_id) == ("card.sort", city.here.keeper.user_id)
        assert '"order":"town"' in event.facts and '"box":"A-1-01"' in event.facts
        posted = Posting.objects.filter(card=card, movement__batch=event.batch)
        assert sorted(posted.values_list("amount", "account__kind", "slot")) == [
            (-1, Place.STORE, None),
            (1, Place.BOX, 1),
        ]

    def test_opens_the_next_box_with_the_piles_label(self, city: City, arrived: Arrived) -> None:
        box(city.here.keeper, "07", label="别的村")
        done = put_pile(city)
        assert (done.box, Account.objects.get(pk=done.account_id).label) == ("A-1-08", PILE)

    def test_fills_gaps_first(self, city: City, arrived: Arrived) -> None:
        full = box(city.here.keeper)
        put_pile(city, account_id=full.pk, count=6)
        other = box(city.here.keeper, "02")
        move_slots(
            account_id=full.pk,
            slots=[2, 4],
            target_id=other.pk,
            by=city.here.keeper,
            at=NOON,
            key=make.key(),
        )
        put_pile(city, account_id=full.pk, count=3)
        assert sorted(slots(full.pk)) == [1, 2, 3, 4, 5, 6, 7]

    def test_refuses_a_box_that_is_too_small(self, city: City, arrived: Arrived) -> None:
        small = box(city.here.keeper, capacity=5)
        with pytest.raises(Refused) as refused:
            put_pile(city, account_id=small.pk)
        assert codes(refused) == {"BOX_TOO_SMALL"}
        assert "只有 5 个空位，放不下 12 张" in refused.value.refusals[0].sentence
        assert slots(small.pk) == {}

    def test_refuses_other_roles(self, city: City, arrived: Arrived) -> None:
        with pytest.raises(Refused) as refused:
            put_pile(city, by=city.here.clerk)
        assert codes(refused) == {"ROLE_MAY_NOT"}
        assert not Account.objects.filter(kind=Place.BOX).exists()

    def test_knows_no_box_of_the_neighbour(self, city: City, arrived: Arrived) -> None:
        theirs = box(city.neighbour.keeper)
        with pytest.raises(Account.DoesNotExist):
            put_pile(city, account_id=theirs.pk)

    @pytest.mark.article(5)
    def test_keeps_cards_in_their_county_when_the_city_sorts(
        self, city: City, arrived: Arrived
    ) -> None:
        manager = make.worker("市管理员", Role.CITY_MANAGER, city.city)
        theirs = box(city.neighbour.keeper)
        with pytest.raises(Refused) as refused:
            put_pile(city, by=manager, account_id=theirs.pk)
        assert codes(refused) == {"PILE_CHANGED"}
        ours = box(city.here.keeper)
        assert put_pile(city, by=manager, account_id=ours.pk).count == 12

    def test_the_same_form_twice_moves_no_more(self, city: City, arrived: Arrived) -> None:
        first = put_pile(city, count=4, key="same")
        again = put_pile(city, count=4, key="same")
        assert (again.count, again.box, again.repeated) == (4, first.box, True)
        assert len(slots(first.account_id)) == 4

    def test_a_twin_that_looked_too_early_gets_the_first_answer(
        self, city: City, arrived: Arrived, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = put_pile(city, count=4, key="same")
        asked: list[str] = []

        def too_early(*, key: str, by: Actor) -> tuple[int, ...] | None:
            asked.append(key)
            return None if len(asked) == 1 else queries.answered_before(key=key, by=by)

        monkeypatch.setattr(commands, "answered_before", too_early)
        again = put_pile(city, count=4, key="same")
        assert (again.count, again.box, again.repeated) == (4, first.box, True)
        assert Event.objects.filter(act="card.sort").count() == 4
        # The box the twin had opened in vain is empty; the rest of the pile goes there.
        assert put_pile(city).box == "A-1-02"
        assert Account.objects.filter(kind=Place.BOX).count() == 2

    def test_a_colleagues_key_gets_no_answer(self, city: City, arrived: Arrived) -> None:
        put_pile(city, count=4, key="same")
        other = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
        with pytest.raises(Refused) as refused:
            put_pile(city, count=4, key="same", by=other)
        assert codes(refused) == {"KEY_REUSED"}

    def test_an_empty_box_of_the_same_label_is_used_before_a_new_one(
        self, city: City, arrived: Arrived
    ) -> None:
        box(city.here.keeper, "03", label=PILE)
        assert put_pile(city).box == "A-1-03"

    def test_an_empty_pile_is_said(self, city: City, arrived: Arrived) -> None:
        put_pile(city)
        with pytest.raises(Refused) as refused:
            put_pile(city)
        assert codes(refused) == {"PILE_CHANGED"}
        assert Account.objects.filter(kind=Place.BOX).count() == 1

    def test_a_card_handed_out_since_stays_with_its_holder(
        self, city: City, arrived: Arrived
    ) -> None:
        card = arrived.cards["1-1"][0]
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert put_pile(city).count == 11

    def test_takes_the_same_queries_for_two_thousand_cards(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        arrived = arrive(city, city.here, {"1-1": 2000}, holder=make.person(), village="东关村")
        perform_all(city, arrived)
        wide = box(city.here.keeper, capacity=2000)
        with django_assert_max_num_queries(26):
            assert put_pile(city, count=2000, account_id=wide.pk).count == 2000
        assert list(slots(wide.pk).values()) == arrived.numbers("1-1")


def perform_all(city: City, arrived: Arrived) -> None:
    """Receive a whole box without scanning each card of it."""
    count = Count.objects.create(box=arrived.box_of("1-1"), counted_by_id=city.here.keeper.user_id)
    CountScan.objects.bulk_create(
        CountScan(count=count, number=number) for number in arrived.numbers("1-1")
    )
    close_count(
        count_id=count.pk,
        by=city.here.keeper,
        second=city.here.reviewer,
        at=NOON,
        key=make.key(),
    )


@pytest.mark.article(20)
class TestMoveSlots:
    def move(self, city: City, source: int, target: int, **changes: Any) -> Sorted:
        given: dict[str, Any] = {
            "slots": [1, 2, 3],
            "by": city.here.keeper,
            "at": NOON,
            "key": make.key(),
        }
        return move_slots(account_id=source, target_id=target, **(given | changes))

    @pytest.fixture
    def filled(self, city: City, arrived: Arrived) -> int:
        return put_pile(city, count=6).account_id

    def test_mends_a_slip(self, city: City, arrived: Arrived, filled: int) -> None:
        right = box(city.here.keeper, "05")
        done = self.move(city, filled, right.pk, slots=range(1, 4))
        assert (done.count, done.box) == (3, "A-1-05")
        assert list(slots(right.pk).values()) == arrived.numbers("1-1")[:3]
        assert sorted(slots(filled)) == [4, 5, 6]

    def test_passes_over_empty_slots_but_refuses_when_all_are(
        self, city: City, filled: int
    ) -> None:
        right = box(city.here.keeper, "05")
        assert self.move(city, filled, right.pk, slots=range(5, 20)).count == 2
        with pytest.raises(Refused) as refused:
            self.move(city, filled, right.pk, slots=range(30, 32))
        assert codes(refused) == {"SLOTS_EMPTY"}
        assert "第 30、31 位" in refused.value.refusals[0].sentence

    def test_refuses_the_same_box(self, city: City, filled: int) -> None:
        with pytest.raises(Refused) as refused:
            self.move(city, filled, filled)
        assert codes(refused) == {"DESTINATION_MISSING"}

    def test_knows_no_box_of_the_neighbour(self, city: City, filled: int) -> None:
        theirs = box(city.neighbour.keeper)
        with pytest.raises(Account.DoesNotExist):
            self.move(city, filled, theirs.pk)
        with pytest.raises(Account.DoesNotExist):
            self.move(city, filled, theirs.pk, by=city.neighbour.keeper)

    def test_the_same_form_twice_moves_no_more(self, city: City, filled: int) -> None:
        right = box(city.here.keeper, "05")
        self.move(city, filled, right.pk, key="same")
        assert self.move(city, filled, right.pk, key="same").repeated
        assert len(slots(right.pk)) == 3


@pytest.mark.article(20)
class TestPutCard:
    def put(self, city: City, text: str, account: Account, **changes: Any) -> tuple[str, str]:
        given: dict[str, Any] = {"by": city.here.keeper, "at": NOON, "key": make.key()}
        return put_card(text=text, account_id=account.pk, **(given | changes))

    def test_puts_a_scanned_card_into_the_lowest_free_slot(
        self, city: City, arrived: Arrived
    ) -> None:
        target = box(city.here.keeper)
        one, another = arrived.numbers("1-1")[:2]
        assert self.put(city, one.lower(), target) == (one, "A-1-01 第 1 位")
        assert self.put(city, another, target)[1] == "A-1-01 第 2 位"

    def test_takes_a_card_from_another_box(self, city: City, arrived: Arrived) -> None:
        source = put_pile(city, count=3)
        target = box(city.here.keeper, "05")
        self.put(city, arrived.numbers("1-1")[1], target)
        assert sorted(slots(source.account_id)) == [1, 3]

    @pytest.mark.parametrize(
        ("text", "code"), [("X00000000", "CARD_NUMBER_UNKNOWN"), ("there", "ALREADY_THERE")]
    )
    def test_says_why_not(self, city: City, arrived: Arrived, text: str, code: str) -> None:
        target = box(city.here.keeper)
        first = arrived.numbers("1-1")[0]
        self.put(city, first, target)
        with pytest.raises(Refused) as refused:
            self.put(city, first if text == "there" else text, target)
        assert codes(refused) == {code}

    def test_refuses_a_card_still_in_transit(self, city: City) -> None:
        waiting = arrive(city, city.here, {"1-1": 1})
        with pytest.raises(Refused) as refused:
            self.put(city, waiting.numbers("1-1")[0], box(city.here.keeper))
        assert codes(refused) == {"NOT_RECEIVED"}

    @pytest.mark.article(5)
    def test_refuses_the_neighbours_card(self, city: City) -> None:
        (theirs,) = make.received_cards(city, city.neighbour)
        with pytest.raises(Refused) as refused:
            self.put(city, theirs.number, box(city.here.keeper))
        assert codes(refused) == {"OUT_OF_REACH"}

    def test_says_what_is_no_card_number(self, city: City) -> None:
        with pytest.raises(InputError, match="应为 9 位"):
            self.put(city, "123", box(city.here.keeper))


class TestBoxes:
    def test_a_box_with_the_piles_label_is_proposed_while_it_has_room(
        self, city: City, arrived: Arrived
    ) -> None:
        (pile,) = queries.piles(by=city.here.keeper, order="town")
        roomy = box(city.here.keeper, "01", capacity=20, label=PILE)
        box(city.here.keeper, "02", capacity=200, label="别的村")

        def proposed() -> queries.Suggestion:
            return queries.suggest(
                pile=pile,
                boxes=queries.box_rows(city.here.keeper),
                new_code=queries.next_box(organization_id=city.here.card_body.pk).code,
                capacity=200,
            )

        assert (proposed().code, proposed().count) == ("A-1-01", 12)
        other = received(city, city.here, 15, village="西关村")
        put_pile(city, pile="甲县城关镇 西关村", count=15, account_id=roomy.pk)
        assert (proposed().code, proposed().count) == ("A-1-01", 5)
        assert len(other.cards["1-1"]) == 15

    def test_the_first_box_of_an_office_is_proposed_too(self, city: City) -> None:
        assert queries.next_box(organization_id=city.here.card_body.pk).code == "A-1-01"

    def test_a_label_is_read_by_scanner_or_typed(self, city: City) -> None:
        ours, theirs = box(city.here.keeper), box(city.neighbour.keeper)
        by = city.here.keeper
        assert queries.find_box(by=by, text=" a-1-01 ") == queries.box_row(
            by=by, account_id=ours.pk
        )
        code = scan_code("BOX", city.here.card_body.code, "A-1-01")
        found = queries.find_box(by=by, text=code)
        assert found is not None and found.id == ours.pk
        foreign = scan_code("BOX", city.neighbour.card_body.code, theirs.code)
        assert queries.find_box(by=by, text=foreign) is None
        with pytest.raises(InputError, match="没有读全"):
            queries.find_box(by=by, text=code.replace("A-1-01", "A-1-02"))

    def test_a_box_is_pictured_slot_by_slot(self, city: City, arrived: Arrived) -> None:
        account = box(city.here.keeper, capacity=5)
        put_pile(city, count=2, account_id=account.pk)
        pictured = queries.slots_in(account_id=account.pk, capacity=5)
        assert [slot.card_number for slot in pictured] == [*arrived.numbers("1-1")[:2], "", "", ""]

    def test_opening_a_box_twice_gives_the_one_there_is(self, city: City) -> None:
        assert box(city.here.keeper).pk == box(city.here.keeper, label="later").pk

    def test_a_box_has_a_sensible_size(self, city: City) -> None:
        with pytest.raises(ValueError, match="1 到 2000"):
            box(city.here.keeper, capacity=2001)


@pytest.mark.usefixtures("fresh_database")
class TestTwoAtOnce:
    def ready(self) -> City:
        city = make.city()
        received(city, city.here, 6, village="东关村")
        return city

    def test_two_clerks_sorting_one_pile_put_each_card_into_one_box(self) -> None:
        city = self.ready()
        other = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
        left, right = box(city.here.keeper, "01"), box(other, "02")

        def put(by: Actor, account: Account) -> Callable[[], object]:
            return lambda: put_pile(city, by=by, account_id=account.pk, count=4)

        answers = together(put(city.here.keeper, left), put(other, right))
        sorted_now = [answer for answer in answers if isinstance(answer, Sorted)]
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert len(sorted_now) + len(refused) == 2, answers
        assert all(one.refusals[0].code == "PILE_CHANGED" for one in refused)
        # Whoever was second took what was left, or was told; no card was moved out of a box again.
        assert Event.objects.filter(act="card.sort").count() == sum(
            one.count for one in sorted_now
        )
        events = Event.objects.filter(act="card.sort").values_list("subject_id", flat=True)
        assert len(set(events)) == len(events)

    def test_a_double_click_moves_each_card_once(self) -> None:
        city = self.ready()
        click = lambda: put_pile(city, count=3, key="one form")  # noqa: E731
        answers = together(click, click)
        assert all(isinstance(answer, Sorted) for answer in answers), answers
        assert Event.objects.filter(act="card.sort").count() == 3
