"""Prints a sheet: A4 landscape, repeated head, page x/y, a QR on every page, boxes to sign (X6).

The look is in `layouts/sheet.typ`; the same sheet and number give the same bytes for ever. A long
sheet is set in pieces on all cores; numbers and codes of pages are laid over (`joining.py`).
"""

from pathlib import Path

from cardbook.registers.codes import DOCUMENT, qr_svg, scan_code
from cardbook.registers.forms import Column, Sheet
from cardbook.registers.joining import count_pages, joined
from cardbook.registers.typesetting import LayoutFailed, png_as_svg, typeset, typeset_all

UNNUMBERED = "未编号（查阅件，不作签收凭证）"
_LAYOUT = Path(__file__).parent / "layouts" / "sheet.typ"
_DIGEST_SHOWN = 8
_FEWEST_ROWS_ON_PAGE = 7
_TOO_FEW_CODES = "more pages than codes"
# A sheet of more rows is set in pieces: typst's time and memory grow with a document's rows.
LONG = 500
_PIECE = 250


def render_pdf(sheet: Sheet, *, number: str) -> bytes:
    """This function will set a sheet as PDF; without a number it says that it is no document.

    :raises cardbook.registers.typesetting.FontsMissing: when the fonts were not set up.
    """
    data = _data(sheet, number=number)
    if len(sheet.rows) > LONG:
        return _in_pieces(sheet, data, number=number)
    pages = len(sheet.rows) // _FEWEST_ROWS_ON_PAGE + 3
    while True:
        data["codes"] = _codes(sheet, number=number, pages=pages)
        try:
            return typeset(layout=_LAYOUT, data=data, at=sheet.printed_at)
        except LayoutFailed as problem:
            # How many pages there are is known only when they are set; long names need more.
            if _TOO_FEW_CODES not in str(problem):
                raise
            pages *= 2


def _in_pieces(sheet: Sheet, data: dict[str, object], *, number: str) -> bytes:
    """Each piece begins on a page of its own; the last one is signed."""
    rows = _rows(sheet)
    starts = range(0, len(rows), _PIECE)
    pieces = typeset_all(
        layout=_LAYOUT,
        data=[
            data
            | {"part": "piece", "closes": start == starts[-1], "codes": []}
            | {"rows": rows[start : start + _PIECE]}
            for start in starts
        ],
        at=sheet.printed_at,
    )
    codes = _codes(sheet, number=number, pages=sum(map(count_pages, pieces)))
    marks = data | {"part": "marks", "rows": [], "pictures": {}, "codes": codes}
    return joined(pieces, typeset_all(layout=_LAYOUT, data=[marks], at=sheet.printed_at)[0])


def _codes(sheet: Sheet, *, number: str, pages: int) -> list[str]:
    return [qr_svg(page_code(sheet, number=number, page=page + 1)) for page in range(pages)]


def page_code(sheet: Sheet, *, number: str, page: int) -> str:
    """This function will write what the QR of a page says: form and number, page, digest."""
    name = number or f"{sheet.form.prefix}-0"
    return scan_code(DOCUMENT, name, str(page), sheet.digest[:_DIGEST_SHOWN])


def _data(sheet: Sheet, *, number: str) -> dict[str, object]:
    form = sheet.form
    return {
        "title": form.title,
        "number": number or UNNUMBERED,
        "issued": bool(number),
        "office": sheet.office.name,
        "covers": sheet.covers,
        "heads": [f"{name}：{value}" for name, value in sheet.heads],
        "totals": [list(total) for total in sheet.totals],
        "printed": f"{sheet.printed_by}　{sheet.printed_text}",
        "basis": form.basis_text,
        "note": form.note,
        "digest": sheet.digest[:16],
        "signatures": list(form.signatures),
        "seal": form.seal,
        "height": form.row_height,
        "blank": form.blank_rows,
        "columns": [_stack(form.columns, stack) for stack in form.stacks],
        "pictures": {name: png_as_svg(png) for name, png in sheet.pictures.items()},
        "rows": _rows(sheet),
        "part": "whole",
        "closes": True,
    }


def _rows(sheet: Sheet) -> list[list[list[str]]]:
    stacks = sheet.form.stacks
    return [[[row[place] for place in stack] for stack in stacks] for row in sheet.rows]


def _stack(columns: tuple[Column, ...], stack: tuple[int, ...]) -> dict[str, object]:
    shown = [columns[place] for place in stack]
    return {
        "titles": [column.title for column in shown],
        "align": [column.align for column in shown],
        "width": max(column.width for column in shown),
        "picture": [column.picture for column in shown],
    }
