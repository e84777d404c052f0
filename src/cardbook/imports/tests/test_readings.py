"""What people write into names, cards and telephones that reads well and is something else."""

from datetime import date

import pytest

from cardbook.imports.readings import card_number, name, name_on_card, past_day, phone
from cardbook.lib.plain import InputError

pytestmark = pytest.mark.article(6)


class TestNames:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("李秀英 张三丰", "two_names"), ("张三 李四", "two_names"),
            ("古丽娜尔 艾合买提", "two_names"), ("李X英", "masked"), ("李某英", "masked"),
            ("李Ｘ", "masked"), ("无", "no_name"), ("空", "no_name"), ("略", "no_name"),
            ("王\ue863", "private_letter"),
            ("李ヰ英", "odd_sign"), ("王エ", "odd_sign"), ("Иван", "odd_sign"), ("𝐋𝐢", "odd_sign"),
        ],
    )  # fmt: skip
    def test_that_are_none_are_not_printed_on_a_card_and_noted_elsewhere(
        self, text: str, code: str
    ) -> None:
        with pytest.raises(InputError) as refused:
            name_on_card(text)
        assert (refused.value.code, "；" in refused.value.sentence) == (code, True)
        assert name(text).warnings

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("李 秀英", "李秀英"), ("李　秀　英", "李秀英"), ("欧阳 娜娜", "欧阳娜娜"),
            ("诸葛 明", "诸葛明"), ("王〇", "王〇"), ("古丽娜尔·艾合买提", "古丽娜尔·艾合买提"),
            ("ANNA MÜLLER", "ANNA MÜLLER"), ("赵䶮", "赵䶮"),
        ],
    )  # fmt: skip
    def test_of_people_pass_without_a_doubt(self, text: str, read: str) -> None:
        found = name_on_card(text)
        assert (found.value, found.warnings) == (read, ())

    @pytest.mark.parametrize("text", ["李秀英同志", "王小明先生", "王"])
    def test_that_may_be_one_deserve_a_look(self, text: str) -> None:
        (doubt,) = name_on_card(text).warnings
        assert text in doubt and "核对" in doubt


class TestCards:
    @pytest.mark.parametrize(("text", "digit"), [("GOO000002", "0"), ("I00000002", "1")])
    def test_a_letter_that_looks_like_a_digit_is_noted(self, text: str, digit: str) -> None:
        found = card_number(text)
        assert found.value == text
        assert f"“{text[1] if digit == '0' else text[0]}”" in found.warnings[0]
        assert f"数字 {digit} 混淆" in found.warnings[0]

    def test_others_are_not(self) -> None:
        assert not card_number("G00000002").warnings


class TestPhones:
    @pytest.mark.parametrize(
        "text", ["11111111111", "00000000000", "13000000000", "10000000000", "12345678910"]
    )
    def test_that_nobody_has_are_none(self, text: str) -> None:
        found = phone(text)
        assert found.value == "" and "登记为没有" in found.changes[0]

    @pytest.mark.parametrize(
        "text",
        ["13800138000/13900139000", "13800138000、0914-2312345", "13800138000 13900139000"],
    )
    def test_two_in_a_cell_are_told(self, text: str) -> None:
        with pytest.raises(InputError) as refused:
            phone(text)
        assert refused.value.code == "two_numbers" and "只留一个" in refused.value.sentence

    @pytest.mark.parametrize("text", ["013800138000", "015500138000"])
    def test_a_mobile_behind_a_0_is_no_landline(self, text: str) -> None:
        found = phone(text)
        assert (found.value, found.warnings) == (text[1:], ())
        assert found.changes == ("去掉手机号前的 0",)

    @pytest.mark.parametrize("text", ["138 0013 8000", "0914-2312345", "+86 138-0013-8000"])
    def test_one_is_one(self, text: str) -> None:
        assert phone(text).value


class TestDays:
    READ = staticmethod(past_day(date(2026, 11, 27), "发放日期"))

    @pytest.mark.parametrize("text", ["2024 年 3 月 5 日", "2024-3-5。", "2024年 3月5日"])
    def test_are_read_as_they_are_typed(self, text: str) -> None:
        assert self.READ(text).value == date(2024, 3, 5)

    @pytest.mark.parametrize("text", ["-", "无", "NULL", "0000-00-00", "1900-01-00"])
    def test_that_say_there_is_none_are_none(self, text: str) -> None:
        found = self.READ(text)
        assert found.value == "" and "登记为没有" in found.changes[0]

    @pytest.mark.parametrize("text", ["2024 3 5", "24.3.5", "3/5/2024", "2024年3月", "约2024年"])
    def test_that_may_be_another_are_not_guessed(self, text: str) -> None:
        with pytest.raises(InputError):
            self.READ(text)
