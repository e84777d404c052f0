"""Agents worth a look: each rule with a case that is one and a near miss (Art. 10, 11, 31)."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.chapters.issuance.proxy.agent_queries import LOOKS, AgentRow, agents
from cardbook.chapters.issuance.proxy.commands import Comer
from cardbook.chapters.issuance.proxy.tests.cases import (
    TODAY,
    child,
    comer,
    manager,
    to_guardian,
    to_proxy,
)
from cardbook.law.parameters import parameter, whole_number
from cardbook.lifecycle.facts import Relation
from cardbook.people import vault
from cardbook.people.models import Handler, Person, PickUp
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(10), pytest.mark.article(31)]
PHONE = "10020000009"


def fetches(city: City, who: Comer, count: int = 1, **changes: Any) -> None:
    """He fetches so many cards of strangers to one another, by mandate."""
    for card in make.received_cards(city, city.here, count=count):
        to_proxy(card, by=city.here.clerk, who=who, **changes)


def listed(city: City, **find: str) -> list[AgentRow]:
    given = {"sort": "", "text": "", **find}
    return agents(by=manager(city.here), today=TODAY, **given)


def looks_of(city: City, name: str) -> set[str]:
    (row,) = (one for one in listed(city) if one.name == name)
    return set(row.looks)


def share_phone(people: list[Person]) -> None:
    Person.objects.filter(pk__in=[one.pk for one in people]).update(
        phone_index=vault.phone_index(PHONE)
    )


def earlier(who: Comer, county_id: int, count: int) -> None:
    """So many pick-ups in earlier months of the year, one a day."""
    agent = Person.objects.get(number_index=vault.number_index(who.number))
    kept = PickUp.objects.filter(agent=agent)[0]
    PickUp.objects.bulk_create(
        PickUp(
            agent=agent, holder_id=kept.holder_id, mandate=kept.mandate, county_id=county_id,
            relation="child", on=TODAY - timedelta(days=40 + place), batch=kept.batch,
        )
        for place in range(count)
    )  # fmt: skip


class TestLooks:
    def test_one_child_who_fetches_once_is_no_look(self, city: City) -> None:
        fetches(city, comer("孝子"))
        assert looks_of(city, "孝子") == set()

    def test_one_of_the_offices_people_and_one_of_another_county(self, city: City) -> None:
        fetches(city, comer(city.here.clerk.name))
        make.worker("外县人", city.neighbour.clerk.role, city.neighbour.window)
        fetches(city, comer("外县人"))
        assert looks_of(city, city.here.clerk.name) == {"staff"}
        assert looks_of(city, "外县人") == set()

    def test_a_guardian_of_his_own_is_no_look_though_he_works_here(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        to_guardian(card, by=city.here.clerk, who=comer(city.here.clerk.name))
        assert looks_of(city, city.here.clerk.name) == set()

    def test_a_handler_of_a_unit_while_his_letter_holds(self, city: City) -> None:
        make.ready_unit(city.here)
        for name, until in (("经办人", None), ("从前的经办人", TODAY - timedelta(days=1))):
            who = comer(name)
            fetches(city, who)
            person = Person.objects.get(number_index=vault.number_index(who.number))
            Handler.objects.create(
                letter=Handler.objects.order_by("id")[0].letter, person=person,
                since=TODAY - timedelta(days=9), until=until,
            )  # fmt: skip
        assert looks_of(city, "经办人") == {"handler"}
        assert looks_of(city, "从前的经办人") == set()

    @pytest.mark.parametrize("people", [5, 6])
    def test_one_telephone_of_many(self, city: City, people: int) -> None:
        """Five of a household may share one; with the sixth somebody asks (F7)."""
        least = whole_number("agent_phone_shared_alert", on=TODAY)
        who = comer("共用电话")
        fetches(city, who)
        agent = Person.objects.get(number_index=vault.number_index(who.number))
        others = make.received_cards(city, city.here, count=people - 1)
        share_phone([agent, *(card.person for card in others)])
        assert (looks_of(city, "共用电话") == {"phone"}) is (people >= least)

    def test_people_of_another_county_do_not_count(self, city: City) -> None:
        who = comer("共用电话")
        fetches(city, who)
        agent = Person.objects.get(number_index=vault.number_index(who.number))
        others = make.received_cards(city, city.neighbour, count=8)
        share_phone([agent, *(card.person for card in others)])
        (row,) = listed(city)
        assert (row.sharing, row.look) == (1, "")

    @pytest.mark.article(11)
    @pytest.mark.parametrize("wards", [2, 3])
    def test_a_guardian_of_unusually_many(self, city: City, wards: int) -> None:
        who = comer("王母")
        people = [child(name=f"王小{place}") for place in "甲乙丙"[:wards]]
        for card in make.received_cards(city, city.here, people=people):
            to_guardian(card, by=city.here.clerk, who=who)
        assert (looks_of(city, "王母") == {"wards"}) is (wards == 3)

    @pytest.mark.parametrize("strangers", [1, 2])
    def test_one_who_fetches_for_strangers(self, city: City, strangers: int) -> None:
        fetches(city, comer("热心人"), strangers, relation=Relation.OTHER, words="同村")
        assert ("strangers" in looks_of(city, "热心人")) is (strangers == 2)

    @pytest.mark.parametrize("cards", [2, 3])
    def test_one_at_the_limit_of_a_day(self, city: City, cards: int) -> None:
        fetches(city, comer("孝子"), cards)
        assert looks_of(city, "孝子") == ({"limit"} if cards == 3 else set())

    @pytest.mark.parametrize("before", [6, 7])
    def test_one_near_the_limit_of_a_year(self, city: City, before: int) -> None:
        """Eighty of a hundred: with ten a year the eighth card is near it."""
        who = comer("孝子")
        fetches(city, who)
        earlier(who, city.here.county.pk, before)
        assert looks_of(city, "孝子") == ({"limit"} if before == 7 else set())


class TestTheList:
    def test_who_gives_most_reasons_comes_first_and_a_reason_is_a_filter(self, city: City) -> None:
        fetches(city, comer("孝子"))
        fetches(city, comer(city.here.clerk.name), 3, relation=Relation.OTHER, words="同村")
        assert [row.name for row in listed(city)] == [city.here.clerk.name, "孝子"]
        assert [row.name for row in listed(city, look="any")] == [city.here.clerk.name]
        assert [row.name for row in listed(city, look="strangers")] == [city.here.clerk.name]
        assert listed(city, look="wards") == []
        assert {"staff", "strangers", "limit"} == looks_of(city, city.here.clerk.name)

    def test_manager_and_auditor_see_it_with_its_thresholds(self, city: City) -> None:
        fetches(city, comer("孝子"), 3)
        # The page asks about today.
        PickUp.objects.update(on=timezone.localdate())
        for actor in (manager(city.here), city.here.auditor):
            client = signed_in(actor)
            page = client.get("/agents/", {"status": "limit"}).content.decode()
            assert "一天最多代领 3 张，限 3 张（待确认）" in page and "待确认" in page
            assert all(title in page for title in LOOKS.values())
            assert client.get("/agents/export/", {"status": "limit"}).content[:2] == b"PK"
        for actor in (city.here.clerk, city.here.keeper):
            assert signed_in(actor).get("/agents/").status_code == 403
        away = signed_in(manager(city.neighbour)).get("/agents/")
        assert not away.context["rows"].object_list

    def test_takes_two_queries_however_many(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        boss = manager(city.here)
        for name in ("甲", "乙", "丙", "丁"):
            fetches(city, comer(f"{name}代领"))
        with django_assert_num_queries(2):
            assert len(agents(by=boss, today=TODAY, sort="", text="")) == 4

    def test_no_threshold_is_the_regulations(self) -> None:
        """The regulation names none of them; each waits for the city's word (Art. 33)."""
        for key in (
            "agent_near_limit_percent", "agent_phone_shared_alert", "guardian_wards_alert",
        ):  # fmt: skip
            assert not parameter(key).confirmed
