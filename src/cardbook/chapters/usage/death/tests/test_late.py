"""A hand-over dated after a death that was learned later is asked about by somebody (17, 31)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.issuance.collective.tests.bundles import add_pages, file, out, tick
from cardbook.chapters.issuance.individual.commands import undo_issue
from cardbook.chapters.usage.death.late_queries import LateRow, late_hand_overs
from cardbook.chapters.usage.death.tests.test_death import note, undo
from cardbook.chapters.usage.models import LateHandOver
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import together

pytestmark = [pytest.mark.article(17), pytest.mark.article(31)]
GIVEN_ON = local_day(NOON)
SAID = {"outcome": "family", "words": "电话问了其子，卡已交回"}


@pytest.fixture(autouse=True)
def days_later() -> Iterator[None]:
    """The office hears of it some days after the hand-over."""
    with time_machine.travel(NOON + timedelta(days=5)):
        yield


def learned(city: City, card: Card, *, days_before: int = 1) -> None:
    """The death is told, so many days before the hand-over."""
    day = GIVEN_ON - timedelta(days=days_before)
    answer = note(card, by=city.here.clerk, second=city.here.reviewer, died_on=day.isoformat())
    assert answer.status_code == 302


def listed(city: City, **find: Any) -> list[LateRow]:
    return late_hand_overs(within=city.here.county.path, **find)


def boss(city: City) -> Any:
    return signed_in(make.worker("县区负责人", Role.COUNTY_MANAGER, city.here.county))


@pytest.mark.django_db
class TestList:
    @pytest.mark.parametrize(("days_before", "after"), [(30, 30), (1, 1), (0, 0)])
    def test_names_what_was_handed_over_on_or_after_the_day(
        self, city: City, days_before: int, after: int
    ) -> None:
        card = make.issued_card(city, city.here)
        learned(city, card, days_before=days_before)
        (row,) = listed(city)
        assert (row.number, row.day, row.days_after) == (card.number, GIVEN_ON, after)
        assert row.died_on == GIVEN_ON - timedelta(days=days_before)
        assert row.is_open and row.actor == city.here.clerk.name

    def test_not_what_was_handed_over_before(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        learned(city, card, days_before=-1)
        assert listed(city) == []

    def test_of_a_sheet_the_day_he_signed_counts(self, city: City) -> None:
        given = out(city, count=2)
        tick(given.bundle, "1", by=city.here.clerk, on=GIVEN_ON)
        tick(given.bundle, "2", by=city.here.clerk, on=GIVEN_ON + timedelta(days=2))
        add_pages(given.bundle, by=city.here.clerk)
        file(given.bundle, by=city.here.clerk, at=NOON + timedelta(days=4))
        for card in given.cards:
            learned(city, card, days_before=-1)
        assert [row.number for row in listed(city)] == [given.cards[1].number]

    def test_a_hand_over_taken_back_and_a_death_taken_back_leave_it(self, city: City) -> None:
        kept, mistaken = (make.issued_card(city, city.here) for _ in range(2))
        event = Event.objects.get(act="card.issue", subject_id=kept.pk)
        undo_issue(
            card_id=kept.pk, event_id=event.pk, words="误登", by=city.here.clerk,
            second=city.here.reviewer, at=NOON + timedelta(days=4), key=make.key(),
        )  # fmt: skip
        learned(city, kept)
        learned(city, mistaken)
        assert [row.number for row in listed(city)] == [mistaken.number]
        undo(mistaken, by=city.here.keeper, second=city.here.reviewer)
        assert listed(city) == []

    def test_is_searched_and_sorted(self, city: City) -> None:
        first, second = (make.issued_card(city, city.here) for _ in range(2))
        learned(city, first, days_before=1)
        learned(city, second, days_before=9)
        assert [row.number for row in listed(city, sort="after")] == [second.number, first.number]
        assert [row.number for row in listed(city, text=first.number.lower())] == [first.number]
        assert listed(city, text="无此人") == []

    def test_takes_one_query_however_many(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(3):
            learned(city, make.issued_card(city, city.here))
        with django_assert_num_queries(1):
            assert len(listed(city)) == 3


@pytest.mark.django_db
class TestSettle:
    def test_the_manager_says_what_he_found_out_and_nothing_else_changes(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        learned(city, card)
        (row,) = listed(city)
        manager = boss(city)
        events = Event.objects.count()
        page = manager.post(reverse("death.late_list"), {"event": row.event, **SAID})
        assert page.context["results"] == [(card.number, "已办结。")]
        assert listed(city, state="open") == []
        (settled,) = listed(city, state="settled")
        assert settled.outcome == "家属领取，已告知交回、注销"
        assert settled.settled_by == "县区负责人"
        assert Event.objects.count() == events and recount().holds

    def test_the_first_word_stands(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        learned(city, card)
        (row,) = listed(city)
        client, address = boss(city), reverse("death.late_list")
        client.post(address, {"event": row.event, **SAID})
        again = client.post(address, {"event": row.event, **SAID, "outcome": "misuse"})
        assert "已由他人办结" in again.context["results"][0][1]
        assert LateHandOver.objects.get().outcome == "family"

    def test_asks_how_it_was_found_out(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        learned(city, card)
        (row,) = listed(city)
        for given in ({"event": row.event, **SAID, "words": " "}, SAID):
            page = boss(city).post(reverse("death.late_list"), given)
            assert "没有办结" in page.context["results"][0][1]
        assert not LateHandOver.objects.exists()

    def test_auditor_and_reviewer_look_and_settle_nothing(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        learned(city, card)
        (row,) = listed(city)
        address = reverse("death.late_list")
        for actor in (city.here.auditor, city.here.reviewer, city.here.keeper):
            client = signed_in(actor)
            assert card.number in client.get(address).content.decode()
            assert client.post(address, {"event": row.event, **SAID}).status_code == 403
            assert client.get(reverse("death.late_export")).content[:2] == b"PK"
        assert signed_in(city.here.clerk).get(address).status_code == 403
        assert not LateHandOver.objects.exists()

    def test_the_neighbour_neither_sees_nor_settles(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        learned(city, card)
        (row,) = listed(city)
        there = make.worker("邻县负责人", Role.COUNTY_MANAGER, city.neighbour.county)
        client, address = signed_in(there), reverse("death.late_list")
        assert card.number not in client.get(address).content.decode()
        page = client.post(address, {"event": row.event, **SAID})
        assert "不在名单上" in page.context["results"][0][1]
        assert not LateHandOver.objects.exists()


class TestTwoAtOnce:
    def test_of_two_managers_one_settles(self, fresh_database: str) -> None:
        town = make.city()
        card = make.issued_card(town, town.here)
        learned(town, card)
        (row,) = listed(town)
        clients = [boss(town), boss(town)]
        together(
            lambda: clients[0].post(reverse("death.late_list"), {"event": row.event, **SAID}),
            lambda: clients[1].post(reverse("death.late_list"), {"event": row.event, **SAID}),
        )
        assert LateHandOver.objects.count() == 1
