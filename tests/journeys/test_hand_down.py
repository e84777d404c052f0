"""Cards go from the county's store to an agency: chosen, given, counted in, differing, back.

Articles 5, 6, 8 para. 1 and 20; whole boxes by label as in J7 of trust-and-ux.md section 8.
"""

import re
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution.tests.sending import agency, sent
from cardbook.chapters.intake.sort.commands import open_box, sort_cards
from cardbook.custody.models import Account, Position, Shipment
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.ledger.models import Event
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization, User
from cardbook.registers.codes import BOX, scan_code
from cardbook.testing import browser
from cardbook.testing import factories as make
from cardbook.testing.browser import (
    Counter,
    MakeContext,
    sign_in,
)
from cardbook.testing.factories import NOON, PASSWORD, City

pytestmark = [pytest.mark.browser, pytest.mark.article(6), pytest.mark.article(8, 1)]
well_made = partial(browser.well_made, series="hand-down", whole=False)


def boxed(town: City, place: int, count: int) -> tuple[Account, list[Card]]:
    """A box of the county's cabinet with so many cards."""
    cards = make.received_cards(town, town.here, count=count)
    box = open_box(
        cabinet="A", shelf="1", box=f"{place:02d}", capacity=200, label="城关镇",
        by=town.here.keeper,
    )  # fmt: skip
    sort_cards(
        card_ids=[card.pk for card in cards], account_id=box.pk, order="town",
        by=town.here.keeper, at=NOON, key=make.key(),
    )  # fmt: skip
    return box, cards


@pytest.fixture
def office(town: City) -> tuple[Organization, Actor]:
    return agency(town)


def label(box: Account) -> str:
    return scan_code(BOX, box.organization.code, box.code)


class TestFromTheStoreToTheAgency:
    def test_boxes_go_down_and_are_counted_in_whole_by_label(
        self, browser_context: MakeContext, town: City, office: tuple[Organization, Actor]
    ) -> None:
        boxes = [boxed(town, place, 12)[0] for place in range(1, 4)]
        page = browser_context().new_page()
        counter = Counter(page)
        sign_in(page, town.here.keeper)
        page.goto("/handovers/send/")
        well_made(page, "send")
        counter.click("th input[type=checkbox]")
        page.fill("#receiver", f"{office[0].code} {office[0].name}")
        counter.click("text=交出，生成交接单")
        expect(page.locator(".cb-messages")).to_contain_text("36 张卡已交出")
        assert counter.counts == (0, 0, 2)
        well_made(page, "sent")
        shipment = Shipment.objects.get()
        page.goto(f"/registers/handover/?shipment={shipment.number}")
        well_made(page, "register")

        theirs = browser_context().new_page()
        counter = Counter(theirs)
        sign_in(theirs, office[1])
        theirs.goto("/handovers/")
        well_made(theirs, "list")
        counter.scan(shipment.number)
        expect(theirs.locator("#scan-number")).to_be_focused()
        for box in boxes:
            counter.scan(label(box))
        expect(theirs.locator(".in-last-total")).to_contain_text("整盒 3 盒")
        # The count is blind: nothing on the page says 36 but, at some minute, its clock.
        assert not re.search(r"(?<![\d:])36(?!\d)", theirs.locator("main").inner_text())
        well_made(theirs, "counting")
        counter.press("Enter")
        expect(theirs.locator("[data-finish]")).to_be_focused()
        counter.press("Enter")
        expect(theirs.locator(".cb-messages")).to_contain_text("点收相符：36 张")
        # The list and each box are scans; then twice Enter (J7: 61 scans, 12 keys, no click).
        assert counter.counts == (4, 2, 0)
        well_made(theirs, "received")
        assert (
            Position.objects.filter(
                account__kind=Place.STORE, account__organization=office[0]
            ).count()
            == 36
        )
        assert recount().holds

    def test_a_short_and_a_strange_card_are_signed_by_two(
        self, browser_page: Page, town: City, office: tuple[Organization, Actor]
    ) -> None:
        page = browser_page
        _, cards = boxed(town, 1, 5)
        (stray,) = make.received_cards(town, town.here)
        shipment = sent(town.here.keeper, office[0], cards)
        sign_in(page, office[1])
        page.goto(f"/handovers/{shipment.pk}/count/")
        counter = Counter(page)
        for card in cards[:4]:
            counter.scan(card.number)
        expect(page.locator(".in-last-total strong").first).to_have_text("4")
        counter.scan(stray.number)
        expect(page.locator(".in-last")).to_have_attribute("data-refusal", "NOT_OF_THIS_LIST")
        well_made(page, "stray")
        counter.press("Enter")
        counter.press("Enter")
        expect(page.locator(".in-figures")).to_contain_text("短少1")
        expect(page.locator("main")).to_contain_text(cards[4].number)
        well_made(page, "differences")
        page.fill("#id_words", "封签完好，盒内少一张，另多一张别单的卡")
        page.fill("#id_second_name", User.objects.get(pk=town.here.keeper.user_id).username)
        page.fill("#id_second_password", PASSWORD)
        page.click("text=结束点收，登记差异")
        expect(page.locator(".cb-messages")).to_contain_text("短少 1 张，多出 1 张")
        well_made(page, "differing")
        page.goto(f"/registers/handover-difference/?shipment={shipment.number}")
        well_made(page, "difference-sheet")
        assert Event.objects.filter(act="handover.receive").count() == 4
        assert recount().holds


class TestBack:
    def test_what_is_under_way_is_recalled_and_an_issued_card_is_not(
        self, browser_page: Page, town: City
    ) -> None:
        page = browser_page
        _, cards = boxed(town, 1, 3)
        shipment = sent(town.here.keeper, town.here.window, cards)
        sign_in(page, town.here.clerk)
        page.goto(f"/handovers/{shipment.pk}/count/")
        counter = Counter(page)
        counter.scan(cards[0].number)
        expect(page.locator(".in-last-total strong").first).to_have_text("1")
        counter.press("Enter")
        expect(page.locator("[data-finish]")).to_be_focused()
        counter.press("Enter")
        page.fill("#id_words", "另两张未到")
        page.fill("#id_second_name", User.objects.get(pk=town.here.reviewer.user_id).username)
        page.fill("#id_second_password", PASSWORD)
        page.click("text=结束点收，登记差异")
        expect(page.locator(".cb-messages")).to_contain_text("短少 2 张")
        make.perform(make.issue_step(cards[0]), by=town.here.clerk, at=NOON, key=make.key())

        page.context.clear_cookies()
        sign_in(page, town.here.keeper)
        page.goto(f"/handovers/{shipment.pk}/")
        page.click("thead input[type=checkbox]")
        page.click("summary:has-text('追回')")
        page.fill("#recall #id_words", "分错了窗口")
        page.click("#recall button")
        expect(page.locator("[data-refusal=ALREADY_ISSUED]")).to_contain_text("撤销发放")
        well_made(page, "recall-refused")
        page.goto(f"/handovers/{shipment.pk}/")
        page.click("summary:has-text('追回')")
        page.fill("#recall #id_words", "分错了窗口")
        page.click("#recall button")
        expect(page.locator(".cb-messages")).to_contain_text("2 张未点收的卡已追回")
        assert recount().holds
