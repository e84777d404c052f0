"""People in posts: from a day to a day, and every appointment in the ledger (Art. 5, L9)."""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.orgs.actors import NoPost, actor_for, actors_of, appoint, relieve
from cardbook.orgs.models import Kind, Post, User
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(5)]
TODAY = date(2026, 11, 20)


def newcomer() -> User:
    return User.objects.create_user(username="xin", password=make.PASSWORD, name="新来的")


def appointed(city: City, user: User, *, since: date = TODAY) -> Post:
    return appoint(
        user=user, organization=city.here.window, role=Role.WINDOW_CLERK, since=since, at=NOON,
        by=city.here.keeper,
    )  # fmt: skip


class TestAppoint:
    def test_gives_a_post_and_one_event_that_names_who_gave_it(self, city: City) -> None:
        user = newcomer()
        post = appointed(city, user)
        event = Event.objects.get(subject_kind="post", subject_id=post.pk)
        assert (event.act, event.seq, event.basis) == ("post.appoint", 1, "第五条")
        assert event.actor_id == city.here.keeper.user_id
        facts = json.loads(event.facts)
        assert (facts["user"], facts["role"]) == (user.pk, "window_clerk")
        assert "新来的" not in event.facts, "people by reference only"

    def test_the_same_post_is_held_once(self, city: City) -> None:
        user = newcomer()
        appointed(city, user)
        with pytest.raises(IntegrityError, match="post_held_once"), transaction.atomic():
            appointed(city, user)
        assert Event.objects.filter(act="post.appoint", subject_id__in=Post.objects.filter(
            user=user).values("pk")).count() == 1  # fmt: skip

    def test_begins_on_its_day(self, city: City) -> None:
        user = newcomer()
        appointed(city, user, since=TODAY)
        assert actors_of(user, on=TODAY - timedelta(days=1)) == []
        assert len(actors_of(user, on=TODAY)) == 1
        with pytest.raises(NoPost):
            actor_for(user, on=TODAY - timedelta(days=1))


class TestRelieve:
    def test_ends_the_post_on_the_day_and_writes_the_second_event(self, city: City) -> None:
        user = newcomer()
        post = appointed(city, user, since=TODAY - timedelta(days=30))
        relieve(post_id=post.pk, until=TODAY, at=NOON, by=city.here.keeper)
        assert len(actors_of(user, on=TODAY - timedelta(days=1))) == 1
        assert actors_of(user, on=TODAY) == []
        acts = Event.objects.filter(subject_kind="post", subject_id=post.pk).order_by("seq")
        assert list(acts.values_list("act", "seq")) == [("post.appoint", 1), ("post.relieve", 2)]

    def test_a_post_ends_once(self, city: City) -> None:
        post = appointed(city, newcomer())
        relieve(post_id=post.pk, until=TODAY, at=NOON, by=city.here.keeper)
        with pytest.raises(Post.DoesNotExist):
            relieve(post_id=post.pk, until=TODAY, at=NOON, by=city.here.keeper)

    def test_a_post_does_not_end_before_it_began(self, city: City) -> None:
        post = appointed(city, newcomer(), since=TODAY)
        with pytest.raises(IntegrityError, match="post_since_before_until"), transaction.atomic():
            relieve(post_id=post.pk, until=TODAY - timedelta(days=1), at=NOON, by=city.here.keeper)

    def test_one_may_come_back_to_the_same_post(self, city: City) -> None:
        user = newcomer()
        post = appointed(city, user, since=TODAY - timedelta(days=30))
        relieve(post_id=post.pk, until=TODAY, at=NOON, by=city.here.keeper)
        again = appointed(city, user, since=TODAY)
        assert [one.post_id for one in actors_of(user, on=TODAY)] == [again.pk]


class TestActorFor:
    def test_an_inactive_account_holds_nothing(self, city: City) -> None:
        user = newcomer()
        appointed(city, user)
        User.objects.filter(pk=user.pk).update(is_active=False)
        user.refresh_from_db()
        with pytest.raises(NoPost):
            actor_for(user, on=TODAY)

    def test_takes_the_chosen_post_and_no_other_persons(self, city: City) -> None:
        user = newcomer()
        appointed(city, user)
        second = appoint(
            user=user, organization=city.here.card_body, role=Role.REVIEWER, since=TODAY, at=NOON
        )
        assert actor_for(user, on=TODAY).role is Role.WINDOW_CLERK
        assert actor_for(user, on=TODAY, post_id=second.pk).role is Role.REVIEWER
        with pytest.raises(NoPost):
            actor_for(user, on=TODAY, post_id=city.here.clerk.post_id)

    def test_looks_as_far_as_his_county_or_for_a_city_office_the_city(self, city: City) -> None:
        assert city.here.clerk.county_path == city.here.county.path
        manager = make.worker("市管理员", Role.CITY_MANAGER, city.city)
        assert manager.county_path == city.city.path and manager.county_id is None
        teller = make.worker("柜员", Role.BANK_TELLER, city.bank)
        assert teller.county_path == city.bank.path, "a bank sees its own alone"
        branch = make.organization("示范银行甲县支行", Kind.BRANCH, parent=city.bank)
        assert make.worker("柜员", Role.BANK_TELLER, branch).county_path == branch.path


def test_what_a_relieved_clerk_did_stays_his(city: City) -> None:
    card = make.issued_card(city, city.here)
    relieve(post_id=city.here.clerk.post_id, until=TODAY, at=NOON, by=city.here.keeper)
    event = Event.objects.get(subject_kind="card", subject_id=card.pk, act="card.issue")
    assert (event.actor_id, event.post_id) == (city.here.clerk.user_id, city.here.clerk.post_id)
