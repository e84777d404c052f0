"""J3: a child's guardian - at most six scans, three keys, no click, one screen (Art. 11)."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from cardbook.cards.models import Card
from cardbook.chapters.intake.sort.commands import open_box, sort_cards
from cardbook.ledger.models import Event
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.axe import axe
from cardbook.testing.browser import (
    Counter,
    Site,
    inner_overflow,
    press,
    scan,
    screenshot,
    sign_in,
)
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.browser, pytest.mark.article(11)]
BUDGET = (6, 3, 0)


def ready_card(town: City, **who: object) -> tuple[Card, str]:
    """A card in slot 1 of box A-1-01, and its holder's number."""
    person = make.person(**who)  # type: ignore[arg-type]
    (card,) = make.received_cards(town, town.here, people=[person])
    keeper = town.here.keeper
    box = open_box(cabinet="A", shelf="1", box="01", capacity=50, label="", by=keeper)
    sort_cards(
        card_ids=[card.pk], account_id=box.pk, order="town", by=keeper, at=NOON, key=make.key()
    )
    return card, holder_of(person).number


def sign(page: Page) -> None:
    """Two strokes on the pad."""
    area = page.locator("#pad").bounding_box()
    assert area is not None
    for row in range(2):
        page.mouse.move(area["x"] + 40, area["y"] + 20 + row * 25)
        page.mouse.down()
        page.mouse.move(area["x"] + 200, area["y"] + 40 + row * 15, steps=5)
        page.mouse.up()


class TestGuardian:
    def test_takes_four_scans_and_two_keys(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, child = ready_card(town, name="王小宝", born_on=date(2016, 3, 1))
        mother = make.citizen_number(born_on=date(1988, 6, 1))
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/guardian/")
        counter = Counter(browser_page)
        counter.scan(f"张秀英,{mother}")
        expect(browser_page.locator("[data-agent]")).to_be_visible()
        counter.scan(child)
        expect(browser_page.locator("[data-under-14]")).to_have_text("不满十四周岁")
        expect(browser_page.locator("#id_name")).to_have_value("张秀英")
        counter.press("2")
        expect(browser_page.locator("input[name=relation][value=parent]")).to_be_checked()
        counter.scan(card.number)
        expect(browser_page.locator("#scanned-state")).to_have_text("卡号相符")
        counter.sign(lambda: sign(browser_page))
        expect(browser_page.locator("#go")).to_be_in_viewport()
        screenshot(browser_page, "guardian")
        assert axe(browser_page) == [] and inner_overflow(browser_page) == 0
        counter.press("Enter")
        expect(browser_page.get_by_text("已发放给监护人")).to_be_visible()
        assert counter.counts == (4, 2, 0)
        assert all(done <= most for done, most in zip(counter.counts, BUDGET, strict=True))
        assert "王小宝" not in browser_page.content()
        card.refresh_from_db()
        assert card.stage == "issued"
        event = Event.objects.get(act="card.issue_guardian")
        assert '"relation":"parent"' in event.facts and "household_book:" in event.papers

    def test_a_sister_under_age_is_told_who_may(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, _ = ready_card(town, name="王小宝", born_on=date(2016, 3, 1))
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/guardian/{card.pk}/")
        sister = make.citizen_number(born_on=date(2014, 6, 1))
        scan(browser_page, f"王小妹,{sister}")
        expect(browser_page.locator("#id_name")).to_have_value("王小妹")
        press(browser_page, "6")
        expect(browser_page.locator("input[name=relation][value=sibling]")).to_be_checked()
        browser_page.fill("#id_words", "父母在外地")
        browser_page.locator("#scan-title").click()
        scan(browser_page, card.number)
        press(browser_page, "s")
        expect(browser_page.locator("input[name=signing][value=paper]")).to_be_checked()
        press(browser_page, "Enter")
        expect(browser_page.locator("[data-refusal=GUARDIAN_IS_MINOR]")).to_contain_text(
            "不能担任监护人"
        )
        screenshot(browser_page, "guardian-refused", whole=True)
        card.refresh_from_db()
        assert card.stage == "in_custody"

    def test_an_adult_is_without_capacity_only_when_somebody_says_so(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, _ = ready_card(town, name="王秀兰", born_on=date(1951, 8, 4))
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/guardian/{card.pk}/")
        scan(browser_page, f"李建国,{make.citizen_number(born_on=date(1950, 1, 1))}")
        expect(browser_page.locator("[data-adult]")).to_contain_text("已成年")
        incapable = browser_page.get_by_label("持卡人是无（限制）民事行为能力的成年人")
        expect(incapable).not_to_be_checked()
        expect(browser_page.get_by_role("radio", name="认定无（限制）")).not_to_be_checked()
        press(browser_page, "n")
        expect(incapable).to_be_checked()
        browser_page.click("[data-adult] a")
        browser_page.wait_for_url(f"**/proxy/{card.pk}/")

    def test_who_can_be_no_guardian_of_a_child_is_not_offered(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, _ = ready_card(town, name="王小宝", born_on=date(2016, 3, 1))
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/guardian/{card.pk}/")
        scan(browser_page, f"张秀英,{make.citizen_number(born_on=date(1988, 1, 1))}")
        spouse = browser_page.locator("input[name=relation][value=spouse]")
        expect(spouse).to_be_disabled()
        press(browser_page, "1")
        expect(browser_page.locator("#come-say")).to_contain_text("配偶不能担任未成年人的监护人")
        expect(spouse).not_to_be_checked()
        assert axe(browser_page) == []
