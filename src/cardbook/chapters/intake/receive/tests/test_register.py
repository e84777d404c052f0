"""The 入库清点单: what was counted, its arithmetic, what became of differences (Art. 6)."""

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from cardbook.chapters.intake.receive.commands import (
    close_count,
    explain_difference,
    scan_card,
    start_count,
)
from cardbook.chapters.intake.receive.register import COUNT, FORM, DeliveryForm, count_sheet
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, arrive, counted
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Sheet, TooManyRows
from cardbook.registers.pdf import render_pdf
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

TODAY = date(2026, 11, 20)


def sheet(arrived: Arrived, *, limit: int | None = None) -> Sheet:
    """The sheet of a delivery."""
    return count_sheet(
        chosen={"delivery": arrived.delivery}, masked=False, printed_by="甲", printed_at=NOON,
        limit=limit,
    )  # fmt: skip


def lines(given: Sheet) -> list[dict[str, str]]:
    """The rows by the keys of their columns."""
    keys = [column.key for column in FORM.columns]
    return [dict(zip(keys, row, strict=True)) for row in given.rows]


@pytest.mark.article(6, 1)
class TestCountSheet:
    def test_has_the_columns_an_office_expects(self) -> None:
        assert [column.title for column in FORM.columns] == [
            "序号", "批次", "箱/盒号", "应到", "实到", "短少", "多出", "错发县区", "封签号",
            "封签", "清点人", "第二清点人", "清点时间", "差异处理",
        ]  # fmt: skip

    def test_shows_each_counted_box_and_how_many_are_left(self, city: City) -> None:
        arrived = arrive(city, city.here, {"1-1": 3, "1-2": 2, "1-3": 1})
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        counted(city.here, arrived.box_of("1-2"), arrived.numbers("1-2")[:1])
        given = sheet(arrived)
        whole, short = lines(given)
        assert whole == {
            "order": "1", "batch": "P-TEST", "box": "1-1", "expected": "3", "found": "3",
            "short": "0", "extra": "0", "misrouted": "0", "seal": "", "intact": "完好",
            "counted_by": "卡管员", "witness": "复核员", "closed_at": "2026-11-20 12:00",
            "settled": "无差异",
        }  # fmt: skip
        assert (short["expected"], short["found"], short["short"]) == ("2", "1", "1")
        assert short["settled"] == "在途待查 1 张"
        assert dict(given.heads) == {
            "全批应到": "全部清点后显示", "盒数": "3", "已清点": "2 盒", "未清点": "1 盒",
        }  # fmt: skip

    def test_the_foot_adds_up(self, city: City) -> None:
        arrived = arrive(city, city.here, {"1-1": 3, "1-2": 2})
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:2])
        counted(city.here, arrived.box_of("1-2"), arrived.numbers("1-2"))
        given = sheet(arrived)
        totals = dict(given.totals)
        assert dict(given.heads)["全批应到"] == "5 张"
        assert (totals["应到"], totals["实到"], totals["短少"]) == ("5", "4", "1")
        assert totals["应到＝实到＋短少"] == "5 ＝ 4 ＋ 1"

    def test_surplus_and_cards_of_a_neighbour_are_not_counted_as_found(self, city: City) -> None:
        (stray,) = make.received_cards(city, city.neighbour)
        arrived = arrive(city, city.here, {"1-1": 1, "1-2": 1})
        scanned = [*arrived.numbers("1-1"), stray.number, "Z99999999"]
        counted(city.here, arrived.box_of("1-1"), scanned)
        (line,) = lines(sheet(arrived))
        assert (line["expected"], line["found"], line["short"]) == ("1", "1", "0")
        assert (line["extra"], line["misrouted"]) == ("1", "1")

    def test_a_box_counted_again_shows_its_last_count_once(self, city: City) -> None:
        arrived = arrive(city, city.here, {"1-1": 2})
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:1])
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        given = sheet(arrived)
        (line,) = lines(given)
        assert (line["found"], line["short"], line["settled"]) == ("2", "0", "第 2 次清点")
        assert dict(given.totals)["应到"] == "2"

    def test_a_count_that_is_still_running_is_not_on_the_sheet(self, city: City) -> None:
        arrived = arrive(city, city.here, {"1-1": 2})
        count = start_count(box_id=arrived.box_of("1-1").pk, by=city.here.keeper, at=NOON)
        scan_card(count_id=count.pk, text=arrived.numbers("1-1")[0], by=city.here.keeper)
        assert sheet(arrived).rows == ()

    def test_tells_what_became_of_short_cards(self, city: City) -> None:
        arrived = arrive(city, city.here, {"1-1": 4})
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1")[:1])
        short = [card.pk for card in arrived.cards["1-1"][1:]]
        explain(arrived, short[:1], found=True, by=city.here.keeper, second=city.here.reviewer)
        explain(arrived, short[1:2], found=False, by=city.here.keeper, second=city.here.reviewer)
        (line,) = lines(sheet(arrived))
        assert line["settled"] == "在途待查 1 张；已找到 1 张；查无下落 1 张"

    def test_the_seal_is_told(self, city: City) -> None:
        arrived = arrive(city, city.here, {"1-1": 1})
        count = start_count(
            box_id=arrived.box_of("1-1").pk, by=city.here.keeper, at=NOON, seal_number="FQ-0007"
        )
        scan_card(count_id=count.pk, text=arrived.numbers("1-1")[0], by=city.here.keeper)
        close_count(
            count_id=count.pk, by=city.here.keeper, second=city.here.reviewer, at=NOON,
            key=make.key(),
        )  # fmt: skip
        (line,) = lines(sheet(arrived))
        assert (line["seal"], line["intact"]) == ("FQ-0007", "完好")

    def test_more_boxes_than_a_sheet_carries_are_refused(self, city: City) -> None:
        arrived = arrive(city, city.here, {"1-1": 1, "1-2": 1})
        for code in ("1-1", "1-2"):
            counted(city.here, arrived.box_of(code), arrived.numbers(code))
        assert len(sheet(arrived, limit=2).rows) == 2
        with pytest.raises(TooManyRows):
            sheet(arrived, limit=1)

    def test_prints_with_every_column(self, city: City) -> None:
        arrived = arrive(city, city.here, {"1-1": 2})
        counted(city.here, arrived.box_of("1-1"), arrived.numbers("1-1"))
        (page,) = PdfReader(io.BytesIO(render_pdf(sheet(arrived), number="RKQD-1"))).pages
        text = "".join(page.extract_text().split())
        for words in (*(column.title for column in FORM.columns), FORM.title, "2＝2＋0",
                      "交货人", "接收机构（章）", arrived.delivery.code):  # fmt: skip
            assert words in text, words


def explain(arrived: Arrived, ids: list[int], *, found: bool, by: Actor, second: Actor) -> None:
    """Two people settle short cards of a delivery."""
    explain_difference(
        card_ids=ids, found=found, words="已向制卡机构查询", by=by, second=second, at=NOON,
        key=make.key(),
    )  # fmt: skip


class TestDeliveryForm:
    def choose(self, data: dict[str, Any] | None, by: Actor | None) -> DeliveryForm:
        return DeliveryForm(data, by=by, today=TODAY)

    def test_takes_the_newest_when_nothing_was_chosen(self, city: City) -> None:
        arrive(city, city.here, {"1-1": 1})
        newest = arrive(city, city.here, {"1-1": 1})
        form = self.choose(None, city.here.keeper)
        assert form.is_valid()
        assert form.cleaned_data["delivery"] == newest.delivery

    def test_a_neighbours_delivery_is_not_there(self, city: City) -> None:
        theirs = arrive(city, city.neighbour, {"1-1": 1}).delivery
        form = self.choose({"delivery": theirs.code}, city.here.keeper)
        assert not form.is_valid()
        assert "管辖范围" in str(form.errors)
        assert theirs.code not in form.as_p()
        assert self.choose({"delivery": theirs.code}, None).is_valid()

    def test_without_any_delivery_there_is_nothing_to_choose(self, city: City) -> None:
        form = self.choose(None, city.here.keeper)
        assert not form.is_valid()

    def test_keepers_issue_and_auditors_read(self) -> None:
        assert {role.value for role in COUNT.readers - COUNT.issuers} == {"auditor"}
