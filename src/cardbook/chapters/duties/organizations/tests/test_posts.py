"""A post is handed on with its balance: counted, signed by both, frozen (Art. 5, 20)."""

import json
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from cardbook.chapters.duties.models import HandOver
from cardbook.chapters.duties.organizations import post_commands, queries
from cardbook.chapters.duties.organizations.post_commands import Signatures
from cardbook.chapters.duties.organizations.tests.test_changes import code_of, order
from cardbook.law.roles import OF_THE_CITY, Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Post, User
from cardbook.orgs.reach import Reach
from cardbook.registers.models import IssuedDocument
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.django_db, pytest.mark.article(20)]
TODAY = date(2026, 11, 20)


@pytest.fixture
def leader(city: City) -> Actor:
    return make.worker("局长", Role.COUNTY_MANAGER, city.here.county)


def newcomer() -> User:
    return User.objects.create_user(username="xin", password=make.PASSWORD, name="新来的")


def user_of(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


def book(city: City) -> dict[int, int]:
    return {line.account_id: line.cards for line in queries.stock_of(city.here.card_body.pk)}


def handed_over(city: City, leader: Actor, **changes: Any) -> HandOver:
    given: dict[str, Any] = {
        "post_id": city.here.keeper.post_id,
        "counted": book(city),
        "order": order(leader),
    }
    if "signed" not in changes:
        changes["signed"] = Signatures(outgoing=user_of(city.here.keeper), incoming=newcomer())
    return post_commands.hand_over(**(given | changes))


class TestAppoint:
    """A post is given within the giver's own power, and never to himself (Art. 5, 32)."""

    @pytest.mark.article(5)
    @pytest.mark.trust("A11")
    @pytest.mark.parametrize("role", sorted(OF_THE_CITY))
    def test_no_county_gives_a_post_that_reaches_the_whole_city(
        self, city: City, leader: Actor, role: Role
    ) -> None:
        with pytest.raises(Refused) as refused:
            post_commands.appoint(
                user=newcomer(), organization_id=city.here.window.pk, role=role,
                order=order(leader),
            )  # fmt: skip
        assert code_of(refused) == "POST_OF_THE_CITY"
        page = reverse("organization.show", args=[city.here.window.pk])
        assert f'value="{role}"' not in signed_in(leader).get(page).content.decode()
        given = {"key": "k", "on": "2026-11-20", "words": "任命", "username": "xin", "role": role}
        url = reverse("post.appoint", args=[city.here.window.pk])
        assert "不设这个岗位" in signed_in(leader).post(url, given).content.decode()
        assert not Post.objects.filter(role=role).exists()

    @pytest.mark.article(5)
    def test_the_citys_own_office_has_every_post(self, city: City) -> None:
        centre = make.organization("信息中心", Kind.INFO_CENTRE, parent=city.city)
        manager = make.worker("管理员", Role.CITY_MANAGER, centre)
        for role in Role:
            user = User.objects.create_user(username=str(role), password=make.PASSWORD)
            given = post_commands.appoint(
                user=user, organization_id=centre.pk, role=role, order=order(manager)
            )
            assert given.role == role

    @pytest.mark.article(5)
    def test_whoever_reaches_cards_of_the_whole_city_by_his_post_is_of_the_city(self) -> None:
        """Anybody may report a loss anywhere (Art. 28), and stop what is ordered for the lost."""
        anywhere = {code for code in ACTS if code.startswith("loss.")} | {"application.stop"}
        reaching = {
            role
            for code, row in ACTS.items()
            for role, reach in row.who.items()
            if reach is Reach.CITY and code not in anywhere
        }
        assert reaching <= OF_THE_CITY

    @pytest.mark.trust("A11")
    def test_nobody_gives_himself_a_post(self, city: City, leader: Actor) -> None:
        with pytest.raises(Refused) as refused:
            post_commands.appoint(
                user=user_of(leader), organization_id=city.here.card_body.pk, role=Role.REVIEWER,
                order=order(leader),
            )  # fmt: skip
        assert code_of(refused) == "POST_TO_HIMSELF"


class TestEnd:
    def test_who_keeps_cards_cannot_just_leave(self, city: City, leader: Actor) -> None:
        make.received_cards(city, city.here, count=4)
        with pytest.raises(Refused) as refused:
            post_commands.end_post(post_id=city.here.keeper.post_id, order=order(leader))
        assert code_of(refused) == "POST_HOLDS_STOCK"
        assert "4 张卡" in refused.value.refusals[0].sentence

    @pytest.mark.article(20)
    def test_who_carries_cards_to_holders_stays_until_they_are_settled(
        self, city: City, leader: Actor
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        make.take_out(card, by=city.here.clerk, second=city.here.other_clerk)
        for one in (city.here.clerk, city.here.other_clerk):
            with pytest.raises(Refused) as refused:
                post_commands.end_post(post_id=one.post_id, order=order(leader))
            assert code_of(refused) == "POST_CARRIES_CARDS"
            assert "1 张卡" in refused.value.refusals[0].sentence
        with pytest.raises(Refused) as refused:
            post_commands.hand_over(
                post_id=city.here.clerk.post_id, counted={}, order=order(leader),
                signed=Signatures(outgoing=user_of(city.here.clerk), incoming=newcomer()),
            )  # fmt: skip
        assert code_of(refused) == "POST_CARRIES_CARDS"

    def test_who_keeps_nothing_leaves_on_the_day(self, city: City, leader: Actor) -> None:
        post_commands.end_post(post_id=city.here.clerk.post_id, order=order(leader))
        assert Post.objects.get(pk=city.here.clerk.post_id).until == TODAY
        with pytest.raises(Refused) as refused:
            post_commands.end_post(post_id=city.here.clerk.post_id, order=order(leader))
        assert code_of(refused) == "POST_GONE"

    def test_a_neighbour_ends_nobody(self, city: City) -> None:
        other = make.worker("邻县局长", Role.COUNTY_MANAGER, city.neighbour.county)
        with pytest.raises(Refused) as refused:
            post_commands.end_post(post_id=city.here.clerk.post_id, order=order(other))
        assert code_of(refused) == "ORG_NOT_YOURS"


class TestHandOver:
    def test_ends_one_post_begins_the_other_and_writes_down_the_balance(
        self, city: City, leader: Actor
    ) -> None:
        make.received_cards(city, city.here, count=4)
        made = handed_over(city, leader)
        before, after = Post.objects.get(pk=made.post_id), made.next_post
        assert (before.until, after.since, after.role) == (TODAY, TODAY, Role.CARD_KEEPER)
        assert after.user.username == "xin"
        acts = Event.objects.filter(subject_kind="post", subject_id=before.pk).order_by("seq")
        assert [event.act for event in acts] == ["post.appoint", "post.hand_over", "post.relieve"]
        event = acts[1]
        assert (event.actor_id, event.second_id) == (leader.user_id, after.user_id)
        (line,) = made.lines.all()
        facts = json.loads(event.facts)
        assert (facts["user"], facts["to"], facts["on"]) == (
            before.user_id, after.user_id, "2026-11-20",
        )  # fmt: skip
        assert facts["stock"] == [[line.account_id, 4]]

    def test_a_colleague_in_the_same_post_takes_over(self, city: City, leader: Actor) -> None:
        make.received_cards(city, city.here, count=1)
        colleague = make.worker("另一卡管员", Role.CARD_KEEPER, city.here.card_body)
        signed = Signatures(outgoing=user_of(city.here.keeper), incoming=user_of(colleague))
        made = handed_over(city, leader, signed=signed)
        assert made.next_post_id == colleague.post_id

    @pytest.mark.parametrize("counted", [3, 5])
    def test_a_count_that_differs_is_refused_and_the_book_stays_hidden(
        self, city: City, leader: Actor, counted: int
    ) -> None:
        make.received_cards(city, city.here, count=4)
        wrong = dict.fromkeys(book(city), counted)
        with pytest.raises(Refused) as refused:
            handed_over(city, leader, counted=wrong)
        assert code_of(refused) == "STOCK_DIFFERS"
        said = refused.value.refusals[0]
        assert f"点到 {counted} 张，与账面对不上" in said.sentence
        assert "4 张" not in said.sentence + said.way_out
        assert Post.objects.get(pk=city.here.keeper.post_id).until is None

    def test_a_place_left_out_is_refused(self, city: City, leader: Actor) -> None:
        make.received_cards(city, city.here, count=4)
        with pytest.raises(Refused) as refused:
            handed_over(city, leader, counted={})
        assert code_of(refused) == "STOCK_CHANGED"

    def test_nobody_hands_over_to_himself_or_for_another(self, city: City, leader: Actor) -> None:
        own = user_of(city.here.keeper)
        with pytest.raises(Refused) as refused:
            handed_over(city, leader, signed=Signatures(outgoing=own, incoming=own))
        assert code_of(refused) == "HANDED_TO_HIMSELF"
        stranger = Signatures(outgoing=user_of(city.here.clerk), incoming=newcomer())
        with pytest.raises(Refused) as refused:
            handed_over(city, leader, signed=stranger)
        assert code_of(refused) == "SECOND_PERSON_UNKNOWN"


class TestPages:
    def given(self, city: City, **changes: str) -> dict[str, str]:
        return {
            "key": "k", "on": "2026-11-20", "words": "岗位调整",
            **{f"count_{account}": str(cards) for account, cards in book(city).items()},
            "incoming": "xin", "incoming_password": make.PASSWORD,
            "outgoing_password": make.PASSWORD, **changes,
        }  # fmt: skip

    def test_both_sign_and_the_sheet_is_frozen(self, city: City, leader: Actor) -> None:
        make.received_cards(city, city.here, count=4)
        newcomer()
        client = signed_in(leader)
        url = reverse("post.end", args=[city.here.keeper.post_id])
        shown = client.get(url).content.decode()
        assert "两人各自输入密码" in shown and 'value="4"' not in shown, "a blind count"
        page = client.post(url, self.given(city), follow=True)
        document = IssuedDocument.objects.get(form="post_hand_over")
        assert document.number in page.content.decode() and document.rows == 1
        register = client.get(reverse("register.post_hand_over")).content.decode()
        assert "新来的" in register and "4 张" in register

    @pytest.mark.parametrize(
        ("changes", "words", "status"),
        [
            ({"outgoing_password": "x"}, "移交人的用户名或密码不对", 409),
            ({"incoming_password": "x"}, "接收人的用户名或密码不对", 409),
            ({"words": ""}, "请写明批文或决定", 422),
        ],
    )
    def test_without_both_signatures_nothing_happens(
        self, city: City, leader: Actor, changes: dict[str, str], words: str, status: int
    ) -> None:
        make.received_cards(city, city.here, count=4)
        newcomer()
        url = reverse("post.end", args=[city.here.keeper.post_id])
        answer = signed_in(leader).post(url, self.given(city, **changes))
        assert answer.status_code == status and words in answer.content.decode()
        assert not HandOver.objects.exists()

    def test_the_tree_answers_as_of_a_date_and_an_order_is_obeyed(
        self, city: City, leader: Actor
    ) -> None:
        client = signed_in(leader)
        url = reverse("organization.rename", args=[city.here.town.pk])
        given = {"key": "k", "on": "2026-11-20", "words": "批文", "name": "甲县新城镇"}
        page = client.post(url, given, follow=True).content.decode()
        assert "更名为“甲县新城镇”" in page and "甲县城关镇" in page
        then = client.get(reverse("organization.list"), {"on": "2026-11-19"}).content.decode()
        assert "甲县城关镇" in then and "更名为甲县新城镇" in then
        assert "甲县城关镇" not in client.get(reverse("organization.list")).content.decode()

    def test_a_refused_order_says_why_and_keeps_what_was_typed(
        self, city: City, leader: Actor
    ) -> None:
        make.received_cards(city, city.here, count=2)
        url = reverse("organization.close", args=[city.here.card_body.pk])
        given = {"key": "k", "on": "2026-11-20", "words": "批文三号"}
        answer = signed_in(leader).post(url, given)
        page = answer.content.decode()
        assert answer.status_code == 409 and "还保管 2 张卡" in page and "批文三号" in page

    def test_who_does_not_manage_only_reads(self, city: City) -> None:
        client = signed_in(city.here.keeper)
        page = client.get(reverse("organization.show", args=[city.here.town.pk]))
        main = page.content.decode().split('id="main"')[1]
        assert page.status_code == 200 and "<details" not in main
        url = reverse("organization.close", args=[city.here.town.pk])
        assert client.post(url).status_code == 403
        there = reverse("organization.show", args=[city.neighbour.town.pk])
        assert client.get(there).status_code == 404

    def test_everybody_gets_his_post_from_a_page(self, city: City, leader: Actor) -> None:
        newcomer()
        url = reverse("post.appoint", args=[city.here.window.pk])
        given = {
            "key": "k", "on": "2026-11-20", "words": "任命", "username": "xin",
            "role": "window_clerk",
        }  # fmt: skip
        client = signed_in(leader)
        assert "已任命新来的" in client.post(url, given, follow=True).content.decode()
        assert "不重复任命" in client.post(url, given).content.decode()
        unknown = client.post(url, {**given, "username": "nobody"})
        assert unknown.status_code == 409 and "填写姓名即同时开立账号" in unknown.content.decode()

    def test_who_is_new_gets_an_account_with_his_post(self, city: City, leader: Actor) -> None:
        url = reverse("post.appoint", args=[city.here.window.pk])
        given = {
            "key": "k", "on": "2026-11-20", "words": "任命", "username": "newone",
            "name": "新来的人", "role": "window_clerk",
        }  # fmt: skip
        client = signed_in(leader)
        said = client.post(url, given, follow=True).content.decode()
        password = said.split("一次性密码（只显示这一次）：")[1][:19]
        assert User.objects.get(username="newone").check_password(password)
        assert password not in client.get(reverse("home")).content.decode()
        assert "不重复任命" in client.post(url, given).content.decode()

    def test_no_account_is_left_when_the_post_is_refused(self, city: City, leader: Actor) -> None:
        url = reverse("post.appoint", args=[city.here.window.pk])
        given = {
            "key": "k", "on": "2019-11-20", "words": "任命", "username": "newone",
            "name": "新来的人", "role": "window_clerk",
        }  # fmt: skip
        assert signed_in(leader).post(url, given).status_code == 409
        assert not User.objects.filter(username="newone").exists()
