"""By API the same acts are done as on the pages, by the same people, once for a key (Art. 22)."""

from functools import partial

import pytest
from django.http import HttpResponse
from django.test import Client

from cardbook.cards.models import Card
from cardbook.chapters.usage.act_api import body_of, filled
from cardbook.chapters.usage.activation.forms import ActivateForm
from cardbook.chapters.usage.tests.calling import call as sent
from cardbook.chapters.usage.tests.sending import ALSO_ASKED, send
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.races import together

pytestmark = pytest.mark.article(22)
ACTIVATE = {
    "asked_by": "holder", "papers": ["id_card_original", "social_card"], "told": ["activation"],
}  # fmt: skip


def call(
    code: str,
    card: Card,
    body: object,
    *,
    by: Actor | None,
    key: str = "",
    client: Client | None = None,
) -> HttpResponse:
    return sent(f"cards/{card.number}/{code}", body, by=by, key=key, client=client)


@pytest.mark.django_db
class TestAct:
    def test_is_the_act_of_the_page_with_its_papers_and_notices(self, city: City) -> None:
        by_api, by_page = make.issued_card(city, city.here), make.issued_card(city, city.here)
        shown = [
            *ACTIVATE["papers"],
            "agent_id",
            "activation_mandate",
            "guardian_id",
            "household_book",
        ]
        body = {**ACTIVATE, "papers": shown}
        answer = call("social.activate", by_api, body, by=city.here.clerk)
        send("social.activate", by_page, by=city.here.clerk, asked_by="holder")
        by_api.refresh_from_db()
        assert (answer.status_code, by_api.social) == (200, "active")
        fields = ("act", "act_version", "facts", "papers", "told", "basis", "actor_id")
        first, second = Event.objects.filter(act="social.activate").values_list(*fields)
        assert first == second

    def test_repeated_is_done_once_and_says_so(self, city: City) -> None:
        card, key = make.issued_card(city, city.here), make.key()
        send_it = partial(call, "social.activate", card, ACTIVATE, by=city.here.clerk, key=key)
        first, again = send_it().json(), send_it().json()
        assert (first["repeated"], again["repeated"]) == (False, True)
        assert first["batch"] == again["batch"]
        assert Event.objects.filter(act="social.activate").count() == 1

    def test_the_key_of_another_request_is_refused(self, city: City) -> None:
        one, two = make.issued_card(city, city.here), make.issued_card(city, city.here)
        key = make.key()
        call("social.activate", one, ACTIVATE, by=city.here.clerk, key=key)
        answer = call("social.activate", two, ACTIVATE, by=city.here.clerk, key=key)
        assert (answer.status_code, answer.json()["code"]) == (409, "KEY_REUSED")

    def test_every_reason_is_told_with_its_article_and_way_out(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        answer = call("social.activate", card, {"asked_by": "holder"}, by=city.here.clerk)
        problem = answer.json()
        assert answer.status_code == 409 and answer["Content-Type"] == "application/problem+json"
        codes = {one["code"] for one in problem["errors"]}
        assert codes == {"CARD_NOT_SEEN", "PAPER_MISSING", "NOTICE_NOT_GIVEN"}
        assert all(one["article"] and one["way_out"] for one in problem["errors"])

    @pytest.mark.parametrize(
        ("body", "field", "said"),
        [
            ({}, "body.asked_by", "缺少必填项"),
            ({"asked_by": "somebody"}, "body.asked_by", "只能是 holder, proxy, guardian。"),
            ({**ACTIVATE, "extra": 1}, "body.extra", "没有这个字段"),
            ({**ACTIVATE, "papers": ["letter"]}, "body.papers.0", "id_card_original"),
            ({**ACTIVATE, "told": "activation"}, "body.told", "应为一个列表"),
            ({**ACTIVATE, "agent_name": "长" * 51}, "body.agent_name", "至多 50 个字"),
            ({**ACTIVATE, "mandate_until": "2026年"}, "body.mandate_until", "2026-11-20"),
        ],
    )
    def test_a_wrong_body_names_the_field_and_what_it_may_hold(
        self, city: City, body: object, field: str, said: str
    ) -> None:
        card = make.issued_card(city, city.here)
        answer = call("social.activate", card, body, by=city.here.clerk)
        assert answer.status_code == 422
        (wrong,) = answer.json()["errors"]
        assert wrong["field"] == field and said in wrong["detail"]

    def test_what_the_form_alone_knows_is_said_as_on_the_page(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        body = {
            "asker": "holder",
            "reason": "other",
            "plastic": "none",
            **ALSO_ASKED["card.cancel"],
        }
        answer = call("card.cancel", card, body, by=city.here.clerk)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "words")

    def test_two_sign_where_the_row_asks_for_two(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        send("social.activate", card, by=city.here.clerk, asked_by="holder")
        row = act("card.freeze")
        username = User.objects.get(pk=city.here.reviewer.user_id).username
        body = {
            "words": "他人持卡就医", "second_name": username, "second_password": make.PASSWORD,
            "papers": [group[0].code for group in row.papers.groups],
        }  # fmt: skip
        wrong = call("card.freeze", card, {**body, "second_password": "x"}, by=city.here.keeper)
        assert (wrong.status_code, wrong.json()["code"]) == (409, "SECOND_PERSON_UNKNOWN")
        assert call("card.freeze", card, body, by=city.here.keeper).status_code == 200
        assert Event.objects.get(act="card.freeze").second_id == city.here.reviewer.user_id


@pytest.mark.django_db
class TestWhoMay:
    def test_visitor_wrong_post_and_neighbour(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        given = {
            None: (401, "NOT_SIGNED_IN"),
            city.here.keeper: (403, "ROLE_NOT_ALLOWED"),
            city.neighbour.clerk: (404, "NOT_FOUND"),
        }
        for by, expected in given.items():
            answer = call("social.activate", card, ACTIVATE, by=by)
            assert (answer.status_code, answer.json()["code"]) == expected
        card.refresh_from_db()
        assert card.social == "sealed"

    def test_without_the_token_of_the_session_nothing_is_done(self, city: City) -> None:
        card, client = make.issued_card(city, city.here), Client(enforce_csrf_checks=True)
        client.force_login(User.objects.get(pk=city.here.clerk.user_id))
        answer = call("social.activate", card, ACTIVATE, by=None, client=client)
        assert (answer.status_code, answer.json()["code"]) == (403, "CSRF_MISSING")

    def test_without_a_key_nothing_is_done(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        answer = signed_in(city.here.clerk).post(
            f"/api/v1/cards/{card.number}/social.activate", ACTIVATE,
            content_type="application/json",
        )  # fmt: skip
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key"

    def test_a_body_that_is_no_json_is_told_so(self, city: City) -> None:
        card = make.issued_card(city, city.here)
        answer = call("social.activate", card, "{", by=city.here.clerk)
        assert (answer.status_code, answer.json()["code"]) == (400, "BODY_UNREADABLE")


@pytest.mark.races
def test_two_programs_at_once_do_it_once(fresh_database: str) -> None:
    city = make.city()
    card = make.issued_card(city, city.here)
    calls = [
        partial(call, "social.activate", card, ACTIVATE, by=by)
        for by in (city.here.clerk, city.here.other_clerk)
    ]
    assert sorted(one.status_code for one in together(*calls)) == [200, 409]
    assert Event.objects.filter(act="social.activate").count() == 1


def test_the_body_is_read_off_the_form() -> None:
    today = {"today": local_day(make.NOON)}
    model = body_of(ActivateForm, blank=today)
    form = filled(ActivateForm, model(**ACTIVATE), key="k" * 8, arguments=today)
    assert form.is_valid() and form.answered().told == ("activation",)
    assert Role.WINDOW_CLERK in act(ActivateForm.act_code).who
