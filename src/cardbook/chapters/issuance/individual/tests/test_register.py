"""The 领卡登记表 filled from real hand-overs, and the slip a holder takes home (Art. 8 ¶4, 12)."""

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pypdf import PdfReader

from cardbook.cards.models import Card
from cardbook.chapters.issuance.individual.commands import KeptImage, issue_card, undo_issue
from cardbook.chapters.issuance.individual.register import (
    FORM,
    PICK_UP,
    pick_up_sheet,
    slip_pdf,
)
from cardbook.chapters.usage.tests.sending import send
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination
from cardbook.law import notices, papers
from cardbook.law.articles import art
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardSorted, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.models import Organization
from cardbook.people.holders import holder_of
from cardbook.registers.choosing import PeriodForm
from cardbook.registers.codes import read_code
from cardbook.registers.forms import Sheet, TooManyRows
from cardbook.registers.pdf import render_pdf
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City
from cardbook.testing.pictures import png

TODAY = date(2026, 11, 20)
LONG_NAME = "阿不都热合曼·买买提艾力·阿卜杜拉·阿布都克里"
RARE_NAME = "䶮㛃𬭎𠮷"


def sheet(office: Organization, *, masked: bool = False, limit: int | None = None) -> Sheet:
    """The sheet of an office for the day of the hand-overs."""
    form = PeriodForm(
        {"office": office.code, "start": TODAY, "end": TODAY},
        by=None,
        today=TODAY,
    )
    assert form.is_valid(), form.errors
    return pick_up_sheet(
        chosen=form.cleaned_data, masked=masked, printed_by="甲", printed_at=NOON, limit=limit
    )


def cell(given: Sheet, row: int, key: str) -> str:
    """What a sheet says under the column of a key."""
    return given.rows[row][[column.key for column in FORM.columns].index(key)]


def texts(content: bytes) -> list[str]:
    """The text of each page without the breaks of narrow cells."""
    pages = PdfReader(io.BytesIO(content)).pages
    return ["".join(page.extract_text().split()) for page in pages]


def pictures(content: bytes) -> list[tuple[int, int]]:
    """The sizes of the pictures in a PDF."""
    reader = PdfReader(io.BytesIO(content))
    found = (reader.get_object(place) for place in range(1, int(reader.trailer["/Size"])))
    images = [
        each for each in found if isinstance(each, dict) and each.get("/Subtype") == "/Image"
    ]
    return [(image["/Width"], image["/Height"]) for image in images]


@pytest.fixture
def card(city: City) -> Card:
    """A card its holder took home."""
    return make.issued_card(city, city.here)


@pytest.mark.article(8, 4)
class TestPickUpSheet:
    def test_has_every_column_of_the_form_in_its_order(self) -> None:
        assert [column.title for column in FORM.columns] == [
            "序号", "领卡日期时间", "领卡方式", "持卡人姓名", "社会保障号码", "社保卡卡号",
            "所属银行", "批次号", "单位/村（社区）编号及名称", "领卡数量", "起止盒号/序号",
            "领卡人姓名", "领卡人证件类型/号码", "与持卡人关系", "联系电话", "委托/证明材料",
            "复印件留存", "卡面核对", "已告知事项", "社保功能激活", "领卡人签字", "经办人签字",
            "复核人", "发放机构（章）", "备注",
        ]  # fmt: skip
        assert FORM.title == "陕西省商洛市社会保障卡领卡登记表"
        assert art(8, 4) in FORM.basis

    def test_tells_a_hand_over_as_it_happened(self, city: City, card: Card) -> None:
        given = sheet(city.here.window)
        number = holder_of(card.person).number
        expected = {
            "order": "1", "happened_at": "2026-11-20 12:00", "way": "本人", "name": "王小明",
            "number": number, "card_number": card.number, "bank": "示范银行", "batch": "P-TEST",
            "quantity": "1", "receiver": "王小明", "relation": "本人",
            "document": f"居民身份证 {number}",
            "papers": "本人有效身份证件原件、身份证件复印件、纸质登记表签字", "copy_kept": "是",
            "face": "一致", "told": "☑领卡告知", "activated": "否", "signature": "",
            "actor": "窗口甲", "second": "", "seal": "", "remarks": "",
        }  # fmt: skip
        assert {key: cell(given, 0, key) for key in expected} == expected
        assert given.totals == (("登记", "1 笔"), ("其中已撤销", "0 笔"), ("实际领取", "1 张"))

    def test_says_since_when_the_social_function_is_active(self, city: City, card: Card) -> None:
        answer = send("social.activate", card, by=city.here.clerk, asked_by="holder")
        assert answer.status_code == 302
        assert cell(sheet(city.here.window), 0, "activated") == f"是 {local_day(timezone.now())}"

    def test_counts_the_pages_kept_of_each_paper(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        usual = make.usual_papers("card.issue")
        image = Presented(kind=papers.ID_CARD_IMAGE.code, digest="ab" * 32)
        shown = (*usual, image, replace(image, digest="cd" * 32))
        perform(
            replace(make.issue_step(card), papers=shown),
            by=city.here.clerk,
            at=NOON,
            key=make.key(),
        )
        title = papers.ID_CARD_IMAGE.title
        assert f"{title}（影像 2 页）" in cell(sheet(city.here.window), 0, "papers")

    def test_names_the_box_the_card_lay_in(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        box = Account.objects.create(
            kind=Place.BOX, organization=city.here.card_body, code="A-2-05", capacity=9
        )
        step = Step(
            act=act("card.sort"),
            facts=CardSorted(order="town", box=box.code),
            subject_ids=[card.pk],
            destination=Destination(box.pk),
        )
        perform(step, by=city.here.keeper, at=NOON, key=make.key())
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        assert cell(sheet(city.here.window), 0, "boxes") == "A-2-05 第1位"

    def test_screen_copies_hide_the_middle_of_numbers(self, city: City, card: Card) -> None:
        given = sheet(city.here.window, masked=True)
        number = holder_of(card.person).number
        assert cell(given, 0, "number") == mask_number(number)
        assert number not in str(given.rows)

    def test_an_office_has_its_own_and_a_higher_one_all_below(
        self, city: City, card: Card
    ) -> None:
        (other,) = make.received_cards(city, city.here)
        perform(make.issue_step(other), by=city.here.other_clerk, at=NOON, key=make.key())
        make.issued_card(city, city.neighbour)

        def numbers(office: Organization) -> list[str]:
            given = sheet(office)
            return [cell(given, row, "card_number") for row in range(len(given.rows))]

        assert numbers(city.here.window) == [card.number]
        assert numbers(city.here.other_window) == [other.number]
        assert numbers(city.here.card_body) == [card.number, other.number]
        assert len(numbers(city.city)) == 3

    def test_other_days_are_empty(self, city: City, card: Card) -> None:
        day = TODAY - timedelta(days=1)
        form = PeriodForm(
            {"office": city.here.window.code, "start": day, "end": day}, by=None, today=TODAY
        )
        assert form.is_valid()
        given = pick_up_sheet(
            chosen=form.cleaned_data, masked=True, printed_by="甲", printed_at=NOON, limit=None
        )
        assert given.rows == ()

    def test_an_entry_taken_back_stays_and_is_marked(self, city: City, card: Card) -> None:
        event = Event.objects.get(act="card.issue", subject_id=card.pk)
        undo_issue(
            card_id=card.pk, event_id=event.pk, words="扫错卡", by=city.here.clerk,
            second=city.here.reviewer, at=NOON, key=make.key(),
        )  # fmt: skip
        perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        given = sheet(city.here.window)
        assert [cell(given, row, "remarks") for row in (0, 1)] == ["已撤销", ""]
        assert dict(given.totals) == {"登记": "2 笔", "其中已撤销": "1 笔", "实际领取": "1 张"}

    def test_more_hand_overs_than_a_sheet_carries_are_refused(self, city: City) -> None:
        for _ in range(3):
            make.issued_card(city, city.here)
        assert len(sheet(city.here.window, limit=3).rows) == 3
        with pytest.raises(TooManyRows, match="缩短时间段"):
            sheet(city.here.window, limit=2)

    def test_two_queries_read_any_number_of_rows(
        self, city: City, django_assert_num_queries: object
    ) -> None:
        for _ in range(3):
            make.issued_card(city, city.here)
        form = PeriodForm(
            {"office": city.city.code, "start": TODAY, "end": TODAY},
            by=None,
            today=TODAY,
        )
        assert form.is_valid()
        with django_assert_num_queries(2):  # type: ignore[operator]
            given = pick_up_sheet(
                chosen=form.cleaned_data, masked=True, printed_by="", printed_at=NOON, limit=9
            )
        assert len(given.rows) == 3

    def test_prints_every_column_and_whole_names(self, city: City) -> None:
        for name in (RARE_NAME, LONG_NAME):
            make.issued_card(city, city.here, holder=make.person(name=name))
        given = sheet(city.here.window)
        (text,) = texts(render_pdf(given, number="LKDJ-T-2026-0001"))
        for column in FORM.columns:
            assert column.title in text, column.title
        assert RARE_NAME in text and LONG_NAME in text
        assert cell(given, 0, "number") in text


def sign_on_screen(city: City, content: bytes) -> Card:
    """A hand-over signed on the screen with this picture."""
    (card,) = make.received_cards(city, city.here)
    image = KeptImage(
        kind="signature_screen", title="领卡签字", media_type="image/png", content=content
    )
    papers = (
        Presented(kind="id_card_original"),
        Presented(kind="id_card_copy"),
        Presented(kind="signature_screen", digest=image.digest),
    )
    issue_card(
        card_id=card.pk,
        facts=make.issue_facts(card, signing=Signing.SCREEN, signature=image.digest),
        papers=papers,
        told=(notices.PICK_UP.code,),
        images=[image],
        by=city.here.clerk,
        at=NOON,
        key=make.key(),
    )
    return card


@pytest.mark.article(8, 4)
class TestSignatures:
    @pytest.fixture(autouse=True)
    def store(self, tmp_path: Path, settings: object) -> Path:
        """A store of papers of the test's own."""
        settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]
        return tmp_path

    def test_a_signature_on_the_screen_is_printed(self, city: City) -> None:
        content = png(width=60, height=8)
        sign_on_screen(city, content)
        given = sheet(city.here.window)
        assert given.pictures == {cell(given, 0, "signature"): content}
        # One picture, of the signature; codes are drawn, not pictures.
        assert pictures(render_pdf(given, number="N-1")) == [(60, 8)]

    def test_a_copy_for_the_screen_has_words_instead(self, city: City) -> None:
        sign_on_screen(city, png())
        given = sheet(city.here.window, masked=True)
        assert (given.pictures, cell(given, 0, "signature")) == ({}, "屏幕签字")

    def test_a_lost_picture_does_not_stop_the_sheet(self, city: City, store: Path) -> None:
        sign_on_screen(city, png())
        for path in store.rglob("*"):
            if path.is_file():
                path.unlink()
        given = sheet(city.here.window)
        assert (given.pictures, cell(given, 0, "signature")) == ({}, "屏幕签字")

    def test_a_broken_picture_does_not_stop_the_sheet(self, city: City) -> None:
        sign_on_screen(city, png()[:40])
        (text,) = texts(render_pdf(sheet(city.here.window), number="N-1"))
        assert "王小明" in text


@pytest.mark.article(12, 1)
class TestSlipPdf:
    def slip(self, city: City, card: Card) -> tuple[bytes, str]:
        card = Card.objects.select_related("person").get(pk=card.pk)
        content = slip_pdf(card=card, by=city.here.clerk, at=NOON)
        (text,) = texts(content)
        return content, text

    def test_says_what_was_handed_over_and_what_to_mind(self, city: City, card: Card) -> None:
        _, text = self.slip(city, card)
        holder = holder_of(card.person)
        for words in (
            "社会保障卡领卡凭条", holder.name, holder.masked_number, card.number, "甲县一号窗口",
            "2026-11-2012:00", notices.PICK_UP.text_id, "第十二条", "12333",
        ):  # fmt: skip
            assert words in text, words
        for line in notices.PICK_UP.lines:
            assert "".join(line.split()) in text, line
        assert holder.number not in text

    def test_fits_one_a5_page_even_with_a_long_name(self, city: City) -> None:
        card = make.issued_card(city, city.here, holder=make.person(name=LONG_NAME * 2))
        content, text = self.slip(city, card)
        assert LONG_NAME * 2 in text
        box = PdfReader(io.BytesIO(content)).pages[0].mediabox
        assert (round(box.width), round(box.height)) == (420, 595)

    def test_is_the_same_paper_when_printed_again(self, city: City, card: Card) -> None:
        assert self.slip(city, card)[0] == self.slip(city, card)[0]

    def test_a_hand_over_taken_back_gives_the_notice_only(self, city: City, card: Card) -> None:
        event = Event.objects.get(act="card.issue", subject_id=card.pk)
        undo_issue(
            card_id=card.pk, event_id=event.pk, words="扫错卡", by=city.here.clerk,
            second=city.here.reviewer, at=NOON, key=make.key(),
        )  # fmt: skip
        _, text = self.slip(city, card)
        assert "社会保障卡领卡告知" in text
        assert "领卡时间" not in text

    def test_its_code_leads_back_to_the_hand_over(
        self, city: City, card: Card, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from cardbook.chapters.issuance.individual import register

        drawn: list[str] = []
        monkeypatch.setattr(register, "qr_svg", lambda text: drawn.append(text) or "<svg/>")
        monkeypatch.setattr(register, "typeset", lambda **_: b"")
        slip_pdf(card=card, by=city.here.clerk, at=NOON)
        event = Event.objects.get(act="card.issue", subject_id=card.pk)
        (text,) = drawn
        assert read_code(text).parts == (card.number, str(event.pk))


class TestRegister:
    def test_an_auditor_reads_and_does_not_issue(self) -> None:
        assert {role.value for role in PICK_UP.readers - PICK_UP.issuers} == {"auditor"}
