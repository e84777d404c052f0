"""Bytes, not characters; all of a file or nothing; a trouble names row and field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardbook.adapters.files.fixed import (
    Field,
    FileRefused,
    Layout,
    RowsRefused,
    decode,
    encode,
)
from cardbook.adapters.files.layouts import ACCOUNTS, ANSWER, ORDER

# One and two bytes, halves that look like line ends or spaces, marks, a rare character GBK has.
_GBK = st.sampled_from("aZ09 -|·—　（）王小明欧阳娜娜丂丄丅丆丏倰镕珺")
ROW = {
    "detail": "000000000017", "task": "T" * 32, "name": "欧阳娜娜", "sex": "2", "document": "01",
    "number": "999999198005170012", "country": "CHN", "born_on": "19800517",
    "address": "商洛市甲县城关镇一号",
}  # fmt: skip
ANSWERED = {key: ROW[key] for key in ("detail", "task", "name", "sex", "document", "number")}


@pytest.mark.article(25)
class TestWriting:
    def test_makes_records_of_589_bytes_with_the_count_in_the_head(self) -> None:
        content = encode(ORDER, [ROW, ROW])
        head, first, second, end = content.split(b"\n")
        assert head == b"SH0000000200000589FFFFFFFFFF"
        assert (len(first), len(second), end) == (589, 589, b"")
        assert first[44:74] == "欧阳娜娜".encode("gbk") + b" " * 22
        assert first.endswith(b"F" * 50)

    @pytest.mark.parametrize(("layout", "size"), [(ORDER, 589), (ANSWER, 326), (ACCOUNTS, 484)])
    def test_declares_each_file_as_its_description_does(self, layout: Layout, size: int) -> None:
        assert sum(field.size for field in layout.fields) == layout.stated_length == size

    def test_names_row_and_field_of_a_character_gbk_does_not_have(self) -> None:
        with pytest.raises(RowsRefused) as refused:
            encode(ORDER, [ROW, {**ROW, "name": "李𠮷"}])
        (trouble,) = refused.value.troubles
        assert (trouble.row, trouble.field) == (2, "姓名")
        assert "“𠮷”不在 GBK" in str(trouble)

    def test_refuses_a_name_that_is_too_long_in_bytes_and_cuts_none(self) -> None:
        with pytest.raises(RowsRefused) as refused:
            encode(ORDER, [{**ROW, "name": "买买提·阿不都热合曼·吐尔逊江江"}])
        assert "最多 30 字节" in str(refused.value)

    def test_cuts_an_address_at_a_whole_character(self) -> None:
        long = "a" + "商" * 40
        (row,) = decode(ORDER, encode(ORDER, [{**ROW, "address": long}]))
        assert row["address"] == "a" + "商" * 29

    def test_tells_all_troubles_at_once(self) -> None:
        with pytest.raises(RowsRefused) as refused:
            encode(ORDER, [{**ROW, "number": ""}, {**ROW, "sex": "3"}, {**ROW, "name": "王\n小"}])
        assert [(one.row, one.field) for one in refused.value.troubles] == [
            (1, "证件号码"), (2, "性别"), (3, "姓名"),
        ]  # fmt: skip

    def test_will_not_declare_what_does_not_add_up(self) -> None:
        with pytest.raises(ValueError, match="add up"):
            Layout("XX", "坏", 10, (Field(name="a", title="a", size=9),))


@pytest.mark.article(25)
class TestReading:
    def content(self) -> bytes:
        return encode(ANSWER, [{**ANSWERED, "result": "1"}, {**ANSWERED, "result": "0"}])

    @given(
        st.lists(
            st.text(st.characters(codec="gbk", exclude_characters="\r\n"), max_size=7), max_size=5
        )
    )
    def test_gives_back_what_was_written(self, names: list[str]) -> None:
        layout = Layout(
            "SH",
            "试",
            15,
            (Field(name="a", title="a", size=14), Field(name="b", title="b", size=1)),
        )
        rows = [{"a": name, "b": "1"} for name in names]
        assert decode(layout, encode(layout, rows)) == [
            {"a": name.rstrip(" "), "b": "1"} for name in names
        ]

    @pytest.mark.parametrize("lost", [2, 40, 326, 400])
    def test_refuses_a_file_that_was_cut_as_a_whole(self, lost: int) -> None:
        with pytest.raises(FileRefused, match="重新传送"):
            decode(ANSWER, self.content()[:-lost])

    def test_refuses_another_kind_of_file(self) -> None:
        with pytest.raises(FileRefused, match="每条 589 字节"):
            decode(ANSWER, encode(ORDER, [ROW]))
        with pytest.raises(FileRefused, match="文件头不是“BK”"):
            decode(ACCOUNTS, self.content())

    def test_refuses_another_encoding(self) -> None:
        content = encode(ANSWER, [{**ANSWERED, "result": "1", "name": "张三"}])
        wrong = content.replace("张三".encode("gbk"), b"\xff\xfe\xff\xfe")
        with pytest.raises(FileRefused, match="GBK"):
            decode(ANSWER, wrong)

    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "marked"])
    def test_says_that_a_file_is_utf8_and_not_that_its_rows_are_long(self, mark: bytes) -> None:
        content = mark + self.content().decode("gbk").encode()
        with pytest.raises(FileRefused, match="GBK"):
            decode(ANSWER, content)

    def test_refuses_a_code_nobody_agreed_on(self) -> None:
        head, first, *rest = self.content().split(b"\n")
        with pytest.raises(FileRefused, match="“审核结果”的代码“7”"):
            decode(ANSWER, b"\n".join([head, b"7" + first[1:], *rest]))

    def test_takes_windows_line_ends(self) -> None:
        assert decode(ANSWER, self.content().replace(b"\n", b"\r\n"))[0]["name"] == "欧阳娜娜"
