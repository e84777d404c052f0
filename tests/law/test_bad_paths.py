"""What must never pass on a card's way down the line and back, and what is said instead.

One promise for each bad path of Articles 5 to 21: a refusal with its code, a sentence in Chinese
that names the case, its article and its way out; nothing changed; the book recounted afterwards.
"""

import html
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution import arrival_commands
from cardbook.chapters.intake.distribution import commands as distribution
from cardbook.chapters.intake.distribution.tests import sending
from cardbook.chapters.intake.receive.commands import close_count, start_count
from cardbook.chapters.intake.receive.tests.deliveries import arrive, counted
from cardbook.chapters.issuance.collective.tests import bundles
from cardbook.chapters.issuance.models import BundleFiling, BundlePage
from cardbook.chapters.issuance.proxy.tests import cases
from cardbook.chapters.safekeeping.models import Finding
from cardbook.chapters.safekeeping.stocktaking.closing import close_findings
from cardbook.chapters.safekeeping.stocktaking.tests import counts
from cardbook.chapters.stranded.send_back import cancelling
from cardbook.chapters.stranded.send_back import commands as sending_back
from cardbook.chapters.stranded.tests import line as on
from cardbook.chapters.stranded.tests.line import Line, line_of
from cardbook.chapters.usage.tests.sending import refused_with, send
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Relation
from cardbook.lifecycle.perform import perform
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.registers.codes import BOX, DOCUMENT, scan_code
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.pictures import png
from cardbook.testing.races import together
from tests.fire.recounts import all_promises_hold
from tests.law.words import (
    everything,
    in_words,
    nothing_changed,
    refused_in_words,
    said_on,
    the_loser,
)

TODAY = "2026-11-20"
pytestmark = pytest.mark.usefixtures("papers")


@pytest.fixture
def papers(tmp_path: Path, settings: object) -> None:
    """A store for the papers of one test."""
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def line(city: City) -> Line:
    """The line from a village to the bank."""
    return line_of(city)


def hand_over(card: Card, city: City) -> object:
    """A clerk gives a card to its holder."""
    return perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())


def cancel(cards: list[Card], line: Line, **changes: object) -> object:
    """The card body cancels what came back, as two careful people do."""
    given: dict[str, object] = {
        "card_ids": [card.pk for card in cards], "words": "死亡证明", "by": line.county.keeper,
        "second": line.county.reviewer, "at": NOON, "key": make.key(),
    }  # fmt: skip
    return cancelling.cancel_returned(**(given | changes))  # type: ignore[arg-type]


# ------------------------------------------------------------------ collective pick-up (8 ¶3)
@pytest.mark.article(8, 3)
def test_a_card_that_is_not_in_the_bundle_cannot_be_signed(city: City) -> None:
    given = bundles.out(city, count=2)
    (stranger,) = make.received_cards(city, city.here)
    with refused_in_words("NOT_ON_SHEET", stranger.number, given.bundle.number):
        bundles.tick(given.bundle, stranger.number, by=city.here.clerk)


@pytest.mark.article(8, 3)
def test_a_sheet_is_filed_once_and_says_by_whom_and_when(city: City) -> None:
    given = bundles.out(city, count=2)
    bundles.tick(given.bundle, "1-2", by=city.here.clerk)
    bundles.add_pages(given.bundle, by=city.here.clerk)
    bundles.file(given.bundle, by=city.here.clerk)
    clerk = city.here.clerk.name
    with refused_in_words("SHEET_FILED", given.bundle.number, f"{TODAY} 12:00", clerk):
        bundles.file(given.bundle, by=city.here.other_clerk)


@pytest.mark.article(8, 3)
def test_a_sheet_with_one_page_missing_names_the_page(city: City) -> None:
    given = bundles.out(city, count=3, pages=3)
    bundles.tick(given.bundle, "1-3", by=city.here.clerk)
    bundles.add_pages(given.bundle, by=city.here.clerk, pages=2)
    with refused_in_words("SHEET_PAGES_MISSING", "共 3 页", "第 3 页"):
        bundles.file(given.bundle, by=city.here.clerk)


@pytest.mark.article(8, 3)
def test_of_two_who_file_one_sheet_the_second_reads_who_was_first(fresh_database: str) -> None:
    city = make.city()
    given = bundles.out(city, count=4)
    bundles.tick(given.bundle, "1-3;4=1", by=city.here.clerk)
    bundles.add_pages(given.bundle, by=city.here.clerk)
    refused = the_loser(
        together(*(
            partial(bundles.file, given.bundle, by=by)
            for by in (city.here.clerk, city.here.other_clerk)
        ))
    )  # fmt: skip
    first = User.objects.get(pk=BundleFiling.objects.get().filed_by_id).name
    in_words(refused.refusals, "SHEET_FILED", given.bundle.number, first)
    assert Event.objects.filter(act="card.issue_collective").count() == 3
    all_promises_hold()


# ------------------------------------------------------- recall, return, cancelling, destroying
@pytest.mark.article(17)
def test_of_return_and_issue_one_wins_and_the_other_says_which(fresh_database: str) -> None:
    line = line_of(make.city())
    (card,) = on.waiting(line)
    open_list = on.listed([card], line.clerk)
    refused = the_loser(
        together(
            partial(
                sending_back.send_back, list_id=open_list.pk,
                receiver_id=line.county.card_body.pk, by=line.clerk, at=NOON, key=make.key(),
            ),
            partial(hand_over, card, line.city),
        )
    )  # fmt: skip
    card.refresh_from_db()
    code = {"issued": "ALREADY_ISSUED", "returned": "CARD_RETURNED"}[card.stage]
    in_words(refused.refusals, code, TODAY)
    all_promises_hold()


@pytest.mark.article(7)
def test_an_issued_card_is_not_recalled_but_its_issue_is_undone_first(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    shipment = sending.sent(city.here.keeper, city.here.window, [card])
    sending.received(shipment, city.here.clerk, card.number)
    hand_over(card, city)
    with refused_in_words("ALREADY_ISSUED", city.here.window.name, TODAY, "撤销发放"):
        distribution.recall_cards(
            shipment_id=shipment.pk, card_ids=[card.pk], words="分错了", by=city.here.keeper,
            at=NOON, key=make.key(),
        )  # fmt: skip


@pytest.mark.article(18)
def test_a_card_somebody_just_received_is_not_cancelled(line: Line) -> None:
    (card,) = on.returned(line)
    sending_back.put_back(
        card_ids=[card.pk], words="本人回来领卡", by=line.clerk, second=line.county.reviewer,
        at=NOON, key=make.key(),
    )  # fmt: skip
    hand_over(card, line.city)
    before = everything()
    outcome = cancel([card], line)
    refusals = list(outcome.refused.values())  # type: ignore[attr-defined]
    in_words(refusals, "ALREADY_ISSUED", line.county.window.name, TODAY)
    nothing_changed(before)


@pytest.mark.article(19)
@pytest.mark.parametrize("counted", [1, 3])
def test_one_card_more_or_less_than_listed_stops_the_destruction(line: Line, counted: int) -> None:
    lot, _ = on.lot_at_bank(line, 2)
    with refused_in_words("LOT_COUNT_DIFFERS", "列 2 张", f"实际清点 {counted} 张"):
        on.carry_out(line, lot, counted=counted)


@pytest.mark.article(18)
def test_nobody_is_maker_and_checker_even_in_two_posts(line: Line) -> None:
    cards = on.returned(line)
    maker, checker = make.person_in_posts(
        "一身二职", (Role.CARD_KEEPER, line.county.card_body),
        (Role.REVIEWER, line.county.card_body),
    )  # fmt: skip
    with refused_in_words("SECOND_PERSON_SAME", act("card.cancel_returned").title, "一身二职"):
        cancel(cards, line, by=maker, second=checker)
    lot, _ = on.lot_at_bank(line, 2)
    with refused_in_words("WITNESS_MAY_NOT", line.teller.name, "另一机构"):
        on.carry_out(line, lot, witness=line.teller)


# ------------------------------------------------------------------------- the neighbour (5)
@pytest.mark.article(5)
def test_a_neighbour_county_neither_reads_nor_moves_a_card(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    there = city.neighbour
    with refused_in_words("OUT_OF_REACH", city.here.card_body.name):
        perform(make.issue_step(card), by=there.clerk, at=NOON, key=make.key())
    with refused_in_words("OUT_OF_REACH", city.here.card_body.name):
        sending.sent(there.keeper, there.window, [card])
    for who in (there.clerk, there.keeper):
        page = signed_in(who).get(reverse("card.show", args=[card.pk]))
        text = page.content.decode()
        assert page.status_code == 404 and card.number not in text
        assert "不属于您的机构范围" in text and "请由该县区或市局办理（第五条）" in text
    found = signed_in(there.clerk).post("/desk/", {"q": holder_of(card.person).number})
    text = found.content.decode()
    assert city.here.county.name.removesuffix("人社局") in text
    assert card.number not in text and "王小明" not in text
    all_promises_hold()


# ------------------------------------------------------------ who comes for another (10, 11, 17)
@pytest.mark.article(10)
def test_a_mandate_that_ended_yesterday_names_its_last_day(city: City) -> None:
    (card,) = make.received_cards(city, city.here)
    ended = replace(cases.TERMS, until=cases.TODAY - timedelta(days=1))
    with refused_in_words("MANDATE_DOES_NOT_COVER", "2026-11-19", "重新出具"):
        cases.to_proxy(card, by=city.here.clerk, mandate=ended)


@pytest.mark.article(11)
def test_a_guardian_who_is_a_minor_is_told_his_age(city: City) -> None:
    (card,) = make.received_cards(city, city.here, people=[cases.child()])
    sister = cases.comer("王姐", born_on=date(2008, 11, 21))
    with refused_in_words("GUARDIAN_IS_MINOR", "17 周岁", "18 周岁"):
        cases.to_guardian(
            card, by=city.here.clerk, who=sister, relation=Relation.SIBLING, words="父母已故"
        )


@pytest.mark.article(17)
def test_after_a_death_is_recorded_nobody_picks_the_card_up(city: City) -> None:
    here = city.here
    grown, young = make.received_cards(city, here, people=[make.person(), cases.child()])
    sheet = bundles.out(city, count=1, at=NOON - timedelta(days=3))
    for card in (grown, young, *sheet.cards):
        died(card, city)
    day = "2026-11-18"
    with refused_in_words("HOLDER_DEAD", day, "滞留卡"):
        hand_over(grown, city)
    with refused_in_words("HOLDER_DEAD", day):
        cases.to_proxy(grown, by=here.clerk)
    with refused_in_words("HOLDER_DEAD", day):
        cases.to_guardian(young, by=here.clerk)
    bundles.tick(sheet.bundle, "1", by=here.clerk)
    bundles.add_pages(sheet.bundle, by=here.clerk)
    with refused_in_words("HOLDER_DEAD_AT_SIGNING", "第 1 行", day):
        bundles.file(sheet.bundle, by=here.clerk)


def died(card: Card, city: City) -> None:
    """Two people record the day the holder died."""
    second = User.objects.get(pk=city.here.reviewer.user_id)
    answer = send(
        "holder.note_death", card, by=city.here.keeper, died_on="2026-11-18",
        source="certificate", reference="死证 2026-1", second_name=second.get_username(),
        second_password=PASSWORD,
    )  # fmt: skip
    assert answer.status_code == 302, refused_with(answer)


# ------------------------------------------------------------------- boxes and counting (6, 20)
@pytest.mark.article(6)
def test_a_box_received_twice_changes_nothing_the_second_time(line: Line) -> None:
    city, here = line.city, line.county
    arrived = arrive(city, here, {"1-1": 2})
    box = arrived.box_of("1-1")
    count = start_count(box_id=box.pk, by=here.keeper, at=NOON)
    counted(here, box, arrived.numbers("1-1"))
    late = make.worker("晚到的", Role.CARD_KEEPER, here.card_body)
    with refused_in_words("ALREADY_COUNTED", "1-1"):
        close_count(count_id=count.pk, by=late, second=here.reviewer, at=NOON, key=make.key())
    office, clerk = sending.agency(city)
    shipment = sending.sent(here.keeper, office, list(arrived.cards["1-1"]))
    sending.received(shipment, clerk, *arrived.numbers("1-1"))
    with refused_in_words("LIST_RECEIVED", shipment.number, TODAY):
        arrival_commands.begin_count(shipment_id=shipment.pk, by=clerk, at=NOON)
    cards = on.waiting(line, 2)
    returned = on.sent_back(line, cards)
    on.scanned(returned, cards, line.clerk)
    sending_back.receive_back(shipment_id=returned.pk, by=line.clerk, at=NOON, key=make.key())
    with refused_in_words("NOTHING_TO_ACKNOWLEDGE", returned.number):
        sending_back.receive_back(shipment_id=returned.pk, by=line.clerk, at=NOON, key=make.key())


@pytest.mark.article(20)
def test_a_stock_take_calls_no_card_missing_that_moved_meanwhile(city: City) -> None:
    here = city.here
    box, cards = counts.boxed(city, here, 4)
    there, gone_before, gone_after, lost = cards
    take = counts.begin(here, box)
    counts.scan(take, here, box, there.number)
    perform(make.issue_step(gone_before), by=here.clerk, at=timezone.now(), key=make.key())
    counts.scan(take, here, box, gone_after.number)
    perform(make.issue_step(gone_after), by=here.clerk, at=timezone.now(), key=make.key())
    assert counts.ended(take, here) == [("missing", lost.number)]
    finding = Finding.objects.get(card=lost)
    perform(make.issue_step(lost), by=here.clerk, at=timezone.now(), key=make.key())
    with refused_in_words("ALREADY_ISSUED", here.window.name):
        close_findings(
            take_id=take.pk, finding_ids=[finding.pk], verdict=counts.verdict(here, "missed")
        )


# ------------------------------------------------------------------------- what was read (8 ¶3)
@pytest.mark.article(8, 3)
def test_a_wrong_code_says_what_was_scanned_instead(city: City) -> None:
    given, other = bundles.out(city, count=1), bundles.out(city, count=1)
    clerk, foreign = signed_in(city.here.clerk), signed_in(city.neighbour.clerk)
    before = everything()
    code = scan_code(DOCUMENT, other.bundle.number, "1", "abcd1234")
    page = clerk.post(
        reverse("bundle.pages", args=[given.bundle.pk]),
        {"images": [photo(png())], "code": code},
        follow=True,
    )
    said_on(page, "PAGE_OF_ANOTHER", other.bundle.number, given.bundle.number, "第 1 页")
    for text, named in (
        (scan_code(BOX, city.here.card_body.code, "A-1-01"), "不是明细表的码"),
        (scan_code(DOCUMENT, "QZMX99999999", "1", "abcd1234"), "QZMX99999999"),
    ):
        said_on(clerk.get(reverse("bundle.list"), {"q": text}), "SHEET_UNKNOWN", named)
    stranger = foreign.get(reverse("bundle.list"), {"q": code})
    said_on(stranger, "SHEET_UNKNOWN", other.bundle.number)
    half_read = clerk.get(reverse("bundle.list"), {"q": code.replace("abcd", "abce")})
    assert "登记表二维码没有读全；请对准再扫一次" in half_read.content.decode()
    nothing_changed(before)


@pytest.mark.article(8, 3)
def test_a_photo_of_30_000_pixels_is_refused_with_its_size(city: City) -> None:
    given = bundles.out(city, count=1, at=timezone.now())
    clerk = signed_in(city.here.clerk)
    before = everything()
    huge = photo(png(width=30_000, height=30_000))
    page = clerk.post(
        reverse("bundle.pages", args=[given.bundle.pk]), {"images": [huge], "page": "1"},
        follow=True,
    )  # fmt: skip
    text = html.unescape(page.content.decode())
    assert "图像为 30000 × 30000 像素，边长超过 10000 像素，请降低分辨率后重新上传。" in text
    assert "依据：第八条" in text
    assert not BundlePage.objects.exists()
    nothing_changed(before)


def photo(content: bytes) -> SimpleUploadedFile:
    """A picture from the camera of a clerk."""
    return SimpleUploadedFile("大图.png", content, content_type="image/png")
