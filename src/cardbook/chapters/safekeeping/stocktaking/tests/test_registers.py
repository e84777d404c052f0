"""The 盘点表 and the 柜员轧账单: columns, arithmetic, what is never shown too early (Art. 20)."""

import io
from datetime import date, timedelta

import pytest
from pypdf import PdfReader

from cardbook.chapters.safekeeping.models import Finding
from cardbook.chapters.safekeeping.stocktaking import desk_register, register
from cardbook.chapters.safekeeping.stocktaking.closing import close_findings, close_stocktake
from cardbook.chapters.safekeeping.stocktaking.tests.counts import (
    a_box,
    begin,
    boxed,
    ended,
    scan,
    verdict,
)
from cardbook.lifecycle.perform import perform
from cardbook.registers.forms import Sheet, TooManyRows
from cardbook.registers.pdf import render_pdf
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = pytest.mark.article(20)
TODAY = date(2026, 11, 20)


def lines(given: Sheet) -> list[dict[str, str]]:
    keys = [column.key for column in given.form.columns]
    return [dict(zip(keys, row, strict=True)) for row in given.rows]


class TestStocktakeSheet:
    def sheet(self, city: City, *, limit: int | None = None) -> Sheet:
        form = register.StocktakeForm(None, by=city.here.keeper, today=TODAY)
        assert form.is_valid(), form.errors
        return register.stocktake_sheet(
            chosen=form.cleaned_data, masked=False, printed_by="甲", printed_at=NOON, limit=limit
        )

    def test_has_the_columns_of_the_practice(self) -> None:
        titles = [column.title for column in register.FORM.columns]
        assert titles == [
            "序号", "库位", "账面", "实盘", "差异", "原因", "盘点人", "第二盘点人", "处理",
        ]  # fmt: skip

    def test_tells_each_place_its_difference_why_and_what_was_done(self, city: City) -> None:
        first, (there, gone, strayed) = boxed(city, city.here, 3)
        second = a_box(city.here, "02")
        take = begin(city.here)
        scan(take, city.here, first, there.number)
        scan(take, city.here, second, strayed.number)
        ended(take, city.here)
        missing = Finding.objects.get(kind="missing")
        assert missing.card_id == gone.pk
        close_findings(
            take_id=take.pk, finding_ids=[missing.pk],
            verdict=verdict(city.here, "missed", words="翻找未见"),
        )  # fmt: skip
        given = self.sheet(city)
        one, two = lines(given)
        assert (one["book"], one["counted"], one["difference"]) == ("3", "1", "-2")
        assert one["reason"] == "在别处扫到 1 张；短缺 1 张：翻找未见"
        assert one["done"] == "待说明 1 张；登记短缺 1 张"
        assert (two["difference"], two["reason"]) == ("+1", "放错位置 1 张")
        assert dict(given.totals) == {"账面": "3 张", "实盘": "2 张", "差异": "-1 张"}
        assert dict(given.heads)["办结"] == "未办结"

    def test_names_both_counters_when_it_is_closed(self, city: City) -> None:
        box, (card,) = boxed(city, city.here, 1)
        take = begin(city.here, box)
        scan(take, city.here, box, card.number)
        ended(take, city.here)
        close_stocktake(take_id=take.pk, by=city.here.keeper, second=city.here.reviewer, at=NOON)
        (line,) = lines(self.sheet(city))
        assert (line["counter"], line["second"]) == ("卡管员", "复核员")
        assert (line["reason"], line["done"]) == ("账实相符", "无需处理")

    def test_a_count_that_goes_on_is_not_offered(self, city: City) -> None:
        box, _ = boxed(city, city.here, 1)
        take = begin(city.here, box)
        form = register.StocktakeForm({"stocktake": take.pk}, by=city.here.keeper, today=TODAY)
        assert not form.is_valid()

    def test_the_neighbour_is_offered_nothing(self, city: City) -> None:
        box, _ = boxed(city, city.here, 1)
        take = begin(city.here, box)
        ended(take, city.here)
        form = register.StocktakeForm(
            {"stocktake": take.pk}, by=city.neighbour.keeper, today=TODAY
        )
        assert not form.is_valid()

    def test_prints_with_its_number_and_pages(self, city: City) -> None:
        box, _ = boxed(city, city.here, 1)
        ended(begin(city.here, box), city.here)
        with pytest.raises(TooManyRows):
            self.sheet(city, limit=0)
        text = (
            PdfReader(io.BytesIO(render_pdf(self.sheet(city), number="PDB-2026-000001")))
            .pages[0]
            .extract_text()
        )
        assert "盘点表" in text and "PDB-2026-000001" in text


class TestDeskBalance:
    def sheet(self, city: City, day: date = TODAY) -> Sheet:
        form = desk_register.DayForm(
            {"office": city.here.county.code, "day": f"{day}"}, by=city.here.keeper, today=TODAY
        )
        assert form.is_valid(), form.errors
        return desk_register.desk_balance(
            chosen=form.cleaned_data, masked=False, printed_by="甲", printed_at=NOON, limit=None
        )

    def test_has_the_columns_of_the_practice(self) -> None:
        titles = [column.title for column in desk_register.FORM.columns]
        assert titles[2:] == [
            "柜员", "期初", "领入", "发放", "回收", "上交", "期末", "复核",
        ]  # fmt: skip

    def test_adds_up_from_the_movements_of_the_day(self, city: City) -> None:
        # Received four days before noon, sorted and handed out today.
        _, cards = boxed(city, city.here, 5)
        for card in cards[:2]:
            perform(make.issue_step(card), by=city.here.clerk, at=NOON, key=make.key())
        (today,) = lines(self.sheet(city))
        assert today["desk"] == "甲县卡管中心"
        assert today["teller"] == "窗口甲"
        assert [
            today[key]
            for key in ("opening", "received", "issued", "taken_back", "given", "closing")
        ] == ["5", "0", "2", "0", "0", "3"]  # fmt: skip
        (before,) = lines(self.sheet(city, TODAY - timedelta(days=4)))
        assert (before["opening"], before["received"], before["closing"]) == ("0", "5", "5")
        (quiet,) = lines(self.sheet(city, TODAY - timedelta(days=1)))
        assert (quiet["teller"], quiet["opening"], quiet["closing"]) == ("当日无出入", "5", "5")

    def test_a_card_registered_missing_is_given_up(self, city: City) -> None:
        box, (there, _) = boxed(city, city.here, 2)
        take = begin(city.here, box)
        scan(take, city.here, box, there.number)
        ended(take, city.here)
        close_findings(
            take_id=take.pk, finding_ids=list(Finding.objects.values_list("pk", flat=True)),
            verdict=verdict(city.here, "missed"),
        )  # fmt: skip
        (today,) = lines(self.sheet(city))
        assert (today["given"], today["closing"]) == ("1", "1")

    def test_has_no_balance_of_tomorrow(self, city: City) -> None:
        form = desk_register.DayForm(
            {"office": city.here.county.code, "day": f"{TODAY + timedelta(days=1)}"},
            by=city.here.keeper, today=TODAY,
        )  # fmt: skip
        assert not form.is_valid()

    def test_is_not_shown_while_the_county_counts_blind(self, city: City) -> None:
        boxed(city, city.here, 2)
        begin(city.here)
        given = {"office": city.here.county.code, "day": f"{TODAY}"}
        form = desk_register.DayForm(given, by=city.here.keeper, today=TODAY)
        assert not form.is_valid()
        assert desk_register.DayForm(given, by=city.here.clerk, today=TODAY).is_valid()

    def test_the_neighbour_is_no_choice(self, city: City) -> None:
        form = desk_register.DayForm(
            {"office": city.neighbour.county.code, "day": f"{TODAY}"},
            by=city.here.keeper, today=TODAY,
        )  # fmt: skip
        assert not form.is_valid()
