"""Somebody fetches a temporary card for its holder, as a proxy fetches a card (Art. 10, 27)."""

import json
from datetime import date
from functools import partial

import pytest
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import TemporaryCard
from cardbook.chapters.issuance.proxy.mandate_commands import revoke_mandate
from cardbook.chapters.representatives import remembered
from cardbook.chapters.usage.temporary.tests.lending import (
    PAPER,
    PAPERS,
    came_before,
    comes,
    lend,
    mandated,
    signs,
    stage,
    stock,
    waiting,
)
from cardbook.chapters.usage.tests.sending import answers, refused_with
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.people import vault
from cardbook.people.models import Mandate, Person, PickUp
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(27)


@pytest.mark.article(10)
@pytest.mark.django_db
class TestSomebodyElseComes:
    def test_with_a_mandate_on_file_and_is_counted(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        mandate = mandated(application, number, by=city.here.clerk)
        answer = lend(application, "L0001", by=city.here.clerk, **comes(number))
        assert answer.status_code == 302
        came = PickUp.objects.get()
        assert (came.mandate, came.agent, came.as_guardian) == (mandate, mandate.agent, False)
        facts = json.loads(Event.objects.get(act="temporary.lend").facts)
        assert (facts["agent"], facts["mandate"]) == (mandate.agent_id, mandate.pk)

    def test_with_a_paper_shown_now_it_is_registered_along(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", "L0002", by=city.here.keeper)
        given = comes(number, **PAPER)
        assert lend(application, "L0001", by=city.here.clerk, **given).status_code == 302
        mandate = Mandate.objects.get()
        assert (mandate.matter, mandate.principal_id) == ("borrow", application.person_id)
        registered = Event.objects.get(act="mandate.register")
        happened = Event.objects.get(act="temporary.lend")
        assert registered.papers == ["lending_mandate:"] and registered.batch == happened.batch
        facts = json.loads(happened.facts)
        assert (facts["agent"], facts["mandate"], facts["person_id"], facts["received_by"]) == (
            mandate.agent_id, mandate.pk, application.person_id, "proxy",
        )  # fmt: skip
        assert PickUp.objects.get().mandate == mandate
        assert [one for one in recount().findings if not one.holds] == []

    def test_the_same_form_twice_is_one_loan_and_one_mandate(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        form = answers("temporary.lend", number="L0001", **PAPERS) | comes(number, **PAPER)
        for _ in range(2):
            sent = signed_in(city.here.clerk).post(
                reverse("temporary.lend", args=[application.pk]), form
            )
            assert sent.status_code == 302
        assert Mandate.objects.count() == PickUp.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"mandate_until": "2026-11-01", "mandate_signed_on": "2026-10-01"}, ""),
            ({"mandate_signed_on": "2099-01-01", "mandate_until": "2099-02-01"}, ""),
            ({"paper_agent_id": None, "paper_lending_mandate": None}, "PAPER_MISSING"),
        ],
        ids=["over", "unsigned", "unseen"],
    )
    def test_a_paper_that_fails_opens_nothing(
        self, city: City, changes: dict[str, object], code: str
    ) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        given = comes(number, **PAPER | changes)
        answer = lend(application, "L0001", by=city.here.clerk, **given)
        assert (code or "MANDATE_DOES_NOT_COVER") in refused_with(answer)
        assert stage("L0001") == "in_stock" and not Mandate.objects.exists()
        assert not Person.objects.filter(number_index=vault.number_index(number)).exists()

    def test_half_a_paper_is_asked_for_whole(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        for missing in ("mandate_reason", "mandate_signed_on", "mandate_until"):
            half = comes(number, **PAPER | {missing: ""})
            answer = lend(application, "L0001", by=city.here.clerk, **half)
            assert answer.status_code == 422 and "照委托书填写" in answer.content.decode()
        turned = comes(number, **PAPER | {"mandate_until": "2026-01-01"})
        answer = lend(application, "L0001", by=city.here.clerk, **turned)
        assert answer.status_code == 422 and "委托期限早于签署日期" in answer.content.decode()

    @pytest.mark.parametrize("matter", ["pick_up", "activate", "lift"])
    def test_a_mandate_of_another_matter_opens_nothing(self, city: City, matter: str) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        mandated(application, number, by=city.here.clerk, matter=Mandate.Matter(matter))
        answer = lend(application, "L0001", by=city.here.clerk, **comes(number))
        assert refused_with(answer) == {"MANDATE_DOES_NOT_COVER"} and stage("L0001") == "in_stock"

    def test_the_holder_charges_nobody_with_himself(self, city: City) -> None:
        number = make.citizen_number()
        application = waiting(city, make.person(number=number))
        stock("L0001", by=city.here.keeper)
        answer = lend(application, "L0001", by=city.here.clerk, **comes(number, **PAPER))
        assert "PROXY_IS_HOLDER" in refused_with(answer) and stage("L0001") == "in_stock"

    def test_without_a_mandate_gets_nothing_and_is_not_entered(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        answer = lend(application, "L0001", by=city.here.clerk, **comes(number))
        assert refused_with(answer) == {"MANDATE_DOES_NOT_COVER"} and stage("L0001") == "in_stock"
        assert not Person.objects.filter(number_index=vault.number_index(number)).exists()
        bare = lend(application, "L0001", by=city.here.clerk, **comes("", relation=""))
        assert bare.status_code == 422 and "请填写代领人或监护人证件号码" in bare.content.decode()
        shown = comes(number, **{"paper_agent_id": None})
        assert "PAPER_MISSING" in refused_with(
            lend(application, "L0001", by=city.here.clerk, **shown)
        )

    @pytest.mark.parametrize(
        "days", [{"since": -40, "until": -1}, {"since": 1}, {"signed": 1}], ids=str
    )
    def test_a_mandate_of_another_time_opens_nothing(
        self, city: City, days: dict[str, int]
    ) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        mandated(application, number, by=city.here.clerk, **days)
        answer = lend(application, "L0001", by=city.here.clerk, **comes(number))
        assert refused_with(answer) == {"MANDATE_DOES_NOT_COVER"} and stage("L0001") == "in_stock"

    def test_on_its_last_day_a_mandate_holds(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        mandated(application, number, by=city.here.clerk, since=-40, until=0, signed=-40)
        given = comes(number)
        assert lend(application, "L0001", by=city.here.clerk, **given).status_code == 302

    def test_a_mandate_that_was_revoked_opens_nothing(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        mandate = mandated(application, number, by=city.here.clerk)
        revoke_mandate(
            mandate_id=mandate.pk, words="本人收回", by=city.here.clerk, at=timezone.now(),
            key=make.key(),
        )  # fmt: skip
        answer = lend(application, "L0001", by=city.here.clerk, **comes(number))
        assert refused_with(answer) == {"MANDATE_DOES_NOT_COVER"}

    def test_a_mandate_ends_with_the_death_of_either(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        agent = mandated(application, number, by=city.here.clerk).agent_id
        for who, code in ((agent, "AGENT_DEAD"), (application.person_id, "HOLDER_DEAD")):
            Person.objects.filter(pk=who).update(died_on=date(2026, 11, 1))
            answer = lend(application, "L0001", by=city.here.clerk, **comes(number))
            assert refused_with(answer) == {code} and stage("L0001") == "in_stock"
            Person.objects.filter(pk=who).update(died_on=None)

    def test_no_more_than_one_may_fetch_for_others_in_a_day(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        agent = mandated(application, number, by=city.here.clerk).agent
        came_before(city, agent, days=[timezone.localdate()] * 3)
        answer = lend(application, "L0001", by=city.here.clerk, **comes(number))
        assert refused_with(answer) == {"AGENT_LIMIT"}

    @pytest.mark.article(10)
    def test_a_proxy_who_is_no_relative_is_no_guardian(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        mandated(application, number, by=city.here.clerk)
        given = comes(number, relation="other", words="邻居")
        assert lend(application, "L0001", by=city.here.clerk, **given).status_code == 302
        assert json.loads(Event.objects.get(act="temporary.lend").facts)["relation"] is None

    def test_beyond_the_years_number_the_countys_manager_approves(self, city: City) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        agent = mandated(application, number, by=city.here.clerk).agent
        new_year = timezone.localdate().replace(month=1, day=1)
        came_before(city, agent, days=[new_year.replace(day=day) for day in range(1, 11)])
        boss, theirs = (
            make.worker("负责人", Role.COUNTY_MANAGER, one.county)
            for one in (city.here, city.neighbour)
        )
        for approver, code in (
            (None, "AGENT_APPROVAL_MISSING"),
            (city.here.reviewer, "SECOND_PERSON_MAY_NOT"),
            (theirs, "SECOND_PERSON_MAY_NOT"),
        ):
            answer = lend(
                application, "L0001", by=city.here.clerk, **comes(number), **signs(approver)
            )
            assert refused_with(answer) == {code} and stage("L0001") == "in_stock"
        given = comes(number) | signs(boss)
        assert lend(application, "L0001", by=city.here.clerk, **given).status_code == 302
        assert Event.objects.get(act="temporary.lend").second_id == boss.user_id


@pytest.mark.races
@pytest.mark.article(10)
def test_of_two_windows_one_lends_to_an_agent_whose_day_is_almost_full(
    fresh_database: str,
) -> None:
    city, number = make.city(), make.citizen_number()
    one, other = waiting(city), waiting(city)
    stock("L0001", "L0002", by=city.here.keeper)
    agent = remembered(number=number, name="李小红", today=timezone.localdate())
    came_before(city, agent, days=[timezone.localdate()] * 2)
    sent = [
        partial(lend, application, card, by=by, **comes(number), **PAPER)
        for application, card, by in (
            (one, "L0001", city.here.clerk), (other, "L0002", city.here.other_clerk),
        )
    ]  # fmt: skip
    done, refused = sorted(together(*sent), key=lambda answer: answer.status_code)
    assert (done.status_code, refused_with(refused)) == (302, {"AGENT_LIMIT"})
    assert TemporaryCard.objects.filter(stage="lent").count() == 1
