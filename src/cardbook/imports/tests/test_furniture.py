"""What offices print around and between rows is left out, counted, or named in one sentence."""

from pathlib import Path

import pytest

from cardbook.imports.columns import RowProblem, RowReader
from cardbook.imports.headers import Body, find_header
from cardbook.imports.reading import open_table
from cardbook.imports.tests.sheets import HEAD, LAYOUT, PEOPLE, text_file, workbook
from cardbook.imports.titles import tidy

pytestmark = [pytest.mark.article(6), pytest.mark.trust("I12", "D6")]
Lines = list[tuple[str, ...]]


def read(path: Path) -> tuple[list[str], list[RowProblem], dict[str, int]]:
    """The cards that were read, what is wrong, and what was left out."""
    table = open_table(path)
    body = Body(table, find_header(table, [LAYOUT]))
    reader = RowReader(LAYOUT, body.header.mapping, width=body.width)
    cards, problems = [], []
    for row in body.rows():
        values, found = reader(row)
        problems += found
        cards += [] if found else [str(values["card"])]
    return cards, [*problems, *body.miscounted(len(PEOPLE))], dict(body.skipped)


CARDS = [row[0] for row in PEOPLE]


class TestBetweenPages:
    @pytest.mark.parametrize(
        "line",
        [
            ("小 计", "2"), ("小计(人)", "2"), ("累计", "2人"), ("承前页", "2"), ("过次页", "2"),
            ("转下页",), ("（转下页）",), ("接上页",), ("续表",), ("（续表）",), ("续上表",),
            ("本页共2人",), ("本页人数：2",), ("1/3",), ("Page 1 of 3",), ("男1人，女1人",),
            ("其中：男", "1"),
        ],
    )  # fmt: skip
    def test_sums_and_signs_are_left_out(self, tmp_path: Path, line: tuple[str, ...]) -> None:
        lines: Lines = [HEAD, *PEOPLE[:2], line, HEAD, *PEOPLE[2:]]
        for path in (text_file(tmp_path / "a", lines), workbook(tmp_path / "b", lines)):
            cards, problems, skipped = read(path)
            assert (cards, problems) == (CARDS, [])
            assert sum(skipped.values()) == 2

    @pytest.mark.parametrize(
        "line",
        [
            ("单位（盖章）",), ("制表时间", "2026-11-01 10:00"), ("年   月   日",),
            ("二〇二六年十一月一日",), ("签收人：", "", "签收日期：", "", "年  月  日"),
        ],
    )  # fmt: skip
    def test_signatures_and_days_below_are_left_out(
        self, tmp_path: Path, line: tuple[str, ...]
    ) -> None:
        cards, problems, _ = read(text_file(tmp_path / "a", [HEAD, *PEOPLE, line]))
        assert (cards, problems) == (CARDS, [])

    @pytest.mark.parametrize("words", ["第二批", "甲县人力资源和社会保障局", "数据来自省平台"])
    def test_other_words_alone_are_named_once(self, tmp_path: Path, words: str) -> None:
        lines: Lines = [HEAD, *PEOPLE, (words,)]
        cards, (problem,), _ = read(text_file(tmp_path / "a", lines))
        assert cards == CARDS
        assert (problem.row, problem.code, problem.is_error) == (5, "no_data", True)
        assert words in problem.sentence and "删去" in problem.remedy


TOTALS = ["合  计|{}", "合计（人）|{}", "合计人数|{}", "总人数|{}", "总人数：{}", "人数合计：{}人"]


class TestTotals:
    @pytest.mark.parametrize("line", TOTALS)
    def test_that_agree_are_left_out(self, tmp_path: Path, line: str) -> None:
        lines: Lines = [HEAD, *PEOPLE, tuple(line.format(3).split("|"))]
        assert read(text_file(tmp_path / "a", lines))[:2] == (CARDS, [])

    @pytest.mark.parametrize("line", TOTALS)
    def test_that_do_not_agree_hold_the_file(self, tmp_path: Path, line: str) -> None:
        lines: Lines = [HEAD, *PEOPLE, tuple(line.format(4).split("|"))]
        (problem,) = read(text_file(tmp_path / "a", lines))[1]
        assert (problem.row, problem.code) == (5, "declared_count")

    def test_a_sum_of_money_is_no_number_of_rows(self, tmp_path: Path) -> None:
        lines: Lines = [(*HEAD, "工本费"), *((*row, "20") for row in PEOPLE)]
        lines.append(("合计", "", "", "", "", "60"))
        assert read(text_file(tmp_path / "a", lines))[:2] == (CARDS, [])


class TestBelowTheHead:
    @pytest.mark.parametrize(
        "line",
        [
            ("1", "2", "3", "4", "5"), ("（1）", "（2）", "（3）", "（4）", "（5）"),
            ("①", "②", "③", "④", "⑤"), ("甲", "乙", "丙", "1", "2"), ("栏次", "1", "2", "3", "4"),
            ("AAZ500", "AAC002", "AAC003", "", "AAB004"), ("文本", "文本", "文本", "文本", ""),
            ("必填", "必填", "必填", "选填", ""), ("9位", "18位", "汉字", "", ""),
            ("VARCHAR(9)", "VARCHAR(18)", "VARCHAR2(50)", "DATE", ""),
        ],
    )  # fmt: skip
    def test_what_numbers_or_explains_the_columns_is_no_row(
        self, tmp_path: Path, line: tuple[str, ...]
    ) -> None:
        lines: Lines = [HEAD, line, *PEOPLE[:2], HEAD, line, *PEOPLE[2:]]
        cards, problems, skipped = read(text_file(tmp_path / "a", lines))
        assert (cards, problems) == (CARDS, [])
        assert sum(skipped.values()) == 3

    @pytest.mark.parametrize("title", ["1.社保卡号", "（2）社保卡号", "③社保卡号", "4、社保卡号"])
    def test_a_title_may_be_numbered(self, title: str) -> None:
        assert tidy(title) == "社保卡号"

    @pytest.mark.parametrize("title", ["12333", "2026年批次", "15位号码"])
    def test_a_number_that_belongs_to_the_title_stays(self, title: str) -> None:
        assert tidy(title) == title


@pytest.mark.parametrize("end", ["\x1a", "\x1a\x1a\x1a", "\x0c", "\x0b"])
def test_signs_of_old_programs_at_the_end_are_no_row(tmp_path: Path, end: str) -> None:
    path = text_file(tmp_path / "a", [HEAD, *PEOPLE])
    path.write_bytes(path.read_bytes() + end.encode())
    assert read(path)[:2] == (CARDS, [])


def test_a_page_break_before_a_repeated_head_does_not_hide_it(tmp_path: Path) -> None:
    first, second = (text_file(tmp_path / name, [HEAD, *PEOPLE[:2]]) for name in "ab")
    second.write_bytes(text_file(second, [HEAD, *PEOPLE[2:]]).read_bytes())
    first.write_bytes(first.read_bytes() + b"\x0c" + second.read_bytes())
    assert read(first)[:2] == (CARDS, [])


def test_the_rule_of_a_database_program_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "a"
    rule = "-----+-----+-----+-----+-----"
    rows = [" | ".join(HEAD), rule, *(" | ".join(row) for row in PEOPLE), "(3 rows)"]
    path.write_text("\n".join(rows), encoding="utf-8")
    assert read(path)[:2] == (CARDS, [])
