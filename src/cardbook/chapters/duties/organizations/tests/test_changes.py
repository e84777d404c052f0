"""Towns merge, offices split, outlets are renamed; cards go along, old names stay (Art. 5, 20)."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cardbook.cards.models import Card
from cardbook.chapters.duties.organizations import commands, queries
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of, post_movement
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardSorted
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor, OrganizationClosed, appoint
from cardbook.orgs.models import Kind, Organization, Post, Succession
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.web.history import history_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(5)]
TODAY = date(2026, 11, 20)


@pytest.fixture
def manager(city: City) -> Actor:
    return make.worker("市管理员", Role.CITY_MANAGER, city.city)


def order(by: Actor, **changes: Any) -> commands.Order:
    given: dict[str, Any] = {
        "by": by, "at": NOON, "on": TODAY, "words": "商政函〔2026〕12号", "key": make.key(),
    }  # fmt: skip
    return commands.Order(**(given | changes))


def code_of(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.refusals[0].code


def twin_towns(city: City) -> tuple[Organization, Organization]:
    return (
        make.organization("甲县东镇", Kind.TOWN, parent=city.here.county),
        make.organization("甲县西镇", Kind.TOWN, parent=city.here.county),
    )


def cards_kept_by(city: City, office: Organization, *, count: int) -> list[Card]:
    """Cards that an office keeps, as an opening balance found them there."""
    from cardbook.chapters.intake.opening.tests.ledgers import row, taken_over

    numbers = [f"S{office.pk % 1000:03d}{place:05d}" for place in range(count)]
    taken_over(
        city,
        [row(number, 状态="在库", 存放地点=office.name) for number in numbers],
        source=f"台账{office.pk}",
    )
    return list(Card.objects.filter(number__in=numbers).order_by("id"))


def the_book_is_whole() -> None:
    assert [finding.first for finding in recount().findings if not finding.holds] == []


class TestRename:
    def test_from_a_day_on_and_the_past_keeps_its_name(self, city: City, manager: Actor) -> None:
        card = make.issued_card(city, city.here)
        commands.rename(
            organization_id=city.here.window.pk, name="甲县政务大厅窗口",
            order=order(manager, on=date(2026, 11, 21), at=NOON.replace(day=22)),
        )  # fmt: skip
        line = next(one for one in history_of(card.pk) if one.title == "发放给持卡人本人")
        assert line.office == "甲县一号窗口", "as it was on that day"
        names = {
            day: [node.name for node in queries.tree(by=manager, on=day)]
            for day in (date(2026, 11, 20), date(2026, 11, 21))
        }
        assert "甲县一号窗口" in names[date(2026, 11, 20)]
        assert "甲县政务大厅窗口" not in names[date(2026, 11, 20)]
        assert "甲县政务大厅窗口" in names[date(2026, 11, 21)]

    def test_is_an_event_nobody_can_alter(self, city: City, manager: Actor) -> None:
        commands.rename(organization_id=city.here.town.pk, name="新镇", order=order(manager))
        event = Event.objects.get(subject_kind="organization", subject_id=city.here.town.pk)
        assert (event.act, event.seq, event.basis) == ("org.rename", 1, "第五条")
        assert json.loads(event.facts) == {
            "on": "2026-11-20", "words": "商政函〔2026〕12号",
            "before": "甲县城关镇", "name": "新镇",
        }  # fmt: skip

    def test_twice_keeps_three_names(self, city: City, manager: Actor) -> None:
        town = city.here.town.pk
        commands.rename(
            organization_id=town, name="二镇", order=order(manager, on=date(2026, 3, 1))
        )
        commands.rename(organization_id=town, name="三镇", order=order(manager))
        office = queries.office(Organization.objects.get(pk=town))
        assert [(one.name, one.until) for one in office.states] == [
            ("甲县城关镇", date(2026, 3, 1)), ("二镇", TODAY), ("三镇", None),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("changes", "name", "code"),
        [
            ({}, " ", "ORG_NAME_UNFIT"),
            ({}, "甲县城关镇", "ORG_NAME_UNFIT"),
            ({"on": date(2019, 1, 1)}, "新镇", "ORG_CHANGED"),
        ],
    )
    def test_is_refused(
        self, city: City, manager: Actor, changes: dict[str, Any], name: str, code: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            commands.rename(
                organization_id=city.here.town.pk, name=name, order=order(manager, **changes)
            )
        assert code_of(refused) == code

    def test_by_the_countys_manager_within_his_county_only(self, city: City) -> None:
        leader = make.worker("局长", Role.COUNTY_MANAGER, city.here.county)
        commands.rename(organization_id=city.here.town.pk, name="新镇", order=order(leader))
        for target, by in (
            (city.neighbour.town, leader),
            (city.here.county, leader),
            (city.bank, leader),
            (city.here.town, city.here.keeper),
            (city.here.town, city.here.auditor),
        ):
            with pytest.raises(Refused) as refused:
                commands.rename(organization_id=target.pk, name="别的", order=order(by))
            assert code_of(refused) == "ORG_NOT_YOURS"


class TestMove:
    def test_takes_all_below_along_and_the_past_stays(self, city: City, manager: Actor) -> None:
        east, west = twin_towns(city)
        village = make.organization("东村", Kind.VILLAGE, parent=east)
        commands.move(organization_id=village.pk, parent_id=west.pk, order=order(manager))
        village.refresh_from_db()
        assert village.path == f"{west.path}{village.pk}." and village.parent_id == west.pk
        before = queries.tree(by=manager, on=date(2026, 11, 19))
        order_then = [node.name for node in before]
        assert order_then.index("东村") == order_then.index("甲县东镇") + 1
        order_now = [node.name for node in queries.tree(by=manager, on=TODAY)]
        assert order_now.index("东村") == order_now.index("甲县西镇") + 1

    def test_not_below_itself_nor_into_another_county(self, city: City, manager: Actor) -> None:
        east, _ = twin_towns(city)
        village = make.organization("东村", Kind.VILLAGE, parent=east)
        for target, parent in ((east, village), (east, city.neighbour.county), (east, east)):
            with pytest.raises(Refused) as refused:
                commands.move(organization_id=target.pk, parent_id=parent.pk, order=order(manager))
            assert code_of(refused) == "ORG_PARENT_UNFIT"


class TestMerge:
    @pytest.mark.article(20)
    def test_cards_posts_and_parts_go_along_and_the_old_offices_close(
        self, city: City, manager: Actor
    ) -> None:
        east, west = twin_towns(city)
        village = make.organization("东村", Kind.VILLAGE, parent=east)
        helper = make.worker("协办员", Role.VILLAGE_HELPER, east)
        cards = cards_kept_by(city, east, count=3) + cards_kept_by(city, west, count=2)
        union = commands.found(
            code="611002999", name="甲县东西镇", kind="town", parent_id=city.here.county.pk,
            order=order(manager),
        )  # fmt: skip
        done = commands.merge(
            organization_ids=[east.pk, west.pk], successor_id=union.pk, order=order(manager)
        )
        assert len(done.subject_ids) == 5
        places = Position.objects.filter(card__in=cards).values_list(
            "account__organization", "account__kind"
        )
        assert set(places) == {(union.pk, Place.STORE)}
        events = Event.objects.filter(subject_kind="card", act="stock.hand_on")
        assert events.count() == 5
        east.refresh_from_db()
        village.refresh_from_db()
        assert east.valid_to == TODAY and village.parent_id == union.pk
        posts = Post.objects.filter(user=helper.user_id).order_by("since", "id")
        assert [(post.organization_id, post.until) for post in posts] == [
            (east.pk, TODAY), (union.pk, None),
        ]  # fmt: skip
        assert Succession.objects.filter(successor=union, whole=True).count() == 2
        merged = Event.objects.filter(subject_kind="organization", act="org.merge")
        assert {event.subject_id for event in merged} == {east.pk, west.pk, union.pk}
        assert {json.loads(event.facts)["cards"] for event in merged} == {3, 2}
        the_book_is_whole()

    @pytest.mark.article(16)
    def test_how_long_a_card_lies_unclaimed_goes_on(self, city: City, manager: Actor) -> None:
        east, west = twin_towns(city)
        card, *_ = cards_kept_by(city, east, count=1)
        came = Position.objects.get(card=card).since
        commands.merge(organization_ids=[east.pk], successor_id=west.pk, order=order(manager))
        place = Position.objects.get(card=card)
        assert (place.account.organization_id, place.since) == (west.pk, came)
        the_book_is_whole()

    def test_what_is_set_aside_stays_set_aside(self, city: City, manager: Actor) -> None:
        from cardbook.chapters.intake.opening.tests.ledgers import row, taken_over

        east, west = twin_towns(city)
        taken_over(city, [row("S00000001", 状态="收回", 存放地点="甲县东镇")])
        commands.merge(organization_ids=[east.pk], successor_id=west.pk, order=order(manager))
        place = Card.objects.get(number="S00000001").position.account
        assert (place.kind, place.organization_id) == (Place.DEFECT, west.pk)
        the_book_is_whole()

    def test_is_refused_between_kinds_counties_and_for_counties_themselves(
        self, city: City, manager: Actor
    ) -> None:
        east, _ = twin_towns(city)
        for one, other in (
            (east, city.here.window),
            (east, city.neighbour.town),
            (city.here.county, city.neighbour.county),
            (east, east),
        ):
            with pytest.raises(Refused) as refused:
                commands.merge(
                    organization_ids=[one.pk], successor_id=other.pk, order=order(manager)
                )
            assert code_of(refused) == "ORG_NOT_THAT_KIND"

    def test_waits_for_what_is_on_the_way(self, city: City, manager: Actor) -> None:
        make.cards_in_transit(city, city.here)
        other = make.organization("甲县新卡管中心", Kind.CARD_BODY, parent=city.here.county)
        with pytest.raises(Refused) as refused:
            commands.merge(
                organization_ids=[city.here.card_body.pk], successor_id=other.pk,
                order=order(manager),
            )  # fmt: skip
        assert code_of(refused) == "ORG_IN_TRANSIT"
        assert "1 张卡在途" in refused.value.refusals[0].sentence

    def test_waits_for_what_is_out_on_a_visit(self, city: City, manager: Actor) -> None:
        (card,) = make.received_cards(city, city.here)
        make.take_out(card, by=city.here.clerk, second=city.here.other_clerk)
        with pytest.raises(Refused) as refused:
            commands.merge(
                organization_ids=[city.here.window.pk], successor_id=city.here.other_window.pk,
                order=order(manager),
            )  # fmt: skip
        assert code_of(refused) == "ORG_CARDS_ON_VISIT"

    @pytest.mark.article(7)
    def test_waits_for_what_is_in_the_post_and_says_where_to_settle_it(
        self, city: City, manager: Actor
    ) -> None:
        from cardbook.chapters.issuance.posting.tests.test_posting import posted_card

        posted_card(city)
        with pytest.raises(Refused) as refused:
            commands.merge(
                organization_ids=[city.here.window.pk], successor_id=city.here.other_window.pk,
                order=order(manager),
            )  # fmt: skip
        assert code_of(refused) == "ORG_CARDS_POSTED"
        assert "邮寄在途" in refused.value.refusals[0].way_out

    def test_nothing_is_half_done_when_it_fails_at_the_end(
        self, city: City, manager: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        east, west = twin_towns(city)
        cards = cards_kept_by(city, east, count=2)

        def broken(**_: object) -> None:
            raise RuntimeError("power cut")

        monkeypatch.setattr(commands.changes, "close_organization", broken)
        with pytest.raises(RuntimeError), transaction.atomic():
            commands.merge(organization_ids=[east.pk], successor_id=west.pk, order=order(manager))
        places = Position.objects.filter(card__in=cards)
        assert set(places.values_list("account__organization", flat=True)) == {east.pk}
        assert not Succession.objects.exists()

    def test_a_second_click_does_nothing_more(self, city: City, manager: Actor) -> None:
        east, west = twin_towns(city)
        cards_kept_by(city, east, count=2)
        once = order(manager)
        commands.merge(organization_ids=[east.pk], successor_id=west.pk, order=once)
        with pytest.raises(Refused) as refused:
            commands.merge(organization_ids=[east.pk], successor_id=west.pk, order=once)
        assert code_of(refused) == "ORG_CLOSED_NOW"
        assert Event.objects.filter(act="stock.hand_on").count() == 2


class TestSplit:
    def test_gives_some_places_to_the_new_office_and_keeps_the_rest(
        self, city: City, manager: Actor
    ) -> None:
        from cardbook.chapters.intake.opening.tests.ledgers import row, taken_over

        taken_over(
            city,
            [
                row("S00000001", 状态="在库", 存放地点="A-1-01"),
                row("S00000002", 状态="在库", 存放地点="B-1-01"),
            ],
        )
        other = make.organization("甲县分中心", Kind.CARD_BODY, parent=city.here.county)
        given = Card.objects.get(number="S00000002").position.account_id
        commands.split(
            organization_id=city.here.card_body.pk, successor_id=other.pk, account_ids=[given],
            order=order(manager),
        )  # fmt: skip
        owners = dict(Position.objects.values_list("card__number", "account__organization"))
        assert owners == {"S00000001": city.here.card_body.pk, "S00000002": other.pk}
        city.here.card_body.refresh_from_db()
        assert city.here.card_body.valid_to is None
        assert Succession.objects.get().whole is False
        the_book_is_whole()

    def test_what_is_on_its_way_to_the_office_itself_hinders_no_split(
        self, city: City, manager: Actor
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        make.cards_in_transit(city, city.here)
        other = make.organization("甲县分中心", Kind.CARD_BODY, parent=city.here.county)
        done = commands.split(
            organization_id=city.here.card_body.pk, successor_id=other.pk,
            account_ids=[card.position.account_id], order=order(manager),
        )  # fmt: skip
        assert done.subject_ids == (card.pk,)


@pytest.mark.article(20)
class TestClose:
    def test_one_that_keeps_cards_cannot_be_closed(self, city: City, manager: Actor) -> None:
        east, _ = twin_towns(city)
        cards_kept_by(city, east, count=3)
        with pytest.raises(Refused) as refused:
            commands.close(organization_id=east.pk, order=order(manager))
        assert code_of(refused) == "ORG_HOLDS_CARDS"
        said = refused.value.refusals[0]
        assert "3 张卡" in said.sentence and "合并" in said.way_out

    def test_nor_one_with_people_or_parts(self, city: City, manager: Actor) -> None:
        east, _ = twin_towns(city)
        make.organization("东村", Kind.VILLAGE, parent=east)
        make.worker("协办员", Role.VILLAGE_HELPER, east)
        with pytest.raises(Refused) as refused:
            commands.close(organization_id=east.pk, order=order(manager))
        assert "1 个在任岗位、1 个下级机构" in refused.value.refusals[0].sentence

    def test_a_closed_one_takes_neither_cards_nor_people(self, city: City, manager: Actor) -> None:
        east, west = twin_towns(city)
        (card,) = cards_kept_by(city, west, count=1)
        commands.close(organization_id=east.pk, order=order(manager))
        store = account_of(organization_id=east.pk, kind=Place.BOX)
        step = Step(
            act=act("card.sort"), facts=CardSorted(order="town", box="x"),
            subject_ids=[card.pk], destination=Destination(store.pk),
        )  # fmt: skip
        with pytest.raises(Refused) as refused:
            perform(step, by=city.here.keeper, at=NOON, key=make.key())
        assert code_of(refused) == "ORG_CLOSED_NOW"
        user = make.worker("新人", Role.VILLAGE_HELPER, west)
        with pytest.raises(OrganizationClosed):
            appoint(
                user=Post.objects.get(pk=user.post_id).user, organization=east,
                role=Role.VILLAGE_HELPER, since=TODAY, at=NOON, by=manager,
            )  # fmt: skip

    def test_the_database_has_the_last_word(self, city: City, manager: Actor) -> None:
        east, west = twin_towns(city)
        (card,) = cards_kept_by(city, west, count=1)
        commands.close(organization_id=east.pk, order=order(manager))
        store = account_of(organization_id=east.pk, kind=Place.STORE)
        with pytest.raises(IntegrityError, match="已撤销的机构"), transaction.atomic():
            post_movement(
                act="card.sort", batch=Event.objects.latest("id").batch, happened_at=NOON,
                card_ids=[card.pk], source_ids=[card.position.account_id],
                destination=Destination(store.pk),
            )  # fmt: skip

    def test_is_gone_from_the_tree_from_its_day_on(self, city: City, manager: Actor) -> None:
        east, _ = twin_towns(city)
        commands.close(organization_id=east.pk, order=order(manager))
        names = [
            [node.name for node in queries.tree(by=manager, on=day)]
            for day in (date(2026, 11, 19), TODAY)
        ]
        assert "甲县东镇" in names[0] and "甲县东镇" not in names[1]


class TestFirstDay:
    def test_is_set_by_the_citys_manager_and_written_down(
        self, city: City, manager: Actor
    ) -> None:
        commands.set_first_day(
            county_id=city.here.county.pk, day=date(2026, 12, 1), order=order(manager)
        )
        city.here.county.refresh_from_db()
        assert city.here.county.live_on == date(2026, 12, 1)
        assert Event.objects.get(act="org.start").subject_id == city.here.county.pk

    def test_by_nobody_else_and_for_counties_only(self, city: City, manager: Actor) -> None:
        leader = make.worker("局长", Role.COUNTY_MANAGER, city.here.county)
        for target, by, code in (
            (city.here.county, leader, "ORG_NOT_YOURS"),
            (city.here.town, manager, "ORG_NOT_THAT_KIND"),
        ):
            with pytest.raises(Refused) as refused:
                commands.set_first_day(county_id=target.pk, day=TODAY, order=order(by))
            assert code_of(refused) == code


def test_an_office_is_founded_under_an_open_one_with_a_code_of_its_own(
    city: City, manager: Actor
) -> None:
    made = commands.found(
        code="X1", name="甲县南镇", kind="town", parent_id=city.here.county.pk,
        order=order(manager),
    )  # fmt: skip
    assert made.path == f"{city.here.county.path}{made.pk}."
    assert made.county_id == city.here.county.pk
    for changes, code in (
        ({"name": "甲县北镇"}, "ORG_CODE_TAKEN"),
        ({"code": "X2"}, "ORG_NAME_UNFIT"),
        ({"code": "X3", "name": "某县", "kind": "county"}, "ORG_NOT_THAT_KIND"),
    ):
        given = {"code": "X1", "name": "甲县南镇", "kind": "town", **changes}
        with pytest.raises(Refused) as refused:
            commands.found(**given, parent_id=city.here.county.pk, order=order(manager))
        assert code_of(refused) == code
