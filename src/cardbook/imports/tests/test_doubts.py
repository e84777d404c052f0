"""A row that its own remark takes back is a person's to settle, never entered in silence."""

from pathlib import Path
from typing import Any

import pytest

from cardbook.imports.columns import RowProblem, RowReader
from cardbook.imports.doubts import takes_back
from cardbook.imports.headers import Body, find_header
from cardbook.imports.reading import open_table
from cardbook.imports.tests.sheets import HEAD, LAYOUT, PEOPLE, text_file, workbook

pytestmark = [pytest.mark.article(6), pytest.mark.trust("I12")]


def problems_of(path: Path) -> list[RowProblem]:
    table = open_table(path)
    body = Body(table, find_header(table, [LAYOUT]))
    read = RowReader(LAYOUT, body.header.mapping, width=body.width)
    return [problem for row in body.rows() for problem in read(row)[1]]


def remarked(folder: Path, remark: str, *, title: str = "备注") -> Path:
    (first, *rest) = PEOPLE
    return text_file(folder / "a", [(*HEAD, title), (*first, remark), *((*r, "") for r in rest)])


class TestRemarks:
    @pytest.mark.parametrize(
        "remark",
        [
            "作废", "已作废", "此行作废", "该条作废！", "重复，作废", "作废（信息错误）", "删除",
            "请删除", "此人已删除", "勿用", "请勿用", "已撤销", "作废2026.3.5", "2026年3月作废",
            "★作废★", "死亡 作废", "废", "信息错误作废", "勿录", "已报废",
        ],
    )  # fmt: skip
    def test_that_take_a_row_back_are_told(self, remark: str) -> None:
        assert takes_back(remark)

    @pytest.mark.parametrize(
        "remark",
        [
            "", "已核对", "原卡作废", "旧卡已作废", "原卡已于2025年作废，补换卡", "未作废",
            "没有删除", "非作废卡", "住废品收购站旁", "电话勿打扰", "前卡报废，换新", "停用手机号",
            "撤并村，原属东街村", "废旧物资公司职工", "上一张作废", "请在上班时间联系",
        ],
    )  # fmt: skip
    def test_that_say_something_else_are_not(self, remark: str) -> None:
        assert not takes_back(remark)


class TestRows:
    @pytest.mark.parametrize("title", ["备注", "备 注", "说明", "核对情况", "卡状态", ""])
    def test_are_named_with_what_is_written_and_what_to_do(
        self, tmp_path: Path, title: str
    ) -> None:
        (problem,) = problems_of(remarked(tmp_path, "已作废", title=title))
        assert (problem.row, problem.title, problem.is_error) == (2, title or "备注", True)
        assert "写着“已作废”" in problem.sentence
        assert "删去该行" in problem.remedy and "改掉" in problem.remedy

    def test_a_column_that_asks_is_answered_by_yes(self, tmp_path: Path) -> None:
        assert [p.row for p in problems_of(remarked(tmp_path, "是", title="是否作废"))] == [2]
        assert not problems_of(remarked(tmp_path, "否", title="是否作废"))

    def test_buttons_of_a_web_page_are_no_remark(self, tmp_path: Path) -> None:
        assert not problems_of(remarked(tmp_path, "修改 删除", title="操作"))

    def test_a_word_beside_the_table_counts(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a", also=lambda _, page: page.write_string(2, 9, "作废"))
        assert [(p.row, p.title) for p in problems_of(path)] == [(3, "备注")]

    def test_one_word_merged_beside_several_rows_counts_for_each(self, tmp_path: Path) -> None:
        def merge(_: Any, page: Any) -> None:
            page.write_string(0, 5, "备注")
            page.merge_range(1, 5, 2, 5, "作废")

        assert [p.row for p in problems_of(workbook(tmp_path / "a", also=merge))] == [2, 3]

    def test_a_line_through_the_number_of_the_row_counts(self, tmp_path: Path) -> None:
        def strike(book: Any, page: Any) -> None:
            page.write_string(0, 5, "序号")
            page.write_string(3, 5, "3", book.add_format({"font_strikeout": True}))

        (problem,) = problems_of(workbook(tmp_path / "a", also=strike))
        assert (problem.row, problem.title, problem.code) == (4, "序号", "taken_back")
