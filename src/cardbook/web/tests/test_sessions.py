"""Signing in and out, posts, idle sessions, headers that keep a page to itself (Art. 5, 32)."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from cardbook.law.roles import Role
from cardbook.orgs.actors import appoint, relieve
from cardbook.orgs.models import User
from cardbook.testing import factories
from cardbook.testing.factories import FOUNDED, NOON, PASSWORD

pytestmark = pytest.mark.article(32, 1)


class TestSigningIn:
    def test_through_the_form_to_the_page_that_was_asked_for(self, place):
        user = User.objects.get(pk=place.here.clerk.user_id)
        answer = Client().post(
            "/account/login/?next=/search/",
            {"login": user.username, "password": PASSWORD, "next": "/search/"},
        )
        assert answer.headers["Location"] == "/search/"

    def test_a_wrong_password_says_nothing_about_the_account(self, place):
        user = User.objects.get(pk=place.here.clerk.user_id)
        texts = [
            Client().post("/account/login/", {"login": name, "password": "wrong"}).content.decode()
            for name in (user.username, "nobody-of-this-name")
        ]
        assert all("用户名或密码不正确" in text for text in texts)

    def test_whoever_holds_no_post_is_told_and_stays_outside(self, place):
        User.objects.create_user(username="jobless", password=PASSWORD)
        client = Client()
        client.post("/account/login/", {"login": "jobless", "password": PASSWORD})
        answer = client.get("/", follow=True)
        assert answer.redirect_chain
        assert "今日没有岗位" in answer.content.decode()

    def test_signing_out_is_a_post(self, place, signed_in):
        client = signed_in(place.here.clerk)
        assert client.get("/account/logout/").status_code == 200
        assert client.get("/").status_code == 200
        client.post("/account/logout/")
        assert client.get("/").status_code == 302

    @pytest.mark.ignore_template_errors  # a page of the library names what it may not have
    @pytest.mark.parametrize("name", ["account_change_password", "mfa_index", "account_logout"])
    def test_pages_of_the_account_wear_the_house(self, place, signed_in, name):
        text = signed_in(place.here.clerk).get(reverse(name), follow=True).content.decode()
        assert "cb-top" in text

    def test_the_demo_lists_its_accounts(self, db, demo):
        text = Client().get("/account/login/").content.decode()
        assert "演示环境" in text
        assert text.count("data-demo-user=") >= 10


class TestPosts:
    @pytest.mark.trust("A5")
    def test_a_revoked_post_is_dead_at_once(self, place, signed_in):
        client = signed_in(place.here.clerk)
        assert client.get("/").status_code == 200
        today = timezone.localdate()
        relieve(post_id=place.here.clerk.post_id, until=today, at=NOON, by=place.here.keeper)
        assert client.get("/").status_code == 302
        assert "_auth_user_id" not in client.session

    def test_whoever_holds_two_posts_chooses(self, place, signed_in):
        user = User.objects.get(pk=place.here.clerk.user_id)
        second = appoint(
            user=user,
            organization=place.here.card_body,
            role=Role.REVIEWER,
            since=FOUNDED,
            at=NOON,
        )
        client = signed_in(place.here.clerk)
        assert client.get("/").context["actor"].role is Role.WINDOW_CLERK
        assert client.get("/").content.decode().count("<option") == 2
        client.post(reverse("post.choose"), {"post": second.pk})
        assert client.get("/").context["actor"].role is Role.REVIEWER

    def test_nobody_takes_the_post_of_another(self, place, signed_in):
        client = signed_in(place.here.clerk)
        client.post(reverse("post.choose"), {"post": place.here.keeper.post_id})
        assert client.get("/").context["actor"].post_id == place.here.clerk.post_id


@pytest.mark.trust("A4")
class TestIdleness:
    def test_fifteen_idle_minutes_end_a_session_and_say_so(self, place, signed_in):
        client = signed_in(place.here.clerk)
        start = timezone.now()
        with time_machine.travel(start, tick=False):
            assert client.get("/").status_code == 200
        with time_machine.travel(start + timedelta(minutes=16), tick=False):
            answer = client.get("/", follow=True)
        assert answer.redirect_chain
        assert "超过 15 分钟没有操作" in answer.content.decode()

    def test_work_keeps_a_session_alive(self, place, signed_in):
        client = signed_in(place.here.clerk)
        start = timezone.now()
        for minutes in (0, 10, 20, 30):
            with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
                assert client.get("/").status_code == 200

    def test_a_part_of_a_page_opens_the_whole_login(self, place):
        answer = Client().get("/", headers={"HX-Request": "true"})
        assert answer.headers["HX-Redirect"].startswith("/account/login/")
        assert answer.content == b""


class TestHeaders:
    @pytest.mark.trust("P3")
    @pytest.mark.parametrize("address", ["/account/login/", "/", "/search/", "/nothing/"])
    def test_nothing_foreign_runs_and_nothing_stays(self, place, signed_in, address):
        client = Client() if address == "/account/login/" else signed_in(place.here.clerk)
        headers = client.get(address).headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy
        assert "no-store" in headers["Cache-Control"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"

    def test_no_page_carries_a_style_or_script_inline(self, place, card, signed_in):
        client = signed_in(place.here.clerk)
        for address in ("/", "/search/", "/cards/?place=holder", f"/cards/{card.pk}/"):
            text = client.get(address).content.decode()
            assert " style=" not in text
            assert "<style" not in text
            assert " onclick=" not in text
            assert text.count("<script") == text.count("<script src=")

    def test_every_form_that_posts_carries_the_token(self, place, card, signed_in):
        client = signed_in(place.here.clerk)
        for address in ("/", "/search/", f"/cards/{card.pk}/"):
            text = client.get(address).content.decode()
            assert text.count('method="post"') == text.count('name="csrfmiddlewaretoken"') > 0


@pytest.mark.parametrize("name", ["admin:index"])
def test_the_machinery_of_the_frame_has_no_door(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_a_person_of_two_counties_sees_one_at_a_time(place, signed_in):
    user = User.objects.get(pk=place.here.clerk.user_id)
    there = appoint(
        user=user, organization=place.neighbour.window, role=Role.WINDOW_CLERK, since=FOUNDED,
        at=NOON,
    )  # fmt: skip
    (card,) = factories.received_cards(place, place.neighbour)
    client = signed_in(place.here.clerk)
    address = reverse("card.show", args=[card.pk])
    assert client.get(address).status_code == 404
    client.post(reverse("post.choose"), {"post": there.pk})
    assert client.get(address).status_code == 200
