"""The sums kept of places say what lies there, whatever comes and goes meanwhile (Art. 20)."""

from datetime import timedelta

import pytest
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from cardbook.config.merging import merge_tally
from cardbook.custody.models import Position, Tally
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.perform import perform
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(20)


def kept() -> dict[tuple[int, object], int]:
    """Cards by account and day, as the sums say."""
    rows = Tally.objects.values_list("account", "since_on").annotate(sum=Sum("cards"))
    return {(account, day): cards for account, day, cards in rows if cards}


def lying() -> dict[tuple[int, object], int]:
    """The same, counted card by card."""
    day = TruncDate("since", tzinfo=LOCAL)
    rows = Position.objects.annotate(day=day).values_list("account", "day").annotate(Count("pk"))
    return {(account, day): cards for account, day, cards in rows}


@pytest.mark.django_db
class TestTally:
    def test_follows_cards_from_the_maker_to_their_holders(self, city: City) -> None:
        make.cards_in_transit(city, city.neighbour, count=3)
        make.received_cards(city, city.here, count=2)
        make.issued_card(city, city.here)
        assert kept() == lying() != {}

    def test_merging_changes_no_sum_and_leaves_one_row_of_each(self, city: City) -> None:
        for _ in range(3):
            make.issued_card(city, city.here)
        before = kept()
        assert merge_tally() > len(before)
        assert kept() == before == lying()
        assert Tally.objects.count() == len(before)
        assert merge_tally() == 0

    def test_a_place_that_was_emptied_leaves_no_row(self, city: City) -> None:
        make.issued_card(city, city.here)
        merge_tally()
        assert not Tally.objects.filter(account__kind=Place.TRANSIT).exists()

    def test_a_card_counts_since_the_day_it_came_in_the_city(self, city: City) -> None:
        late = NOON.astimezone(LOCAL).replace(hour=23, minute=30) - timedelta(days=3)
        (card,) = make.received_cards(city, city.here)
        perform(make.issue_step(card), by=city.here.clerk, at=late, key=make.key())
        assert list(kept()) == [(card.position.account_id, local_day(late))]


@pytest.mark.trust("N1")
def test_hand_overs_and_merging_at_once_lose_no_card(fresh_database: str) -> None:
    city = make.city()

    def give() -> None:
        for _ in range(6):
            make.issued_card(city, city.here)

    def merge() -> None:
        for _ in range(30):
            merge_tally()

    together(give, merge, merge)
    merge_tally()
    assert kept() == lying()
    assert Tally.objects.count() == len(kept())
    found = {one.rule.name: one.count for one in recount().findings}
    assert found["n1_tally_is_what_lies_there"] == 0
