"""Cards given from office to office, counted in, called back (Art. 6, 8 para. 1, 20)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cardbook.chapters.intake.distribution import arrival_commands, commands
from cardbook.chapters.intake.distribution.choosing_queries import from_numbers, receivers
from cardbook.chapters.intake.distribution.count_queries import finding_of
from cardbook.chapters.intake.distribution.queries import shipments
from cardbook.chapters.intake.distribution.tests.sending import (
    agency,
    chosen,
    place_of,
    received,
    scanned,
    sent,
)
from cardbook.chapters.intake.models import HandDownMissing, HandDownScan, Recall
from cardbook.chapters.intake.sort.commands import open_box, put_card
from cardbook.chapters.intake.sort.queries import piles
from cardbook.custody.models import Movement, Shipment
from cardbook.custody.places import Place
from cardbook.custody.shipments import tallies
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import Kind, Organization
from cardbook.people.models import UnitLetter
from cardbook.registers.codes import BOX, scan_code
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.article(20)]


def codes(do: Callable[[], object]) -> list[str]:
    """Why something is refused."""
    with pytest.raises(Refused) as refused:
        do()
    return [refusal.code for refusal in refused.value.refusals]


@pytest.mark.article(8, 1)
class TestSend:
    def test_puts_the_cards_into_the_receivers_transit_with_both_named(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here, count=3)
        shipment = sent(city.here.keeper, office, cards)
        assert {place_of(card) for card in cards} == {(Place.TRANSIT, office.pk)}
        assert tallies([shipment.pk])[shipment.pk].under_way == 3
        event = Event.objects.filter(act="handover.send").first()
        assert event is not None
        assert event.actor_id == city.here.keeper.user_id
        assert shipment.boxes.get().last_row == 3

    def test_the_same_form_twice_gives_the_first_list(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here, count=2)
        key = make.key()

        def once() -> commands.Sent:
            return commands.send_cards(
                chosen=chosen(cards), receiver_id=office.pk, words="", by=city.here.keeper,
                at=NOON, key=key,
            )  # fmt: skip

        first, second = once(), once()
        assert second.repeated
        assert first.shipment == second.shipment
        assert Shipment.objects.count() == 1

    @pytest.mark.article(5)
    def test_never_to_the_neighbour_county_nor_to_oneself(self, city: City) -> None:
        cards = make.received_cards(city, city.here)
        by = city.here.keeper
        assert codes(lambda: sent(by, city.neighbour.card_body, cards)) == ["RECEIVER_UNFIT"]
        assert codes(lambda: sent(by, city.here.card_body, cards)) == ["RECEIVER_UNFIT"]

    @pytest.mark.article(5)
    def test_the_neighbour_cannot_give_our_cards(self, city: City) -> None:
        cards = make.received_cards(city, city.here)
        by = city.neighbour.keeper
        assert codes(lambda: sent(by, city.neighbour.window, cards)) == ["OUT_OF_REACH"]

    def test_whoever_has_the_cards_gives_them(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here, count=2)
        received(sent(city.here.keeper, office, cards), clerk, "A-1-01")
        again = codes(lambda: sent(city.here.keeper, city.here.window, cards))
        assert again == ["OUT_OF_REACH", "OUT_OF_REACH"]
        onward = sent(clerk, city.here.window, cards)
        assert onward.sender == office

    def test_a_role_that_keeps_no_cards_does_not_give_any(self, city: City) -> None:
        cards = make.received_cards(city, city.here)
        assert codes(lambda: sent(city.here.reviewer, city.here.window, cards)) == ["ROLE_MAY_NOT"]

    def test_refuses_cards_issued_or_unknown_and_sends_the_rest_when_asked(
        self, city: City
    ) -> None:
        office, _ = agency(city)
        good, bad = make.received_cards(city, city.here, count=2)
        issued = make.issued_card(city, city.here)
        given = from_numbers(f"{good.number}\n{issued.number} {good.number}，Z00000001")

        def send(*, leave_out: bool) -> commands.Sent:
            return commands.send_cards(
                chosen=given, receiver_id=office.pk, words="", by=city.here.keeper, at=NOON,
                key=make.key(), leave_out=leave_out,
            )  # fmt: skip

        found = codes(lambda: send(leave_out=False))
        assert sorted(found) == ["ALREADY_ISSUED", "CARD_NUMBER_UNKNOWN"]
        assert place_of(good)[0] == Place.STORE
        done = send(leave_out=True)
        assert len(done.left_out) == 2
        assert place_of(good) == (Place.TRANSIT, office.pk)
        assert place_of(bad)[0] == Place.STORE

    def test_nothing_chosen_is_said(self, city: City) -> None:
        assert codes(lambda: sent(city.here.keeper, city.here.window)) == ["NOTHING_CHOSEN"]

    @pytest.mark.article(8, 3)
    def test_a_unit_or_village_takes_cards_by_sheet_alone(self, city: City) -> None:
        unit = make.organization("示范公司", Kind.UNIT, parent=city.here.county)
        village = make.organization("东关村", Kind.VILLAGE, parent=city.here.town)
        cards = make.received_cards(city, city.here)
        for office in (unit, village):
            assert codes(lambda to=office: sent(city.here.keeper, to, cards)) == [
                "UNIT_TAKES_BY_SHEET"
            ]

    def test_a_town_takes_none_before_handlers_letter_and_plan_are_on_file(
        self, city: City
    ) -> None:
        cards = make.received_cards(city, city.here)
        assert codes(lambda: sent(city.here.keeper, city.here.town, cards)) == [
            "LETTER_NOT_VALID", "KEEPING_PLAN_MISSING",
        ]  # fmt: skip

    @pytest.mark.article(20)
    def test_a_town_whose_letter_was_revoked_on_the_way_receives_nothing(self, city: City) -> None:
        town = make.ready_unit(city.here, kind=Kind.TOWN, name="城关镇")
        helper = make.worker("镇协办员", Role.VILLAGE_HELPER, town)
        (card,) = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, town, [card])
        UnitLetter.objects.filter(organization=town).update(revoked_on=local_day(NOON))
        assert codes(lambda: received(shipment, helper, card.number)) == ["LETTER_NOT_VALID"]
        assert place_of(card) == (Place.TRANSIT, town.pk)
        UnitLetter.objects.filter(organization=town).update(revoked_on=None)
        received(shipment, helper, card.number)
        assert place_of(card) == (Place.STORE, town.pk)

    @pytest.mark.article(5)
    def test_a_bank_takes_cards_of_its_own_only(self, city: City) -> None:
        branch = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
        other = make.organization("另一银行", Kind.BANK, parent=city.city)
        others = make.organization("另一银行支行", Kind.BRANCH, parent=other)
        cards = make.received_cards(city, city.here)
        assert codes(lambda: sent(city.here.keeper, others, cards)) == ["OTHER_BANKS_CARD"]
        teller = make.worker("柜员", Role.BANK_TELLER, branch)
        received(sent(city.here.keeper, branch, cards), teller, cards[0].number)
        assert place_of(cards[0]) == (Place.STORE, branch.pk)

    @pytest.mark.article(17)
    def test_an_outlet_gives_back_to_the_county_what_nobody_fetched(self, city: City) -> None:
        branch = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
        teller = make.worker("柜员", Role.BANK_TELLER, branch)
        cards = make.received_cards(city, city.here, count=2)
        numbers = [card.number for card in cards]
        received(sent(city.here.keeper, branch, cards), teller, *numbers)
        assert [office.name for office in receivers(teller)] == [city.here.card_body.name]
        assert codes(lambda: sent(teller, city.neighbour.card_body, cards)) == ["RECEIVER_UNFIT"]
        received(sent(teller, city.here.card_body, cards), city.here.keeper, *numbers)
        assert {place_of(card) for card in cards} == {(Place.STORE, city.here.card_body.pk)}
        assert recount().holds

    def test_each_card_of_an_outlet_comes_home_to_its_own_county(self, city: City) -> None:
        teller = make.worker("柜员", Role.BANK_TELLER, city.bank)
        ours, theirs = (
            make.received_cards(city, county) for county in (city.here, city.neighbour)
        )
        for cards, county in ((ours, city.here), (theirs, city.neighbour)):
            received(sent(county.keeper, city.bank, cards), teller, cards[0].number)
        assert codes(lambda: sent(teller, city.here.card_body, ours + theirs)) == [
            "DESTINATION_OUT_OF_REACH"
        ]
        received(sent(teller, city.here.card_body, ours), city.here.keeper, ours[0].number)
        assert place_of(theirs[0]) == (Place.STORE, city.bank.pk)

    def test_the_city_hands_down_to_a_county(self, city: City) -> None:
        centre = make.organization("市局信息中心", Kind.INFO_CENTRE, parent=city.city)
        manager = make.worker("管理员", Role.CITY_MANAGER, centre)
        cards = make.received_cards(city, city.here, count=2)
        received(sent(city.here.keeper, centre, cards), manager, *(c.number for c in cards))
        down = sent(manager, city.neighbour.card_body, cards)
        received(down, city.neighbour.keeper, "A-1-01")
        assert place_of(cards[0]) == (Place.STORE, city.neighbour.card_body.pk)


class TestCountingIn:
    def test_receives_what_was_scanned_and_signs_with_the_receivers_event(
        self, city: City
    ) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here, count=3)
        shipment = sent(city.here.keeper, office, cards)
        closed = received(shipment, clerk, *(card.number for card in cards))
        assert (closed.expected, closed.found, closed.short, closed.extra) == (3, 3, 0, 0)
        assert {place_of(card) for card in cards} == {(Place.STORE, office.pk)}
        events = Event.objects.filter(act="handover.receive")
        assert {event.actor_id for event in events} == {clerk.user_id}
        assert all('"scanned":true' in event.facts for event in events)
        assert recount().holds

    def test_whole_sealed_boxes_by_label_or_seal_and_a_sample_of_cards(self, city: City) -> None:
        office, clerk = agency(city)
        first = make.received_cards(city, city.here, count=4)
        second = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, first, second, seal="F-77")
        closed = received(shipment, clerk, "A-1-01", first[2].number, "a-1-02")
        assert closed.found == 6
        by_scan = Event.objects.filter(act="handover.receive", facts__contains='"scanned":true')
        assert [event.subject_id for event in by_scan] == [first[2].pk]

    def test_the_same_scan_twice_is_one(self, city: City) -> None:
        office, clerk = agency(city)
        (card,) = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, office, [card])
        scanned(shipment, clerk, card.number, card.number, card.number.lower())
        assert HandDownScan.objects.count() == 1

    def test_a_card_not_on_the_list_is_refused_and_kept_for_the_difference_sheet(
        self, city: City
    ) -> None:
        office, clerk = agency(city)
        card, stray = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, [card])
        count = scanned(shipment, clerk, card.number)
        assert codes(lambda: scanned(shipment, clerk, stray.number)) == ["NOT_OF_THIS_LIST"]
        assert finding_of(shipment, count_id=count.pk).strange == (stray.number,)
        assert place_of(stray)[0] == Place.STORE

    def test_a_box_of_another_list_is_refused(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, office, cards)
        strange = scan_code(BOX, "611002", "B-9-01")
        assert codes(lambda: scanned(shipment, clerk, strange)) == ["BOX_NOT_OF_LIST"]
        received(shipment, clerk, scan_code(BOX, "611002", "A-1-01"))

    def test_a_difference_needs_its_reason_and_a_second_person(self, city: City) -> None:
        office, clerk = agency(city)
        here, lost = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, [here, lost])
        count = scanned(shipment, clerk, here.number)

        def close(words: str, second: object = None) -> object:
            return arrival_commands.finish_count(
                count_id=count.pk, words=words, by=clerk, second=second,  # type: ignore[arg-type]
                at=NOON, key=make.key(),
            )  # fmt: skip

        assert codes(lambda: close("")) == ["SECOND_PERSON_MISSING", "REASON_MISSING"]
        assert codes(lambda: close("少一张", clerk)) == ["SECOND_PERSON_SAME"]
        assert codes(lambda: close("少一张", city.neighbour.keeper)) == ["SECOND_PERSON_MAY_NOT"]
        assert place_of(here)[0] == Place.TRANSIT
        close("盒内少一张，已电话告知", city.here.keeper)
        assert place_of(here) == (Place.STORE, office.pk)
        assert place_of(lost) == (Place.TRANSIT, office.pk)
        assert HandDownMissing.objects.get().card_id == lost.pk
        event = Event.objects.get(act="handover.note_difference")
        assert event.second_id == city.here.keeper.user_id
        assert recount().holds

    def test_a_short_card_that_turns_up_is_counted_in_later(self, city: City) -> None:
        office, clerk = agency(city)
        here, late = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, [here, late])
        count = scanned(shipment, clerk, here.number)
        arrival_commands.finish_count(
            count_id=count.pk, words="少一张", by=clerk, second=city.here.keeper, at=NOON,
            key=make.key(),
        )  # fmt: skip
        again = received(shipment, clerk, late.number)
        assert (again.expected, again.found) == (1, 1)
        assert recount().holds

    def test_a_list_received_twice_is_refused(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, office, cards)
        count = received(shipment, clerk, cards[0].number)
        assert codes(lambda: scanned(shipment, clerk)) == ["LIST_RECEIVED"]
        close = lambda: arrival_commands.finish_count(  # noqa: E731
            count_id=count.pk, by=clerk, at=NOON, key=make.key()
        )
        assert codes(close) == ["ARRIVAL_CLOSED"]
        assert Movement.objects.filter(act="handover.receive").count() == 1

    def test_the_same_close_twice_changes_nothing(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here)
        count = scanned(sent(city.here.keeper, office, cards), clerk, cards[0].number)
        key = make.key()
        for _ in range(2):
            closed = arrival_commands.finish_count(count_id=count.pk, by=clerk, at=NOON, key=key)
        assert closed.found == 1
        assert Event.objects.filter(act="handover.receive").count() == 1

    @pytest.mark.article(5)
    def test_only_the_receiver_counts_in(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, office, cards)
        for by in (city.here.keeper, city.neighbour.keeper, city.here.clerk):
            assert codes(lambda who=by: scanned(shipment, who)) == ["LIST_NOT_YOURS"]

    def test_a_scan_is_taken_back(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, cards)
        count = scanned(shipment, clerk, cards[0].number, "A-1-01")
        remove = arrival_commands.remove_scan
        assert remove(shipment_id=shipment.pk, text="A-1-01", by=clerk)
        assert not remove(shipment_id=shipment.pk, text="A-1-01", by=clerk)
        assert len(finding_of(shipment, count_id=count.pk).missing) == 1


class TestRecall:
    def recall(self, city: City, shipment: Shipment, *cards: int, words: str = "分错了") -> object:
        return commands.recall_cards(
            shipment_id=shipment.pk, card_ids=cards, words=words, by=city.here.keeper, at=NOON,
            key=make.key(),
        )  # fmt: skip

    def test_what_nobody_acknowledged_is_with_the_sender_at_once(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, cards)
        done = self.recall(city, shipment, cards[0].pk)
        assert done == commands.Recalled(taken_back=1, asked=0)
        assert place_of(cards[0]) == (Place.STORE, city.here.card_body.pk)
        assert place_of(cards[1]) == (Place.TRANSIT, office.pk)
        assert recount().holds

    def test_what_was_acknowledged_the_receiver_is_asked_to_send_back(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, cards)
        received(shipment, clerk, "A-1-01")
        assert self.recall(city, shipment, cards[0].pk) == commands.Recalled(0, 1)
        assert Recall.objects.get().card_id == cards[0].pk
        assert place_of(cards[0]) == (Place.STORE, office.pk)
        on = local_day(NOON)
        waiting = {"view": "recall", "wanted": "", "sort": "new", "at": NOON, "on": on}
        assert shipments(clerk, **waiting).count() == 1  # type: ignore[arg-type]
        back = sent(clerk, city.here.card_body, [cards[0]])
        received(back, city.here.keeper, cards[0].number)
        assert shipments(clerk, **waiting).count() == 0  # type: ignore[arg-type]

    def test_a_card_already_issued_is_refused_with_the_way_out(self, city: City) -> None:
        waiting, given_out = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, city.here.window, [waiting, given_out])
        count = scanned(shipment, city.here.clerk, given_out.number)
        arrival_commands.finish_count(
            count_id=count.pk, words="另一张未到", by=city.here.clerk,
            second=city.here.reviewer, at=NOON, key=make.key(),
        )  # fmt: skip
        make.perform(make.issue_step(given_out), by=city.here.clerk, at=NOON, key=make.key())
        with pytest.raises(Refused) as refused:
            self.recall(city, shipment, waiting.pk, given_out.pk)
        (refusal,) = refused.value.refusals
        assert refusal.code == "ALREADY_ISSUED"
        assert "撤销发放" in refusal.way_out
        assert place_of(waiting)[0] == Place.TRANSIT
        both, key = [waiting.pk, given_out.pk], make.key()
        for left_out in (1, 0):
            done = commands.recall_cards(
                shipment_id=shipment.pk, card_ids=both, words="分错了", by=city.here.keeper,
                at=NOON, key=key, leave_out=True,
            )  # fmt: skip
            assert (done.taken_back, len(done.left_out)) == (1, left_out)
        assert place_of(waiting) == (Place.STORE, city.here.card_body.pk)
        assert recount().holds

    def test_without_a_reason_nothing_comes_back(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, office, cards)
        assert codes(lambda: self.recall(city, shipment, cards[0].pk, words=" ")) == [
            "REASON_MISSING"
        ]
        received(shipment, clerk, cards[0].number)
        assert codes(lambda: self.recall(city, shipment, cards[0].pk, words=" ")) == [
            "REASON_MISSING"
        ]

    @pytest.mark.article(5)
    def test_only_the_sender_calls_back(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, office, cards)

        def by(who: object) -> list[str]:
            return codes(
                lambda: commands.recall_cards(
                    shipment_id=shipment.pk,
                    card_ids=[cards[0].pk],
                    words="要回",
                    at=NOON,
                    by=who,
                    key=make.key(),  # type: ignore[arg-type]
                )
            )

        assert by(city.here.clerk) == ["LIST_NOT_YOURS"]
        assert "OUT_OF_REACH" in by(city.neighbour.keeper)
        assert by(city.here.reviewer) == ["ROLE_MAY_NOT"]

    def test_a_card_of_another_list_is_not_called_back_by_this_one(self, city: City) -> None:
        office, _ = agency(city)
        mine, others = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, [mine])
        sent(city.here.keeper, office, [others])
        assert codes(lambda: self.recall(city, shipment, others.pk)) == ["NOT_OF_THIS_LIST"]


class TestReroute:
    def test_gives_what_is_under_way_to_another_office(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here, count=3)
        shipment = sent(city.here.keeper, office, cards[:2], cards[2:])
        key = make.key()

        def once() -> commands.Sent:
            return commands.reroute_cards(
                shipment_id=shipment.pk, receiver_id=city.here.window.pk, words="改由窗口发",
                by=city.here.keeper, at=NOON, key=key,
            )  # fmt: skip

        new = once().shipment
        assert once().shipment == new
        assert tallies([shipment.pk, new.pk])[shipment.pk].under_way == 0
        assert tallies([new.pk])[new.pk].under_way == 3
        assert [box.code for box in new.boxes.order_by("first_row")] == ["A-1-01", "A-1-02"]
        received(new, city.here.clerk, "A-1-01", "A-1-02")
        assert place_of(cards[2]) == (Place.STORE, city.here.window.pk)
        assert recount().holds

    def test_is_refused_when_all_was_acknowledged(self, city: City) -> None:
        office, clerk = agency(city)
        cards = make.received_cards(city, city.here)
        shipment = sent(city.here.keeper, office, cards)
        received(shipment, clerk, cards[0].number)
        again = lambda: commands.reroute_cards(  # noqa: E731
            shipment_id=shipment.pk, receiver_id=city.here.window.pk, words="改",
            by=city.here.keeper, at=NOON, key=make.key(),
        )  # fmt: skip
        assert codes(again) == ["LIST_RECEIVED"]


class TestOverdue:
    def test_in_transit_longer_than_the_parameter_is_listed(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here)
        sent(city.here.keeper, office, cards)

        def late(days: int) -> int:
            at = NOON + timedelta(days=days, hours=1)
            return shipments(
                city.here.keeper, view="late", wanted="", sort="new", at=at, on=local_day(at)
            ).count()

        assert late(1) == 0
        assert late(30) == 1


def test_an_office_that_is_gone_gets_nothing(city: City) -> None:
    office, _ = agency(city)
    Organization.objects.filter(pk=office.pk).update(valid_to=local_day(NOON), in_force=False)
    cards = make.received_cards(city, city.here)
    with pytest.raises(Organization.DoesNotExist):
        sent(city.here.keeper, office, cards)


def test_what_an_agency_was_given_is_not_the_countys_to_sort(city: City) -> None:
    office, clerk = agency(city)
    (card,) = make.received_cards(city, city.here)
    received(sent(city.here.keeper, office, [card]), clerk, card.number)
    by = city.here.keeper
    assert piles(by=by, order="batch") == []
    box = open_box(cabinet="A", shelf="1", box="01", capacity=9, label="", by=by)
    assert codes(
        lambda: put_card(text=card.number, account_id=box.pk, by=by, at=NOON, key=make.key())
    ) == ["OUT_OF_REACH"]


def test_a_thousand_cards_in_ten_boxes_with_a_sample_of_fifty(city: City) -> None:
    """J7 for hand-downs: ten labels, fifty cards, one close."""
    cards = make.received_cards(city, city.here, people=[make.person()] * 1000)
    boxes = [cards[first : first + 100] for first in range(0, 1000, 100)]
    centre = make.organization("市局信息中心", Kind.INFO_CENTRE, parent=city.city)
    manager = make.worker("管理员", Role.CITY_MANAGER, centre)
    shipment = sent(city.here.keeper, centre, *boxes)
    labels = [f"A-1-{place:02d}" for place in range(1, 11)]
    closed = received(shipment, manager, *labels, *(card.number for card in cards[::20]))
    assert (closed.expected, closed.found) == (1000, 1000)
    by_scan = Event.objects.filter(act="handover.receive", facts__contains='"scanned":true')
    assert by_scan.count() == 50
