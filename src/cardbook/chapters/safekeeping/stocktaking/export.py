"""Writes the stock-takes or the differences that are seen as a workbook (Art. 20)."""

import io
from collections.abc import Sequence
from datetime import datetime

import xlsxwriter

from cardbook.chapters.safekeeping.stocktaking.finding_queries import FindingRow
from cardbook.chapters.safekeeping.stocktaking.queries import STATES, TakeRow
from cardbook.law.articles import art
from cardbook.lib.clock import local_day, to_the_minute, to_the_second
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.xlsx import TEXT_ONLY

_HEADS = (
    ("差异", 16), ("卡号", 14), ("扫描处", 28), ("账面位置", 28), ("扫描时间", 20), ("处理", 18),
    ("原因", 44), ("说明人", 12), ("复核人", 12),
)  # fmt: skip
_TAKES = Form(
    code="takes_seen",
    prefix="PD",
    title="盘点（所见）",
    basis=(art(20),),
    columns=(
        Column(key="number", title="盘点号", width=16),
        Column(key="office", title="机构", width=36),
        Column(key="what", title="范围", width=24),
        Column(key="again", title="重盘", width=16),
        Column(key="begun", title="开始", width=32),
        Column(key="scanned", title="已扫", width=10, align="right"),
        Column(key="book", title="账面", width=12, align="right"),
        Column(key="counted", title="实盘", width=12, align="right"),
        Column(key="differences", title="差异项", width=12, align="right"),
        Column(key="open", title="待说明", width=12, align="right"),
        Column(key="state", title="状态", width=16),
        Column(key="closed", title="办结", width=32),
    ),
    signatures=(),
    seal="",
    note="盘点中不显示账面数和差异。",
)
_BLIND = "结束后显示"


def takes_xlsx(rows: Sequence[TakeRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the stock-takes that are listed; a running one stays blind."""
    cells = (
        (
            row.number, row.office, row.what, row.again,
            f"{to_the_minute(row.begun_at)} {row.begun_by}", str(row.scanned),
            *(
                _BLIND if sum_ is None else str(sum_)
                for sum_ in (row.book, row.counted, row.differences, row.open)
            ),
            STATES[row.state],
            f"{local_day(row.closed_at)} {row.closed_by}、{row.second}"
            if row.closed_at
            else "",
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_TAKES, cells, covers=f"{len(rows)} 次", by=by, at=at)


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
    return (
        row.kind_label, row.number, row.place, row.book,
        to_the_second(row.scanned_at),
        row.outcome, row.words, row.closed_by, row.second,
    )  # fmt: skip
