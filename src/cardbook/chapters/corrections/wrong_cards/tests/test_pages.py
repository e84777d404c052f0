"""The screens of wrong cards: compare, take back, lead on, list, paste, print (Art. 13 to 15)."""

import io
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Application, Card, Correction
from cardbook.chapters.corrections.models import CorrectionDetail
from cardbook.chapters.corrections.wrong_cards import pages
from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.chapters.corrections.wrong_cards.values import open_face, open_right
from cardbook.law.parameters import whole_number
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import Fault, WrongField
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import PASSWORD, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(13)]


def of_a_man(number: str) -> bool:
    return int(number[16]) % 2 == 1


def received(city: City, **who: Any) -> Card:
    """A card of a man whose number says that he is one."""
    who.setdefault("number", next(filter(of_a_man, iter(make.citizen_number, ""))))
    (card,) = make.received_cards(city, city.here, people=[make.person(**who)])
    return card


def other_number(number: str, *, born_on: date) -> str:
    """A right number that is not this one."""
    found = make.citizen_number(born_on=born_on)
    assert found != number
    return found


def compare(client: Client, card: Card, number: str) -> str:
    asked = {"number": number, "card": card.number}
    page = client.post(reverse("error.start"), asked, follow=True)
    assert page.status_code == 200 and len(page.redirect_chain) == 1
    return page.content.decode()


class TestCompare:
    def test_sets_the_face_beside_the_document_and_marks_what_differs(self, city: City) -> None:
        card = received(city, name="王小明")
        own = holder_of(card.person).number
        other = other_number(own, born_on=date(1981, 6, 2))
        html = compare(signed_in(city.here.clerk), card, other)
        assert "项与证件不一致" in html and "<mark>" in html
        assert (
            'name="pick_number" value="on" data-digit="2" data-label="社会保障号码" checked'
            in html
        )
        assert 'name="pick_birth" value="on" data-digit="5" data-label="出生日期" checked' in html
        assert 'name="pick_name" value="on" data-digit="1" data-label="姓名">' in html
        assert own not in html and other not in html, "numbers stay masked"

    def test_says_when_number_sex_and_birth_agree(self, city: City) -> None:
        card = received(city)
        html = compare(signed_in(city.here.clerk), card, holder_of(card.person).number)
        assert "号码、性别、出生日期与证件一致" in html

    def test_has_an_address_one_can_come_back_to_that_says_no_number(self, city: City) -> None:
        card, other = received(city), received(city)
        client, number = signed_in(city.here.clerk), holder_of(card.person).number
        asked = {"number": number, "card": card.number}
        answer = client.post(reverse("error.start"), asked)
        assert answer.status_code == 302 and number not in answer["Location"]
        for _ in range(2):
            assert "data-differing" in client.get(answer["Location"]).content.decode()
        address = reverse("error.record", args=[other.pk])
        assert "data-differing" not in client.get(address).content.decode()
        again = client.post(address, {"compare": "1", "number": number, "found": "use"})
        assert again.status_code == 302 and "found=use" in again["Location"]
        assert "data-another" in client.get(again["Location"]).content.decode()

    def test_a_card_of_the_neighbour_is_not_here(self, city: City) -> None:
        (theirs,) = make.received_cards(city, city.neighbour)
        client = signed_in(city.here.clerk)
        page = client.post(reverse("error.start"), {"number": "", "card": theirs.number})
        assert page.status_code == 422 and "本县区没有这张卡" in page.content.decode()
        assert client.get(reverse("error.record", args=[theirs.pk])).status_code == 404

    def test_a_number_that_cannot_be_is_said_in_words(self, city: City) -> None:
        card = received(city)
        page = signed_in(city.here.clerk).post(
            reverse("error.start"), {"number": "99999919800517001", "card": card.number}
        )
        assert page.status_code == 422 and "data-problem" in page.content.decode()

    def test_warns_when_the_document_is_another_holders(self, city: City) -> None:
        card, other = received(city), received(city)
        client = signed_in(city.here.clerk)
        html = compare(client, card, holder_of(other.person).number)
        assert "data-another" in html
        assert "data-another" not in compare(client, card, holder_of(card.person).number)

    def test_from_the_desk_the_document_was_read_already(self, city: City) -> None:
        card = received(city)
        html = signed_in(city.here.clerk).get(
            reverse("error.record", args=[card.pk]), {"from": "desk"}
        ).content.decode()  # fmt: skip
        assert "号码、性别、出生日期与证件一致" in html
        from_page = signed_in(city.here.keeper).get(reverse("error.record", args=[card.pk]))
        assert "扫描或输入证件号码" in from_page.content.decode()


class TestRecord:
    def given(self, **changes: str) -> dict[str, str]:
        usual = {
            "key": make.key(), "found": "issuing", "reported": "holder", "fault": "capture",
            "proof": "id_card", "pick_name": "on", "face_name": "王小朋", "right_name": "王小明",
            "is_told": "on",
        }  # fmt: skip
        return {name: value for name, value in (usual | changes).items() if value}

    def test_takes_the_card_back_says_so_and_offers_the_letter(self, city: City) -> None:
        card = received(city)
        page = signed_in(city.here.clerk).post(
            reverse("error.record", args=[card.pk]), self.given(), follow=True
        )
        html = page.content.decode()
        correction = Correction.objects.get()
        assert "已收回" in html and reverse("error.letter", args=[correction.pk]) in html
        assert "王小" not in html
        told = Event.objects.get(act="error.explain")
        assert "您的卡有一项不对：姓名。" in told.facts and "不收费" in told.facts
        assert '"expected_on":null' in told.facts

    @pytest.mark.article(15)
    def test_expects_the_police_in_the_usual_time(self, city: City) -> None:
        card = received(city)
        signed_in(city.here.clerk).post(
            reverse("error.record", args=[card.pk]), self.given(fault="police")
        )
        today = date.today()
        days = whole_number("police_correction_days", on=today)
        assert CorrectionDetail.objects.get().expected_on == today + timedelta(days=days)

    def test_takes_the_number_from_the_sealed_reading(self, city: City) -> None:
        card = received(city)
        other = other_number(holder_of(card.person).number, born_on=date(1981, 6, 2))
        client = signed_in(city.here.clerk)
        html = compare(client, card, other)
        reading = html.split('name="reading" value="')[1].split('"')[0]
        given = self.given(pick_name="", pick_number="on", face_name="", right_name="")
        client.post(reverse("error.record", args=[card.pk]), given | {"reading": reading})
        detail = CorrectionDetail.objects.get()
        assert open_right(detail.right_sealed) == {WrongField.NUMBER: other}
        assert open_face(detail.face_sealed) == {WrongField.NUMBER: holder_of(card.person).number}

    def test_nothing_picked_is_refused_and_nothing_typed_is_lost(self, city: City) -> None:
        card = received(city)
        given = self.given(pick_name="")
        page = signed_in(city.here.clerk).post(reverse("error.record", args=[card.pk]), given)
        html = page.content.decode()
        assert page.status_code == 409 and 'data-refusal="ERROR_NOT_NAMED"' in html
        assert "王小朋" in html and not Correction.objects.exists()

    def test_a_value_that_cannot_be_is_said_beside_it(self, city: City) -> None:
        card = received(city)
        given = self.given(pick_birth="on", right_birth="昨天")
        page = signed_in(city.here.clerk).post(reverse("error.record", args=[card.pk]), given)
        assert page.status_code == 422 and "1980-05-17" in page.content.decode()

    def test_a_proxy_who_was_told_has_a_name(self, city: City) -> None:
        card = received(city)
        client = signed_in(city.here.clerk)
        address = reverse("error.record", args=[card.pk])
        assert client.post(address, self.given(reported="agent")).status_code == 422
        client.post(address, self.given(reported="agent", agent="王大明"))
        row = client.get(reverse("error.show", args=[Correction.objects.get().pk]))
        assert "向代理人王大明当面说明" in row.content.decode()

    def test_a_recalled_card_shows_why_it_cannot(self, city: City) -> None:
        card = received(city)
        wrong.record(card, by=city.here.clerk)
        page = signed_in(city.here.clerk).get(reverse("error.record", args=[card.pk]))
        assert 'data-refusal="CARD_RECALLED"' in page.content.decode()

    def test_an_auditor_does_not_record(self, city: City) -> None:
        card = received(city)
        page = signed_in(city.here.auditor).get(reverse("error.record", args=[card.pk]))
        assert page.status_code == 403


class TestSteps:
    def post(self, by: Actor, name: str, correction: Correction, **given: str) -> Any:
        address = reverse(name, args=[correction.pk])
        return signed_in(by).post(address, {"key": make.key(), **given})

    def test_go_one_after_the_other_to_a_new_application(self, city: City) -> None:
        here, card = city.here, received(city)
        correction = wrong.recorded(card, here, telling=None)
        today = f"{date.today()}"
        self.post(
            here.clerk, "error.explain", correction, told="holder", way="phone", was_told="on"
        )
        values = {"pick_name": "on", "face_name": "王小朋", "right_name": "王小明"}
        self.post(
            here.reviewer, "error.recheck", correction, fault="maker", proof="household",
            complete="on", **values,
        )  # fmt: skip
        for name in ("error.enter_province", "error.confirm_province"):
            self.post(here.keeper, name, correction, reference="SX-9", answered_on=today)
        page = self.post(here.clerk, "error.resume", correction, corrected_on="", words="")
        assert page.status_code == 302, page.content.decode()[:2000]
        correction.refresh_from_db()
        assert correction.progress == "resumed"
        assert Application.objects.get().fee_fen == 0
        shown = signed_in(here.clerk).get(reverse("error.show", args=[correction.pk]))
        html = shown.content.decode()
        assert "SX-9" in html and "户口簿" in html and "制卡差错" in html

    @pytest.mark.article(14)
    def test_the_province_number_is_asked_for_and_nothing_is_kept_without_it(
        self, city: City
    ) -> None:
        correction = wrong.recorded(received(city), city.here)
        wrong.recheck(correction, by=city.here.reviewer)
        today = f"{date.today()}"
        page = self.post(
            city.here.keeper, "error.enter_province", correction, reference=" ", answered_on=today
        )
        html = page.content.decode()
        assert 'id="id_reference_error"' in html and "省系统登记号<small>选填</small>" not in html
        correction.refresh_from_db()
        assert correction.progress == "rechecked"

    def test_recheck_by_the_recorder_is_refused_on_the_page(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        values = {"pick_name": "on", "right_name": "王小明", "complete": "on"}
        page = self.post(
            city.here.clerk, "error.recheck", correction, fault="maker", proof="id_card", **values
        )
        assert page.status_code == 409
        assert 'data-refusal="SAME_PERSON_AGAIN"' in page.content.decode()

    def test_recheck_reads_the_document_again(self, city: City) -> None:
        card = received(city)
        correction = wrong.recorded(card, city.here)
        number = other_number(holder_of(card.person).number, born_on=date(1981, 6, 2))
        page = self.post(
            city.here.reviewer, "error.recheck", correction, compare="1", number=number
        )
        html = page.content.decode()
        assert page.status_code == 200 and "<mark>" in html and number not in html
        assert html.split('name="reading" value="')[1][0] != '"'
        correction.refresh_from_db()
        assert correction.progress == "recorded"

    def test_recheck_keeps_a_number_it_does_not_show(self, city: City) -> None:
        card = received(city)
        own = holder_of(card.person).number
        other = other_number(own, born_on=date(1981, 6, 2))
        values = {"face": {WrongField.NUMBER: own}, "right": {WrongField.NUMBER: other}}
        correction = wrong.recorded(card, city.here, what=wrong.compared(**values))
        address = reverse("error.recheck", args=[correction.pk])
        html = signed_in(city.here.reviewer).get(address).content.decode()
        assert own not in html and other not in html
        self.post(
            city.here.reviewer, "error.recheck", correction, pick_number="on", fault="capture",
            proof="id_card", complete="on",
        )  # fmt: skip
        detail = CorrectionDetail.objects.get()
        assert open_right(detail.right_sealed) == {WrongField.NUMBER: other}
        assert open_face(detail.face_sealed) == {WrongField.NUMBER: own}

    def test_drop_is_signed_by_a_second_person(self, city: City) -> None:
        card = received(city)
        correction = wrong.recorded(card, city.here)
        name = User.objects.get(pk=city.here.reviewer.user_id).username
        page = self.post(
            city.here.clerk, "error.drop", correction, words="看错了", second_name=name,
            second_password=PASSWORD,
        )  # fmt: skip
        assert page.status_code == 302
        card.refresh_from_db()
        assert card.stage == "in_custody"

    @pytest.mark.parametrize(
        "name",
        ["show", "letter", "explain", "recheck", "enter_province", "confirm_province", "resume",
         "drop"],
    )  # fmt: skip
    def test_the_neighbour_finds_nothing(self, city: City, name: str) -> None:
        correction = wrong.recorded(received(city), city.here)
        for by in (city.neighbour.keeper, city.neighbour.clerk):
            page = signed_in(by).get(reverse(f"error.{name}", args=[correction.pk]))
            assert page.status_code in (403, 404)

    def test_every_step_shows_its_form(self, city: City) -> None:
        correction = wrong.recorded(received(city), city.here)
        client = signed_in(city.here.keeper)
        for name in ("explain", "recheck", "enter_province", "confirm_province", "resume", "drop"):
            page = client.get(reverse(f"error.{name}", args=[correction.pk]))
            assert page.status_code == 200, name


@pytest.mark.article(14)
class TestPaste:
    def paste(self, by: Actor, rows: str, *, step: str = "enter", key: str = "") -> str:
        given = {"key": key or make.key(), "step": step, "rows": rows}
        return signed_in(by).post(reverse("error.province"), given).content.decode()

    def test_every_row_has_its_own_result(self, city: City) -> None:
        here = city.here
        good, early, theirs = (received(city) for _ in range(3))
        today = f"{wrong.TODAY}"
        wrong.recheck(wrong.recorded(good, here), by=here.reviewer)
        wrong.recorded(early, here)
        rows = "\n".join(
            [
                f"{good.number}\tSX-1\t{today}",
                f"{early.number}\tSX-2\t{today}",
                f"{theirs.number}\tSX-3\t{today}",
                f"{good.number}\tSX-4\t{today}",
                f"{good.number}\tSX-5",
                f"{good.number}\tSX-6\t昨天",
            ]
        )
        html = self.paste(here.keeper, rows)
        assert "办好 1 行，5 行没有办" in html
        for said in ("本县区没有这张卡", "与第 1 行是同一张卡", "现有 2 列", "“昨天”不是日期"):
            assert said in html
        assert Correction.objects.get(card=good).progress == "entered"
        html = self.paste(here.keeper, f"{good.number}\tSX-1\t{today}", step="confirm")
        assert "已确认" in html
        assert Correction.objects.get(card=good).progress == "confirmed"

    def test_the_same_rows_again_do_nothing_twice(self, city: City) -> None:
        card = received(city)
        wrong.recheck(wrong.recorded(card, city.here), by=city.here.reviewer)
        rows = f"{card.number}\tSX-1\t{wrong.TODAY}"
        self.paste(city.here.keeper, rows, key="same")
        assert "先前已登记，没有重复" in self.paste(city.here.keeper, rows, key="same")

    def test_begins_with_the_cards_ticked_in_the_list(self, city: City) -> None:
        card = received(city)
        correction = wrong.recorded(card, city.here)
        page = signed_in(city.here.keeper).post(
            reverse("error.province"), {"chosen": [str(correction.pk)]}
        )
        assert f"{card.number}\t" in page.content.decode()

    def test_is_not_the_windows_work(self, city: City) -> None:
        page = signed_in(city.here.clerk).get(reverse("error.province"))
        assert page.status_code == 403


class TestList:
    def test_shows_progress_age_and_what_is_to_be_told(self, city: City) -> None:
        told, untold = received(city, name="王小明"), received(city, name="李大力")
        wrong.recorded(told, city.here)
        wrong.recorded(untold, city.here, telling=None)
        client = signed_in(city.here.reviewer)
        html = client.get(reverse("error.list")).content.decode()
        assert told.number in html and untold.number in html and "已登记收回" in html
        html = client.get(reverse("error.list"), {"state": "untold"}).content.decode()
        assert untold.number in html and told.number not in html

    def test_is_searched_by_name_number_and_card_without_an_address_that_tells(
        self, city: City
    ) -> None:
        one, other = received(city, name="王小明"), received(city, name="李大力")
        for card in (one, other):
            wrong.recorded(card, city.here)
        client = signed_in(city.here.clerk)
        for text in ("王小明", one.number, holder_of(one.person).number):
            html = client.post(reverse("error.list"), {"q": text}, follow=True).content.decode()
            assert one.number in html and other.number not in html

    def test_keeps_the_words_when_a_page_is_turned_and_no_number_in_the_address(
        self, city: City, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pages, "ROWS", 1)
        for name in ("王小明", "王小明", "李大力"):
            wrong.recorded(received(city, name=name), city.here)
        client = signed_in(city.here.clerk)
        first = client.post(reverse("error.list"), {"q": "王小明"}, follow=True)
        ((address, _),) = first.redirect_chain
        assert "王" not in unquote(address) and "of=" in address
        second = client.get(f"{address}&page=2")
        assert [row.name for row in second.context["rows"]] == ["王小明"]
        assert second.context["found"].paginator.count == 2 and second.context["q"] == "王小明"
        other = signed_in(city.here.reviewer).get(address, follow=True)
        assert other.context["found"].paginator.count == 3

    def test_is_exported_as_seen_with_masked_numbers(self, city: City) -> None:
        card = received(city)
        wrong.recorded(card, city.here)
        page = signed_in(city.here.clerk).post(reverse("error.list"), {"export": "xlsx"})
        sheet = load_workbook(io.BytesIO(page.content)).active
        cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
        assert card.number in cells and holder_of(card.person).number not in cells

    def test_the_neighbour_sees_none(self, city: City) -> None:
        card = received(city)
        wrong.recorded(card, city.here)
        html = signed_in(city.neighbour.keeper).get(reverse("error.list")).content.decode()
        assert card.number not in html and "还没有登记过错卡" in html

    @pytest.mark.article(14)
    def test_names_what_is_overdue(self, city: City) -> None:
        card = received(city)
        correction = wrong.recorded(card, city.here)
        CorrectionDetail.objects.filter(pk=correction.pk).update(found_on=date(2020, 1, 1))
        html = signed_in(city.here.keeper).get(
            reverse("error.list"), {"state": "overdue"}
        ).content.decode()  # fmt: skip
        assert card.number in html and "逾期" in html and "天数待市局确认" in html

    @pytest.mark.article(15)
    def test_names_those_the_police_should_have_mended(self, city: City) -> None:
        late, soon = received(city, name="王小明"), received(city, name="李大力")
        today = date.today()
        for card, day in ((late, today - timedelta(days=3)), (soon, today)):
            correction = wrong.recorded(card, city.here, what=wrong.compared(fault=Fault.POLICE))
            CorrectionDetail.objects.filter(pk=correction.pk).update(expected_on=day)
        client = signed_in(city.here.clerk)
        html = client.get(reverse("error.list"), {"state": "police_late"}).content.decode()
        assert late.number in html and soon.number not in html and "公安 3 天" in html
        shown = client.get(reverse("error.show", args=[Correction.objects.get(card=late).pk]))
        assert "公安更正逾期 3 天" in shown.content.decode()

    def test_asks_as_much_for_one_as_for_twenty(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        client = signed_in(city.here.clerk)
        for card in make.received_cards(city, city.here, count=2):
            wrong.recorded(card, city.here)
        client.get(reverse("error.list"))

        with CaptureQueriesContext(
            connection,
        ) as few:
            client.get(reverse("error.list"))
        for card in make.received_cards(city, city.here, count=10):
            wrong.recorded(card, city.here)
        with django_assert_num_queries(len(few)):
            client.get(reverse("error.list"))


@pytest.mark.article(15)
class TestLetter:
    def test_says_what_is_wrong_and_what_to_bring_in_plain_words(self, city: City) -> None:
        card = received(city)
        correction = wrong.recorded(card, city.here, what=wrong.compared(fault=Fault.HOLDER))
        page = signed_in(city.here.clerk).get(reverse("error.letter", args=[correction.pk]))
        assert page["Content-Type"] == "application/pdf"
        text = "".join(one.extract_text() for one in PdfReader(io.BytesIO(page.content)).pages)
        for words in ("信息更正告知书", "王小朋", "王小明", "派出所", "户口簿", "20.00"):
            assert words in text, words
        assert holder_of(card.person).number not in text
