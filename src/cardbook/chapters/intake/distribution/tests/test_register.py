"""《领卡手续单》, 《交接单》 and 《交接差异单》 of a hand-over (Art. 6, 8 para. 1, 20)."""

from typing import Any

import pytest
from django.urls import reverse

from cardbook.chapters.intake.distribution import arrival_commands
from cardbook.chapters.intake.distribution.register import (
    BY_CARD,
    CARDS,
    DIFFERENCES,
    SUMMARY,
)
from cardbook.chapters.intake.distribution.tests.sending import (
    agency,
    received,
    scanned,
    sent,
)
from cardbook.custody.models import Shipment
from cardbook.lib.clock import local_day
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.registers.codes import DOCUMENT, read_code
from cardbook.registers.forms import Sheet, TooManyRows
from cardbook.registers.models import IssuedDocument
from cardbook.registers.pdf import page_code, render_pdf
from cardbook.registers.registry import Register
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.article(8, 1)]


def filled(
    register: Register, shipment: Shipment, by: Actor, *, limit: int | None = None, **given: str
) -> Sheet:
    form = register.choose({"shipment": shipment.number, **given}, by=by, today=local_day(NOON))
    assert form.is_valid(), form.errors
    return register.sheet(
        chosen=form.cleaned_data, masked=True, printed_by="甲", printed_at=NOON, limit=limit
    )


def lines(sheet: Sheet) -> list[dict[str, str]]:
    keys = [column.key for column in sheet.form.columns]
    return [dict(zip(keys, row, strict=True)) for row in sheet.rows]


class TestSheets:
    def test_the_summary_has_a_row_for_each_box_and_adds_up(self, city: City) -> None:
        office, clerk = agency(city)
        first = make.received_cards(city, city.here, count=3)
        second = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, first, second, seal="F-9")
        received(shipment, clerk, "A-1-01", "A-1-02")
        sheet = filled(SUMMARY, shipment, city.here.keeper)
        one, two = lines(sheet)
        assert (one["box"], one["count"], one["rows"], one["received"]) == (
            "A-1-01", "3", "1–3", "3",
        )  # fmt: skip
        assert two["numbers"] == f"{second[0].number}–{second[1].number}"
        assert ("张数", "5 张") in sheet.totals
        assert render_pdf(sheet, number="LKSX-1").startswith(b"%PDF")

    def test_the_list_names_each_card_and_masks_its_holder(self, city: City) -> None:
        office, _ = agency(city)
        cards = make.received_cards(city, city.here, count=2)
        shipment = sent(city.here.keeper, office, cards)
        sheet = filled(CARDS, shipment, city.here.keeper)
        assert [row["number"] for row in lines(sheet)] == [card.number for card in cards]
        assert {row["received"] for row in lines(sheet)} == {""}
        assert "*" in lines(sheet)[0]["citizen"]
        assert [column.title for column in BY_CARD.columns][:5] == [
            "序号", "箱/盒号", "社保卡卡号", "姓名", "社会保障号码",
        ]  # fmt: skip

    def test_more_cards_than_a_sheet_holds_are_printed_box_by_box(self, city: City) -> None:
        office, _ = agency(city)
        shipment = sent(
            city.here.keeper, office,
            make.received_cards(city, city.here, count=3),
            make.received_cards(city, city.here, count=2),
        )  # fmt: skip
        with pytest.raises(TooManyRows):
            filled(CARDS, shipment, city.here.keeper, limit=4)
        sheet = filled(CARDS, shipment, city.here.keeper, limit=4, box="a-1-02")
        assert [row["order"] for row in lines(sheet)] == ["4", "5"]
        wrong = CARDS.choose(
            {"shipment": shipment.number, "box": "Z"}, by=city.here.keeper, today=local_day(NOON)
        )
        assert not wrong.is_valid()

    def test_the_difference_sheet_says_what_was_short_and_what_too_much(self, city: City) -> None:
        office, clerk = agency(city)
        here, lost, stray = make.received_cards(city, city.here, count=3)
        shipment = sent(city.here.keeper, office, [here, lost])
        count = scanned(shipment, clerk, here.number)
        with pytest.raises(Refused):
            scanned(shipment, clerk, stray.number)
        arrival_commands.finish_count(
            count_id=count.pk, words="盒内少一张", by=clerk, second=city.here.keeper, at=NOON,
            key=make.key(),
        )  # fmt: skip
        sheet = filled(DIFFERENCES, shipment, clerk)
        short, extra = lines(sheet)
        assert (short["kind"], short["number"], short["now"]) == ("短少", lost.number, "仍在途")
        assert (extra["kind"], extra["number"]) == ("多出", stray.number)
        assert ("首次应到＝实到＋短少", "2 ＝ 1 ＋ 1") in sheet.totals

    def test_the_receiver_prints_what_came_from_above_his_county(self, city: City) -> None:
        centre = make.organization("市局信息中心", make.Kind.INFO_CENTRE, parent=city.city)
        shipment = sent(city.here.keeper, centre, make.received_cards(city, city.here))
        manager = make.worker("管理员", make.Role.CITY_MANAGER, centre)
        received(shipment, manager, "A-1-01")
        assert filled(SUMMARY, shipment, manager).office.id == city.here.card_body.pk
        assert filled(SUMMARY, shipment, city.here.keeper).office.id == city.here.card_body.pk


def test_the_qr_of_an_issued_list_opens_the_count(city: City) -> None:
    office, clerk = agency(city)
    shipment = sent(city.here.keeper, office, make.received_cards(city, city.here))
    keeper = signed_in(city.here.keeper)
    answer: Any = keeper.post(
        reverse("register.handover"), {"shipment": shipment.number, "key": make.key()}, follow=True
    )
    assert answer.status_code == 200, answer.content.decode()
    document = IssuedDocument.objects.get()
    sheet = filled(SUMMARY, shipment, city.here.keeper)
    code = page_code(sheet, number=document.number, page=1)
    assert read_code(code).kind == DOCUMENT
    opened = signed_in(clerk).get(reverse("handover.list"), {"number": code})
    assert opened["Location"] == reverse("handover.receive", args=[shipment.pk])
