"""J6: a card replaced at the bank's window - read, digit, P, cash, sign, Enter (Art. 25, 26).

Two scans, four keys, no click, one screen; the fee comes from the tariff and nobody types it.
"""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from cardbook.cards.models import Application
from cardbook.chapters.usage.models import FeeReceipt, RefusedCharge
from cardbook.chapters.usage.replacement.tests import windows as at_the
from cardbook.chapters.usage.replacement.tests.windows import Windows, windows
from cardbook.law.roles import Role
from cardbook.lifecycle.facts import ApplyReason
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.testing import browser
from cardbook.testing import factories as make
from cardbook.testing.browser import (
    Counter,
    MakeContext,
    press,
    scan,
    sign_in,
)
from cardbook.testing.factories import City

pytestmark = [pytest.mark.browser, pytest.mark.article(26)]
well_made = partial(browser.well_made, series="j6")


@pytest.fixture
def there(town: City) -> Windows:
    return windows(town)


def open_desk(page: Page, actor: Actor) -> None:
    sign_in(page, actor)
    page.goto("/replacement/")
    expect(page.locator("#q")).to_be_focused()


def sign(page: Page) -> None:
    """Three strokes on the pad."""
    page.locator("#pad").scroll_into_view_if_needed()
    area = page.locator("#pad").bounding_box()
    assert area is not None
    for row in range(3):
        page.mouse.move(area["x"] + 40, area["y"] + 15 + row * 15)
        page.mouse.down()
        page.mouse.move(area["x"] + 200, area["y"] + 30 + row * 12, steps=5)
        page.mouse.up()


def chosen(page: Page, name: str, value: str) -> None:
    expect(page.locator(f"input[name={name}][value='{value}']")).to_be_checked()


@pytest.mark.parametrize("at", ["bank", "office"])
def test_a_lost_card_is_replaced_with_two_scans_and_four_keys(
    browser_page: Page, there: Windows, at: str
) -> None:
    page, counter = browser_page, Counter(browser_page)
    holder = make.person(name="解䶮" if at == "office" else "王小明")
    card = at_the.lost_or_worn(there, holder=holder)
    number = holder_of(holder).number
    open_desk(page, there.teller if at == "bank" else there.clerk)
    well_made(page, f"{at}-empty")
    counter.scan(number)
    expect(page.locator("[data-card]")).to_have_text(card.number)
    assert number not in page.content()
    counter.press("1")
    chosen(page, "reason", "lost")
    counter.press("p")
    expect(page.locator("input[name=photo_ok]")).to_be_checked()
    counter.press("c")
    chosen(page, "pay", "cash")
    counter.sign(lambda: sign(page))
    chosen(page, "signing", "screen")
    well_made(page, at, whole=False)
    counter.press("Enter")
    receipt = page.locator("[data-receipt]")
    if at == "bank":
        expect(receipt).to_contain_text("已提交银行")
        made = Application.objects.get()
        assert made.progress == "submitted"
    else:  # the bank's file cannot write the name: taken, signed, paid, and told so
        expect(receipt).to_contain_text("还没有提交制卡")
        made = Application.objects.get()
        assert made.progress == "confirmed"
    assert counter.counts == (2, 4, 0)
    assert FeeReceipt.objects.get().fee_fen == made.fee_fen == 2000
    card.refresh_from_db()
    assert (card.hold, card.social) == (
        "formal_loss", "cancelled" if at == "bank" else "sealed",
    )  # fmt: skip
    assert holder_of(holder).name not in page.content()
    page.goto(f"/applications/{made.pk}/")
    well_made(page, f"{at}-application")
    with page.expect_response(lambda answer: "/slip/" in answer.url) as slip:
        page.evaluate("id => fetch(`/applications/${id}/slip/`)", made.pk)
    assert slip.value.headers["content-type"] == "application/pdf"


def test_another_banks_customer_is_nobody_here(browser_page: Page, there: Windows) -> None:
    holder = make.person(name="王小明")
    at_the.lost_or_worn(there, holder=holder)
    open_desk(browser_page, there.other_teller)
    scan(browser_page, holder_of(holder).number)
    expect(browser_page.locator("[data-problem]")).to_contain_text("本行没有")
    assert "王小明" not in browser_page.content()


def test_what_is_missing_is_said_and_nothing_is_lost(
    browser_context: MakeContext, there: Windows
) -> None:
    """Without scripts as well: fields, buttons, one post."""
    page = browser_context(java_script_enabled=False).new_page()
    holder = make.person(name="王小明")
    at_the.lost_or_worn(there, holder=holder)
    sign_in(page, there.clerk)
    page.goto("/replacement/")
    page.fill("#q", holder_of(holder).number)
    page.click("text=查找")
    page.check("input[name=reason][value=damaged]")
    page.fill("#id_phone", "13900000000")
    page.click("#go")
    expect(page.locator("[data-form-error]")).to_contain_text("核对照片")
    expect(page.locator("#id_phone")).to_have_value("13900000000")
    page.check("input[name=photo_ok]")
    page.click("#go")
    expect(page.locator("[data-refusal=SIGNATURE_MISSING]")).to_be_visible()
    page.check("input[name=signing][value=paper]")
    page.click("#go")
    expect(page.locator("[data-receipt]")).to_contain_text("还没有提交制卡")
    made = Application.objects.get()
    page.goto(f"/applications/{made.pk}/fee/take/")
    page.click("main button[type=submit]")
    expect(page.locator(".cb-messages")).to_contain_text("已登记")
    page.goto("/applications/submit/")
    page.click("text=提交所选")
    expect(page.locator(".cb-messages")).to_contain_text("1 件已提交银行")


@pytest.mark.article(32)
def test_the_head_clears_up_a_charge_nobody_owed(browser_page: Page, there: Windows) -> None:
    """From the home page: two clicks to the case; a tick, an amount, a paper, a word, Enter."""
    card = at_the.lost_or_worn(there, holder=make.person(name="王小明"))
    at_the.taken(there, card, ApplyReason.DEFECT, payment=at_the.CASH)
    head = make.worker("县负责人", Role.COUNTY_MANAGER, there.city.here.county)
    page, counter = browser_page, Counter(browser_page)
    sign_in(page, head)
    page.goto("/")
    counter.click("text=不该收的费被拒绝")
    well_made(page, "refused-list")
    counter.click("tbody a")
    well_made(page, "refused")
    counter.click("[name=outcome][value=returned]")
    for field, text in (("returned", "20"), ("receipt", "TF1"), ("words", "已退")):
        counter.click(f"[name={field}]")
        counter.type(text)
    counter.press("Enter")
    expect(page.locator(".cb-messages")).to_contain_text("已登记处理结果")
    well_made(page, "refused-settled")
    assert counter.counts == (0, 8, 6)
    row = RefusedCharge.objects.get()
    assert (row.outcome, row.returned_fen) == ("returned", 2000)


def test_a_reason_this_window_does_not_take_cannot_be_chosen(
    browser_page: Page, there: Windows
) -> None:
    holder = make.person(name="王小明")
    at_the.lost_or_worn(there, holder=holder)
    open_desk(browser_page, there.teller)
    scan(browser_page, holder_of(holder).number)
    expect(browser_page.locator("[data-shut=defect]")).to_contain_text("由综合服务窗口受理")
    press(browser_page, "6")
    assert browser_page.locator("input[name=reason]:checked").count() == 0
    expect(browser_page.locator("#q")).to_have_value("")
    well_made(browser_page, "bank-shut")
