"""A guardian fetches a temporary card for a child or an adult without capacity (Art. 11, 27)."""

import json
from datetime import date

import pytest

from cardbook.chapters.usage.temporary.tests.lending import (
    INCAPACITY,
    KINSHIP,
    by_committee,
    guardian,
    lend,
    stage,
    stock,
    waiting,
)
from cardbook.chapters.usage.tests.sending import refused_with
from cardbook.ledger.models import Event
from cardbook.people.models import PickUp
from cardbook.testing import factories as make
from cardbook.testing.factories import City

pytestmark = pytest.mark.article(27)


@pytest.mark.article(11)
@pytest.mark.django_db
class TestGuardian:
    def test_a_childs_guardian_comes_and_the_child_does_not(self, city: City) -> None:
        child = make.person(born_on=date(2015, 1, 1))
        application, number = waiting(city, child), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        for given, code in (
            ({}, "HOLDER_IS_MINOR"),
            ({"self_supporting": "on"}, "HOLDER_IS_MINOR"),
            (guardian(make.citizen_number(born_on=date(2012, 1, 1))), "GUARDIAN_IS_MINOR"),
            (guardian(number, **{KINSHIP: ""}), "PAPER_MISSING"),
        ):
            answer = lend(application, "L0001", by=city.here.clerk, **given)
            assert refused_with(answer) == {code}, given
        assert (
            lend(application, "L0001", by=city.here.clerk, **guardian(number)).status_code == 302
        )
        assert PickUp.objects.get().as_guardian

    def test_a_guardian_who_is_no_relative_shows_who_made_him_one(self, city: City) -> None:
        application, number = waiting(city, make.person(born_on=date(2015, 1, 1))), "L0001"
        stock(number, by=city.here.keeper)
        comer = make.citizen_number()
        book = by_committee(comer, "household_book")
        refused = lend(application, number, by=city.here.clerk, **book)
        assert refused_with(refused) == {"PAPER_MISSING"} and stage(number) == "in_stock"
        given = by_committee(comer, "community_certificate")
        assert lend(application, number, by=city.here.clerk, **given).status_code == 302
        facts = json.loads(Event.objects.get(act="temporary.lend").facts)
        assert facts["relation"] == "committee"

    def test_the_guardian_of_an_adult_without_capacity_comes_with_the_ruling(
        self, city: City
    ) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        explained = {"words": "持卡人没有配偶"}
        without = guardian(number, relation="child", incapacitated="on") | {INCAPACITY: ""}
        ruled_on = without | {INCAPACITY: "incapacity_ruling"}
        for given, code in (
            (without | explained, "PAPER_MISSING"),
            (ruled_on | explained | {"relation": "unit"}, "GUARDIAN_RELATION_MISFIT"),
            (ruled_on, "GUARDIAN_ORDER_UNEXPLAINED"),
        ):
            answer = lend(application, "L0001", by=city.here.clerk, **given)
            assert refused_with(answer) == {code}
            assert stage("L0001") == "in_stock"
        given = ruled_on | explained
        assert lend(application, "L0001", by=city.here.clerk, **given).status_code == 302
        facts = json.loads(Event.objects.get(act="temporary.lend").facts)
        assert facts["incapacitated"] and facts["words"] == "持卡人没有配偶"
        assert PickUp.objects.get().as_guardian

    def test_an_adult_needs_no_guardian(self, city: City) -> None:
        application = waiting(city)
        stock("L0001", by=city.here.keeper)
        given = guardian(make.citizen_number())
        answer = lend(application, "L0001", by=city.here.clerk, **given)
        assert refused_with(answer) == {"NO_GUARDIAN_NEEDED"}
