"""Proxies and guardians on a sheet are people: named, entitled, counted (Art. 10, 11)."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from cardbook.chapters.issuance.collective.commands import undo_row
from cardbook.chapters.issuance.collective.naming import Named, named_in
from cardbook.chapters.issuance.collective.own_sheets import report_sheet
from cardbook.chapters.issuance.collective.tests.bundles import (
    TODAY,
    Out,
    add_pages,
    file,
    out,
    proxy,
    somebody,
    tick,
)
from cardbook.chapters.mandates import mandate_step
from cardbook.chapters.representatives import MandateTerms, remembered
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import MandateRevoked, Relation
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate, Person, PickUp
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.parameters import ruled

pytestmark = [pytest.mark.django_db, pytest.mark.article(10)]
CHILD = date(2016, 1, 1)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> None:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


def ready(city: City, *lines: tuple[str, Named], count: int = 4, children: int = 0) -> Out:
    """A sheet read back line by line, with all its pages; the first rows are children's."""
    people = [make.person(born_on=CHILD) for _ in range(children)]
    people += [make.person() for _ in range(count - children)]
    given = out(city, people=people)
    for text, agent in lines:
        tick(given.bundle, text, by=city.here.clerk, agent=agent)
    add_pages(given.bundle, by=city.here.clerk)
    return given


def refused_at(given: Out, city: City) -> list[tuple[str, str]]:
    """Why it is not filed: code and sentence; nothing was issued and nobody entered."""
    before = Person.objects.count()
    with pytest.raises(Refused) as refused:
        file(given.bundle, by=city.here.clerk)
    assert not Event.objects.filter(act="card.issue_collective").exists()
    assert Person.objects.count() == before and not PickUp.objects.exists()
    return [(one.code, one.sentence) for one in refused.value.refusals]


def codes(given: Out, city: City) -> set[str]:
    return {code for code, _ in refused_at(given, city)}


def mandate(
    city: City, holder: Person, agent: Named, *, since: date = TODAY, until: date = TODAY
) -> Mandate:
    """A mandate in the register from a holder to whom he sends."""
    person = remembered(number=agent.number, name=agent.name, today=TODAY)
    terms = MandateTerms(
        since=since, until=until, signed_on=since, reason="away", relation="child"
    )
    id_, step = mandate_step(
        principal_id=holder.pk, agent_id=person.pk, terms=terms, by=city.here.clerk
    )
    perform(step, by=city.here.clerk, at=NOON, key=make.key())
    return Mandate.objects.get(pk=id_)


class TestNamed:
    @pytest.mark.article(11)
    def test_a_mother_named_once_signs_for_all_her_children(self, city: City) -> None:
        mother = somebody("张桂兰")
        given = ready(city, ("1-3=j;4", mother), children=3)
        file(given.bundle, by=city.here.clerk)
        person = holder_of(PickUp.objects.filter(as_guardian=True)[0].agent)
        assert (person.name, person.number) == ("张桂兰", mother.number)
        found = PickUp.objects.values_list("agent_id", "relation", "as_guardian", "on").distinct()
        assert list(found) == [(person.id, "parent", True, TODAY)]
        assert PickUp.objects.count() == 3
        facts = Event.objects.filter(act="card.issue_collective").order_by("subject_id")[0].facts
        assert f'"agent":{person.id}' in facts and '"proof":"household_book"' in facts
        assert '"relation":"parent"' in facts and mother.number not in facts
        assert recount().holds

    def test_rows_that_name_nobody_are_named_in_one_sentence(self, city: City) -> None:
        nobody = Named()
        given = ready(city, ("1-2=d;3", nobody), ("4=d", Named(name="李四")))
        assert refused_at(given, city) == [
            ("ROW_AGENT_MISSING", "第 1、2 行由代领人签收，没有写明他的姓名、证件号码、关系。"),
            ("ROW_AGENT_MISSING", "第 4 行由代领人签收，没有写明他的证件号码、关系。"),
        ]

    def test_a_unit_is_told_the_same_when_it_reports(self, city: City) -> None:
        given = ready(city, ("1=d;2-4", Named()))
        unit = make.worker("单位经办", make.Role.UNIT_HANDLER, given.bundle.unit)
        with pytest.raises(Refused) as refused:
            report_sheet(bundle_id=given.bundle.pk, by=unit, at=NOON)
        assert [one.code for one in refused.value.refusals] == ["ROW_AGENT_MISSING"]

    def test_a_proxy_without_any_paper_is_refused(self, city: City) -> None:
        given = ready(city, ("1=d;2-4", proxy(proof="")))
        ((code, sentence),) = refused_at(given, city)
        assert code == "ROW_AGENT_MISSING" and "第 1 行" in sentence and "证明材料" in sentence

    def test_another_line_keeps_who_was_named_and_another_signer_does_not(
        self, city: City
    ) -> None:
        given, clerk = out(city, count=2), city.here.clerk
        son = proxy()
        tick(given.bundle, "1-2=d", by=clerk, agent=son)
        tick(given.bundle, "1=d;2=j", by=clerk, on=TODAY - timedelta(days=1))
        first, second = given.bundle.rows.order_by("row")
        assert named_in(vars(first)) == son and named_in(vars(second)) == Named()
        for mark in ("x", "b", "1", "c"):
            tick(given.bundle, "1=d", by=clerk, agent=son)
            tick(given.bundle, f"1={mark}", by=clerk)
            assert named_in(vars(given.bundle.rows.get(row=1))) == Named()

    def test_a_name_the_book_knows_otherwise_is_refused(self, city: City) -> None:
        known = make.person()
        other = proxy("王五", number=holder_of(known).number)
        given = ready(city, ("1=d;2-4", other))
        ((code, sentence),) = refused_at(given, city)
        assert code == "AGENT_NAME_DIFFERS" and sentence.startswith("第 1 行：代领人的姓名")
        assert holder_of(known).name not in sentence

    @pytest.mark.parametrize("signer", ["d", "j"])
    def test_nobody_signs_as_another_for_himself(self, city: City, signer: str) -> None:
        holder = make.person()
        given = out(city, people=[holder])
        me = holder_of(holder)
        named = {"name": me.name, "number": me.number, "relation": "sibling"}
        proof = "relative_proof" if signer == "d" else "disability_card"
        tick(given.bundle, f"1={signer}", by=city.here.clerk, agent=Named(**named, proof=proof))
        add_pages(given.bundle, by=city.here.clerk)
        assert codes(given, city) == {"PROXY_IS_HOLDER" if signer == "d" else "GUARDIAN_IS_HOLDER"}

    def test_the_dead_sign_for_nobody(self, city: City) -> None:
        gone = make.person()
        Person.objects.filter(pk=gone.pk).update(died_on=TODAY - timedelta(days=9))
        who = proxy(holder_of(gone).name, number=holder_of(gone).number)
        given = ready(city, ("1=d;2-4", who))
        assert codes(given, city) == {"AGENT_DEAD"}

    def test_corrected_by_two_he_has_fetched_one_card_less(self, city: City) -> None:
        given = ready(city, ("1-2=d;3-4", proxy()))
        file(given.bundle, by=city.here.clerk)
        event = Event.objects.get(act="card.issue_collective", subject_id=given.cards[0].pk)
        undo_row(
            bundle_id=given.bundle.pk, row=1, event_id=event.pk, words="登错了行",
            by=city.here.clerk, second=city.here.reviewer, at=NOON, key=make.key(),
        )  # fmt: skip
        assert PickUp.objects.get().holder_id == given.cards[1].person_id
        assert named_in(vars(given.bundle.rows.get(row=1))) == Named()
        assert recount().holds


def test_no_child_signs_for_another(city: City) -> None:
    child = proxy(number=make.citizen_number(born_on=CHILD))
    given = ready(city, ("1=d;2-4", child))
    ((code, sentence),) = refused_at(given, city)
    assert code == "MANDATE_DOES_NOT_COVER"
    assert sentence.startswith("第 1 行：") and "10 周岁，未满 16 周岁" in sentence


@pytest.mark.article(11)
class TestGuardian:
    def test_is_of_age_on_the_day_he_signed(self, city: City) -> None:
        turned = somebody(born_on=date(2008, 11, 20), relation="sibling")
        day_short = somebody("王小", born_on=date(2008, 11, 21), relation="sibling")
        given = ready(city, ("1=j;3-4", turned), ("2=j", day_short), children=2)
        given.bundle.rows.update(words="父母外出务工，失去联系")
        ((code, sentence),) = refused_at(given, city)
        assert code == "GUARDIAN_IS_MINOR"
        assert sentence == "第 2 行：监护人今年 17 周岁，未满 18 周岁，不能担任监护人。"

    def test_is_not_needed_where_the_city_lets_minors_collect(self, city: City) -> None:
        with ruled("minor_may_collect", True):
            given = ready(city, ("1-4", Named()), children=1)
            file(given.bundle, by=city.here.clerk)
        assert not PickUp.objects.exists()

    def test_another_child_of_the_sheet_is_none(self, city: City) -> None:
        children = [make.person(born_on=CHILD), make.person(born_on=date(2012, 2, 2))]
        given = out(city, people=children)
        brother = holder_of(children[1])
        tick(given.bundle, "1=j", by=city.here.clerk, agent=Named(
            name=brother.name, number=brother.number, relation="sibling", proof="household_book",
        ))  # fmt: skip
        tick(given.bundle, "2=j", by=city.here.clerk, agent=somebody())
        add_pages(given.bundle, by=city.here.clerk)
        given.bundle.rows.update(words="父母外出")
        assert codes(given, city) == {"GUARDIAN_IS_MINOR"}

    @pytest.mark.parametrize(
        ("relation", "words", "code"),
        [
            ("parent", "", ""),
            ("grandparent", "", "GUARDIAN_ORDER_UNEXPLAINED"),
            ("grandparent", "父母已去世", ""),
            ("spouse", "", "GUARDIAN_RELATION_MISFIT"),
            ("committee", "父母已去世", "ROW_PAPER_MISFIT"),
        ],
    )
    def test_the_laws_order_holds_on_a_sheet_too(
        self, city: City, relation: str, words: str, code: str
    ) -> None:
        given = ready(city, ("1=j;2-4", somebody(relation=relation)), children=1)
        given.bundle.rows.filter(row=1).update(words=words)
        if code:
            assert codes(given, city) == {code}
        else:
            file(given.bundle, by=city.here.clerk)

    @pytest.mark.parametrize(
        ("proof", "code"),
        [("household_book", "ROW_PAPER_MISFIT"), ("incapacity_ruling", ""),
         ("disability_card", "")],
    )  # fmt: skip
    def test_of_an_adult_shows_the_ruling_or_the_disability_card(
        self, city: City, proof: str, code: str
    ) -> None:
        given = ready(city, ("1=j;2-4", somebody(relation="spouse", proof=proof)))
        if code:
            assert codes(given, city) == {code}
        else:
            file(given.bundle, by=city.here.clerk)

    def test_what_he_fetches_for_his_own_is_no_proxys_work(self, city: City) -> None:
        given = ready(city, ("1-5=j", somebody()), count=5, children=5)
        file(given.bundle, by=city.here.clerk)
        assert PickUp.objects.filter(as_guardian=True).count() == 5


class TestMandates:
    @pytest.mark.parametrize("proof", ["", "mandate", "relative_proof"])
    def test_a_living_one_in_the_register_is_used(self, city: City, proof: str) -> None:
        son = proxy(proof=proof)
        given = ready(city, ("1=d;2-4", son))
        found = mandate(city, given.cards[0].person, son)
        file(given.bundle, by=city.here.clerk)
        assert PickUp.objects.get().mandate_id == found.pk
        event = Event.objects.get(act="card.issue_collective", subject_id=given.cards[0].pk)
        assert f'"mandate":{found.pk}' in event.facts and '"proof":"mandate"' in event.facts
        assert given.bundle.rows.get(row=1).proof == "mandate"
        assert recount().holds

    def test_one_that_ended_yesterday_is_no_paper(self, city: City) -> None:
        son = proxy(proof="mandate")
        given = ready(city, ("1=d;2-4", son))
        yesterday = TODAY - timedelta(days=1)
        mandate(city, given.cards[0].person, son, since=TODAY.replace(day=1), until=yesterday)
        ((code, sentence),) = refused_at(given, city)
        assert code == "MANDATE_DOES_NOT_COVER" and "已于 2026-11-19 到期" in sentence

    def test_one_that_was_revoked_is_no_paper(self, city: City) -> None:
        son = proxy(proof="mandate")
        given = ready(city, ("1=d;2-4", son))
        found = mandate(city, given.cards[0].person, son)
        step = Step(
            act=act("mandate.revoke"), facts=MandateRevoked(words="不再委托"),
            subject_ids=[found.pk],
        )  # fmt: skip
        perform(step, by=city.here.clerk, at=NOON, key=make.key())
        assert codes(given, city) == {"MANDATE_DOES_NOT_COVER"}

    @pytest.mark.parametrize(
        ("relation", "proof", "fits"),
        [
            ("unit", "unit_proof", True), ("unit", "relative_proof", False),
            ("committee", "relative_proof", True), ("committee", "mandate", False),
            ("child", "unit_proof", True),
        ],
    )  # fmt: skip
    def test_the_paper_depends_on_what_he_is_to_the_holder(
        self, city: City, relation: str, proof: str, fits: bool
    ) -> None:
        given = ready(city, ("1=d;2-4", proxy(relation=relation, proof=proof)))
        if fits:
            file(given.bundle, by=city.here.clerk)
        else:
            assert codes(given, city) == {"ROW_PAPER_MISFIT"}

    def test_what_is_no_kin_is_said_in_words(self, city: City) -> None:
        given = ready(city, ("1=d;2-4", proxy(relation=Relation.OTHER)))
        assert codes(given, city) == {"PROXY_NOT_NAMED"}
        given.bundle.rows.filter(row=1).update(words="同村邻居")
        file(given.bundle, by=city.here.clerk)


class TestLimits:
    def test_every_row_of_a_sheet_counts_for_the_day(self, city: City) -> None:
        given = ready(city, ("1-4=d;5", proxy()), count=5)
        ((code, sentence),) = refused_at(given, city)
        assert code == "AGENT_LIMIT"
        assert sentence == (
            "该代领人 2026-11-20 连同本表第 1、2、3、4 行已代领 4 张，一天最多 3 张（待确认）。"
        )
        tick(given.bundle, "4=d", by=city.here.clerk, agent=proxy("李国富"))
        file(given.bundle, by=city.here.clerk)
        assert sorted(PickUp.objects.values_list("holder_id", flat=True)) == sorted(
            card.person_id for card in given.cards[:4]
        )

    def test_what_he_fetched_that_day_elsewhere_counts_too(self, city: City) -> None:
        son = proxy()
        file(ready(city, ("1-2=d;3-4", son)).bundle, by=city.here.clerk)
        given = ready(city, ("1-2=d;3-4", son))
        with pytest.raises(Refused) as refused:
            file(given.bundle, by=city.here.clerk)
        assert [one.code for one in refused.value.refusals] == ["AGENT_LIMIT"]
        assert "已代领 4 张" in refused.value.refusals[0].sentence

    def test_over_the_years_number_the_countys_manager_signs(self, city: City) -> None:
        son = proxy()
        file(ready(city, ("1=d;2-4", son)).bundle, by=city.here.clerk)
        past = PickUp.objects.get()
        for days in range(1, 10):
            past.pk, past.on = None, TODAY - timedelta(days=days)
            past.save(force_insert=True)
        given = ready(city, ("1=d;2-4", son))
        boss = make.worker("县负责人", make.Role.COUNTY_MANAGER, city.here.card_body)
        for approver, code in (
            (None, "AGENT_APPROVAL_MISSING"),
            (city.here.clerk, "SECOND_PERSON_SAME"),
            (city.here.reviewer, "SECOND_PERSON_MAY_NOT"),
        ):
            with pytest.raises(Refused) as refused:
                file(given.bundle, by=city.here.clerk, approver=approver)
            assert [one.code for one in refused.value.refusals] == [code]
        file(given.bundle, by=city.here.clerk, approver=boss)
        event = Event.objects.get(act="card.issue_collective", subject_id=given.cards[0].pk)
        assert event.second_id == boss.user_id and PickUp.objects.count() == 11

    @pytest.mark.article(5)
    def test_nobody_approves_his_own_sheet_even_where_nothing_asks_for_it(
        self, city: City
    ) -> None:
        given = ready(city, ("1-4", Named()))
        with pytest.raises(Refused) as refused:
            file(given.bundle, by=city.here.clerk, approver=city.here.clerk)
        assert [one.code for one in refused.value.refusals] == ["SECOND_PERSON_SAME"]

    def test_asked_again_with_one_key_he_is_counted_once(self, city: City) -> None:
        given, key = ready(city, ("1-2=d;3-4", proxy())), make.key()
        answers = [file(given.bundle, by=city.here.clerk, key=key).repeated for _ in range(2)]
        assert answers == [False, True] and PickUp.objects.count() == 2

    def test_the_neighbour_county_files_nobodys_sheet(self, city: City) -> None:
        given = ready(city, ("1=d;2-4", proxy()))
        with pytest.raises(given.bundle.DoesNotExist):
            file(given.bundle, by=city.neighbour.clerk)
        assert not PickUp.objects.exists()
