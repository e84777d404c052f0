"""The handbook is at hand on every page, leads nowhere in vain, finds what is asked (Art. 5)."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from cardbook.testing.browser import sign_in
from cardbook.web import handbook

pytestmark = pytest.mark.article(5, 1)

HOUSE = Path(handbook.__file__).resolve().parents[1]
# What an earlier chapter was seen to lead to: all of them lead to the same few places.
_LED: set[str] = set()
PAGES = sorted(
    ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts)
    for path in HOUSE.glob("chapters/*/*/*pages.py")
)


@pytest.mark.parametrize("module", PAGES)
def test_every_slice_has_its_chapter(module):
    assert handbook.chapter_about(module) in handbook.names()


def test_every_chapter_is_listed_and_is_about_something():
    written = {path.stem for path in handbook.FOLDER.glob("*.md")} - {handbook.CONTENTS}
    assert written == set(handbook.names()) == set(handbook.ABOUT.values())


@pytest.mark.parametrize("name", [handbook.CONTENTS, *handbook.names()])
def test_links_and_pictures_of_a_chapter_lead_somewhere(name, place, signed_in):
    client, text = signed_in(place.here.clerk), handbook.chapter(name).text
    targets = set(re.findall(r'(?:src|href)="([^"#]+)', text))
    assert targets, "a chapter has a picture"
    for target in targets - _LED:
        answer = client.get(target)
        assert answer.status_code == 200, target
        assert answer["Content-Type"].startswith(
            "image/png" if "picture" in target else "text/html"
        )
        _LED.add(target)


def test_a_page_leads_to_the_chapter_about_it(place, signed_in):
    client = signed_in(place.here.clerk)
    for page, chapter in (("loss.list", "loss"), ("register.pick_up", "registers")):
        link = f'href="{reverse("handbook.show", args=[chapter])}"'
        assert link in client.get(reverse(page)).content.decode(), page
    assert f'href="{reverse("handbook")}"' in client.get("/").content.decode()


def test_a_word_is_found_with_the_words_around_it(place, signed_in):
    client = signed_in(place.here.clerk)
    text = client.get(reverse("handbook"), {"q": "正式挂失"}).content.decode()
    assert reverse("handbook.show", args=["loss"]) + "#s" in text
    assert "<mark>正式挂失</mark>" in text
    for nothing in ("<b>没有", "卡"):
        text = client.get(reverse("handbook"), {"q": nothing}).content.decode()
        assert "手册里没有写到" in text and "<b>" not in text


@pytest.mark.parametrize("name", ["handbook/nothing/", "handbook/pictures/..%2Fdesk.md"])
def test_what_is_not_there_is_not_found(name, place, signed_in):
    assert signed_in(place.here.clerk).get(f"/{name}").status_code == 404


def test_a_visitor_signs_in_first(client, db):
    assert reverse("account_login") in client.get(reverse("handbook")).url


@pytest.mark.browser
def test_f1_opens_it_beside_what_is_being_done(browser_page, town):
    sign_in(browser_page, town.here.clerk)
    browser_page.goto(reverse("loss.list"))
    with browser_page.context.expect_page() as opened:
        browser_page.keyboard.press("F1")
    assert opened.value.url.endswith(reverse("handbook.show", args=["loss"]))
    assert browser_page.url.endswith(reverse("loss.list"))
