"""A temporary card is lent to whoever waits, one at a time, and comes back (Art. 27)."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Application, TemporaryCard
from cardbook.chapters.issuance.proxy.mandate_commands import revoke_mandate
from cardbook.chapters.mandates import mandate_step
from cardbook.chapters.representatives import MandateTerms, remembered
from cardbook.chapters.usage.replacement.tests.test_collecting import made_anew
from cardbook.chapters.usage.replacement.tests.windows import windows
from cardbook.chapters.usage.temporary.queries import last_day, temporary_cards
from cardbook.chapters.usage.tests.sending import answers, refused_with
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import ApplyReason, Defect, FreeReplacementOpened
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.people import vault
from cardbook.people.models import Mandate, Person, PickUp
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.parameters import ruled
from cardbook.testing.races import together

pytestmark = pytest.mark.article(27)
PAPERS = {
    "paper_id_card_original_guardian_id_agent_id": "id_card_original",
    "paper_signature_paper_signature_screen_signature_thumb": "signature_paper",
}


def waiting(city: City, holder: Person | None = None) -> Application:
    (card,) = make.received_cards(city, city.here, people=[holder] if holder else None)
    columns = ("person_id", "county_id", "kind", "reason", "old_card_id", "fee_fen")
    row = (card.person_id, card.county_id, "replacement", "defect", card.pk, 0)
    step = Step(
        act=act("replacement.open_free"),
        facts=FreeReplacementOpened(old_card=card.pk, defect=Defect.SOILED),
        births=GivenRows(columns, (row,)),
    )
    perform(step, by=city.here.clerk, at=NOON, key=make.key())
    return Application.objects.get(old_card=card)


def stock(*numbers: str, by: Actor, box: str = "L01") -> HttpResponseBase:
    form = {"key": make.key(), "box": box, "numbers": "\n".join(numbers)}
    return signed_in(by).post(reverse("temporary.stock_in"), form)


def lend(application: Application, number: str, *, by: Actor, **given: object) -> HttpResponseBase:
    form = answers("temporary.lend", number=number, received_by="holder", **PAPERS) | given
    sent = {name: value for name, value in form.items() if value is not None}
    return signed_in(by).post(reverse("temporary.lend", args=[application.pk]), sent)


def act_on(code: str, number: str, *, by: Actor, **given: object) -> HttpResponseBase:
    card = TemporaryCard.objects.get(number=number)
    return signed_in(by).post(reverse(code, args=[card.pk]), answers(code, **given))


def lent(city: City, number: str = "L0001", *, holder: Person | None = None) -> Application:
    application = waiting(city, holder)
    stock(number, by=city.here.keeper)
    assert lend(application, number, by=city.here.clerk).status_code == 302
    return application


def stage(number: str) -> str:
    return TemporaryCard.objects.get(number=number).stage


@pytest.mark.django_db
def test_one_that_is_back_is_not_said_to_be_a_stranded_card(city: City) -> None:
    lent(city)
    assert (
        act_on("temporary.take_back", "L0001", by=city.here.clerk, sound="on").status_code == 302
    )
    again = act_on(
        "temporary.extend", "L0001", by=city.here.clerk, valid_until="2026-12-30", words="迟"
    )
    assert refused_with(again) == {"TEMPORARY_BACK"}
    assert "退回管理机构" not in again.content.decode()


@pytest.mark.django_db
class TestStock:
    def test_comes_in_by_box_and_a_known_number_stops_the_whole_box(self, city: City) -> None:
        assert stock("L0001", "L0002", by=city.here.keeper).status_code == 302
        again = stock("L0003", "L0002", by=city.here.keeper)
        assert refused_with(again) == {"TEMPORARY_NUMBER_TAKEN"}
        assert set(TemporaryCard.objects.values_list("number", flat=True)) == {"L0001", "L0002"}

    def test_a_row_that_is_no_number_is_named(self, city: City) -> None:
        answer = stock("L0001", "临时", by=city.here.keeper)
        assert "第 2 行“临时”不是临时卡号" in answer.content.decode()
        assert "重复扫描：L0001" in stock("L0001", "l0001", by=city.here.keeper).content.decode()


@pytest.mark.django_db
class TestLend:
    def test_goes_to_whoever_waits_for_sixty_days(self, city: City) -> None:
        application = lent(city)
        card = TemporaryCard.objects.get()
        days = timezone.localdate() + timedelta(days=60)
        assert (card.stage, card.person_id, card.valid_until) == (
            "lent", application.person_id, days,
        )  # fmt: skip
        assert Event.objects.get(act="temporary.lend").told == ["temporary/1"]
        assert [one for one in recount().findings if not one.holds] == []

    def test_one_person_has_one_at_a_time(self, city: City) -> None:
        application = lent(city)
        stock("L0002", by=city.here.keeper)
        answer = lend(application, "L0002", by=city.here.clerk)
        assert refused_with(answer) == {"TEMPORARY_LENT_ALREADY"} and stage("L0002") == "in_stock"

    def test_needs_signature_notice_and_a_card_of_the_county(self, city: City) -> None:
        application = waiting(city)
        stock("L0001", by=city.here.keeper)
        for given, code in (
            ({"paper_signature_paper_signature_screen_signature_thumb": ""}, "SIGNATURE_MISSING"),
            ({"told_temporary": None}, "NOTICE_NOT_GIVEN"),
            ({"number": "L9999"}, "TEMPORARY_UNKNOWN"),
        ):
            sent = {"number": "L0001"} | given
            assert code in refused_with(
                lend(application, sent.pop("number"), by=city.here.clerk, **sent)
            )
        assert lend(application, "L0001", by=city.neighbour.clerk).status_code == 404
        assert lend(application, "L0001", by=city.here.auditor).status_code == 403

    def test_the_dead_wait_for_nothing(self, city: City) -> None:
        application = waiting(city)
        stock("L0001", by=city.here.keeper)
        type(application.person).objects.filter(pk=application.person_id).update(
            died_on=date(2026, 11, 20)
        )
        assert refused_with(lend(application, "L0001", by=city.here.clerk)) == {"HOLDER_DEAD"}

    def test_whoever_can_fetch_his_new_card_gets_no_temporary_one(self) -> None:
        there = windows()
        _, _, application = made_anew(there, ApplyReason.DAMAGED)
        stock("L0001", by=there.city.here.keeper)
        answer = lend(application, "L0001", by=there.clerk)
        assert refused_with(answer) == {"TEMPORARY_CARD_MADE"} and stage("L0001") == "in_stock"
        assert "请直接领取新卡" in answer.content.decode()
        shown = signed_in(there.clerk).get(reverse("application.show", args=[application.pk]))
        assert reverse("temporary.lend", args=[application.pk]) not in shown.content.decode()

    def test_a_card_already_lent_is_not_lent_again(self, city: City) -> None:
        lent(city)
        other = waiting(city)
        assert lend(other, "L0001", by=city.here.clerk).status_code == 409


_IDENTITY = "paper_id_card_original_guardian_id_agent_id"
_INCAPACITY = "paper_incapacity_ruling_disability_card"
_KINSHIP = "paper_household_book_community_certificate_relation_proof"


def comes(number: str, *, name: str = "李小红", **more: object) -> dict[str, object]:
    """Somebody with a mandate comes for the holder; `more` is what a test makes different."""
    return {
        "received_by": "proxy", "comer_number": number, "comer_name": name, "relation": "child",
        _IDENTITY: "agent_id",
    } | more  # fmt: skip


PAPER = {
    "mandate_reason": "health", "mandate_signed_on": f"{timezone.localdate()}",
    "mandate_until": f"{timezone.localdate() + timedelta(days=30)}",
}  # fmt: skip


def signs(actor: Actor | None) -> dict[str, object]:
    """Somebody gives his name and password where an approval is asked for."""
    if actor is None:
        return {}
    name = User.objects.get(pk=actor.user_id).get_username()
    return {"approver_name": name, "approver_password": PASSWORD}


def guardian(number: str, **more: object) -> dict[str, object]:
    """A parent comes for a child."""
    kinship = {_IDENTITY: "guardian_id", _KINSHIP: "household_book"}
    return comes(number) | {"received_by": "guardian", "relation": "parent"} | kinship | more


def by_committee(number: str, paper: str) -> dict[str, object]:
    """The village's committee comes for a child nobody of his family looks after."""
    given = guardian(number, relation="committee", words="父母双亡，无其他近亲属")
    return given | {_KINSHIP: paper}


def mandated(
    application: Application, number: str, *, by: Actor, since: int = 0, until: int = 30,
    signed: int = 0, matter: Mandate.Matter = Mandate.Matter.BORROW,
) -> Mandate:  # fmt: skip
    """A mandate on file between the holder and somebody; its days are counted from today."""
    today = timezone.localdate()
    terms = MandateTerms(
        since=today + timedelta(days=since), until=today + timedelta(days=until),
        signed_on=today + timedelta(days=signed), reason="health", relation="child",
        matter=matter,
    )  # fmt: skip
    agent = remembered(number=number, name="李小红", today=today)
    _, step = mandate_step(
        principal_id=application.person_id, agent_id=agent.pk, terms=terms, by=by
    )
    perform(step, by=by, at=timezone.now(), key=make.key())
    return Mandate.objects.get(principal=application.person_id, agent=agent)


def came_before(city: City, agent: Person, *, days: Sequence[date]) -> None:
    """Somebody fetched a card for another person on each of these days."""
    PickUp.objects.bulk_create(
        PickUp(
            agent=agent, holder=make.person(), county=city.here.county, relation="child", on=day,
            batch=uuid4(),
        )
        for day in days
    )  # fmt: skip


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
        shown = comes(number, **{_IDENTITY: "id_card_original"})
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

    @pytest.mark.article(11)
    def test_a_childs_guardian_comes_and_the_child_does_not(self, city: City) -> None:
        child = make.person(born_on=date(2015, 1, 1))
        application, number = waiting(city, child), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        for given, code in (
            ({}, "HOLDER_IS_MINOR"),
            ({"self_supporting": "on"}, "HOLDER_IS_MINOR"),
            (guardian(make.citizen_number(born_on=date(2012, 1, 1))), "GUARDIAN_IS_MINOR"),
            (guardian(number, **{_KINSHIP: ""}), "PAPER_MISSING"),
        ):
            answer = lend(application, "L0001", by=city.here.clerk, **given)
            assert refused_with(answer) == {code}, given
        assert (
            lend(application, "L0001", by=city.here.clerk, **guardian(number)).status_code == 302
        )
        assert PickUp.objects.get().as_guardian

    @pytest.mark.article(11)
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

    @pytest.mark.article(11)
    def test_the_guardian_of_an_adult_without_capacity_comes_with_the_ruling(
        self, city: City
    ) -> None:
        application, number = waiting(city), make.citizen_number()
        stock("L0001", by=city.here.keeper)
        explained = {"words": "持卡人没有配偶"}
        without = guardian(number, relation="child", incapacitated="on") | {_INCAPACITY: ""}
        ruled_on = without | {_INCAPACITY: "incapacity_ruling"}
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

    @pytest.mark.article(11)
    def test_an_adult_needs_no_guardian(self, city: City) -> None:
        application = waiting(city)
        stock("L0001", by=city.here.keeper)
        given = guardian(make.citizen_number())
        answer = lend(application, "L0001", by=city.here.clerk, **given)
        assert refused_with(answer) == {"NO_GUARDIAN_NEEDED"}


@pytest.mark.django_db
class TestTheWayBack:
    def test_the_new_card_waits_until_it_is_back(self, city: City) -> None:
        application = lent(city)
        (new,) = make.received_cards(city, city.here, people=[application.person])
        hand_over = partial(
            perform, make.issue_step(new), by=city.here.clerk, at=timezone.now(), key=make.key()
        )
        with pytest.raises(Refused) as refused:
            hand_over()
        assert {one.code for one in refused.value.refusals} == {"TEMPORARY_CARD_OUT"}
        act_on("temporary.take_back", "L0001", by=city.here.clerk, sound="on")
        assert stage("L0001") == "returned" and hand_over()

    def test_the_city_may_let_it_come_back_later(self, city: City) -> None:
        application = lent(city)
        (new,) = make.received_cards(city, city.here, people=[application.person])
        with ruled("new_card_requires_temp_return", False):
            assert perform(
                make.issue_step(new), by=city.here.clerk, at=timezone.now(), key=make.key()
            )

    def test_two_people_may_let_the_new_card_go_first(self, city: City) -> None:
        application = lent(city)
        (new,) = make.received_cards(city, city.here, people=[application.person])
        second = User.objects.get(pk=city.here.reviewer.user_id).get_username()
        signed = {"second_name": second, "second_password": PASSWORD}
        answer = act_on(
            "temporary.excuse", "L0001", by=city.here.clerk, words="临时卡在外地住院用", **signed
        )
        assert answer.status_code == 302
        perform(make.issue_step(new), by=city.here.clerk, at=timezone.now(), key=make.key())
        assert TemporaryCard.objects.get().excused and stage("L0001") == "lent"

    def test_lost_it_stops_and_another_may_be_lent(self, city: City) -> None:
        application = lent(city)
        act_on("temporary.lose", "L0001", by=city.here.clerk, words="挂号时遗失")
        stock("L0002", by=city.here.keeper)
        assert stage("L0001") == "lost"
        assert lend(application, "L0002", by=city.here.clerk).status_code == 302

    def test_is_extended_to_the_last_day_and_not_beyond(self, city: City) -> None:
        lent(city)
        today = timezone.localdate()
        latest = last_day(today, today=today)
        for until, status in ((latest, 302), (latest + timedelta(days=1), 409)):
            sent = act_on(
                "temporary.extend", "L0001", by=city.here.clerk, valid_until=f"{until}",
                words="新卡未到",
            )  # fmt: skip
            assert sent.status_code == status
        assert TemporaryCard.objects.get().valid_until == latest

    def test_a_damaged_one_is_taken_out_of_stock(self, city: City) -> None:
        stock("L0001", by=city.here.keeper)
        act_on("temporary.void", "L0001", by=city.here.keeper, words="卡面断裂")
        assert stage("L0001") == "void"


@pytest.mark.parametrize(
    ("lent_on", "latest"),
    [(date(2026, 8, 31), date(2027, 2, 28)), (date(2026, 1, 5), date(2026, 7, 5))],
)
def test_six_months_end_within_their_month(lent_on: date, latest: date) -> None:
    assert last_day(lent_on, today=lent_on) == latest


@pytest.mark.django_db
def test_overdue_is_a_matter_of_the_day_alone(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lent(city)
    later = timezone.localdate() + timedelta(days=63)
    with django_assert_num_queries(1):
        (row,) = temporary_cards(by=city.here.clerk, today=later, only="overdue")
    assert row.days_over == 3
    assert temporary_cards(by=city.neighbour.clerk, today=later) == []
    client = signed_in(city.here.clerk)
    assert "L0001" in client.get(reverse("temporary.list")).content.decode()
    assert client.get(reverse("temporary.export")).content[:2] == b"PK"
    shown = client.get(reverse("temporary.show", args=[TemporaryCard.objects.get().pk]))
    assert "收回临时卡" in shown.content.decode()


@pytest.mark.races
def test_lent_by_two_windows_at_once_goes_to_one_person_once(fresh_database: str) -> None:
    city = make.city()
    application = waiting(city)
    stock("L0001", "L0002", by=city.here.keeper)
    sent = [
        partial(lend, application, number, by=by)
        for number, by in (("L0001", city.here.clerk), ("L0002", city.here.other_clerk))
    ]
    assert sorted(one.status_code for one in together(*sent)) == [302, 409]
    assert TemporaryCard.objects.filter(stage="lent").count() == 1


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
