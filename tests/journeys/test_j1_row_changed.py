"""J1 with a longer row: whatever `card.issue` asks for more has its digit key (Art. 8 para. 4)."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from cardbook.law import notices, papers
from cardbook.law.papers import PaperRule
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import ACTS, act
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.axe import axe
from cardbook.testing.browser import Site, inner_overflow, press, scan, screenshot, sign_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.browser, pytest.mark.article(8, 4)]


@pytest.fixture
def longer_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A household book, a letter or its picture, one notice more and a reviewer."""
    row = act("card.issue")
    assert row.papers is not None
    more = ((papers.HOUSEHOLD_BOOK,), (papers.DEFECT_REPORT, papers.DEFECT_PHOTO))
    longer = replace(
        row,
        papers=PaperRule((*row.papers.groups, *more)),
        notices=(*row.notices, notices.FOUND),
        second=frozenset({Role.REVIEWER}),
    )
    monkeypatch.setitem(ACTS, "card.issue", longer)


@pytest.mark.usefixtures("longer_row")
def test_every_further_demand_is_met_by_its_key(
    browser_page: Page, site: Site, town: City
) -> None:
    reviewer = User.objects.get(pk=town.here.reviewer.user_id)
    (card,) = make.received_cards(town, town.here)
    sign_in(browser_page, town.here.clerk)
    browser_page.goto(f"{site.url}/desk/")
    scan(browser_page, holder_of(card.person).number)
    lines = browser_page.locator(".desk-checks > li")
    expect(lines).to_have_count(9)
    household = browser_page.locator("[name=paper_household_book]")
    report = browser_page.locator("[name=paper_defect_report_defect_photo]")
    expect(browser_page.locator("#person")).to_be_focused()
    press(browser_page, "7")
    expect(household).not_to_be_checked()
    press(browser_page, "8")
    expect(report.last).to_be_checked()
    screenshot(browser_page, "desk-longer-row", whole=True)
    assert axe(browser_page) == [] and inner_overflow(browser_page) == 0
    press(browser_page, "8")
    expect(report.first).to_be_checked()
    scan(browser_page, card.number)
    press(browser_page, "s")
    browser_page.fill("#issue-second-name", reviewer.username)
    browser_page.fill("#issue-second-password", make.PASSWORD)
    press(browser_page, "Enter")
    expect(browser_page.locator("#note-paper_household_book")).to_contain_text("缺少材料：户口簿")
    household.check()
    browser_page.fill("#issue-second-password", make.PASSWORD)
    press(browser_page, "Enter")
    expect(browser_page.get_by_text("已发放。")).to_be_visible()
    event = Event.objects.get(subject_kind="card", act="card.issue")
    assert {"household_book:", "defect_report:"} <= set(event.papers)
    assert event.told == ["pick_up/1", "found/1"]
    assert event.second_id == reviewer.pk
