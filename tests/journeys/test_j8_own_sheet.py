"""J8, the way back by phone: a village helper reads his own sheet back and reports it (8 ¶3)."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django import Settings

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.issuance.collective.tests.bundles import file, out
from cardbook.chapters.issuance.models import Bundle
from cardbook.law.roles import Role
from cardbook.registers.codes import DOCUMENT, scan_code
from cardbook.testing import factories as make
from cardbook.testing.axe import axe
from cardbook.testing.browser import MakeContext, inner_overflow, screenshot, sign_in
from cardbook.testing.factories import City
from cardbook.testing.pictures import png

pytestmark = [pytest.mark.browser, pytest.mark.article(8, 3)]
PHONE = {"width": 390, "height": 844}


def test_a_helper_reports_his_sheet_with_a_phone(
    browser_context: MakeContext, town: City, tmp_path: Path, settings: Settings
) -> None:
    settings.PAPERS_ROOT = tmp_path / "papers"
    people = [make.person(name=name) for name in ("王秀英", "李建国", "张小明", "陈桂兰")]
    given = out(town, people=people, at=timezone.now())
    helper = make.worker("协办员", Role.VILLAGE_HELPER, given.bundle.unit)
    page = browser_context(viewport=PHONE).new_page()
    sign_in(page, helper)
    page.goto("/own-sheets/")
    screenshot(page, "own-sheets")
    page.get_by_label("扫明细表上的二维码").fill(scan_code(DOCUMENT, given.bundle.number, "1"))
    page.get_by_label("扫明细表上的二维码").press("Enter")
    for name in ("王秀英", "李建国", "张小明"):
        page.locator("li", has_text=name).get_by_role("checkbox").check()
    page.get_by_role("button", name="登记勾选的行").click()
    expect(page.get_by_text("还有 1 行没有结果")).to_be_visible()
    page.get_by_label("已签的行").fill("4=2")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("相平")).to_be_visible()
    page.get_by_role("button", name="报送备案").click()
    expect(page.get_by_text("缺第 1 页的影像").first).to_be_visible()
    picture = tmp_path / "page.png"
    picture.write_bytes(png(width=30, height=40))
    page.get_by_label("拍照或选照片").set_input_files(picture)
    page.get_by_role("button", name="上传").click()
    expect(page.get_by_text("1 页齐全")).to_be_visible()
    assert axe(page) == []
    assert inner_overflow(page) == 0
    screenshot(page, "own-sheet-phone")
    page.get_by_role("button", name="报送备案").click()
    expect(page.get_by_text("等待")).to_be_visible()
    bundle = Bundle.objects.get()
    assert bundle.sent_by_id == helper.user_id and bundle.filed_at is None
    file(bundle, by=town.here.clerk, at=timezone.now())
    assert Card.objects.filter(stage=Stage.ISSUED).count() == 3
    page.reload()
    expect(page.get_by_text("第 1 次备案")).to_be_visible()
