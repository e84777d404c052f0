"""The keeper's round: a place and its keys, a check with a photo, an accident told upward, boxes.

Every page is opened as he opens it, an act is done on it, and what it says afterwards is read
(Art. 6, 20, 21). Budgets: a click for each measure that is in order, a scan for each card.
"""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cardbook.chapters.issuance.proxy.tests.cases import manager
from cardbook.chapters.safekeeping.models import Holding, Incident, KeepingCheck
from cardbook.chapters.safekeeping.stocktaking.tests.counts import a_box, boxed
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.measures import MEASURES
from cardbook.orgs.models import User
from cardbook.testing import browser, pictures
from cardbook.testing import factories as make
from cardbook.testing.browser import Counter, said, sign_in
from cardbook.testing.factories import PASSWORD, City

pytestmark = [pytest.mark.browser, pytest.mark.article(20)]
well_made = partial(browser.well_made, series="keeper")
_PIXELS = 64


@pytest.fixture(autouse=True)
def papers(settings: Any, tmp_path: Path) -> None:
    settings.PAPERS_ROOT = tmp_path


def seen(page: Page) -> None:
    """The photo is there and its bytes are a picture."""
    expect(page.locator("img.sk-photo")).to_have_js_property("naturalWidth", _PIXELS)


@pytest.mark.article(21)
def test_a_place_is_entered_given_a_keeper_and_checked(browser_page: Page, town: City) -> None:
    page, hand = browser_page, Counter(browser_page)
    sign_in(page, town.here.keeper)
    page.goto("/places/")
    expect(page.locator("main")).to_contain_text("还没有登记存放处")
    well_made(page, "places-none")
    page.locator("main").get_by_role("link", name="登记存放处").first.click()
    page.fill("#id_name", "A 柜")
    page.fill("#id_where", "二楼档案室")
    page.fill("#id_cabinet", "a")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("[data-form-error]")).to_contain_text("大写字母或数字")
    expect(page.locator("#id_where")).to_have_value("二楼档案室")
    page.fill("#id_cabinet", "A")
    well_made(page, "place-new")
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "“A 柜”已登记，请指定保管人")
    page.select_option("#id_who", label="卡管员")
    with page.expect_navigation():
        page.get_by_role("button", name="登记", exact=True).click()
    said(page, "已登记")
    assert Holding.objects.get().function == "keeper"
    well_made(page, "place")

    page.get_by_role("link", name="检查保管措施").click()
    for measure in MEASURES:
        hand.click(f"[name=m_{measure.code}][value={'bad' if measure.code == 'fire' else 'ok'}]")
    page.get_by_role("button", name="登记检查").click()
    missing = page.locator("[data-form-error]")
    expect(missing).to_contain_text("防火的整改：不合格的，请写明怎样整改")
    expect(missing).to_contain_text("保管检查照片：请拍照上传")
    assert not KeepingCheck.objects.exists()
    page.fill("[name=r_fire]", "灭火器周五前换新")
    page.set_input_files("#id_photo", pictures.as_file(pictures.png(width=_PIXELS)))
    well_made(page, "check")
    page.get_by_role("button", name="登记检查").click()
    said(page, "“A 柜”的检查已登记")
    expect(page.locator("main")).to_contain_text("1 项不合格，请按所写整改")
    expect(page.locator("main")).to_contain_text("灭火器周五前换新")
    seen(page)
    assert hand.counts == (0, 0, len(MEASURES))
    well_made(page, "checked")
    page.goto("/checks/?wrong=1")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("没有逾期的检查")
    well_made(page, "checks")
    page.goto("/places/")
    expect(page.locator("tbody tr")).to_contain_text("按期")
    well_made(page, "places")


@pytest.mark.article(9)
def test_an_accident_is_reported_by_two_and_told_upward_by_the_manager(
    browser_page: Page, town: City
) -> None:
    page, hand = browser_page, Counter(browser_page)
    cards = make.received_cards(town, town.here, count=2)
    sign_in(page, town.here.keeper)
    page.goto("/incidents/")
    expect(page.locator("main")).to_contain_text("没有事故报告")
    page.get_by_role("link", name="登记事故").click()
    page.check("[name=kind][value=damaged]")
    page.select_option("#id_cause", "water")
    page.fill("#id_words", "水管爆裂，柜底进水")
    page.focus("#id_numbers")
    for card in cards:
        hand.scan(card.number)
    page.set_input_files("#id_photo", pictures.as_file(pictures.png(width=_PIXELS)))
    page.fill("#id_second_name", User.objects.get(pk=town.here.reviewer.user_id).username)
    page.fill("#id_second_password", PASSWORD)
    well_made(page, "report")
    page.get_by_role("button", name="两人签名，登记事故").click()
    said(page, "已登记，请立即上报")
    expect(page.locator("main tbody tr")).to_have_count(2)
    seen(page)
    assert hand.counts == (2, 0, 0)
    assert set(Position.objects.values_list("account__kind", flat=True)) == {Place.DEFECT}
    well_made(page, "incident")

    page.context.clear_cookies()
    sign_in(page, manager(town.here))
    page.goto("/")
    page.get_by_role("link", name="起事故还没有上报").click()
    page.locator("tbody .cb-code a").click()
    page.fill("#id_office", "市局信息中心 值班员")
    page.fill("#id_words", "先封存，按质量问题卡补换")
    page.get_by_role("button", name="已上报").click()
    said(page, "上报情况已登记")
    expect(page.locator(".cb-facts")).to_contain_text("市局信息中心 值班员")
    expect(page.get_by_text("尚未上报")).to_have_count(0)
    assert Incident.objects.get().told_words == "先封存，按质量问题卡补换"
    well_made(page, "incident-told")
    page.goto("/incidents/?state=told")
    expect(page.locator("tbody tr")).to_have_count(1)
    well_made(page, "incidents")
    assert recount().holds


@pytest.mark.article(6)
def test_a_box_takes_a_scanned_card_and_its_label_is_printed(
    browser_page: Page, town: City
) -> None:
    page, hand = browser_page, Counter(browser_page)
    box, _ = boxed(town, town.here, 3)
    other = a_box(town.here, "02")
    (card,) = make.received_cards(town, town.here)
    sign_in(page, town.here.keeper)
    page.goto("/sort/boxes/")
    expect(page.locator("tbody tr")).to_have_count(2)
    well_made(page, "boxes")
    hand.click(f"a[href='/sort/boxes/{other.pk}/']")
    expect(page.locator("main")).to_contain_text("空盒")
    hand.scan(card.number)
    said(page, f"{card.number} 已放入")
    assert Position.objects.get(card=card).account_id == other.pk
    assert hand.counts == (1, 0, 1)
    well_made(page, "box")
    page.goto("/sort/boxes/")
    expect(page.locator("tbody tr", has_text=other.code)).to_contain_text("1/100")
    page.check(f"[aria-label='选择 {box.code}']")
    button = page.get_by_role("button", name="打印勾选盒的标签")
    # A browser without a viewer shows no PDF: what the button sends is fetched as the form has it.
    printed = button.evaluate(
        "async one => (await (await fetch(one.formAction + '?'"
        " + new URLSearchParams(new FormData(one.form)))).text()).slice(0, 5)"
    )
    assert (printed, hand.counts) == ("%PDF-", (1, 0, 1))
