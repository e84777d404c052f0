"""One scan of a mandate opens what somebody is charged with (Art. 10, 22, 27, 28).

Nothing that stands on the paper or in the book is typed: the counts prove it.
"""

from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cardbook.cards.models import Card, TemporaryCard
from cardbook.chapters.mandates import Matter
from cardbook.chapters.printed_mandates import PrintedMandate, mandate_code
from cardbook.chapters.usage.loss.tests.lost import holder_with_phone, hotline, lose
from cardbook.chapters.usage.temporary.tests.lending import stock, waiting
from cardbook.lifecycle.facts import ProxyReason, Relation
from cardbook.people.models import Mandate
from cardbook.testing import browser
from cardbook.testing import factories as make
from cardbook.testing.browser import Counter, ready, sign_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.browser, pytest.mark.article(10)]
well_made = partial(browser.well_made, series="mandate")
AGENT = make.citizen_number(born_on=date(1986, 3, 8))


def printed(holder_id: int, matter: Matter) -> str:
    """The QR of what the holder signed today."""
    today = timezone.localdate()
    return mandate_code(
        PrintedMandate(
            holder_id=holder_id, number=AGENT, name="李小红", reason=ProxyReason.AWAY,
            relation=Relation.CHILD, since=today, until=today + timedelta(days=30), matter=matter,
        )
    )  # fmt: skip


def scanned_anywhere(page: Page, counter: Counter, holder_id: int, matter: Matter) -> None:
    """F2 on whatever page is open, one pull of the scanner."""
    page.goto("/")
    ready(page)
    counter.press("F2")
    counter.scan(printed(holder_id, matter))


def tick(page: Page, counter: Counter, inside: str) -> None:
    """Every paper seen and notice told that is not ticked yet: a click each."""
    left = page.locator(f"{inside} input[type=checkbox]:not(:checked):visible")
    while left.count():
        counter.clicks += 1
        left.first.check()


@pytest.mark.article(28)
def test_a_loss_is_lifted_with_one_scan_and_not_a_word_typed(
    browser_page: Page, town: City
) -> None:
    card: Card = make.issued_card(town, town.here, holder=holder_with_phone())
    lose(card, by=hotline(town), at=timezone.now() - timedelta(days=1))
    page, counter = browser_page, Counter(browser_page)
    sign_in(page, town.here.clerk)
    scanned_anywhere(page, counter, card.person_id, Matter.LIFT)
    page.wait_for_url(f"**/loss/{card.pk}/lift/")
    expect(page.locator("#id_agent_number")).to_have_value(AGENT)
    expect(page.locator("[name=caller][value=proxy]")).to_be_checked()
    well_made(page, "lift")
    counter.press("0")
    tick(page, counter, "#stop")
    counter.press("F8")
    counter.press("Enter")
    page.wait_for_url(lambda url: "/lift/" not in url)
    card.refresh_from_db()
    assert card.hold == "none" and Mandate.objects.get().matter == Matter.LIFT
    scans, keys, clicks = counter.counts
    assert scans == 1 and keys <= 4 and clicks <= 5


@pytest.mark.article(27)
def test_a_temporary_card_is_lent_with_two_scans(browser_page: Page, town: City) -> None:
    application = waiting(town)
    stock("L0001", by=town.here.keeper)
    page, counter = browser_page, Counter(browser_page)
    sign_in(page, town.here.clerk)
    scanned_anywhere(page, counter, application.person_id, Matter.BORROW)
    page.wait_for_url(f"**/temporary/lend/{application.pk}/")
    expect(page.locator("#id_comer_number")).to_have_value(AGENT)
    expect(page.locator("#id_comer_name")).to_be_visible()
    well_made(page, "lend")
    page.locator("#id_number").fill("L0001")
    counter.scans += 1
    expect(page.locator("[name=paper_id_card_original]")).to_be_hidden()
    expect(page.locator("[name=paper_guardian_id]")).to_be_hidden()
    counter.click(
        "[name=paper_signature_paper_signature_screen_signature_thumb][value=signature_paper]"
    )
    tick(page, counter, ".en-form")
    counter.click(".en-form button[type=submit]")
    page.wait_for_url("**/temporary/")
    assert TemporaryCard.objects.get().stage == "lent"
    assert Mandate.objects.get().matter == Matter.BORROW
    scans, keys, clicks = counter.counts
    assert (scans, keys) == (2, 1) and clicks <= 6


@pytest.mark.article(22)
def test_a_card_is_put_to_use_with_one_scan(browser_page: Page, town: City) -> None:
    card = make.issued_card(town, town.here)
    page, counter = browser_page, Counter(browser_page)
    sign_in(page, town.here.clerk)
    scanned_anywhere(page, counter, card.person_id, Matter.ACTIVATE)
    page.wait_for_url(f"**/activation/{card.pk}/")
    expect(page.locator("#id_agent_number")).to_have_value(AGENT)
    well_made(page, "activate")
    expect(page.locator("[name=paper_id_card_original]")).to_be_hidden()
    expect(page.locator("[name=paper_guardian_id]")).to_be_hidden()
    tick(page, counter, ".en-form")
    counter.click(".en-form button[type=submit]")
    page.wait_for_url(f"**/activation/{card.pk}/bank/")
    card.refresh_from_db()
    assert card.social == "active"
    scans, keys, clicks = counter.counts
    assert (scans, keys) == (1, 1) and clicks <= 5


def test_a_card_is_fetched_with_three_scans_and_three_keys(browser_page: Page, town: City) -> None:
    (card,) = make.received_cards(town, town.here)
    page, counter = browser_page, Counter(browser_page)
    sign_in(page, town.here.clerk)
    scanned_anywhere(page, counter, card.person_id, Matter.PICK_UP)
    page.wait_for_url(f"**/proxy/{card.pk}/")
    expect(page.locator("[name=name]")).to_have_value("李小红")
    expect(page.locator("[name=relation][value=child]")).to_be_checked()
    well_made(page, "fetch")
    with page.expect_response("**/proxy/"):
        counter.scan(f"{AGENT},李小红")
    expect(page.locator("#q")).to_have_value("")
    expect(page.locator("#q")).to_be_focused()
    assert page.locator("[data-problem]").count() == 0
    counter.scan(card.number)
    expect(page.locator("#scanned-state")).to_have_text("卡号相符")
    counter.press("s")
    counter.press("Enter")
    expect(page.get_by_text("已发放给代领人")).to_be_visible()
    card.refresh_from_db()
    assert card.stage == "issued" and Mandate.objects.get().matter == Matter.PICK_UP
    assert counter.counts == (3, 3, 0)
