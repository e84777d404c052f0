"""An oral loss lapses by time alone: no worker runs, only the clock (Art. 28)."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.issuance.collective.queries import rows_of, shown
from cardbook.chapters.issuance.collective.tests.bundles import out
from cardbook.chapters.stranded.send_back.queries import returned_rows
from cardbook.chapters.usage.loss.list_queries import (
    LossesWanted,
    counts_by_state,
    loss_rows,
)
from cardbook.chapters.usage.loss.list_rows import STATES
from cardbook.chapters.usage.loss.tests.lost import days, hotline, lose, renew, write_down
from cardbook.custody.models import Position
from cardbook.lifecycle.perform import perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(28)]
_MOMENT = 1 / 24 / 3600


@pytest.fixture
def city() -> City:
    """A small city."""
    return make.city()


@pytest.fixture
def operator(city: City) -> Actor:
    """Who answers 12333."""
    return hotline(city)


def states_of(city: City, at: datetime) -> dict[str, int]:
    found = counts_by_state(by=city.here.clerk, at=at)
    return {state: count for state, count in found.items() if count}


class TestTheClock:
    def test_a_card_is_refused_until_the_last_moment_and_handed_over_at_the_next(
        self, city: City, operator: Actor
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        lose(card, by=operator)
        with pytest.raises(Refused):
            perform(make.issue_step(card), by=city.here.clerk, at=days(7 - _MOMENT), key="a")
        perform(make.issue_step(card), by=city.here.clerk, at=days(7), key="b")
        card.refresh_from_db()
        assert card.stage == "issued"

    def test_every_list_lets_go_of_it_at_that_moment(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        untold_open = {"untold": 1, "bank": 1}
        assert states_of(city, days(1)) == {"valid": 1, **untold_open}
        assert states_of(city, days(5)) == {"valid": 1, "due": 1, **untold_open}
        assert states_of(city, days(7)) == {"lapsed": 1, "untold": 1}

    def test_a_renewal_counts_from_its_own_moment(self, city: City, operator: Actor) -> None:
        card = make.issued_card(city, city.here)
        lose(card, by=operator)
        renew(card, by=operator, at=days(6))
        assert states_of(city, days(8)) == {"valid": 1, "untold": 1, "bank": 1}
        (row,) = loss_rows(LossesWanted(), by=city.here.clerk, at=days(8))
        assert (row.act, row.until, row.state) == ("loss.renew", days(13), "有效")

    def test_a_written_loss_knows_no_clock(self, city: City) -> None:
        write_down(make.issued_card(city, city.here), by=city.here.clerk)
        assert states_of(city, days(4000)) == {"valid": 1, "untold": 1, "bank": 1}


class TestPages:
    """Every page that shows what stops a card, on both sides of the limit."""

    @pytest.fixture
    def lost(self, city: City, operator: Actor) -> Card:
        (card,) = make.received_cards(city, city.here)
        lose(card, by=operator)
        return card

    @pytest.mark.parametrize(
        ("after", "shown"), [(7 - _MOMENT, True), (7, False)], ids=["before", "after"]
    )
    def test_show_it_before_and_not_after(
        self, city: City, lost: Card, after: float, shown: bool
    ) -> None:
        with time_machine.travel(days(after), tick=False):
            client = signed_in(city.here.clerk)
            card_page = client.get(f"/cards/{lost.pk}/").content.decode()
            desk = client.post("/desk/", {"q": holder_of(lost.person).number}).context["desk"]
            found = client.get("/cards/?place=store").content.decode()
            loss = client.get(f"/loss/{lost.pk}/").context["desk"].card
            returned = returned_rows(list(Position.objects.filter(card=lost)), at=days(after))
        assert ('cb-badge-bad">口头挂失' in card_page) is shown
        assert desk.card.may_issue is not shown and ("口头挂失" in desk.card.state) is shown
        assert ('cb-badge-bad">口头挂失' in found) is shown
        assert loss.on_loss is shown and loss.may_report is not shown
        assert ("已口头挂失" in returned[0].warnings) is shown

    def test_the_list_offers_renewal_before_and_the_telephone_after(
        self, city: City, lost: Card
    ) -> None:
        operator = hotline(city)
        with time_machine.travel(days(6), tick=False):
            page = signed_in(operator).get("/losses/?state=due").content.decode()
            assert f"/loss/{lost.pk}/renew/" in page and "快到期" in page
        with time_machine.travel(days(8), tick=False):
            client = signed_in(operator)
            page = client.get("/losses/?state=lapsed").content.decode()
            assert f"/loss/{lost.pk}/renew/" not in page and f"/loss/{lost.pk}/tell/" in page
            tell = client.get(f"/loss/{lost.pk}/tell/").content.decode()
            assert "口头挂失已失效" in tell and "（已到期）" in tell
            assert "补办新卡为止" not in tell


@pytest.mark.parametrize(
    ("ago", "note"), [(6, "已挂失，不能发放"), (8, "")], ids=["holds", "lapsed"]
)
def test_a_units_sheet_names_the_card_that_is_on_loss(
    city: City, operator: Actor, ago: int, note: str
) -> None:
    """The sheet asks the database's own clock."""
    sheet = out(city, count=1)
    lose(sheet.cards[0], by=operator, at=timezone.now() - timedelta(days=ago))
    (row,) = rows_of(sheet.bundle.pk)
    assert shown(row, minor_age=18, on=timezone.localdate()).note == note


def test_the_states_of_the_list_are_named(city: City) -> None:
    assert set(counts_by_state(by=city.here.clerk, at=days(0))) | {"lifted"} == set(STATES)
