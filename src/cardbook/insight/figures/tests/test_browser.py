"""The page of numbers in a real Chromium: readable at a glance, whole without a script."""

from typing import TYPE_CHECKING

import pytest

from cardbook.custody.models import Position
from cardbook.insight.figures.tests.lives import live
from cardbook.law.roles import Role
from cardbook.testing import factories as make
from cardbook.testing.axe import axe
from cardbook.testing.browser import MakeContext, inner_overflow, screenshot, sign_in
from cardbook.testing.factories import worker

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.mark.browser
class TestInABrowser:
    def test_is_read_at_a_glance_and_without_a_script(self, browser_context: MakeContext) -> None:
        city = make.city()
        live(city)
        manager = worker("市管理员", Role.CITY_MANAGER, city.city)
        page = browser_context(java_script_enabled=True).new_page()
        sign_in(page, manager)
        page.goto("/figures/")
        assert page.locator(".fig-svg rect").count() > 4
        assert inner_overflow(page) == 0
        assert axe(page) == []
        screenshot(page, "figures-board", whole=True)
        self.rows_open(page)

        plain = browser_context(java_script_enabled=False).new_page()
        sign_in(plain, manager)
        plain.goto("/figures/")
        plain.click(".fig-table a:has-text('甲县人社局')")
        plain.wait_for_selector("text=数字：甲县人社局")
        screenshot(plain, "figures-county", whole=True)

    @staticmethod
    def rows_open(page: "Page") -> None:
        page.click(".fig-balance a >> nth=0")
        page.wait_for_selector("h1:has-text('登记入账：11 张')")
        assert page.locator("tbody tr").count() == 11 == Position.objects.count()
        assert axe(page) == []
        screenshot(page, "figures-rows", whole=True)
        page.goto("/figures/meanings/")
        assert axe(page) == []
        screenshot(page, "figures-meanings", whole=True)
