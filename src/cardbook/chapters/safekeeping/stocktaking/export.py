"""Writes the differences that are seen as a workbook; every cell is text (Art. 20)."""

import io
from collections.abc import Sequence

import xlsxwriter

from cardbook.chapters.safekeeping.stocktaking.finding_queries import FindingRow
from cardbook.chapters.safekeeping.stocktaking.queries import TakeRow
from cardbook.lib.clock import LOCAL
from cardbook.registers.xlsx import TEXT_ONLY

_HEADS = (
    ("差异", 16), ("卡号", 14), ("扫描处", 28), ("账面位置", 28), ("扫描时间", 20), ("处理", 18),
    ("原因", 44), ("说明人", 12), ("复核人", 12),
)  # fmt: skip


def findings_xlsx(rows: Sequence[FindingRow], *, take: TakeRow) -> bytes:
    """This function will write the differences of a stock-take, in the order they are shown."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, TEXT_ONLY) as book:
        page = book.add_worksheet("盘点差异")
        bold = book.add_format({"bold": True})
        page.write_string(0, 0, f"盘点差异　{take.number}　{take.office}　{take.what}", bold)
        for column, (title, width) in enumerate(_HEADS):
            page.write_string(1, column, title, bold)
            page.set_column(column, column, width)
        for line, row in enumerate(rows, start=2):
            for column, text in enumerate(_cells(row)):
                page.write_string(line, column, text)
        page.freeze_panes(2, 0)
    return out.getvalue()


def _cells(row: FindingRow) -> tuple[str, ...]:
    at = row.scanned_at
    return (
        row.kind_label, row.number, row.place, row.book,
        f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}" if at else "",
        row.outcome, row.words, row.closed_by, row.second,
    )  # fmt: skip
