"""How many use their card is counted from what came in, and every figure opens its people."""

from datetime import timedelta

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.usage.models import CardUse
from cardbook.chapters.usage.tests.sending import send
from cardbook.chapters.usage.uses import rates
from cardbook.chapters.usage.uses.tests.test_use_files import a_use
from cardbook.chapters.usage.uses.tests.test_use_lists import AT, DAY, titles, used
from cardbook.law.roles import Role
from cardbook.orgs.actors import Actor
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City, County

pytestmark = [pytest.mark.article(23), pytest.mark.django_db]


@pytest.fixture
def clinic(city: City) -> CardUse:
    return a_use(city)


def active(city: City, county: County) -> Card:
    card = make.issued_card(city, county)
    send("social.activate", card, by=county.clerk, asked_by="holder")
    return card


def counted(by: Actor, view: str, *, since: int = -10, until: int = 10) -> list[rates.Rate]:
    days = {name: DAY + timedelta(days=n) for name, n in (("since", since), ("until", until))}
    return rates.rates(rates.period(by=by, today=DAY, **days), view=view, today=DAY)


def figures(rows: list[rates.Rate]) -> list[tuple[str, int, int, int, str]]:
    return [(one.title, one.active, one.people, one.times, one.percent) for one in rows]


class TestRates:
    def test_counts_people_not_uses_and_only_those_whose_card_is_active(
        self, city: City, clinic: CardUse
    ) -> None:
        often, _never, sealed = (
            active(city, city.here), active(city, city.here), make.issued_card(city, city.here),
        )  # fmt: skip
        for card, at in ((often, AT[1]), (often, AT[2]), (sealed, AT[1])):
            used(city, card, clinic, at)
        manager = make.worker("市局", Role.CITY_MANAGER, city.city)
        name = city.here.county.name
        assert figures(counted(manager, "county")) == [(name, 2, 1, 2, "50.0%")]
        assert figures(counted(manager, "use")) == [("就医结算", 2, 1, 2, "50.0%")]
        (line,) = counted(manager, "use")
        assert (line.field, line.carrier) == ("就医购药", "实体卡、电子社保卡均可")
        assert figures(counted(city.here.keeper, "county", until=0)) == [(name, 2, 0, 0, "0.0%")]

    def test_the_dead_are_not_counted(self, city: City, clinic: CardUse) -> None:
        card = active(city, city.here)
        used(city, card, clinic, AT[1])
        Person.objects.filter(pk=card.person_id).update(died_on=DAY)
        assert counted(city.here.keeper, "county") == []

    def test_another_county_is_not_seen_nor_its_agencies(
        self, city: City, clinic: CardUse
    ) -> None:
        used(city, active(city, city.here), clinic, AT[1])
        for view in rates.VIEWS:
            assert counted(city.neighbour.keeper, view) == []

    def test_an_office_of_a_county_serves_its_own_holders(
        self, city: City, clinic: CardUse
    ) -> None:
        for county in (city.here, city.neighbour):
            used(city, active(city, county), clinic, AT[1])
        manager = make.worker("市局", Role.CITY_MANAGER, city.city)
        assert figures(counted(manager, "use")) == [("就医结算", 1, 1, 1, "100.0%")]
        assert len(counted(manager, "county")) == 2


class TestLowUse:
    def test_an_agency_few_use_is_named_until_enough_do(self, city: City, clinic: CardUse) -> None:
        card = active(city, city.here)
        (line,) = counted(city.here.keeper, "agency")
        assert (line.is_low, line.is_new) == (True, False)
        used(city, card, clinic, AT[1])
        (line,) = counted(city.here.keeper, "agency")
        assert not line.is_low

    def test_one_that_began_within_the_time_is_not_judged(
        self, city: City, clinic: CardUse
    ) -> None:
        active(city, city.here)
        (line,) = counted(city.here.keeper, "agency", since=-90)
        assert (line.is_low, line.is_new) == (False, True)

    def test_the_page_says_the_limit_is_not_confirmed_and_lists_those_alone(
        self, city: City, clinic: CardUse
    ) -> None:
        active(city, city.here)
        client = signed_in(city.here.keeper)
        days = {"since": f"{DAY - timedelta(days=10)}", "until": f"{DAY}"}
        shown = client.get(reverse("use.rates"), {"by": "agency", "low": "1", **days})
        text = shown.content.decode()
        assert "下限待市局确认" in text and clinic.agency.name in text
        assert len(shown.context["page"].object_list) == 1


class TestPeople:
    def test_every_figure_opens_as_many_people(self, city: City, clinic: CardUse) -> None:
        often, never = active(city, city.here), active(city, city.here)
        used(city, often, clinic, AT[1])
        client = signed_in(city.here.keeper)
        days = {"since": f"{DAY - timedelta(days=10)}", "until": f"{DAY + timedelta(days=10)}"}
        expected = {"": {often.number, never.number}, "1": {often.number}, "0": {never.number}}
        for chosen in ({}, {"use": clinic.pk}, {"agency": clinic.agency_id}):
            for which, numbers in expected.items():
                asked = {**days, **chosen, "used": which}
                rows = client.get(reverse("use.rate_people"), asked).context["page"].object_list
                assert {row.number for row in rows} == numbers

    def test_neither_a_stranger_nor_a_neighbour_sees_them(
        self, city: City, clinic: CardUse
    ) -> None:
        active(city, city.here)
        asked = {"county": city.here.county.code}
        neighbour = signed_in(city.neighbour.keeper).get(reverse("use.rate_people"), asked)
        assert neighbour.context["page"].paginator.count == 0
        teller = make.worker("柜员", Role.BANK_TELLER, city.bank)
        for name in ("use.rates", "use.rate_people", "use.rates_export"):
            assert signed_in(teller).get(reverse(name)).status_code == 403

    def test_both_go_out_as_workbooks(self, city: City, clinic: CardUse) -> None:
        card = active(city, city.here)
        used(city, card, clinic, AT[1])
        client = signed_in(city.here.keeper)
        days = {"since": f"{DAY - timedelta(days=10)}", "until": f"{DAY + timedelta(days=10)}"}
        book = titles(client.get(reverse("use.rates_export"), {"by": "use", **days}))
        assert any("100.0%" in row and "就医结算" in row for row in book)
        book = titles(client.get(reverse("use.rate_people_export"), days))
        assert any(card.number in row for row in book)

    def test_days_that_are_none_and_numbers_that_are_none_change_nothing(self, city: City) -> None:
        asked = {"since": "2026-13-40", "use": "abc", "county": "x", "page": "z", "used": "9"}
        for name in ("use.rates", "use.rate_people"):
            assert signed_in(city.here.keeper).get(reverse(name), asked).status_code == 200


def test_counting_asks_once_however_much_there_is(
    city: City, clinic: CardUse, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    used(city, active(city, city.here), clinic, AT[1])
    what = rates.period(by=city.here.keeper, today=DAY, since=None, until=None)
    with django_assert_num_queries(1):
        rates.rates(what, view="use", today=DAY)
    with django_assert_num_queries(1):
        rates.people(rates.Behind(period=what), first=0, most=50)
