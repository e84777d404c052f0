"""Budgets of what a card's life asks for besides: first card, loss renewed and lifted, the green
channel, who comes from elsewhere, the half-done list (Art. 4, 22, 25, 28, 30).

What the book, the list or the other window knows is never typed again: the counts prove it.
"""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cardbook.cards.models import Application, Card
from cardbook.chapters.usage.activation.tests.test_activation import outlet_of
from cardbook.chapters.usage.loss.tests.lost import holder_with_phone, hotline
from cardbook.chapters.usage.loss.tests.lost import lose as lose_at
from cardbook.chapters.usage.models import BankVisit, TransferIn
from cardbook.chapters.usage.tests.sending import send
from cardbook.chapters.usage.transfer.move_files import FILES
from cardbook.chapters.usage.transfer.tests.test_move_files import brought, line
from cardbook.people.holders import holder_of
from cardbook.testing import browser
from cardbook.testing import factories as make
from cardbook.testing.browser import Counter, ready, sign_in
from cardbook.testing.factories import City

pytestmark = pytest.mark.browser
well_made = partial(browser.well_made, series="budget")
SOURCE = "省社保系统参保查询"
_CONFIRM = ("[name=photo_ok]", "[name=signing][value=paper]", ".desk-go button[type=submit]")


def chosen(page: Page, counter: Counter, selector: str, value: str) -> None:
    """A list opened and one line of it taken: two clicks of the hand."""
    counter.clicks += 2
    page.select_option(selector, value)


@pytest.mark.article(4)
@pytest.mark.article(25)
def test_a_first_card_is_asked_for_on_one_screen(browser_page: Page, town: City) -> None:
    """Number, name and where it was seen are typed; one list, three ticks: no second screen."""
    page, counter, number = browser_page, Counter(browser_page), make.citizen_number()
    sign_in(page, town.here.clerk)
    page.goto("/applications/new/")
    ready(page)
    counter.click("#id_number")
    counter.type(number)
    counter.press("Tab")
    counter.type("王小明")
    chosen(page, counter, "#id_ground", "resident_pension")
    counter.click("#id_ground_source")
    counter.type(SOURCE)
    well_made(page, "first")
    for one in _CONFIRM:
        counter.click(one)
    page.wait_for_url(re.compile(r"/applications/\d+/$"))
    made = Application.objects.get()
    assert (made.progress, made.fee) == ("confirmed", "free")
    scans, keys, clicks = counter.counts
    assert scans == 0 and clicks <= 7
    assert keys <= len(number) + 1 + len("王小明") + len(SOURCE)
    assert number not in page.content()


@pytest.mark.article(30)
@pytest.mark.article(4)
def test_who_comes_from_elsewhere_is_not_typed_again(browser_page: Page, town: City) -> None:
    """From the list to the application: six clicks at most, not one key."""
    number = make.citizen_number()
    keeper = town.here.keeper
    FILES.post(file=brought(line(number, name="王小明"), by=keeper), by=keeper, at=make.NOON)
    page, counter = browser_page, Counter(browser_page)
    sign_in(page, town.here.clerk)
    page.goto("/relations/incoming/")
    well_made(page, "incoming")
    counter.click("text=开首次申领")
    expect(page.locator("#id_number")).to_have_value(number)
    expect(page.locator("#id_name")).to_have_value("王小明")
    expect(page.locator("#id_reason")).to_have_value("transfer_in")
    chosen(page, counter, "#id_ground", "resident_pension")
    for one in _CONFIRM:
        counter.click(one)
    page.wait_for_url(re.compile(r"/applications/\d+/$"))
    assert Application.objects.get().reason == "transfer_in"
    scans, keys, clicks = counter.counts
    assert (scans, keys) == (0, 0) and clicks <= 6
    assert TransferIn.objects.get().settled_at is None


class TestALoss:
    """Reported yesterday by telephone; a week has not gone by."""

    @pytest.fixture
    def lost(self, town: City) -> Card:
        card = make.issued_card(town, town.here, holder=holder_with_phone("解䶮"))
        lose_at(card, by=hotline(town), at=timezone.now() - timedelta(days=1))
        return card

    @pytest.mark.article(28)
    def test_is_renewed_by_telephone_in_one_click_and_five_keys(
        self, browser_page: Page, town: City, lost: Card
    ) -> None:
        lost.refresh_from_db()
        before = lost.hold_until
        page, counter = browser_page, Counter(browser_page)
        sign_in(page, hotline(town))
        page.goto("/losses/")
        counter.click(f"a[href='/loss/{lost.pk}/renew/']")
        expect(page.locator("#go")).to_be_visible()
        well_made(page, "renew")
        for key in ("1", "2", "3", "F8", "Enter"):
            counter.press(key)
        page.wait_for_url(lambda url: "/renew/" not in url)
        lost.refresh_from_db()
        assert lost.hold == "oral_loss" and lost.hold_until and before
        assert lost.hold_until > before
        assert counter.counts == (0, 5, 1)

    @pytest.mark.article(28)
    def test_is_lifted_at_the_window_with_the_card_on_the_desk(
        self, browser_page: Page, town: City, lost: Card
    ) -> None:
        page, counter = browser_page, Counter(browser_page)
        sign_in(page, town.here.clerk)
        page.goto("/search/")
        counter.scan(holder_of(lost.person).number)
        page.wait_for_url(f"**/cards/{lost.pk}/")
        counter.click("a:has-text('解除口头挂失')")
        expect(page.locator("#go")).to_be_visible()
        well_made(page, "lift")
        counter.press("0")
        for box in page.locator(".lo-asked input[type=checkbox]:not(:checked)").all():
            counter.clicks += 1
            box.check()
        counter.press("F8")
        counter.press("Enter")
        page.wait_for_url(lambda url: "/lift/" not in url)
        lost.refresh_from_db()
        assert lost.hold == "none"
        scans, keys, clicks = counter.counts
        assert scans == 1 and keys <= 3 and clicks <= 4


@pytest.mark.article(22)
class TestBothHalves:
    """Our half works since this morning; the holder was shown the way to the bank's outlet."""

    def test_the_green_channel_takes_two_clicks(self, browser_page: Page, town: City) -> None:
        outlet, teller = outlet_of(town)
        card = make.issued_card(town, town.here)
        send("social.activate", card, by=town.here.clerk, asked_by="holder")
        send("bank.direct", card, by=town.here.clerk, outlet=outlet.pk)
        page, counter = browser_page, Counter(browser_page)
        sign_in(page, teller)
        page.goto("/bank/queue/")
        well_made(page, "queue")
        counter.click("button[value=arrived]")
        expect(page.locator("caption")).to_contain_text("已到网点 1 人")
        counter.click("button[value=active]")
        expect(page.get_by_text("没有等候的持卡人")).to_be_visible()
        card.refresh_from_db()
        assert card.bank == "active"
        assert BankVisit.objects.get().settled_at is not None
        assert counter.counts == (0, 0, 2)

    def test_enter_after_a_reason_says_that_it_could_not_be_enabled(
        self, browser_page: Page, town: City
    ) -> None:
        outlet, teller = outlet_of(town)
        card = make.issued_card(town, town.here)
        send("bank.direct", card, by=town.here.clerk, outlet=outlet.pk)
        sign_in(browser_page, teller)
        browser_page.goto("/bank/queue/")
        browser_page.fill("input[name=words]", "证件过期")
        browser_page.press("input[name=words]", "Enter")
        expect(browser_page.get_by_text("没有等候的持卡人")).to_be_visible()
        visit = BankVisit.objects.get()
        assert (visit.result, visit.words) == ("refused", "证件过期")

    def test_the_half_done_list_leads_to_the_card_with_what_to_say(
        self, browser_page: Page, town: City
    ) -> None:
        outlet, _ = outlet_of(town)
        done, half = (make.issued_card(town, town.here) for _ in range(2))
        for card in (done, half):
            send("social.activate", card, by=town.here.clerk, asked_by="holder")
            send("bank.direct", card, by=town.here.clerk, outlet=outlet.pk)
        page, counter = browser_page, Counter(browser_page)
        sign_in(page, town.here.clerk)
        page.goto("/halves/")
        well_made(page, "halves")
        counter.scan(half.number)
        row = page.locator("tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(half.number)
        assert row.locator("td").last.inner_text().strip()
        counter.click("tbody a.cb-code")
        page.wait_for_url(f"**/cards/{half.pk}/")
        assert counter.counts == (1, 0, 1)
