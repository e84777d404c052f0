"""J2: a grown-up's proxy - at most six scans, three keys, no click, one screen (Art. 10)."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from cardbook.cards.models import Card
from cardbook.chapters.intake.sort.commands import open_box, sort_cards
from cardbook.chapters.printed_mandates import PrintedMandate, mandate_code
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import ProxyReason, Relation
from cardbook.people.holders import holder_of
from cardbook.people.models import Mandate
from cardbook.testing import factories as make
from cardbook.testing.axe import axe
from cardbook.testing.browser import (
    Counter,
    MakeContext,
    Site,
    inner_overflow,
    press,
    scan,
    screenshot,
    sign_in,
)
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.browser, pytest.mark.article(10)]
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
    """Three strokes on the pad."""
    area = page.locator("#pad").bounding_box()
    assert area is not None
    for row in range(3):
        page.mouse.move(area["x"] + 40, area["y"] + 20 + row * 20)
        page.mouse.down()
        page.mouse.move(area["x"] + 200, area["y"] + 40 + row * 15, steps=5)
        page.mouse.up()


def printed(card: Card, number: str) -> str:
    """The QR of the mandate the holder signed yesterday."""
    on: date = timezone.localdate()
    return mandate_code(
        PrintedMandate(
            holder_id=card.person_id, number=number, name="李建国", reason=ProxyReason.AWAY,
            relation=Relation.CHILD, since=on - timedelta(days=1), until=on + timedelta(days=29),
        )
    )  # fmt: skip


class TestProxy:
    def test_takes_five_scans_and_two_keys(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, holder = ready_card(town, name="王秀兰", born_on=date(1951, 8, 4))
        agent = make.citizen_number(born_on=date(1978, 2, 11))
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/proxy/")
        assert axe(browser_page) == []
        counter = Counter(browser_page)
        counter.scan(agent)
        expect(browser_page.locator("[data-agent]")).to_be_visible()
        counter.scan(holder)
        expect(browser_page.locator(".come-holder")).to_contain_text("王秀兰")
        expect(browser_page.locator("[data-slot]")).to_contain_text("A-1-01")
        assert holder not in browser_page.content() and agent not in browser_page.content()
        counter.scan(printed(card, agent))
        expect(browser_page.locator("#id_name")).to_have_value("李建国")
        counter.press("3")
        expect(browser_page.locator("input[name=relation][value=child]")).to_be_checked()
        counter.scan(card.number)
        expect(browser_page.locator("#scanned-state")).to_have_text("卡号相符")
        counter.sign(lambda: sign(browser_page))
        expect(browser_page.locator("#go")).to_be_in_viewport()
        screenshot(browser_page, "proxy")
        assert axe(browser_page) == [] and inner_overflow(browser_page) == 0
        counter.press("Enter")
        expect(browser_page.get_by_text("已发放给代领人")).to_be_visible()
        assert counter.counts == (5, 2, 0)
        assert all(done <= most for done, most in zip(counter.counts, BUDGET, strict=True))
        for gone in ("王秀兰", "李建国"):
            assert gone not in browser_page.content()
        card.refresh_from_db()
        assert card.stage == "issued" and Mandate.objects.count() == 1
        event = Event.objects.get(act="card.issue_proxy")
        assert any(paper.startswith("signature_screen:") and paper[17:] for paper in event.papers)

    @pytest.mark.article(8, 4)
    def test_a_proxys_typed_number_is_checked_by_four_digits_more(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, holder = ready_card(town, name="王秀兰")
        agent = make.citizen_number(born_on=date(1978, 2, 11))
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/proxy/")
        browser_page.fill("#q", agent)
        press(browser_page, "Enter")
        expect(browser_page.locator("[data-agent]")).to_be_visible()
        scan(browser_page, holder)
        again = browser_page.locator("#number-again")
        expect(again).to_be_focused()
        scan(browser_page, card.number)
        expect(browser_page.locator("#scanned-state")).to_have_text("卡号相符")
        expect(again).to_have_value("")
        again.focus()
        for digit in agent[10:14]:
            press(browser_page, digit)
        press(browser_page, "Enter")
        expect(browser_page.locator("#q")).to_be_focused()
        expect(again).to_have_value("0211")
        screenshot(browser_page, "proxy-typed", whole=True)
        assert axe(browser_page) == [] and inner_overflow(browser_page) == 0
        for name in ("since", "until", "signed_on"):
            browser_page.fill(f"#id_{name}", timezone.localdate().isoformat())
        browser_page.fill("#id_name", "李建国")
        browser_page.locator("#scan-title").click()
        press(browser_page, "3")
        expect(browser_page.locator("input[name=relation][value=child]")).to_be_checked()
        press(browser_page, "s")
        expect(browser_page.locator("input[name=signing][value=paper]")).to_be_checked()
        press(browser_page, "Enter")
        expect(browser_page.get_by_text("已发放给代领人")).to_be_visible()
        facts = json.loads(Event.objects.get(act="card.issue_proxy").facts)
        assert (facts["identity"], facts["recheck"]) == ("typed", "again")

    def test_a_mandate_written_by_hand_is_typed_in(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, holder = ready_card(town, name="王秀兰")
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/proxy/")
        scan(browser_page, f"赵铁柱,{make.citizen_number()}")
        expect(browser_page.locator("[data-agent]")).to_be_visible()
        scan(browser_page, holder)
        expect(browser_page.locator("#id_name")).to_have_value("赵铁柱")
        today: date = timezone.localdate()
        for name, on in (("since", today), ("until", today), ("signed_on", today)):
            browser_page.fill(f"#id_{name}", on.isoformat())
        browser_page.locator("#scan-title").click()
        press(browser_page, "7")
        expect(browser_page.locator("input[name=relation][value=unit]")).to_be_checked()
        expect(browser_page.locator("input[value=unit_proof]")).to_be_checked()
        press(browser_page, "a")
        expect(browser_page.locator("input[name=reason][value=health]")).to_be_checked()
        scan(browser_page, card.number)
        expect(browser_page.locator("#scanned-state")).to_have_text("卡号相符")
        press(browser_page, "s")
        expect(browser_page.locator("input[name=signing][value=paper]")).to_be_checked()
        press(browser_page, "Enter")
        expect(browser_page.get_by_text("已发放给代领人")).to_be_visible()
        assert '"relation":"unit"' in Event.objects.get(act="card.issue_proxy").facts

    def test_no_scan_is_lost_while_the_server_answers(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, holder = ready_card(town, name="王秀兰")
        agent = make.citizen_number()
        held: list[Route] = []

        def hold(route: Route) -> None:
            held.append(route)

        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/proxy/")
        browser_page.route("**/proxy/", hold, times=1)
        scan(browser_page, f"赵铁柱,{agent}")
        scan(browser_page, holder)
        scan(browser_page, printed(card, agent))
        press(browser_page, "3")
        assert len(held) == 1
        held[0].continue_()
        expect(browser_page.locator("input[name=relation][value=child]")).to_be_checked()
        expect(browser_page.locator(".come-holder")).to_contain_text("王秀兰")
        expect(browser_page.locator("#id_name")).to_have_value("李建国")
        expect(browser_page.locator("#q")).to_have_value("")

    def test_a_refusal_leaves_everything_filled_in(
        self, browser_page: Page, site: Site, town: City
    ) -> None:
        card, _ = ready_card(town, name="王秀兰")
        agent = make.citizen_number()
        sign_in(browser_page, town.here.clerk)
        browser_page.goto(f"{site.url}/proxy/{card.pk}/")
        scan(browser_page, agent)
        expect(browser_page.locator("#id_name")).to_be_visible()
        scan(browser_page, printed(card, agent))
        expect(browser_page.locator("#id_name")).to_have_value("李建国")
        browser_page.uncheck("input[name=mandate_seen]")
        scan(browser_page, card.number)
        press(browser_page, "s")
        expect(browser_page.locator("input[name=signing][value=paper]")).to_be_checked()
        browser_page.locator("#scan-title").click()
        press(browser_page, "Enter")
        expect(browser_page.locator("[data-refusal=PAPER_MISSING]")).to_contain_text("委托书")
        expect(browser_page.locator("#id_name")).to_have_value("李建国")
        expect(browser_page.locator("#scanned")).to_have_value(card.number)
        screenshot(browser_page, "proxy-refused", whole=True)
        browser_page.check("input[name=mandate_seen]")
        browser_page.locator("#scan-title").click()
        press(browser_page, "Enter")
        expect(browser_page.get_by_text("已发放给代领人")).to_be_visible()

    def test_works_without_javascript(
        self, browser_context: MakeContext, site: Site, town: City
    ) -> None:
        card, holder = ready_card(town)
        agent = make.citizen_number()
        page = browser_context(java_script_enabled=False).new_page()
        sign_in(page, town.here.clerk)
        page.goto(f"{site.url}/proxy/")
        for text in (agent, holder, printed(card, agent)):
            page.fill("#q", text)
            page.click("button[name=read]")
        page.fill("#scanned", card.number)
        page.check("input[name=signing][value=paper]")
        page.click("#go")
        expect(page.get_by_text("已发放给代领人")).to_be_visible()
