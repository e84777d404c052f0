"""A minor's row is refused where it is written down, not only at filing (Art. 11)."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cardbook.chapters.issuance.collective.tests.bundles import Out, out, tick
from cardbook.chapters.issuance.collective.tests.test_workbook import results, sent_back
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.testing import factories as make
from cardbook.testing.clients import signed_in
from cardbook.testing.factories import City
from cardbook.testing.parameters import ruled

pytestmark = [pytest.mark.django_db, pytest.mark.article(11)]


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: object) -> None:
    settings.PAPERS_ROOT = tmp_path  # type: ignore[attr-defined]


def born(age: int) -> date:
    """A birthday that makes somebody so old on every day of this year."""
    return date(local_day(timezone.now()).year - age, 1, 1)


@pytest.fixture
def given(city: City) -> Out:
    """A sheet that went out today: a child, a youth of 16, two adults."""
    people = [make.person(born_on=born(9)), make.person(born_on=born(16))]
    people += [make.person(), make.person()]
    return out(city, people=people, at=timezone.now())


@pytest.fixture
def clerk(city: City) -> Client:
    return signed_in(city.here.clerk)


def typed(client: Client, given: Out, text: str, **more: str) -> str:
    address = reverse("bundle.tick", args=[given.bundle.pk])
    data = {"text": text, "on": f"{local_day(timezone.now())}", **more}
    return client.post(address, data, follow=True).content.decode()


class TestMinorsRow:
    def test_is_left_open_and_named_while_the_others_of_the_line_are_kept(
        self, clerk: Client, given: Out
    ) -> None:
        answer = typed(clerk, given, "1-4")
        assert "已登记 2 行" in answer
        assert "第 1、2 行：持卡人今年 9—16 周岁，未满 18 周岁" in answer
        assert "第十一条" in answer
        assert results(given.bundle) == ["", "", "signed", "signed"]

    def test_of_16_is_his_own_when_he_lives_on_his_own_work_and_no_childs(
        self, clerk: Client, given: Out
    ) -> None:
        answer = typed(clerk, given, "1-2=s")
        assert "第 1 行：持卡人今年 9 周岁" in answer
        assert results(given.bundle) == ["", "signed", "", ""]

    def test_is_not_signed_by_a_proxy_and_may_be_left_or_returned(
        self, clerk: Client, given: Out
    ) -> None:
        assert "第 1、2 行：持卡人今年" in typed(clerk, given, "1-2=d")
        typed(clerk, given, "1=1;2=3t")
        assert results(given.bundle) == ["open", "returned", "", ""]

    def test_ticked_with_others_is_refused_alone(self, clerk: Client, given: Out) -> None:
        address = reverse("bundle.tick", args=[given.bundle.pk])
        data = {"row": ["1", "3"], "mark": "b", "on": f"{local_day(timezone.now())}"}
        assert (
            "第 1 行：持卡人今年 9 周岁" in clerk.post(address, data, follow=True).content.decode()
        )
        assert results(given.bundle) == ["", "", "signed", ""]

    def test_in_full_stays_with_what_was_typed(self, clerk: Client, given: Out) -> None:
        address = reverse("bundle.row", args=[given.bundle.pk, 1])
        data = {
            "result": "signed", "signer": "holder", "words": "孩子自己来的",
            "signed_on": f"{local_day(timezone.now())}",
        }  # fmt: skip
        answer = clerk.post(address, data)
        assert answer.status_code == 409
        said = answer.content.decode()
        assert "第 1 行：持卡人今年 9 周岁" in said and "孩子自己来的" in said
        assert results(given.bundle) == [""] * 4

    def test_in_a_workbook_is_listed_and_the_rest_taken(self, clerk: Client, given: Out) -> None:
        day = f"{local_day(timezone.now())}"
        filled = {row: {5: "实发", 6: "本人", 7: day} for row in (1, 3)}
        answer = sent_back(clerk, given.bundle, filled)
        assert "1 行已登记" in answer and "第 1 行：持卡人今年 9 周岁" in answer
        assert results(given.bundle) == ["", "", "signed", ""]

    def test_is_kept_where_the_city_lets_minors_collect(self, city: City, given: Out) -> None:
        with ruled("minor_may_collect", True):
            assert tick(given.bundle, "1-2", by=city.here.clerk, on=local_day(timezone.now())) == 2

    def test_on_the_units_own_sheet_is_refused_as_well(self, city: City, given: Out) -> None:
        helper = make.worker("单位经办人", Role.UNIT_HANDLER, given.bundle.unit)
        address = reverse("sheet.tick", args=[given.bundle.pk])
        data = {"text": "1", "on": f"{local_day(timezone.now())}"}
        answer = signed_in(helper).post(address, data, follow=True).content.decode()
        assert "第 1 行：持卡人今年 9 周岁" in answer
        assert results(given.bundle) == [""] * 4
