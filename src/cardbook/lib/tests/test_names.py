"""Names keep every character, one separator, and are found by any of their readings."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardbook.lib.names import (
    NameRefused,
    canonical_name,
    encodable,
    parse_name,
    pinyin_initials,
    search_tokens,
)

RARE = ["䶮", "㛃", "𬭎", "𠮷", "〇", "𰻝"]
HAN = st.text("张王李艾力买提䶮㛃𬭎𠮷欧阳", min_size=1, max_size=20)
DOTS = "·•・･⋅∙‧．."


class TestCanonicalName:
    @given(HAN, HAN, st.sampled_from(DOTS), st.sampled_from(["", " ", "\u3000"]))
    def test_has_one_separator_whatever_was_typed(
        self, first: str, last: str, dot: str, space: str
    ) -> None:
        parsed = parse_name(f"{first}{space}{dot}{space}{last}")
        assert parsed.name == f"{first}\u00b7{last}"
        assert canonical_name(parsed.name) == parsed.name
        assert parsed.original == f"{first}{space}{dot}{space}{last}"

    @pytest.mark.parametrize("char", RARE)
    def test_keeps_rare_characters_through_gb18030_and_utf8(self, char: str) -> None:
        name = canonical_name(f"王{char}")
        assert name == f"王{char}"
        assert name.encode("gb18030").decode("gb18030") == name
        assert name.encode().decode() == name

    @pytest.mark.parametrize("char", ["\uf92d", "\ufa0e", "\U0002f800", "\uf9f0"])
    def test_does_not_swap_compatibility_ideographs(self, char: str) -> None:
        assert canonical_name(f"李{char}") == f"李{char}"

    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("张  三", "张三"),
            ("\u3000张三\t", "张三"),
            ("张三\r\n", "张三"),
            ("JOHN   SMITH", "JOHN SMITH"),
            ("J.R. SMITH", "J.R. SMITH"),
            ("O'NEIL", "O'NEIL"),
            ("买买提 . 艾力", "买买提·艾力"),
            ("e\u0301tienne", "étienne"),
        ],
    )
    def test_tidies(self, typed: str, name: str) -> None:
        parsed = parse_name(typed)
        assert parsed.name == name
        assert bool(parsed.changes) == (typed != name)

    def test_takes_fifty_characters_and_stops_at_a_hundred(self) -> None:
        assert len(canonical_name("艾" * 50)) == 50
        assert len(canonical_name("艾" * 100)) == 100
        with pytest.raises(NameRefused, match="101"):
            canonical_name("艾" * 101)

    @pytest.mark.parametrize(
        ("typed", "code", "words"),
        [
            (None, "empty", "请填写"),
            ("  ", "empty", "请填写"),
            (12.0, "not_text", "文本"),
            ("张\x00三", "odd_character", "U+0000"),
            ("张\n三", "odd_character", "U+000A"),
            ("张\u202e三", "odd_character", "U+202E"),
            ("张\u200b三", "odd_character", "U+200B"),
            ("\ufeff张三", "odd_character", "U+FEFF"),
            ("张\u2028三", "odd_character", "U+2028"),
            ("张\ud842", "odd_character", "U+D842"),
            ("张\uffff", "odd_character", "U+FFFF"),
            ("张\ufffd", "mojibake", "重新导出"),
            ("锟斤拷", "mojibake", "重新导出"),
            ("·艾力", "separator", "间隔号"),
            ("艾力·", "separator", "间隔号"),
            ("艾··力", "separator", "间隔号"),
            ("张\ufe0f三", "odd_character", "U+FE0F"),
            ("张\U000e0100三", "odd_character", "U+E0100"),
            ("张\u3164", "odd_character", "U+3164"),
            ("\u2fbc明", "radical", "不是汉字“高”"),
            *(
                (word, "no_name", f"“{word}”")
                for word in (
                    "TRUE",
                    "false",
                    "NULL",
                    "NaN",
                    "N/A",
                    "12345",
                    "３６５２６",
                    "1.2E+10",
                    "99999919900101001X",
                    "G00000012",
                    "0.5",
                    "2024-03-05",
                    "2024年3月5日",
                    "3月5日",
                    "20240305",
                    "—",
                    "/",
                    "?",
                )
            ),
        ],
    )
    def test_refuses(self, typed: object, code: str, words: str) -> None:
        with pytest.raises(NameRefused) as caught:
            canonical_name(typed)
        assert caught.value.code == code
        assert words in caught.value.sentence
        assert caught.value.sentence.encode()

    @pytest.mark.parametrize(
        "typed", ["O'Neil, J.", "Nan", "Le-Van", "阿依·买买提", "〇〇", "𠮷田"]
    )
    def test_has_nothing_to_say_of_names_of_people(self, typed: str) -> None:
        assert parse_name(typed).warnings == ()

    @pytest.mark.parametrize(
        "typed",
        [
            "张三2",
            "王\ue863",
            "李四.",
            "赵#六",
            "张三、李四",
            "张三（已故）",
            "张三,李四",
            "王😀",
            "王①",
        ],
    )
    def test_only_warns_of_digits_and_private_characters(self, typed: str) -> None:
        assert parse_name(typed).warnings

    def test_a_letter_of_ones_own_is_named_with_the_standards(self) -> None:
        (said,) = parse_name("王\ue863").warnings
        assert "自造字（U+E863，标准字是“䶮”）" in said and "改用标准汉字" in said
        (said,) = parse_name("王\uf8ff").warnings
        assert "自造字（U+F8FF）" in said

    @pytest.mark.parametrize(
        ("typed", "is_long"),
        [("阿" * 25, False), ("阿" * 26, True), ("𠮷" * 12, False), ("𠮷" * 13, True),
         ("A" * 50, False), ("A" * 60, True)],
    )  # fmt: skip
    def test_what_a_chip_cannot_hold_is_said_in_bytes(self, typed: str, is_long: bool) -> None:
        said = "".join(parse_name(typed).warnings)
        assert ("芯片和银行文件最多写 50 字节" in said) == is_long

    @given(st.text(max_size=30))
    def test_is_stable_or_refused(self, text: str) -> None:
        try:
            name = canonical_name(text)
        except NameRefused as refused:
            assert refused.sentence.encode("utf-8", "strict") or True
        else:
            assert canonical_name(name) == name


class TestEncodable:
    def test_names_what_gbk_cannot_write(self) -> None:
        assert encodable("王䶮㛃𠮷䶮", "gbk") == ("䶮", "㛃", "𠮷")
        assert encodable("王䶮㛃𠮷𬭎", "gb18030") == ()
        assert encodable("王五", "gbk") == ()


class TestSearchTokens:
    def test_hold_the_name_the_joined_name_and_initials(self) -> None:
        tokens = search_tokens("买买提·艾力")
        assert tokens[:3] == ("买买提·艾力", "买买提艾力", "mmtal")

    @pytest.mark.parametrize(
        ("name", "first", "also"),
        [
            ("张伟", "zw", set()),
            ("单雄", "sx", {"dx", "cx"}),
            ("曾国", "zg", {"cg"}),
            ("仇明", "qm", {"cm"}),
            ("解放", "xf", {"jf"}),
            ("欧阳锋", "oyf", set()),
        ],
    )
    def test_prefer_the_surnames_reading_and_keep_the_others(
        self, name: str, first: str, also: set[str]
    ) -> None:
        initials = pinyin_initials(name)
        assert initials[0] == first
        assert also <= set(initials)

    def test_are_lower_case_and_take_latin_words(self) -> None:
        assert search_tokens("JOHN SMITH") == ("john smith", "johnsmith", "js")

    @given(HAN)
    def test_stay_few_and_lower_case(self, name: str) -> None:
        tokens = search_tokens(name)
        assert len(tokens) <= 10
        assert len(set(tokens)) == len(tokens)
        assert all(token == token.lower() for token in tokens)

    def test_find_a_compatibility_ideograph_by_its_twin(self) -> None:
        assert search_tokens("李\uf92d")[0] == unicodedata.normalize("NFC", "李\uf92d")

    def test_do_not_fold_by_look(self) -> None:
        assert search_tokens("王〇")[0] == "王〇"
