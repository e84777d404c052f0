"""Writes a sheet as a workbook: every cell is text, so no number loses a digit (X6; I8).

One column for each column of the form; printed on A4 landscape, fitted to the width of the page.
"""

import io

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cardbook.lib.clock import LOCAL
from cardbook.registers.forms import Sheet
from cardbook.registers.pdf import UNNUMBERED

_TITLE, _OFFICE, _NUMBER, _HEAD = 0, 1, 2, 3
_PICTURE = "屏幕签字（影像存档）"
# No cell is ever a formula, a link or a number that lost its zeros.
TEXT_ONLY = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_ALIGN = {"left": "left", "center": "center", "right": "right"}


def render_xlsx(sheet: Sheet, *, number: str) -> bytes:
    """This function will write a sheet as XLSX; the same sheet and number give the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, TEXT_ONLY) as book:
        book.set_properties(
            {
                "title": f"{sheet.form.title} {number}".strip(),
                "author": sheet.office.name,
                "comments": f"摘要 {sheet.digest}",
                "created": sheet.printed_at.astimezone(LOCAL).replace(tzinfo=None),
            }
        )
        page = book.add_worksheet("登记表")
        _set_page(page, sheet, number=number)
        _write_head(book, page, sheet, number=number)
        last = _write_rows(book, page, sheet)
        _write_foot(book, page, sheet, row=last)
    return out.getvalue()


def _set_page(page: Worksheet, sheet: Sheet, *, number: str) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.8, right=0.3, top=0.5, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEAD)
    page.freeze_panes(_HEAD + 1, 0)
    left = f"{sheet.form.basis_text}　打印：{sheet.printed_by} {sheet.printed_text}"
    right = f"{number or UNNUMBERED}　第 &P 页 共 &N 页"
    page.set_footer(f"&L&8{left.replace('&', '&&')}&R&8{right}")
    for place, column in enumerate(sheet.form.columns):
        page.set_column(place, place, max(6, round(column.width * 0.72)))


def _write_head(book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet, *, number: str) -> None:
    last = len(sheet.form.columns) - 1
    title = book.add_format({"bold": True, "font_size": 16, "align": "center"})
    page.set_row(_TITLE, 28)
    page.merge_range(_TITLE, 0, _TITLE, last, "", title)
    page.write_string(_TITLE, 0, sheet.form.title, title)
    plain = book.add_format({"font_size": 10})
    heads = "　".join(f"{name}：{value}" for name, value in sheet.heads)
    page.write_string(_OFFICE, 0, f"{sheet.office.name}　{sheet.covers}　{heads}".strip(), plain)
    page.write_string(_NUMBER, 0, f"表号：{number or UNNUMBERED}　摘要：{sheet.digest}", plain)
    head = book.add_format(
        {
            "bold": True,
            "border": 1,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
            "bg_color": "#EEF2F6",
            "font_size": 9,
        }
    )
    page.set_row(_HEAD, 30)
    for place, column in enumerate(sheet.form.columns):
        page.write_string(_HEAD, place, column.title, head)


def _cell_formats(book: xlsxwriter.Workbook, sheet: Sheet) -> list[Format]:
    return [
        book.add_format(
            {
                "border": 1,
                "num_format": "@",
                "text_wrap": True,
                "valign": "vcenter",
                "align": _ALIGN[column.align],
                "font_size": 9,
            }
        )
        for column in sheet.form.columns
    ]


def _write_rows(book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet) -> int:
    """All rows and the blank ones; returns the first free row."""
    formats = _cell_formats(book, sheet)
    blank = ("",) * len(formats)
    row = _HEAD + 1
    for cells in (*sheet.rows, *(blank,) * sheet.form.blank_rows):
        if cells is blank:
            page.set_row(row, 26)
        for place, text in enumerate(cells):
            shown = _PICTURE if text in sheet.pictures else text
            # An empty string still needs its border: write_string would leave the cell out.
            if shown:
                page.write_string(row, place, shown, formats[place])
            else:
                page.write_blank(row, place, None, formats[place])
        row += 1
    return row


def _write_foot(book: xlsxwriter.Workbook, page: Worksheet, sheet: Sheet, *, row: int) -> None:
    bold = book.add_format({"bold": True, "font_size": 10})
    plain = book.add_format({"font_size": 9})
    if sheet.totals:
        totals = "　".join(f"{name} {value}" for name, value in sheet.totals)
        page.write_string(row, 0, f"合计　{totals}", bold)
        row += 1
    page.set_row(row, 34)
    signed = [name for name in (*sheet.form.signatures, sheet.form.seal) if name]
    boxes = "　　　　　　".join(f"{name}：" for name in signed)
    page.write_string(row, 0, boxes, bold)
    page.write_string(row + 1, 0, f"依据：{sheet.form.basis_text}　{sheet.form.note}", plain)
