"""J7: a county counts a box blind, two people sign, the cards go into their slots (Art. 6, 20).

The box holds one card too few, one of another box and one of the neighbour county.
"""

from functools import partial

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from cardbook.chapters.intake.models import Count
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, arrive, counted
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.ledger.models import Event
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.testing import browser
from cardbook.testing import factories as make
from cardbook.testing.browser import (
    Counter,
    MakeContext,
    Site,
    scan,
    screenshot,
    sign_in,
    type_in,
)
from cardbook.testing.factories import PASSWORD, City

pytestmark = [pytest.mark.browser, pytest.mark.article(6)]
well_made = partial(browser.well_made, series="j7", whole=False)
VILLAGE = "东关村"


@pytest.fixture
def arrived(town: City) -> Arrived:
    return arrive(town, town.here, {"1-1": 20, "1-2": 3}, village=VILLAGE)


def begin(page: Page, town: City, arrived: Arrived, box: str = "1-1") -> None:
    """The keeper has opened the box and sees the scanning page."""
    sign_in(page, town.here.keeper)
    page.goto(f"/deliveries/boxes/{arrived.box_of(box).pk}/count/")
    page.fill("#id_seal_number", "F-0071")
    page.click("text=开箱，开始扫描")
    expect(page.locator("#scan-number")).to_be_focused()


def total(page: Page, number: int) -> None:
    expect(page.locator(".in-last-total strong")).to_have_text(str(number))


def sign(page: Page, second: Actor) -> None:
    page.fill("#id_second_name", User.objects.get(pk=second.user_id).username)
    page.fill("#id_second_password", PASSWORD)
    page.click("text=结束清点并接收")


class TestAWholeBox:
    def test_is_counted_signed_and_sorted(
        self, browser_page: Page, town: City, arrived: Arrived
    ) -> None:
        page, counter = browser_page, Counter(browser_page)
        (theirs,) = make.cards_in_transit(town, town.neighbour)
        mine = arrived.numbers("1-1")
        stray = arrived.numbers("1-2")[0]
        sign_in(page, town.here.keeper)
        page.goto("/deliveries/")
        well_made(page, "deliveries")
        counter.scan(arrived.delivery.code)
        expect(page.locator("h1")).to_contain_text(arrived.delivery.code)
        well_made(page, "delivery-uncounted")
        counter.scan("1-1")
        expect(page.locator("#id_seal_number")).to_be_visible()
        well_made(page, "start")
        counter.scan("F-0071")
        expect(page.locator("#scan-number")).to_be_focused()
        for number in [*mine[:-1], stray, theirs.number]:
            counter.scan(number)
        total(page, 21)
        assert mine[-1] not in page.content()
        well_made(page, "counting")
        counter.press("Enter")
        expect(page.locator("#id_second_name")).to_be_focused()
        # Twenty-one cards, box, seal and transfer note are scans; the hand strikes one key, and
        # then the second person types his own name and password.
        assert counter.counts == (24, 1, 0)
        type_in(page, User.objects.get(pk=town.here.reviewer.user_id).username)
        counter.press("Tab")
        type_in(page, PASSWORD)
        counter.press("Enter")
        expect(page.locator(".in-figures")).to_contain_text("错发县区1")
        assert counter.counts == (24, 3, 0)
        well_made(page, "counted")
        count = Count.objects.get()
        assert (count.expected, count.found, count.short) == (20, 19, 1)
        assert (count.extra, count.misrouted) == (1, 1)
        assert Event.objects.filter(act="delivery.receive").count() == 20

        page.click("text=处理短少")
        expect(page.locator("table")).to_contain_text(mine[-1])
        well_made(page, "differences")
        page.goto("/deliveries/differences/?kind=odd")
        expect(page.locator("table")).to_contain_text("通知乙县人社局取回")
        well_made(page, "differences-odd")

        page.goto("/sort/")
        well_made(page, "sort")
        page.get_by_role("button", name="入柜 20 张").click()
        expect(page.locator(".cb-messages")).to_contain_text("20 张卡已入柜，放在盒 A-1-01")
        page.get_by_role("link", name="A-1-01", exact=True).click()
        expect(page.locator(".in-slots .in-full")).to_have_count(20)
        well_made(page, "box")
        assert Position.objects.filter(account__kind=Place.BOX).count() == 20

    def test_with_a_short_card_found_after_all(
        self, browser_page: Page, town: City, arrived: Arrived
    ) -> None:
        page = browser_page
        counted(town.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:-1])
        sign_in(page, town.here.keeper)
        page.goto("/deliveries/differences/")
        page.check("tbody input[type=checkbox]")
        page.fill("#id_words", "夹在装箱清单中间")
        page.fill("#id_second_name", "nobody")
        page.fill("#id_second_password", "wrong")
        page.click("text=已找到，接收入库")
        expect(page.locator(".cb-refusals")).to_contain_text("第二人的用户名或密码不对")
        expect(page.locator("#id_words")).to_have_value("夹在装箱清单中间")
        expect(page.locator("tbody input[type=checkbox]")).to_be_checked()
        well_made(page, "differences-refused")
        page.fill("#id_second_name", User.objects.get(pk=town.here.reviewer.user_id).username)
        page.fill("#id_second_password", PASSWORD)
        page.click("text=已找到，接收入库")
        expect(page.locator(".cb-messages")).to_contain_text("已接收入库")
        expect(page.locator(".cb-empty")).to_contain_text("没有待说明的短少")


class TestSeveralBoxes:
    @pytest.mark.article(13)
    def test_are_counted_label_by_label_and_a_wrong_card_on_the_way(
        self, browser_page: Page, town: City
    ) -> None:
        """Three boxes as a person counts them; one card's face is wrong, and the count goes on."""
        boxes = {"2-1": 8, "2-2": 8, "2-3": 8}
        page, counter, came = browser_page, Counter(browser_page), arrive(town, town.here, boxes)
        sign_in(page, town.here.keeper)
        page.goto("/deliveries/")
        counter.scan(came.delivery.code)
        expect(page.locator("h1")).to_contain_text(came.delivery.code)
        for box in boxes:
            counter.scan(box)
            expect(page.locator("#id_seal_number")).to_be_focused()
            counter.scan(f"F-{box}")
            expect(page.locator("#scan-number")).to_be_focused()
            numbers = came.numbers(box)
            for number in numbers[:5]:
                counter.scan(number)
            if box == "2-2":
                self.call_wrong(page, counter, numbers[4])
            for number in numbers[5:]:
                counter.scan(number)
            total(page, len(numbers))
            counter.press("Enter")
            expect(page.locator("#id_second_name")).to_be_focused()
            type_in(page, User.objects.get(pk=town.here.reviewer.user_id).username)
            counter.press("Tab")
            type_in(page, PASSWORD)
            counter.press("Enter")
            expect(page.locator(".cb-note-success")).to_contain_text("清点相符")
            expect(page.locator("#label")).to_be_focused()
        # A label, a seal and eight cards a box; Enter to the signature, Tab and Enter in it.
        # The wrong card: F4, a digit for the field, Enter.
        assert counter.counts == (1 + 3 * 10, 3 * 3 + 3, 0)
        closed = Count.objects.values_list("expected", "found", "short")
        assert list(closed) == [(8, 8, 0)] * 3
        assert Position.objects.filter(account__kind=Place.STORE).count() == 23

    def call_wrong(self, page: Page, counter: Counter, number: str) -> None:
        """The number printed on the card scanned last is wrong."""
        total(page, 5)
        counter.press("F4")
        expect(page.locator("h1")).to_contain_text(number)
        well_made(page, "wrong-card")
        counter.press("2")
        counter.press("Enter")
        expect(page.locator(".cb-messages")).to_contain_text(f"卡 {number} 已收回")
        expect(page.locator("#scan-number")).to_be_focused()
        total(page, 5)
        well_made(page, "wrong-card-back")


class TestScanning:
    def test_says_duplicates_and_wrong_texts_and_takes_back(
        self, browser_page: Page, town: City, arrived: Arrived
    ) -> None:
        page = browser_page
        begin(page, town, arrived)
        first = arrived.numbers("1-1")[0]
        scan(page, first)
        expect(page.locator(".in-last")).to_have_attribute("data-last", "new")
        expect(page.locator(".in-last-number")).to_have_text(first)
        scan(page, first)
        expect(page.locator(".in-last")).to_contain_text("已扫过，不重复计数")
        screenshot(page, "j7-twice")
        scan(page, "1234")
        expect(page.locator(".in-last")).to_contain_text("应为 9 位")
        screenshot(page, "j7-wrong")
        total(page, 1)
        page.click("text=撤销最近一张")
        expect(page.locator(".in-last")).to_contain_text("已删除")
        total(page, 0)
        expect(page.locator("#scan-number")).to_be_focused()

    def test_finds_the_field_wherever_the_hand_has_been(
        self, browser_page: Page, town: City, arrived: Arrived
    ) -> None:
        begin(browser_page, town, arrived)
        browser_page.click("h1")
        scan(browser_page, arrived.numbers("1-1")[0])
        total(browser_page, 1)

    def test_loses_nothing_while_the_network_is_away(
        self, chromium: Browser, site: Site, town: City, arrived: Arrived
    ) -> None:
        # Not `browser_page`: the failed requests the watch forbids are what this test is about.
        page = chromium.new_context(base_url=site.url, locale="zh-CN").new_page()
        begin(page, town, arrived)
        numbers = arrived.numbers("1-1")
        scan(page, numbers[0])
        total(page, 1)
        page.route("**/scan/", lambda route: route.abort("connectionfailed"))
        for number in numbers[1:4]:
            scan(page, number)
        expect(page.locator("[data-count-waiting]")).to_contain_text("3 张保存在本页")
        page.unroute("**/scan/")
        total(page, 4)
        expect(page.locator("[data-count-waiting]")).to_be_hidden()
        assert set(Count.objects.get().scans.values_list("number", flat=True)) == set(numbers[:4])
        page.context.close()

    def test_keeps_up_with_a_scanner_faster_than_the_server(
        self, browser_page: Page, town: City, arrived: Arrived
    ) -> None:
        page = browser_page
        begin(page, town, arrived)

        def slowly(route: Route) -> None:
            page.wait_for_timeout(40)
            route.continue_()

        page.route("**/scan/", slowly)
        numbers = arrived.numbers("1-1")
        for number in numbers:
            scan(page, number)
        # How long the line takes to empty is the machine's affair; that nothing is lost is ours.
        last = page.locator(".in-last-total strong")
        expect(last).to_have_text(str(len(numbers)), timeout=30_000)
        page.unroute("**/scan/")
        assert (
            list(Count.objects.get().scans.order_by("id").values_list("number", flat=True))
            == numbers
        )


class TestWithoutScripts:
    def test_a_box_is_counted_and_signed(
        self, browser_context: MakeContext, site: Site, town: City, arrived: Arrived
    ) -> None:
        page = browser_context(java_script_enabled=False).new_page()
        begin(page, town, arrived, "1-2")
        for number in arrived.numbers("1-2"):
            scan(page, number)
            expect(page.locator(".in-last-number")).to_have_text(number)
        sign(page, town.here.reviewer)
        expect(page.locator(".cb-note-success")).to_contain_text("清点相符")
        assert Count.objects.get().found == 3


class TestTwoPeopleAtOneBox:
    def test_share_the_count_and_one_learns_that_it_was_closed(
        self, browser_context: MakeContext, town: City, arrived: Arrived
    ) -> None:
        colleague = make.worker("库管员", town.here.keeper.role, town.here.card_body)
        one = browser_context().new_page()
        other = browser_context().new_page()
        begin(one, town, arrived, "1-2")
        numbers = arrived.numbers("1-2")
        sign_in(other, colleague)
        other.goto(f"/deliveries/boxes/{arrived.box_of('1-2').pk}/count/")
        expect(other.locator("#sign ~ p").first).to_contain_text("您加入的是同一次清点")
        scan(one, numbers[0])
        total(one, 1)
        scan(other, numbers[1])
        total(other, 2)
        sign(one, town.here.reviewer)
        expect(one.locator(".in-figures")).to_be_visible()
        scan(other, numbers[2])
        expect(other.locator(".in-last")).to_contain_text(f"“{numbers[2]}”没有计入")
        screenshot(other, "j7-late")
        assert Count.objects.get().found == 2
