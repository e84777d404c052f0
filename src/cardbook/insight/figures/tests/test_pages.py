"""The page of numbers as a manager sees it: reach, rows, workbook, meanings, empty."""

import io
import re
from html import unescape

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cardbook.insight.figures.tests.lives import Life, live
from cardbook.law.roles import Role
from cardbook.people.holders import holder_of
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City, worker

pytestmark = [pytest.mark.django_db, pytest.mark.article(5)]


@pytest.fixture
def life(city: City) -> Life:
    return live(city)


def city_manager(city: City) -> Client:
    return signed_in(worker("市管理员", Role.CITY_MANAGER, city.city))


def text(content: bytes) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode())))


class TestBoard:
    def test_the_city_sees_a_row_for_each_county(self, life: Life) -> None:
        shown = text(city_manager(life.city).get("/figures/").content)
        assert "数字：全市" in shown
        assert "甲县人社局" in shown and "乙县人社局" in shown
        assert "登记入账 11" in shown and "相平" in shown
        assert "已发放 2 ÷ 已接收 6" in shown

    def test_a_county_sees_itself_by_office(self, life: Life) -> None:
        shown = text(signed_in(life.city.here.keeper).get("/figures/").content)
        assert "数字：甲县人社局" in shown and "甲县卡管中心" in shown
        assert "乙县" not in shown
        assert "登记入账 8" in shown

    def test_a_county_of_the_city_opens_by_a_click(self, life: Life) -> None:
        client = city_manager(life.city)
        answer = client.get(f"/figures/?county={life.city.neighbour.county.pk}")
        assert "数字：乙县人社局" in text(answer.content)
        assert "登记入账 3" in text(answer.content)

    def test_the_neighbour_county_cannot_be_opened(self, life: Life) -> None:
        client = signed_in(life.city.here.keeper)
        assert client.get(f"/figures/?county={life.city.neighbour.county.pk}").status_code == 404

    @pytest.mark.parametrize("query", ["by=name", "by=place", "per=year", "county=x"])
    def test_an_address_that_means_nothing_is_not_found(self, life: Life, query: str) -> None:
        assert city_manager(life.city).get(f"/figures/?{query}").status_code == 404

    def test_a_window_clerk_is_told_whose_business_it_is(self, life: Life) -> None:
        answer = signed_in(life.city.here.clerk).get("/figures/")
        assert answer.status_code == 403
        assert "县区卡管机构卡管员" in text(answer.content)

    def test_says_so_when_there_is_nothing_yet(self, city: City) -> None:
        assert "还没有登记任何社保卡" in text(city_manager(city).get("/figures/").content)

    def test_asks_the_same_few_questions_however_many_cards(self, life: Life) -> None:
        client = city_manager(life.city)
        client.get("/figures/")
        with CaptureQueriesContext(connection) as few:
            client.get("/figures/")
        make.received_cards(life.city, life.city.here, count=40)
        with CaptureQueriesContext(connection) as many:
            client.get("/figures/")
        assert len(many) == len(few) <= 22


class TestRows:
    def test_every_link_of_the_page_opens_as_many_rows(self, life: Life) -> None:
        client = city_manager(life.city)
        page = client.get("/figures/").content.decode()
        links = re.findall(r'href="(/figures/rows/\?[^"]+)">(\d+)</a>', page)
        assert len(links) > 30
        for link, number in links:
            shown = text(client.get(unescape(link)).content)
            assert re.search(rf"：{number} [张件]", shown), (link, number)

    def test_shows_names_and_masks_numbers(self, life: Life) -> None:
        shown = text(signed_in(life.city.here.keeper).get("/figures/rows/?figure=issued").content)
        holder = holder_of(life.issued.person)
        assert holder.name in shown and holder.masked_number in shown
        assert holder.number not in shown

    def test_the_neighbour_sees_none_of_them(self, life: Life) -> None:
        client = signed_in(life.city.neighbour.keeper)
        query = f"figure=issued&county={life.city.here.county.pk}"
        assert "一张也没有" in text(client.get(f"/figures/rows/?{query}").content)

    def test_an_unknown_figure_is_a_sentence(self, life: Life) -> None:
        answer = city_manager(life.city).get("/figures/rows/?figure=people")
        assert answer.status_code == 400
        assert "没有这个数字" in text(answer.content)

    def test_says_where_a_hand_finds_the_card(self, life: Life) -> None:
        shown = text(city_manager(life.city).get("/figures/rows/?figure=registered").content)
        for where in ("在持卡人手中", "在途，发往甲县卡管中心", "甲县卡管中心 待分类库"):
            assert where in shown


class TestWorkbook:
    def cells(self, client: Client, query: str) -> list[tuple[str, ...]]:
        answer = client.get(f"/figures/rows/?{query}&format=xlsx")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return list(book.active.iter_rows(values_only=True))

    @pytest.mark.article(32)
    def test_has_as_many_rows_as_the_number_and_nobody_in_clear(self, life: Life) -> None:
        found = self.cells(city_manager(life.city), "figure=registered")
        assert found[0][0] == "登记入账：11 张"
        assert len(found) == 11 + 5
        said = " ".join(str(cell) for row in found for cell in row)
        holder = holder_of(life.issued.person)
        assert holder.name not in said and holder.number not in said
        assert holder.masked_number in said and life.issued.number in said

    @pytest.mark.article(32)
    def test_too_many_people_go_out_as_cards_alone(
        self, life: Life, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = "cardbook.insight.figures.export."
        monkeypatch.setattr(asked + "whole_number", lambda key, *, on: 10)
        monkeypatch.setattr(asked + "quoted", lambda key, *, on: "10 行")
        found = self.cells(city_manager(life.city), "figure=registered")
        assert found[3][0] == "超过 10 行，不带持卡人信息。"
        assert found[4][0] == "卡号" and len(found) == 11 + 5


class TestMeanings:
    def test_says_of_each_number_how_it_is_made(self, life: Life) -> None:
        shown = text(city_manager(life.city).get("/figures/meanings/").content)
        assert "现在登记在持卡人手中的卡" in shown
        assert "figures_stranded" in shown and "SELECT" in shown
