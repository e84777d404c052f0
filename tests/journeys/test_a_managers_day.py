"""The county's manager goes round what he answers for, a window beside him (Art. 5, 7, 8, 10).

Every page is opened as he opens it, an act is done on it, and what it says afterwards is read.
"""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cardbook.chapters.duties.models import Campaign, WayRule
from cardbook.chapters.issuance.proxy.tests.cases import manager, to_proxy
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.insight.check import recount
from cardbook.law.ways import WAYS
from cardbook.people.holders import holder_of
from cardbook.people.models import Handler, Mandate
from cardbook.testing import browser, pictures
from cardbook.testing import factories as make
from cardbook.testing.browser import Counter, ready, said, sign_in
from cardbook.testing.factories import City

pytestmark = pytest.mark.browser
well_made = partial(browser.well_made, series="manager")
PARCEL = "EX123456789CN"
PICTURE = pictures.as_file(pictures.png(width=64))


@pytest.fixture(autouse=True)
def papers(settings: Any, tmp_path: Path) -> None:
    settings.PAPERS_ROOT = tmp_path


@pytest.mark.article(5)
def test_a_campaign_is_ordered_looked_at_and_ended(browser_page: Page, town: City) -> None:
    page, today = browser_page, timezone.localdate()
    sign_in(page, manager(town.here))
    page.goto("/campaigns/")
    expect(page.locator("main")).to_contain_text("没有进行中的部署")
    page.locator("main").get_by_role("link", name="新的部署").first.click()
    page.fill("#id_title", "城乡居民社保卡集中发放")
    page.fill("#id_document", "甲人社发〔2026〕12号")
    page.fill("#id_due_on", f"{today + timedelta(days=30)}")
    page.get_by_role("button", name="部署", exact=True).click()
    expect(page.locator("main")).to_contain_text("请至少给一个机构填写目标张数")
    page.fill(f"#id_target_{town.here.town.pk}", "500")
    well_made(page, "campaign-order")
    page.get_by_role("button", name="部署", exact=True).click()
    said(page, "已部署“城乡居民社保卡集中发放”")
    expect(page.locator("tbody tr")).to_contain_text("进行中")
    well_made(page, "campaign")
    page.goto("/campaigns/")
    expect(page.locator("tbody tr")).to_contain_text("0/500")
    well_made(page, "campaigns")
    page.check("[name=campaign]")
    page.fill("#id_words", "改由乡镇自行组织")
    page.get_by_role("button", name="结束勾选的部署").click()
    expect(page.locator("main")).to_contain_text("已结束，数字保留备查")
    assert Campaign.objects.get().closed_on == today
    well_made(page, "campaign-ended")


@pytest.mark.article(8, 3)
@pytest.mark.article(20)
def test_a_unit_gets_letter_handlers_and_plan_until_it_may_take_cards(
    browser_page: Page, town: City
) -> None:
    page, today = browser_page, timezone.localdate()
    make.unit(town.here)
    sign_in(page, manager(town.here))
    page.goto("/units/")
    row = page.locator("tbody tr", has_text="示范小学")
    expect(row).to_contain_text("不能领卡")
    well_made(page, "units")
    row.locator("[name=unit]").check()
    page.fill("#id_words", "电话通知，月底前补齐")
    page.get_by_role("button", name="登记催办勾选的单位").click()
    expect(page.locator("main")).to_contain_text("已登记催办")
    row.get_by_role("link", name="示范小学").click()
    letter = page.locator("form[action$='/letters/']")
    letter.locator("[name=number]").fill("介〔2026〕7号")
    letter.locator("[name=until]").fill(f"{today + timedelta(days=300)}")
    for place, name in ((1, "经办甲"), (2, "经办乙")):
        letter.locator(f"[name=name{place}]").fill(name)
        letter.locator(f"[name=number{place}]").fill(make.citizen_number())
    letter.locator("[name=image]").set_input_files(PICTURE)
    well_made(page, "unit-letter")
    letter.get_by_role("button", name="登记授权书和经办人").click()
    said(page, "授权书 介〔2026〕7号 已备案")
    expect(page.locator(".cb-note-warning")).to_contain_text("安全保管措施")
    assert Handler.objects.count() == 2

    page.locator("summary", has_text="登记安全保管措施").click()
    plan = page.locator("form[action$='/plan/']")
    plan.locator("[name=place]").fill("二楼保险柜，保管人经办甲")
    for code in ("fire", "water", "damage", "magnet", "theft", "crush"):
        plan.locator(f"[name={code}]").fill("专柜上锁，专人保管")
    plan.get_by_role("button", name="登记保管措施").click()
    said(page, "安全保管措施已备案")
    expect(page.locator(".cb-note-success").last).to_contain_text("备案齐全，可以领卡")
    well_made(page, "unit")


@pytest.mark.article(7)
def test_a_way_of_issuing_is_decided_and_taken_back(browser_page: Page, town: City) -> None:
    page = browser_page
    sign_in(page, manager(town.here))
    page.goto("/ways/")
    expect(page.locator("main")).to_contain_text("还没有登记限制")
    page.select_option("#id_group", "student")
    for way in WAYS:
        if way.code not in ("school", "window"):
            page.uncheck(f"[name=ways][value={way.code}]")
    page.fill("#id_words", "甲人社发〔2026〕15号")
    page.locator("section[aria-labelledby=new]").get_by_role("button", name="登记").click()
    said(page, "发放方式已登记，从起始日起按此办理")
    decided = page.locator("section[aria-labelledby=decided] tbody tr")
    expect(decided).to_contain_text("现行")
    expect(page.locator("tbody tr", has_text="在校学生").first).to_contain_text("邮寄")
    decided.locator("summary").click()
    decided.locator("[name=words]").fill("文件没有下发")
    well_made(page, "ways-withdraw")
    decided.get_by_role("button", name="收回").click()
    said(page, "已收回，恢复以前的规定")
    expect(decided).to_contain_text("已收回")
    expect(decided.locator("summary")).to_have_count(0)
    assert WayRule.objects.get().withdrawn_at is not None
    well_made(page, "ways-withdrawn")


@pytest.mark.article(7)
@pytest.mark.article(12)
def test_a_card_goes_by_post_and_counts_when_its_receipt_is_signed(
    browser_page: Page, town: City
) -> None:
    page, hand = browser_page, Counter(browser_page)
    (card,) = make.received_cards(town, town.here)
    sign_in(page, town.here.clerk)
    page.goto(f"/posting/{card.pk}/post/")
    page.focus("#id_parcel")
    page.fill("#id_parcel", PARCEL)
    for box in page.locator("main form input[type=checkbox]").all():
        box.check()
    if (image := page.locator("main form input[type=file]")).count():
        image.first.set_input_files(PICTURE)
    well_made(page, "post")
    page.get_by_role("button", name="交邮寄").click()
    said(page, f"卡 {card.number} 已交邮寄")
    assert Position.objects.get(card=card).account.kind == Place.POST

    page.context.clear_cookies()
    sign_in(page, manager(town.here))
    page.goto("/posting/")
    expect(page.locator("tbody tr")).to_contain_text(PARCEL)
    expect(page.get_by_role("link", name="签收")).to_have_count(0)
    well_made(page, "posting")

    page.context.clear_cookies()
    sign_in(page, town.here.clerk)
    page.goto("/posting/")
    hand.click("tbody a:text-is('签收')")
    ready(page)
    page.focus("#id_parcel")
    page.fill("#id_parcel", PARCEL)
    page.check("#id_receipt")
    for box in page.locator("main form input[type=checkbox]:not(:checked)").all():
        box.check()
    well_made(page, "post-received")
    page.get_by_role("button", name="登记签收").click()
    said(page, f"卡 {card.number} 已签收，登记为已发放")
    expect(page.locator("main")).to_contain_text("没有邮寄在途的卡")
    card.refresh_from_db()
    assert card.stage == "issued"
    assert recount().holds


@pytest.mark.article(10)
def test_a_mandate_is_registered_and_taken_from_an_agent(browser_page: Page, town: City) -> None:
    page = browser_page
    first, second = make.received_cards(town, town.here, count=2)
    sign_in(page, town.here.clerk)
    page.goto("/mandates/")
    page.get_by_role("link", name="登记委托书").click()
    page.fill("#id_principal", holder_of(first.person).number)
    page.fill("#id_number", make.citizen_number())
    page.fill("#id_name", "李代领")
    page.check("#id_seen")
    page.set_input_files("#id_image", PICTURE)
    well_made(page, "mandate")
    page.get_by_role("button", name="登记", exact=True).click()
    said(page, "已登记，有效至")
    expect(page.locator("tbody tr")).to_contain_text("李代领")
    to_proxy(second, by=town.here.clerk)

    page.context.clear_cookies()
    sign_in(page, manager(town.here))
    page.goto("/mandates/")
    expect(page.locator("tbody tr")).to_have_count(2)
    well_made(page, "mandates")
    page.goto("/agents/")
    well_made(page, "agents")
    page.locator("tbody a").click()
    expect(page.locator("main")).to_contain_text("共 1 张")
    well_made(page, "agent")
    page.get_by_role("link", name="返回代领人一览").click()
    page.check("[name=agent]")
    page.fill("#id_words", "持卡人电话声明不再委托")
    page.get_by_role("button", name="撤销勾选的人所持的委托书").click()
    expect(page.locator("main")).to_contain_text("已撤销 1 份委托书")
    assert Mandate.objects.filter(standing="revoked").count() == 1
    page.goto("/mandates/?status=revoked")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("持卡人电话声明不再委托")
    assert recount().holds
