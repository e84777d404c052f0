"""Two carry cards to holders who cannot come, one hands them over in the book (Art. 7, 8 ¶4, 20).

Budgets: a scan for each card that goes out, one for each that was handed over, what the companion
types himself, no click. What the system knows - holder, card, place, the usual answers - is there.
"""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from cardbook.cards.models import Card
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.orgs.models import User
from cardbook.testing import browser
from cardbook.testing import factories as make
from cardbook.testing.browser import (
    Counter,
    ready,
    sign_in,
    type_in,
)  # fmt: skip
from cardbook.testing.factories import PASSWORD, City

pytestmark = [pytest.mark.browser, pytest.mark.article(7)]
well_made = partial(browser.well_made, series="visit")


def companion_signs(page: Page, username: str) -> None:
    """Whoever came along types his name and password himself, and Enter ends the form."""
    page.focus("input[name=second_name]")
    type_in(page, username)
    page.keyboard.press("Tab")
    type_in(page, PASSWORD)
    page.keyboard.press("Enter")


def place(card: Card) -> str:
    return Position.objects.get(card=card).account.kind


def test_two_cards_go_out_with_two_and_one_comes_back(browser_page: Page, town: City) -> None:
    page, here = browser_page, town.here
    one, other = make.received_cards(town, here, count=2)
    companion = User.objects.get(pk=here.other_clerk.user_id).username
    hand = Counter(page)
    sign_in(page, here.clerk)
    page.goto("/visiting/take-out/")
    ready(page)
    page.focus("textarea[name=numbers]")
    hand.scan(one.number)
    hand.scan(other.number)
    well_made(page, "take-out")
    companion_signs(page, companion)
    page.wait_for_url("**/visiting/")
    expect(page.locator(".cb-messages")).to_contain_text("2 张")
    assert hand.counts == (2, 0, 0)
    assert (place(one), place(other)) == (Place.VISIT, Place.VISIT)
    well_made(page, "list")

    page.goto(f"/visiting/{one.pk}/hand-over/")
    ready(page)
    hand.scan(one.number)
    well_made(page, "hand-over")
    companion_signs(page, companion)
    page.wait_for_url("**/visiting/")
    assert hand.counts == (3, 0, 0)
    one.refresh_from_db()
    assert (one.stage, place(one)) == ("issued", Place.HOLDER)

    page.goto(f"/visiting/{other.pk}/back/")
    ready(page)
    page.focus("input[name=words]")
    type_in(page, "家中无人")
    well_made(page, "back")
    page.keyboard.press("Enter")
    page.wait_for_url("**/visiting/")
    assert place(other) == Place.DRAWER
    assert [found.rule.code for found in recount().findings if not found.holds] == []
