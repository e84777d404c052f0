"""A bank's files on the pages: what came, entered with one button, what became of it (22, 25)."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from cardbook.adapters.sandbox.bank import Bank as SandboxBank
from cardbook.adapters.sandbox.cli import write_settings
from cardbook.adapters.sandbox.faults import Fault
from cardbook.cards.models import Application, Card
from cardbook.chapters.usage.activation.tests.test_bank_reports import report
from cardbook.chapters.usage.production.tests.test_bank_files import returned, to_and_fro
from cardbook.chapters.usage.production.tests.test_commands import submitted
from cardbook.chapters.usage.replacement.tests.windows import windows
from cardbook.config.environment import Environment
from cardbook.ports.standings import Standing
from cardbook.testing import browser
from cardbook.testing import factories as make
from cardbook.testing.browser import sign_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.browser, pytest.mark.article(22), pytest.mark.article(25)]
well_made = partial(browser.well_made, series="bank-files")


def test_files_of_a_bank_are_entered_with_one_button_each(
    browser_page: Page, town: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = Environment(data=tmp_path, demo=False, debug=False, hosts=())
    monkeypatch.setattr(settings, "ENVIRONMENT", environment)
    write_settings(tmp_path, province_port=1, sms_port=2)
    there = windows(town)
    bank = SandboxBank(tmp_path / "exchange" / "banks" / town.bank.code)
    card = make.issued_card(town, town.here)
    applications = [submitted(there) for _ in range(3)]
    bank.faults.ask(Fault.REFUSE, 1)
    to_and_fro(bank)
    yesterday = timezone.now() - timedelta(days=1)
    left = bank.folder / "in"
    content = report((card.number, Standing.NORMAL), ("X00000000", Standing.NORMAL), at=yesterday)
    (left / "ZT_20261125.txt").write_bytes(content)
    (left / "ZT_20261124.txt").write_bytes(content[:-9])
    (left / "HP_20261125.txt").write_bytes(returned(applications[-1]))
    to_and_fro(bank)

    page = browser_page
    sign_in(page, there.teller)
    page.goto("/bank/reports/")
    well_made(page, "reports")
    page.get_by_role("button", name="登记这一份").click()
    expect(page.locator("body")).to_contain_text("登记 1 张，1 行没有登记")
    well_made(page, "report")
    assert Card.objects.get(pk=card.pk).bank == "active"
    page.goto("/applications/answers/")
    well_made(page, "answers")
    page.get_by_role("button", name="照银行回盘登记所选").click()
    expect(page.locator("body")).to_contain_text("3 件已照银行回盘登记")
    page.goto("/applications/answers/sheet/")
    well_made(page, "sheet")
    page.get_by_role("button", name="登记这一份").click()
    expect(page.locator("body")).to_contain_text("回盘已登记：1 行")
    assert Application.objects.filter(progress="produced").count() == 1

    page.context.clear_cookies()
    sign_in(page, town.here.keeper)
    page.goto("/messages/")
    page.locator("summary", has_text="银行来件").click()
    well_made(page, "messages")
