"""A county goes into another: the unfinished becomes the other's, the rest stays readable."""

from datetime import date, timedelta

import pytest
import time_machine
from click.testing import CliRunner
from django.urls import reverse

from cardbook.cards.models import Application, Card, Correction, TemporaryCard
from cardbook.chapters.duties.organizations import commands, county_commands, queries
from cardbook.chapters.duties.organizations.cli import merge_county
from cardbook.chapters.duties.organizations.tests.test_changes import code_of, order
from cardbook.chapters.intake.receive.importer import receiver_of
from cardbook.chapters.intake.receive.manifest_rows import surroundings_of
from cardbook.custody.models import Position, Purpose
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.custody.shipments import record_shipment, tallies
from cardbook.insight.check import recount
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import DeliveryReceived, HandDownAcknowledged, HandedDown
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor, actor_in
from cardbook.orgs.models import Organization, Post, Succession
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City
from cardbook.testing.races import in_words, together
from cardbook.web.history import history_of

TODAY = date(2026, 11, 20)
pytestmark = [pytest.mark.article(3), pytest.mark.article(5)]


@pytest.fixture
def manager(city: City) -> Actor:
    return make.worker("市管理员", Role.CITY_MANAGER, city.city)


def merged(city: City, by: Actor, **changes: object) -> Done:
    """乙县 goes into 甲县."""
    return county_commands.merge_counties(
        county_id=city.neighbour.county.pk, successor_id=city.here.county.pk,
        order=order(by, **changes),
    )  # fmt: skip


def again(actor: Actor) -> Actor:
    """The same person at the next request."""
    return actor_in(Post.objects.select_related("user", "organization__county").get(
        pk=actor.post_id))  # fmt: skip


def the_book_is_whole() -> None:
    assert [finding.first for finding in recount().findings if not finding.holds] == []


@pytest.mark.django_db
class TestMergeCounties:
    def test_makes_every_unfinished_card_the_successors_by_an_act_of_its_own(
        self, city: City, manager: Actor
    ) -> None:
        cards = [
            *make.received_cards(city, city.neighbour, count=2),
            make.issued_card(city, city.neighbour),
            *make.cards_in_transit(city, city.neighbour),
        ]
        own = make.issued_card(city, city.here)
        merged(city, manager)
        for card in cards:
            card.refresh_from_db()
            assert card.county_id == city.here.county.pk
            event = Event.objects.get(subject_kind="card", subject_id=card.pk, seq=card.version)
            assert (event.act, event.actor_id) == ("county.join", manager.user_id)
        own.refresh_from_db()
        assert not Event.objects.filter(subject_id=own.pk, act="county.join").exists()
        the_book_is_whole()

    def test_leaves_a_card_where_it_is_since_when_it_is(self, city: City, manager: Actor) -> None:
        cards = [make.issued_card(city, city.neighbour)]
        cards += make.received_cards(city, city.neighbour)
        places = Position.objects.filter(card__in=cards).order_by("card_id")
        before = list(places.values_list("card_id", "account_id", "since", "movement_id"))
        merged(city, manager)
        after = list(places.values_list("card_id", "account_id", "since", "movement_id"))
        assert after == before

    def test_opens_it_to_the_successors_staff_and_its_old_staff_alike(
        self, city: City, manager: Actor
    ) -> None:
        (at_home, kept) = make.received_cards(city, city.neighbour, count=2)
        with pytest.raises(Refused) as refused:
            perform(make.issue_step(kept), by=city.here.clerk, at=NOON, key=make.key())
        assert code_of(refused) == "OUT_OF_REACH"
        merged(city, manager)
        for card, by in ((kept, city.here.clerk), (at_home, again(city.neighbour.clerk))):
            assert by.county_path == city.here.county.path
            perform(make.issue_step(card), by=by, at=NOON, key=make.key())
        the_book_is_whole()

    def test_lets_what_is_on_its_way_arrive(self, city: City, manager: Actor) -> None:
        (card,) = make.cards_in_transit(city, city.neighbour)
        merged(city, manager)
        store = account_of(organization_id=city.neighbour.card_body.pk, kind=Place.STORE)
        step = Step(
            act=act("delivery.receive"),
            facts=DeliveryReceived(delivery=1, count=1, box="1", seal_intact=True),
            subject_ids=[card.pk],
        )
        perform(
            step, by=again(city.neighbour.keeper), second=again(city.neighbour.reviewer),
            at=NOON, key=make.key(),
        )  # fmt: skip
        assert Position.objects.get(card=card).account_id == store.pk
        the_book_is_whole()

    def test_lets_an_open_shipment_be_acknowledged_as_before(
        self, city: City, manager: Actor
    ) -> None:
        (card,) = make.received_cards(city, city.neighbour)
        window, keeper = city.neighbour.window, city.neighbour.keeper
        way = Destination(account_of(organization_id=window.pk, kind=Place.TRANSIT).pk)
        sending = Step(
            act=act("handover.send"), facts=HandedDown(receiver=window.pk),
            subject_ids=[card.pk], destination=way,
        )  # fmt: skip
        done = perform(sending, by=keeper, at=NOON, key=make.key())
        shipment = record_shipment(
            purpose=Purpose.HAND_DOWN, sender_id=keeper.org_id, receiver_id=window.pk,
            batch=done.batch, card_ids=[card.pk], at=NOON,
        )  # fmt: skip
        merged(city, manager)
        assert tallies([shipment.pk])[shipment.pk].under_way == 1
        arriving = Step(
            act=act("handover.receive"),
            facts=HandDownAcknowledged(shipment=shipment.pk, scanned=True), subject_ids=[card.pk],
        )  # fmt: skip
        perform(arriving, by=again(city.neighbour.clerk), at=NOON, key=make.key())
        assert tallies([shipment.pk])[shipment.pk].under_way == 0
        the_book_is_whole()

    def test_takes_along_applications_corrections_and_temporary_cards_that_are_open(
        self, city: City, manager: Actor
    ) -> None:
        from cardbook.lifecycle.tests.test_other_subjects import opened, stocked, withdraw

        there = City(city.city, city.bank, city.maker, city.neighbour, city.here)
        open_one, closed_one = opened(there), opened(there)
        withdraw(closed_one, by=city.neighbour.clerk)
        (temporary,) = stocked(there, "L00000001")
        merged(city, manager)
        counties = dict(Application.objects.values_list("pk", "county"))
        assert counties == {
            open_one.pk: city.here.county.pk, closed_one.pk: city.neighbour.county.pk,
        }  # fmt: skip
        assert TemporaryCard.objects.get(pk=temporary.pk).county_id == city.here.county.pk
        assert not Correction.objects.exists()
        the_book_is_whole()

    def test_takes_along_offices_and_posts_and_closes_the_bureau(
        self, city: City, manager: Actor
    ) -> None:
        leader = make.worker("乙县局长", Role.COUNTY_MANAGER, city.neighbour.county)
        merged(city, manager)
        county = Organization.objects.get(pk=city.neighbour.county.pk)
        assert (county.valid_to, county.in_force) == (TODAY, False)
        assert county.path == f"{city.here.county.path}{county.pk}."
        below = Organization.objects.filter(path__startswith=city.here.county.path)
        assert {city.neighbour.card_body.pk, city.neighbour.town.pk} <= set(
            below.filter(county=city.here.county.pk, in_force=True).values_list("pk", flat=True)
        )
        posts = Post.objects.filter(user=leader.user_id).order_by("id")
        assert [(post.organization_id, post.until) for post in posts] == [
            (county.pk, TODAY), (city.here.county.pk, None),
        ]  # fmt: skip
        assert Succession.objects.get().whole

    def test_keeps_the_old_tree_and_the_old_names(self, city: City, manager: Actor) -> None:
        card = make.issued_card(city, city.neighbour)
        merged(city, manager)
        eve = {node.name: node for node in queries.tree(by=manager, on=TODAY - timedelta(days=1))}
        day = {node.name: node for node in queries.tree(by=manager, on=TODAY)}
        assert "乙县人社局" in eve and "乙县人社局" not in day
        assert eve["乙县卡管中心"].depth == day["乙县卡管中心"].depth == 2
        offices = [line.office for line in history_of(card.pk)]
        assert offices == ["市人社局", "乙县一号窗口", "乙县卡管中心", "乙县卡管中心"]

    def test_lets_files_go_on_naming_the_old_county(self, city: City, manager: Actor) -> None:
        assert surroundings_of(city.here.county).other_counties == ("乙县",)
        merged(city, manager)
        here, body = city.here.county, city.neighbour.card_body
        assert surroundings_of(here).other_counties == ()
        body.refresh_from_db()
        assert receiver_of(body) == body, "each card body receives its own deliveries"
        assert receiver_of(Organization.objects.get(pk=city.neighbour.county.pk)).county == here

    def test_is_for_the_citys_manager(self, city: City) -> None:
        for by in (
            make.worker("局长", Role.COUNTY_MANAGER, city.here.county),
            city.here.keeper,
            city.here.auditor,
        ):
            with pytest.raises(Refused) as refused:
                merged(city, by)
            assert code_of(refused) == "ORG_NOT_YOURS"

    def test_joins_two_counties_and_nothing_else(self, city: City, manager: Actor) -> None:
        for county, successor in (
            (city.here.county, city.here.county),
            (city.here.town, city.here.county),
            (city.here.county, city.bank),
        ):
            with pytest.raises(Refused) as refused:
                county_commands.merge_counties(
                    county_id=county.pk, successor_id=successor.pk, order=order(manager)
                )
            assert code_of(refused) == "COUNTY_UNFIT"

    def test_happens_once_and_not_ahead(self, city: City, manager: Actor) -> None:
        with pytest.raises(Refused) as ahead:
            merged(city, manager, on=TODAY + timedelta(days=1))
        assert code_of(ahead) == "ORG_DAY_AHEAD"
        make.issued_card(city, city.neighbour)
        once = make.key()
        merged(city, manager, key=once)
        events = Event.objects.count()
        with pytest.raises(Refused) as second:
            merged(city, manager, key=once)
        assert code_of(second) == "ORG_CLOSED_NOW"
        assert Event.objects.count() == events

    def test_does_not_touch_what_was_destroyed(self, city: City, manager: Actor) -> None:
        from cardbook.chapters.intake.opening.tests.ledgers import row, taken_over

        taken_over(city, [row("S00000001", 状态="已销毁", 存放地点="")])
        gone = Card.objects.get(number="S00000001")
        county_commands.merge_counties(
            county_id=city.here.county.pk, successor_id=city.neighbour.county.pk,
            order=order(manager),
        )  # fmt: skip
        before, version = gone.county_id, gone.version
        gone.refresh_from_db()
        assert (gone.county_id, gone.version) == (before, version)
        the_book_is_whole()

    def test_asks_the_database_no_more_for_more_cards(
        self, city: City, manager: Actor, django_assert_max_num_queries: object
    ) -> None:
        make.received_cards(city, city.neighbour, count=40)
        with django_assert_max_num_queries(190):  # type: ignore[operator]
            merged(city, manager)

    def test_leads_on_from_the_page_of_the_county(self, city: City, manager: Actor) -> None:
        make.issued_card(city, city.neighbour)
        address = reverse("organization.join", args=[city.neighbour.county.pk])
        given = {
            "key": make.key(), "on": f"{TODAY}", "words": "商政函〔2026〕9号",
            "other": city.here.county.pk,
        }  # fmt: skip
        leader = make.worker("局长", Role.COUNTY_MANAGER, city.neighbour.county)
        with time_machine.travel(NOON, tick=False):
            assert signed_in(leader).post(address, given).status_code == 403
            answer = signed_in(manager).post(address, given, follow=True)
        page = answer.content.decode()
        assert "县区已合并" in page and "并入甲县人社局" in page


@pytest.mark.django_db
class TestALargeCounty:
    def test_is_not_for_a_page_to_wait_for(
        self, city: City, manager: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make.received_cards(city, city.neighbour, count=2)
        monkeypatch.setattr(county_commands, "MOST_IN_A_REQUEST", 1)
        given = {
            "key": make.key(), "on": f"{TODAY}", "words": "批文", "other": city.here.county.pk,
        }  # fmt: skip
        with time_machine.travel(NOON, tick=False):
            answer = signed_in(manager).post(
                reverse("organization.join", args=[city.neighbour.county.pk]), given
            )
        assert answer.status_code == 409
        command = f"cardbook merge-county {city.neighbour.county.code} --into"
        assert command in answer.content.decode()

    def test_is_merged_in_chunks_by_the_command_line(
        self, city: City, manager: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cards = make.received_cards(city, city.neighbour, count=5)
        monkeypatch.setattr(county_commands, "AT_ONCE", 2)
        name = Post.objects.get(pk=manager.post_id).user.username
        asked = [
            city.neighbour.county.code, "--into", city.here.county.code, "--words", "批文",
            "--on", f"{TODAY}", "--by", name,
        ]  # fmt: skip
        with time_machine.travel(NOON, tick=False):
            done = CliRunner().invoke(merge_county, asked)
            again = CliRunner().invoke(merge_county, asked)
        assert (done.exit_code, again.exit_code) == (0, 2), done.output
        assert Card.objects.filter(county=city.here.county.pk).count() == len(cards)
        assert "已经撤销" in again.output
        the_book_is_whole()


@pytest.mark.django_db
def test_two_card_bodies_of_one_county_are_then_merged_like_other_offices(
    city: City, manager: Actor
) -> None:
    make.received_cards(city, city.neighbour, count=2)
    merged(city, manager)
    commands.merge(
        organization_ids=[city.neighbour.card_body.pk], successor_id=city.here.card_body.pk,
        order=order(manager),
    )  # fmt: skip
    places = Position.objects.values_list("account__organization", flat=True)
    assert set(places) == {city.here.card_body.pk}
    the_book_is_whole()


@pytest.mark.races
def test_two_at_once_merge_once(fresh_database: str) -> None:
    city = make.city()
    manager = make.worker("市管理员", Role.CITY_MANAGER, city.city)
    make.received_cards(city, city.neighbour, count=3)
    answers = together(*[lambda: merged(city, manager)] * 3)
    assert sorted(in_words(answers, done=lambda _: "done")) == [
        "ORG_CLOSED_NOW", "ORG_CLOSED_NOW", "done",
    ]  # fmt: skip
    the_book_is_whole()
