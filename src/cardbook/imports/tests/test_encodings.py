"""The encoding is decided on the whole file, never guessed: read right, or refused (I10, D6)."""

import re
import tracemalloc
from pathlib import Path

import pytest

from cardbook.imports import limits
from cardbook.imports.reading import open_table
from cardbook.imports.tests.sheets import HEAD, PEOPLE, csv_text, read, refusal, text_file, texts
from cardbook.imports.text_tables import decide_encoding, is_mojibake

pytestmark = pytest.mark.article(6)

ROWS = [HEAD, *PEOPLE]
COMMON = [HEAD, *[("SL1000001", "X", "王小明", "P2026", "商洛市商州区某某单位")] * 30]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.trust("I10")
class TestMojibake:
    @pytest.mark.parametrize(
        ("shown_in", "written_in"), [("cp1252", "utf-8"), ("latin-1", "gb18030")]
    )
    @pytest.mark.parametrize("name", ["张伟", "王小明", "古丽娜"])
    def test_chinese_shown_as_western_letters_is_found(
        self, name: str, shown_in: str, written_in: str
    ) -> None:
        assert is_mojibake(name.encode(written_in).decode(shown_in, "replace"))

    def test_utf_8_shown_as_gbk_is_found(self) -> None:
        assert is_mojibake("张伟".encode().decode("gb18030"))

    @pytest.mark.parametrize("name", ["陳美玲", "黃淑芬", "林惠雯"])
    def test_big5_shown_as_gbk_is_found_in_a_cell(self, name: str) -> None:
        """As it comes in a workbook or in UTF-8, when an earlier program read it wrong."""
        assert is_mojibake(name.encode("big5").decode("gb18030"))

    def test_hundreds_of_traditional_names_are_none(self) -> None:
        """Written as they are, their characters are common in Big5 themselves."""
        names = [
            f"{one}{two}{three}"
            for one in "陳黃張劉鄭謝"
            for two in "國麗榮華淑"
            for three in "強傑儀瑩蘭"
        ]
        assert [name for name in names if is_mojibake(name)] == []

    @pytest.mark.parametrize(
        "name",
        [
            "张伟",
            "赵喆",
            "宓喆",
            "𠮷祥",
            "㛃𫚕",
            "José Müller",
            "Łukasz",
            "古丽娜尔·艾合买提",
            "小泰",
        ],
    )
    def test_names_of_people_are_none(self, name: str) -> None:
        assert not is_mojibake(name)


@pytest.mark.trust("I10")
class TestEncodings:
    # I10
    @pytest.mark.parametrize(
        "encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]
    )
    def test_every_usual_encoding_is_read_without_a_wrong_character(
        self, tmp_path: Path, encoding: str
    ) -> None:
        mark = "\ufeff" if encoding in {"utf-16-le", "utf-16-be"} else ""
        path = written(tmp_path / "a", (mark + csv_text(ROWS)).encode(encoding))
        assert read(path) == ROWS

    def test_the_euro_sign_of_windows_in_one_byte_is_read_and_told(self, tmp_path: Path) -> None:
        euro = [*COMMON[:20], ("SL1000001", "X", "王小明", "P2026", "外债€项目办"), *COMMON[20:]]
        content = csv_text(euro).encode("gb18030").replace("€".encode("gb18030"), b"\x80")
        path = written(tmp_path / "a", content)
        assert decide_encoding(path) == "windows-936"
        assert read(path) == euro
        (note,) = open_table(path).notes
        assert "Windows-936" in note and "欧元符号" in note

    def test_another_byte_that_is_nothing_is_still_refused_beside_a_euro(
        self, tmp_path: Path
    ) -> None:
        content = csv_text(COMMON).encode("gb18030")
        cut = content.index(b"\n", 200) + 1
        content = content[:cut] + b"\x80,\xff,\r\n"
        assert refusal(written(tmp_path / "a", content)).code == "encoding"

    def test_a_euro_in_one_byte_within_utf_8_is_a_broken_file(self, tmp_path: Path) -> None:
        content = csv_text(COMMON).encode() + b"SL1,X,\x80,P,\r\n"
        assert "第 32 行不是 UTF-8 文字" in refusal(written(tmp_path / "a", content)).sentence

    def test_gbk_of_old_systems_is_read(self, tmp_path: Path) -> None:
        path = text_file(tmp_path / "a", COMMON, encoding="gbk")
        assert read(path) == COMMON
        assert open_table(path).encoding == "gb18030"

    def test_a_name_that_is_utf_8_by_accident_does_not_turn_the_file(self, tmp_path: Path) -> None:
        accident = "小泰"  # in GBK these four bytes are valid UTF-8
        assert accident.encode("gbk").decode("utf-8") != accident
        rows = [*COMMON, ("SL1000009", "X", accident, "", "")]
        path = text_file(tmp_path / "a", rows, encoding="gbk")
        assert read(path)[-1][2] == accident

    def test_a_line_with_only_accidental_utf_8_is_not_called_mixed(self, tmp_path: Path) -> None:
        rows = [("卡号", "姓名"), ("SL1000009", "小泰"), ("SL1000010", "张伟")]
        assert read(text_file(tmp_path / "a", rows, encoding="gbk")) == rows

    def test_pure_ascii_needs_no_decision(self, tmp_path: Path) -> None:
        assert decide_encoding(written(tmp_path / "a", b"AAZ500,AAC002\r\n1,2\r\n")) == "utf-8"


@pytest.mark.trust("I10")
class TestMixedAndBroken:
    # I10, D6
    def test_a_line_of_utf_8_within_gbk_is_named(self, tmp_path: Path) -> None:
        lines = [csv_text([row]).encode("gbk") for row in COMMON]
        lines[12] = csv_text([COMMON[12]]).encode("utf-8")
        refused = refusal(written(tmp_path / "a", b"".join(lines)))
        assert refused.code == "mixed"
        assert "第 13 行" in refused.sentence

    def test_a_line_of_utf_8_that_is_valid_gbk_too_is_named(self, tmp_path: Path) -> None:
        stranger = "单位名称在商州区"
        assert stranger.encode("utf-8").decode("gb18030") != stranger  # valid, and rubbish
        lines = [csv_text([row]).encode("gbk") for row in COMMON]
        lines[5] = f"SL1,X,{stranger},P,\r\n".encode()
        refused = refusal(written(tmp_path / "a", b"".join(lines)))
        assert (refused.code, "第 6 行" in refused.sentence) == ("mixed", True)

    def test_a_line_of_gbk_within_utf_8_is_named(self, tmp_path: Path) -> None:
        lines = [csv_text([row]).encode("utf-8") for row in COMMON]
        lines[20] = csv_text([COMMON[20]]).encode("gbk")
        refused = refusal(written(tmp_path / "a", b"".join(lines)))
        assert (refused.code, "第 21 行" in refused.sentence) == ("mixed", True)

    @pytest.mark.trust("D6")
    @pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16"])
    def test_a_file_cut_within_a_character_is_named_with_its_line(
        self, tmp_path: Path, encoding: str
    ) -> None:
        content = csv_text(COMMON)[:-2].encode(encoding)
        refused = refusal(written(tmp_path / "a", content[:-1]))
        assert refused.code == "cut"
        assert "第 31 行" in refused.sentence
        assert "重新传输" in refused.remedy

    @pytest.mark.trust("D6")
    @pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-16"])
    def test_a_file_cut_between_two_cells_is_told_from_one_without_a_last_line_end(
        self, tmp_path: Path, encoding: str
    ) -> None:
        whole = "卡号,姓名,镇街,银行\r\nA1,王明,东镇,甲行\r\nA2,李明,西镇,乙行"
        for kept in (whole, f"{whole}\r\n合计,2", f"{whole[:-3]}\r\n"):
            assert len(read(written(tmp_path / "a", kept.encode(encoding)))) >= 3
        refused = refusal(written(tmp_path / "a", whole[:-3].encode(encoding)))
        assert (refused.code, "第 3 行" in refused.sentence) == ("cut", True)
        assert "只有 3 列" in refused.sentence and "重新传输" in refused.remedy

    def test_a_single_cut_line_is_named(self, tmp_path: Path) -> None:
        assert refusal(written(tmp_path / "a", "卡号,姓名".encode("gbk")[:-1])).code == "cut"

    def test_a_damaged_byte_in_a_marked_file_is_named_with_its_line(self, tmp_path: Path) -> None:
        content = csv_text(COMMON).encode("utf-8-sig").replace("王".encode(), b"\xe7\xff\xff", 1)
        refused = refusal(written(tmp_path / "a", content))
        assert (refused.code, "第 2 行" in refused.sentence) == ("encoding", True)

    def test_a_zero_byte_is_named_with_its_line(self, tmp_path: Path) -> None:
        # I8
        content = csv_text(COMMON).encode().replace(b"P2026", b"P\x002026", 1)
        refused = refusal(written(tmp_path / "a", content))
        assert (refused.code, "第 2 行" in refused.sentence) == ("nul", True)

    def test_a_line_of_fifty_megabytes_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a"
        with path.open("wb") as file:
            file.write("卡号,姓名\r\n".encode())
            for _ in range(50):
                file.write(b"1" * limits.MEGABYTE)
        refused = refusal(path)
        assert (refused.code, "第 2 行" in refused.sentence) == ("endless_line", True)


ABROAD = ["王大明", "陳美麗", "林志強", "黃國華", "張雅惠", "吳建宏"]


def named(*names: str, town: str = "") -> list[bytes]:
    """Lines of a list in GBK."""
    return [f"SL1,X,{name},P1,{town}\r\n".encode("gb18030") for name in names]


@pytest.mark.trust("I10")
class TestBig5:
    HEAD = "社保卡号,社会保障号码,姓名,批次号,地址\r\n".encode("gbk")

    def test_a_whole_file_is_refused_by_its_own_name(self, tmp_path: Path) -> None:
        lines = ["卡號,號碼,姓名", *(f"SL1,X,{name}" for name in ABROAD)]
        refused = refusal(written(tmp_path / "a", "\r\n".join(lines).encode("big5")))
        assert refused.code == "mixed" and refused.sentence.startswith("文件是 Big5")
        assert "UTF-8" in refused.remedy

    @pytest.mark.parametrize("end", [b"\r\n", b"\r"])
    def test_rows_below_a_head_in_gbk_are_named(self, tmp_path: Path, end: bytes) -> None:
        body = [f"SL1,X,{name},P1,\r\n".encode("big5") for name in ABROAD]
        content = b"".join([self.HEAD, *named(*["张伟"] * 40), *body]).replace(b"\r\n", end)
        refused = refusal(written(tmp_path / "a", content))
        assert refused.code == "mixed" and re.match("第 4[23] 行等 [56] 行是", refused.sentence)

    def test_a_single_row_with_an_address_is_named(self, tmp_path: Path) -> None:
        stranger = "SL1,X,王大明,P1,臺北市大安區和平東路\r\n".encode("big5")
        content = b"".join([self.HEAD, *named(*["张伟"] * 500), stranger, *named("李娜")])
        assert "第 502 行是 Big5" in refusal(written(tmp_path / "a", content)).sentence

    @pytest.mark.parametrize("name", ["陳美玲", "黃淑芬"])
    def test_a_single_row_of_a_name_alone_is_named(self, tmp_path: Path, name: str) -> None:
        row = b"SL1,X," + name.encode("big5") + b",P1," + "商州区城关街道".encode("gbk") + b"\r\n"
        refused = refusal(written(tmp_path / "a", self.HEAD + row))
        assert refused.code == "mixed" and "Big5" in refused.sentence

    @pytest.mark.parametrize(
        "names",
        [
            pytest.param(
                ["王䶮", *["张伟"] * 300, "李堃", "禤淼", "刘喆", "赵㛃"], id="one in many"
            ),
            pytest.param([f"禤{name}" for name in "伟芳娜静敏丽强" * 40], id="a rare surname"),
            pytest.param(
                ["阿卜杜热西提·麦麦提依明", "古丽巴哈尔", "扎西多吉"] * 50, id="minority"
            ),
            pytest.param(["玛合沙提·叶尔肯", "岜农桄", "婻捧", "麽佬"] * 50, id="southern"),
            pytest.param(ABROAD * 10, id="traditional characters in GBK"),
            pytest.param(["盧紅", "獻產", "義綠", "鄭經", "陳聯"] * 9, id="by chance Big5 too"),
        ],
    )
    @pytest.mark.parametrize("town", ["", "商州区城关街道", "㙟塬镇碥头溪村"])
    def test_rare_names_in_gbk_are_read(self, tmp_path: Path, names: list[str], town: str) -> None:
        content = self.HEAD + b"".join(named(*names, town=town))
        assert [row[2] for row in read(written(tmp_path / "a", content))[1:]] == names


class TestSeparators:
    @pytest.mark.parametrize("mark", [",", "\t", "|", ";"])
    def test_each_separator_in_use_is_found(self, tmp_path: Path, mark: str) -> None:
        path = written(tmp_path / "a", csv_text(ROWS, delimiter=mark).encode("gb18030"))
        assert read(path) == ROWS
        assert open_table(path).delimiter == mark

    def test_separators_within_texts_do_not_count(self, tmp_path: Path) -> None:
        rows = [("卡号", "地址"), *[(f"SL{n}", "甲,乙,丙,丁,戊;己|庚") for n in range(9)]]
        path = written(tmp_path / "a", csv_text(rows, delimiter="\t").encode("gb18030"))
        assert read(path) == rows

    def test_a_single_column_is_one_column(self, tmp_path: Path) -> None:
        assert read(written(tmp_path / "a", b"AAC002\n1\n2\n")) == [("AAC002",), ("1",), ("2",)]


class TestRowsOfText:
    def test_rows_have_the_numbers_a_spreadsheet_program_shows(self, tmp_path: Path) -> None:
        content = '卡号,地址\r\nSL1,"第一行\r\n第二行"\r\n\r\nSL2,乙\r\n'.encode("gb18030")
        rows = list(open_table(written(tmp_path / "a", content)).rows())
        assert [(row.number, row.cells[0]) for row in rows] == [
            (1, "卡号"),
            (2, "SL1"),
            (4, "SL2"),
        ]
        assert rows[1].cells[1] == "第一行\r\n第二行"

    @pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
    def test_every_line_end_counts_the_same(self, tmp_path: Path, end: str) -> None:
        content = end.join(["卡号,姓名", "SL1,甲", "SL2,乙"]).encode("gb18030")
        assert read(written(tmp_path / "a", content)) == [
            ("卡号", "姓名"),
            ("SL1", "甲"),
            ("SL2", "乙"),
        ]

    @pytest.mark.trust("I8")
    @pytest.mark.parametrize(
        ("cell", "plain"),
        [
            ('="000123"', "000123"),
            ("'000123", "000123"),
            ("\u3000 张伟\u00a0", "张伟"),
            ("'张伟", "张伟"),
            ("=1+1", "=1+1"),
            ("'=1+1", "=1+1"),
            ("O'Neil", "O'Neil"),
        ],
    )
    def test_marks_of_spreadsheets_are_taken_off(
        self, tmp_path: Path, cell: str, plain: str
    ) -> None:
        # I8
        path = text_file(tmp_path / "a", [("卡号", "姓名"), ("SL1", cell)], encoding="gb18030")
        assert read(path)[1] == ("SL1", plain)

    def test_the_sign_by_which_dos_ends_a_file_is_no_row(self, tmp_path: Path) -> None:
        content = "卡号,姓名\r\nSL1,张伟\r\n\x1a".encode("gb18030")
        assert read(written(tmp_path / "a", content)) == [("卡号", "姓名"), ("SL1", "张伟")]

    def test_a_quote_without_its_partner_is_refused_and_swallows_nothing(
        self, tmp_path: Path
    ) -> None:
        content = '卡号,姓名\r\nSL1,"张伟\r\nSL2,李娜\r\nSL3,王芳\r\n'.encode("gb18030")
        refused = refusal(written(tmp_path / "a", content))
        assert (refused.code, "第 2 行" in refused.sentence) == ("broken_line", True)

    def test_a_quote_closed_some_lines_later_is_refused_too(self, tmp_path: Path) -> None:
        content = '卡号,姓名\r\nSL1,"张伟\r\nSL2,李娜\r\nSL3,"王芳"\r\n'.encode("gb18030")
        assert refusal(written(tmp_path / "a", content)).code == "broken_line"

    @pytest.mark.trust("I4")
    def test_rows_too_wide_are_refused_with_the_limit(self, tmp_path: Path) -> None:
        # I4
        refused = refusal(text_file(tmp_path / "a", [["列"] * 16_384]))
        assert refused.code == "too_wide"
        assert "16384" in refused.sentence
        assert "1024" in refused.sentence

    def test_five_thousand_empty_columns_are_none(self, tmp_path: Path) -> None:
        """A format far out to the right makes a spreadsheet program save that many commas."""
        wide = [[*row, *[""] * 5000] for row in ROWS]
        table = open_table(text_file(tmp_path / "a", wide))
        narrow = open_table(text_file(tmp_path / "b", ROWS))
        assert [row.texts for row in table.rows()] == [row.texts for row in narrow.rows()]

    def test_a_table_may_be_walked_more_than_once(self, tmp_path: Path) -> None:
        table = open_table(text_file(tmp_path / "a", ROWS))
        assert [texts(row) for row in table.rows()] == [texts(row) for row in table.rows()] == ROWS

    @pytest.mark.trust("I3")
    def test_memory_stays_flat_however_long_the_file(self, tmp_path: Path) -> None:
        # I3
        line = csv_text([PEOPLE[0]]).encode("gb18030")
        peaks = []
        for megabytes in (1, 4):
            path = written(tmp_path / "a", line * (megabytes * limits.MEGABYTE // len(line)))
            tracemalloc.start()
            count = sum(1 for _ in open_table(path).rows())
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert count == path.stat().st_size // len(line)
        assert peaks[1] < 1.2 * peaks[0]
