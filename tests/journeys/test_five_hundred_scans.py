"""Five hundred cards through one counting page: none lost, none twice, in order (Art. 6, 8, 20).

What a scan costs the server, in questions and in bytes, is the same at the first and at the last:
that keeps the page quick, whatever the machine. `make test` scans a hundred, `make soak` them all.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page, Request, expect

from cardbook.chapters.intake.models import Count
from cardbook.chapters.intake.receive.queries import SCANS_SHOWN
from cardbook.chapters.intake.receive.tests.deliveries import arrive
from cardbook.testing.browser import ready, screenshot, sign_in
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City

pytestmark = [pytest.mark.browser, pytest.mark.article(6), pytest.mark.article(8)]
EVERY = 50
# More than the page lists, so that its length is the same from here on.
WARM = SCANS_SHOWN + 1


def cost_of(client: Client, count: Count, number: str) -> tuple[int, int]:
    """Questions to the database and bytes of the answer for one scan."""
    address = reverse("delivery.scan", args=[count.pk])
    with CaptureQueriesContext(connection) as asked:
        answer = client.post(address, {"number": number}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and number in answer.content.decode()
    return len(asked), len(answer.content)


@pytest.mark.parametrize("cards", [100, pytest.param(500, marks=pytest.mark.soak)])
def test_so_many_cards_are_counted_at_one_go(browser_page: Page, town: City, cards: int) -> None:
    arrived, page = arrive(town, town.here, {"1-1": cards + 2 * WARM}), browser_page
    numbers = arrived.numbers("1-1")
    first, scanned, last = numbers[:WARM], numbers[WARM:-WARM], numbers[-WARM:]
    sign_in(page, town.here.keeper)
    page.goto(f"/deliveries/boxes/{arrived.box_of('1-1').pk}/count/")
    page.fill("#id_seal_number", "F-0071")
    page.click("text=开箱，开始扫描")
    expect(page.locator("#scan-number")).to_be_focused()
    count, client = Count.objects.get(), signed_in(town.here.keeper)
    early = [cost_of(client, count, number) for number in first]
    sent: list[str] = []

    def posted(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    page.on("request", posted)
    ready(page)
    for place, number in enumerate(scanned):
        # A scanner is no hand: the number is there at once, then its Enter.
        page.keyboard.insert_text(number)
        page.keyboard.press("Enter")
        if place % EVERY == 0:
            page.keyboard.insert_text(number)
            page.keyboard.press("Enter")
    expect(page.locator(".in-last-total strong")).to_have_text(str(cards + WARM), timeout=120_000)
    expect(page.locator("#scan-number")).to_be_focused()
    expect(page.locator("[data-count-waiting]")).to_be_hidden()
    screenshot(page, "five-hundred-scans")
    kept = list(count.scans.order_by("id").values_list("number", flat=True))
    assert kept == [*first, *scanned]
    assert len(sent) == cards + cards // EVERY
    late = [cost_of(client, count, number) for number in last]
    # Now and then a scan also keeps the session alive; the least is what every scan costs.
    assert min(asked for asked, _ in late) == min(asked for asked, _ in early)
    assert max(size for _, size in late) < 1.1 * max(size for _, size in early)
    assert page.locator("#scans tbody tr").count() == SCANS_SHOWN
