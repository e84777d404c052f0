"""Every screen of wrong cards and quality problems: accessible, and no wider than the window."""

import pytest
from playwright.sync_api import Page, expect

from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.lifecycle.facts import Defect, DefectRecorded, Reading
from cardbook.testing import factories as make
from cardbook.testing.axe import axe
from cardbook.testing.browser import Site, inner_overflow, screenshot, sign_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.browser, pytest.mark.article(13)]
STEPS = ("", "explain/", "recheck/", "province/enter/", "resume/", "drop/")


def looked_at(page: Page, address: str) -> None:
    page.goto(address)
    assert axe(page) == [], address
    assert inner_overflow(page) == 0, address


class TestPages:
    def test_of_a_wrong_card(self, browser_page: Page, site: Site, town: City) -> None:
        (card,) = make.received_cards(town, town.here)
        correction = wrong.recorded(card, town.here)
        sign_in(browser_page, town.here.keeper)
        looked_at(browser_page, "/wrong-cards/")
        screenshot(browser_page, "wrong_cards")
        looked_at(browser_page, "/wrong-cards/province/")
        looked_at(browser_page, f"/cards/{card.pk}/")
        expect(browser_page.get_by_text("看办到哪一步")).to_be_visible()
        for step in STEPS:
            looked_at(browser_page, f"/wrong-cards/{correction.pk}/{step}")

    def test_choose_all_of_the_list_for_the_province(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        cards = make.received_cards(town, town.here, count=2)
        for card in cards:
            wrong.recorded(card, town.here)
        sign_in(browser_page, town.here.keeper)
        browser_page.goto("/wrong-cards/")
        browser_page.check("#wc-all")
        browser_page.get_by_role("button", name="选中的，批量填省系统登记号").click()
        rows = browser_page.locator("textarea[name=rows]")
        expect(rows).to_have_value("\n".join(f"{card.number}\t\t" for card in cards))

    @pytest.mark.article(9)
    def test_of_quality_problems(self, browser_page: Page, site: Site, town: City) -> None:
        (card,) = make.received_cards(town, town.here)
        facts = DefectRecorded(defect=Defect.UNREADABLE, reader_tried=True, reading=Reading.SILENT)
        record_defect(
            card_id=card.pk, facts=facts, told=("defect",), by=town.here.clerk, at=NOON,
            key=make.key(),
        )  # fmt: skip
        sign_in(browser_page, town.here.keeper)
        for address in ("/defects/", "/defects/batches/", f"/defects/batches/{card.batch_id}/"):
            looked_at(browser_page, address)
