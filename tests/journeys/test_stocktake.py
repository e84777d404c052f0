"""A box, then a whole office, counted blind with the scanner alone; one key ends it (Art. 20).

Budget: a scan for each label and card, one key to finish, no click; one screen until the end.
"""

from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from cardbook.cards.models import Card
from cardbook.chapters.safekeeping.models import Finding, Scan, Stocktake
from cardbook.chapters.safekeeping.stocktaking.tests.counts import a_box, begin, boxed, numbers
from cardbook.custody.models import Account
from cardbook.insight.check import recount
from cardbook.lifecycle.perform import perform
from cardbook.orgs.models import User
from cardbook.registers.codes import BOX, scan_code
from cardbook.testing import browser
from cardbook.testing import factories as make
from cardbook.testing.browser import (
    Counter,
    MakeContext,
    Site,
    enter,
    sign_in,
)
from cardbook.testing.factories import NOON, PASSWORD, City

pytestmark = [pytest.mark.browser, pytest.mark.article(20)]
well_made = partial(browser.well_made, series="stocktake")


@pytest.fixture
def stock(town: City) -> tuple[Account, list[Card], Account, list[Card]]:
    """Two boxes of the card body: twenty cards and five."""
    first, many = boxed(town, town.here, 20)
    second, few = boxed(town, town.here, 5, box=a_box(town.here, "02"))
    return first, many, second, few


def label(town: City, box: Account) -> str:
    return scan_code(BOX, town.here.card_body.code, box.code)


def total(page: Page, number: int) -> None:
    expect(page.locator("[data-total]")).to_have_text(str(number))


def test_an_office_is_counted_by_scans_and_ended_by_one_key(
    browser_page: Page, town: City, stock: tuple[Account, list[Card], Account, list[Card]]
) -> None:
    """One card is missing, one lies in the wrong box, one is nobody's, one is issued meanwhile."""
    page, counter = browser_page, Counter(browser_page)
    first, many, second, few = stock
    gone, strayed = many[-1], many[-2]
    sign_in(page, town.here.keeper)
    take = begin(town.here)
    page.goto(f"/stocktakes/{take.pk}/count/")
    expect(page.locator("#scan-number")).to_be_focused()
    well_made(page, "begun")
    counter.scan(label(town, first))
    for number in numbers(many[:-2]):
        counter.scan(number)
    total(page, 18)
    perform(make.issue_step(many[0]), by=town.here.clerk, at=NOON, key=make.key())
    counter.scan(label(town, second))
    for number in numbers([*few, strayed]):
        counter.scan(number)
    counter.scan("Z00000001")
    total(page, 25)
    assert "账面" not in page.locator("#scans").inner_text()
    well_made(page, "counting")
    counter.press("F8")
    expect(page.locator("h1")).to_contain_text("盘点结果")
    assert counter.counts == (27, 1, 0)
    found = Finding.objects.order_by("kind").values_list("kind", "number")
    assert list(found) == [
        ("misplaced", strayed.number), ("missing", gone.number), ("unknown", "Z00000001"),
    ]  # fmt: skip
    well_made(page, "result")
    _settle(page, town)


def _settle(page: Page, town: City) -> None:
    """Two people tell every difference and close; the book is clean."""
    second = User.objects.get(pk=town.here.reviewer.user_id).username
    page.check("[aria-label=全选本页]")
    page.fill("#id_words", "放错的已放回，没有主的是练习卡，短缺的在打印机后找到")
    page.fill("#id_second_name", second)
    page.fill("#id_second_password", PASSWORD)
    page.click("text=两人签名，说明所选差异")
    expect(page.get_by_text("3 项差异已说明")).to_be_visible()
    page.fill("#id_close-second_name", second)
    page.fill("#id_close-second_password", PASSWORD)
    page.click("text=两人签名，办结盘点")
    expect(page.get_by_text("已办结，可以出具盘点表")).to_be_visible()
    well_made(page, "closed")
    page.goto("/registers/stocktake/")
    well_made(page, "sheet")
    assert recount().holds


def test_one_box_is_opened_by_its_label_and_needs_no_other(
    browser_page: Page, town: City, stock: tuple[Account, list[Card], Account, list[Card]]
) -> None:
    page, counter = browser_page, Counter(browser_page)
    _, _, second, few = stock
    sign_in(page, town.here.keeper)
    page.goto("/stocktakes/start/")
    well_made(page, "start")
    counter.scan(label(town, second))
    expect(page.locator("#scan-number")).to_be_focused()
    for number in numbers(few):
        counter.scan(number)
    counter.press("F8")
    expect(page.get_by_text("账实相符，没有差异")).to_be_visible()
    assert counter.counts == (6, 1, 0)


def test_no_scan_is_lost_while_the_line_is_cut(
    chromium: Browser,
    site: Site,
    town: City,
    stock: tuple[Account, list[Card], Account, list[Card]],
) -> None:
    """Scanned, then issued by a window, and only then sent: still no difference."""
    # Not `browser_page`: the failed requests the watch forbids are what this test is about.
    page = chromium.new_context(base_url=site.url, locale="zh-CN").new_page()
    counter = Counter(page)
    _, _, second, few = stock
    sign_in(page, town.here.keeper)
    page.goto("/stocktakes/start/")
    counter.scan(label(town, second))
    expect(page.locator("#scan-number")).to_be_focused()
    page.route("**/scan/", lambda route: route.abort("connectionfailed"))
    for number in numbers(few):
        counter.scan(number)
    expect(page.locator("[data-stocktake-waiting]")).to_contain_text("5 张保存在本页")
    perform(make.issue_step(few[0]), by=town.here.clerk, at=NOON, key=make.key())
    page.unroute("**/scan/")
    total(page, 5)
    assert Scan.objects.count() == 5
    counter.press("F8")
    expect(page.get_by_text("账实相符，没有差异")).to_be_visible()
    assert counter.counts == (6, 1, 0)
    page.context.close()


def test_everything_works_without_scripts(
    browser_context: MakeContext,
    site: Site,
    town: City,
    stock: tuple[Account, list[Card], Account, list[Card]],
) -> None:
    _, _, second, few = stock
    page = browser_context(java_script_enabled=False).new_page()
    sign_in(page, town.here.keeper)
    take = begin(town.here, second)
    page.goto(f"{site.url}/stocktakes/{take.pk}/count/")
    for number in numbers(few):
        page.fill("#scan-number", number)
        enter(page, "#scan-number")
    page.click("text=结束盘点")
    expect(page.get_by_text("账实相符，没有差异")).to_be_visible()
    assert Stocktake.objects.get().ended_at is not None
