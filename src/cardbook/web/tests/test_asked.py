"""What is asked of a list stands in no address and is not forgotten in silence (Art. 32)."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

import cardbook
from cardbook.registers import kept_search
from cardbook.testing import factories
from cardbook.testing.workbooks import cells_of

pytestmark = pytest.mark.article(32)
NAME = "王小明"
TEMPLATES = sorted(Path(cardbook.__file__).parent.rglob("*.html"))
KEEPERS = (
    "card.contact",
    "stranded.returned",
    "bundle.list",
    "destruction.lots",
    "elsewhere.list",
)
MANAGERS = ("mandate.list", "agent.list")


def asked_of(client, to, **words):
    """Where a form about a list leads to."""
    return client.post(reverse("list.ask"), {"to": to, **words}).url


@pytest.fixture
def keeper(place, signed_in):
    people = [factories.person(name=name) for name in (NAME, "李秀英")]
    factories.received_cards(place, place.here, people=people)
    return signed_in(place.here.keeper)


class TestAsking:
    def test_no_form_puts_what_may_be_a_name_into_an_address(self):
        searched = 0
        for path in TEMPLATES:
            for form in re.findall(r"<form\b.*?</form>", path.read_text("utf-8"), re.DOTALL):
                asks = re.search(r'name="(q|card|text)"|components/find\.html', form)
                if not asks or path.name == "handbook.html":
                    continue
                searched += 1
                assert 'method="get"' not in form, f"{path}: {form[:120]}"
        assert searched > 60

    def test_the_address_names_the_words_and_the_rest_stays_readable(self, keeper):
        address = asked_of(keeper, "/contact/", q=f" {NAME} ", band="30")
        assert re.fullmatch(r"/contact/\?band=30&of=[\w-]+", address)
        kept = Session.objects.get(pk=keeper.session.session_key).get_decoded()
        assert NAME not in json.dumps(kept, ensure_ascii=False)
        assert asked_of(keeper, "/contact/", q="  ", band="30") == "/contact/?band=30"
        assert asked_of(keeper, "/contact/", q="") == "/contact/"

    @pytest.mark.parametrize("name", (*KEEPERS, *MANAGERS))
    def test_every_list_shows_what_was_asked_of_it_and_hands_on_the_name_only(
        self, keeper, place, signed_in, name
    ):
        client = keeper if name in KEEPERS else signed_in(place.here.reviewer)
        answer = client.get(asked_of(client, reverse(name), q=NAME)).content.decode()
        assert f'value="{NAME}"' in answer
        links = re.findall(r'(?:href|action)="([^"]*)"', answer)
        assert len(links) > 10
        assert not [link for link in links if NAME in link or "%E7%8E%8B" in link]

    def test_words_of_another_session_are_not_read(self, keeper, place, signed_in):
        address = asked_of(keeper, reverse("card.contact"), q=NAME)
        other = signed_in(place.here.clerk)
        answer = other.get(address)
        assert answer.url == reverse("card.contact")
        assert "已不保留" in other.get(answer.url).content.decode()

    def test_words_no_longer_kept_are_not_taken_for_all_of_a_list(self, keeper, monkeypatch):
        monkeypatch.setattr(kept_search, "MOST_KEPT", 1)
        to = reverse("register.pick_up")
        first = asked_of(keeper, to, q=NAME, sort="new")
        asked_of(keeper, to, q="李秀英")
        answer = keeper.get(f"{first}&export=xlsx")
        assert answer.url == f"{to}?sort=new"
        assert keeper.post(first, {"export": "xlsx"}).url == f"{to}?sort=new"

    @pytest.mark.parametrize("to", ["", "https://example.org/", "//example.org", "contact/"])
    def test_only_an_address_of_this_house_is_gone_to(self, keeper, to):
        assert keeper.post(reverse("list.ask"), {"to": to, "q": NAME}).status_code == 400

    def test_a_workbook_asked_for_beside_the_words_holds_what_was_found(self, keeper):
        address = asked_of(keeper, reverse("document.list"), q=NAME, export="xlsx")
        assert cells_of(keeper.get(address).content)
