"""Citizen numbers against ISO 7064 computed the long way, independent of the code under test."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cardbook.lib.citizen_number import (
    DEMO_REGION,
    Kind,
    NumberError,
    Sex,
    check_digit,
    mismatches,
    parse,
)

TODAY = date(2026, 11, 24)
BODIES = st.builds(
    lambda region, born, order: f"{region:06d}{born:%Y%m%d}{order:03d}",
    st.integers(110000, 659999),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


def by_iso_7064(first17: str) -> str:
    """MOD 11-2 by its recursive definition: P(j+1) = (P(j) + a) * 2 mod 11; no weights."""
    product = 0
    for char in first17:
        product = (product + int(char)) * 2 % 11
    rest = (1 - product) % 11
    return "X" if rest == 10 else str(rest)


def number(region: str = DEMO_REGION, born: str = "19900101", order: str = "001") -> str:
    return region + born + order + by_iso_7064(region + born + order)


def refused(text: object) -> NumberError:
    with pytest.raises(NumberError) as caught:
        parse(text, today=TODAY)
    return caught.value


class TestCheckDigit:
    @given(st.text("0123456789", min_size=17, max_size=17))
    def test_equals_the_standards_recursive_definition(self, first17: str) -> None:
        assert check_digit(first17) == by_iso_7064(first17)

    def test_equals_the_published_samples_of_the_foreign_card(self) -> None:
        # Only the first 17 characters are written here; the samples end in 7 and 4.
        assert check_digit("93268219850101001") == "7"
        assert check_digit("91112419810803002") == "4"

    @pytest.mark.parametrize("text", ["", "1" * 16, "1" * 18, "１" * 17, "1" * 16 + "X"])
    def test_refuses_what_is_not_17_digits(self, text: str) -> None:
        with pytest.raises(ValueError, match="17"):
            check_digit(text)

    @given(BODIES, st.integers(0, 16), st.integers(1, 9))
    def test_finds_every_single_wrong_digit(self, body: str, place: int, shift: int) -> None:
        right = body + by_iso_7064(body)
        wrong_digit = str((int(right[place]) + shift) % 10)
        wrong = right[:place] + wrong_digit + right[place + 1 :]
        assert refused(wrong).code == "check_digit"

    @given(BODIES, st.integers(0, 15))
    def test_finds_every_swap_of_neighbours(self, body: str, place: int) -> None:
        assume(body[place] != body[place + 1])
        right = body + by_iso_7064(body)
        wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert refused(wrong).code == "check_digit"

    @given(BODIES, st.sampled_from("0123456789X"))
    def test_finds_every_wrong_last_character(self, body: str, last: str) -> None:
        assume(last != by_iso_7064(body))
        assert refused(body + last).code == "check_digit"


@pytest.mark.article(8, 4)
class TestParse:
    @given(BODIES)
    def test_reads_back_what_was_put_in(self, body: str) -> None:
        parsed = parse(body + by_iso_7064(body), today=TODAY)
        assert parsed.number[:17] == body
        assert parsed.region == body[:6]
        assert f"{parsed.born_on:%Y%m%d}" == body[6:14]
        assert parsed.sex == (Sex.MALE if int(body[16]) % 2 else Sex.FEMALE)
        assert parsed.kind is Kind.CITIZEN
        assert parsed.changes == ()

    @given(BODIES)
    def test_is_stable_when_read_twice(self, body: str) -> None:
        once = parse(" " + body + by_iso_7064(body).lower(), today=TODAY)
        assert parse(once.number, today=TODAY).number == once.number

    def test_takes_the_demo_region_as_a_citizen_without_a_warning(self) -> None:
        parsed = parse(number(), today=TODAY)
        assert (parsed.kind, parsed.warnings) == (Kind.CITIZEN, ())

    @pytest.mark.parametrize("region", ["810000", "820000", "830000"])
    def test_knows_residence_permits_by_their_prefix(self, region: str) -> None:
        parsed = parse(number(region), today=TODAY)
        assert parsed.kind is Kind.HMT_RESIDENT
        assert parsed.warnings == ()

    def test_knows_the_new_foreign_card_by_its_nine(self) -> None:
        parsed = parse(number("961124"), today=TODAY)
        assert parsed.kind is Kind.FOREIGN_PERMANENT
        assert parsed.born_on == date(1990, 1, 1)
        assert parsed.warnings == ()

    def test_only_warns_of_an_impossible_province(self) -> None:
        assert "98" in parse(number("998124"), today=TODAY).warnings[0]
        assert "10" in parse(number("100101"), today=TODAY).warnings[0]

    def test_only_warns_of_an_unknown_region_and_only_when_asked(self) -> None:
        text = number("612501")
        assert parse(text, today=TODAY).warnings == ()
        assert parse(text, today=TODAY, known_regions={"612501"}).warnings == ()
        assert "612501" in parse(text, today=TODAY, known_regions={"611002"}).warnings[0]

    def test_tidies_what_cannot_change_the_meaning_and_says_so(self) -> None:
        right = next(
            number(order=f"{order:03d}")
            for order in range(100)
            if number(order=f"{order:03d}").endswith("X")
        )
        wide = "".join(chr(ord(char) + 0xFEE0) for char in right.lower())
        typed = f" {wide[:6]}\u3000{wide[6:14]}\u00a0{wide[14:]}\t"
        parsed = parse(typed, today=TODAY)
        assert parsed.number == right
        assert parsed.changes == ("去掉空格", "全角字符改为半角", "末位小写 x 改为大写 X")

    @pytest.mark.parametrize("quoted", ["'{}", '="{}"'])
    def test_drops_the_quoting_of_spreadsheets(self, quoted: str) -> None:
        parsed = parse(quoted.format(number()), today=TODAY)
        assert parsed.number == number()
        assert parsed.changes == ("去掉表格软件的文本标记",)

    def test_warns_of_a_very_old_person(self) -> None:
        assert "1850" in parse(number(born="18500101"), today=TODAY).warnings[0]


class TestFifteenDigits:
    def test_becomes_eighteen_and_is_shown(self) -> None:
        parsed = parse("999999900101001", today=TODAY)
        assert parsed.number == number()
        assert parsed.upgraded_from == "999999900101001"
        assert parsed.changes == ("15 位旧号码升为 18 位",)

    @pytest.mark.parametrize(("order", "century"), [("995", "19"), ("996", "18"), ("999", "18")])
    def test_reads_the_orders_of_centenarians(self, order: str, century: str) -> None:
        parsed = parse("999999900101" + order, today=TODAY)
        assert parsed.number[6:8] == century

    def test_refuses_an_impossible_day(self) -> None:
        assert refused("999999900230001").code == "date"

    def test_asks_for_the_new_number_of_an_old_foreign_card(self) -> None:
        error = refused("CAN110019810803")
        assert error.code == "old_foreign"
        assert "18 位" in error.sentence


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "code", "words"),
        [
            (None, "empty", "请填写"),
            ("  ", "empty", "请填写"),
            (6.12501e17, "not_text", "文本格式"),
            (612501199001011200, "not_text", "文本格式"),
            ("6.12501E+17", "not_text", "将该列设为文本格式后重新导出"),
            ("6.12501e17", "not_text", "将该列设为文本格式后重新导出"),
            ("612501199001011200.0", "not_text", "将该列设为文本格式后重新导出"),
            ("６.12501E+17", "not_text", "文本格式"),
            ("9999991990010100", "length", "16 位"),
            ("9999991990010100111", "length", "多出"),
            ("12345", "length", "文本格式"),
            ("99999919900101001\u0425", "odd_character", "俄文字母，U+0425"),
            ("99999919900101001\u03a7", "odd_character", "希腊字母，U+03A7"),
            ("99999919900101001\u2169", "odd_character", "罗马数字"),
            ("99999919900101001Y", "odd_character", "第 18 位是“Y”"),
            ("\u0669" + "9999919900101001X", "odd_character", "阿拉伯文数字"),
            ("99999O199001010011", "odd_character", "第 6 位是“O”"),
            ("999999199001010\u200b011", "odd_character", "不可见字符（U+200B）"),
            ("99999919900101一011", "odd_character", "汉字"),
            ("\ufffd99999199001010011", "odd_character", "乱码"),
        ],
    )
    def test_name_the_fault_and_the_remedy(self, text: object, code: str, words: str) -> None:
        error = refused(text)
        assert error.code == code
        assert words in error.sentence

    @pytest.mark.parametrize("born", ["19900230", "19901301", "19900100", "00000101", "17991231"])
    def test_refuses_impossible_dates(self, born: str) -> None:
        error = refused(number(born=born))
        assert (error.code, born in error.sentence) == ("date", True)

    def test_refuses_tomorrow_and_takes_today(self) -> None:
        assert refused(number(born="20261125")).code == "future"
        assert parse(number(born="20261124"), today=TODAY).born_on == TODAY

    def test_suspects_a_number_column_when_the_tail_is_zeros(self) -> None:
        assert "文本格式" in refused("999999199001010000"[:15] + "000").sentence

    @given(st.text(max_size=25))
    def test_never_fails_otherwise(self, text: str) -> None:
        try:
            parsed = parse(text, today=TODAY)
        except NumberError as error:
            assert error.sentence.encode()
        else:
            assert by_iso_7064(parsed.number[:17]) == parsed.number[17]


@pytest.mark.article(13)
class TestMismatches:
    def test_warn_of_another_birthday_and_sex(self) -> None:
        found = mismatches(parse(number(), today=TODAY), born_on=date(1990, 1, 2), sex="2")
        assert len(found) == 2
        assert "1990-01-02" in found[0]
        assert "女" in found[1]

    @pytest.mark.parametrize("sex", ["1", "0", "9", None])
    def test_say_nothing_when_all_agrees_or_is_unknown(self, sex: str | None) -> None:
        assert mismatches(parse(number(), today=TODAY), born_on=date(1990, 1, 1), sex=sex) == ()
