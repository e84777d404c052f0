"""What failed inspection: test and verdict, the stock, the sheet, the rate of a batch (Art. 9)."""

import io
import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from cardbook.cards.models import Card
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.chapters.issuance.defect.register import FORM, finding_sheet
from cardbook.chapters.issuance.defect.returns import RATE_ORDERS, batch_rates
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import Defect, DefectRecorded, Reading, Verdict
from cardbook.people.holders import holder_of
from cardbook.registers.choosing import offices
from cardbook.registers.pdf import render_pdf
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City, County
from cardbook.testing.workbooks import cells_of

pytestmark = [pytest.mark.django_db, pytest.mark.article(9)]
TODAY = date(2026, 11, 20)
SILENT = DefectRecorded(
    defect=Defect.UNREADABLE, reader_tried=True, reading=Reading.SILENT, verdict=Verdict.MADE
)


def defective(city: City, county: County, *, facts: DefectRecorded = SILENT) -> Card:
    (card,) = make.received_cards(city, county)
    record_defect(
        card_id=card.pk, facts=facts, told=("defect",), by=county.clerk, at=NOON, key=make.key()
    )
    return card


class TestFinding:
    def test_the_window_records_test_and_verdict(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        given = {
            "key": make.key(), "defect": "unreadable", "reading": "silent", "verdict": "made",
            "told_defect": "on",
        }  # fmt: skip
        signed_in(city.here.clerk).post(reverse("defect.record", args=[card.pk]), given)
        facts = Event.objects.get(act="defect.record").facts
        assert '"reading":"silent"' in facts and '"reader_tried":true' in facts
        html = signed_in(city.here.clerk).get(reverse("card.show", args=[card.pk]))
        assert "没有 ATR" in html.content.decode()

    def test_looked_at_by_eye_no_reader_was_tried(self, city: City) -> None:
        (card,) = make.received_cards(city, city.here)
        given = {"key": make.key(), "defect": "soiled", "told_defect": "on"}
        signed_in(city.here.clerk).post(reverse("defect.record", args=[card.pk]), given)
        facts = Event.objects.get(act="defect.record").facts
        assert '"reading":"eye"' in facts and '"reader_tried":false' in facts


def sheet(city: City, **more: Any) -> Any:
    chosen = {"office": city.here.county, "start": TODAY, "end": TODAY, "since": None,
              "until": None, **more}  # fmt: skip
    return finding_sheet(chosen=chosen, masked=False, printed_by="甲", printed_at=NOON, limit=None)


class TestSheet:
    def test_has_the_columns_of_the_form(self) -> None:
        titles = {column.title for column in FORM.columns}
        assert titles >= {"现象", "读卡检测结果（ATR/EF05）", "鉴定人", "结论", "厂商批次"}

    def test_says_what_was_found_and_that_it_is_free(self, city: City) -> None:
        card = defective(city, city.here)
        (row,) = sheet(city).rows
        line = dict(zip([column.key for column in FORM.columns], row, strict=True))
        assert line["reading"] == "上机：芯片无应答（没有 ATR）"
        assert line["verdict"] == "制卡质量问题，免费补换" and line["fee"] == "0.00 元"
        assert (line["card_number"], line["actor"]) == (card.number, "窗口甲")
        assert line["application"] and line["batch"] == "P-TEST"

    def test_is_made_for_one_card_alone(self, city: City) -> None:
        one, _ = defective(city, city.here), defective(city, city.here)
        assert len(sheet(city).rows) == 2
        given = sheet(city, card=one.number.lower())
        assert len(given.rows) == 1
        pdf = PdfReader(io.BytesIO(render_pdf(given, number="ZLJD-1")))
        text = "".join(page.extract_text() for page in pdf.pages)
        assert "质量问题鉴定单" in text and "第九条" in text

    def test_the_neighbours_defects_are_not_on_it(self, city: City) -> None:
        defective(city, city.neighbour)
        assert sheet(city).rows == ()

    def test_opens_from_the_stock_with_the_card_chosen(self, city: City) -> None:
        card, other = defective(city, city.here), defective(city, city.here)
        client = signed_in(city.here.keeper)
        html = client.get(reverse("defect.stock")).content.decode()
        address = next(one for one in addresses(html) if f"only_card={card.pk}&" in one)
        page = client.get(address)
        words = page.content.decode()
        assert page.status_code == 200 and f"卡号 {card.number}" in words
        assert other.number not in words
        # Neither the stock nor the sheet hands a card's number to a history (Art. 32, ADR 0019).
        assert not [one for one in addresses(html + words) if card.number in one]
        assert offices(city.here.keeper.county_path).exists()

    def test_a_row_of_another_county_chooses_nothing(self, city: City) -> None:
        card = defective(city, city.neighbour)
        client = signed_in(city.here.keeper)
        day = f"office={city.here.county.code}&start={TODAY}&end={TODAY}"
        page = client.get(f"/registers/defect-finding/?{day}&only_card={card.pk}")
        assert page.status_code == 200 and card.number not in page.content.decode()


def addresses(html: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'(?:href|action)="([^"]*)"', html)]


class TestStock:
    def test_lists_what_lies_at_the_place_for_defects(self, city: City) -> None:
        soiled = defective(
            city, city.here, facts=DefectRecorded(defect=Defect.SOILED, reader_tried=False)
        )
        silent = defective(city, city.here)
        client = signed_in(city.here.keeper)
        html = client.get(reverse("defect.stock")).content.decode()
        assert soiled.number in html and silent.number in html and "质量问题卡存放处" in html
        html = client.get(reverse("defect.stock"), {"defect": "soiled"}).content.decode()
        assert soiled.number in html and silent.number not in html
        html = client.get(reverse("defect.stock"), {"card": silent.number}).content.decode()
        assert silent.number in html and soiled.number not in html

    def test_is_exported_as_seen_with_masked_numbers(self, city: City) -> None:
        card = defective(city, city.here)
        page = signed_in(city.here.keeper).get(reverse("defect.stock"), {"export": "xlsx"})
        book = load_workbook(io.BytesIO(page.content))
        cells = {str(cell.value) for row in book.active.iter_rows() for cell in row}
        assert card.number in cells and holder_of(card.person).number not in cells

    @pytest.mark.article(19)
    def test_what_is_ticked_is_given_up_for_destruction(self, city: City) -> None:
        card = defective(city, city.here)
        html = signed_in(city.here.keeper).get(reverse("defect.stock")).content.decode()
        assert f'name="card" value="{card.pk}"' in html
        assert f'action="{reverse("destruction.send")}"' in html
        seen = signed_in(city.here.clerk).get(reverse("defect.stock")).content.decode()
        assert "移交银行销毁" not in seen
        page = signed_in(city.here.keeper).post(
            reverse("destruction.send"), {"card": [str(card.pk)], "only": "1"}
        )
        assert [row.id for row in page.context["rows"]] == [card.pk]

    def test_the_neighbour_sees_none(self, city: City) -> None:
        card = defective(city, city.here)
        html = signed_in(city.neighbour.keeper).get(reverse("defect.stock")).content.decode()
        assert card.number not in html and "没有待退回的质量问题卡" in html

    def test_asks_as_much_for_one_as_for_ten(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        client = signed_in(city.here.keeper)
        defective(city, city.here)
        client.get(reverse("defect.stock"))
        with CaptureQueriesContext(connection) as few:
            client.get(reverse("defect.stock"))
        for _ in range(5):
            defective(city, city.here)
        with django_assert_num_queries(len(few)):
            client.get(reverse("defect.stock"))


class TestRates:
    def test_count_a_batch_and_raise_the_alarm_above_the_parameter(self, city: City) -> None:
        make.received_cards(city, city.here, count=9)
        defective(city, city.here)
        (rate,) = batch_rates(by=city.here.keeper, today=TODAY)
        assert (rate.code, rate.cards, rate.defects) == ("P-TEST", 10, 1)
        assert rate.permille == "100.0" and rate.alarm
        html = signed_in(city.here.keeper).get(reverse("defect.rates")).content.decode()
        assert "data-alarm" in html and "比例待市局确认" in html

    def test_one_in_a_hundred_is_not_above_ten_of_a_thousand(self, city: City) -> None:
        make.received_cards(city, city.here, count=99)
        defective(city, city.here)
        (rate,) = batch_rates(by=city.here.keeper, today=TODAY)
        assert rate.permille == "10.0" and not rate.alarm

    def test_every_number_leads_to_its_rows(self, city: City) -> None:
        card = defective(city, city.here)
        client = signed_in(city.here.keeper)
        html = client.get(reverse("defect.batch", args=[card.batch_id])).content.decode()
        assert card.number in html
        html = client.get(reverse("defect.stock"), {"batch": card.batch_id}).content.decode()
        assert card.number in html

    def test_the_cards_of_a_batch_are_found_ordered_and_taken_along(self, city: City) -> None:
        bad = defective(city, city.here)
        (good,) = make.received_cards(city, city.here)
        client = signed_in(city.here.keeper)
        address = reverse("defect.batch", args=[bad.batch_id])
        both = sorted((bad.number, good.number))
        for query, seen in (
            ({}, both), ({"sort": "stage"}, [good.number, bad.number]),
            ({"q": good.number}, [good.number]),
            ({"q": holder_of(bad.person).number}, [bad.number]),
        ):  # fmt: skip
            rows = client.get(address, query).context["rows"]
            assert [row.number for row in rows] == seen, query
        assert "没有这样的卡" in client.get(address, {"q": "没有这人"}).content.decode()
        cells = cells_of(client.get(address, {"export": "1", "pick": good.pk}).content)
        assert good.number in cells and bad.number not in cells

    def test_counts_what_the_county_has_alone(self, city: City) -> None:
        card = defective(city, city.neighbour)
        assert batch_rates(by=city.here.keeper, today=TODAY) == []
        client = signed_in(city.here.keeper)
        assert client.get(reverse("defect.batch", args=[card.batch_id])).status_code == 404
        assert client.get(reverse("defect.rates")).status_code == 200

    def test_are_searched_ordered_and_exported_as_seen(self, city: City) -> None:
        card = defective(city, city.here)
        client, address = signed_in(city.here.keeper), reverse("defect.rates")
        for text in ("p-test", card.batch.maker):
            assert len(client.get(address, {"q": text}).context["rows"]) == 1, text
        html = client.get(address, {"q": "没有的批次"}).content.decode()
        assert "没有符合条件的批次" in html and "没有批次超过" not in html
        for order in RATE_ORDERS:
            assert len(client.get(address, {"sort": order}).context["rows"]) == 1, order
        assert "P-TEST" in cells_of(client.get(address, {"export": "xlsx"}).content)
        other = {"export": "xlsx", "pick": [str(card.batch_id + 1)]}
        assert "P-TEST" not in cells_of(client.get(address, other).content)
        foreign = signed_in(city.neighbour.keeper).get(address, {"export": "xlsx"})
        assert "P-TEST" not in cells_of(foreign.content)

    def test_ask_no_more_for_more_batches(
        self, city: City, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        defective(city, city.here)
        client, address = signed_in(city.here.keeper), reverse("defect.rates")
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        for _ in range(3):
            defective(city, city.here)
        with django_assert_num_queries(len(few)):
            client.get(address)
