"""《分配方案》: a county's stock by who hands it out, by the rules in force (Art. 6, 8 ¶1)."""

from typing import Any

import pytest
from django.urls import reverse

from cardbook.chapters.duties.campaigns import commands
from cardbook.chapters.duties.campaigns.register import CountyForm, allotment_sheet
from cardbook.chapters.duties.campaigns.tests.test_campaigns import agency, head
from cardbook.chapters.safekeeping.stocktaking.tests.counts import begin, boxed, ended
from cardbook.lib.clock import local_day
from cardbook.registers.forms import Sheet, TooManyRows
from cardbook.registers.pdf import render_pdf
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6), pytest.mark.article(8, 1)]


def plan(city: City, **changes: Any) -> Sheet:
    given = {
        "chosen": {"county": city.here.county}, "masked": True, "printed_by": "甲",
        "printed_at": NOON, "limit": None,
    }  # fmt: skip
    return allotment_sheet(**(given | changes))


def routed(city: City, group: str) -> str:
    office = agency(city)
    commands.set_rule(
        county_id=city.here.county.pk, group=group, organization_id=office.pk,
        since=local_day(NOON), words="县政办1号", by=head(city), at=NOON,
    )  # fmt: skip
    return office.name


class TestPlan:
    def test_divides_the_stock_by_the_rules_in_force(self, city: City) -> None:
        (card, *_) = make.received_cards(city, city.here, count=3)
        (row,) = plan(city).rows
        assert row[1] == "未明确分工" and row[4:7] == ("3", "0", "3")
        office = routed(city, card.group)
        sheet = plan(city)
        (row,) = sheet.rows
        assert row[1] == office and row[3] == city.bank.name and row[7] == "县政办1号"
        assert sheet.totals == ((office, "3 张"), ("合计", "3 张"))
        assert render_pdf(sheet, number="").startswith(b"%PDF")

    def test_leaves_the_neighbours_cards_out(self, city: City) -> None:
        make.received_cards(city, city.neighbour, count=2)
        assert plan(city).rows == ()

    def test_carries_no_more_rows_than_a_sheet(self, city: City) -> None:
        make.received_cards(city, city.here)
        with pytest.raises(TooManyRows):
            plan(city, limit=0)


class TestPage:
    def test_is_issued_with_a_number_and_its_articles(self, city: City) -> None:
        make.received_cards(city, city.here)
        client, address = signed_in(city.here.keeper), reverse("register.allotment_plan")
        page = client.get(address).content.decode()
        assert "未明确分工" in page and "第六条" in page
        made = client.post(address, {"key": make.key()}, follow=True)
        assert "核验通过" in made.content.decode()

    @pytest.mark.article(5)
    def test_the_neighbour_and_the_window(self, city: City) -> None:
        make.received_cards(city, city.here)
        address = reverse("register.allotment_plan")
        page = signed_in(city.neighbour.keeper).get(address, {"county": city.here.county.code})
        assert "不在您的管辖范围内" in page.content.decode()
        assert signed_in(city.here.clerk).get(address).status_code == 403

    @pytest.mark.article(20)
    def test_tells_nobody_who_counts_how_much_is_expected(self, city: City) -> None:
        box, _ = boxed(city, city.here, 3)
        take = begin(city.here, box)
        given = {"county": city.here.county.code}
        form = CountyForm(given, by=city.here.keeper, today=local_day(NOON))
        assert not form.is_valid() and "盲点盘点" in str(form.errors)
        page = signed_in(city.here.keeper).get(reverse("register.allotment_plan"), given)
        assert "盲点盘点" in page.content.decode() and "3 张" not in page.content.decode()
        ended(take, city.here)
        assert CountyForm(given, by=city.here.keeper, today=local_day(NOON)).is_valid()
