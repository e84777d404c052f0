"""J5: a loss by telephone - no scan, 18 digits and six keys, no click, one screen (Art. 28).

The number, three questions ticked by digits, F8, Enter: stopped. Then the notice is read out.
"""

import pytest
from playwright.sync_api import Page, expect

from cardbook.cards.models import Card
from cardbook.chapters.usage.loss.tests.lost import holder_with_phone, hotline
from cardbook.ledger.models import Event
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.axe import axe
from cardbook.testing.browser import (
    Counter,
    MakeContext,
    Site,
    enter,
    inner_overflow,
    press,
    scan,
    screenshot,
    sign_in,
    type_in,
)
from cardbook.testing.factories import City

pytestmark = [pytest.mark.browser, pytest.mark.article(28)]


@pytest.fixture
def operator(town: City) -> Actor:
    """Who answers 12333; the bank has a hotline of its own."""
    Organization.objects.filter(pk=town.bank.pk).update(phone="96000")
    return hotline(town)


def lost_card(town: City) -> tuple[Card, str]:
    """A card its holder took home and lost, and his number."""
    card = make.issued_card(town, town.here, holder=holder_with_phone("解䶮"))
    return card, holder_of(card.person).number


def open_loss(page: Page, site: Site, by: Actor) -> None:
    sign_in(page, by)
    page.goto(f"{site.url}/loss/")
    expect(page.locator("#q")).to_be_focused()


class TestLossByTelephone:
    def test_takes_the_number_and_six_keys_with_the_notice_read_out(
        self, browser_page: Page, site: Site, town: City, operator: Actor
    ) -> None:
        card, number = lost_card(town)
        open_loss(browser_page, site, operator)
        counter = Counter(browser_page)
        counter.type(number)
        expect(browser_page.locator("#caller")).to_be_focused()
        expect(browser_page.locator("#caller")).to_contain_text("解*")
        assert number not in browser_page.content() and "解䶮" not in browser_page.content()
        assert browser_page.locator("#tell").count() == 0
        screenshot(browser_page, "loss_questions")
        for digit in "123":
            counter.press(digit)
        expect(browser_page.locator("[name=questions]:checked")).to_have_count(3)
        counter.press("F8")
        expect(browser_page.locator("#go")).to_be_focused()
        expect(browser_page.locator("#go")).to_be_in_viewport()
        counter.press("Enter")
        expect(browser_page.locator("[data-receipt]")).to_contain_text("社保功能已停用")
        expect(browser_page.locator("[data-bank-open]")).to_contain_text("96000")
        expect(browser_page.locator("#told")).to_be_in_viewport()
        card.refresh_from_db()
        assert card.hold == "oral_loss"
        screenshot(browser_page, "loss_told")
        counter.press("F9")
        expect(browser_page.get_by_text("挂失事项已告知")).to_be_visible()
        scans, keys, clicks = counter.counts
        assert (scans, clicks) == (0, 0) and keys <= 18 + 6
        assert browser_page.url == f"{site.url}/loss/"
        assert Event.objects.get(act="loss.tell").told == ["loss/1"]

    def test_an_enter_too_many_tells_nothing(
        self, browser_page: Page, site: Site, town: City, operator: Actor
    ) -> None:
        _, number = lost_card(town)
        open_loss(browser_page, site, operator)
        scan(browser_page, number)
        expect(browser_page.locator("#caller")).to_be_focused()
        for key in ("1", "2", "3", "F8", "Enter"):
            press(browser_page, key)
        expect(browser_page.locator("[data-receipt]")).to_be_visible()
        press(browser_page, "Enter")
        press(browser_page, "Enter")
        expect(browser_page.locator("[data-receipt]")).to_be_visible()
        assert Event.objects.filter(act="loss.report").count() == 1
        assert not Event.objects.filter(act="loss.tell").exists()

    def test_the_window_that_has_the_card_before_it_is_refused_at_once(
        self, browser_context: MakeContext, site: Site, town: City, operator: Actor
    ) -> None:
        person = holder_with_phone()
        (card,) = make.received_cards(town, town.here, people=[person])
        number = holder_of(person).number
        window, telephone = browser_context().new_page(), browser_context().new_page()
        sign_in(window, town.here.clerk)
        window.goto(f"{site.url}/desk/")
        scan(window, number)
        expect(window.locator("#person")).to_be_visible()
        scan(window, card.number)
        press(window, "s")
        sign_in(telephone, town.here.other_clerk)
        telephone.goto(f"{site.url}/loss/")
        type_in(telephone, number)
        expect(telephone.locator("#caller")).to_be_focused()
        for key in ("0", "F8", "Enter"):
            press(telephone, key)
        expect(telephone.locator("[data-receipt]")).to_be_visible()
        press(window, "Enter")
        expect(window.locator("[data-refusal=CARD_ON_LOSS]").first).to_be_visible()
        card.refresh_from_db()
        assert (card.stage, card.hold) == ("in_custody", "oral_loss")

    def test_a_mistyped_number_stays_to_be_mended(
        self, browser_page: Page, site: Site, town: City, operator: Actor
    ) -> None:
        _, number = lost_card(town)
        open_loss(browser_page, site, operator)
        wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
        type_in(browser_page, wrong)
        expect(browser_page.locator("[data-problem]")).to_be_visible()
        expect(browser_page.locator("#q")).to_have_value(wrong)

    def test_is_accessible_and_fits_the_screen(
        self, browser_page: Page, site: Site, town: City, operator: Actor
    ) -> None:
        _, number = lost_card(town)
        open_loss(browser_page, site, operator)
        assert axe(browser_page) == []
        type_in(browser_page, number)
        expect(browser_page.locator("#caller")).to_be_visible()
        assert axe(browser_page) == [] and inner_overflow(browser_page) == 0
        for key in ("1", "2", "3", "F8", "Enter"):
            press(browser_page, key)
        expect(browser_page.locator("[data-receipt]")).to_be_visible()
        assert axe(browser_page) == [] and inner_overflow(browser_page) == 0
        browser_page.goto(f"{site.url}/losses/?state=untold")
        screenshot(browser_page, "loss_list")
        assert axe(browser_page) == [] and inner_overflow(browser_page) == 0
        browser_page.goto(f"{site.url}/")
        screenshot(browser_page, "loss_home")


def test_everything_works_without_javascript(
    browser_context: MakeContext, site: Site, town: City, operator: Actor
) -> None:
    card, number = lost_card(town)
    page = browser_context(java_script_enabled=False).new_page()
    sign_in(page, operator)
    page.goto(f"{site.url}/loss/")
    page.fill("#q", number)
    enter(page, "#q")
    for box in page.locator("[data-questions] > label input").all():
        box.check()
    page.click("#go")
    expect(page.get_by_text("社保功能已停用").first).to_be_visible()
    for line in page.locator("#tell [name=lines]").all():
        line.check()
    page.click("#told")
    expect(page.get_by_text("挂失事项已告知")).to_be_visible()
    card.refresh_from_db()
    assert card.hold == "oral_loss"
