"""City and county decide which ways of issuing a group has; every hand-over obeys (Art. 7)."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.duties.models import WayRule
from cardbook.chapters.duties.ways.commands import decide_ways, withdraw_ways
from cardbook.chapters.duties.ways.queries import decisions, in_force, rules
from cardbook.chapters.issuance.collective.tests import bundles
from cardbook.chapters.issuance.individual.tests.test_commands import hand_over
from cardbook.chapters.issuance.posting.tests.test_posting import post
from cardbook.chapters.issuance.proxy.tests.cases import to_guardian, to_proxy
from cardbook.chapters.issuance.visiting.tests.test_visiting import go
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.law.ways import ALL
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(7)
TODAY = date(2026, 11, 20)
EARLIER = TODAY - timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Deciders:
    """Who may decide: for the city, for the county, for its neighbour."""

    city: Actor
    here: Actor
    there: Actor


def deciders_of(city: City) -> Deciders:
    centre = make.organization("市局信息中心", Kind.INFO_CENTRE, parent=city.city)
    return Deciders(
        city=make.worker("管理员", Role.CITY_MANAGER, centre),
        here=make.worker("负责人", Role.COUNTY_MANAGER, city.here.county),
        there=make.worker("邻县负责人", Role.COUNTY_MANAGER, city.neighbour.county),
    )


@pytest.fixture
def deciders(city: City) -> Deciders:
    return deciders_of(city)


def decide(
    office: Organization,
    *ways: str,
    by: Actor,
    group: str = "resident",
    since: date = EARLIER,
    words: str = "商人社发〔2026〕11号",
) -> WayRule:
    return decide_ways(
        organization_id=office.pk, group=group, ways=ways, since=since, words=words, by=by,
        at=NOON,
    )  # fmt: skip


def cards_of(city: City, *, group: str = "resident", count: int = 1, **who: object) -> list[Card]:
    people = [make.person(**who) for _ in range(count)]  # type: ignore[arg-type]
    return make.received_cards(city, city.here, people=people, group=group)


def is_clean() -> bool:
    return [one.code for one in recount().findings if not one.holds] == []


def refusal(act: Callable[[], object]) -> str:
    """Code and words of the one thing that stands in the way."""
    with pytest.raises(Refused) as refused:
        act()
    (one,) = {(each.code, f"{each.sentence}{each.way_out}{each.article}")
              for each in refused.value.refusals}  # fmt: skip
    assert one[0] == "WAY_NOT_OPEN"
    return one[1]


@pytest.mark.django_db
class TestEveryHandOverObeys:
    def test_a_window_refuses_a_group_that_fetches_in_its_village(
        self, city: City, deciders: Deciders
    ) -> None:
        decide(city.city, "village", "post", by=deciders.city)
        (card,) = cards_of(city)
        said = refusal(lambda: hand_over(card, by=city.here.clerk))
        for words in ("自 2026-10-21 起", "城乡居民参保人员", "不用“窗口领取”发放",
                      "商人社发〔2026〕11号", "村（社区）集中领取、邮寄", "第七条"):  # fmt: skip
            assert words in said
        card.refresh_from_db()
        assert card.stage == "in_custody" and is_clean()
        post(card, by=city.here.clerk)

    def test_proxy_guardian_post_and_visits_obey_as_well(
        self, city: City, deciders: Deciders
    ) -> None:
        decide(city.city, "village", by=deciders.city)
        (grown,), (child,) = cards_of(city), cards_of(city, born_on=date(2019, 5, 1))
        assert "窗口领取" in refusal(lambda: to_proxy(grown, by=city.here.clerk))
        assert "窗口领取" in refusal(lambda: to_guardian(child, by=city.here.clerk))
        assert "邮寄" in refusal(lambda: post(grown, by=city.here.clerk))
        assert "上门发放" in refusal(lambda: go(city, grown))

    def test_who_fetches_for_many_does_it_in_his_own_way(
        self, city: City, deciders: Deciders
    ) -> None:
        decide(city.city, "village", by=deciders.city)
        decide(city.city, "unit", by=deciders.city, group="student")
        village = make.ready_unit(city.here, name="示范村", kind=Kind.VILLAGE)
        bundle = bundles.prepared(city, cards_of(city, count=2), unit=village)
        bundles.hand_out(bundle, by=city.here.clerk)
        school = make.ready_unit(city.here)
        pupils = bundles.prepared(city, cards_of(city, group="student"), unit=school)
        assert "不用“学校集中领取”" in refusal(
            lambda: bundles.hand_out(pupils, by=city.here.clerk)
        )
        works = make.ready_unit(city.here, name="示范工厂")
        mixed = bundles.prepared(city, cards_of(city) + cards_of(city, group="other"), unit=works)
        with pytest.raises(Refused) as refused:
            bundles.hand_out(mixed, by=city.here.clerk)
        assert [one.code for one in refused.value.refusals] == ["WAY_NOT_OPEN"]
        assert "不用“单位集中领取”" in refused.value.refusals[0].sentence

    def test_where_nobody_decided_every_way_is_open(self, city: City, deciders: Deciders) -> None:
        decide(city.city, "village", by=deciders.city, group="employee")
        decide(city.neighbour.county, "village", by=deciders.there)
        (card,) = cards_of(city)
        hand_over(card, by=city.here.clerk)

    def test_a_decision_holds_from_its_day_and_the_later_one_before_the_earlier(
        self, city: City, deciders: Deciders
    ) -> None:
        one, two = cards_of(city, count=2)
        decide(city.city, "village", by=deciders.city, since=TODAY + timedelta(days=1))
        hand_over(one, by=city.here.clerk)
        decide(city.city, "village", by=deciders.city, since=EARLIER)
        refusal(lambda: hand_over(two, by=city.here.clerk))
        decide(city.here.county, "window", by=deciders.here, since=EARLIER)
        hand_over(two, by=city.here.clerk)

    def test_taken_back_it_holds_no_longer(self, city: City, deciders: Deciders) -> None:
        (card,) = cards_of(city)
        rule = decide(city.here.county, "post", by=deciders.here)
        refusal(lambda: hand_over(card, by=city.here.clerk))
        withdraw_ways(rule_id=rule.pk, words="登记错了", by=deciders.here, at=NOON)
        hand_over(card, by=city.here.clerk)
        with pytest.raises(Refused) as refused:
            withdraw_ways(rule_id=rule.pk, words="又一次", by=deciders.here, at=NOON)
        assert refused.value.refusals[0].code == "WAYS_WITHDRAWN"

    def test_it_is_one_statement_for_any_number(
        self, city: City, deciders: Deciders, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        from cardbook.chapters.ways_open import objections_to_way
        from cardbook.lifecycle.load import load_cases

        decide(city.city, "village", by=deciders.city)
        cards = cards_of(city, count=5)
        cases = load_cases(subject="card", ids=[card.pk for card in cards], lock=False)  # type: ignore[arg-type]
        with django_assert_num_queries(1):
            found = list(objections_to_way([*cases.values()], way="window", on=TODAY))
        assert {one.subject_id for one in found} == {card.pk for card in cards}


@pytest.mark.django_db
class TestDeciding:
    def test_is_on_the_record_of_the_office(self, city: City, deciders: Deciders) -> None:
        rule = decide(city.here.county, "window", "village", by=deciders.here)
        assert rule.ways == ["window", "village"]
        withdraw_ways(rule_id=rule.pk, words="登记错了", by=deciders.city, at=NOON)
        acts = Event.objects.filter(subject_kind="organization", subject_id=city.here.county.pk)
        assert list(acts.order_by("seq").values_list("act", flat=True)[:2]) == [
            "ways.decide", "ways.withdraw",
        ]  # fmt: skip

    def test_the_same_twice_is_one_and_another_of_that_day_is_refused(
        self, city: City, deciders: Deciders
    ) -> None:
        first = decide(city.city, "window", by=deciders.city)
        assert decide(city.city, "window", by=deciders.city) == first
        with pytest.raises(Refused) as refused:
            decide(city.city, "post", by=deciders.city)
        assert refused.value.refusals[0].code == "WAYS_DECIDED"
        assert "窗口领取" in refused.value.refusals[0].sentence
        withdraw_ways(rule_id=first.pk, words="登记错了", by=deciders.city, at=NOON)
        assert decide(city.city, "post", by=deciders.city).ways == ["post"]

    @pytest.mark.parametrize(
        ("ways", "words", "code"), [((), "文号", "WAYS_NONE_LEFT"), (("post",), " ", "REASON")]
    )
    def test_refuses_nothing_left_and_no_reason(
        self, city: City, deciders: Deciders, ways: tuple[str, ...], words: str, code: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            decide(city.city, *ways, by=deciders.city, words=words)
        assert code in refused.value.refusals[0].code

    def test_nobody_decides_for_others(self, city: City, deciders: Deciders) -> None:
        for office, by in (
            (city.here.county, deciders.there),
            (city.city, deciders.here),
            (city.here.county, city.here.clerk),
        ):
            with pytest.raises(Refused) as refused:
                decide(office, "post", by=by)
            assert refused.value.refusals[0].code == "ORG_NOT_YOURS"
        rule = decide(city.here.county, "post", by=deciders.here)
        with pytest.raises(Refused):
            withdraw_ways(rule_id=rule.pk, words="不行", by=deciders.there, at=NOON)
        assert WayRule.objects.filter(withdrawn_at=None).count() == 1


@pytest.mark.races
def test_of_two_at_once_one_decides(fresh_database: str) -> None:
    city = make.city()
    deciders = deciders_of(city)
    done = together(
        partial(decide, city.here.county, "post", by=deciders.here),
        partial(decide, city.here.county, "window", by=deciders.city),
    )
    assert WayRule.objects.count() == 1
    assert sum(isinstance(one, Refused) for one in done) == 1


@pytest.mark.django_db
class TestPage:
    def test_says_what_holds_and_what_each_way_asks_for(
        self, city: City, deciders: Deciders
    ) -> None:
        said = signed_in(city.here.clerk).get(reverse("ways.list")).content.decode()
        assert "依据：第七条" in said and "还没有登记限制" in said
        for words in ("上门发放", "银行网点领取", "邮寄", "待确认", "发放签字明细表"):
            assert words in said
        assert "登记规定" not in said

    def test_a_manager_decides_and_takes_back(self, city: City, deciders: Deciders) -> None:
        client, address = signed_in(deciders.here), reverse("ways.list")
        given = {
            "office": city.here.county.pk, "group": "resident", "ways": ["window", "village"],
            "since": "2026-01-01", "words": "县政办1号",
        }  # fmt: skip
        assert client.post(address, given | {"ways": []}).status_code == 422
        assert client.post(address, given | {"office": city.city.pk}).status_code == 422
        said = client.post(address, given, follow=True).content.decode()
        assert "发放方式已登记" in said and "窗口领取、村（社区）集中领取" in said
        again = client.post(address, given | {"ways": ["post"]})
        assert again.status_code == 409 and "WAYS_DECIDED" in again.content.decode()
        take_back = reverse("ways.withdraw", args=[WayRule.objects.get().pk])
        assert "请写明收回原因" in client.post(take_back, follow=True).content.decode()
        said = client.post(take_back, {"words": "登错"}, follow=True).content.decode()
        assert "恢复以前的规定" in said and "已收回" in said

    def test_strangers_and_neighbours_change_nothing(self, city: City, deciders: Deciders) -> None:
        rule = decide(city.here.county, "post", by=deciders.here)
        take_back = reverse("ways.withdraw", args=[rule.pk])
        assert signed_in(city.here.clerk).post(take_back, {"words": "x"}).status_code == 403
        assert signed_in(city.here.clerk).post(reverse("ways.list"), {}).status_code == 404
        neighbour = signed_in(deciders.there)
        assert neighbour.post(take_back, {"words": "x"}).status_code == 404
        citys = decide(city.city, "post", by=deciders.city)
        above = reverse("ways.withdraw", args=[citys.pk])
        said = signed_in(deciders.here).post(above, {"words": "x"}, follow=True).content.decode()
        assert "不在您" in said
        assert city.here.county.name not in neighbour.get(reverse("ways.list")).content.decode()
        rule.refresh_from_db()
        assert rule.withdrawn_at is None

    def test_is_found_and_exported_as_seen(self, city: City, deciders: Deciders) -> None:
        decide(city.city, "window", by=deciders.city)
        decide(city.city, *ALL, by=deciders.city, since=TODAY + timedelta(days=9))
        decide(city.here.county, "post", by=deciders.here, group="employee")
        asked = {"view": "now", "q": "职工", "export": "xlsx"}
        sheet = signed_in(deciders.here).get(reverse("ways.list"), asked)
        rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
        assert [row[0:3] for row in rows[1:]] == [
            (city.here.county.name, "城镇职工参保人员", "邮寄")
        ]
        found = decisions(deciders.here)
        planned = rules(found, by=deciders.here, on=TODAY, view="planned")
        assert [one.since for one in planned] == [TODAY + timedelta(days=9)]
        held = {one.group: one for one in in_force(found, by=deciders.here, on=TODAY)}
        assert held["城镇职工参保人员"].ways == "邮寄"
        assert "邮寄" in held["城乡居民参保人员"].closed
        assert held["在校学生"].since is None

    def test_is_ordered_as_asked_and_taken_along_by_ticks(
        self, city: City, deciders: Deciders
    ) -> None:
        decide(city.city, "window", by=deciders.city, group="student")
        decide(city.here.county, "post", by=deciders.here, since=TODAY, group="employee")
        client, address = signed_in(deciders.here), reverse("ways.list")

        def groups(**asked: str) -> list[str]:
            return [one.group for one in client.get(address, asked).context["rules"]]

        assert groups() == groups(sort="nothing") == ["城镇职工参保人员", "在校学生"]
        for sort in ("group", "office"):
            assert groups(sort=sort) == groups()[::-1]
        ticked = next(one.pk for one in decisions(deciders.here) if one.group == "employee")
        sheet = client.get(address, {"export": "xlsx", "pick": ticked})
        rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
        assert [row[1] for row in rows[1:]] == ["城镇职工参保人员"]

    def test_takes_few_queries(
        self, city: City, deciders: Deciders, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        for day in range(5):
            decide(city.city, "window", by=deciders.city, since=TODAY - timedelta(days=day))
        client = signed_in(deciders.here)
        with django_assert_max_num_queries(10):
            client.get(reverse("ways.list"))
