"""The screens of collective pick-up: who sees what, what a scan does, what is refused (8 ¶3)."""

import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cardbook.cards.models import Card
from cardbook.chapters.intake.sort.commands import open_box, sort_cards
from cardbook.chapters.issuance.collective.naming import named_in
from cardbook.chapters.issuance.collective.tests.bundles import (
    Out,
    add_pages,
    collector_of,
    out,
    photo_required,
    prepared,
    received_for,
    tick,
)
from cardbook.chapters.issuance.models import Bundle, BundlePage, BundleRow
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.perform import perform
from cardbook.orgs.models import Kind, Organization, User
from cardbook.people.holders import holder_of
from cardbook.people.models import UnitLetter
from cardbook.registers.codes import BOX, DOCUMENT, scan_code
from cardbook.registers.models import IssuedDocument
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, PASSWORD, City
from cardbook.testing.pictures import data_url, png

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 3)]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> None:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def clerk(city: City) -> Client:
    return signed_in(city.here.clerk)


@pytest.fixture
def given(city: City) -> Out:
    """A sheet that went out just now."""
    return out(city, count=4, at=timezone.now())


def url(name: str, bundle: Bundle, *more: object) -> str:
    return reverse(name, args=[bundle.pk, *more])


def said(client: Client, name: str, bundle: Bundle, **data: object) -> str:
    return client.post(url(name, bundle), data, follow=True).content.decode()


def boxed(city: City, count: int) -> tuple[list[Card], str]:
    """Cards in a box, and what its label says."""
    cards = make.received_cards(city, city.here, count=count)
    keeper = city.here.keeper
    box = open_box(cabinet="A", shelf="1", box="01", capacity=200, label="", by=keeper)
    sort_cards(
        card_ids=[card.pk for card in cards], account_id=box.pk, order="town", by=keeper,
        at=NOON, key=make.key(),
    )  # fmt: skip
    return cards, scan_code(BOX, city.here.card_body.code, box.code)


class TestPuttingTogether:
    def test_the_handlers_document_leads_to_his_unit(self, city: City, clerk: Client) -> None:
        unit = make.ready_unit(city.here)
        number = holder_of(collector_of(unit)).number
        answer = clerk.post(reverse("bundle.hand_out"), {"text": number})
        bundle = Bundle.objects.get()
        assert answer["Location"] == url("bundle.show", bundle)
        assert bundle.unit == unit and bundle.id_seen

    def test_somebody_on_no_letter_is_refused(self, city: City, clerk: Client) -> None:
        number = holder_of(make.person()).number
        answer = clerk.post(reverse("bundle.hand_out"), {"text": number})
        assert answer.status_code == 422
        assert "授权书上今天有效" in answer.content.decode()
        assert number not in answer.content.decode()

    def test_units_are_found_by_name_and_those_of_the_neighbour_are_not(
        self, city: City, clerk: Client
    ) -> None:
        make.ready_unit(city.here, name="城关小学")
        make.ready_unit(city.here, name="城关中学")
        make.ready_unit(city.neighbour, name="城关二小")
        answer = clerk.post(reverse("bundle.hand_out"), {"text": "城关"}).content.decode()
        assert "城关小学" in answer and "城关中学" in answer and "城关二小" not in answer

    def test_a_box_label_brings_the_whole_box_in_its_order(
        self, city: City, clerk: Client
    ) -> None:
        cards, label = boxed(city, 3)
        bundle = prepared(city, [])
        assert "加入 3 张" in said(clerk, "bundle.add", bundle, text=label)
        rows = bundle.rows.order_by("row").values_list("card_id", "place")
        assert list(rows) == [
            (card.pk, f"A-1-01 第 {slot} 位") for slot, card in enumerate(cards, start=1)
        ]

    def test_pasted_numbers_come_in_and_each_stranger_is_named(
        self, city: City, clerk: Client
    ) -> None:
        cards = make.received_cards(city, city.here, count=2)
        issued = make.issued_card(city, city.here)
        bundle = prepared(city, [])
        text = f"{cards[1].number}\n{cards[0].number}，{issued.number} Z99999999"
        answer = said(clerk, "bundle.add", bundle, text=text)
        assert "加入 2 张" in answer
        assert f"{issued.number}：" in answer and "Z99999999：没有这张卡" in answer
        assert bundle.rows.get(row=1).card_id == cards[1].pk

    def test_cards_printed_for_a_village_come_in_at_one_press(
        self, city: City, clerk: Client
    ) -> None:
        village = make.organization("上河村", Kind.VILLAGE, parent=city.here.town)
        for place in ("上河村", "下河村"):
            received_for(city, count=2, town_id=city.here.town.pk, village=place)
        bundle = prepared(city, [], unit=village)
        assert "加入 2 张" in said(clerk, "bundle.add", bundle, all="1")

    def test_the_letters_number_is_known(self, city: City, clerk: Client) -> None:
        bundle = prepared(city, [])
        letter = UnitLetter.objects.get(organization=bundle.unit)
        said(clerk, "bundle.add", bundle, text=letter.number)
        bundle.refresh_from_db()
        assert bundle.letter_seen

    def test_a_stranger_at_the_desk_is_refused(self, city: City, clerk: Client) -> None:
        bundle = prepared(city, [])
        number = holder_of(make.person()).number
        assert "不是" in said(clerk, "bundle.add", bundle, text=number)

    def test_cards_are_taken_off_and_the_bundle_given_up(self, city: City, clerk: Client) -> None:
        bundle = prepared(city, make.received_cards(city, city.here, count=3))
        said(clerk, "bundle.remove", bundle, row=["1", "3"])
        assert list(bundle.rows.values_list("row", flat=True)) == [1]
        said(clerk, "bundle.remove", bundle, drop="1")
        assert not Bundle.objects.exists()

    def hand_out(self, clerk: Client, bundle: Bundle, **changes: str) -> str:
        data = {
            "key": make.key(), "signing": "paper", "paper_agent_id": "on",
            "paper_unit_letter": "on", "paper_keeping_plan": "on",
        }  # fmt: skip
        return said(clerk, "bundle.go", bundle, **(data | changes))

    @pytest.fixture
    def at_hand(self, city: City) -> Bundle:
        return prepared(city, make.received_cards(city, city.here, count=2))

    def test_handing_out_leads_to_the_sheet(self, clerk: Client, at_hand: Bundle) -> None:
        answer = self.hand_out(clerk, at_hand)
        assert "2 张卡已交付" in answer and "签字明细表" in answer
        at_hand.refresh_from_db()
        assert at_hand.pages == 1

    def test_what_is_missing_names_itself_and_keeps_the_cards(
        self, clerk: Client, at_hand: Bundle
    ) -> None:
        answer = self.hand_out(clerk, at_hand, signing="", paper_unit_letter="")
        assert 'data-refusal="SIGNATURE_MISSING"' in answer
        assert 'data-refusal="PAPER_MISSING"' in answer
        assert Bundle.objects.get().rows.count() == 2

    def test_the_row_that_cannot_go_is_named_and_what_holds_for_all_is_said_once(
        self, city: City, clerk: Client
    ) -> None:
        cards = make.received_cards(city, city.here, count=3)
        bundle = prepared(city, cards)
        perform(make.issue_step(cards[1]), by=city.here.clerk, at=NOON, key=make.key())
        answer = self.hand_out(clerk, bundle, paper_unit_letter="")
        assert answer.count("data-refusal=") == 2
        assert f"<strong>第 2 行（{cards[1].number}）：该卡已" in answer
        assert "<strong>第 1、3 行（" in answer and "缺少材料：单位介绍信" in answer

    def test_a_signature_on_the_screen_is_kept_as_a_paper(
        self, clerk: Client, at_hand: Bundle
    ) -> None:
        drawn = data_url(png(width=60, height=8))
        answer = self.hand_out(clerk, at_hand, signing="screen", signature=drawn)
        assert "2 张卡已交付" in answer
        event = Event.objects.filter(act="bundle.hand_out")[0]
        at_hand.refresh_from_db()
        assert f"signature_screen:{at_hand.signature}" in event.papers and at_hand.signature

    def test_a_torn_or_missing_signature_is_none(self, clerk: Client, at_hand: Bundle) -> None:
        torn = self.hand_out(clerk, at_hand, signing="screen", signature="data:image/png;base64,x")
        assert "签名图像没有收全" in torn
        none = self.hand_out(clerk, at_hand, signing="screen")
        assert 'data-refusal="SIGNATURE_MISSING"' in none
        at_hand.refresh_from_db()
        assert at_hand.batch is None

    def test_a_picture_of_the_collector_stands_on_the_sheet_and_stays_in_the_county(
        self, city: City, clerk: Client, at_hand: Bundle
    ) -> None:
        answer = self.hand_out(clerk, at_hand, photo=upload(png(width=4, height=5)))
        assert f'href="{url("bundle.photo", at_hand)}"' in answer
        picture = clerk.get(url("bundle.photo", at_hand))
        assert picture["Content-Type"] == "image/png" and picture.content
        assert signed_in(city.here.auditor).get(url("bundle.photo", at_hand)).status_code == 200
        foreign = signed_in(city.neighbour.clerk).get(url("bundle.photo", at_hand))
        assert foreign.status_code == 404
        teller = signed_in(make.worker("柜员", Role.BANK_TELLER, city.here.county))
        assert teller.get(url("bundle.photo", at_hand)).status_code == 403

    def test_a_sheet_without_a_picture_says_so_and_has_none_to_show(
        self, clerk: Client, at_hand: Bundle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = self.hand_out(clerk, at_hand)
        assert '<span class="cb-badge">没有照片</span>' in answer
        assert clerk.get(url("bundle.photo", at_hand)).status_code == 404
        photo_required(monkeypatch)
        answer = clerk.get(url("bundle.show", at_hand)).content.decode()
        assert '<span class="cb-badge cb-badge-bad">没有照片</span>' in answer

    def test_a_picture_the_city_asks_for_is_named_where_it_is_missing(
        self, clerk: Client, at_hand: Bundle, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        photo_required(monkeypatch)
        page = clerk.get(url("bundle.show", at_hand)).content.decode()
        assert "必须留照片（待确认）" in page
        answer = self.hand_out(clerk, at_hand)
        assert 'data-refusal="COLLECTOR_PHOTO_MISSING"' in answer
        refused = self.hand_out(clerk, at_hand, photo=upload(b"no picture"))
        assert "2 张卡已交付" not in refused and "id_photo_error" in refused
        assert "2 张卡已交付" in self.hand_out(clerk, at_hand, photo=upload(png()))

    def test_the_same_form_twice_is_one_hand_over(self, clerk: Client, at_hand: Bundle) -> None:
        key = make.key()
        self.hand_out(clerk, at_hand, key=key)
        self.hand_out(clerk, at_hand, key=key)
        assert Event.objects.filter(act="bundle.hand_out").count() == 2


class TestWhoSees:
    def test_a_neighbour_finds_nothing(self, city: City, given: Out) -> None:
        foreign = signed_in(city.neighbour.clerk)
        for name in ("bundle.show", "bundle.sheet", "bundle.workbook"):
            assert foreign.get(url(name, given.bundle)).status_code == 404
        for name in ("bundle.tick", "bundle.file", "bundle.pages", "bundle.take"):
            assert foreign.post(url(name, given.bundle)).status_code == 404
        assert given.bundle.number not in foreign.get(reverse("bundle.list")).content.decode()

    def test_an_auditor_looks_and_ticks_nothing(self, city: City, given: Out) -> None:
        auditor = signed_in(city.here.auditor)
        answer = auditor.get(url("bundle.show", given.bundle))
        assert answer.status_code == 200 and b"tick-form" not in answer.content
        assert auditor.post(url("bundle.tick", given.bundle)).status_code == 403


class TestList:
    def test_shows_how_urgent_each_is_and_exports_what_is_seen(
        self, city: City, clerk: Client
    ) -> None:
        late = out(city, count=1, at=timezone.now() - timedelta(days=40))
        new = out(city, count=2, at=timezone.now())
        answer = clerk.get(reverse("bundle.list")).content.decode()
        assert "1 份明细表逾期未备案" in answer
        assert answer.index(late.bundle.number) < answer.index(new.bundle.number)
        overdue = clerk.get(reverse("bundle.list"), {"state": "overdue"}).content.decode()
        assert late.bundle.number in overdue and new.bundle.number not in overdue
        book = clerk.get(reverse("bundle.list"), {"state": "overdue", "format": "xlsx"}).content
        page = openpyxl.load_workbook(io.BytesIO(book)).active
        assert page is not None
        texts = [cell.value for row in page.iter_rows() for cell in row]
        assert late.bundle.number in texts and new.bundle.number not in texts

    def test_chosen_sheets_are_exported_alone(self, city: City, clerk: Client) -> None:
        wanted, other = out(city, count=1), out(city, count=2)
        query = {"format": "xlsx", "bundle": [wanted.bundle.pk]}
        page = openpyxl.load_workbook(io.BytesIO(clerk.get(reverse("bundle.list"), query).content))
        texts = [cell.value for row in page.worksheets[0].iter_rows() for cell in row]
        assert wanted.bundle.number in texts and other.bundle.number not in texts

    def test_a_filed_sheet_with_an_open_row_is_listed_as_late(
        self, city: City, clerk: Client, given: Out
    ) -> None:
        tick(given.bundle, "1-3;4=2", by=city.here.clerk, on=timezone.localdate())
        add_pages(given.bundle, by=city.here.clerk)
        said(clerk, "bundle.file", given.bundle, key=make.key(), told_pick_up="on")
        answer = clerk.get(reverse("bundle.list"), {"state": "late"}).content.decode()
        assert given.bundle.number in answer and "1 行未领或待补" in answer

    def test_a_scanned_code_opens_the_sheet(self, clerk: Client, given: Out) -> None:
        code = scan_code(DOCUMENT, given.bundle.number, "1", "abcd1234")
        answer = clerk.get(reverse("bundle.list"), {"q": code})
        assert answer["Location"] == url("bundle.show", given.bundle)

    def test_a_code_of_another_county_is_not_found(self, city: City, given: Out) -> None:
        code = scan_code(DOCUMENT, given.bundle.number, "1", "abcd1234")
        foreign = signed_in(city.neighbour.clerk)
        answer = foreign.get(reverse("bundle.list"), {"q": code}).content.decode()
        assert "没有这份签字明细表" in answer

    def test_the_code_of_an_issued_copy_opens_the_sheet_too(
        self, city: City, clerk: Client, given: Out
    ) -> None:
        address = f"{reverse('register.sign_off')}?sheet={given.bundle.pk}"
        clerk.post(address, {"key": make.key()})
        issued = IssuedDocument.objects.get()
        code = scan_code(DOCUMENT, issued.number, "1", "abcd1234")
        answer = clerk.get(reverse("bundle.list"), {"q": code})
        assert answer["Location"] == url("bundle.show", given.bundle)

    def test_queries_do_not_grow_with_the_list(self, city: City, clerk: Client) -> None:
        counts = []
        clerk.get(reverse("bundle.list"))
        for _ in range(2):
            out(city, count=2)
            out(city, count=1)
            with CaptureQueriesContext(connection) as queries:
                clerk.get(reverse("bundle.list"))
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 12


class TestFindingRows:
    def test_rows_are_found_by_name_or_number_and_ordered(self, city: City, clerk: Client) -> None:
        people = [make.person(name=name) for name in ("王小明", "李秀英", "安桂兰")]
        given = out(city, people=people, at=timezone.now())
        address = url("bundle.show", given.bundle)
        found = clerk.post(
            reverse("list.ask"), {"to": address, "q": "王小", "sort": "row"}, follow=True
        )
        assert [line.row for line in found.context["found"]] == [1]
        assert "%E7%8E%8B" not in found.request["QUERY_STRING"]
        for sort, rows in (("new", [3, 2, 1]), ("name", [3, 2, 1]), ("row", [1, 2, 3])):
            seen = clerk.get(address, {"sort": sort}).context["found"]
            assert [line.row for line in seen] == rows, sort
        number = given.cards[1].number
        seen = clerk.get(address, {"q": number}).context["found"]
        assert [line.number for line in seen] == [number]

    def test_a_day_no_sheet_can_bear_is_refused_where_it_is_ticked(
        self, clerk: Client, given: Out
    ) -> None:
        today = timezone.localdate()
        for away in (1, -1):
            on = str(today + timedelta(days=away))
            page = said(clerk, "bundle.tick", given.bundle, text="1", on=on)
            assert f"领取日期 {on} 不在 {today}（交卡）至 {today}（今天）之间" in page
            row = {"result": "signed", "signer": "holder", "signed_on": on}
            answer = clerk.post(reverse("bundle.row", args=[given.bundle.pk, 1]), row)
            assert answer.status_code == 422
            assert "（交卡）至" in answer.content.decode()
        assert not given.bundle.rows.exclude(result="").exists()
        said(clerk, "bundle.tick", given.bundle, text="1", on=str(today))
        assert given.bundle.rows.get(row=1).signed_on == today

    def test_a_tick_leads_back_to_what_was_asked_and_puts_no_name_into_the_address(
        self, clerk: Client, given: Out
    ) -> None:
        name = holder_of(given.cards[0].person).name
        asked = {"to": url("bundle.show", given.bundle), "q": name, "sort": "name"}
        shown = clerk.post(reverse("list.ask"), asked, follow=True)
        kept = shown.context["asked"]
        assert kept["sort"] == "name" and "q" not in kept
        data = {"text": "1", "on": str(timezone.localdate()), **kept}
        after = clerk.post(url("bundle.tick", given.bundle), data, follow=True)
        assert after.context["text"] == name
        assert "%" not in after.request["QUERY_STRING"]

    def test_on_the_desk_a_search_hides_rows_and_hands_out_all(
        self, city: City, clerk: Client
    ) -> None:
        people = [make.person(name=name) for name in ("王小明", "李秀英")]
        cards = make.received_cards(city, city.here, people=people)
        bundle = prepared(city, cards)
        answer = clerk.get(url("bundle.show", bundle), {"q": "李秀"})
        assert [line.row for line in answer.context["found"]] == [2]
        assert "找到 1 张，交付的仍是全部 2 张" in answer.content.decode()
        assert (
            "没有这样的卡" in clerk.get(url("bundle.show", bundle), {"q": "赵"}).content.decode()
        )


class TestReadingBack:
    def test_a_line_of_keys_marks_every_row(self, clerk: Client, given: Out) -> None:
        answer = said(
            clerk, "bundle.tick", given.bundle, text="除3,4;3=1;4=5t", on=str(timezone.localdate())
        )
        assert "已登记 4 行" in answer and "相平" in answer
        rows = given.bundle.rows.order_by("row").values_list("result", "reason")
        assert list(rows) == [
            ("signed", ""), ("signed", ""), ("open", "away"), ("returned", "refuses"),
        ]  # fmt: skip

    def test_chosen_rows_get_one_mark(self, clerk: Client, given: Out) -> None:
        today = str(timezone.localdate())
        said(clerk, "bundle.tick", given.bundle, row=["1", "2"], mark="d", on=today)
        signers = given.bundle.rows.order_by("row").values_list("signer", flat=True)
        assert list(signers) == ["proxy", "proxy", "", ""]

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("1-9", "本表是第 1 至 4 行"),
            ("1=9", "看不懂"),
            ("Z99999999", "不在签字明细表"),
            ("", "请输入行号"),
        ],
    )
    def test_what_cannot_be_is_said(
        self, clerk: Client, given: Out, text: str, words: str
    ) -> None:
        answer = said(clerk, "bundle.tick", given.bundle, text=text, on=str(timezone.localdate()))
        assert words in answer
        assert not given.bundle.rows.exclude(result="").exists()

    def test_a_card_is_signed_by_scanning_it(self, clerk: Client, given: Out) -> None:
        today = str(timezone.localdate())
        said(clerk, "bundle.tick", given.bundle, text=given.cards[2].number, on=today)
        assert given.bundle.rows.get(result="signed").row == 3

    def test_ticks_are_there_at_the_next_visit(self, city: City, given: Out) -> None:
        tick(given.bundle, "1-2", by=city.here.clerk, on=timezone.localdate())
        other = signed_in(city.here.other_clerk)
        assert "还有 2 行没有结果" in other.get(url("bundle.show", given.bundle)).content.decode()

    def test_the_code_of_another_sheet_changes_over_to_it(
        self, city: City, clerk: Client, given: Out
    ) -> None:
        other = out(city, count=1)
        code = scan_code(DOCUMENT, other.bundle.number, "1", "abcd1234")
        answer = clerk.post(url("bundle.tick", given.bundle), {"text": code})
        assert answer["Location"] == url("bundle.show", other.bundle)

    def test_a_row_in_full_keeps_who_signed_sealed(self, clerk: Client, given: Out) -> None:
        address = url("bundle.row", given.bundle, 2)
        data = {
            "result": "signed", "signer": "proxy", "signed_on": str(timezone.localdate()),
            "agent_name": "李四", "agent_number": make.citizen_number(),
            "agent_relation": "child", "agent_proof": "relative_proof", "words": "",
        }  # fmt: skip
        assert clerk.post(address, data).status_code == 302
        row = BundleRow.objects.get(bundle=given.bundle, row=2)
        assert row.signer == "proxy" and row.relation == "child"
        assert "李四".encode() not in bytes(row.agent_name_sealed or b"")
        page = clerk.get(address).content.decode()
        number = named_in(vars(row)).number
        assert mask_number(number) in page and number not in page
        # Sent as it was shown, masked, the number stays what it is.
        data |= {"agent_number": mask_number(number), "agent_relation": "spouse"}
        assert clerk.post(address, data).status_code == 302
        again = BundleRow.objects.get(bundle=given.bundle, row=2)
        assert named_in(vars(again)).number == number and again.relation == "spouse"

    def test_queries_do_not_grow_with_the_rows(self, city: City, clerk: Client) -> None:
        counts = []
        clerk.get(reverse("bundle.list"))
        for count in (3, 40):
            given = out(city, count=count)
            with CaptureQueriesContext(connection) as queries:
                clerk.get(url("bundle.show", given.bundle))
            counts.append(len(queries))
        assert counts[0] == counts[1] <= 16


def upload(content: bytes, name: str = "1.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


class TestPages:
    def test_pictures_come_in_their_order(self, clerk: Client, given: Out) -> None:
        Bundle.objects.filter(pk=given.bundle.pk).update(pages=3)
        images = [upload(png(width=w), f"{w}.png") for w in (3, 4)]
        answer = said(clerk, "bundle.pages", given.bundle, images=images, page="1")
        assert "已收到 2 页影像" in answer and "缺第 3 页" in answer
        assert list(BundlePage.objects.order_by("page").values_list("page", flat=True)) == [1, 2]
        digest = BundlePage.objects.get(page=1).digest
        picture = clerk.get(url("bundle.page", given.bundle, digest))
        assert picture["Content-Type"] == "image/png"

    def test_a_scanned_page_code_says_which_page_it_is(self, clerk: Client, given: Out) -> None:
        Bundle.objects.filter(pk=given.bundle.pk).update(pages=3)
        code = scan_code(DOCUMENT, given.bundle.number, "2", "abcd1234")
        said(clerk, "bundle.pages", given.bundle, images=[upload(png())], code=code)
        assert BundlePage.objects.get().page == 2

    def test_a_page_of_another_sheet_is_not_kept(
        self, city: City, clerk: Client, given: Out
    ) -> None:
        other = out(city, count=1)
        code = scan_code(DOCUMENT, other.bundle.number, "1", "abcd1234")
        answer = said(clerk, "bundle.pages", given.bundle, images=[upload(png())], code=code)
        assert f"扫到的是签字明细表 {other.bundle.number} 第 1 页" in answer
        assert not BundlePage.objects.exists()

    def test_a_page_of_another_county_is_not_found(
        self, city: City, clerk: Client, given: Out
    ) -> None:
        Organization.objects.filter(pk=given.bundle.unit_id).update(
            path=f"{city.neighbour.county.path}{given.bundle.unit_id}."
        )
        own = out(city, count=1)
        code = scan_code(DOCUMENT, given.bundle.number, "1", "abcd1234")
        answer = said(clerk, "bundle.pages", own.bundle, images=[upload(png())], code=code)
        assert "没有这份签字明细表，或它不是本县区的" in answer

    def test_a_picture_of_thirty_thousand_pixels_is_refused(
        self, clerk: Client, given: Out
    ) -> None:
        huge = upload(png(width=30_000, height=30_000), "大图.png")
        answer = said(clerk, "bundle.pages", given.bundle, images=[huge], page="1")
        assert "大图.png：图像为 30000 × 30000 像素，边长超过 10000 像素" in answer
        assert not BundlePage.objects.exists()

    def test_the_same_picture_is_kept_once(self, clerk: Client, given: Out) -> None:
        said(clerk, "bundle.pages", given.bundle, images=[upload(png())], page="1")
        answer = said(clerk, "bundle.pages", given.bundle, images=[upload(png())], page="1")
        assert "以前已上传" in answer
        digest = BundlePage.objects.get().digest
        assert "已去掉" in said(clerk, "bundle.pages", given.bundle, drop=digest)


class TestFiling:
    def test_everything_is_said_at_once_and_then_it_is_filed(
        self, city: City, clerk: Client, given: Out
    ) -> None:
        answer = clerk.post(url("bundle.file", given.bundle), {"key": make.key()})
        assert answer.status_code == 409
        for code in ("SHEET_UNBALANCED", "SHEET_PAGES_MISSING", "ROW_REASON_MISSING"):
            assert f'data-refusal="{code}"' in answer.content.decode()
        tick(given.bundle, "1-3;4=2", by=city.here.clerk, on=timezone.localdate())
        add_pages(given.bundle, by=city.here.clerk)
        data = {"key": make.key(), "told_pick_up": "on"}
        assert "已备案：应发 4 ＝ 实发 3 ＋ 未发 1" in said(
            clerk, "bundle.file", given.bundle, **data
        )
        again = clerk.post(url("bundle.file", given.bundle), data | {"key": make.key()})
        assert 'data-refusal="SHEET_FILED"' in again.content.decode()

    def test_a_row_is_corrected_by_two(self, city: City, clerk: Client, given: Out) -> None:
        tick(given.bundle, "1-4", by=city.here.clerk, on=timezone.localdate())
        add_pages(given.bundle, by=city.here.clerk)
        said(clerk, "bundle.file", given.bundle, key=make.key(), told_pick_up="on")
        address = url("bundle.undo", given.bundle, 1)
        assert "更正这一行" in clerk.get(address).content.decode()
        event = Event.objects.get(act="card.issue_collective", subject_id=given.cards[0].pk)
        reviewer = User.objects.get(pk=city.here.reviewer.user_id)
        data = {
            "key": make.key(), "event": event.pk, "words": "勾错行",
            "second_name": reviewer.username, "second_password": PASSWORD,
        }  # fmt: skip
        answer = clerk.post(address, data, follow=True).content.decode()
        assert "第 1 行已更正" in answer and "还有 1 行没有结果" in answer
