"""A sheet as a workbook: text stays text, digits stay, no formula is born (X6; I8)."""

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from cardbook.registers.tests.sheets import FORM, LONG_NAME, NUMBER, RARE_NAME, row, sheet
from cardbook.registers.xlsx import render_xlsx

NUMBER_OF_SHEET = "CSBD-T00001-2026-0001"


def page(content: bytes) -> openpyxl.worksheet.worksheet.Worksheet:
    """The only page of a workbook."""
    return openpyxl.load_workbook(io.BytesIO(content)).active


@pytest.mark.article(8, 4)
class TestRenderXlsx:
    def test_keeps_names_and_every_digit_as_text(self) -> None:
        found = page(
            render_xlsx(sheet(row(1, name=RARE_NAME), row(2, name=LONG_NAME)), number="N-1")
        )
        head = [cell.value for cell in found[4]]
        assert head == [column.title for column in FORM.columns]
        assert [found.cell(5, 2).value, found.cell(6, 2).value] == [RARE_NAME, LONG_NAME]
        assert found.cell(5, 3).value == NUMBER
        assert {cell.data_type for cell in found[5] if cell.value} == {"s"}

    @pytest.mark.trust("I8")
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "http://x.invalid", "0012"])
    def test_nothing_becomes_a_formula_a_link_or_a_number(self, text: str) -> None:
        cell = page(render_xlsx(sheet(row(1, name=text)), number="N-1")).cell(5, 2)
        assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)

    def test_prints_on_landscape_a4_with_the_head_on_every_page(self) -> None:
        found = page(render_xlsx(sheet(row(1)), number=NUMBER_OF_SHEET))
        assert found.page_setup.orientation == "landscape"
        assert str(found.page_setup.paperSize) == "9"
        assert (found.page_setup.fitToWidth, found.page_setup.fitToHeight) in {(1, 0), (None, 0)}
        assert found.sheet_properties.pageSetUpPr.fitToPage
        assert found.print_title_rows == "$4:$4"
        assert found.oddFooter.right.text == f"{NUMBER_OF_SHEET}　第 &P 页 共 &N 页"

    def test_names_the_number_the_office_and_who_signs(self) -> None:
        given = sheet(row(1))
        found = page(render_xlsx(given, number=NUMBER_OF_SHEET))
        words = "\n".join(str(cell.value) for line in found.iter_rows() for cell in line)
        for expected in (FORM.title, NUMBER_OF_SHEET, given.digest, "甲县一号窗口", "经办人：",
                         "发放机构（章）：", "合计张数 1", "依据：第八条第四款"):  # fmt: skip
            assert expected in words, expected

    def test_whoever_signs_nothing_gets_no_place_to_sign(self) -> None:
        given = sheet(row(1), form=replace(FORM, signatures=(), seal=""))
        found = page(render_xlsx(given, number="N-1"))
        assert "：" not in {cell.value for line in found.iter_rows() for cell in line}

    def test_the_same_sheet_gives_the_same_bytes_without_a_clock(self) -> None:
        first = render_xlsx(sheet(row(1)), number="N-1")
        assert first == render_xlsx(sheet(row(1)), number="N-1")
        with zipfile.ZipFile(io.BytesIO(first)) as packed:
            assert b"2026-11-20T12:00:00Z" in packed.read("docProps/core.xml")

    def test_an_ampersand_in_a_name_does_not_break_the_footer(self) -> None:
        found = page(render_xlsx(sheet(row(1), printed_by="甲&乙"), number="N-1"))
        assert "甲&&乙" in found.oddFooter.left.text

    def test_a_signature_on_the_screen_is_named(self) -> None:
        digest = "ab" * 32
        given = sheet(row(1, signature=digest), pictures={digest: b"png"})
        assert page(render_xlsx(given, number="N-1")).cell(5, 5).value == "屏幕签字（影像存档）"
