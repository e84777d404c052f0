"""What a chip answers is read as it is written, and what is odd about it is named (Art. 22)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cardbook.lib.chip import Chip, read_chip
from cardbook.lib.plain import InputError
from cardbook.testing.chips import answer_of_holder, record

# A test card's EF05 from a public log, without anybody's data (domain.md 4.3).
PUBLISHED = (
    "0110430299D156000005000000133A05F2E3 020133 0304322E3000"
    "040C9156000002430200430100D5 050432303132 060432303232 0709423030303030313331 9000"
)
HOLDER = "李小红"


def holder(*, name: str = HOLDER, number: str = "999999198603081234") -> str:
    return answer_of_holder(name=name, number=number)


class TestRecords:
    def test_of_the_published_card_read_and_its_odd_dates_are_named(self) -> None:
        chip = read_chip(PUBLISHED)
        assert (chip.card_number, chip.version) == ("B00000131", "2.0")
        assert chip.card_code == "430299D156000005000000133A05F2E3"
        assert (chip.issued_on, chip.valid_until, chip.number, chip.name) == (None, None, "", "")
        assert chip.odd == (
            "发卡日期写成了文字“2012”，标准是 BCD 码", "卡有效期写成了文字“2022”，标准是 BCD 码",
            "没有读出持卡人信息（第三代卡须先认证，或只读了发卡信息）",
        )  # fmt: skip

    def test_of_both_files_in_one_breath(self) -> None:
        ef05 = "0304332E3030 050420200105 060420300105 0709423030303030313331 9000"
        chip = read_chip(f"{ef05} {holder()}")
        assert (chip.number, chip.name) == ("999999198603081234", HOLDER)
        assert (chip.issued_on, chip.valid_until) == (date(2020, 1, 5), date(2030, 1, 5))
        assert (chip.version, chip.odd) == ("3.00", ())

    def test_days_in_text_are_read_too_and_named(self) -> None:
        chip = read_chip(record(0x05, b"20200105") + record(0x07, b"B00000131"))
        assert chip.issued_on == date(2020, 1, 5)
        assert chip.odd[0] == "发卡日期写成了文字“20200105”，标准是 BCD 码"

    def test_a_long_name_is_one_name_out_of_two_fields(self) -> None:
        long = "阿卜杜克热木·" + "买买提明" * 4
        assert read_chip(holder(name=long)).name == long

    def test_a_character_may_begin_in_the_first_field_and_end_in_the_second(self) -> None:
        name = "王" * 14 + "𠮷" + "王"
        assert read_chip(holder(name=name)).name == name

    def test_an_unknown_record_and_one_read_twice_are_named(self) -> None:
        once = record(0x07, b"B00000131")
        chip = read_chip(once + record(0x29, b"x") + record(0x07, b"B00000999"))
        assert chip.card_number == "B00000131"
        assert chip.odd[:2] == ("有标准没有的记录 29", "记录 07 读到两次，以第一次为准")

    def test_nothing_personal_is_in_what_is_odd(self) -> None:
        chip = read_chip(record(0x05, HOLDER.encode("gb18030")) + holder())
        assert chip.odd == ("发卡日期不是日期",) and HOLDER not in repr(chip)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("  ", "empty"), ("你好", "not_a_reading"), ("0709B", "not_a_reading"),
            ("0709423030", "cut_off"), ("07", "cut_off"), ("6A82", "status"), ("6982", "status"),
            ("9000", "nothing_read"), ("2901FF", "nothing_read"),
        ],
    )  # fmt: skip
    def test_what_is_no_reading_says_what_to_do(self, text: str, code: str) -> None:
        with pytest.raises(InputError) as refused:
            read_chip(text)
        assert refused.value.code == code and "读" in refused.value.sentence

    @given(some.binary(max_size=80))
    def test_never_breaks_whatever_the_card_answers(self, content: bytes) -> None:
        try:
            assert isinstance(read_chip(content.hex()), Chip)
        except InputError as refused:
            assert refused.sentence


class TestALine:
    LINE = "611000|999999198603081234|B00000131|430299D1|李小红|0081|2.00|20200105|20300105|T1|D1"

    def test_is_read_as_a_national_reader_returns_it(self) -> None:
        chip = read_chip(self.LINE)
        assert (chip.number, chip.name, chip.card_number, chip.version, chip.valid_until) == (
            "999999198603081234", "李小红", "B00000131", "2.00", date(2030, 1, 5),
        )  # fmt: skip
        assert chip.odd == ()

    def test_an_odd_day_is_named_without_what_stands_there(self) -> None:
        assert read_chip(self.LINE.replace("20200105", HOLDER)).odd == ("发卡日期不是日期",)

    @pytest.mark.parametrize("text", ["611000|999999198603081234", "611000||||||||"])
    def test_half_a_line_is_refused(self, text: str) -> None:
        with pytest.raises(InputError):
            read_chip(text)
