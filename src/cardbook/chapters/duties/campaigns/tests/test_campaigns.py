"""Campaigns with progress from the book, who hands out to whom (Art. 5, 8)."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.duties.campaigns import commands, queries
from cardbook.chapters.duties.campaigns.commands import Order
from cardbook.chapters.duties.models import Campaign, RoutingRule
from cardbook.chapters.duties.organizations import commands as organizations
from cardbook.chapters.duties.organizations import county_commands
from cardbook.chapters.intake.distribution.choosing_queries import ORDERS
from cardbook.chapters.routing import suggested_receiver
from cardbook.law.groups import GROUPS
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(5), pytest.mark.article(8, 1)]
TODAY = date(2026, 11, 20)


def manager(city: City) -> Actor:
    """The city's manager."""
    centre = make.organization("市局信息中心", Kind.INFO_CENTRE, parent=city.city)
    return make.worker("管理员", Role.CITY_MANAGER, centre)


def head(city: City) -> Actor:
    """The head of the county."""
    return make.worker("负责人", Role.COUNTY_MANAGER, city.here.county)


def agency(city: City) -> Organization:
    return make.organization("甲县居保办", Kind.AGENCY, parent=city.here.county)


def order(*offices: Organization, **changes: object) -> Order:
    given: dict[str, object] = {
        "title": "居民卡集中发放", "document": "商人社发〔2026〕9号", "group": "",
        "since": TODAY - timedelta(days=5), "due_on": TODAY + timedelta(days=30), "words": "",
        "targets": {office.pk: 4 for office in offices},
    }  # fmt: skip
    return Order(**(given | changes))  # type: ignore[arg-type]


def ordered(by: Actor, *offices: Organization, **changes: object) -> Campaign:
    return commands.order_campaign(
        order=order(*offices, **changes), by=by, at=NOON, key=make.key()
    )


def rule(city: City, by: Actor, office: Organization, **changes: object) -> RoutingRule:
    given: dict[str, object] = {
        "county_id": city.here.county.pk, "group": "other", "organization_id": office.pk,
        "since": TODAY - timedelta(days=30), "words": "县政办〔2026〕3号", "by": by, "at": NOON,
    }  # fmt: skip
    return commands.set_rule(**(given | changes))  # type: ignore[arg-type]


def codes(refused: "pytest.ExceptionInfo[Refused]") -> list[str]:
    return [one.code for one in refused.value.refusals]


def merged(by: Actor, old: Organization, new: Organization) -> None:
    organizations.merge(
        organization_ids=[old.pk], successor_id=new.pk,
        order=organizations.Order(
            by=by, at=NOON, on=TODAY, words="商编发〔2026〕1号", key=make.key()
        ),
    )  # fmt: skip


class TestMergedOffices:
    def test_who_carries_on_hands_out_to_its_groups_from_that_day(self, city: City) -> None:
        chief, old, new = head(city), agency(city), make.organization(
            "甲县社保中心", Kind.AGENCY, parent=city.here.county
        )  # fmt: skip
        rule(city, chief, old)
        rule(city, chief, city.here.card_body, group="student")
        later = TODAY + timedelta(days=60)
        rule(city, chief, old, group="student", since=later)
        merged(chief, old, new)

        def receiver(group: str, on: date) -> Organization | None:
            return suggested_receiver(group=group, county_id=city.here.county.pk, on=on)

        assert receiver("other", TODAY) == new
        assert receiver("other", TODAY - timedelta(days=1)) == old, "the list keeps its days"
        assert (receiver("student", TODAY), receiver("student", later)) == (
            city.here.card_body, new,
        )  # fmt: skip

    def test_who_carries_on_takes_over_the_target_with_what_was_done(self, city: City) -> None:
        chief, old, new = head(city), agency(city), make.organization(
            "甲县社保中心", Kind.AGENCY, parent=city.here.county
        )  # fmt: skip
        rule(city, chief, old)
        (card,) = make.received_cards(city, city.here)
        yesterday = NOON - timedelta(days=1)
        make.perform(make.issue_step(card), by=city.here.clerk, at=yesterday, key=make.key())
        both, alone = ordered(chief, old, new), ordered(chief, old)
        over = ordered(chief, old)
        commands.close_campaign(campaign_id=over.pk, words="完成", by=chief, at=NOON)
        merged(chief, old, new)
        later = TODAY + timedelta(days=1)
        assert [
            [(task.office, task.target, task.done) for task in one.tasks]
            for one in queries.rows_of(chief, [both, alone, over], on=later)
        ] == [
            [(new.name, 8, 1)], [(new.name, 4, 1)], [(old.name, 4, 1)],
        ], "a campaign that is over stays as it was"  # fmt: skip

    def test_the_county_another_went_into_ends_what_that_one_ordered(self, city: City) -> None:
        gone = make.worker("乙县负责人", Role.COUNTY_MANAGER, city.neighbour.county)
        office = make.organization("乙县居保办", Kind.AGENCY, parent=city.neighbour.county)
        campaign = ordered(gone, office)
        with pytest.raises(Refused):
            commands.close_campaign(campaign_id=campaign.pk, words="完成", by=head(city), at=NOON)
        county_commands.merge_counties(
            county_id=city.neighbour.county.pk, successor_id=city.here.county.pk,
            order=organizations.Order(
                by=make.worker("市管理员", Role.CITY_MANAGER, city.city), at=NOON, on=TODAY,
                words="商编发〔2026〕1号", key=make.key(),
            ),
        )  # fmt: skip
        heir = make.worker("新负责人", Role.COUNTY_MANAGER, city.here.county)
        page = signed_in(heir).get(reverse("campaign.show", args=[campaign.pk]))
        assert reverse("campaign.close", args=[campaign.pk]) in page.content.decode()
        commands.close_campaign(campaign_id=campaign.pk, words="并入后结束", by=heir, at=NOON)
        campaign.refresh_from_db()
        assert campaign.closed_on == TODAY

    def test_a_town_counts_the_people_of_the_town_that_went_into_it(self, city: City) -> None:
        from cardbook.chapters.intake.opening.tests.ledgers import row as line
        from cardbook.chapters.intake.opening.tests.ledgers import taken_over

        chief, town = head(city), city.here.town.name
        window = city.here.window.name
        taken_over(city, [line("S00000001", 状态="在库", 存放地点=window, 乡镇=town)])
        card = Card.objects.get(number="S00000001")
        make.perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        union = make.organization("甲县新镇", Kind.TOWN, parent=city.here.county)
        campaign = ordered(chief, city.here.town, union)
        merged(chief, city.here.town, union)
        (row,) = queries.rows_of(chief, [campaign], on=TODAY)
        assert [(task.office, task.done) for task in row.tasks] == [(union.name, 1)]

    def test_another_rule_takes_nothing_from_who_handed_out_before(self, city: City) -> None:
        chief, office = head(city), agency(city)
        rule(city, chief, office)
        make.issued_card(city, city.here)
        campaign = ordered(chief, office)
        rule(city, chief, city.here.card_body, since=TODAY + timedelta(days=1))
        (row,) = queries.rows_of(chief, [campaign], on=TODAY + timedelta(days=2))
        assert row.done == 1


class TestCampaign:
    def test_progress_is_counted_from_the_book(self, city: City) -> None:
        by = manager(city)
        campaign = ordered(by, city.here.county, city.neighbour.county)
        for _ in range(3):
            make.issued_card(city, city.here)
        make.received_cards(city, city.here)
        (row,) = queries.rows_of(by, [campaign], on=TODAY)
        assert [(task.target, task.done, task.left) for task in row.tasks] == [
            (4, 3, 1), (4, 0, 4),
        ]  # fmt: skip
        assert (row.done, row.target, row.percent) == (3, 8, 37)

    def test_what_was_handed_out_before_it_began_does_not_count(self, city: City) -> None:
        by = manager(city)
        make.issued_card(city, city.here)
        later = ordered(by, city.here.county, since=TODAY + timedelta(days=1))
        assert queries.rows_of(by, [later], on=TODAY)[0].done == 0

    def test_a_group_a_town_and_an_agency_count_their_own(self, city: City) -> None:
        office, chief = agency(city), head(city)
        make.issued_card(city, city.here)
        nothing = ordered(chief, office, city.here.town)
        assert [task.done for task in queries.rows_of(chief, [nothing], on=TODAY)[0].tasks] == [
            0, 0,
        ]  # fmt: skip
        rule(city, chief, office)
        assert sum(task.done for task in queries.rows_of(chief, [nothing], on=TODAY)[0].tasks) == 1
        residents = ordered(chief, office, group="resident")
        assert queries.rows_of(chief, [residents], on=TODAY)[0].done == 0

    def test_part_of_a_target_becomes_another_offices_by_page(self, city: City) -> None:
        chief, office = head(city), agency(city)
        campaign = ordered(chief, office)
        (task,) = campaign.tasks.all()
        client = signed_in(chief)
        url = reverse("campaign.reassign", args=[campaign.pk])
        given = {"task": task.pk, "to": city.here.town.pk, "count": 3, "why": "人手不够"}
        for changes, words in (
            ({"why": ""}, "请写明原因"),
            ({"count": 0}, "至少 1 张"),
            ({"count": 5}, "目标是 4 张"),
            ({"to": office.pk}, "目标是 4 张"),
            ({"to": city.neighbour.town.pk}, "选择"),
        ):
            page = client.post(url, {**given, **changes})
            assert page.status_code in {409, 422} and words in page.content.decode(), changes
        assert "已改派 3 张" in client.post(url, given, follow=True).content.decode()
        rest = client.post(url, given | {"count": 1}, follow=True).content.decode()
        assert "现在是 4 张" in rest and "甲县居保办（还差" not in rest, "nothing stays behind"
        (row,) = queries.rows_of(chief, [campaign], on=TODAY)
        assert [(part.office, part.target) for part in row.tasks] == [(city.here.town.name, 4)]
        assert Event.objects.filter(act="campaign.reassign").count() == 2

    def test_nobody_else_reassigns_and_nothing_of_one_that_is_over(self, city: City) -> None:
        chief, office = head(city), agency(city)
        campaign = ordered(chief, office)
        (task,) = campaign.tasks.all()

        def tried(by: Actor) -> list[str]:
            with pytest.raises(Refused) as refused:
                commands.reassign_part(
                    campaign_id=campaign.pk, task_id=task.pk, to_id=city.here.town.pk, count=1,
                    words="人手不够", by=by, at=NOON,
                )  # fmt: skip
            return codes(refused)

        assert tried(manager(city)) == ["ORG_NOT_YOURS"], "the county ordered it"
        assert tried(city.here.keeper) == ["ORG_NOT_YOURS"]
        commands.close_campaign(campaign_id=campaign.pk, words="完成", by=chief, at=NOON)
        assert tried(chief) == ["CAMPAIGN_OVER"]

    def test_overdue_offices_are_listed_until_done_or_closed(self, city: City) -> None:
        by = manager(city)
        campaign = ordered(by, city.here.county, targets={city.here.county.pk: 1})
        late_day = campaign.due_on + timedelta(days=1)
        assert queries.campaigns(by, view="late", on=TODAY) == []
        assert queries.campaigns(by, view="late", on=late_day)[0].late == 1
        make.issued_card(city, city.here)
        assert queries.campaigns(by, view="late", on=late_day) == []
        commands.close_campaign(campaign_id=campaign.pk, words="完成", by=by, at=NOON)
        assert queries.campaigns(by, view="open", on=TODAY) == []
        with pytest.raises(Refused) as refused:
            commands.close_campaign(campaign_id=campaign.pk, words="再", by=by, at=NOON)
        assert codes(refused) == ["CAMPAIGN_OVER"]

    def test_the_same_order_twice_is_one_and_on_the_record(self, city: City) -> None:
        by, key = manager(city), make.key()
        given = order(city.here.county)
        first = commands.order_campaign(order=given, by=by, at=NOON, key=key)
        assert commands.order_campaign(order=given, by=by, at=NOON, key=key) == first
        assert Event.objects.filter(act="campaign.order").count() == 1

    def test_nobody_orders_beyond_his_reach(self, city: City) -> None:
        chief = head(city)
        theirs = make.organization("乙县社保局", Kind.AGENCY, parent=city.neighbour.county)
        for by, office in ((chief, theirs), (city.here.keeper, agency(city))):
            with pytest.raises(Refused) as refused:
                ordered(by, office)
            assert codes(refused) == ["ORG_NOT_YOURS"]
        with pytest.raises(Refused):
            ordered(chief)
        campaign = ordered(chief, agency(city))
        for by in (manager(city), city.here.keeper):
            with pytest.raises(Refused) as refused:
                commands.close_campaign(campaign_id=campaign.pk, words="停", by=by, at=NOON)
            assert codes(refused) == ["ORG_NOT_YOURS"]


class TestRouting:
    def test_the_rule_in_force_on_the_day_says_who(self, city: City) -> None:
        chief, old, new = head(city), agency(city), city.here.window
        rule(city, chief, old)
        rule(city, chief, new, since=TODAY)

        def on(day: date) -> Organization | None:
            return suggested_receiver(group="other", county_id=city.here.county.pk, on=day)

        assert on(TODAY - timedelta(days=60)) is None
        assert on(TODAY - timedelta(days=1)) == old
        assert on(TODAY) == new
        listed = queries.rules(chief, on=TODAY)
        assert [(one.office, one.is_current) for one in listed] == [
            (new.name, True), (old.name, False),
        ]  # fmt: skip

    def test_twice_the_same_is_one_and_another_for_the_day_is_refused(self, city: City) -> None:
        chief, office = head(city), agency(city)
        assert rule(city, chief, office) == rule(city, chief, office)
        with pytest.raises(Refused) as refused:
            rule(city, chief, city.here.window)
        assert codes(refused) == ["ROUTING_SET"]

    def test_an_office_elsewhere_or_another_county_is_refused(self, city: City) -> None:
        chief = head(city)
        for office in (city.neighbour.window, city.here.town):
            with pytest.raises(Refused) as refused:
                rule(city, chief, office)
            assert codes(refused) == ["ROUTING_UNFIT"]
        with pytest.raises(Refused) as refused:
            rule(city, chief, agency(city), county_id=city.neighbour.county.pk)
        assert codes(refused) == ["ORG_NOT_YOURS"]
        with pytest.raises(Refused) as refused:
            rule(city, city.here.keeper, agency(city))
        assert codes(refused) == ["ORG_NOT_YOURS"]

    def test_cards_nobody_is_to_hand_out_are_listed(self, city: City) -> None:
        chief = head(city)
        make.received_cards(city, city.here, count=2)
        (one,) = queries.unrouted(chief, on=TODAY)
        assert (one.group, one.count) == ("其他人员", 2)
        rule(city, chief, agency(city))
        assert queries.unrouted(chief, on=TODAY) == []

    def test_no_card_is_read_where_each_group_has_its_office(
        self, city: City, django_assert_num_queries: Any
    ) -> None:
        make.received_cards(city, city.here, count=2)
        for group in GROUPS:
            rule(city, head(city), agency(city), group=group.code, since=date(2020, 1, 1))
        with django_assert_num_queries(1):
            assert queries.unrouted(city.here.keeper, on=TODAY) == []
        (theirs,) = make.received_cards(city, city.neighbour)
        assert queries.unrouted(city.neighbour.keeper, on=TODAY)[0].county == theirs.county.name

    def test_the_sending_screen_suggests_the_office(self, city: City) -> None:
        office = agency(city)
        rule(city, head(city), office, since=date(2020, 1, 1))
        make.received_cards(city, city.here)
        assert "group" in ORDERS
        keeper = signed_in(city.here.keeper)
        page = keeper.get(reverse("handover.send"), {"way": "pile", "order": "group"})
        assert "按分工交给" in page.content.decode()
        assert office.name in page.content.decode()


class TestPages:
    def test_order_show_close_and_export(self, city: City) -> None:
        client = signed_in(manager(city))
        form = {
            "key": make.key(), "title": "全市发放", "document": "商人社发1号", "group": "",
            "since": "2026-01-01", "due_on": "2026-12-31", "words": "",
            f"target_{city.here.county.pk}": "10", f"target_{city.neighbour.county.pk}": "",
        }  # fmt: skip
        assert "目标张数" in client.get(reverse("campaign.order")).content.decode()
        empty = client.post(reverse("campaign.order"), form | {
            f"target_{city.here.county.pk}": ""})  # fmt: skip
        assert "请至少给一个机构" in empty.content.decode()
        backwards = client.post(reverse("campaign.order"), form | {"due_on": "2025-01-01"})
        assert backwards.status_code == 422
        said = client.post(reverse("campaign.order"), form, follow=True).content.decode()
        assert "已部署“全市发放”" in said
        assert "依据：第五条、第八条第一款" in said
        sheet = client.get(reverse("campaign.list"), {"export": "xlsx"})
        rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
        assert [row[3:5] for row in rows[1:]] == [(city.here.county.name, 10)]
        one = Campaign.objects.get()
        close = reverse("campaign.close", args=[one.pk])
        assert client.post(close, {"words": ""}).status_code == 422
        assert "部署已结束" in client.post(close, {"words": "完成"}, follow=True).content.decode()

    @pytest.mark.article(5)
    def test_the_offices_of_one_are_found_ordered_and_ticked_for_export(self, city: City) -> None:
        here, there = city.here.county, city.neighbour.county
        client, one = signed_in(manager(city)), ordered(manager(city), here, there)
        address = reverse("campaign.show", args=[one.pk])

        def seen(**asked: object) -> list[str]:
            return [task.office for task in client.get(address, asked).context["tasks"]]

        assert seen() == seen(sort="slow") == [here.name, there.name]
        asked = {"to": address, "q": there.name, "sort": "left"}
        page = client.post(reverse("list.ask"), asked, follow=True)
        assert [task.office for task in page.context["tasks"]] == [there.name]
        assert "没有找到" in client.get(address, {"q": "无此机构"}).content.decode()
        (mine, _) = client.get(address).context["tasks"]
        sheet = client.get(address, {"export": "xlsx", "pick": mine.id})
        rows = list(load_workbook(io.BytesIO(sheet.content)).active.values)
        assert [row[3] for row in rows[1:]] == [here.name]

    def test_a_neighbour_sees_nothing_of_a_countys_own_campaign(self, city: City) -> None:
        one = ordered(head(city), agency(city))
        neighbour = signed_in(city.neighbour.keeper)
        assert neighbour.get(reverse("campaign.show", args=[one.pk])).status_code == 404
        assert one.title not in neighbour.get(reverse("campaign.list")).content.decode()
        assert neighbour.get(reverse("campaign.order")).status_code == 403
        assert neighbour.post(reverse("routing.list"), {}).status_code == 404

    def test_the_plan_is_offered_to_those_who_may_open_it(self, city: City) -> None:
        plan = f'href="{reverse("register.allotment_plan")}"'
        for by, offered in ((city.here.keeper, True), (city.here.clerk, False)):
            content = signed_in(by).get(reverse("routing.list")).content.decode()
            assert (f'<a class="btn btn-outline-secondary" {plan}' in content) is offered

    def test_a_county_sees_of_the_citys_campaign_its_own_part(self, city: City) -> None:
        one = ordered(manager(city), city.here.county, city.neighbour.county)
        said = signed_in(city.here.keeper).get(reverse("campaign.show", args=[one.pk]))
        assert city.here.county.name in said.content.decode()
        assert city.neighbour.county.name not in said.content.decode()

    def test_rules_are_set_on_their_page(self, city: City) -> None:
        office, client = agency(city), signed_in(head(city))
        form = {
            "county": city.here.county.pk, "group": "resident", "office": office.pk,
            "since": "2026-01-01", "words": "县政办1号",
        }  # fmt: skip
        said = client.post(reverse("routing.list"), form, follow=True).content.decode()
        assert "分工已登记" in said
        again = client.post(reverse("routing.list"), form | {"office": city.here.window.pk})
        assert "ROUTING_SET" in again.content.decode()

    def test_the_rules_are_searched_ordered_and_exported_as_seen(self, city: City) -> None:
        by, office = head(city), agency(city)
        for group, since in (("resident", "2026-01-01"), ("resident", "2026-02-01"),
                             ("student", "2026-01-01")):  # fmt: skip
            commands.set_rule(
                county_id=city.here.county.pk, group=group, organization_id=office.pk,
                since=date.fromisoformat(since), words="县政办1号", by=by, at=NOON,
            )  # fmt: skip
        client, address = signed_in(by), reverse("routing.list")
        shown = client.get(address).context["rules"]
        assert len(shown) == 3 and [one.is_current for one in shown].count(True) == 2
        current = client.get(address, {"state": "current"}).context["rules"]
        assert [one.is_current for one in current] == [True, True]
        for text, count in ((office.name, 3), (shown[0].group, 2), ("没有的机构", 0)):
            assert len(client.get(address, {"q": text}).context["rules"]) == count, text
        for sort in queries.RULE_SORTS:
            rows = client.get(address, {"sort": sort}).context["rules"]
            assert {one.id for one in rows} == {one.id for one in shown}, sort
        newest = client.get(address, {"sort": "new"}).context["rules"]
        assert [one.id for one in newest] == sorted((one.id for one in shown), reverse=True)
        book = client.get(address, {"export": "xlsx", "state": "current"})
        assert len(list(load_workbook(io.BytesIO(book.content)).active.values)) == 1 + 2
        book = client.get(address, {"export": "xlsx", "pick": [str(shown[0].id)]})
        assert len(list(load_workbook(io.BytesIO(book.content)).active.values)) == 1 + 1
        there = signed_in(city.neighbour.keeper).get(address, {"export": "xlsx"})
        assert len(list(load_workbook(io.BytesIO(there.content)).active.values)) == 1

    def test_many_offices_take_few_queries(
        self, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
    ) -> None:
        by = manager(city)
        for place in range(4):
            ordered(by, city.here.county, city.neighbour.county, title=f"部署{'一二三四'[place]}")
        client = signed_in(by)
        with django_assert_max_num_queries(12):
            client.get(reverse("campaign.list"))


class TestEndingChosen:
    def test_each_chosen_campaign_has_its_own_result(self, city: City) -> None:
        by = head(city)
        mine = ordered(by, agency(city), title="扫尾")
        citys = ordered(manager(city), city.here.county, title="全市部署")
        answer = signed_in(by).post(
            reverse("campaign.list"), {"campaign": [mine.pk, citys.pk], "words": "任务完成"}
        )
        shown = answer.content.decode()
        assert "<strong>扫尾</strong>　已结束" in shown
        assert "<strong>全市部署</strong>" in shown and shown.count("已结束，数字保留备查") == 1
        mine.refresh_from_db()
        citys.refresh_from_db()
        assert mine.closed_on is not None and citys.closed_on is None
        assert Event.objects.filter(act="campaign.close").count() == 1

    def test_nothing_is_ended_without_a_reason_or_a_choice(self, city: City) -> None:
        by = head(city)
        mine = ordered(by, agency(city))
        for data in ({"campaign": [mine.pk], "words": ""}, {"words": "完成"}):
            shown = signed_in(by).post(reverse("campaign.list"), data).content.decode()
            assert "没有结束" in shown
        mine.refresh_from_db()
        assert mine.closed_on is None

    def test_the_same_choice_sent_twice_ends_it_once(self, city: City) -> None:
        by = head(city)
        mine = ordered(by, agency(city))
        data = {"campaign": [mine.pk], "words": "完成"}
        client = signed_in(by)
        client.post(reverse("campaign.list"), data)
        assert "已于" in client.post(reverse("campaign.list"), data).content.decode()
        assert Event.objects.filter(act="campaign.close").count() == 1

    def test_the_neighbours_and_those_who_read_end_nothing(self, city: City) -> None:
        mine = ordered(head(city), agency(city))
        data = {"campaign": [mine.pk], "words": "完成"}
        neighbour = make.worker("邻县负责人", Role.COUNTY_MANAGER, city.neighbour.county)
        for stranger in (neighbour, city.here.keeper):
            signed_in(stranger).post(reverse("campaign.list"), data)
        mine.refresh_from_db()
        assert mine.closed_on is None

    def test_the_list_is_sorted_as_asked(self, city: City) -> None:
        by = head(city)
        office = agency(city)
        ordered(by, office, title="乙部署", due_on=TODAY + timedelta(days=10))
        ordered(by, office, title="甲部署", due_on=TODAY + timedelta(days=20))
        titles = [
            [row.title for row in queries.campaigns(by, view="all", sort=sort, on=TODAY)]
            for sort in ("due", "title")
        ]
        assert titles == [["乙部署", "甲部署"], sorted(["乙部署", "甲部署"])]
