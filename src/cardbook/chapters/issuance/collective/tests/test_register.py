"""《发放签字明细表》 and the collector's row in the 领卡登记表 (Art. 8 para. 3)."""

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from cardbook.chapters.issuance.collective.register import (
    FORM,
    SIGN_OFF,
    BundleForm,
    page_count,
    sign_off_sheet,
    travelling_pdf,
)
from cardbook.chapters.issuance.collective.tests.bundles import out, prepared, proxy, tick
from cardbook.chapters.issuance.collective_pick_ups import collective_pick_ups
from cardbook.chapters.issuance.models import Bundle
from cardbook.lib.masking import mask_number
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 3)]
TODAY = date(2026, 11, 20)


def text_of(content: bytes) -> list[str]:
    pages = PdfReader(io.BytesIO(content)).pages
    return ["".join(page.extract_text().split()) for page in pages]


def fresh(bundle: Bundle) -> Bundle:
    return Bundle.objects.select_related("unit", "office", "handed_by").get(pk=bundle.pk)


class TestSignOffSheet:
    def test_has_the_columns_of_the_form_in_their_order(self) -> None:
        assert [column.title for column in FORM.columns] == [
            "序号", "盒内位置", "姓名", "社会保障号码", "社保卡卡号", "银行（尾号4位）",
            "联系电话", "卡面核对无误", "持卡人/代领人签字（按手印）", "代领人姓名/证件号/关系",
            "领取日期", "未领原因代码", "备注",
        ]  # fmt: skip
        assert FORM.title == "陕西省商洛市社会保障卡发放签字明细表"

    def test_is_printed_from_the_exact_cards_with_foot_and_due_day(self, city: City) -> None:
        given = out(city, count=3)
        (text,) = text_of(travelling_pdf(fresh(given.bundle), masked=False, printed_at=NOON))
        for card in given.cards:
            assert card.number in text and holder_of(card.person).number in text
        for words in (
            "应发3张", "实发＿＿＿张", "错卡＿＿＿张", "移交人", "接收人", "单位负责人（章）",
            "备案接收人", "移交日期：2026-11-20", "应备案日期：2026-12-11", given.bundle.number,
            "第1页", "1外出未归",
        ):  # fmt: skip
            assert words in text, words

    def test_the_copy_for_the_village_masks_numbers(self, city: City) -> None:
        given = out(city, count=2)
        (text,) = text_of(travelling_pdf(fresh(given.bundle), masked=True, printed_at=NOON))
        number = holder_of(given.cards[0].person).number
        assert number not in text and mask_number(number) in text and "留存单位" in text

    def test_is_the_same_paper_whenever_it_is_printed(self, city: City) -> None:
        given = out(city, count=2)
        before = travelling_pdf(fresh(given.bundle), masked=False, printed_at=NOON)
        tick(given.bundle, "1-2", by=city.here.clerk)
        later = NOON + timedelta(days=9)
        assert travelling_pdf(fresh(given.bundle), masked=False, printed_at=later) == before

    def test_pages_are_counted_before_it_goes_out(self, city: City) -> None:
        bundle = prepared(city, make.received_cards(city, city.here, count=40))
        pages = page_count(fresh(bundle), printed_at=NOON)
        texts = text_of(travelling_pdf(fresh(bundle), masked=False, printed_at=NOON))
        assert pages == len(texts) > 2
        assert all(f"第{n}页共{pages}页" in text for n, text in enumerate(texts, start=1))

    def test_the_register_shows_what_came_back(self, city: City) -> None:
        given = out(city, count=2)
        son = proxy("李四")
        tick(given.bundle, "1=d;2=3", by=city.here.clerk, agent=son)
        sheet = sign_off_sheet(
            bundle=fresh(given.bundle), masked=True, blank=False, printed_by="甲", printed_at=NOON
        )
        keys = [column.key for column in FORM.columns]
        first, second = (dict(zip(keys, row, strict=True)) for row in sheet.rows)
        assert (first["face"], first["signature"]) == ("☑", "已签（代领人）")
        assert first["proxy"] == f"李四 {mask_number(son.number)} 子女"
        assert first["remarks"] == "直系亲属出具的证明"
        assert first["signed_on"] == "2026-11-20"
        assert (second["reason"], second["remarks"]) == ("3", "未发")
        assert dict(sheet.totals)["实发"] == "1 张"

    def test_only_the_county_chooses_it(self, city: City) -> None:
        given = out(city, count=1)
        for actor, found in ((city.here.clerk, True), (city.neighbour.clerk, False)):
            form = BundleForm({"sheet": given.bundle.pk}, by=actor, today=TODAY)
            assert form.is_valid() is found
        assert {role.value for role in SIGN_OFF.readers - SIGN_OFF.issuers} == {"auditor"}


class TestCollectorsRow:
    def test_the_register_of_pick_ups_has_one_row_for_the_bundle(self, city: City) -> None:
        given = out(city, count=3)
        (row,) = collective_pick_ups(
            office_path=city.here.window.path, start=NOON - timedelta(hours=1),
            end=NOON + timedelta(hours=1), masked=True,
        )  # fmt: skip
        assert row["way"] == "单位集中" and row["quantity"] == "3"
        assert row["receiver"] == "经办甲" and row["relation"] == "单位经办人"
        assert given.bundle.number == row["number"] and "示范小学" in row["unit"]
        assert "单位介绍信" in row["papers"]
