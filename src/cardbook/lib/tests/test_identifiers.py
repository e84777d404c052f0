"""Card, bank and phone numbers: what is tidied, what is refused and in which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardbook.lib.identifiers import luhn_digit, parse_bank_number, parse_card_number, parse_phone
from cardbook.lib.masking import leave_out, mask_in, mask_name, mask_number, mask_phone
from cardbook.lib.plain import InputError, Plain


def bank_number(body: str) -> str:
    total = 0
    for place, char in enumerate(reversed(body)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return body + str((10 - total % 10) % 10)


class TestCardNumber:
    @pytest.mark.parametrize(
        ("typed", "number"),
        [
            ("B00000131", "B00000131"),
            (" b0000 0131", "B00000131"),
            ("Ｂ０００００１３１", "B00000131"),
        ],
    )
    def test_is_nine_letters_or_digits_in_upper_case(self, typed: str, number: str) -> None:
        assert parse_card_number(typed).value == number

    @pytest.mark.parametrize(
        ("typed", "code"),
        [("B0000013", "length"), ("B000001311", "length"), ("B0000-131", "odd_character"),
         ("В00000131", "odd_character"), (131.0, "not_text"), ("1.31E+08", "not_text"),
         (None, "empty")],
    )  # fmt: skip
    def test_refuses(self, typed: object, code: str) -> None:
        with pytest.raises(InputError) as caught:
            parse_card_number(typed)
        assert caught.value.code == code


class TestBankNumber:
    @given(st.text("0123456789", min_size=13, max_size=16))
    def test_takes_sixteen_to_nineteen_digits_with_a_luhn_digit(self, tail: str) -> None:
        number = bank_number("62" + tail)
        assert parse_bank_number(number) == Plain(number)
        assert luhn_digit(number[:-1]) == number[-1]

    @given(st.text("0123456789", min_size=16, max_size=16), st.integers(0, 17))
    def test_finds_every_single_wrong_digit(self, tail: str, place: int) -> None:
        number = bank_number("62" + tail)
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        with pytest.raises(InputError, match="校验位"):
            parse_bank_number(wrong)

    def test_warns_of_a_foreign_prefix_and_refuses_a_wrong_length(self) -> None:
        assert parse_bank_number(bank_number("4" * 15)).warnings
        with pytest.raises(InputError, match="15 位"):
            parse_bank_number("6" * 15)


class TestPhone:
    @pytest.mark.parametrize(
        ("typed", "number"),
        [("13800000000", "13800000000"), ("+86 138-0000-0000", "13800000000"),
         ("8613800000000", "13800000000"), ("１３８００００００００", "13800000000")],
    )  # fmt: skip
    def test_takes_mobiles(self, typed: str, number: str) -> None:
        assert parse_phone(typed).value == number
        assert parse_phone(typed).warnings == ()

    @pytest.mark.parametrize("typed", ["0914-2312345", "09142312345", "2312345", "(0914)2312345"])
    def test_tolerates_landlines_with_a_warning(self, typed: str) -> None:
        assert parse_phone(typed).warnings == ("这是固定电话，收不到短信",)

    @pytest.mark.parametrize(
        ("typed", "code"),
        [("1380000000", "length"), ("138000000001", "length"), ("1.38E+10", "not_text"),
         (13800000000.0, "not_text"), ("1380000000O", "odd_character"), ("", "empty")],
    )  # fmt: skip
    def test_refuses(self, typed: object, code: str) -> None:
        with pytest.raises(InputError) as caught:
            parse_phone(typed)
        assert caught.value.code == code


@pytest.mark.article(32)
class TestMasking:
    def test_numbers_inside_a_text_are_hidden_and_the_rest_stays(self) -> None:
        assert mask_in("999999199001010014/13812345678") == "999999********0014/138****5678"
        assert mask_in("P20261114A-1-2，60 张") == "P20261114A-1-2，60 张"

    def test_what_names_a_person_is_left_out_of_anothers_words(self) -> None:
        words = "李新生（13812345678）照片不合格，李新生同意重拍"
        left = "〔略〕（〔略〕）照片不合格，〔略〕同意重拍"
        assert leave_out(words, ("李新", "李新生", "13812345678", "")) == left

    def test_shows_six_and_four_and_three_and_four(self) -> None:
        assert mask_number("99999919900101001X") == "999999********001X"
        assert mask_phone("13812345678") == "138****5678"

    @pytest.mark.parametrize("text", ["", "1", "1234", "123456", "1234567890"])
    def test_never_shows_a_short_value_whole(self, text: str) -> None:
        for mask in (mask_number, mask_phone):
            assert mask(text) != text or not text

    @pytest.mark.parametrize(
        ("name", "masked"),
        [("张小明", "张*明"), ("李四", "李*"), ("王", "*"), ("", ""), ("买买提·艾力", "买****力"),
         ("𠮷田明", "𠮷*明")],
    )  # fmt: skip
    def test_hides_the_middle_of_a_name(self, name: str, masked: str) -> None:
        assert mask_name(name) == masked
