"""Guessing is stopped at the account, a county behind one gateway is not (Art. 32; A1 to A6)."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from cardbook.ledger.models import Event
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import second_actor
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import User
from cardbook.testing import factories as make
from cardbook.testing.factories import PASSWORD
from cardbook.web.second_factor import open_secret

pytestmark = pytest.mark.article(32, 1)
GATEWAY = "10.20.30.1"


def name_of(actor):
    return User.objects.get(pk=actor.user_id).username


def attempt(name, password, *, address=GATEWAY):
    return Client(REMOTE_ADDR=address).post(
        "/account/login/", {"login": name, "password": password}
    )


def fail(name, times, *, address=GATEWAY):
    for _ in range(times):
        assert attempt(name, "wrong", address=address).status_code == 200


class TestSecondFactor:
    @pytest.fixture
    def secret(self, place):
        """A clerk has a device that shows codes."""
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(User.objects.get(pk=place.here.clerk.user_id), secret)
        return secret

    @staticmethod
    def code(secret):
        counter = int(timezone.now().timestamp()) // 30
        return totp.format_hotp_value(totp.hotp_value(secret, counter))

    @staticmethod
    def enter(name, code):
        client = Client()
        client.post("/account/login/", {"login": name, "password": PASSWORD})
        client.post("/account/2fa/authenticate/", {"code": code})
        return "_auth_user_id" in client.session

    @pytest.mark.trust("A2")
    def test_a_code_opens_once(self, place, secret):
        name, start = name_of(place.here.clerk), timezone.now()
        with time_machine.travel(start, tick=False):
            code = self.code(secret)
            assert self.enter(name, code)
            assert not self.enter(name, code)
        with time_machine.travel(start + timedelta(minutes=1), tick=False):
            assert not self.enter(name, code)
            assert self.enter(name, self.code(secret))

    def test_what_it_is_made_from_lies_sealed(self, place, secret):
        kept = Authenticator.objects.get(user=place.here.clerk.user_id)
        assert secret not in str(kept.data)
        assert open_secret(kept.data["secret"]) == secret

    def test_one_of_before_still_opens(self, place, secret):
        Authenticator.objects.update(data={"secret": secret})
        with time_machine.travel(timezone.now(), tick=False):
            assert self.enter(name_of(place.here.clerk), self.code(secret))


@pytest.mark.trust("A3")
class TestGuessing:
    def test_five_wrong_passwords_lock_the_account_wherever_they_come_from(self, place):
        name = name_of(place.here.clerk)
        fail(name, 3, address="10.20.30.1")
        fail(name, 2, address="10.99.99.9")
        answer = attempt(name, PASSWORD, address="10.20.30.1")
        assert answer.status_code == 200
        assert "多次登录失败" in answer.content.decode() or "稍后" in answer.content.decode()

    def test_asking_the_server_by_other_names_gives_no_more_tries(self, place):
        name = name_of(place.here.clerk)
        for port in range(5):
            Client(HTTP_HOST=f"localhost:{port + 1000}").post(
                "/account/login/", {"login": name, "password": "wrong"}
            )
        assert attempt(name, PASSWORD).status_code == 200

    def test_a_quarter_of_an_hour_later_it_opens_again(self, place):
        name, start = name_of(place.here.clerk), timezone.now()
        with time_machine.travel(start, tick=False):
            fail(name, 5)
        with time_machine.travel(start + timedelta(minutes=14), tick=False):
            assert attempt(name, PASSWORD).status_code == 200
        with time_machine.travel(start + timedelta(minutes=16), tick=False):
            assert attempt(name, PASSWORD).status_code == 302

    def test_the_colleague_behind_the_same_gateway_signs_in(self, place):
        for number in range(12):
            fail(f"nobody-{number}", 5)
        fail(name_of(place.here.clerk), 5)
        assert attempt(name_of(place.here.keeper), PASSWORD).status_code == 302

    def test_a_machine_that_tries_many_accounts_is_stopped_at_its_address(self, place, settings):
        limits = settings.ACCOUNT_RATE_LIMITS
        settings.ACCOUNT_RATE_LIMITS = limits | {"login_failed": "5/15m/key,20/15m/ip"}
        for number in range(20):
            fail(f"nobody-{number}", 1)
        name = name_of(place.here.clerk)
        assert attempt(name, PASSWORD).status_code == 200
        assert attempt(name, PASSWORD, address="10.40.50.1").status_code == 302

    def test_counts_are_shared_by_all_processes(self, place, settings):
        assert settings.CACHES["default"]["BACKEND"].endswith("db.DatabaseCache")
        fail(name_of(place.here.clerk), 1)
        cache.set("seen", 1)
        assert cache.get("seen") == 1

    def test_right_passwords_of_a_whole_county_lock_nobody(self, place):
        name = name_of(place.here.clerk)
        for _ in range(40):
            assert attempt(name, PASSWORD).status_code == 302


class TestSecondPerson:
    def test_the_second_signature_is_no_way_to_guess(self, place, rf):
        name = name_of(place.here.reviewer)
        request = rf.post("/", REMOTE_ADDR=GATEWAY)
        request.actor = place.here.keeper
        receive = act("delivery.receive")

        def sign(password):
            return second_actor(receive, username=name, password=password, request=request)

        assert sign(PASSWORD).user_id == place.here.reviewer.user_id
        for _ in range(5):
            with pytest.raises(Refused) as refused:
                sign("wrong")
            assert refused.value.refusals[0].code == no.SECOND_PERSON_UNKNOWN.code
        with pytest.raises(Refused) as refused:
            sign(PASSWORD)
        assert refused.value.refusals[0].code == no.SECOND_PERSON_LOCKED.code


@pytest.mark.trust("A4")
class TestTwelveHours:
    def test_end_a_session_however_busy(self, place, signed_in):
        client, start = signed_in(place.here.clerk), timezone.now()
        for minutes in range(0, 12 * 60, 10):
            with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
                assert client.get("/post/").status_code == 405
        with time_machine.travel(start + timedelta(hours=12, minutes=1), tick=False):
            answer = client.get("/", follow=True)
        assert answer.redirect_chain
        assert "登录已满 12 小时" in answer.content.decode()

    def test_whoever_signs_in_again_has_twelve_more(self, place):
        client, start = Client(), timezone.now()
        given = {"login": name_of(place.here.clerk), "password": PASSWORD}
        with time_machine.travel(start, tick=False):
            client.post("/account/login/", given)
            assert client.get("/").status_code == 200
        with time_machine.travel(start + timedelta(hours=13), tick=False):
            assert client.get("/").status_code == 302
            client.post("/account/login/", given)
            assert client.get("/").status_code == 200


class TestBehindTheFront:
    def device(self, place, **headers):
        (card,) = make.received_cards(place, place.here)
        client = Client(**headers)
        client.force_login(User.objects.get(pk=place.here.keeper.user_id))
        answer = client.get(f"/cards/{card.pk}/")
        return answer.wsgi_request.actor.device

    def test_the_ledger_names_the_desk_and_not_the_front(self, place, settings):
        settings.BEHIND_TLS = True
        assert self.device(place, HTTP_X_REAL_IP=GATEWAY) == GATEWAY
        assert Event.objects.exists()

    def test_a_header_is_not_believed_from_anybody_else(self, place, settings):
        settings.BEHIND_TLS = True
        assert self.device(place, HTTP_X_REAL_IP="1.2.3.4", REMOTE_ADDR=GATEWAY) == GATEWAY

    def test_a_header_is_not_believed_without_a_front(self, place, settings):
        settings.BEHIND_TLS = False
        assert self.device(place, HTTP_X_REAL_IP="1.2.3.4") == "127.0.0.1"

    def test_nonsense_in_the_header_changes_nothing(self, place, settings):
        settings.BEHIND_TLS = True
        assert self.device(place, HTTP_X_REAL_IP="<script>") == "127.0.0.1"


class TestPagesOfTheLibrary:
    def test_only_those_that_lead_somewhere_are_there(self):
        names = {
            str(name)
            for name in get_resolver().reverse_dict
            if isinstance(name, str) and name.startswith("account_")
        }
        assert names == {
            "account_login",
            "account_logout",
            "account_inactive",
            "account_reauthenticate",
            "account_change_password",
        }

    @pytest.mark.parametrize(
        "address", ["signup/", "email/", "confirm-email/", "password/reset/", "password/set/"]
    )
    def test_the_others_are_not_found(self, db, address):
        assert Client().get(f"/account/{address}").status_code == 404

    @pytest.mark.ignore_template_errors  # a page of the library names what it may not have
    @pytest.mark.parametrize("address", ["", "totp/activate/"])
    def test_the_second_factor_stays(self, place, signed_in, address):
        answer = signed_in(place.here.clerk).get(f"/account/2fa/{address}", follow=True)
        assert answer.status_code == 200
        # Setting a factor up asks for the password again first.
        asked = "/account/reauthenticate/" if address else "/account/2fa/"
        assert answer.request["PATH_INFO"] == asked
