"""The balance when it does not hold: broken past triggers and grants, said in red, by county."""

import pytest

from cardbook.custody.places import Place
from cardbook.insight.figures.tests.lives import live
from cardbook.insight.figures.tests.test_figures import board
from cardbook.law.roles import Role
from cardbook.ledger.tests.tampering import tamper
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import worker

pytestmark = pytest.mark.article(6)


class TestTheBalance:
    def test_a_card_without_a_place_is_said_in_red_with_its_county(
        self, fresh_database: str
    ) -> None:
        life = live(make.city())
        tamper(f"DELETE FROM custody_position WHERE card_id = {life.issued.pk}")
        assert board().balance.wrong == (
            "合计：登记入账 11 张，各处合计 10 张，少 1 张",
            "甲县人社局：登记入账 8 张，各处合计 7 张，少 1 张",
        )

    def test_a_kind_of_place_nobody_foresaw_gets_its_column(self, fresh_database: str) -> None:
        life = live(make.city())
        county = life.city.here.county.pk
        tamper(
            "INSERT INTO custody_account (kind, organization_id, code, cabinet, shelf, box, "
            f"capacity, label) SELECT 'outside', {county}, '', '', '', '', 0, ''",
            "UPDATE custody_position SET account_id = (SELECT max(id) FROM custody_account) "
            f"WHERE card_id = {life.issued.pk}",
        )
        made = board()
        assert made.balance.wrong == ()
        assert Place.OUTSIDE.label in made.table.columns
        assert made.balance.parts[0].count == 1

    def test_the_page_names_the_difference_and_what_to_do(self, fresh_database: str) -> None:
        life = live(make.city())
        tamper(f"DELETE FROM custody_position WHERE card_id = {life.issued.pk}")
        manager = worker("市管理员", Role.CITY_MANAGER, life.city.city)
        shown = signed_in(manager).get("/figures/").content.decode()
        assert 'role="alert"' in shown and "数字不平" in shown
        assert "甲县人社局：登记入账 8 张，各处合计 7 张，少 1 张" in shown
        assert "cardbook check" in shown and "相平</span>" not in shown
