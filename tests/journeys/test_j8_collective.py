"""J8: a unit's handler takes 120 cards - three scans, two keys, no click (Art. 8 para. 2, 3).

And back: a sheet of 300 rows is read in one line of keys.
"""

import time
from datetime import date
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from cardbook.cards.models import Card
from cardbook.chapters.intake.sort.commands import open_box, sort_cards
from cardbook.chapters.issuance.collective.commands import hand_out_bundle
from cardbook.chapters.issuance.collective.drafts import add_cards, start_bundle
from cardbook.chapters.issuance.models import Bundle, BundleFiling
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.lifecycle.facts import Signing
from cardbook.orgs.models import Organization
from cardbook.people.holders import holder_of
from cardbook.people.models import Handler, Person, UnitLetter
from cardbook.registers.codes import BOX, DOCUMENT, scan_code
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
from cardbook.testing.factories import NOON, City
from cardbook.testing.pictures import png

pytestmark = [pytest.mark.browser, pytest.mark.article(8, 3)]
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴", ("秀英", "建国", "小明", "桂兰", "志强", "海燕", "丽")


def people(count: int) -> list[Person]:
    """As many people, their names no two alike in a row."""
    return [
        make.person(
            name=SURNAMES[n % len(SURNAMES)] + GIVEN[n % len(GIVEN)],
            number=make.citizen_number(born_on=date(1950 + n % 50, 1 + n % 12, 1 + n // 28)),
            born_on=date(1950 + n % 50, 1 + n % 12, 1 + n // 28),
        )
        for n in range(count)
    ]


def sealed_box(town: City, count: int) -> tuple[list[Card], str]:
    """A box of cards for a unit, and what its label says."""
    cards = make.received_cards(town, town.here, people=people(count))
    keeper = town.here.keeper
    box = open_box(cabinet="A", shelf="1", box="01", capacity=300, label="", by=keeper)
    sort_cards(
        card_ids=[card.pk for card in cards], account_id=box.pk, order="town", by=keeper,
        at=NOON, key=make.key(),
    )  # fmt: skip
    return cards, scan_code(BOX, town.here.card_body.code, box.code)


def handler_of(unit: Organization) -> str:
    """The number of a unit's first handler."""
    handler = Handler.objects.filter(letter__organization=unit).order_by("id")[0]
    return holder_of(handler.person).number


def sheet_out(town: City, cards: list[Card], *, pages: int = 1) -> Bundle:
    """A sheet in the hands of a unit since today."""
    unit = make.ready_unit(town.here, name="示范中学")
    handler = Handler.objects.filter(letter__organization=unit).order_by("id")[0]
    by, now = town.here.clerk, timezone.now()
    bundle = start_bundle(unit_id=unit.pk, by=by, at=now, collector_id=handler.person_id)
    add_cards(bundle_id=bundle.pk, card_ids=[card.pk for card in cards], by=by, at=now)
    hand_out_bundle(
        bundle_id=bundle.pk, signing=Signing.PAPER, papers=make.usual_papers("bundle.hand_out"),
        pages=pages, by=by, at=now, key=make.key(),
    )  # fmt: skip
    bundle.refresh_from_db()
    return bundle


class TestTheHandlerTakesABox:
    def test_three_scans_two_keys_and_no_click(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        cards, label = sealed_box(town, 120)
        unit = make.ready_unit(town.here, name="示范中学")
        letter = UnitLetter.objects.get(organization=unit)
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/bundles/new/")
        counter, began = Counter(browser_page), time.monotonic()
        counter.scan(handler_of(unit))
        expect(browser_page.locator("#who + ul")).to_contain_text("今天来领")
        counter.scan(letter.number)
        expect(browser_page.locator("#who + ul")).to_contain_text("已查验")
        counter.scan(label)
        expect(browser_page.locator("#go")).to_contain_text("交付 120 张")
        assert inner_overflow(browser_page) == 0
        screenshot(browser_page, "bundle-desk")
        counter.press("F9")
        counter.press("Enter")
        expect(browser_page.get_by_text("120 张卡已交付")).to_be_visible(timeout=20_000)
        assert time.monotonic() - began < 90
        assert counter.counts == (3, 2, 0)
        bundle = Bundle.objects.get()
        places = Position.objects.filter(card__in=cards).values_list("account__kind", flat=True)
        assert set(places) == {Place.UNIT} and bundle.cards == 120
        assert {card.stage for card in Card.objects.all()} == {"in_custody"}
        assert browser_page.locator("#main button", has_text="签字明细表").first.is_visible()

    def test_a_picture_of_the_handler_stays_chosen_while_cards_are_scanned(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        _, label = sealed_box(town, 2)
        unit = make.ready_unit(town.here)
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/bundles/new/")
        counter = Counter(browser_page)
        counter.scan(handler_of(unit))
        expect(browser_page.locator("#scan")).to_be_focused()
        counter.scan(UnitLetter.objects.get(organization=unit).number)
        expect(browser_page.locator("#who + ul")).to_contain_text("已查验")
        picture = {"name": "a.png", "mimeType": "image/png", "buffer": png(width=4, height=5)}
        browser_page.get_by_label("领卡人照片").set_input_files(picture)
        browser_page.locator("#scan").focus()
        counter.scan(label)
        expect(browser_page.locator("#go")).to_contain_text("交付 2 张")
        screenshot(browser_page, "bundle-desk-photo", whole=True)
        counter.press("F9")
        counter.press("Enter")
        expect(browser_page.get_by_text("2 张卡已交付")).to_be_visible(timeout=20_000)
        expect(browser_page.locator(".bd-facts >> text=照片")).to_be_visible()
        screenshot(browser_page, "bundle-sheet-photo", whole=True)
        assert axe(browser_page) == [] and inner_overflow(browser_page) == 0

    def test_cards_are_scanned_one_by_one_within_the_time(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        cards, _ = sealed_box(town, 10)
        unit = make.ready_unit(town.here)
        letter = UnitLetter.objects.get(organization=unit)
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/bundles/new/")
        counter = Counter(browser_page)
        counter.scan(handler_of(unit))
        expect(browser_page.locator("#scan")).to_be_focused()
        counter.scan(letter.number)
        began = time.monotonic()
        for place, card in enumerate(cards, start=1):
            counter.scan(card.number)
            expect(browser_page.locator("#go")).to_contain_text(f"交付 {place} 张")
        # 120 of them within five minutes, on a machine that does other work besides.
        assert (time.monotonic() - began) / len(cards) < 2.5
        counter.press("F9")
        counter.press("Enter")
        expect(browser_page.get_by_text("10 张卡已交付")).to_be_visible(timeout=20_000)
        assert counter.counts == (12, 2, 0)

    def test_two_enters_of_a_scanner_hand_nothing_out(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        _, label = sealed_box(town, 2)
        unit = make.ready_unit(town.here)
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/bundles/new/")
        counter = Counter(browser_page)
        counter.scan(handler_of(unit))
        expect(browser_page.locator("#scan")).to_be_focused()
        counter.scan(label)
        expect(browser_page.locator("#go")).to_contain_text("交付 2 张")
        assert axe(browser_page) == []
        counter.press("Enter")
        browser_page.wait_for_timeout(300)
        expect(browser_page.locator("#go-wait")).to_contain_text("按 F9")
        assert Bundle.objects.get().batch is None

    def test_a_signature_struck_while_the_server_answers_stands_and_one_before_a_card_does_not(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        cards, _ = sealed_box(town, 3)
        unit = make.ready_unit(town.here)
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/bundles/new/")
        scan(browser_page, handler_of(unit))
        expect(browser_page.locator("#scan")).to_be_focused()
        scan(browser_page, UnitLetter.objects.get(organization=unit).number)
        expect(browser_page.locator("#who + ul")).to_contain_text("已查验")
        held: list[Route] = []
        browser_page.route(
            "**/add/", lambda route: route.continue_() if held else held.append(route)
        )
        with browser_page.expect_request("**/add/"):
            scan(browser_page, cards[0].number)
        press(browser_page, "F9")
        held[0].continue_()
        expect(browser_page.locator("#go")).to_contain_text("交付 1 张")
        paper = browser_page.locator("input[name=signing][value=paper]")
        expect(paper).to_be_checked()
        scan(browser_page, "T99999999")
        expect(browser_page.locator(".cb-messages")).to_contain_text("T99999999")
        expect(paper).to_be_checked()
        scan(browser_page, cards[1].number)
        expect(browser_page.locator("#go")).to_contain_text("交付 2 张")
        expect(paper).not_to_be_checked()
        expect(browser_page.locator("#sign-again")).to_contain_text("再签一次")
        press(browser_page, "Enter")
        expect(browser_page.locator("#go-wait")).to_be_visible()
        press(browser_page, "F9")
        press(browser_page, "Enter")
        expect(browser_page.get_by_text("2 张卡已交付")).to_be_visible(timeout=20_000)

    def test_is_accessible(self, browser_page: Page, site: Site, town: City) -> None:
        sealed_box(town, 2)
        sign_in(browser_page, town.here.clerk)
        for address in ("/bundles/", "/bundles/new/"):
            browser_page.goto(f"{site.url}{address}")
            assert axe(browser_page) == []


class TestTheSheetComesBack:
    def test_three_hundred_rows_in_one_line(
        self, browser_page: Page, site: Site, town: City, tmp_path: Path, settings: object
    ) -> None:
        settings.PAPERS_ROOT = tmp_path / "papers"  # type: ignore[attr-defined]
        cards, _ = sealed_box(town, 300)
        bundle = sheet_out(town, cards)
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/bundles/")
        counter = Counter(browser_page)
        counter.scan(scan_code(DOCUMENT, bundle.number, "1", "abcd1234"))
        expect(browser_page.locator("#text")).to_be_focused()
        counter.type("!7,12;7=1;12=3t")
        counter.press("Enter")
        expect(browser_page.locator(".bd-sums")).to_contain_text("相平")
        assert counter.counts == (1, 16, 0)
        assert inner_overflow(browser_page) == 0
        screenshot(browser_page, "bundle-sheet")
        assert axe(browser_page) == []
        picture = tmp_path / "page.png"
        picture.write_bytes(png())
        browser_page.set_input_files("#images", str(picture))
        browser_page.locator(".bd-upload button").first.click()
        expect(browser_page.get_by_text("1 页齐全")).to_be_visible()
        browser_page.click("#file-go")
        expect(browser_page.get_by_text("已备案：应发 300")).to_be_visible(timeout=20_000)
        filing = BundleFiling.objects.get()
        assert (filing.signed, filing.open, filing.returned) == (298, 1, 1)
        assert Card.objects.filter(stage="issued").count() == 298

    def test_single_keys_tick_the_row_in_focus(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        cards, _ = sealed_box(town, 5)
        bundle = sheet_out(town, cards)
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/bundles/{bundle.pk}/")
        press(browser_page, "ArrowDown")
        press(browser_page, "ArrowDown")
        press(browser_page, "d")
        expect(browser_page.locator("#row-2")).to_contain_text("代领人")
        assert bundle.rows.get(row=2).signer == "proxy"


def test_everything_works_without_javascript(
    browser_context: MakeContext, site: Site, town: City
) -> None:
    _, label = sealed_box(town, 3)
    unit = make.ready_unit(town.here)
    page = browser_context(java_script_enabled=False).new_page()
    sign_in(page, town.here.clerk)
    page.goto(f"{site.url}/bundles/new/")
    page.fill("#text", unit.code)
    enter(page, "#text")
    for text in (handler_of(unit), label):
        page.fill("#scan", text)
        enter(page, "#scan")
    page.check("input[name=paper_unit_letter]")
    page.check("input[name=signing][value=paper]")
    page.click("#go")
    expect(page.get_by_text("3 张卡已交付")).to_be_visible()
    page.check("#row-1 input[type=checkbox]")
    page.click("text=登记勾选的行")
    expect(page.locator("#row-1")).to_contain_text("实发")
