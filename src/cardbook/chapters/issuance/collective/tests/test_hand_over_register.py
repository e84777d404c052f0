"""《集中领卡移交单》: one paper of a hand-out, signed by both sides (Art. 8 para. 3, 20)."""

from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from cardbook.chapters.intake.distribution.register import BY_BOX, BY_CARD
from cardbook.chapters.issuance.collective.hand_over_register import (
    COLLECTIVE_HAND_OVER,
    FORM,
    hand_over_sheet,
)
from cardbook.chapters.issuance.collective.queries import find_sheet
from cardbook.chapters.issuance.collective.register import FORM as SIGN_OFF
from cardbook.chapters.issuance.collective.register import BundleForm
from cardbook.chapters.issuance.collective.tests.bundles import (
    collector_of,
    hand_out,
    out,
    photo_of_collector,
)
from cardbook.chapters.issuance.collective.tests.bundles import prepared as put_together
from cardbook.chapters.issuance.models import Bundle
from cardbook.chapters.stranded.bring_home.register import FORM as BROUGHT_HOME
from cardbook.chapters.stranded.send_back.form import FORM as SENT_BACK
from cardbook.law.measures import MEASURES
from cardbook.people.holders import holder_of
from cardbook.people.models import KeepingPlan, UnitLetter
from cardbook.registers.forms import Sheet, TooManyRows
from cardbook.registers.issue import issue_document
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(8, 3), pytest.mark.article(20)]
TODAY = date(2026, 11, 20)


def sheet_of(bundle: Bundle, *, masked: bool = False, limit: int | None = 9) -> Sheet:
    form = BundleForm({"sheet": bundle.pk}, by=None, today=TODAY)
    assert form.is_valid()
    return hand_over_sheet(
        chosen=form.cleaned_data, masked=masked, printed_by="甲", printed_at=NOON, limit=limit
    )


def cells_of(sheet: Sheet) -> list[dict[str, str]]:
    titles = [column.title for column in FORM.columns]
    return [dict(zip(titles, row, strict=True)) for row in sheet.rows]


class TestHandOverPaper:
    def test_has_the_columns_of_the_form(self) -> None:
        assert [column.title for column in FORM.columns] == [
            "序号", "单位", "经办人一（姓名/证件/电话）", "经办人二（姓名/证件/电话）",
            "授权文号", "卡数", "盒号范围", "明细表编号", "保管措施确认", "交付签章", "接收签章",
            "应备案日",
        ]  # fmt: skip

    def test_says_whether_the_collector_was_photographed(
        self, city: City, settings: object, tmp_path: Path
    ) -> None:
        settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]
        assert ("领卡人照片", "未留存") in sheet_of(out(city, count=1).bundle).heads
        bundle = put_together(city, make.received_cards(city, city.here))
        hand_out(bundle, by=city.here.clerk, photo=photo_of_collector())
        bundle.refresh_from_db()
        assert ("领卡人照片", "已留存") in sheet_of(bundle).heads

    @pytest.mark.article(21)
    def test_every_sheet_that_travels_with_cards_says_how_to_carry_them(self) -> None:
        for form in (FORM, SIGN_OFF, BY_BOX, BY_CARD, SENT_BACK, BROUGHT_HOME):
            for measure in MEASURES[6:]:
                assert measure.title in form.note, (form.title, measure.title)

    def test_names_both_sides_the_letter_the_plan_and_the_due_day(self, city: City) -> None:
        given = out(city, count=3)
        (row,) = cells_of(sheet_of(given.bundle))
        unit = given.bundle.unit
        came = holder_of(collector_of(unit))
        assert row["单位"] == f"{unit.code} {unit.name}"
        assert row["明细表编号"] == given.bundle.number
        assert row["经办人一（姓名/证件/电话）"].startswith(f"{came.name} {came.number}")
        assert (
            row["经办人二（姓名/证件/电话）"]
            and came.number not in row["经办人二（姓名/证件/电话）"]
        )
        letter, plan = UnitLetter.objects.get(), KeepingPlan.objects.get()
        assert row["授权文号"] == letter.number
        assert row["保管措施确认"] == f"☑ 已备案 {plan.since}"
        assert (row["卡数"], row["应备案日"]) == ("3", str(given.bundle.due_on))
        assert row["交付签章"] == city.here.clerk.name

    def test_the_collector_stands_first_whoever_is_named_first(self, city: City) -> None:
        unit = make.ready_unit(city.here)
        second = UnitLetter.objects.get().handlers.order_by("-id")[0].person
        cards = make.received_cards(city, city.here, count=1)
        bundle = put_together(city, cards, unit=unit, collector=second)
        hand_out(bundle, by=city.here.clerk)
        (row,) = cells_of(sheet_of(bundle))
        assert row["经办人一（姓名/证件/电话）"].startswith(holder_of(second).name)

    def test_the_copy_on_the_screen_masks_numbers(self, city: City) -> None:
        given = out(city, count=1)
        came = holder_of(collector_of(given.bundle.unit))
        (row,) = cells_of(sheet_of(given.bundle, masked=True))
        said = row["经办人一（姓名/证件/电话）"]
        assert came.masked_number in said and came.number not in said

    def test_stays_as_it_was_when_the_letter_is_revoked_later(self, city: City) -> None:
        given = out(city, count=1)
        before = cells_of(sheet_of(given.bundle))
        UnitLetter.objects.update(revoked_on=TODAY)
        UnitLetter.objects.create(
            organization=given.bundle.unit, number="新授权", since=TODAY, until=TODAY
        )
        assert cells_of(sheet_of(given.bundle)) == before

    def test_boxes_add_up_to_the_cards_of_the_sheet(self, city: City) -> None:
        given = out(city, count=4)
        rows = cells_of(sheet_of(given.bundle))
        places = given.bundle.rows.order_by("row").values_list("place", flat=True)
        assert rows[0]["盒号范围"].split(" 第 ")[0] == places[0].split(" 第 ")[0]
        assert sum(int(row["卡数"]) for row in rows) == given.bundle.cards == 4
        assert all(row["盒号范围"] for row in rows)

    def test_more_boxes_than_a_sheet_carries_are_refused(self, city: City) -> None:
        given = out(city, count=1)
        with pytest.raises(TooManyRows):
            sheet_of(given.bundle, limit=0)

    def test_is_issued_once_and_its_code_leads_to_the_bundle(self, city: City) -> None:
        given = out(city, count=2)
        made = issue_document(
            sheet=sheet_of(given.bundle), by=city.here.keeper, at=NOON, key=make.key()
        )
        assert made.number.startswith("LKYJ-")
        found = find_sheet(made.number, by=city.here.clerk)
        assert (found.bundle_id, found.page) == (given.bundle.pk, 0)

    def test_only_the_county_sees_it(self, city: City) -> None:
        given = out(city, count=1)
        address = f"{reverse('register.collective_hand_over')}?sheet={given.bundle.pk}"
        here = signed_in(city.here.clerk).get(address).content.decode()
        assert given.bundle.number in here and "集中领卡移交单" in here
        away = signed_in(city.neighbour.clerk).get(address).content.decode()
        assert given.bundle.number not in away
        assert {role.value for role in (
            COLLECTIVE_HAND_OVER.readers - COLLECTIVE_HAND_OVER.issuers
        )} == {"auditor"}  # fmt: skip
