"""J1: the holder collects his card himself - three scans, one key, no click (Art. 8 para. 4).

Keys and clicks are counted; the scanner is typed keys, the pad is pointer events.
"""

import json
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from cardbook.cards.models import Card
from cardbook.chapters.intake.sort.commands import open_box, sort_cards
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
    as_a_scanner,
    enter,
    inner_overflow,
    press,
    scan,
    screenshot,
    sign_in,
)
from cardbook.testing.chips import answer_of_card
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.browser, pytest.mark.article(8, 4)]
SCANNER_PAUSE_MS = 100  # as desk.js has it


def ready_card(town: City, **who: object) -> tuple[Card, str]:
    """A card in slot 1 of box A-1-01, and its holder's number."""
    person = make.person(**who)  # type: ignore[arg-type]
    (card,) = make.received_cards(town, town.here, people=[person])
    keeper = town.here.keeper
    box = open_box(cabinet="A", shelf="1", box="01", capacity=50, label="", by=keeper)
    sort_cards(
        card_ids=[card.pk], account_id=box.pk, order="town", by=keeper, at=NOON, key=make.key()
    )
    return card, holder_of(person).number


def sign(page: Page) -> None:
    """Three strokes on the pad."""
    area = page.locator("#pad").bounding_box()
    assert area is not None
    for row in range(3):
        page.mouse.move(area["x"] + 40, area["y"] + 30 + row * 20)
        page.mouse.down()
        page.mouse.move(area["x"] + 200, area["y"] + 50 + row * 15, steps=5)
        page.mouse.up()


def open_desk(page: Page, site: Site, town: City) -> None:
    sign_in(page, town.here.clerk)
    page.goto(f"{site.url}/desk/")


class TestHandOver:
    def test_takes_three_scans_one_key_and_no_click(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = ready_card(town, name="解䶮")
        open_desk(browser_page, site, town)
        counter = Counter(browser_page)
        counter.scan(number)
        expect(browser_page.locator("#person")).to_contain_text("解䶮")
        expect(browser_page.locator("#person")).to_contain_text("A-1-01")
        expect(browser_page.locator("#person")).to_contain_text("没有照片")
        assert number not in browser_page.content()
        counter.scan(card.number)
        expect(browser_page.locator("#scanned-state")).to_have_text("卡号相符")
        counter.sign(lambda: sign(browser_page))
        expect(browser_page.locator("#go")).to_be_in_viewport()
        screenshot(browser_page, "desk")
        counter.press("Enter")
        expect(browser_page.get_by_text("已发放。")).to_be_visible()
        assert counter.counts == (3, 1, 0)
        card.refresh_from_db()
        assert card.stage == "issued"
        assert Position.objects.get(card=card).account.kind == Place.HOLDER
        event = Event.objects.get(subject_kind="card", act="card.issue")
        assert any(paper.startswith("signature_screen:") and paper[17:] for paper in event.papers)
        assert event.told == ["pick_up/1"]
        screenshot(browser_page, "desk-receipt")
        browser_page.click("[data-receipt] >> text=现在激活")
        expect(browser_page.locator("h1")).to_contain_text("激活社保功能")

    def test_nothing_of_the_person_stays_on_the_screen(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = ready_card(town, name="王小明")
        open_desk(browser_page, site, town)
        scan(browser_page, number)
        expect(browser_page.locator("#person")).to_contain_text("王小明")
        expect(browser_page.locator("#person")).to_be_focused()
        scan(browser_page, card.number)
        press(browser_page, "s")
        press(browser_page, "Enter")
        expect(browser_page.get_by_text("已发放。")).to_be_visible()
        assert "王小明" not in browser_page.content()
        scan(browser_page, make.citizen_number())
        expect(browser_page.locator("#desk")).to_contain_text("没有")
        assert "王小明" not in browser_page.content()

    # The second tears leave nine and fifteen digits, which look like a card and an old number.
    @pytest.mark.parametrize("tears", [(11,), (1, 16), (9,), (3, 18)], ids=str)
    def test_a_scan_torn_by_a_busy_machine_is_still_one_number(
        self, browser_page: Page, site: Site, town: City, tears: tuple[int, ...]
    ) -> None:
        _, number = ready_card(town, name="王小明")
        open_desk(browser_page, site, town)
        for begin, end in pairwise((0, *tears)):
            with as_a_scanner(browser_page):
                browser_page.keyboard.type(number[begin:end])
            browser_page.wait_for_timeout(3 * SCANNER_PAUSE_MS)  # longer than a scanner rests
        scan(browser_page, number[tears[-1] :])
        expect(browser_page.locator("#person")).to_contain_text("王小明")

    def test_a_typed_number_is_checked_by_four_digits_more(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = ready_card(town, name="王小明")
        open_desk(browser_page, site, town)
        browser_page.fill("#q", number)
        press(browser_page, "Enter")
        again = browser_page.locator("#number-again")
        expect(again).to_be_focused()
        counter = Counter(browser_page)
        for digit in number[10:14]:
            counter.press(digit)
        counter.press("Enter")
        expect(browser_page.locator("#scanned")).to_be_focused()
        scan(browser_page, card.number)
        expect(browser_page.locator("#scanned-state")).to_have_text("卡号相符")
        screenshot(browser_page, "desk-typed", whole=True)
        assert axe(browser_page) == [] and inner_overflow(browser_page) == 0
        counter.press("s")
        counter.press("Enter")
        expect(browser_page.get_by_text("已发放。")).to_be_visible()
        assert counter.counts == (0, 7, 0)
        facts = json.loads(Event.objects.get(subject_kind="card", act="card.issue").facts)
        assert (facts["identity"], facts["recheck"]) == ("typed", "again")

    def test_a_document_read_after_all_leaves_nothing_to_check(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = ready_card(town)
        open_desk(browser_page, site, town)
        browser_page.fill("#q", number)
        press(browser_page, "Enter")
        expect(browser_page.locator("#number-again")).to_be_focused()
        scan(browser_page, number)
        expect(browser_page.locator("#number-again")).to_have_count(0)
        expect(browser_page.locator("#desk-say")).to_contain_text("不用再复核")
        scan(browser_page, card.number)
        press(browser_page, "s")
        press(browser_page, "Enter")
        expect(browser_page.get_by_text("已发放。")).to_be_visible()
        facts = json.loads(Event.objects.get(subject_kind="card", act="card.issue").facts)
        assert (facts["identity"], facts["recheck"]) == ("reader", None)

    @pytest.mark.article(22)
    def test_one_key_more_puts_the_card_to_use_as_well(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = ready_card(town)
        open_desk(browser_page, site, town)
        scan(browser_page, number)
        expect(browser_page.locator("#person")).to_be_focused()
        told = browser_page.locator("#activation-told")
        expect(told).to_be_hidden()
        scan(browser_page, card.number)
        expect(browser_page.locator("#scanned-state")).to_have_text("卡号相符")
        counter = Counter(browser_page)
        counter.press("a")
        expect(told).to_be_visible()
        screenshot(browser_page, "desk-activate", whole=True)
        assert axe(browser_page) == [] and inner_overflow(browser_page) == 0
        counter.press("s")
        counter.press("Enter")
        expect(browser_page.get_by_text("已发放，社保功能已激活。")).to_be_visible()
        assert counter.counts == (0, 3, 0)
        screenshot(browser_page, "desk-activated-receipt")
        card.refresh_from_db()
        assert (card.stage, card.social) == ("issued", "active")

    @pytest.mark.article(13)
    @pytest.mark.article(22)
    def test_a_chip_read_from_anywhere_goes_to_its_field(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = ready_card(town)
        holder = holder_of(card.person)
        said = {"card_number": card.number, "name": holder.name, "number": number}
        open_desk(browser_page, site, town)
        scan(browser_page, number)
        expect(browser_page.locator("#person")).to_be_focused()
        scan(browser_page, card.number)
        expect(browser_page.locator("#scanned-state")).to_have_text("卡号相符")
        theirs = answer_of_card(**(said | {"name": "王大山"}))
        scan(browser_page, theirs)
        expect(browser_page.locator("#chip")).to_have_value(theirs)
        expect(browser_page.locator("#scanned")).to_have_value(card.number)
        press(browser_page, "a")
        expect(browser_page.locator("#activate")).to_be_checked()
        press(browser_page, "s")
        expect(browser_page.locator("[name=signing][value=paper]")).to_be_checked()
        press(browser_page, "Enter")
        expect(browser_page.locator("#chip-notes")).to_contain_text("芯片里的姓名与台账不一致")
        expect(browser_page.locator("#chip-notes a")).to_have_text("按信息错误收回、登记")
        screenshot(browser_page, "desk-chip", whole=True)
        assert axe(browser_page) == [] and inner_overflow(browser_page) == 0
        browser_page.focus("#scanned")
        own = answer_of_card(**said)
        scan(browser_page, own)
        expect(browser_page.locator("#chip")).to_have_value(own)
        expect(browser_page.locator("#scanned")).to_have_value(card.number)
        expect(browser_page.locator("#person")).to_be_focused()
        press(browser_page, "Enter")
        expect(browser_page.get_by_text("已发放，社保功能已激活。")).to_be_visible()
        facts = json.loads(Event.objects.get(act="social.activate").facts)
        assert facts["chip"] == "agrees"

    def test_a_wrong_card_is_named_with_the_place_of_the_right_one(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = ready_card(town)
        open_desk(browser_page, site, town)
        scan(browser_page, number)
        expect(browser_page.locator("#person")).to_be_visible()
        scan(browser_page, "Z00000001")
        expect(browser_page.locator("#scanned-state")).to_contain_text("A-1-01")
        press(browser_page, "s")
        press(browser_page, "Enter")
        expect(browser_page.locator("#desk")).to_contain_text("不是这位持卡人的卡")
        card.refresh_from_db()
        assert card.stage == "in_custody"

    @pytest.mark.article(11)
    def test_a_childs_card_waits_for_the_guardian(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        from datetime import date

        _, number = ready_card(town, born_on=date(2016, 3, 1))
        open_desk(browser_page, site, town)
        scan(browser_page, number)
        expect(browser_page.locator("#desk")).to_contain_text("监护人")
        expect(browser_page.locator("#desk")).to_contain_text("第十一条")
        assert browser_page.locator("#go").count() == 0

    @pytest.mark.article(9)
    def test_a_card_that_does_not_read_is_replaced_free_instead(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, number = ready_card(town)
        open_desk(browser_page, site, town)
        scan(browser_page, number)
        expect(browser_page.locator("#person")).to_be_focused()
        press(browser_page, "3")
        expect(browser_page.locator("#issue-go")).to_be_hidden()
        browser_page.locator("#defect-form input[value=unreadable]").check()
        browser_page.locator("#defect-form button[type=submit]").click()
        expect(browser_page.get_by_text("已收回")).to_be_visible()
        card.refresh_from_db()
        assert card.stage == "recalled"

    def test_is_accessible_and_fits_the_screen(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        _, number = ready_card(town)
        open_desk(browser_page, site, town)
        assert axe(browser_page) == []
        scan(browser_page, number)
        expect(browser_page.locator("#person")).to_be_visible()
        assert axe(browser_page) == []
        assert inner_overflow(browser_page) == 0


def test_everything_works_without_javascript(
    browser_context: MakeContext, site: Site, town: City
) -> None:
    card, number = ready_card(town)
    page = browser_context(java_script_enabled=False).new_page()
    open_desk(page, site, town)
    page.fill("#q", number)
    enter(page, "#q")
    page.fill("#number-again", number[10:14])
    page.fill("#scanned", card.number)
    page.check("input[name=signing][value=paper]")
    page.click("#go")
    expect(page.get_by_text("已发放。")).to_be_visible()
    card.refresh_from_db()
    assert card.stage == "issued"
