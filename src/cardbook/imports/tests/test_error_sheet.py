"""People get their own file back with what is wrong; nothing becomes a formula (I8, I15)."""

import io
from pathlib import Path

import openpyxl
import pytest

from cardbook.imports import limits
from cardbook.imports.error_sheet import error_sheet
from cardbook.imports.headers import Body, find_header
from cardbook.imports.reading import Odd, OddCell, open_table
from cardbook.imports.tests.sheets import (
    HEAD,
    LAYOUT,
    PEOPLE,
    SHEET,
    csv_text,
    old_workbook,
    read,
    repacked,
    text_file,
    texts,
    workbook,
)

pytestmark = pytest.mark.article(6)

SAID = ("姓名：是乱码；社保卡号：为空", "请从原系统重新导出")
TITLES = ("错误信息", "处理建议")


def returned(
    path: Path,
    notes: dict[int, tuple[str, str]],
    *,
    header_row: int = 1,
    rows: int = 3,
    sheet: str = "",
) -> Path:
    """The error sheet, laid on disk under its new ending."""
    content, ending = error_sheet(path, sheet=sheet, header_row=header_row, notes=notes, rows=rows)
    back = path.with_name(f"back.{ending}")
    back.write_bytes(content)
    return back


class TestText:
    @pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-8-sig", "utf-16"])
    def test_keeps_encoding_and_rows(self, tmp_path: Path, encoding: str) -> None:
        rows = [HEAD, *PEOPLE[:2]]
        path = text_file(tmp_path / "a.csv", rows, encoding=encoding)
        back = returned(path, {3: SAID})
        assert open_table(back).encoding == open_table(path).encoding
        assert read(back) == [(*HEAD, *TITLES), PEOPLE[0], (*PEOPLE[1], *SAID)]

    def test_a_note_with_a_character_that_gbk_lacks_is_written(self, tmp_path: Path) -> None:
        path = text_file(tmp_path / "a.csv", [HEAD, PEOPLE[0]], encoding="gbk")
        assert read(returned(path, {2: ("姓名“䶮𡎚”不同", "请核对")}))[1][-2] == "姓名“䶮𡎚”不同"

    def test_utf_8_gets_the_mark_without_which_excel_reads_rubbish(self, tmp_path: Path) -> None:
        back = returned(text_file(tmp_path / "a.csv", [HEAD, *PEOPLE]), {2: SAID})
        assert back.read_bytes().startswith(b"\xef\xbb\xbf")

    @pytest.mark.parametrize(("mark", "ending"), [(",", "csv"), ("\t", "txt"), ("|", "txt")])
    def test_keeps_separator_and_line_ends(self, tmp_path: Path, mark: str, ending: str) -> None:
        content = csv_text([HEAD, *PEOPLE], delimiter=mark).replace("\r\n", "\n")
        path = tmp_path / "a"
        path.write_bytes(content.encode("gb18030"))
        back = returned(path, {3: SAID})
        assert back.suffix == f".{ending}"
        lines = back.read_bytes().decode("gb18030").split("\n")
        assert lines[1] == content.split("\n")[1]
        assert lines[2] == content.split("\n")[2] + mark + mark.join(SAID)

    def test_notes_stand_in_one_column_though_rows_are_ragged(self, tmp_path: Path) -> None:
        path = text_file(tmp_path / "a.csv", [HEAD, ("SL1", "X"), PEOPLE[0]])
        back = read(returned(path, {2: SAID, 3: SAID}))
        assert [row.index(SAID[0]) for row in back[1:]] == [len(HEAD)] * 2

    def test_blank_rows_and_rows_of_two_lines_keep_their_numbers(self, tmp_path: Path) -> None:
        content = csv_text([("标题",), (), HEAD, ("SL1", "X", "张\r\n伟"), (), ("SL2", "Y", "李")])
        path = tmp_path / "a.csv"
        path.write_bytes(content.encode("gb18030"))
        back = open_table(returned(path, {6: SAID}, header_row=3))
        found = {row.number: texts(row) for row in back.rows()}
        assert found[3][-2:] == TITLES
        assert found[6] == ("SL2", "Y", "李", "", "", *SAID)
        assert list(found) == [1, 3, 4, 6]

    # I8
    @pytest.mark.trust("I8")
    def test_nothing_becomes_a_formula_and_reads_back_the_same(self, tmp_path: Path) -> None:
        row = ("=1+1", "+86", "-5", "@SUM(A1)", '="000123"')
        path = text_file(tmp_path / "a.csv", [HEAD, row])
        back = returned(path, {2: ("=cmd", "@x")})
        written = back.read_text("utf-8-sig").splitlines()[1]
        assert written == "'=1+1,'+86,'-5,'@SUM(A1),\"=\"\"000123\"\"\",'=cmd,'@x"
        assert read(back)[1] == ("=1+1", "+86", "-5", "@SUM(A1)", "000123", "=cmd", "@x")

    def test_a_ruler_is_still_a_ruler_when_it_comes_back(self, tmp_path: Path) -> None:
        path = text_file(tmp_path / "a.csv", [HEAD, ("-----",), *PEOPLE])
        back = open_table(returned(path, {3: SAID}))
        assert len(list(Body(back, find_header(back, [LAYOUT])).rows())) == 3


class TestWorkbook:
    def test_keeps_the_look_and_the_other_sheets(self, tmp_path: Path) -> None:
        def dressed(book: object, page: object) -> None:
            page.set_column(2, 2, 33)  # type: ignore[attr-defined]
            bold = book.add_format({"bold": True})  # type: ignore[attr-defined]
            page.write_string(0, 0, HEAD[0], bold)  # type: ignore[attr-defined]
            book.add_worksheet("说明").write_string(0, 0, "勿删")  # type: ignore[attr-defined]

        path = workbook(tmp_path / "a", also=dressed)
        back = returned(path, {3: SAID}, sheet="明细")
        book = openpyxl.load_workbook(back)
        assert book["说明"]["A1"].value == "勿删"
        assert book["明细"]["A1"].font.bold
        assert book["明细"].column_dimensions["C"].width == pytest.approx(33, abs=1)
        assert read(back, sheet="明细") == [
            (*HEAD, *TITLES), PEOPLE[0], (*PEOPLE[1], *SAID), PEOPLE[2],
        ]  # fmt: skip

    def test_the_columns_stand_behind_the_data_though_formats_reach_further(
        self, tmp_path: Path
    ) -> None:
        path = workbook(
            tmp_path / "a",
            also=lambda book, page: page.write_blank(
                1, 16_383, None, book.add_format({"bold": 1})
            ),
        )
        assert read(returned(path, {2: SAID}))[0] == (*HEAD, *TITLES)

    # I8
    @pytest.mark.trust("I8")
    def test_text_stays_text(self, tmp_path: Path) -> None:
        row = ("=1+1", "000123", "@x", "-5", "1e5")
        path = workbook(tmp_path / "a", [HEAD, row])
        back = returned(path, {2: ("=cmd()", "+1")})
        page = openpyxl.load_workbook(back).active
        assert page is not None
        assert {cell.data_type for cell in page[2]} == {"s"}
        assert read(back)[1] == (*row, "=cmd()", "+1")

    def test_a_hidden_row_with_an_error_is_shown(self, tmp_path: Path) -> None:
        path = workbook(
            tmp_path / "a", also=lambda _, page: page.set_row(2, None, None, {"hidden": True})
        )
        rows = {row.number: row.hidden for row in open_table(returned(path, {3: SAID})).rows()}
        assert rows[3] is False

    def test_an_old_workbook_comes_back_as_a_new_one(self, tmp_path: Path) -> None:
        path = old_workbook(tmp_path / "a", [(), ("标题",), HEAD, PEOPLE[0], (), PEOPLE[1]])
        back = open_table(returned(path, {6: SAID}, header_row=3))
        found = {row.number: texts(row) for row in back.rows()}
        assert found == {
            2: ("标题",), 3: (*HEAD, *TITLES), 4: PEOPLE[0], 6: (*PEOPLE[1], *SAID),
        }  # fmt: skip

    def test_a_number_in_an_old_workbook_does_not_pass_as_text_the_next_time(
        self, tmp_path: Path
    ) -> None:
        def spoil(_: object, page: object) -> None:
            page.write(2, 1, 999999198005170000.0)  # type: ignore[attr-defined]

        path = old_workbook(tmp_path / "a", [HEAD, PEOPLE[0]], also=spoil)
        (*_, row) = open_table(returned(path, {3: SAID})).rows()
        assert isinstance(row.cells[1], OddCell) and row.cells[1].kind is Odd.NUMBER

    def test_a_large_workbook_loses_its_look_but_no_row(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a", [HEAD, ("=1+1", *PEOPLE[0][1:])])
        back = returned(path, {2: SAID}, rows=limits.MAX_ROWS_KEPT_FORMATTED + 1)
        assert read(back) == [(*HEAD, *TITLES), ("=1+1", *PEOPLE[0][1:], *SAID)]
        page = openpyxl.load_workbook(back).active
        assert page is not None
        assert {cell.data_type for cell in page[2]} == {"s"}
        assert page["B2"].number_format == "@"

    # I4
    @pytest.mark.trust("I4")
    def test_a_merged_range_over_everything_does_not_exhaust_the_memory(
        self, tmp_path: Path
    ) -> None:
        def merge(part: bytes) -> bytes:
            merged = b'<mergeCells count="1"><mergeCell ref="A9:XFD1048576"/></mergeCells>'
            return part.replace(b"</sheetData>", b"</sheetData>" + merged)

        path = repacked(workbook(tmp_path / "a"), replaced={SHEET: merge})
        assert read(returned(path, {2: SAID}))[1] == (*PEOPLE[0], *SAID)

    def test_a_workbook_that_openpyxl_cannot_read_comes_back_all_the_same(
        self, tmp_path: Path
    ) -> None:
        def spoil(part: bytes) -> bytes:
            return part.replace(b'<fill><patternFill patternType="none"/></fill>', b"<fill/>")

        path = repacked(workbook(tmp_path / "a"), replaced={"xl/styles.xml": spoil})
        with pytest.raises(TypeError):
            openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
        assert read(returned(path, {2: SAID}))[1] == (*PEOPLE[0], *SAID)


@pytest.mark.trust("I15")
class TestComingBack:
    @pytest.mark.parametrize("make", [workbook, old_workbook, text_file])
    def test_a_second_round_uses_the_same_two_columns(self, tmp_path: Path, make: object) -> None:
        first = returned(make(tmp_path / "a", [HEAD, *PEOPLE]), {2: SAID, 3: SAID})  # type: ignore[operator]
        again = first.rename(tmp_path / "again")
        second = read(returned(again, {3: ("新的问题", "请改正")}))
        assert second == [
            (*HEAD, *TITLES),
            PEOPLE[0],
            (*PEOPLE[1], "新的问题", "请改正"),
            PEOPLE[2],
        ]

    @pytest.mark.parametrize("make", [workbook, old_workbook, text_file])
    def test_what_concerns_the_whole_file_is_said_in_the_head(
        self, tmp_path: Path, make: object
    ) -> None:
        path = make(tmp_path / "a", [HEAD, *PEOPLE])  # type: ignore[operator]
        back = returned(path, {1: ("批次 P1 写明 9 人", "请重新导出"), 2: SAID})
        assert read(back)[0] == (*HEAD, "错误信息：批次 P1 写明 9 人", "处理建议：请重新导出")
        again = returned(back.rename(tmp_path / "again"), {})
        assert read(again) == [(*HEAD, *TITLES), *PEOPLE]
