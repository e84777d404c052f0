"""A sign-off sheet as PDF and XLSX, against bare typst and bare xlsxwriter (Art. 8)."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

import typst
import xlsxwriter

from cardbook.chapters.issuance.individual.register import PICK_UP
from cardbook.lib.clock import LOCAL, local_day
from cardbook.orgs.models import Organization
from cardbook.registers.forms import MOST_ROWS, Sheet
from cardbook.registers.pdf import render_pdf
from cardbook.registers.typesetting import FONTS
from cardbook.registers.xlsx import render_xlsx
from tests.bench.manifest_file import COUNTY
from tests.bench.measure import Line, against, in_child

BARE = """
#set page(paper: "a4", flipped: true)
#set text(font: "Source Han Sans SC", size: 7pt)
#let rows = json(bytes(sys.inputs.data))
#table(columns: rows.at(0).len(), ..rows.flatten())
"""
_MEMORY, _SECONDS = 500_000_000, 4
AT = datetime(2026, 11, 20, tzinfo=UTC)


def registers() -> Iterator[Line]:
    """300 and 2,000 rows of the register of hand-overs, as the window prints them."""
    whole = _filled()
    for count in (300, 2000):
        if len(whole.rows) >= count:
            sheet = replace(whole, rows=whole.rows[:count])
            yield _as_pdf(sheet)
            yield _as_xlsx(sheet)


def _filled() -> Sheet:
    """As many rows as a sheet carries, out of the book."""
    office = Organization.objects.get(code=COUNTY.code)
    since = datetime(2024, 1, 1, tzinfo=LOCAL)
    chosen = {"office": office, "since": since, "start": local_day(since), "end": local_day(AT)}
    # The first days whose hand-overs fill a sheet, but do not overfill it.
    for days in range(1, 400):
        until = since + timedelta(days=days)
        sheet = PICK_UP.sheet(
            chosen={**chosen, "until": until}, masked=False, printed_by="测试", printed_at=AT,
            limit=None,
        )  # fmt: skip
        if len(sheet.rows) >= MOST_ROWS:
            break
    return replace(sheet, rows=sheet.rows[:MOST_ROWS])


def _as_pdf(sheet: Sheet) -> Line:
    data = json.dumps([list(row) for row in sheet.rows], ensure_ascii=False)

    def bare() -> None:
        fonts = typst.Fonts(
            include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(FONTS)]
        )
        typst.compile(BARE.encode(), font_paths=fonts, ignore_system_fonts=True,
                      sys_inputs={"data": data}, format="pdf", pdf_standards=["a-2u"],
                      pdf_tags=False)  # fmt: skip

    floor, seconds, memory, size = both(bare, lambda: render_pdf(sheet, number="LK-1"))
    also = [(f"≤ {_SECONDS} 秒", seconds <= _SECONDS), ("≤ 500 MB", memory <= _MEMORY)]
    return against(
        f"领卡登记表 {len(sheet.rows):,} 行 PDF", "只用 typst 排同样文字的表", floor, seconds,
        rows=len(sheet.rows), size=size, most=2, also=also, memory=memory,
    )  # fmt: skip


def _as_xlsx(sheet: Sheet) -> Line:
    def bare() -> None:
        with xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True}) as book:
            page = book.add_worksheet()
            for place, row in enumerate(sheet.rows):
                for column, cell in enumerate(row):
                    page.write_string(place, column, cell)

    floor, seconds, memory, size = both(bare, lambda: render_xlsx(sheet, number="LK-1"))
    return against(
        f"领卡登记表 {len(sheet.rows):,} 行 XLSX", "只用 xlsxwriter 写同样文字", floor, seconds,
        rows=len(sheet.rows), size=size, most=2, memory=memory,
    )  # fmt: skip


def both(
    bare: Callable[[], None], ours: Callable[[], bytes], rounds: int = 3
) -> tuple[float, float, int, int]:
    """Medians of both, each in a process of its own; our peak memory, and how large a document."""
    floors, taken = zip(*((in_child(bare), in_child(ours)) for _ in range(rounds)), strict=True)
    return (
        median(seconds for seconds, _ in floors),
        median(seconds for seconds, _ in taken),
        max(memory for _, memory in taken),
        len(ours()),
    )
