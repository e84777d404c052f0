"""Parameters by date: the file as shipped, and files that must not load."""

from datetime import date

import pytest

from cardbook.law.parameters import (
    BadParameter,
    NoValueYet,
    UnknownParameter,
    all_parameters,
    is_on,
    parameter,
    read_parameters,
    value,
    whole_number,
)

TODAY = date(2026, 11, 24)
GOOD = """
[wait_days]
title = "等待"
unit = "天"
kind = "int"
basis = [6]
[[wait_days.values]]
from = 2020-01-01
value = 7
source = "暂定"
confirmed = false
[[wait_days.values]]
from = 2024-01-01
value = 5
source = "市局文件"
confirmed = true
"""


class TestAsShipped:
    @pytest.mark.article(4, 1)
    def test_first_issue_and_quality_replacement_are_free(self) -> None:
        assert whole_number("first_card_fee_fen", on=TODAY) == 0
        assert whole_number("quality_replacement_fee_fen", on=TODAY) == 0

    @pytest.mark.parametrize(
        ("key", "expected"),
        [
            ("temp_loss_valid_days", 7), ("formal_loss_releasable_until", "never"),
            ("replacement_promise_days", 7), ("statutory_card_limit_days", 10),
            ("personal_replacement_fee_fen", 2000), ("temp_card_valid_days", 60),
            ("temp_card_extension_months", 6), ("new_card_requires_temp_return", True),
            ("stranded_bands", (30, 60, 90, 180)), ("sheet_return_due_days", 15),
            ("min_contact_attempts", 3), ("min_contact_channels", 2), ("collective_handlers", 2),
            ("agent_max_cards_per_day", 3), ("agent_max_cards_per_year", 10), ("minor_age", 18),
            ("self_supporting_age", 16), ("card_validity_years", 10), ("renewal_window_days", 60),
            ("export_warn_rows", 25), ("export_approve_rows", 250),
            ("export_forbid_rows", 2500), ("cancelled_not_destroyed_alert_days", 30),
            ("count_cycle_days", 30), ("custody_check_days", 7), ("minor_may_collect", False),
        ],
    )  # fmt: skip
    def test_equals_the_parameter_sheet(self, key: str, expected: object) -> None:
        assert value(key, on=TODAY) == expected

    def test_marks_what_the_regulation_does_not_say(self) -> None:
        assert not parameter("in_transit_alert_days").confirmed
        assert parameter("first_card_fee_fen").confirmed

    @pytest.mark.article(34)
    def test_an_old_case_keeps_the_value_of_its_day(self) -> None:
        assert whole_number("replacement_promise_days", on=date(2022, 12, 31)) == 30
        assert whole_number("replacement_promise_days", on=date(2023, 1, 1)) == 7

    def test_every_parameter_names_title_article_and_source(self) -> None:
        for entry in all_parameters():
            assert entry.title
            assert entry.unit
            assert entry.basis
            assert all(item.source for item in entry.values)


class TestAsking:
    def test_for_an_unknown_key_or_too_early_a_day_is_refused(self) -> None:
        with pytest.raises(UnknownParameter, match="没有名为 nothing 的参数"):
            value("nothing", on=TODAY)
        with pytest.raises(NoValueYet, match="尚无取值"):
            value("statutory_card_limit_days", on=date(2023, 11, 30))

    def test_for_another_kind_is_refused(self) -> None:
        assert is_on("blind_count_required", on=TODAY)
        with pytest.raises(TypeError):
            whole_number("blind_count_required", on=TODAY)
        with pytest.raises(TypeError):
            is_on("minor_age", on=TODAY)


class TestReading:
    def test_takes_a_good_file(self) -> None:
        entry = read_parameters(GOOD)["wait_days"]
        assert [item.value for item in entry.values] == [7, 5]
        assert entry.on(date(2023, 12, 31)).value == 7
        assert entry.on(date(2024, 1, 1)).value == 5

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("value = 7", "value = 7.5"),
            ("value = 7", 'value = "7"'),
            ("value = 7", "value = true"),
            ("value = 7", "value = -1"),
            ("from = 2024-01-01", "from = 2020-01-01"),
            ("from = 2024-01-01", "from = 2019-01-01"),
            ("from = 2024-01-01", 'from = "2024-01-01"'),
            ('source = "市局文件"', 'source = ""'),
            ("confirmed = true", 'confirmed = "yes"'),
            ("confirmed = true", ""),
            ('kind = "int"', 'kind = "float"'),
            ('unit = "天"', 'unit = "分"'),
            ("basis = [6]", "basis = [35]"),
            ('title = "等待"', ""),
            ("[wait_days]", "[wait_days"),
            ("[wait_days]", "[[wait_days]]"),
        ],
    )
    def test_refuses_a_file_that_contradicts_itself(self, old: str, new: str) -> None:
        assert old in GOOD
        with pytest.raises(BadParameter):
            read_parameters(GOOD.replace(old, new, 1))
