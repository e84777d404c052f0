"""Cards handed down around a blind stock-take are no difference of it (Art. 6, 20)."""

import pytest

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution.tests.sending import received, sent
from cardbook.chapters.safekeeping.models import Stocktake
from cardbook.chapters.safekeeping.stocktaking.tests.counts import (
    begin,
    boxed,
    ended,
    numbers,
    scan,
)
from cardbook.insight.check import recount
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.article(20)]
ARRIVES = pytest.mark.parametrize("arrives", [True, False], ids=["arrived", "in transit"])


def hand_down(city: City, card: Card, *, arrives: bool) -> None:
    """The keeper gives a card to the window, which acknowledges it or has not yet."""
    shipment = sent(city.here.keeper, city.here.window, [card])
    if arrives:
        received(shipment, city.here.clerk, card.number)


def sums(take: Stocktake) -> tuple[int, int]:
    """账面, 实盘."""
    (line,) = take.lines.all()
    return line.book, line.counted


class TestHandedDown:
    @ARRIVES
    def test_before_the_count_begins(self, city: City, arrives: bool) -> None:
        box, (gone, *rest) = boxed(city, city.here, 3)
        hand_down(city, gone, arrives=arrives)
        take = begin(city.here, box)
        scan(take, city.here, box, *numbers(rest))
        assert (ended(take, city.here), sums(take)) == ([], (2, 2))

    @ARRIVES
    def test_while_it_runs_before_the_box_was_scanned(self, city: City, arrives: bool) -> None:
        box, (gone, *rest) = boxed(city, city.here, 3)
        take = begin(city.here, box)
        hand_down(city, gone, arrives=arrives)
        scan(take, city.here, box, *numbers(rest))
        assert (ended(take, city.here), sums(take)) == ([], (2, 2))

    @ARRIVES
    def test_while_it_runs_after_the_box_was_scanned(self, city: City, arrives: bool) -> None:
        box, cards = boxed(city, city.here, 3)
        take = begin(city.here, box)
        scan(take, city.here, box, *numbers(cards))
        hand_down(city, cards[0], arrives=arrives)
        assert (ended(take, city.here), sums(take)) == ([], (3, 3))
        assert recount().holds

    @ARRIVES
    def test_what_is_still_in_the_box_is_named_and_not_called_missing(
        self, city: City, arrives: bool
    ) -> None:
        box, cards = boxed(city, city.here, 3)
        hand_down(city, cards[0], arrives=arrives)
        take = begin(city.here, box)
        scan(take, city.here, box, *numbers(cards))
        ((kind, number),) = ended(take, city.here)
        assert number == cards[0].number
        # At the window it lies in another place of the county; on its way in none that is kept.
        assert kind == ("misplaced" if arrives else "extra")

    def test_what_a_whole_office_handed_down_is_not_missing(self, city: City) -> None:
        box, (gone, under_way, *rest) = boxed(city, city.here, 4)
        take = begin(city.here)
        hand_down(city, gone, arrives=True)
        hand_down(city, under_way, arrives=False)
        scan(take, city.here, box, *numbers(rest))
        assert ended(take, city.here) == []

    def test_what_is_really_gone_is_still_missing(self, city: City) -> None:
        box, (gone, lost, *rest) = boxed(city, city.here, 4)
        hand_down(city, gone, arrives=False)
        take = begin(city.here, box)
        scan(take, city.here, box, *numbers(rest))
        assert ended(take, city.here) == [("missing", lost.number)]
