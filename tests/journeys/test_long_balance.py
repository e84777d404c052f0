"""The page of a long opening balance in a worker's hands: accessible, no wider than the window."""

import pytest
from playwright.sync_api import Page, expect

from cardbook.chapters.intake.opening.opening_job import BALANCES
from cardbook.chapters.intake.opening.tests.ledgers import row, staged
from cardbook.imports.models import Run, State, Work
from cardbook.imports.progress import Phase
from cardbook.ledger.models import ClockNow
from cardbook.testing.axe import axe
from cardbook.testing.browser import Site, inner_overflow, screenshot, sign_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.browser, pytest.mark.article(6)]


def test_the_keeper_sees_how_far_it_is_and_may_cancel(
    browser_page: Page, site: Site, town: City
) -> None:
    file = staged(town, [row(f"Q{place:08d}") for place in range(5)])
    BALANCES.hand_over(file=file, work=Work.CHECK, by=town.here.keeper, at=NOON)
    Run.objects.update(
        state=State.RUNNING, phase=Phase.READING, rows_done=2, attempts=1, beat_at=ClockNow()
    )
    sign_in(browser_page, town.here.keeper)
    browser_page.goto(f"/opening/files/{file.pk}/")
    expect(browser_page.get_by_role("heading", name="检查：读取")).to_be_visible()
    expect(browser_page.get_by_role("button", name="取消")).to_be_visible()
    assert axe(browser_page) == []
    assert inner_overflow(browser_page) == 0
    screenshot(browser_page, "opening_progress")
