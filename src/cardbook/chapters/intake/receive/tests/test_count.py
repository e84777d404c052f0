"""The blind count of a box and its receipt (Art. 6): what is received, refused, and said once."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.intake.models import Count, CountScan, DeliveryBox
from cardbook.chapters.intake.receive import commands
from cardbook.chapters.intake.receive.commands import (
    abandon_count,
    close_count,
    remove_scan,
    scan_card,
    start_count,
)
from cardbook.chapters.intake.receive.queries import judge_scans
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, arrive, counted
from cardbook.custody.models import Position, Posting
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.plain import InputError
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import clean_picture
from cardbook.testing import factories as make
from cardbook.testing import pictures
from cardbook.testing.factories import NOON, City, County

pytestmark = pytest.mark.article(6)
PHOTO = clean_picture(pictures.jpeg())


@pytest.fixture
def arrived(city: City) -> Arrived:
    return arrive(city, city.here, {"1-1": 5, "1-2": 3})


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def begin(county: County, box: DeliveryBox, numbers: list[str] = []) -> Count:  # noqa: B006
    count = start_count(box_id=box.pk, by=county.keeper, at=NOON)
    for number in numbers:
        scan_card(count_id=count.pk, text=number, by=county.keeper)
    return count


def close(count: Count, county: County, **changes: object) -> tuple[Count, Done | None]:
    given = {"by": county.keeper, "second": county.reviewer, "at": NOON, "key": make.key()}
    return close_count(count_id=count.pk, **(given | changes))  # type: ignore[arg-type]


def places(arrived: Arrived, box: str) -> list[str]:
    cards = [card.pk for card in arrived.cards[box]]
    found = Position.objects.filter(card__in=cards).order_by("card_id")
    return list(found.values_list("account__kind", flat=True))


class TestStartCount:
    def test_opens_one_count_that_remembers_the_seal(self, city: City, arrived: Arrived) -> None:
        count = start_count(
            box_id=arrived.box_of("1-1").pk, by=city.here.keeper, at=NOON, seal_number="F-0071"
        )
        assert (count.seal_number, count.seal_intact, count.closed_at) == ("F-0071", True, None)

    def test_lets_a_second_person_join_the_same_count(self, city: City, arrived: Arrived) -> None:
        box = arrived.box_of("1-1")
        first = start_count(box_id=box.pk, by=city.here.keeper, at=NOON, seal_number="F-0071")
        colleague = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
        joined = start_count(box_id=box.pk, by=colleague, at=NOON, seal_number="other")
        assert (joined.pk, joined.seal_number) == (first.pk, "F-0071")

    def test_knows_no_box_of_the_neighbour_county(self, city: City, arrived: Arrived) -> None:
        with pytest.raises(DeliveryBox.DoesNotExist):
            start_count(box_id=arrived.box_of("1-1").pk, by=city.neighbour.keeper, at=NOON)

    @pytest.mark.parametrize("who", ["clerk", "reviewer", "auditor"])
    def test_refuses_other_roles(self, city: City, arrived: Arrived, who: str) -> None:
        with pytest.raises(Refused) as refused:
            start_count(box_id=arrived.box_of("1-1").pk, by=getattr(city.here, who), at=NOON)
        assert codes(refused) == {"ROLE_MAY_NOT"}
        assert not Count.objects.exists()


class TestABrokenSeal:
    def start(self, city: City, arrived: Arrived, **seal: object) -> Count:
        return start_count(
            box_id=arrived.box_of("1-1").pk,
            by=city.here.keeper,
            at=NOON,
            seal_intact=False,
            **seal,  # type: ignore[arg-type]
        )

    def test_is_told_in_words_and_pictured(self, city: City, arrived: Arrived) -> None:
        with pytest.raises(Refused) as refused:
            self.start(city, arrived)
        assert codes(refused) == {"REASON_MISSING", "IMAGE_MISSING"}
        assert not Count.objects.exists()

    def test_goes_into_the_ledger_with_its_picture(
        self, city: City, arrived: Arrived, settings: Any, tmp_path: Path
    ) -> None:
        settings.PAPERS_ROOT = tmp_path
        count = self.start(city, arrived, remarks="封条一角撕开", seal_photo=PHOTO)
        numbers = arrived.numbers("1-1")
        for number in numbers:
            scan_card(count_id=count.pk, text=number, by=city.here.keeper)
        close(count, city.here)
        event = Event.objects.get(act="delivery.receive", subject_id=arrived.cards["1-1"][0].pk)
        assert event.papers == [f"seal_photo:{count.seal_photo}"]
        assert '"seal_intact":false' in event.facts

    def test_is_refused_with_the_whole_box_where_the_city_says_so(
        self, city: City, arrived: Arrived, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def rule(key: str, *, on: date) -> str:
            assert (key, on) == ("broken_seal_rule", date(2026, 11, 20))
            return "refuse"

        monkeypatch.setattr(commands, "value", rule)
        with pytest.raises(Refused) as refused:
            self.start(city, arrived, remarks="封条撕开", seal_photo=PHOTO)
        assert codes(refused) == {"SEAL_REFUSED"}


class TestScanCard:
    def test_counts_a_number_once(self, city: City, arrived: Arrived) -> None:
        count = begin(city.here, arrived.box_of("1-1"))
        number = arrived.numbers("1-1")[0]
        first, new = scan_card(count_id=count.pk, text=number, by=city.here.keeper)
        again, new_again = scan_card(count_id=count.pk, text=number.lower(), by=city.here.keeper)
        assert (new, new_again, first.pk == again.pk) == (True, False, True)
        assert count.scans.count() == 1

    @pytest.mark.parametrize("text", ["", "12345678", "ABC－123：", "999999198005170011"])
    def test_says_when_the_text_is_no_card_number(
        self, city: City, arrived: Arrived, text: str
    ) -> None:
        count = begin(city.here, arrived.box_of("1-1"))
        with pytest.raises(InputError, match="卡号"):
            scan_card(count_id=count.pk, text=text, by=city.here.keeper)
        assert not count.scans.exists()

    def test_does_not_tell_whether_the_card_is_expected(
        self, city: City, arrived: Arrived
    ) -> None:
        count = begin(city.here, arrived.box_of("1-1"))
        expected, _ = scan_card(
            count_id=count.pk, text=arrived.numbers("1-1")[0], by=city.here.keeper
        )
        stranger, _ = scan_card(count_id=count.pk, text="X00000000", by=city.here.keeper)
        assert (expected.result, stranger.result) == ("", "")

    def test_refuses_a_scan_after_the_close(self, city: City, arrived: Arrived) -> None:
        closed = counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        with pytest.raises(Refused) as refused:
            scan_card(count_id=closed.pk, text="X00000000", by=city.here.keeper)
        assert codes(refused) == {"ALREADY_COUNTED"}

    def test_knows_no_count_of_the_neighbour_county(self, city: City, arrived: Arrived) -> None:
        count = begin(city.here, arrived.box_of("1-1"))
        with pytest.raises(Count.DoesNotExist):
            scan_card(count_id=count.pk, text="X00000000", by=city.neighbour.keeper)

    def test_refuses_other_roles(self, city: City, arrived: Arrived) -> None:
        count = begin(city.here, arrived.box_of("1-1"))
        with pytest.raises(Refused) as refused:
            scan_card(count_id=count.pk, text="X00000000", by=city.here.clerk)
        assert codes(refused) == {"ROLE_MAY_NOT"}


class TestTakeBack:
    def test_takes_a_mistaken_scan_back(self, city: City, arrived: Arrived) -> None:
        count = begin(city.here, arrived.box_of("1-1"), ["X00000000"])
        assert remove_scan(count_id=count.pk, number="X00000000", by=city.here.keeper)
        assert not remove_scan(count_id=count.pk, number="X00000000", by=city.here.keeper)
        assert not count.scans.exists()

    def test_leaves_a_closed_count_as_it_is(self, city: City, arrived: Arrived) -> None:
        numbers = arrived.numbers("1-1")
        closed = counted(city.here, arrived.box_of("1-1"), numbers)
        with pytest.raises(Refused) as refused:
            remove_scan(count_id=closed.pk, number=numbers[0], by=city.here.keeper)
        assert codes(refused) == {"ALREADY_COUNTED"}
        assert closed.scans.count() == 5

    def test_abandons_a_count_without_scans(self, city: City, arrived: Arrived) -> None:
        count = begin(city.here, arrived.box_of("1-1"))
        assert abandon_count(count_id=count.pk, by=city.here.keeper).code == "1-1"
        assert not Count.objects.exists()

    def test_does_not_abandon_what_was_scanned(self, city: City, arrived: Arrived) -> None:
        count = begin(city.here, arrived.box_of("1-1"), ["X00000000"])
        with pytest.raises(Refused) as refused:
            abandon_count(count_id=count.pk, by=city.here.keeper)
        assert codes(refused) == {"COUNT_HAS_SCANS"}
        assert Count.objects.filter(pk=count.pk).exists()


class TestCloseCount:
    def test_receives_a_box_that_is_right(self, city: City, arrived: Arrived) -> None:
        closed = counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        assert (closed.expected, closed.found, closed.short) == (5, 5, 0)
        assert (closed.extra, closed.misrouted) == (0, 0)
        assert places(arrived, "1-1") == [Place.STORE] * 5
        assert places(arrived, "1-2") == [Place.TRANSIT] * 3
        card = Card.objects.get(pk=arrived.cards["1-1"][0].pk)
        event = Event.objects.get(subject_kind="card", subject_id=card.pk, seq=card.version)
        assert (event.act, event.second_id) == ("delivery.receive", city.here.reviewer.user_id)
        assert "第六条" in event.basis
        posted = Posting.objects.filter(card=card, movement__batch=event.batch)
        assert sorted(posted.values_list("amount", "account__kind")) == [
            (-1, Place.TRANSIT),
            (1, Place.STORE),
        ]

    def test_keeps_short_cards_in_transit_with_their_event(
        self, city: City, arrived: Arrived
    ) -> None:
        closed = counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:4])
        assert (closed.expected, closed.found, closed.short) == (5, 4, 1)
        assert places(arrived, "1-1") == [Place.STORE] * 4 + [Place.TRANSIT]
        short = Card.objects.get(pk=arrived.cards["1-1"][4].pk)
        event = Event.objects.get(subject_kind="card", subject_id=short.pk, seq=short.version)
        assert (event.act, short.stage) == ("delivery.note_shortage", "in_custody")
        assert Posting.objects.filter(card=short).count() == 2  # no movement but the first

    def test_receives_a_card_of_another_box_where_it_lay(
        self, city: City, arrived: Arrived
    ) -> None:
        stray = arrived.numbers("1-2")[0]
        first = counted(city.here, arrived.box_of("1-1"), [*arrived.numbers("1-1"), stray])
        assert (first.found, first.short, first.extra) == (5, 0, 1)
        second = counted(city.here, arrived.box_of("1-2"), arrived.numbers("1-2")[1:])
        assert (second.expected, second.found, second.short) == (3, 2, 1)
        assert places(arrived, "1-2") == [Place.STORE] * 3
        assert not Event.objects.filter(act="delivery.note_shortage").exists()

    def test_records_strangers_and_leaves_them_where_the_book_says(
        self, city: City, arrived: Arrived
    ) -> None:
        (theirs,) = make.cards_in_transit(city, city.neighbour)
        (ours_unlisted,) = make.cards_in_transit(city, city.here)
        numbers = [*arrived.numbers("1-1"), theirs.number, ours_unlisted.number, "X00000000"]
        closed = counted(city.here, arrived.box_of("1-1"), numbers)
        assert (closed.found, closed.extra, closed.misrouted) == (5, 2, 1)
        results = dict(CountScan.objects.values_list("number", "result"))
        assert results[theirs.number] == "misrouted"
        assert results[ours_unlisted.number] == results["X00000000"] == "unknown"
        for stranger in (theirs, ours_unlisted):
            before = stranger.version
            stranger.refresh_from_db()
            assert stranger.version == before
            assert stranger.position.account.kind == Place.TRANSIT

    def test_receives_into_the_store_of_the_deliverys_office(
        self, city: City, arrived: Arrived
    ) -> None:
        manager = make.worker("市管理员", Role.CITY_MANAGER, city.city)
        other = make.worker("市管理员乙", Role.CITY_MANAGER, city.city)
        count = begin(city.here, arrived.box_of("1-2"), arrived.numbers("1-2"))
        close(count, city.here, by=manager, second=other)
        account = Position.objects.get(card=arrived.cards["1-2"][0]).account
        assert (account.kind, account.organization_id) == (Place.STORE, city.here.card_body.pk)

    @pytest.mark.parametrize(
        ("second", "code"),
        [
            ("keeper", "SECOND_PERSON_SAME"),
            ("clerk", "SECOND_PERSON_MAY_NOT"),
            ("auditor", "SECOND_PERSON_MAY_NOT"),
        ],
    )
    def test_refuses_a_second_who_may_not_sign_and_keeps_the_count(
        self, city: City, arrived: Arrived, second: str, code: str
    ) -> None:
        count = begin(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        with pytest.raises(Refused) as refused:
            close(count, city.here, second=getattr(city.here, second))
        assert codes(refused) == {code}
        count.refresh_from_db()
        assert (count.closed_at, count.scans.count()) == (None, 5)
        assert places(arrived, "1-1") == [Place.TRANSIT] * 5

    def test_refuses_a_second_of_the_neighbour_county(self, city: City, arrived: Arrived) -> None:
        count = begin(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        with pytest.raises(Refused) as refused:
            close(count, city.here, second=city.neighbour.reviewer)
        assert codes(refused) == {"SECOND_PERSON_MAY_NOT"}

    def test_knows_no_count_of_the_neighbour_county(self, city: City, arrived: Arrived) -> None:
        count = begin(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        with pytest.raises(Count.DoesNotExist):
            close(count, city.neighbour)

    def test_refuses_other_roles(self, city: City, arrived: Arrived) -> None:
        count = begin(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        with pytest.raises(Refused) as refused:
            close(count, city.here, by=city.here.clerk)
        assert codes(refused) == {"ROLE_MAY_NOT"}

    def test_takes_nothing_scanned_for_a_slip_unless_the_box_is_called_empty(
        self, city: City, arrived: Arrived
    ) -> None:
        count = begin(city.here, arrived.box_of("1-2"))
        with pytest.raises(Refused) as refused:
            close(count, city.here)
        assert codes(refused) == {"BOX_NOT_CALLED_EMPTY"}
        closed, _ = close(count, city.here, called_empty=True)
        assert (closed.expected, closed.found, closed.short) == (3, 0, 3)

    def test_whoever_closes_signs_even_when_the_other_began(
        self, city: City, arrived: Arrived
    ) -> None:
        colleague = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
        count = begin(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        closed, _ = close(count, city.here, by=colleague, second=city.here.keeper)
        assert closed.counted_by_id == colleague.user_id
        assert closed.witness_id == city.here.keeper.user_id


class TestClosingTwice:
    def test_gives_the_same_two_people_their_first_receipt(
        self, city: City, arrived: Arrived
    ) -> None:
        count = begin(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        first, done = close(count, city.here, key="same")
        again, nothing = close(count, city.here, key="same")
        assert (again.pk, again.closed_at) == (first.pk, first.closed_at)
        assert done is not None and nothing is None
        assert Event.objects.filter(act="delivery.receive").count() == 5

    def test_tells_others_that_they_came_too_late(self, city: City, arrived: Arrived) -> None:
        colleague = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
        count = begin(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        close(count, city.here)
        with pytest.raises(Refused) as refused:
            close(count, city.here, by=colleague)
        assert codes(refused) == {"ALREADY_COUNTED"}


class TestCountingAgain:
    def test_closes_without_an_act_when_all_cards_were_received_before(
        self, city: City, arrived: Arrived
    ) -> None:
        numbers = arrived.numbers("1-1")
        counted(city.here, arrived.box_of("1-1"), numbers)
        events = Event.objects.count()
        count = begin(city.here, arrived.box_of("1-1"), numbers)
        again, done = close(count, city.here)
        assert (again.expected, again.found, again.short, done) == (5, 5, 0, None)
        assert again.witness_id == city.here.reviewer.user_id
        assert Event.objects.count() == events

    def test_still_needs_an_entitled_second(self, city: City, arrived: Arrived) -> None:
        numbers = arrived.numbers("1-1")
        counted(city.here, arrived.box_of("1-1"), numbers)
        count = begin(city.here, arrived.box_of("1-1"), numbers)
        with pytest.raises(Refused) as refused:
            close(count, city.here, second=city.here.keeper)
        assert codes(refused) == {"SECOND_PERSON_SAME"}

    def test_receives_what_was_short_the_first_time(self, city: City, arrived: Arrived) -> None:
        numbers = arrived.numbers("1-1")
        counted(city.here, arrived.box_of("1-1"), numbers[:3])
        again = counted(city.here, arrived.box_of("1-1"), numbers)
        assert (again.found, again.short) == (5, 0)
        assert places(arrived, "1-1") == [Place.STORE] * 5

    def test_finds_a_card_that_was_called_missing(self, city: City, arrived: Arrived) -> None:
        lost = arrived.cards["1-1"][4]
        numbers = arrived.numbers("1-1")
        counted(city.here, arrived.box_of("1-1"), numbers[:4])
        commands.explain_difference(
            card_ids=[lost.pk],
            found=False,
            words="向制卡机构查询无果",
            by=city.here.keeper,
            second=city.here.reviewer,
            at=NOON,
            key=make.key(),
        )
        counted(city.here, arrived.box_of("1-1"), numbers)
        lost.refresh_from_db()
        assert (lost.stage, lost.position.account.kind) == ("in_custody", Place.STORE)


class TestPerformance:
    def test_counts_a_box_of_a_delivery_of_five_thousand_in_few_queries(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        boxes = {f"1-{n:02d}": 200 for n in range(1, 26)}
        arrived = arrive(city, city.here, boxes, holder=make.person())
        count = begin(city.here, arrived.box_of("1-07"))
        numbers = [*arrived.numbers("1-07")[:-1], arrived.numbers("1-08")[0]]
        CountScan.objects.bulk_create(CountScan(count=count, number=n) for n in numbers)
        with django_assert_max_num_queries(4):
            finding = judge_scans(
                Count.objects.select_related("box__delivery__organization").get(pk=count.pk)
            )
        assert (len(finding.received_ids), len(finding.short_ids)) == (200, 1)
        with django_assert_max_num_queries(36):
            closed, _ = close(count, city.here)
        assert (closed.found, closed.short, closed.extra) == (199, 1, 1)

    def test_keeps_a_scan_in_few_queries(
        self,
        city: City,
        arrived: Arrived,
        django_assert_max_num_queries: DjangoAssertNumQueries,
    ) -> None:
        count = begin(city.here, arrived.box_of("1-1"))
        with django_assert_max_num_queries(7):
            scan_card(count_id=count.pk, text="X00000000", by=city.here.keeper)


def together(*works: Callable[[], object]) -> list[object]:
    """Run at the same moment, each over its own connection; answers or the exceptions."""
    answers: list[object] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            answers[place] = work()
        except Exception as problem:
            answers[place] = problem
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.trust("R6")
@pytest.mark.usefixtures("fresh_database")
class TestTwoAtOnce:
    def test_a_double_click_gives_one_receipt(self) -> None:
        city = make.city()
        arrived = arrive(city, city.here, {"1-1": 6})
        count = begin(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:5])
        click = lambda: close(count, city.here, key="one form")  # noqa: E731
        answers = together(click, click, click)
        assert all(isinstance(answer, tuple) for answer in answers), answers
        assert Count.objects.count() == 1
        assert Event.objects.filter(act="delivery.receive").count() == 5
        assert Event.objects.filter(act="delivery.note_shortage").count() == 1

    def test_two_pairs_closing_one_count_give_one_receipt(self) -> None:
        city = make.city()
        arrived = arrive(city, city.here, {"1-1": 4})
        other = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
        count = begin(city.here, arrived.box_of("1-1"))
        answers = together(
            lambda: close(count, city.here, called_empty=True),
            lambda: close(count, city.here, by=other, called_empty=True),
        )
        refused = [answer for answer in answers if isinstance(answer, Refused)]
        assert len(refused) == 1, answers
        assert refused[0].refusals[0].code == "ALREADY_COUNTED"
        assert Event.objects.filter(act="delivery.note_shortage").count() == 4

    def test_two_people_starting_at_once_share_one_count(self) -> None:
        city = make.city()
        arrived = arrive(city, city.here, {"1-1": 1})
        other = make.worker("库管员", Role.CARD_KEEPER, city.here.card_body)
        box = arrived.box_of("1-1").pk

        def start(by: Actor) -> Callable[[], object]:
            return lambda: start_count(box_id=box, by=by, at=NOON).pk

        answers = together(start(city.here.keeper), start(other))
        assert answers[0] == answers[1] == Count.objects.get().pk

    @pytest.mark.parametrize("turn", range(5))
    def test_a_scan_racing_the_close_is_counted_or_refused(self, turn: int) -> None:
        city = make.city()
        arrived = arrive(city, city.here, {"1-1": 3})
        numbers = arrived.numbers("1-1")
        count = begin(city.here, arrived.box_of("1-1"), numbers[:2])
        scanned, closed = together(
            lambda: scan_card(count_id=count.pk, text=numbers[2], by=city.here.keeper),
            lambda: close(count, city.here),
        )
        assert isinstance(closed, tuple), closed
        count.refresh_from_db()
        last = arrived.cards["1-1"][2]
        place = Position.objects.get(card=last).account.kind
        if isinstance(scanned, tuple):
            assert (count.found, place) == (3, Place.STORE)
            assert count.scans.get(number=numbers[2]).result == "expected"
        else:
            assert isinstance(scanned, Refused)
            assert (count.found, place) == (2, Place.TRANSIT)
            assert not count.scans.filter(number=numbers[2]).exists()

    def test_a_scan_that_arrives_while_closing_is_judged_with_the_rest(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        city = make.city()
        arrived = arrive(city, city.here, {"1-1": 3})
        numbers = arrived.numbers("1-1")
        count = begin(city.here, arrived.box_of("1-1"), numbers[:2])
        late = iter([numbers[2]])

        def judge_then_scan(judged: Count) -> object:
            finding = judge_scans(judged)
            for number in late:
                scan_card(count_id=count.pk, text=number, by=city.here.keeper)
            return finding

        monkeypatch.setattr(commands, "judge_scans", judge_then_scan)
        closed, _ = close(count, city.here)
        assert (closed.found, closed.short) == (3, 0)
        assert Event.objects.filter(act="delivery.note_shortage").count() == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ledger_request WHERE act = 'delivery.receive'")
            assert cursor.fetchone() == (1,)


def test_an_actor_whose_county_changed_sees_nothing(city: City, arrived: Arrived) -> None:
    count = begin(city.here, arrived.box_of("1-1"))
    moved = replace(city.here.keeper, county_path=city.neighbour.county.path)
    with pytest.raises(Count.DoesNotExist):
        close(count, city.here, by=moved)
