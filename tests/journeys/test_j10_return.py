"""J10: forty-two left-over cards go back - scan and digit for each, Enter for all (Art. 16-18).

The clerk strikes 43 keys and never clicks; the form is printed and frozen with the act.
"""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from cardbook.chapters.stranded.models import ReturnList
from cardbook.chapters.stranded.tests import line as on
from cardbook.chapters.stranded.tests.line import Line, line_of
from cardbook.chapters.stranded.tests.moving import moved_to_unit
from cardbook.ledger.models import Event
from cardbook.orgs.models import User
from cardbook.registers.issue import document_bytes
from cardbook.registers.models import IssuedDocument
from cardbook.testing import browser
from cardbook.testing import factories as make
from cardbook.testing.browser import (
    Counter,
    MakeContext,
    Site,
    press,
    scan,
    screenshot,
    sign_in,
)
from cardbook.testing.factories import PASSWORD, City
from cardbook.testing.pictures import as_file, png

pytestmark = [pytest.mark.browser, pytest.mark.article(17)]
well_made = partial(browser.well_made, series="j10", whole=False)
CARDS = 42
# Moved away, away, unknown, refuses, second card: the digits of the form.
DIGITS = "56789"


@pytest.fixture
def line(town: City) -> Line:
    return line_of(town)


def listed(page: Page, count: int) -> None:
    expect(page.locator("[data-list-total]")).to_have_text(str(count))


@pytest.mark.article(16)
def test_forty_two_cards_go_back_with_one_key_each(
    browser_page: Page, site: Site, line: Line
) -> None:
    page, counter = browser_page, Counter(browser_page)
    cards = on.waiting(line, CARDS)
    on.told_three_times(cards, line.clerk)
    sign_in(page, line.clerk)
    page.goto("/stranded/return/")
    expect(page.locator("#scan-number")).to_be_focused()
    well_made(page, "empty")
    for place, card in enumerate(cards):
        counter.scan(card.number)
        expect(page.locator("[data-digit]")).to_be_focused()
        counter.press(DIGITS[place % len(DIGITS)])
        listed(page, place + 1)
        expect(page.locator("#scan-number")).to_be_focused()
    well_made(page, "scanned")
    counter.press("Enter")
    expect(page.locator(".cb-messages")).to_contain_text(f"{CARDS} 张卡已退回")
    assert counter.counts == (CARDS, CARDS + 1, 0)
    assert page.url.startswith(f"{site.url}/stranded/return/")
    well_made(page, "done")
    document = IssuedDocument.objects.get(form="stranded_form")
    assert document.rows == CARDS
    assert Event.objects.filter(act="stranded.send_back").count() == CARDS
    assert document_bytes(document, "pdf").startswith(b"%PDF")


def test_a_wrong_digit_a_stranger_and_a_second_thought(browser_page: Page, line: Line) -> None:
    page = browser_page
    card, other = on.waiting(line, 2)
    sign_in(page, line.clerk)
    page.goto("/stranded/return/")
    scan(page, "Z00000000")
    press(page, "6")
    expect(page.locator(".st-last-bad")).to_contain_text("台账没有卡号")
    scan(page, card.number)
    scan(page, other.number)  # no digit between: the second scan is no reason
    expect(page.locator("[data-count-waiting]")).to_contain_text("还没有选原因")
    press(page, "1")
    listed(page, 1)
    expect(page.locator("#return-list")).to_contain_text("证明缺种类、编号或出具机关、日期、影像")
    well_made(page, "unproved")
    page.select_option(".st-proof [name=kind]", "cremation")
    page.fill(".st-proof [name=number]", "第0001号")
    page.fill(".st-proof [name=on]", "2026-10-01")
    page.set_input_files(".st-proof [name=picture]", as_file(png()))
    page.click("#return-list button:has-text('存')")
    expect(page.locator("#return-list")).to_contain_text("看影像")
    expect(page.locator("#return-list .st-why")).to_have_count(0)
    well_made(page, "proof")
    scan(page, other.number)
    press(page, "0")
    expect(page.locator(".st-last-bad")).to_contain_text("登记信息错误并收回")
    screenshot(page, "j10-wrong")
    scan(page, card.number)
    press(page, "6")
    expect(page.locator("#return-list")).to_contain_text("退回前至少通知")
    press(page, "Enter")
    expect(page.locator(".cb-refusals")).to_contain_text("只通知过 0 次")
    screenshot(page, "j10-refused")
    page.click("#return-list button:has-text('移出')")
    expect(page.locator("#return-list")).to_contain_text("名单是空的")
    assert not ReturnList.objects.get().lines.exists()


def test_on_a_phone_the_reason_is_tapped(
    browser_context: MakeContext, site: Site, line: Line
) -> None:
    page = browser_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
    (card,) = on.waiting(line)
    sign_in(page, line.clerk)
    page.goto("/stranded/cards/")
    well_made(page, "phone-cards")
    expect(page.locator("td[data-label=电话]").first).to_be_in_viewport(ratio=1)
    page.goto("/stranded/return/")
    page.fill("#scan-number", card.number)
    page.tap("button[value=away]")
    listed(page, 1)
    page.tap("button[value=away]")
    expect(page.locator("[data-count-waiting]")).to_have_text("请先扫卡，再选原因。")
    page.tap("[name=remove_hindered]")
    expect(page.locator("#return-list")).to_contain_text(card.number)
    expect(page.locator("#return-list")).to_contain_text("名单是空的")
    well_made(page, "phone")


def test_without_scripts(browser_context: MakeContext, line: Line) -> None:
    page = browser_context(java_script_enabled=False).new_page()
    (card,) = on.waiting(line)
    on.told_three_times([card], line.clerk)
    sign_in(page, line.clerk)
    page.goto("/stranded/return/")
    page.fill("#scan-number", card.number)
    page.select_option("select[name=reason]", "away")
    page.click("text=列入")
    page.click("#send")
    expect(page.locator(".cb-messages")).to_contain_text("1 张卡已退回")


@pytest.mark.article(19)
def test_the_way_up_and_out(browser_context: MakeContext, town: City, line: Line) -> None:
    """Counted in, cancelled by two, given to the bank, destroyed by two before a third."""
    village = make.organization("东关村", make.Kind.VILLAGE, parent=town.here.town)
    mine, *cards = on.waiting(line, 4)
    moved_to_unit(line, mine, village)
    shipment = on.sent_back(line, cards)
    page = browser_context().new_page()
    sign_in(page, line.clerk)
    for address, name in (
        ("/stranded/", "radar"),
        ("/stranded/cards/", "waiting"),
        ("/stranded/returns/", "returns"),
    ):
        page.goto(address)
        well_made(page, name)
    page.goto(f"/stranded/returns/{shipment.pk}/receive/")
    for place, card in enumerate(cards, start=1):
        scan(page, card.number)
        expect(page.locator("[data-scan-total]")).to_have_text(str(place))
    scan(page, mine.number)
    expect(page.locator(".st-last-bad")).to_contain_text("不在交接单")
    well_made(page, "receiving")
    press(page, "Enter")
    expect(page.locator("#close")).to_be_focused()
    press(page, "Enter")
    expect(page.locator(".cb-messages")).to_contain_text("已点收 3 张")
    page.goto("/stranded/returned/")
    page.check("[aria-label='全选本页']")
    page.fill("#id_cancel-words", "死亡证明在案")
    page.check("#id_cancel-checked")
    page.fill("#id_cancel-second_name", username(line.county.reviewer))
    page.fill("#id_cancel-second_password", PASSWORD)
    well_made(page, "cancelling")
    page.click("button:has-text('注销')")
    expect(page.locator(".cb-messages")).to_contain_text("3 张卡已注销")
    page.goto("/stranded/bank-notices/")
    well_made(page, "notices")
    page.goto("/destruction/")
    page.check("[aria-label='全选本页']")
    page.select_option("#id_bank", str(town.bank.pk))
    page.fill("#id_second_name", username(line.county.reviewer))
    page.fill("#id_second_password", PASSWORD)
    well_made(page, "to-destroy")
    page.click("text=移交并生成销毁清单")
    expect(page.locator(".cb-messages")).to_contain_text("3 张卡已移交")
    destroy(browser_context, line, [card.number for card in cards])


def destroy(browser_context: MakeContext, line: Line, numbers: list[str]) -> None:
    """At the bank."""
    page = browser_context().new_page()
    sign_in(page, line.teller)
    page.goto("/destruction/lots/")
    well_made(page, "lots")
    page.click("tbody a")
    page.click("text=扫卡点收")
    expect(page.locator("[data-scan-total]")).to_have_text("0")
    for place, number in enumerate(numbers, start=1):
        scan(page, number)
        expect(page.locator("[data-scan-total]")).to_have_text(str(place))
    page.click("#close")
    expect(page.locator(".cb-messages")).to_contain_text("已点收 3 张")
    well_made(page, "lot")
    page.click("text=登记销毁")
    page.fill("#id_counted", str(len(numbers)))
    for place in (1, 2):
        page.set_input_files(f"#id_photo_{place}", as_file(png(width=place + 1)))
    page.fill("#id_second_name", username(line.other_teller))
    page.fill("#id_second_password", PASSWORD)
    page.fill("#id_witness_name", username(line.county.reviewer))
    page.fill("#id_witness_password", PASSWORD)
    well_made(page, "carry-out")
    page.click("button:has-text('登记销毁')")
    expect(page.locator(".cb-messages")).to_contain_text("3 张卡已登记销毁")
    well_made(page, "destroyed")


def username(actor: object) -> str:
    return User.objects.get(pk=actor.user_id).username  # type: ignore[attr-defined]
