"""Neither Back nor a reload sends a form twice, with scripts or without (Art. 8)."""

import base64
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cardbook.testing import clients, factories
from cardbook.web import answered

pytestmark = pytest.mark.article(8, 4)
BROWSER = {"Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def client(place, signed_in):
    return signed_in(place.here.clerk)


def sent(client, name, data, query="", **headers):
    address = f"{reverse(name)}{query}"
    return client.post(address, data, headers=headers or BROWSER)


class TestAnswer:
    @pytest.mark.parametrize(
        ("data", "status", "said"),
        [({"number": "12"}, 422, "应为"), ({"text": "没有这个单位"}, 422, "没有")],
    )
    def test_is_gone_to_and_shown_again_as_it_was(self, client, data, status, said):
        name = "elsewhere.find" if "number" in data else "bundle.hand_out"
        answer = sent(client, name, data)
        assert answer.status_code == 303
        assert answer.url.startswith(f"{reverse(name)}?answer=")
        for _ in range(2):
            shown = client.get(answer.url)
            assert shown.status_code == status and said in shown.content.decode()
            assert "data-posted" not in shown.content.decode()
            assert "no-store" in shown.headers["Cache-Control"]

    def test_with_a_person_on_it_is_kept_sealed(self, client, place):
        people = [factories.person(name="王小明") for _ in range(2)]
        factories.received_cards(place, place.here, people=people)
        answer = sent(client, "card.issue", {"q": "王小明"})
        assert answer.status_code == 303
        assert "王小明" in client.get(answer.url).content.decode()
        with connection.cursor() as cursor:
            cursor.execute("SELECT sealed FROM web_answer")
            (sealed,) = cursor.fetchone()
        with pytest.raises(ValueError, match="bad base85"):
            base64.b85decode(bytes(sealed))

    def test_does_not_make_the_session_larger_which_every_request_reads(self, client):
        def size():
            return len(Session.objects.get(pk=client.session.session_key).session_data)

        sent(client, "elsewhere.find", {"number": "12"})
        before = size()
        for number in ("13", "14", "15"):
            sent(client, "elsewhere.find", {"number": number})
        assert size() < before + 100
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM web_answer")
            assert cursor.fetchone() == (answered.MOST_KEPT,)

    def test_is_gone_when_its_session_must_be_over(self, client):
        answer = sent(client, "elsewhere.find", {"number": "12"})
        assert answered.forget_answers(before=timezone.now() - timedelta(hours=12)) == 0
        assert answered.forget_answers(before=timezone.now() + timedelta(minutes=1)) == 1
        assert client.get(answer.url).url == reverse("elsewhere.find")

    def test_that_was_altered_is_not_shown(self, client):
        answer = sent(client, "elsewhere.find", {"number": "12"})
        with connection.cursor() as cursor:
            cursor.execute("UPDATE web_answer SET sealed = sealed || '\\x00'")
        assert client.get(answer.url).url == reverse("elsewhere.find")

    def test_of_an_address_for_forms_only_is_shown_where_the_form_stood(self, place):
        headers = dict(BROWSER)
        url = reverse("delivery.note_odd")
        keeper = clients.signed_in(place.here.keeper)
        listed = reverse("delivery.differences")
        headers["Referer"] = f"http://testserver{listed}?kind=odd&answer=old"
        answer = keeper.post(url, {"words": ""}, headers=headers)
        assert answer.status_code == 303
        assert re.fullmatch(rf"{listed}\?kind=odd&answer=[\w-]+", answer.url)
        html = keeper.get(answer.url).content.decode()
        assert f'name="to" value="{listed}"' in html
        headers["Referer"] = "https://elsewhere.example/x/"
        assert keeper.post(url, {"words": ""}, headers=headers).url.startswith(url)

    def test_no_longer_kept_leads_to_the_page_itself(self, client, monkeypatch):
        monkeypatch.setattr(answered, "MOST_KEPT", 1)
        first = sent(client, "elsewhere.find", {"number": "12"})
        sent(client, "elsewhere.find", {"number": "13"})
        gone = client.get(f"{first.url}&page=2")
        assert gone.url == f"{reverse('elsewhere.find')}?page=2"

    def test_of_somebody_else_is_not_shown(self, client, place, signed_in):
        answer = sent(client, "elsewhere.find", {"number": "12"})
        other = signed_in(place.here.other_clerk)
        assert other.get(answer.url).url == reverse("elsewhere.find")

    def test_is_not_named_to_the_view_of_a_form_on_it(self, client):
        first = sent(client, "elsewhere.find", {"number": "12"})
        again = client.post(first.url, {"number": "13"}, headers=BROWSER)
        assert again.status_code == 303 and again.url.count("answer=") == 1
        assert again.url != first.url and client.get(again.url).status_code == 422

    def test_stays_one_for_parts_of_pages_and_for_programs(self, client):
        for headers in ({"HX-Request": "true"}, {"Sec-Fetch-Mode": "cors"}):
            assert sent(client, "elsewhere.find", {"number": "12"}, **headers).status_code == 422

    def test_too_large_to_be_kept_is_given_at_once(self, client, monkeypatch):
        monkeypatch.setattr(answered, "LARGEST_BYTES", 10)
        assert sent(client, "elsewhere.find", {"number": "12"}).status_code == 422
