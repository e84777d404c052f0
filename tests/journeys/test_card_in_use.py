"""A card in use, one screen a journey, by scanner and keys alone (Art. 22, 23, 27, 29, 30).

Budgets: the holder is read once; every act is a key on the card's page, a key for each choice the
clerk has to make, Enter. What the system knows - holder, card, bank, the usual answer - is there.
"""

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from cardbook.cards.models import Card, TemporaryCard
from cardbook.chapters.usage.activation.tests.test_activation import outlet_of
from cardbook.chapters.usage.models import CardUsed
from cardbook.chapters.usage.temporary.tests.lending import stock, waiting
from cardbook.chapters.usage.uses.tests.test_use_files import HEAD, a_use, row
from cardbook.lifecycle.facts import OpenMatter
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.testing import browser
from cardbook.testing import factories as make
from cardbook.testing.browser import (
    Counter,
    ready,
    scan,
    sign_in,
)  # fmt: skip
from cardbook.testing.factories import City

pytestmark = pytest.mark.browser
well_made = partial(browser.well_made, series="use")
# A hand is never as fast as the scanner whose typing chooses nothing.
HAND_MS = 120


class Hand(Counter):
    """The clerk's hand: a key, and a moment."""

    def strike(self, *keys: str) -> None:
        """Keys one after the other, at a human pace."""
        for key in keys:
            self.press(key)
            self.page.wait_for_timeout(HAND_MS)


def read_in(page: Page, card: Card, by: Actor) -> Hand:
    """The holder's document is read: the card is on the screen."""
    hand = Hand(page)
    sign_in(page, by)
    page.goto("/search/")
    hand.scan(holder_of(card.person).number)
    page.wait_for_url(f"**/cards/{card.pk}/")
    ready(page)
    return hand


def choose(hand: Hand, words: str) -> None:
    """The key that stands before an act or a choice."""
    line = hand.page.locator("[data-keys] label, [data-keys] a.btn, [data-keys] .form-check")
    key = line.filter(has_text=words).locator("kbd").first.inner_text()
    hand.strike(key)


@pytest.mark.article(22)
def test_our_half_is_put_to_use_and_the_holder_sent_to_his_bank(
    browser_page: Page, town: City
) -> None:
    """One scan; four keys for our half, two for the way to the bank, no click."""
    outlet, _ = outlet_of(town)
    card = make.issued_card(town, town.here)
    hand = read_in(browser_page, card, town.here.clerk)
    choose(hand, "激活社保功能")
    expect(browser_page.locator("h1")).to_contain_text("激活")
    well_made(browser_page, "activate")
    choose(hand, "社保卡原件")
    choose(hand, "本人有效身份证件")
    hand.strike("Enter")
    expect(browser_page.locator("h1")).to_contain_text("银行")
    assert hand.counts == (1, 4, 0)
    well_made(browser_page, "direct")
    choose(hand, outlet.name)
    hand.strike("Enter")
    expect(browser_page.get_by_text(outlet.name).first).to_be_visible()
    assert hand.counts == (1, 6, 0)
    card.refresh_from_db()
    assert (card.social, card.bank) == ("active", "unknown")
    well_made(browser_page, "slip")


@pytest.mark.article(27)
def test_a_temporary_card_goes_out_and_comes_back(browser_page: Page, town: City) -> None:
    """Out: one scan of the card and four keys; back: two keys."""
    application = waiting(town)
    stock("L0001", by=town.here.keeper)
    hand = Hand(browser_page)
    sign_in(browser_page, town.here.clerk)
    browser_page.goto(f"/applications/{application.pk}/")
    choose(hand, "发放临时卡")
    expect(browser_page.locator("h1")).to_contain_text("发放临时卡")
    well_made(browser_page, "lend")
    expect(browser_page.locator("#id_number")).to_be_focused()
    hand.scan("L0001")
    choose(hand, "本人有效身份证件")
    choose(hand, "纸质")
    hand.strike("Enter")
    expect(browser_page.get_by_text("临时卡已发给")).to_be_visible()
    assert hand.counts == (1, 4, 0)
    lent = TemporaryCard.objects.get()
    assert lent.stage == "lent"
    browser_page.goto("/temporary/")
    well_made(browser_page, "temporary-list")
    browser_page.goto(f"/temporary/{lent.pk}/")
    well_made(browser_page, "temporary")
    back = Hand(browser_page)
    choose(back, "收回临时卡")
    expect(browser_page.locator("h1")).to_contain_text("收回临时卡")
    well_made(browser_page, "take-back")
    back.strike("Enter")
    expect(browser_page.get_by_text("临时卡 L0001 已收回")).to_be_visible()
    assert back.counts == (0, 2, 0)


@pytest.mark.article(27)
def test_what_only_a_guardian_or_a_proxy_is_asked_waits_until_he_comes(
    browser_page: Page, town: City
) -> None:
    """The page of a loan is two screens high whoever comes; what was hidden again is not sent."""
    application = waiting(town)
    stock("L0002", by=town.here.keeper)
    browser_page.set_viewport_size({"width": 1366, "height": 768})
    sign_in(browser_page, town.here.clerk)
    browser_page.goto(f"/temporary/lend/{application.pk}/")
    high = "document.documentElement.scrollHeight"
    assert browser_page.evaluate(high) <= 2 * 768
    name, order = browser_page.locator("#id_comer_name"), browser_page.locator("#id_words")
    approver = browser_page.locator("#id_approver_name")
    incapable = browser_page.locator("#id_incapacitated")
    ruling = browser_page.get_by_text("残疾人证")
    for one in (name, order, approver, incapable, ruling):
        expect(one).to_be_hidden()
    browser_page.check("input[name=received_by][value=guardian]")
    for one in (name, order, incapable):
        expect(one).to_be_visible()
    expect(approver).to_be_hidden()
    incapable.check()
    expect(ruling).to_be_visible()
    assert browser_page.evaluate(high) <= 2 * 768
    well_made(browser_page, "lend-guardian")
    name.fill("王大明")
    browser_page.check("input[name=received_by][value=proxy]")
    expect(approver).to_be_visible()
    expect(ruling).to_be_hidden()
    assert browser_page.evaluate(high) <= 2 * 768
    browser_page.check("input[name=received_by][value=holder]")
    expect(name).to_be_hidden()
    sent = "[...new FormData(document.querySelector('form[data-only]')).keys()]"
    assert not {"comer_name", "incapacitated", "approver_name"} & {*browser_page.evaluate(sent)}


@pytest.mark.article(29)
def test_a_card_is_cancelled_at_its_holders_wish(browser_page: Page, town: City) -> None:
    """One scan, eight keys: act, reason, plastic, three matters, document, Enter."""
    card = make.issued_card(town, town.here)
    hand = read_in(browser_page, card, town.here.clerk)
    choose(hand, "应申请注销")
    expect(browser_page.locator("h1")).to_contain_text("注销")
    well_made(browser_page, "cancel")
    assert browser_page.evaluate("document.documentElement.scrollHeight") <= 2 * 768
    choose(hand, "不再使用")
    choose(hand, "无卡")
    for matter in OpenMatter.BENEFITS, OpenMatter.DEPOSIT, OpenMatter.SUBSIDY:
        choose(hand, f"{matter.label}：没有")
    choose(hand, "本人有效身份证件")
    hand.strike("Enter")
    browser_page.wait_for_url(f"**/cards/{card.pk}/")
    assert hand.counts == (1, 8, 0)
    card.refresh_from_db()
    assert card.social == "cancelled"


@pytest.mark.article(29)
def test_what_only_a_death_asks_for_is_shown_and_sent_once_it_is_chosen(
    browser_page: Page, town: City
) -> None:
    """A day written by mistake is not sent when the reason is another after all."""
    card = make.issued_card(town, town.here)
    sign_in(browser_page, town.here.clerk)
    browser_page.goto(f"/cancellation/{card.pk}/")
    day, box = browser_page.locator("#id_died_on"), browser_page.locator("#id_box")
    proof = browser_page.get_by_text("死亡证明或户籍注销证明")
    for one in (day, box, proof):
        expect(one).to_be_hidden()
    browser_page.check("input[name=reason][value=death]")
    browser_page.check("input[name=plastic][value=good]")
    for one in (day, box, proof):
        expect(one).to_be_visible()
    day.fill("2026-11-10")
    assert browser_page.evaluate("document.documentElement.scrollHeight") <= 2 * 768
    well_made(browser_page, "cancel-death")
    browser_page.check("input[name=reason][value=wish]")
    expect(day).to_be_hidden()
    sent = "[...new FormData(document.querySelector('form[data-only]')).keys()]"
    assert not {"died_on", "second_name"} & set(browser_page.evaluate(sent))


@pytest.mark.article(30)
def test_a_relation_that_moved_away_ends_the_card(browser_page: Page, town: City) -> None:
    """One scan, four keys, and the name of the place to which it moved."""
    card = make.issued_card(town, town.here)
    hand = read_in(browser_page, card, town.here.clerk)
    choose(hand, "社保关系转出、解除")
    expect(browser_page.locator("h1")).to_contain_text("社保关系")
    well_made(browser_page, "relation")
    browser_page.fill("#id_to_place", "示范省示范市")
    browser_page.locator("#id_to_place").blur()
    choose(hand, "无卡")
    choose(hand, "解除凭据")
    hand.strike("Enter")
    browser_page.wait_for_url(f"**/cards/{card.pk}/")
    assert hand.counts == (1, 4, 0)
    card.refresh_from_db()
    assert card.social == "cancelled"


@pytest.mark.article(5)
def test_a_scanner_that_types_where_no_scan_was_asked_chooses_nothing(
    browser_page: Page, town: City
) -> None:
    """Its digits are keys as well, and its Enter would send the form."""
    card = make.issued_card(town, town.here)
    read_in(browser_page, card, town.here.clerk)
    browser_page.goto(f"/cancellation/{card.pk}/")
    scan(browser_page, holder_of(card.person).number)
    browser_page.wait_for_timeout(HAND_MS)
    expect(browser_page.locator("h1")).to_contain_text("注销")
    for name, value in (("reason", None), ("plastic", None), ("asker", "holder")):
        ticked = browser_page.locator(f"input[name={name}]:checked")
        assert (ticked.count() and ticked.get_attribute("value")) == (value or 0)
    card.refresh_from_db()
    assert card.social == "sealed"


@pytest.mark.article(23)
def test_a_file_of_uses_is_checked_mended_and_posted(browser_page: Page, town: City) -> None:
    """A hospital's file: the wrong row is named, the right file is in with one more button."""
    card, clinic = make.issued_card(town, town.here), a_use(town)
    sign_in(browser_page, town.here.keeper)
    browser_page.goto("/uses/files/")
    well_made(browser_page, "file-empty")
    for number in ("ZZ9999999", card.number):
        content = f"{HEAD}\n{row(number, clinic)}\n".encode("gb18030")
        browser_page.goto("/uses/files/")
        browser_page.set_input_files(
            "#id_file", {"name": f"{number}.csv", "mimeType": "text/csv", "buffer": content}
        )
        browser_page.click("text=上传并检查")
        expect(browser_page.locator("h1")).to_contain_text(number)
        well_made(browser_page, f"file-{'wrong' if number != card.number else 'right'}")
    assert not CardUsed.objects.exists()
    browser_page.click('main button:text-is("入账")')
    expect(browser_page.get_by_text("已入账：新增 1 行")).to_be_visible()
    assert CardUsed.objects.get().card_id == card.pk
    browser_page.goto("/uses/files/")
    well_made(browser_page, "files")
