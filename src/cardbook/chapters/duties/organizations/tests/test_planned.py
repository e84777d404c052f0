"""A change ordered for a day to come: planned, in force by its day alone, taken back before it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from cardbook.chapters.duties.organizations import commands, plan_commands, post_commands, queries
from cardbook.chapters.duties.organizations.queries import waiting
from cardbook.chapters.duties.organizations.tests.test_changes import (
    cards_kept_by,
    code_of,
    order,
)
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardSorted
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor, actors_of
from cardbook.orgs.models import Kind, Organization, PlannedChange, Post, User
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(5)]
BEFORE, DAY = date(2026, 12, 31), date(2027, 1, 1)
EVE = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
MIDNIGHT = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


@pytest.fixture
def manager(city: City) -> Actor:
    return make.worker("市管理员", Role.CITY_MANAGER, city.city)


def somebody_asks(manager: Actor, *, on: date) -> None:
    """Any person who becomes an actor on the day; nothing else has to run."""
    actors_of(User.objects.get(pk=manager.user_id), on=on)


def only_plan() -> PlannedChange:
    return waiting().get()


class TestRename:
    def test_changes_nothing_before_its_day_and_everything_on_it(
        self, city: City, manager: Actor
    ) -> None:
        town = city.here.town
        commands.rename(organization_id=town.pk, name="新城街道", order=order(manager, on=DAY))
        for day, name in ((BEFORE, "甲县城关镇"), (DAY, "新城街道")):
            assert name in [node.name for node in queries.tree(by=manager, on=day)]
            somebody_asks(manager, on=day)
            town.refresh_from_db()
            assert town.name == name

    def test_shows_on_every_page_from_midnight_in_the_citys_time(
        self, city: City, manager: Actor
    ) -> None:
        town = city.here.town
        commands.rename(organization_id=town.pk, name="新城街道", order=order(manager, on=DAY))
        address = reverse("organization.list")
        for now, name in ((EVE, "甲县城关镇"), (MIDNIGHT, "新城街道")):
            with time_machine.travel(now, tick=False):
                page = signed_in(manager).get(address).content.decode()
                assert f">{name}</a>" in page

    def test_is_written_down_at_once_by_whom_and_for_when(
        self, city: City, manager: Actor
    ) -> None:
        commands.rename(
            organization_id=city.here.town.pk, name="新城街道", order=order(manager, on=DAY)
        )
        event = Event.objects.get(act="org.rename")
        assert event.actor_id == manager.user_id and '"on":"2027-01-01"' in event.facts
        somebody_asks(manager, on=DAY)
        assert Event.objects.filter(subject_kind="organization").count() == 1, "nobody acted then"

    def test_several_follow_each_other_by_their_days(self, city: City, manager: Actor) -> None:
        town, parent = city.here.town, make.organization(
            "甲县东片", Kind.TOWN, parent=city.here.county
        )  # fmt: skip
        commands.rename(organization_id=town.pk, name="二镇", order=order(manager, on=BEFORE))
        commands.move(organization_id=town.pk, parent_id=parent.pk, order=order(manager, on=DAY))
        somebody_asks(manager, on=DAY)
        town.refresh_from_db()
        assert (town.name, town.parent_id) == ("二镇", parent.pk)
        assert town.path == f"{parent.path}{town.pk}."
        assert waiting().count() == 0

    def test_a_change_before_a_planned_one_waits_until_that_is_taken_back(
        self, city: City, manager: Actor
    ) -> None:
        town = city.here.town.pk
        commands.rename(organization_id=town, name="二镇", order=order(manager, on=DAY))
        for work in (
            lambda: commands.rename(organization_id=town, name="三镇", order=order(manager)),
            lambda: commands.close(organization_id=town, order=order(manager, on=DAY)),
        ):
            with pytest.raises(Refused) as refused:
                work()
            assert code_of(refused) == "ORG_PLANNED"
            assert "2027-01-01" in refused.value.refusals[0].sentence


class TestTakeBack:
    def test_leaves_no_trace_but_the_record(self, city: City, manager: Actor) -> None:
        town = city.here.town
        commands.rename(organization_id=town.pk, name="新城街道", order=order(manager, on=DAY))
        plan_commands.take_back(plan_id=only_plan().pk, order=order(manager))
        somebody_asks(manager, on=DAY)
        town.refresh_from_db()
        assert town.name == "甲县城关镇"
        assert "新城街道" not in [node.name for node in queries.tree(by=manager, on=DAY)]
        acts = Event.objects.filter(subject_id=town.pk, subject_kind="organization")
        assert list(acts.order_by("seq").values_list("act", flat=True)) == [
            "org.rename", "org.take_back",
        ]  # fmt: skip
        commands.rename(organization_id=town.pk, name="三镇", order=order(manager))

    def test_is_too_late_on_the_day_and_a_second_time(self, city: City, manager: Actor) -> None:
        commands.rename(
            organization_id=city.here.town.pk, name="新城街道", order=order(manager, on=DAY)
        )
        plan = only_plan().pk
        with pytest.raises(Refused) as late:
            plan_commands.take_back(plan_id=plan, order=order(manager, at=MIDNIGHT))
        assert code_of(late) == "PLAN_GONE"
        plan_commands.take_back(plan_id=plan, order=order(manager))
        with pytest.raises(Refused) as again:
            plan_commands.take_back(plan_id=plan, order=order(manager))
        assert code_of(again) == "PLAN_GONE"

    def test_goes_from_the_last_to_the_first(self, city: City, manager: Actor) -> None:
        town = city.here.town.pk
        commands.rename(organization_id=town, name="二镇", order=order(manager, on=BEFORE))
        commands.rename(organization_id=town, name="三镇", order=order(manager, on=DAY))
        first, last = waiting().order_by("on")
        with pytest.raises(Refused) as refused:
            plan_commands.take_back(plan_id=first.pk, order=order(manager))
        assert code_of(refused) == "PLAN_FOLLOWED"
        plan_commands.take_back(plan_id=last.pk, order=order(manager))
        plan_commands.take_back(plan_id=first.pk, order=order(manager))
        assert [node.name for node in queries.tree(by=manager, on=DAY)].count("甲县城关镇") == 1

    def test_is_for_who_may_change_the_office(self, city: City, manager: Actor) -> None:
        commands.rename(
            organization_id=city.here.town.pk, name="新城街道", order=order(manager, on=DAY)
        )
        neighbour = make.worker("邻县局长", Role.COUNTY_MANAGER, city.neighbour.county)
        for by in (neighbour, city.here.keeper):
            with pytest.raises(Refused) as refused:
                plan_commands.take_back(plan_id=only_plan().pk, order=order(by))
            assert code_of(refused) == "ORG_NOT_YOURS"


class TestFound:
    def test_nothing_is_sent_there_before_its_day(self, city: City, manager: Actor) -> None:
        made = commands.found(
            code="N1", name="甲县新中心", kind="card_body", parent_id=city.here.county.pk,
            order=order(manager, on=DAY),
        )  # fmt: skip
        (card,) = make.received_cards(city, city.here)
        step = Step(
            act=act("card.sort"), facts=CardSorted(order="town", box="x"), subject_ids=[card.pk],
            destination=Destination(account_of(organization_id=made.pk, kind=Place.BOX).pk),
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            perform(step, by=city.here.keeper, at=make.NOON, key=make.key())
        assert code_of(refused) == "ORG_CLOSED_NOW"
        assert str(made.pk) not in dict(queries.siblings(city.here.card_body))
        somebody_asks(manager, on=DAY)
        assert str(made.pk) in dict(queries.siblings(city.here.card_body))

    def test_people_are_appointed_from_its_day_on(self, city: City, manager: Actor) -> None:
        made = commands.found(
            code="N1", name="甲县新镇", kind="town", parent_id=city.here.county.pk,
            order=order(manager, on=DAY),
        )  # fmt: skip
        user = User.objects.create_user(username="xin", password=make.PASSWORD, name="新来的")

        def appointed(on: date) -> Post:
            return post_commands.appoint(
                user=user, organization_id=made.pk, role=Role.VILLAGE_HELPER,
                order=order(manager, on=on),
            )  # fmt: skip

        with pytest.raises(Refused) as refused:
            appointed(BEFORE)
        assert code_of(refused) == "ORG_CLOSED_NOW"
        post = appointed(DAY)
        assert actors_of(user, on=BEFORE) == []
        with pytest.raises(Refused) as followed:
            plan_commands.take_back(plan_id=only_plan().pk, order=order(manager))
        assert code_of(followed) == "PLAN_FOLLOWED"
        post_commands.end_post(post_id=post.pk, order=order(manager))
        plan_commands.take_back(plan_id=only_plan().pk, order=order(manager))
        post_commands.appoint(
            user=user, organization_id=city.here.town.pk, role=Role.VILLAGE_HELPER,
            order=order(manager, on=DAY),
        )  # fmt: skip
        assert [one.org_id for one in actors_of(user, on=DAY)] == [city.here.town.pk]
        assert "甲县新镇" not in [node.name for node in queries.tree(by=manager, on=DAY)]


class TestClose:
    def test_lets_what_arrived_meanwhile_go_along(self, city: City, manager: Actor) -> None:
        east = make.organization("甲县东镇", Kind.TOWN, parent=city.here.county)
        commands.close(organization_id=east.pk, order=order(manager, on=DAY))
        (card,) = cards_kept_by(city, east, count=1)
        somebody_asks(manager, on=DAY)
        commands.merge(
            organization_ids=[east.pk], successor_id=city.here.town.pk,
            order=order(manager, at=MIDNIGHT, on=DAY),
        )  # fmt: skip
        card.refresh_from_db()
        assert card.position.account.organization_id == city.here.town.pk
        east.refresh_from_db()
        assert (east.valid_to, east.in_force) == (DAY, False)
        assert recount().holds

    def test_comes_by_the_day(self, city: City, manager: Actor) -> None:
        town = city.here.town
        commands.close(organization_id=town.pk, order=order(manager, on=DAY))
        for day, is_open in ((BEFORE, True), (DAY, False)):
            somebody_asks(manager, on=day)
            town.refresh_from_db()
            assert town.in_force is is_open
            assert (town.name in [one.name for one in queries.tree(by=manager, on=day)]) is is_open

    def test_can_be_taken_back(self, city: City, manager: Actor) -> None:
        commands.close(organization_id=city.here.town.pk, order=order(manager, on=DAY))
        plan_commands.take_back(plan_id=only_plan().pk, order=order(manager))
        somebody_asks(manager, on=DAY)
        town = Organization.objects.get(pk=city.here.town.pk)
        assert town.in_force and town.valid_to is None

    def test_of_parts_that_leave_before_is_planned_too(self, city: City, manager: Actor) -> None:
        east = make.organization("甲县东镇", Kind.TOWN, parent=city.here.county)
        village = make.organization("东村", Kind.VILLAGE, parent=east)
        with pytest.raises(Refused) as refused:
            commands.close(organization_id=east.pk, order=order(manager, on=DAY))
        assert code_of(refused) == "ORG_HAS_MORE"
        commands.move(
            organization_id=village.pk, parent_id=city.here.town.pk, order=order(manager, on=DAY)
        )
        commands.close(organization_id=east.pk, order=order(manager, on=DAY))
        somebody_asks(manager, on=DAY)
        east.refresh_from_db()
        village.refresh_from_db()
        assert not east.in_force and village.path.startswith(city.here.town.path)


class TestPosts:
    def test_ends_on_its_day_and_the_end_can_be_taken_back(
        self, city: City, manager: Actor
    ) -> None:
        post = city.here.reviewer.post_id
        user = User.objects.get(pk=city.here.reviewer.user_id)
        post_commands.end_post(post_id=post, order=order(manager, on=DAY))
        assert len(actors_of(user, on=BEFORE)) == 1 and actors_of(user, on=DAY) == []
        post_commands.keep_post(post_id=post, order=order(manager))
        assert len(actors_of(user, on=DAY)) == 1
        with pytest.raises(Refused) as refused:
            post_commands.keep_post(post_id=post, order=order(manager))
        assert code_of(refused) == "POST_GONE"

    def test_what_a_keeper_has_is_counted_on_the_day_itself(
        self, city: City, manager: Actor
    ) -> None:
        with pytest.raises(Refused) as refused:
            post_commands.end_post(post_id=city.here.keeper.post_id, order=order(manager, on=DAY))
        assert code_of(refused) == "ORG_DAY_AHEAD"


def test_cards_change_hands_on_the_day_itself(city: City, manager: Actor) -> None:
    other = make.organization("甲县东镇", Kind.TOWN, parent=city.here.county)
    with pytest.raises(Refused) as refused:
        commands.merge(
            organization_ids=[city.here.town.pk], successor_id=other.pk,
            order=order(manager, on=DAY),
        )  # fmt: skip
    assert code_of(refused) == "ORG_DAY_AHEAD"
    assert recount().holds


class TestPage:
    @pytest.fixture(autouse=True)
    def at_noon(self) -> Iterator[None]:
        with time_machine.travel(make.NOON, tick=False):
            yield

    def test_lists_what_is_planned_and_takes_it_back(self, city: City, manager: Actor) -> None:
        commands.rename(
            organization_id=city.here.town.pk, name="新城街道", order=order(manager, on=DAY)
        )
        browser = signed_in(manager)
        tree = browser.get(reverse("organization.list")).content.decode()
        assert "计划中的变更" in tree and "更名为新城街道" in tree
        address = reverse("organization.take_back", args=[only_plan().pk])
        assert browser.post(address).status_code == 302
        assert "计划中的变更" not in browser.get(reverse("organization.list")).content.decode()
        assert browser.post(address).status_code == 404, "it is gone"

    def test_is_out_of_reach_from_the_neighbour_county(self, city: City, manager: Actor) -> None:
        commands.rename(
            organization_id=city.here.town.pk, name="新城街道", order=order(manager, on=DAY)
        )
        neighbour = make.worker("邻县局长", Role.COUNTY_MANAGER, city.neighbour.county)
        browser = signed_in(neighbour)
        assert "新城街道" not in browser.get(reverse("organization.list")).content.decode()
        address = reverse("organization.take_back", args=[only_plan().pk])
        assert browser.post(address).status_code == 404
