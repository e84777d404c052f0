"""《商洛市社会保障卡信息错误人员清单》 column by column, and who reads it (Art. 13 to 15)."""

import io
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from cardbook.chapters.corrections.wrong_cards.register import (
    FORM,
    WRONG_CARDS,
    wrong_card_sheet,
)
from cardbook.chapters.corrections.wrong_cards.tests import wrong
from cardbook.lifecycle.facts import Fault
from cardbook.orgs.models import Organization
from cardbook.people.holders import holder_of
from cardbook.registers.forms import Sheet, TooManyRows
from cardbook.registers.pdf import render_pdf
from cardbook.registers.xlsx import render_xlsx
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(13)]


def sheet(office: Organization, *, masked: bool = False, limit: int | None = None) -> Sheet:
    chosen: dict[str, Any] = {
        "office": office, "start": date(2026, 11, 1), "end": date(2026, 11, 30),
    }  # fmt: skip
    return wrong_card_sheet(
        chosen=chosen, masked=masked, printed_by="甲", printed_at=NOON, limit=limit
    )


def lines(given: Sheet) -> list[dict[str, str]]:
    keys = [column.key for column in FORM.columns]
    return [dict(zip(keys, row, strict=True)) for row in given.rows]


class TestWrongCardList:
    def test_has_the_columns_of_the_form(self) -> None:
        assert [column.title for column in FORM.columns] == [
            "序号", "发现日期", "发现环节", "姓名（卡面）", "社会保障号码（卡面）", "社保卡卡号",
            "银行", "错误项目", "卡面值", "正确值（身份证/户口簿）", "证明材料", "再次核查人/日期",
            "是否收回/收回时间", "已向持卡人或代理人说明（时间/方式）",
            "省系统错卡登记号/日期", "省系统确认日期", "公安更正（需/不需/已完成日期）",
            "责任归属", "是否收费", "补换卡申请号", "销毁清单号", "登记人", "审核人",
        ]  # fmt: skip

    def test_tells_the_whole_handling_in_one_row(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here, people=[make.person(name="王小明")])
        correction = wrong.confirmed(card, city.here, what=wrong.compared(fault=Fault.HOLDER))
        done = wrong.resume(correction, by=city.here.clerk, corrected_on=wrong.TODAY)
        (line,) = lines(sheet(city.here.county))
        assert line == {
            "order": "1", "found_on": "2026-11-20", "found": "发放", "name": "王小朋",
            "number": holder_of(card.person).number, "card_number": card.number,
            "bank": "示范银行", "fields": "姓名", "proof": "居民身份证", "face": "姓名：王小朋",
            "right": "姓名：王小明", "rechecked": "复核员 2026-11-20",
            "taken_back": "是 2026-11-20 12:00", "told": "2026-11-20 持卡人 当面",
            "police": "已完成 2026-11-20", "entered": "SX-1 2026-11-20", "confirmed": "2026-11-20",
            "fault": "本人信息变更", "fee": "20.00 元", "application": str(done.subject_ids[1]),
            "lot": "", "recorder": "窗口甲", "reviewer": "复核员",
        }  # fmt: skip

    @pytest.mark.article(15)
    @pytest.mark.parametrize("fault", list(Fault))
    def test_the_new_application_says_whose_fault_it_is_and_who_pays(
        self, city: City, fault: Fault
    ) -> None:
        (card,) = make.received_cards(city, city.here)
        correction = wrong.confirmed(card, city.here, what=wrong.compared(fault=fault))
        done = wrong.resume(correction, by=city.here.clerk, corrected_on=wrong.TODAY)
        page = signed_in(city.here.clerk).get(
            reverse("application.show", args=[done.subject_ids[1]])
        )
        words = page.content.decode()
        owed = "20.00 元，应收未收" if fault is Fault.HOLDER else "0.00 元，不收费"
        assert f"{owed}（{fault.label}）" in words and f"责任归属 {fault.label}" in words

    def test_a_mistaken_entry_stays_on_the_list_and_says_so(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        correction = wrong.recorded(card, city.here)
        wrong.drop(correction, by=city.here.clerk, second=city.here.reviewer)
        given = sheet(city.here.county)
        assert lines(given)[0]["taken_back"] == "误登，已撤销"
        assert dict(given.totals)["其中误登撤销"] == "1 件"

    def test_hides_numbers_on_the_screen_and_from_the_neighbour_all(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        wrong.recorded(card, city.here)
        number = holder_of(card.person).number
        assert lines(sheet(city.here.county, masked=True))[0]["number"] != number
        assert sheet(city.neighbour.county).rows == ()

    def test_is_printed_with_page_numbers_and_code_and_as_a_workbook(self, city: City) -> None:
        for card in make.received_cards(city, city.here, count=3):
            wrong.recorded(card, city.here)
        given = sheet(city.here.county)
        pdf = PdfReader(io.BytesIO(render_pdf(given, number="XXCW-1")))
        text = "".join(page.extract_text() for page in pdf.pages)
        assert "商洛市社会保障卡信息错误人员清单" in text and "第十三条" in text
        book = load_workbook(io.BytesIO(render_xlsx(given, number="XXCW-1")))
        assert book.active is not None

    def test_more_rows_than_a_sheet_carries_are_refused(self, city: City) -> None:
        for card in make.received_cards(city, city.here, count=2):
            wrong.recorded(card, city.here)
        with pytest.raises(TooManyRows):
            sheet(city.here.county, limit=1)

    def test_is_read_and_issued_by_the_offices_that_handle_cards(self) -> None:
        assert WRONG_CARDS.issuers < WRONG_CARDS.readers
