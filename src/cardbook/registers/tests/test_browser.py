"""A register in a real Chromium: look, issue, open the frozen sheet, accessible (Art. 8)."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from cardbook.chapters.intake.receive.tests.deliveries import arrive, counted
from cardbook.registers.models import IssuedDocument
from cardbook.testing import factories as make
from cardbook.testing.axe import axe
from cardbook.testing.browser import Site, screenshot, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

DAY = "&start=2026-11-20&end=2026-11-20"
LONG_NAME = "阿不都热合曼·买买提艾力·阿卜杜拉·阿布都克里"


@pytest.fixture
def town(site: Site) -> make.City:
    """A city on the running server's own database."""
    return make.city()


def look(page: "Page", name: str) -> None:
    """Keep a picture and refuse what axe-core calls serious, or a page wider than its window."""
    screenshot(page, f"registers-{name}")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.browser
@pytest.mark.article(8, 4)
class TestRegisterInBrowser:
    def test_a_clerk_issues_the_register_of_the_day(
        self, town: make.City, browser_page: "Page"
    ) -> None:
        for name in ("王小明", LONG_NAME, "䶮㛃𬭎𠮷", "李娜"):
            make.issued_card(town, town.here, holder=make.person(name=name))
        page = browser_page
        sign_in(page, town.here.clerk)
        page.goto(f"/registers/pick-up/?office={town.here.window.code}{DAY}")
        assert page.locator("table.cb-register tbody tr").count() == 4
        look(page, "pick-up")
        page.get_by_role("button", name="出具正式表").click()
        page.wait_for_url("**/documents/*/")
        made = IssuedDocument.objects.get()
        assert made.number in page.inner_text("main")
        look(page, "document")
        with page.expect_download() as download:
            page.get_by_role("link", name="下载 XLSX").click()
        assert download.value.suggested_filename == f"{made.number}.xlsx"
        page.get_by_role("link", name="已出具的表").last.click()
        page.wait_for_url("**/documents/")
        assert page.locator("tbody tr").count() == 1
        look(page, "documents")

    def test_an_auditor_and_an_empty_day(self, town: make.City, browser_page: "Page") -> None:
        make.issued_card(town, town.here)
        page = browser_page
        sign_in(page, town.here.auditor)
        page.goto(f"/registers/pick-up/?office={town.city.code}{DAY}")
        assert page.get_by_role("button", name="出具正式表").is_disabled()
        look(page, "auditor")
        page.fill("#choose_start", "2020-01-01")
        page.fill("#choose_end", "2019-12-31")
        page.get_by_role("button", name="查看").click()
        expect(page.locator("main")).to_contain_text("结束日期早于开始日期")
        look(page, "wrong-days")
        page.fill("#choose_end", "2020-01-31")
        page.get_by_role("button", name="查看").click()
        expect(page.locator("main")).to_contain_text("没有登记")
        look(page, "empty")

    def test_a_keeper_looks_at_a_counted_delivery(
        self, town: make.City, browser_page: "Page"
    ) -> None:
        arrived = arrive(town, town.here, {"1-1": 3, "1-2": 2})
        counted(town.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        counted(town.here, arrived.box_of("1-2"), arrived.numbers("1-2")[:1])
        page = browser_page
        sign_in(page, town.here.keeper)
        page.goto("/registers/count/")
        assert "5 ＝ 4 ＋ 1" in page.inner_text("main")
        look(page, "count")
