"""J4: the face of a card is wrong - two scans, at most four keys, no click, one screen (Art. 13).

The comparison marks what differs by itself; digits pick the rest, Enter takes the card back.
"""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from cardbook.cards.models import Card, Correction
from cardbook.chapters.corrections.models import CorrectionDetail
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.ledger.models import Event
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
)
from cardbook.testing.factories import City

pytestmark = [pytest.mark.browser, pytest.mark.article(13)]
BORN, PRINTED = date(1980, 5, 17), date(1980, 5, 11)


def wrong_card(town: City, **who: object) -> tuple[Card, str]:
    """A card on whose face the day of birth is wrong, and the number of the holder's document."""
    printed = make.citizen_number(born_on=PRINTED, order=131)
    person = make.person(number=printed, born_on=PRINTED, **who)  # type: ignore[arg-type]
    (card,) = make.received_cards(town, town.here, people=[person])
    return card, make.citizen_number(born_on=BORN, order=131)


def open_start(page: Page, site: Site, town: City) -> None:
    sign_in(page, town.here.clerk)
    page.goto(f"{site.url}/wrong-cards/new/")
    expect(page.locator("#id_number")).to_be_focused()


class TestWrongFace:
    def test_takes_two_scans_four_keys_and_no_click(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = wrong_card(town, name="解䶮")
        open_start(browser_page, site, town)
        counter = Counter(browser_page)
        counter.scan(number)
        expect(browser_page.locator("#id_card")).to_be_focused()
        counter.scan(card.number)
        expect(browser_page.locator("[data-differing]")).to_have_text("2 项与证件不一致")
        assert number not in browser_page.content()
        counter.press("1")  # the clerk's own eyes: the name differs as well
        expect(browser_page.locator("[data-told]")).to_contain_text("姓名、社会保障号码、出生日期")
        counter.press("F")
        expect(browser_page.locator("[data-told]")).to_contain_text("制卡差错")
        expect(browser_page.locator("#go")).to_be_in_viewport()
        screenshot(browser_page, "wrong_face")
        counter.press("Enter")
        expect(browser_page.locator("[data-receipt]")).to_contain_text("已收回")
        expect(browser_page.locator("[data-receipt]")).to_contain_text("打印信息更正告知书")
        scans, keys, clicks = counter.counts
        assert (scans, clicks) == (2, 0) and keys <= 4
        assert "解䶮" not in browser_page.content()
        card.refresh_from_db()
        assert (card.stage, card.hold) == ("recalled", "error")
        assert Position.objects.get(card=card).account.kind == Place.ERROR
        detail = CorrectionDetail.objects.get()
        assert detail.wrong_fields == ["name", "number", "birth"] and detail.fault == "maker"
        assert Event.objects.get(act="error.explain").told == ["wrong_card/1"]

    def test_back_from_the_receipt_leads_to_the_card_as_it_is_now(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = wrong_card(town)
        open_start(browser_page, site, town)
        scan(browser_page, number)
        expect(browser_page.locator("#id_card")).to_be_focused()
        scan(browser_page, card.number)
        expect(browser_page.locator("[data-differing]")).to_be_visible()
        browser_page.wait_for_load_state()
        press(browser_page, "Enter")
        expect(browser_page.locator("[data-receipt]")).to_contain_text("已收回")
        answer = browser_page.go_back()
        assert answer is not None and answer.ok
        expect(browser_page.get_by_role("heading", level=1)).to_contain_text(card.number)
        expect(browser_page.locator("#go")).to_have_count(0)

    def test_the_card_may_be_scanned_before_the_document(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = wrong_card(town)
        open_start(browser_page, site, town)
        scan(browser_page, card.number)
        expect(browser_page.locator("#id_card")).to_have_value(card.number)
        expect(browser_page.locator("#id_number")).to_be_focused()
        scan(browser_page, number)
        expect(browser_page.locator("[data-differing]")).to_have_text("2 项与证件不一致")

    def test_a_second_scan_of_the_card_picks_nothing(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = wrong_card(town)
        open_start(browser_page, site, town)
        scan(browser_page, number)
        expect(browser_page.locator("#id_card")).to_be_focused()
        scan(browser_page, card.number)
        expect(browser_page.locator("#wrong")).to_be_visible()
        scan(browser_page, card.number)
        assert not Correction.objects.exists()
        assert not browser_page.locator("[name=pick_name]").is_checked()

    def test_the_desk_leads_here_when_the_face_does_not_agree(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, _ = wrong_card(town, name="王小明")
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/desk/")
        scan(browser_page, holder_of(card.person).number)
        expect(browser_page.locator("#person")).to_be_focused()
        press(browser_page, "2")
        expect(browser_page.locator("#face-card-go")).to_be_visible()
        press(browser_page, "Enter")
        expect(browser_page.locator("#wrong")).to_be_visible()
        expect(browser_page.locator("[data-differing]")).to_contain_text("一致")
        browser_page.wait_for_load_state()
        press(browser_page, "6")
        expect(browser_page.get_by_role("checkbox", name="照片")).to_be_checked()
        press(browser_page, "Enter")
        expect(browser_page.locator("[data-receipt]")).to_contain_text("已收回")
        assert CorrectionDetail.objects.get().wrong_fields == ["photo"]

    def test_is_accessible_and_fits_the_screen(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = wrong_card(town)
        open_start(browser_page, site, town)
        assert axe(browser_page) == []
        scan(browser_page, number)
        scan(browser_page, card.number)
        expect(browser_page.locator("#wrong")).to_be_visible()
        assert axe(browser_page) == []
        assert inner_overflow(browser_page) == 0


def test_everything_works_without_javascript(
    browser_context: MakeContext, site: Site, town: City
) -> None:
    card, number = wrong_card(town)
    page = browser_context(java_script_enabled=False).new_page()
    open_start(page, site, town)
    page.fill("#id_number", number)
    page.fill("#id_card", card.number)
    enter(page, "#id_card")
    page.click("#go")
    expect(page.get_by_text("已收回")).to_be_visible()
    card.refresh_from_db()
    assert card.hold == "error"
