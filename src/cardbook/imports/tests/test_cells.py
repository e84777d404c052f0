"""Cells that are not text are never taken for it; what a person cannot see is said (I8-I12)."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlwt

from cardbook.imports import limits
from cardbook.imports.columns import Column, Layout, Reading, RowReader
from cardbook.imports.headers import Body, find_header
from cardbook.imports.reading import FileRefused, Odd, OddCell, Row, open_file, open_table
from cardbook.imports.readings import (
    bank_number,
    document_number,
    name,
    name_on_card,
    past_day,
    phone,
    short,
)
from cardbook.imports.tests.sheets import (
    HEAD,
    LAYOUT,
    PEOPLE,
    SHEET,
    cell_xml,
    old_workbook,
    read,
    repacked,
    sheet_xml,
    text_file,
    workbook,
)
from cardbook.lib.plain import InputError

pytestmark = pytest.mark.article(6)


def body_of(path: Path) -> Body:
    table = open_table(path)
    return Body(table, find_header(table, [LAYOUT]))


def rows_of(path: Path) -> list[Row]:
    return list(open_table(path).rows())


def with_cells(path: Path, cells: str) -> Path:
    """A workbook of one row of raw cells."""
    return repacked(
        workbook(path, [("x",)]), replaced={SHEET: sheet_xml(f'<row r="1">{cells}</row>')}
    )


@pytest.mark.trust("I11")
class TestNumbersAndDates:
    # I11
    @pytest.mark.parametrize(
        ("value", "text"),
        [(999999199001010000, "9.99999199001010e+17"), (2026, "2026"), (1.5, "1.5"), (-3, "-3")],
    )
    def test_a_number_is_kept_apart_from_text(
        self, tmp_path: Path, value: float, text: str
    ) -> None:
        path = workbook(tmp_path / "a", also=lambda _, page: page.write_number(1, 1, value))
        cell = rows_of(path)[1].cells[1]
        assert isinstance(cell, OddCell)
        assert cell.kind is Odd.NUMBER
        assert float(cell.text) == pytest.approx(value) if "e" in text else cell.text == text

    def test_a_number_of_an_old_workbook_is_kept_apart_too(self, tmp_path: Path) -> None:
        path = old_workbook(tmp_path / "a", also=lambda _, page: page.write(9, 1, 2026))
        assert rows_of(path)[-1].cells[1] == OddCell(Odd.NUMBER, "2026")

    def test_a_date_is_kept_apart(self, tmp_path: Path) -> None:
        def dated(book: object, page: object) -> None:
            day = book.add_format({"num_format": "yyyy-mm-dd"})  # type: ignore[attr-defined]
            page.write_datetime(1, 3, datetime(2026, 3, 1), day)  # type: ignore[attr-defined]

        cell = rows_of(workbook(tmp_path / "a", also=dated))[1].cells[3]
        assert isinstance(cell, OddCell)
        assert cell.kind is Odd.DATE
        assert cell.text.startswith("2026-03-01")

    @pytest.mark.parametrize("cell", [OddCell(Odd.NUMBER, "20260301"), "20260301"])
    def test_a_day_may_be_typed_as_eight_digits(self, cell: OddCell | str) -> None:
        day = Column(
            field="day", title="日期", dated=True, parse=past_day(date(2026, 4, 1), "日期")
        )
        reader = RowReader(Layout(code="x", title="表", columns=(day,)), {"day": 0})
        assert reader(Row(2, (cell,))) == ({"day": date(2026, 3, 1)}, [])

    def test_the_number_of_a_day_in_a_spreadsheet_is_not_guessed_at(self) -> None:
        day = Column(
            field="day", title="日期", dated=True, parse=past_day(date(2026, 4, 1), "日期")
        )
        reader = RowReader(Layout(code="x", title="表", columns=(day,)), {"day": 0})
        _, (problem,) = reader(Row(2, (OddCell(Odd.NUMBER, "45123"),)))
        assert (problem.code, problem.is_error) == ("day_serial", True)
        assert "日期格式" in problem.remedy

    def test_a_truth_value_reads_as_its_word(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a", also=lambda _, page: page.write_boolean(1, 4, True))
        assert read(path)[1][4] == "TRUE"

    # I8
    @pytest.mark.trust("I8")
    @pytest.mark.parametrize("text", ["=1+1", "+86", "-5", "@SUM(A1)", "'quoted"])
    def test_text_that_looks_like_a_formula_is_text(self, tmp_path: Path, text: str) -> None:
        assert read(workbook(tmp_path / "a", [(text, "x")])) == [(text, "x")]

    def test_numbers_written_as_text_keep_their_zeros(self, tmp_path: Path) -> None:
        assert read(workbook(tmp_path / "a", [("000123", "1e5")])) == [("000123", "1e5")]


@pytest.mark.trust("I9")
class TestFormulasAndErrors:
    # I9
    def test_a_formula_with_a_kept_result_is_its_result(self, tmp_path: Path) -> None:
        cells = '<c r="A1" t="str"><f>B1&amp;"1"</f><v>SL1</v></c>' + cell_xml("B1", "SL")
        assert read(with_cells(tmp_path / "a", cells)) == [("SL1", "SL")]

    def test_an_empty_result_is_empty(self, tmp_path: Path) -> None:
        cells = '<c r="A1" t="str"><f>""</f><v></v></c>' + cell_xml("B1", "x")
        assert read(with_cells(tmp_path / "a", cells)) == [("", "x")]

    @pytest.mark.parametrize("value", ["", "<v/>", "<v></v>"])
    def test_a_formula_nobody_calculated_is_said(self, tmp_path: Path, value: str) -> None:
        cells = f'<c r="A1"><f>1+1</f>{value}</c>' + cell_xml("B1", "x")
        row = rows_of(with_cells(tmp_path / "a", cells))[0]
        assert row.cells == (OddCell(Odd.FORMULA, "公式没有结果"), "x")

    def test_the_zero_of_a_program_that_calculates_nothing_is_no_result(
        self, tmp_path: Path
    ) -> None:
        path = workbook(tmp_path / "a", also=lambda _, page: page.write_formula(1, 1, "=A1&1"))
        cell = rows_of(path)[1].cells[1]
        assert cell == OddCell(Odd.FORMULA, "公式没有结果")

    def test_a_zero_that_excel_calculated_is_a_number(self, tmp_path: Path) -> None:
        cells = '<c r="A1"><f>1-1</f><v>0</v></c>'
        path = with_cells(tmp_path / "a", cells)
        repacked(
            path,
            replaced={"xl/workbook.xml": lambda part: part.replace(b' fullCalcOnLoad="1"', b"")},
        )
        assert rows_of(path)[0].cells == (OddCell(Odd.NUMBER, "0"),)

    def test_formulas_below_the_last_value_are_not_lost(self, tmp_path: Path) -> None:
        part = sheet_xml(
            f'<row r="1">{cell_xml("A1", "x")}</row><row r="7"><c r="D7"><f>A1</f></c></row>'
        )
        path = repacked(workbook(tmp_path / "a"), replaced={SHEET: part})
        rows = rows_of(path)
        assert [row.number for row in rows] == [1, 7]
        assert rows[1].cells[3] == OddCell(Odd.FORMULA, "公式没有结果")

    @pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
    def test_an_error_value_is_said_with_its_name(self, tmp_path: Path, error: str) -> None:
        cells = f'<c r="A1" t="e"><f>X</f><v>{error}</v></c>' + cell_xml("B1", "x")
        row = rows_of(with_cells(tmp_path / "a", cells))[0]
        assert row.cells == (OddCell(Odd.ERROR, error), "x")

    def test_an_old_workbook_tells_errors_and_formulas_too(self, tmp_path: Path) -> None:
        def odd(_: object, page: object) -> None:
            page.row(1).set_cell_error(1, 0x2A)  # type: ignore[attr-defined]
            page.write(9, 2, xlwt.Formula("1+1"))  # type: ignore[attr-defined]

        path = old_workbook(tmp_path / "a", [HEAD, ("SL1",)], also=odd)
        rows = rows_of(path)
        assert rows[1].cells[1] == OddCell(Odd.ERROR, "#N/A")
        assert rows[2].number == 10
        assert rows[2].cells[2] == OddCell(Odd.FORMULA, "公式没有结果")


@pytest.mark.trust("I12")
class TestMergedDownwards:
    """A list names its unit once, beside all of its people; a person sees it in every row."""

    @pytest.mark.article(8, 1)
    @pytest.mark.trust("I12")
    def test_a_value_counts_for_every_row_of_its_range(self, tmp_path: Path) -> None:
        def merge(_: object, page: Any) -> None:
            page.merge_range("E2:E3", "商州区某单位")

        rows = [HEAD, *[(*person[:4], "") for person in PEOPLE]]
        body = body_of(workbook(tmp_path / "a", rows, also=merge))
        assert [row.texts[4:] for row in body.rows()] == [("商州区某单位",)] * 2 + [("",)]
        assert body.spread == {"单位名称": 1}

    @pytest.mark.trust("I12")
    def test_in_an_old_workbook_too(self, tmp_path: Path) -> None:
        def merge(_: object, page: Any) -> None:
            page.write_merge(1, 3, 4, 4, "商州区某单位")

        rows = [HEAD, *[person[:4] for person in PEOPLE]]
        body = body_of(old_workbook(tmp_path / "a", rows, also=merge))
        assert {row.texts[4] for row in body.rows()} == {"商州区某单位"}

    def test_heads_titles_and_blank_rows_get_nothing(self, tmp_path: Path) -> None:
        def merge(_: object, page: Any) -> None:
            page.merge_range("A1:E1", "到货明细")
            for place, title in enumerate(HEAD):
                page.merge_range(1, place, 2, place, title)
            page.merge_range("D4:D9", "P2026")

        rows = [(), HEAD, (), PEOPLE[0], (), PEOPLE[1]]
        body = body_of(workbook(tmp_path / "a", rows, also=merge))
        assert [(row.number, row.texts[3]) for row in body.rows()] == [(4, "P2026"), (6, "P2026")]
        assert body.skipped == {}


class TestErrorValuesInTexts:
    @pytest.mark.trust("I12")
    @pytest.mark.parametrize("written", ["#N/A", "#REF!", "#NAME?", "#DIV/0!", "########"])
    def test_are_no_value_of_any_column(self, tmp_path: Path, written: str) -> None:
        path = text_file(tmp_path / "a", [HEAD, (*PEOPLE[0][:3], written, "#1 单位")])
        body = body_of(path)
        (row,) = body.rows()
        values, (problem,) = RowReader(LAYOUT, body.header.mapping)(row)
        assert (problem.title, problem.is_error, "batch" in values) == ("批次号", True, False)
        assert written[:5] in problem.sentence and problem.remedy.startswith("请")
        assert values["unit"] == "#1 单位"


class TestAsAbove:
    @pytest.mark.parametrize("mark", ["〃", "同上", '"'])
    def test_a_mark_for_the_line_above_is_no_value(self, tmp_path: Path, mark: str) -> None:
        path = workbook(tmp_path / "a", [HEAD, (*PEOPLE[0][:3], mark, "单位")])
        assert problems_of(path) == [(2, "批次号", "as_above")]


class TestHidden:
    # I12
    @pytest.mark.parametrize("make", [workbook, old_workbook])
    def test_a_hidden_row_is_marked(self, tmp_path: Path, make: object) -> None:
        def hide(_: object, page: object) -> None:
            if hasattr(page, "set_row"):
                page.set_row(2, None, None, {"hidden": True})
            else:
                page.row(2).hidden = True  # type: ignore[attr-defined]

        rows = rows_of(make(tmp_path / "a", also=hide))  # type: ignore[operator]
        assert [row.number for row in rows if row.hidden] == [3]

    @pytest.mark.parametrize("make", [workbook, old_workbook])
    def test_hidden_columns_are_named_by_their_letters(self, tmp_path: Path, make: object) -> None:
        def hide(_: object, page: object) -> None:
            if hasattr(page, "set_column"):
                page.set_column(1, 2, None, None, {"hidden": True})
            else:
                page.col(1).hidden = page.col(2).hidden = True  # type: ignore[attr-defined]

        opened = open_file(make(tmp_path / "a", also=hide))  # type: ignore[operator]
        assert any("B、C 列是隐藏的" in note for note in opened.notes)

    @pytest.mark.parametrize("height", [b'ht="0.0"', b"ht='0'"])
    def test_a_row_without_height_is_hidden(self, tmp_path: Path, height: bytes) -> None:
        tag = b'<row r="3"'
        rows = rows_of(
            repacked(
                workbook(tmp_path / "a"),
                replaced={SHEET: lambda xml: xml.replace(tag, tag + b" " + height)},
            )
        )
        assert [row.number for row in rows if row.hidden] == [3]

    def test_columns_hidden_outside_the_data_are_no_news(self, tmp_path: Path) -> None:
        path = workbook(
            tmp_path / "a",
            also=lambda _, page: page.set_column("H:XFD", None, None, {"hidden": 1}),
        )
        assert open_file(path).notes == ()

    def test_a_hidden_row_cannot_go_in_unseen(self, tmp_path: Path) -> None:
        path = workbook(
            tmp_path / "a", also=lambda _, page: page.set_row(2, None, None, {"hidden": True})
        )
        table = open_table(path)
        header = find_header(table, [LAYOUT])
        found = [
            problem
            for row in Body(table, header).rows()
            for problem in RowReader(LAYOUT, header.mapping)(row)[1]
        ]
        assert [(problem.row, problem.code, problem.is_error) for problem in found] == [
            (3, "hidden_row", True)
        ]
        assert "取消隐藏" in found[0].remedy


def problems_of(path: Path) -> list[tuple[int, str, str]]:
    body = body_of(path)
    read_row = RowReader(LAYOUT, body.header.mapping)
    return [(p.row, p.title, p.code) for row in body.rows() for p in read_row(row)[1]]


class TestStruckOut:
    """A row that somebody crossed out is no data, and no row to drop in silence either (I12)."""

    @pytest.mark.trust("I12")
    @pytest.mark.parametrize("cells", [1, 3])
    def test_a_row_is_named_once_with_what_to_do(self, tmp_path: Path, cells: int) -> None:
        def strike(book: Any, page: Any) -> None:
            struck = book.add_format({"font_strikeout": True})
            for column in range(cells):
                page.write_string(2, column, PEOPLE[1][column], struck)

        path = workbook(tmp_path / "a", also=strike)
        assert problems_of(path) == [(3, "社保卡号", "cell_struck")]
        body = body_of(path)
        row = next(row for row in body.rows() if row.number == 3)
        (problem,) = RowReader(LAYOUT, body.header.mapping)(row)[1]
        assert problem.is_error and "取消删除线" in problem.remedy and "删除" in problem.remedy

    @pytest.mark.trust("I12")
    def test_a_name_of_which_a_part_is_struck_out_is_no_name(self, tmp_path: Path) -> None:
        def strike(book: Any, page: Any) -> None:
            struck = book.add_format({"font_strikeout": True})
            page.write_rich_string(1, 2, struck, "旧", "新名")

        assert problems_of(workbook(tmp_path / "a", also=strike)) == [(2, "姓名", "cell_struck")]

    @pytest.mark.trust("I12")
    @pytest.mark.parametrize(
        ("mark", "found"),
        [(b"<strike/>", ["cell_struck"]), (b'<strike val="0"/>', []), (b"<b/>", [])],
    )
    def test_nor_one_that_its_cell_holds_itself(
        self, tmp_path: Path, mark: bytes, found: list[str]
    ) -> None:
        """Some programs write no table of shared texts."""
        rich = b'<c r="C2" t="inlineStr"><is><r><rPr>%b</rPr><t>X</t></r></is></c>' % mark
        path = repacked(
            workbook(tmp_path / "a"),
            replaced={SHEET: lambda xml: re.sub(rb'<c r="C2".*?</c>', rich, xml)},
        )
        assert [code for _, _, code in problems_of(path)] == found

    @pytest.mark.trust("I12")
    def test_in_an_old_workbook_too(self, tmp_path: Path) -> None:
        struck = xlwt.easyxf("font: struck_out on")
        path = old_workbook(tmp_path / "a", [HEAD, PEOPLE[0]])
        assert problems_of(path) == []

        def strike(_: Any, page: Any) -> None:
            page.write(2, 2, PEOPLE[1][2], struck)
            page.write(2, 5, 1, struck)
            page.write(2, 6, 2, struck)

        path = old_workbook(tmp_path / "b", [HEAD, PEOPLE[0]], also=strike)
        assert (3, "姓名", "cell_struck") in problems_of(path)
        third = next(row for row in rows_of(path) if row.number == 3)
        assert third.cells[5:7] == (OddCell(Odd.STRUCK, "1"), OddCell(Odd.STRUCK, "2"))

    def test_an_empty_cell_and_a_rule_for_colours_strike_nothing_out(self, tmp_path: Path) -> None:
        def strike(book: Any, page: Any) -> None:
            struck = book.add_format({"font_strikeout": True})
            page.write_blank(1, 7, None, struck)
            rule = {"type": "formula", "criteria": "=TRUE", "format": struck}
            page.conditional_format("A1:C3", rule)

        assert problems_of(workbook(tmp_path / "a", also=strike)) == []

    def test_an_unusual_spelling_is_found_and_a_font_that_is_not_struck_is_not(
        self, tmp_path: Path
    ) -> None:
        def strike(book: Any, page: Any) -> None:
            page.write_string(1, 2, PEOPLE[0][2], book.add_format({"font_strikeout": True}))

        def spelled(new: bytes) -> Path:
            path = workbook(tmp_path / "a", also=strike)
            return repacked(
                path, replaced={"xl/styles.xml": lambda xml: xml.replace(b"<strike/>", new)}
            )

        assert problems_of(spelled(b'<strike val="1"></strike>')) == [(2, "姓名", "cell_struck")]
        assert problems_of(spelled(b"<strike val='0'/>")) == []

    def test_too_many_are_refused_with_the_limit(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(limits, "MAX_ODD_CELLS", 1)

        def strike(book: Any, page: Any) -> None:
            for column in range(2):
                text = PEOPLE[0][column]
                page.write_string(1, column, text, book.add_format({"font_strikeout": True}))

        with pytest.raises(FileRefused) as refused:
            open_table(workbook(tmp_path / "a", also=strike))
        assert refused.value.code == "too_many_struck" and "1 个" in refused.value.sentence


class TestPlaces:
    @pytest.mark.parametrize("make", [workbook, old_workbook])
    def test_rows_and_columns_keep_their_places(self, tmp_path: Path, make: object) -> None:
        path = make(tmp_path / "a", [(), (), ("", "", "甲"), (), ("", "乙")])  # type: ignore[operator]
        rows = rows_of(path)
        assert [(row.number, row.cells) for row in rows] == [
            (3, ("", "", "甲")),
            (5, ("", "乙", "")),
        ]

    def test_a_text_with_a_line_break_stays_one_cell(self, tmp_path: Path) -> None:
        assert read(workbook(tmp_path / "a", [("甲\n乙", "丙")])) == [("甲\n乙", "丙")]

    def test_rich_text_is_read_whole(self, tmp_path: Path) -> None:
        def rich(book: object, page: object) -> None:
            bold = book.add_format({"bold": True})  # type: ignore[attr-defined]
            page.write_rich_string(0, 0, "社保", bold, "卡号")  # type: ignore[attr-defined]

        assert read(workbook(tmp_path / "a", [], also=rich)) == [("社保卡号",)]


class TestOneCellTooMany:
    """An unquoted comma within an address moves all that follows one column to the right."""

    def found(self, *lines: str, path: Path) -> list[tuple[int, str]]:
        path.write_text("\n".join([",".join(HEAD), *lines]), encoding="utf-8")
        table = open_table(path)
        header = find_header(table, [LAYOUT])
        body = Body(table, header)
        read = RowReader(LAYOUT, header.mapping, width=body.width)
        return [(one.row, one.code) for row in body.rows() for one in read(row)[1]]

    def test_shifts_a_row_of_a_text_and_is_an_error(self, tmp_path: Path) -> None:
        sound, shifted = "SL1,X1,张伟,P1,某单位", "SL2,X2,李娜,P1,某单位,二车间"
        assert self.found(sound, shifted, path=tmp_path / "a") == [(3, "too_many_cells")]

    def test_separators_at_the_end_of_lines_are_harmless(self, tmp_path: Path) -> None:
        assert self.found("SL1,X1,张伟,P1,某单位,,,", path=tmp_path / "a") == []

    def test_a_remark_beside_a_sheet_is_harmless(self, tmp_path: Path) -> None:
        table = open_table(
            workbook(tmp_path / "a", [HEAD, ("SL1", "X1", "张伟", "P1", "某单位", "已电话联系")])
        )
        assert Body(table, find_header(table, [LAYOUT])).width == 0


class TestFreeWords:
    def test_stay_as_they_are(self) -> None:
        for text in ("柞水县 乾佑街道（东）12号", "𠮷祥村", "\ue123家沟"):
            assert short(60, "通讯地址")(text) == Reading(text)

    def test_marks_without_width_and_line_breaks_go_and_are_said(self) -> None:
        assert short(60, "通讯地址")("柞水县\u200b \r\n乾佑\u00ad街道") == Reading(
            "柞水县 乾佑街道", ("去掉不可见字符", "换行改为空格")
        )

    @pytest.mark.parametrize("char", ["\u202e", "\u2066", "\x08", "\x1b"])
    def test_what_turns_a_text_around_is_refused_with_its_place(self, char: str) -> None:
        with pytest.raises(InputError, match="通讯地址第 4 位是不可见字符") as refused:
            short(60, "通讯地址")(f"柞水县{char}乾佑街道")
        assert refused.value.code == "odd_character"


class TestReadingAField:
    def problems(self, *cells: object) -> dict[str, str]:
        row = Row(5, tuple(cells))  # type: ignore[arg-type]
        mapping = {column.field: place for place, column in enumerate(LAYOUT.columns)}
        found = RowReader(LAYOUT, mapping)(row)[1]
        assert all(p.row == 5 and p.remedy for p in found)
        return {p.title: p.code for p in found}

    def test_a_row_in_order_has_no_problem(self) -> None:
        assert self.problems("SL1", "X", "张伟", "P1", "") == {}

    def test_every_problem_of_a_row_is_collected(self) -> None:
        found = self.problems(
            "", OddCell(Odd.NUMBER, "9.9e+17"), "锟斤拷", OddCell(Odd.NUMBER, "7"),
            OddCell(Odd.ERROR, "#REF!"),
        )  # fmt: skip
        assert found == {
            "社保卡号": "missing",
            "社会保障号码": "cell_number",
            "姓名": "mojibake",
            "单位名称": "cell_error",
        }

    def test_a_short_row_lacks_what_is_needed(self) -> None:
        assert self.problems("SL1") == {"社会保障号码": "missing", "姓名": "missing"}

    def test_an_error_value_is_quoted(self) -> None:
        row = Row(5, (OddCell(Odd.ERROR, "#REF!"), "X", "张伟"))
        (problem,) = RowReader(LAYOUT, {"card": 0, "number": 1, "name": 2})(row)[1]
        assert "#REF!" in problem.sentence

    @pytest.mark.parametrize(
        ("read_as", "written", "said"),
        [
            (phone, " 13800000000", {"去掉空格": "已自动处理，请核对"}),
            (phone, "09142312345", {"这是固定电话，收不到短信": "照原样登记，没有改动"}),
            *(
                (
                    name, hidden,
                    {f"姓名写的是“{hidden}”，像是隐去了字或没有填写，请对照证件核对":
                     "照原样登记，没有改动"},
                )
                for hidden in ("王某某", "李XX", "未知")
            ),
            (phone, "无", {"联系电话写的是“无”，登记为没有": "已自动处理，请核对"}),
            (phone, "-", {"联系电话写的是“-”，登记为没有": "已自动处理，请核对"}),
            (phone, "\\N", {"联系电话写的是“\\N”，登记为没有": "已自动处理，请核对"}),
            (
                short(100, "单位名称"), "NULL",
                {"单位名称写的是“NULL”，登记为没有": "已自动处理，请核对"},
            ),
            (bank_number, "4000000000000002",
             {"银行卡号不是 62 开头，请确认是境内银行卡": "照原样登记，没有改动"}),
            (document_number(date(2026, 1, 1)), " 99999919900101018x",
             {"去掉空格": "已自动处理，请核对"}),
        ],
    )  # fmt: skip
    def test_what_was_changed_and_what_stayed_are_told_apart(
        self, read_as: Any, written: str, said: dict[str, str]
    ) -> None:
        column = Column(field="only", title="这一列", parse=read_as)
        layout = Layout(code="one", title="一列", columns=(column,))
        found = RowReader(layout, {"only": 0})(Row(5, (written,)))[1]
        assert said.items() <= {one.sentence: one.remedy for one in found}.items()
        assert not any(one.is_error for one in found)

    @pytest.mark.parametrize("read_as", [name, name_on_card])
    @pytest.mark.parametrize("written", ['="王小明"', "'王小明", "'Ann", "王小明"])
    def test_a_name_is_taken_out_of_what_a_spreadsheet_marks_text_with(
        self, read_as: Any, written: str
    ) -> None:
        assert read_as(written).value == written.strip("=\"'")
