"""The demo's login page in a real Chromium: one click fills the form, the ribbon is seen."""

import pytest
from playwright.sync_api import expect

from cardbook.law.roles import Role
from cardbook.orgs.actors import appoint
from cardbook.orgs.models import Kind, User
from cardbook.testing import factories
from cardbook.testing.axe import axe
from cardbook.testing.browser import inner_overflow, screenshot, sign_in
from cardbook.testing.factories import FOUNDED, NOON

pytestmark = [pytest.mark.browser, pytest.mark.article(5, 1)]


def test_a_click_on_an_account_fills_the_form(demo, browser_page):
    browser_page.goto("/account/login/")
    assert axe(browser_page) == []
    assert inner_overflow(browser_page) == 0
    line = browser_page.locator("[data-demo-user]").nth(3)
    line.click()
    expect(browser_page.locator("#id_login")).to_have_value(line.inner_text())
    password = line.get_attribute("data-demo-password")
    expect(browser_page.locator("#id_password")).to_have_value(password)
    screenshot(browser_page, "web-login-demo")


def test_the_top_bar_holds_long_names_two_posts_and_the_ribbon(demo, browser_page, town):
    name = "商州区社保卡综合服务中心政务大厅三号窗口"
    window = factories.organization(name, Kind.WINDOW, parent=town.here.card_body)
    clerk = factories.worker("买买提·吐尔逊江·艾合买提", Role.WINDOW_CLERK, window)
    user = User.objects.get(pk=clerk.user_id)
    second = appoint(
        user=user, organization=town.here.card_body, role=Role.REVIEWER, since=FOUNDED, at=NOON
    )
    sign_in(browser_page, clerk)
    browser_page.goto("/")
    screenshot(browser_page, "web-top-bar")
    assert axe(browser_page) == []
    for width in (1366, 1280, 1024):
        browser_page.set_viewport_size({"width": width, "height": 768})
        assert inner_overflow(browser_page) == 0
    browser_page.select_option("#top-post", str(second.pk))
    with browser_page.expect_navigation():
        browser_page.click(".cb-post button")
    assert "复核员" in browser_page.locator("#top-post option[selected]").inner_text()
