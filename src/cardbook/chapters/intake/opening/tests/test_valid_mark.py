"""有效标志 is a statement of its own: it explains nothing and hides nothing (Art. 6, 22)."""

import pytest

from cardbook.cards.models import Card
from cardbook.cards.states import Social
from cardbook.chapters.intake.models import OpeningClaim
from cardbook.chapters.intake.opening import commands, queries
from cardbook.chapters.intake.opening.tests.ledgers import row, said, staged, taken_over
from cardbook.insight.check import recount
from cardbook.lib.clock import local_day
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

pytestmark = [pytest.mark.django_db, pytest.mark.article(6)]
TODAY = local_day(NOON)
NUMBER = "Q00000001"


def listed(city: City) -> list[tuple[str, str]]:
    found = queries.listed(on=TODAY, slug="differences", by=city.here.keeper)
    return [(one.card_number, one.why) for one in found]


class TestReading:
    @pytest.mark.parametrize("title", ["有效标志", "当前有效标志", "AAE100"])
    @pytest.mark.parametrize(
        ("text", "valid"),
        [
            ("1", True), ("有效", True), ("是", True), ("TRUE", True),
            ("0", False), ("无效", False), ("否", False), ("false", False), ("", None),
        ],
    )  # fmt: skip
    def test_the_mark_is_kept_beside_what_else_the_source_says(
        self, city: City, title: str, text: str, valid: bool | None
    ) -> None:
        taken_over(city, [row(NUMBER, **{title: text})])
        assert OpeningClaim.objects.get().valid is valid

    def test_a_word_that_is_no_mark_is_an_error_of_its_row(self, city: City) -> None:
        file = staged(city, [row(NUMBER, 有效标志="挂失")])
        assert said(file) == {(2, "unknown_word", True)}
        assert "有效、是、1" in file.problems.get().remedy


class TestAgreement:
    @pytest.mark.parametrize(
        "changes",
        [
            {"有效标志": "1", "状态": "正常"},
            {"有效标志": "1", "状态": "挂失", "存放地点": ""},
            {"有效标志": "1", "状态": "退回", "存放地点": ""},
            {"有效标志": "0", "状态": "注销"},
            {"有效标志": "0", "状态": "挂失", "存放地点": ""},
            {"有效标志": "0", "状态": "已销毁", "存放地点": ""},
            {"有效标志": "0", "状态": "收回", "存放地点": "在库"},
            {"有效标志": "0", "生存状态": "死亡"},
        ],
    )
    def test_a_mark_that_the_row_explains_is_no_difference(
        self, city: City, changes: dict[str, str]
    ) -> None:
        posted = taken_over(city, [row(NUMBER, **changes)])
        assert posted.differing == 0 and listed(city) == []

    @pytest.mark.article(22)
    @pytest.mark.parametrize(
        ("changes", "social", "why"),
        [
            ({"有效标志": "无效", "状态": "正常"}, "unknown", "社保功能、有效标志"),
            ({"有效标志": "有效", "状态": "注销"}, "unknown", "社保功能、有效标志"),
            ({"有效标志": "无效"}, "unknown", "有效标志"),
            ({"有效标志": "无效", "状态": "在库", "存放地点": ""}, "sealed", "有效标志"),
            ({"有效标志": "有效", "状态": "已销毁", "存放地点": ""}, "cancelled", "有效标志"),
        ],
    )
    def test_one_it_does_not_explain_is_noted_listed_and_never_decided(
        self, city: City, changes: dict[str, str], social: str, why: str
    ) -> None:
        file = staged(city, [row(NUMBER, **changes)])
        assert (2, "valid_doubted", False) in said(file) and file.errors == 0
        taken_over(city, [row(NUMBER, **changes)])
        assert Card.objects.get(number=NUMBER).social == social
        assert listed(city) == [(NUMBER, why)]
        assert [finding.first for finding in recount().findings if not finding.holds] == []

    def test_both_words_stand_on_the_list(self, city: City) -> None:
        taken_over(city, [row(NUMBER, 有效标志="无效", 状态="正常")])
        (one,) = queries.listed(on=TODAY, slug="differences", by=city.here.keeper)
        assert [line.social for line in one.said] == ["未知", "正常（有效标志：无效）"]

    def test_another_source_that_calls_a_card_in_use_invalid_is_listed(self, city: City) -> None:
        who = make.citizen_number()
        taken_over(city, [row(NUMBER, who=who, 状态="正常")])
        taken_over(city, [row(NUMBER, who=who, 状态="", 存放地点="", 有效标志="0")], source="省")
        assert Card.objects.get(number=NUMBER).social == "active", "the book stands"
        assert listed(city) == [(NUMBER, "有效标志")]

    @pytest.mark.parametrize("state", ["正常", "已发放"])
    def test_what_is_found_out_about_the_function_answers_the_mark(
        self, city: City, state: str
    ) -> None:
        taken_over(city, [row(NUMBER, 有效标志="无效", 状态=state)])
        signed = commands.Signed(
            by=city.here.keeper, second=city.here.reviewer, at=NOON, words="向省平台查明",
            key=make.key(),
        )  # fmt: skip
        card = Card.objects.get(number=NUMBER)
        commands.find_function(card_ids=[card.pk], social=Social.CANCELLED, signed=signed)
        assert listed(city) == []


class TestRemarks:
    def test_a_card_in_use_whose_remark_says_void_is_not_taken(self, city: City) -> None:
        file = staged(city, [row(NUMBER, 备注="已作废")])
        assert said(file) == {(2, "taken_back", True)}

    @pytest.mark.parametrize(
        "changes",
        [
            {"状态": "注销"},
            {"状态": "已销毁", "存放地点": ""},
            {"状态": "收回", "存放地点": "在库"},
            {"状态": "注销", "有效标志": "无效"},
        ],
    )
    def test_of_a_card_that_is_cancelled_it_says_nothing_new(
        self, city: City, changes: dict[str, str]
    ) -> None:
        file = staged(city, [row(NUMBER, 备注="已作废", **changes)])
        assert (2, "taken_back", False) in said(file) and not file.errors
