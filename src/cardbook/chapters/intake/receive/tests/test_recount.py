"""A box counted again after cards of it went on, against the book as of each scan (6, 20)."""

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution.tests.sending import received as acknowledged
from cardbook.chapters.intake.distribution.tests.sending import sent
from cardbook.chapters.intake.models import Count, ScanResult
from cardbook.chapters.intake.receive import difference_queries
from cardbook.chapters.intake.receive.commands import close_count, scan_card, start_count
from cardbook.chapters.intake.receive.register import count_sheet
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, received
from cardbook.custody.models import Position
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.lifecycle.perform import Done
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.article(20)]


@pytest.fixture
def counted_once(city: City) -> Arrived:
    return received(city, city.here, 5)


def begin(city: City, arrived: Arrived) -> Count:
    return start_count(box_id=arrived.box_of("1-1").pk, by=city.here.keeper, at=NOON)


def scan(city: City, count: Count, *cards: Card) -> None:
    for card in cards:
        scan_card(count_id=count.pk, text=card.number, by=city.here.keeper)


def close(city: City, count: Count) -> tuple[Count, Done | None]:
    return close_count(
        count_id=count.pk, by=city.here.keeper, second=city.here.reviewer, at=NOON, key=make.key()
    )


def sums(count: Count) -> tuple[int, int, int, int]:
    """应到, 实到, 短少, 多出."""
    return (count.expected, count.found, count.short, count.extra)


def hand_down(city: City, *cards: Card, arrives: bool = True) -> None:
    """The keeper gives cards to the window; they are acknowledged, or still on their way."""
    shipment = sent(city.here.keeper, city.here.window, list(cards))
    if arrives:
        acknowledged(shipment, city.here.clerk, *(card.number for card in cards))


class TestRecount:
    @pytest.mark.parametrize("arrives", [True, False], ids=["arrived", "in transit"])
    def test_what_was_handed_down_before_is_not_short(
        self, city: City, counted_once: Arrived, arrives: bool
    ) -> None:
        gone, *rest = counted_once.cards["1-1"]
        hand_down(city, gone, arrives=arrives)
        count = begin(city, counted_once)
        scan(city, count, *rest)
        closed, done = close(city, count)
        assert (sums(closed), done) == ((4, 4, 0, 0), None)
        assert not difference_queries.short_of_count(count.pk)
        assert not Event.objects.filter(act="delivery.note_shortage").exists()
        assert recount().holds

    @pytest.mark.parametrize("arrives", [True, False], ids=["arrived", "in transit"])
    def test_what_went_before_it_was_scanned_is_not_short(
        self, city: City, counted_once: Arrived, arrives: bool
    ) -> None:
        gone, *rest = counted_once.cards["1-1"]
        count = begin(city, counted_once)
        scan(city, count, *rest)
        hand_down(city, gone, arrives=arrives)
        assert sums(close(city, count)[0]) == (4, 4, 0, 0)
        assert not difference_queries.short_of_count(count.pk)

    @pytest.mark.parametrize("arrives", [True, False], ids=["arrived", "in transit"])
    def test_what_went_after_it_was_scanned_was_there(
        self, city: City, counted_once: Arrived, arrives: bool
    ) -> None:
        cards = counted_once.cards["1-1"]
        count = begin(city, counted_once)
        scan(city, count, *cards)
        hand_down(city, cards[0], arrives=arrives)
        before = Position.objects.get(card=cards[0]).account_id
        assert sums(close(city, count)[0]) == (5, 5, 0, 0)
        assert Position.objects.get(card=cards[0]).account_id == before

    @pytest.mark.parametrize("arrives", [True, False], ids=["arrived", "in transit"])
    def test_what_lies_there_though_it_was_handed_down_is_too_many(
        self, city: City, counted_once: Arrived, arrives: bool
    ) -> None:
        gone = counted_once.cards["1-1"][0]
        hand_down(city, gone, arrives=arrives)
        before = Position.objects.get(card=gone).account_id
        count = begin(city, counted_once)
        scan(city, count, *counted_once.cards["1-1"])
        closed, done = close(city, count)
        assert (sums(closed), done) == ((4, 4, 0, 1), None)
        assert Position.objects.get(card=gone).account_id == before
        (odd,) = difference_queries.odd_rows(
            list(difference_queries.odd_scans(city.here.keeper, count_id=count.pk))
        )
        assert (odd.number, odd.result) == (gone.number, ScanResult.MOVED.label)
        assert "已转出" in odd.said and odd.to_do

    def test_what_really_is_not_there_is_short(self, city: City, counted_once: Arrived) -> None:
        gone, lost, *rest = counted_once.cards["1-1"]
        hand_down(city, gone)
        count = begin(city, counted_once)
        scan(city, count, *rest)
        assert sums(close(city, count)[0]) == (4, 3, 1, 0)
        assert list(difference_queries.short_of_count(count.pk)) == [lost]

    def test_the_sheet_says_how_many_went_on(self, city: City, counted_once: Arrived) -> None:
        gone, *rest = counted_once.cards["1-1"]
        hand_down(city, gone)
        count = begin(city, counted_once)
        scan(city, count, *rest)
        close(city, count)
        sheet = count_sheet(
            chosen={"delivery": counted_once.delivery}, masked=True, printed_by="",
            printed_at=NOON, limit=9,
        )  # fmt: skip
        assert "此前已转出 1 张" in sheet.rows[0][-1]
        assert dict(sheet.totals)["应到＝实到＋短少"] == "4 ＝ 4 ＋ 0"
