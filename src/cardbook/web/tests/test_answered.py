"""Neither Back nor a reload sends a form twice, with scripts or without (Art. 8)."""

import json
import re

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

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
        cards = factories.received_cards(place, place.here, people=people)
        answer = sent(client, "card.issue", {"q": "王小明"})
        assert answer.status_code == 303
        assert "王小明" in client.get(answer.url).content.decode()
        kept = Session.objects.get(pk=client.session.session_key).get_decoded()
        text = json.dumps(kept, ensure_ascii=False)
        assert "王小明" not in text and cards[0].number not in text

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
