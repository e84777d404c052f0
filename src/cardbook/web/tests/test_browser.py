"""The shell in a real Chromium: clean under axe, within the window, usable by keys."""

import re

import pytest
from playwright.sync_api import expect

from cardbook.chapters.intake.distribution.tests.sending import agency, sent
from cardbook.people.holders import holder_of
from cardbook.testing import factories
from cardbook.testing.axe import axe
from cardbook.testing.browser import (
    inner_overflow,
    press,
    screenshot,
    sign_in,
    sign_in_by_form,
    type_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.article(5, 1)]

RARE = "龙㛃·䶮𠮷𬭎"


def judge(page, name):
    """Every page of the shell is looked at the same way."""
    screenshot(page, f"web-{name}", whole=True)
    assert axe(page) == []
    assert inner_overflow(page) == 0


class TestSigningIn:
    def test_the_login_page_is_clean_and_says_what_is_wrong(self, browser_page, town):
        browser_page.goto("/account/login/")
        judge(browser_page, "login")
        browser_page.fill("#id_login", "nobody")
        browser_page.fill("#id_password", "wrong-password")
        browser_page.click("[data-login-button]")
        expect(browser_page).to_have_title(re.compile("^错误："))
        expect(browser_page.locator("[role=alert]")).to_be_visible()
        judge(browser_page, "login-wrong")

    def test_a_clerk_signs_in_by_keys_alone_and_signs_out(self, browser_page, town):
        from cardbook.orgs.models import User

        browser_page.goto("/account/login/")
        keys = browser_page.keyboard
        keys.type(User.objects.get(pk=town.here.clerk.user_id).username)
        keys.press("Tab")
        keys.type(factories.PASSWORD)
        keys.press("Enter")
        browser_page.wait_for_selector(".cb-who")
        assert "甲县一号窗口" in browser_page.inner_text("h1")
        browser_page.click("text=退出")
        browser_page.wait_for_url("**/account/login/**")

    @pytest.mark.trust("P3")
    @pytest.mark.article(32)
    def test_after_signing_out_back_shows_nobody(self, browser_page, town):
        card = factories.issued_card(town, town.here)
        name = holder_of(card.person).name
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"/cards/{card.pk}/")
        expect(browser_page.locator("h1")).to_contain_text(name)
        browser_page.click("text=退出")
        browser_page.wait_for_url("**/account/login/**")
        browser_page.go_back()
        browser_page.wait_for_url("**/account/login/**")
        expect(browser_page.locator("#id_login")).to_be_visible()
        expect(browser_page.locator("body")).not_to_contain_text(name)


class TestPages:
    def test_home_of_every_role_is_clean(self, browser_context, town):
        factories.received_cards(town, town.here, count=3)
        factories.cards_in_transit(town, town.here, count=2)
        for name, actor in (("clerk", town.here.clerk), ("keeper", town.here.keeper),
                            ("auditor", town.here.auditor)):  # fmt: skip
            page = browser_context().new_page()
            sign_in(page, actor)
            page.goto("/")
            judge(page, f"home-{name}")

    def test_search_leaves_no_number_in_the_address(self, browser_page, town):
        people = [factories.person(name="王小明") for _ in range(3)]
        people.append(factories.person(name=RARE))
        factories.received_cards(town, town.here, people=people)
        sign_in(browser_page, town.here.clerk)
        browser_page.goto("/search/")
        press(browser_page, "F2")
        type_in(browser_page, "wxm")
        press(browser_page, "Enter")
        browser_page.wait_for_selector("table")
        assert browser_page.locator("tbody tr").count() == 3
        judge(browser_page, "search")
        assert "wxm" not in browser_page.url
        browser_page.fill("#find", RARE)
        press(browser_page, "Enter")
        browser_page.wait_for_url("**/cards/*/")
        assert RARE in browser_page.inner_text("h1")
        judge(browser_page, "card-rare")
        browser_page.go_back()
        assert browser_page.locator("tbody tr").count() == 3

    def test_the_answer_to_a_form_is_come_back_to_as_a_page(self, browser_page, town):
        sign_in(browser_page, town.here.keeper)
        browser_page.goto("/elsewhere/find/")
        browser_page.fill("#number", "12")
        browser_page.get_by_role("button", name="查找").click()
        expect(browser_page.locator("[data-problem]")).to_be_visible()
        browser_page.get_by_role("link", name="首页").click()
        browser_page.wait_for_url(re.compile("/$"))
        answer = browser_page.go_back()
        assert answer.status == 422 and answer.request.method == "GET"
        expect(browser_page.locator("[data-problem]")).to_be_visible()

    @pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
    def test_a_search_is_come_back_to_and_names_nobody_in_the_address(
        self, browser_context, town, scripts
    ):
        factories.received_cards(town, town.here, people=[factories.person(name="王小明")])
        page = browser_context(java_script_enabled=scripts).new_page()
        sign_in(page, town.here.clerk)
        page.goto("/bundles/")
        page.fill("#q", "王小明")
        page.press("#q", "Enter")
        page.wait_for_url(re.compile(r"/bundles/\?.*of=[\w-]+"))
        expect(page.locator("#q")).to_have_value("王小明")
        page.get_by_role("link", name="首页").click()
        page.wait_for_url(re.compile("/$"))
        answer = page.go_back()
        assert answer.ok and answer.request.method == "GET"
        expect(page.locator("#q")).to_have_value("王小明")

    def test_what_only_takes_forms_leads_back_to_where_the_form_stood(self, browser_page, town):
        office, _ = agency(town)
        shipment = sent(town.here.keeper, office, factories.received_cards(town, town.here))
        sign_in(browser_page, town.here.keeper)
        page = f"/handovers/{shipment.pk}/"
        browser_page.goto(page)
        browser_page.locator("summary", has_text="改交").click()
        browser_page.get_by_label("改交给").fill("没有这个机构")
        browser_page.locator("#reroute_words").fill("交错了")
        browser_page.get_by_role("button", name="改交").click()
        expect(browser_page.locator("#reroute_receiver_error")).to_be_visible()
        browser_page.wait_for_url(re.compile(rf"{page}\?answer=[\w-]+$"))
        answer = browser_page.reload()
        assert answer.status == 422 and answer.request.method == "GET"
        browser_page.goto(page)
        expect(browser_page.locator("summary", has_text="改交")).to_be_visible()

    def test_nobody_found_says_what_to_do(self, browser_page, town):
        sign_in(browser_page, town.here.clerk)
        browser_page.goto("/")
        browser_page.fill("#top-search", "查无此人")
        browser_page.press("#top-search", "Enter")
        browser_page.wait_for_selector(".cb-empty")
        judge(browser_page, "search-none")

    def test_the_card_page_shows_place_both_halves_acts_and_history(self, browser_page, town):
        card = factories.issued_card(town, town.here)
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"/cards/{card.pk}/")
        judge(browser_page, "card")
        text = browser_page.inner_text("main")
        for part in ("在持卡人手中", "封存（未激活）", "银行尚未反馈", "发放给持卡人本人"):
            assert part in text
        browser_page.emulate_media(media="print")
        screenshot(browser_page, "web-card-print", whole=True)
        assert not browser_page.is_visible(".cb-nav")

    def test_lists_of_cards_are_clean(self, browser_page, town):
        factories.received_cards(town, town.here, count=5)
        sign_in(browser_page, town.here.keeper)
        browser_page.goto("/cards/?place=store")
        assert browser_page.locator("tbody tr").count() == 5
        judge(browser_page, "cards")

    def test_refusals_by_the_server_are_clean(self, browser_page, town):
        sign_in(browser_page, town.here.clerk)
        browser_page.goto("/cards/99999999/")
        judge(browser_page, "404")
        browser_page.goto("/account/password/change/")
        judge(browser_page, "password")
        browser_page.fill("#id_oldpassword", "x")
        browser_page.fill("#id_password1", "short")
        browser_page.fill("#id_password2", "short")
        browser_page.click("main button[type=submit]")
        expect(browser_page.locator("main")).to_contain_text("密码太短")
        judge(browser_page, "password-wrong")

    @pytest.mark.ignore_template_errors  # a page of the library names what it may not have
    def test_pages_of_the_account_are_clean(self, browser_page, town):
        sign_in(browser_page, town.here.clerk)
        for name in ("2fa", "logout", "2fa/totp/activate"):
            browser_page.goto(f"/account/{name}/")
            judge(browser_page, f"account-{name.replace('/', '-')}")


def test_everything_works_without_javascript(browser_context, town):
    factories.received_cards(town, town.here, people=[factories.person(name="王小明")])
    page = browser_context(java_script_enabled=False).new_page()
    sign_in_by_form(page, town.here.clerk)
    page.fill("#top-search", "王小明")
    page.press("#top-search", "Enter")
    page.wait_for_url("**/cards/*/")
    assert "王小明" in page.inner_text("h1")
