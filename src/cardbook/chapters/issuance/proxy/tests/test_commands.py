"""A proxy or a guardian fetches a card: what is written, and every way it is refused."""

import json
from datetime import date, timedelta
from functools import partial

import pytest

from cardbook.chapters.issuance.individual.commands import undo_issue
from cardbook.chapters.issuance.proxy.commands import Comer
from cardbook.chapters.issuance.proxy.mandate_commands import register_mandate, revoke_mandate
from cardbook.chapters.issuance.proxy.tests.cases import (
    GUARDIAN_PAPERS,
    PROXY_PAPERS,
    TERMS,
    TODAY,
    child,
    codes,
    comer,
    manager,
    to_guardian,
    to_proxy,
    untouched,
)
from cardbook.chapters.representatives import MandateTerms
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law import papers as kinds
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import ProxyReason, Relation
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refused
from cardbook.people.holders import find_by_number, holder_of
from cardbook.people.models import Mandate, Person, PickUp
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together


def terms(**changes: object) -> MandateTerms:
    from dataclasses import replace

    return replace(TERMS, **changes)  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.article(10)
class TestIssueToProxy:
    def test_names_the_agent_apart_from_holder_and_papers(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer()
        done = to_proxy(card, by=city.here.clerk, who=who)
        card.refresh_from_db()
        event = Event.objects.get(subject_id=card.pk, act="card.issue_proxy")
        facts = json.loads(event.facts)
        agent = find_by_number(who.number)
        assert agent is not None and holder_of(agent).name == "李代领"
        assert (facts["agent"], facts["relation"], facts["reason"]) == (agent.pk, "child", "away")
        assert card.stage == "issued" and event.batch == done.batch
        assert Position.objects.get(card=card).account.kind == Place.HOLDER
        mandate = Mandate.objects.get(pk=facts["mandate"])
        assert (mandate.principal_id, mandate.agent_id) == (card.person_id, agent.pk)
        pick_up = PickUp.objects.get(batch=done.batch)
        assert (pick_up.agent_id, pick_up.as_guardian, pick_up.on) == (agent.pk, False, TODAY)
        assert "agent_id:" in event.papers and "mandate:" in event.papers
        assert [one for one in recount().findings if not one.holds] == []

    def test_the_same_request_again_enters_nothing_twice(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer()
        first = to_proxy(card, by=city.here.clerk, who=who, key="once")
        again = to_proxy(card, by=city.here.clerk, who=who, key="once")
        assert (first.repeated, again.repeated) == (False, True)
        assert Mandate.objects.count() == 1 and PickUp.objects.count() == 1

    def test_a_mandate_on_file_serves_again(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer()
        mandate_id = register_mandate(
            principal_id=card.person_id,
            comer=who,
            terms=TERMS,
            by=city.here.clerk,
            at=NOON,
            key=make.key(),
        )
        to_proxy(card, by=city.here.clerk, who=who, mandate=mandate_id)
        assert Mandate.objects.get().uses.count() == 1

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"until": TODAY - timedelta(days=1)}, "已于 2026-11-19 到期"),
            ({"since": TODAY + timedelta(days=1)}, "起才有效"),
            ({"signed_on": TODAY + timedelta(days=1)}, "在今天之后"),
        ],
        ids=["expired_yesterday", "begins_tomorrow", "signed_tomorrow"],
    )
    def test_refuses_a_mandate_out_of_its_time(
        self, city: City, change: dict[str, object], words: str
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer()
        with pytest.raises(Refused) as refused:
            to_proxy(card, by=city.here.clerk, who=who, mandate=terms(**change))
        assert codes(refused) == {"MANDATE_DOES_NOT_COVER"} and untouched(card)
        assert words in refused.value.refusals[0].sentence
        assert not Mandate.objects.exists() and find_by_number(who.number) is None

    def test_its_last_day_counts_in_full(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        to_proxy(card, by=city.here.clerk, mandate=terms(until=TODAY))
        card.refresh_from_db()
        assert card.stage == "issued"

    def test_refuses_one_revoked_today_even_shown_again_on_paper(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who = comer()
        mandate_id = register_mandate(
            principal_id=card.person_id,
            comer=who,
            terms=TERMS,
            by=city.here.clerk,
            at=NOON,
            key=make.key(),
        )
        revoke_mandate(
            mandate_id=mandate_id, words="不再委托", by=city.here.clerk, at=NOON, key=make.key()
        )
        for given in (mandate_id, TERMS):
            with pytest.raises(Refused) as refused:
                to_proxy(card, by=city.here.clerk, who=who, mandate=given)
            assert codes(refused) == {"MANDATE_DOES_NOT_COVER"} and untouched(card)
            assert "2026-11-20 撤销" in refused.value.refusals[0].sentence

    def test_refuses_one_for_another_holder_or_agent(self, city: City) -> None:
        card, other = make.received_cards(city, city.here, count=2)
        who = comer()
        for_other = register_mandate(
            principal_id=other.person_id,
            comer=who,
            terms=TERMS,
            by=city.here.clerk,
            at=NOON,
            key=make.key(),
        )
        to_other = register_mandate(
            principal_id=card.person_id, comer=comer("赵六"), terms=TERMS, by=city.here.clerk,
            at=NOON, key=make.key(),
        )  # fmt: skip
        for mandate_id, words in (
            (for_other, "委托人不是这位持卡人"),
            (to_other, "受托人不是来办理的人"),
        ):
            with pytest.raises(Refused) as refused:
                to_proxy(card, by=city.here.clerk, who=who, mandate=mandate_id)
            assert codes(refused) == {"MANDATE_DOES_NOT_COVER"} and untouched(card)
            assert words in refused.value.refusals[0].sentence

    def test_refuses_a_mandate_nobody_registered(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            to_proxy(card, by=city.here.clerk, mandate=987654)
        assert codes(refused) == {"MANDATE_DOES_NOT_COVER"} and untouched(card)

    def test_the_holder_is_no_proxy_of_himself(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        number = holder_of(card.person).number
        with pytest.raises(Refused) as refused:
            to_proxy(card, by=city.here.clerk, who=Comer(number=number, name="王小明"))
        assert codes(refused) == {"PROXY_IS_HOLDER"} and untouched(card)

    @pytest.mark.article(17)
    @pytest.mark.parametrize(("born_on", "said"), [
        (date(2016, 1, 1), "代领人 10 周岁，未满 16 周岁"), (date(2010, 11, 21), "代领人 15 周岁"),
    ])  # fmt: skip
    def test_nobody_under_sixteen_is_sent_by_another(
        self, city: City, born_on: date, said: str
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            to_proxy(card, by=city.here.clerk, who=comer("李小弟", born_on=born_on))
        assert codes(refused) == {"MANDATE_DOES_NOT_COVER"} and untouched(card)
        assert said in refused.value.refusals[0].sentence

    def test_from_the_sixteenth_birthday_on_he_may(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        to_proxy(card, by=city.here.clerk, who=comer("李大弟", born_on=date(2010, 11, 20)))
        assert not untouched(card)

    def test_refuses_when_the_holder_died_before(self, city: City) -> None:
        dead = make.person(died_on=date(2026, 11, 19))
        (card,) = make.received_cards(city, city.here, people=[dead])
        with pytest.raises(Refused) as refused:
            to_proxy(card, by=city.here.clerk)
        assert codes(refused) == {"HOLDER_DEAD"} and untouched(card)

    def test_refuses_an_agent_who_died(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        gone = make.person(name="赵已故", died_on=date(2026, 11, 1))
        who = Comer(number=holder_of(gone).number, name="赵已故")
        with pytest.raises(Refused) as refused:
            to_proxy(card, by=city.here.clerk, who=who)
        assert codes(refused) == {"AGENT_DEAD"} and untouched(card)

    @pytest.mark.parametrize("left_out", range(len(PROXY_PAPERS)))
    def test_refuses_one_paper_left_out(self, city: City, left_out: int) -> None:
        (card,) = make.received_cards(city, city.here)
        shown = tuple(one for place, one in enumerate(PROXY_PAPERS) if place != left_out)
        with pytest.raises(Refused) as refused:
            to_proxy(card, by=city.here.clerk, papers=shown)
        assert codes(refused) == {"PAPER_MISSING"} and untouched(card)
        first = kinds.PROXY_PICK_UP.groups[left_out][0]
        assert first.title in refused.value.refusals[0].sentence

    @pytest.mark.parametrize(
        ("relation", "proof", "fits"),
        [
            (Relation.CHILD, "household_book", True),
            (Relation.CHILD, "unit_proof", True),
            (Relation.UNIT, "unit_proof", True),
            (Relation.UNIT, "relative_proof", False),
            (Relation.UNIT, "household_book", False),
            (Relation.COMMITTEE, "relative_proof", True),
            (Relation.COMMITTEE, "household_book", False),
            (Relation.OTHER, "household_book", False),
        ],
    )
    def test_the_proof_asked_for_depends_on_the_relation(
        self, city: City, relation: Relation, proof: str, fits: bool
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        shown = (*(p for p in PROXY_PAPERS if p.kind != "relative_proof"), Presented(kind=proof))
        give = partial(
            to_proxy, card, by=city.here.clerk, papers=shown, relation=relation, words="邻居"
        )
        if fits:
            give()
        else:
            with pytest.raises(Refused) as refused:
                give()
            assert codes(refused) == {"PAPER_MISSING"} and untouched(card)

    def test_other_reasons_and_relations_are_said_in_words(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        for change in ({"reason": ProxyReason.OTHER}, {"relation": Relation.OTHER}):
            with pytest.raises(Refused) as refused:
                to_proxy(card, by=city.here.clerk, **change)
            assert codes(refused) == {"PROXY_NOT_NAMED"} and untouched(card)

    @pytest.mark.article(11)
    def test_a_minors_card_waits_for_the_guardian(self, city: City) -> None:
        youth = make.person(born_on=date(2009, 11, 21))
        small, near = make.received_cards(city, city.here, people=[child(), youth])
        for card in (small, near):
            with pytest.raises(Refused) as refused:
                to_proxy(card, by=city.here.clerk)
            assert codes(refused) == {"HOLDER_IS_MINOR"} and untouched(card)

    @pytest.mark.article(5)
    def test_refuses_the_neighbour_county_and_other_roles(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        for by, code in (
            (city.neighbour.clerk, "OUT_OF_REACH"),
            (city.here.keeper, "ROLE_MAY_NOT"),
            (city.here.auditor, "ROLE_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                to_proxy(card, by=by)
            assert code in codes(refused) and untouched(card)
        assert not Mandate.objects.exists() and not PickUp.objects.exists()

    def test_taken_back_it_no_longer_counts(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        to_proxy(card, by=city.here.clerk)
        event = Event.objects.get(subject_id=card.pk, act="card.issue_proxy")
        undo_issue(
            card_id=card.pk, event_id=event.pk, words="登错了人", by=city.here.clerk,
            second=city.here.reviewer, at=NOON, key=make.key(),
        )  # fmt: skip
        assert not PickUp.objects.exists()
        assert [one for one in recount().findings if not one.holds] == []


@pytest.mark.django_db
@pytest.mark.article(10)
class TestLimits:
    def fetch(self, city: City, who: Comer, count: int, **more: object) -> None:
        for card in make.received_cards(city, city.here, count=count):
            to_proxy(card, by=city.here.clerk, who=who, **more)  # type: ignore[arg-type]

    def test_the_fourth_card_of_a_day_is_refused(self, city: City) -> None:
        who = comer()
        self.fetch(city, who, 3)
        (card,) = make.received_cards(city, city.here)
        with pytest.raises(Refused) as refused:
            to_proxy(card, by=city.here.clerk, who=who)
        assert codes(refused) == {"AGENT_LIMIT"} and untouched(card)
        assert "今天已代领 3 张，一天最多 3 张（待确认）" in refused.value.refusals[0].sentence

    def test_over_the_years_limit_the_countys_manager_signs(self, city: City) -> None:
        who = comer()
        self.fetch(city, who, 1)
        # As if fetched on other days of the year.
        past = PickUp.objects.get()
        for days in range(1, 10):
            past.pk, past.on = None, TODAY - timedelta(days=days)
            past.save(force_insert=True)
        (card,) = make.received_cards(city, city.here)
        boss, neighbours = manager(city.here), manager(city.neighbour)
        for approver, code in (
            (None, "AGENT_APPROVAL_MISSING"),
            (city.here.clerk, "SECOND_PERSON_SAME"),
            (city.here.reviewer, "SECOND_PERSON_MAY_NOT"),
            (neighbours, "SECOND_PERSON_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                to_proxy(card, by=city.here.clerk, who=who, approver=approver)
            assert codes(refused) == {code} and untouched(card)
        to_proxy(card, by=city.here.clerk, who=who, approver=boss)
        event = Event.objects.get(subject_id=card.pk, act="card.issue_proxy")
        assert event.second_id == boss.user_id
        PickUp.objects.filter(on__lt=TODAY).delete()  # of which the ledger knows nothing
        assert [one for one in recount().findings if not one.holds] == []

    def test_a_mothers_children_are_not_counted(self, city: City) -> None:
        who = comer("王母")
        for card in make.received_cards(city, city.here, people=[child() for _ in range(4)]):
            to_guardian(card, by=city.here.clerk, who=who)
        self.fetch(city, who, 1)
        assert PickUp.objects.count() == 5


@pytest.mark.races
@pytest.mark.article(10)
def test_two_windows_at_once_keep_the_days_limit(fresh_database: str) -> None:
    city = make.city()
    who = comer()
    for card in make.received_cards(city, city.here, count=2):
        to_proxy(card, by=city.here.clerk, who=who)
    one, other = make.received_cards(city, city.here, count=2)
    answers = together(
        partial(to_proxy, one, by=city.here.clerk, who=who),
        partial(to_proxy, other, by=city.here.other_clerk, who=who),
    )
    assert sorted(in_words(answers, done=lambda _: "issued")) == ["AGENT_LIMIT", "issued"]
    assert PickUp.objects.count() == 3


@pytest.mark.races
@pytest.mark.article(10)
def test_two_windows_enter_a_new_agent_once(fresh_database: str) -> None:
    city = make.city()
    who = comer()
    one, other = make.received_cards(city, city.here, count=2)
    before = Person.objects.count()
    answers = together(
        partial(to_proxy, one, by=city.here.clerk, who=who),
        partial(to_proxy, other, by=city.here.other_clerk, who=who),
    )
    assert all(isinstance(answer, Done) for answer in answers)
    assert Person.objects.count() == before + 1


@pytest.mark.django_db
@pytest.mark.article(11)
class TestIssueToGuardian:
    def test_names_guardian_relation_and_proof(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        who = comer("王母")
        done = to_guardian(card, by=city.here.clerk, who=who)
        facts = json.loads(Event.objects.get(batch=done.batch).facts)
        guardian = find_by_number(who.number)
        assert guardian is not None and facts["guardian"] == guardian.pk
        assert (facts["relation"], facts["proof"]) == ("parent", "household_book")
        assert PickUp.objects.get().as_guardian and not Mandate.objects.exists()
        assert [one for one in recount().findings if not one.holds] == []

    def test_refuses_a_guardian_under_age(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        sister = comer("王姐", born_on=date(2008, 11, 21))
        with pytest.raises(Refused) as refused:
            to_guardian(
                card, by=city.here.clerk, who=sister, relation=Relation.SIBLING, words="父母已故"
            )
        assert codes(refused) == {"GUARDIAN_IS_MINOR"} and untouched(card)
        assert "今年 17 周岁" in refused.value.refusals[0].sentence

    def test_of_age_on_the_birthday(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        sister = comer("王姐", born_on=date(2008, 11, 20))
        to_guardian(
            card, by=city.here.clerk, who=sister, relation=Relation.SIBLING, words="父母已故"
        )

    def test_refuses_a_guardian_who_died(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        gone = make.person(name="赵已故", died_on=date(2026, 11, 1))
        who = Comer(number=holder_of(gone).number, name="赵已故")
        with pytest.raises(Refused) as refused:
            to_guardian(card, by=city.here.clerk, who=who)
        assert codes(refused) == {"AGENT_DEAD"} and untouched(card)

    @pytest.mark.parametrize("relation", [Relation.GRANDPARENT, Relation.SIBLING])
    def test_a_later_one_in_the_order_says_why(self, city: City, relation: Relation) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        with pytest.raises(Refused) as refused:
            to_guardian(card, by=city.here.clerk, relation=relation)
        assert codes(refused) == {"GUARDIAN_ORDER_UNEXPLAINED"} and untouched(card)
        to_guardian(card, by=city.here.clerk, relation=relation, words="父母在外地服刑")

    @pytest.mark.parametrize("relation", [Relation.SPOUSE, Relation.CHILD, Relation.UNIT])
    def test_some_are_no_guardians_of_a_minor(self, city: City, relation: Relation) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        with pytest.raises(Refused) as refused:
            to_guardian(card, by=city.here.clerk, relation=relation, words="说明")
        assert codes(refused) == {"GUARDIAN_RELATION_MISFIT"} and untouched(card)

    def test_the_committee_brings_its_certificate(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        give = partial(
            to_guardian, card, by=city.here.clerk, relation=Relation.COMMITTEE, words="孤儿"
        )
        with pytest.raises(Refused) as refused:
            give()
        assert codes(refused) == {"PAPER_MISSING"} and untouched(card)
        proof = Presented(kind="community_certificate")
        give(papers=(GUARDIAN_PAPERS[0], proof, GUARDIAN_PAPERS[2]))

    def test_an_adult_needs_the_flag_and_its_proof(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        give = partial(to_guardian, card, by=city.here.clerk, relation=Relation.SPOUSE)
        with pytest.raises(Refused) as refused:
            give()
        assert "NO_GUARDIAN_NEEDED" in codes(refused) and untouched(card)
        with pytest.raises(Refused) as refused:
            give(incapacitated=True)
        assert codes(refused) == {"PAPER_MISSING"} and untouched(card)
        give(incapacitated=True, papers=(*GUARDIAN_PAPERS, Presented(kind="incapacity_ruling")))
        card.refresh_from_db()
        assert card.stage == "issued"

    def test_the_holder_is_no_guardian_of_himself(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        who = Comer(number=holder_of(card.person).number, name="王小明")
        with pytest.raises(Refused) as refused:
            to_guardian(
                card, by=city.here.clerk, who=who, relation=Relation.SPOUSE, incapacitated=True,
                papers=(*GUARDIAN_PAPERS, Presented(kind="disability_card")),
            )  # fmt: skip
        assert codes(refused) == {"GUARDIAN_IS_HOLDER"} and untouched(card)

    @pytest.mark.parametrize("left_out", range(len(GUARDIAN_PAPERS)))
    def test_refuses_one_paper_left_out(self, city: City, left_out: int) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        shown = tuple(one for place, one in enumerate(GUARDIAN_PAPERS) if place != left_out)
        with pytest.raises(Refused) as refused:
            to_guardian(card, by=city.here.clerk, papers=shown)
        assert codes(refused) == {"PAPER_MISSING"} and untouched(card)

    @pytest.mark.article(17)
    def test_refuses_when_the_child_died_before(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child(died_on=date(2026, 11, 1))])
        with pytest.raises(Refused) as refused:
            to_guardian(card, by=city.here.clerk)
        assert codes(refused) == {"HOLDER_DEAD"} and untouched(card)

    @pytest.mark.article(5)
    def test_refuses_the_neighbour_county_and_other_roles(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        for by, code in (
            (city.neighbour.clerk, "OUT_OF_REACH"),
            (city.here.reviewer, "ROLE_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                to_guardian(card, by=by)
            assert code in codes(refused) and untouched(card)

    def test_the_same_request_again_is_one(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[child()])
        who = comer("王母")
        to_guardian(card, by=city.here.clerk, who=who, key="once")
        assert to_guardian(card, by=city.here.clerk, who=who, key="once").repeated
        assert PickUp.objects.count() == 1


@pytest.mark.article(10)
def test_what_is_asked_besides_is_told_on_the_row() -> None:
    row = act("card.issue_proxy")
    assert {value for one in row.papers_when for value in one.values} == {
        "unit", "committee", "other",
    }  # fmt: skip
