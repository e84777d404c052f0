"""The rows behind a number as a workbook: every cell is text, people are masked (Art. 32; X7, I8).

More rows than the city lets anybody take out with people go out without them, cards alone.
"""

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import xlsxwriter

from cardbook.insight.figures import counting
from cardbook.insight.figures.choice import Choice, Reach
from cardbook.insight.figures.rows import Line, all_lines, page_of_lines
from cardbook.law.parameters import quoted, whole_number
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.lib.masking import mask_name

# A sheet ends at 1,048,576 rows; six are the head.
MOST = 1_000_000
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
}
_PEOPLE = (("姓名（隐去）", 14), ("社会保障号码（隐去）", 22))
_CARD = (
    ("卡号", 14),
    ("状态", 14),
    ("在哪里", 40),
    ("县区", 26),
    ("镇街", 14),
    ("人群", 18),
    ("自何时", 18),
    ("接收日期", 12),
    ("天数", 8),
)


class TooMany(Exception):
    """More rows than a workbook holds; the sentence says what to do."""


def export_rows(
    choice: Choice, *, title: str, meaning: str, reach: Reach, as_of: datetime, taken_by: str
) -> bytes:
    """This function will write the rows of a choice as XLSX, as many as the number says.

    :raises TooMany: when they do not fit into one sheet.
    """
    on = local_day(as_of)
    with counting.one_moment():
        number = counting.count(choice, reach=reach, as_of=as_of)
        if number > MOST:
            raise TooMany(
                f"共 {number} 行，超过一张表 {MOST} 行。请先按县区或镇街缩小范围再导出。"
            )
        with_people = number <= whole_number("export_forbid_rows", on=on)
        lines: Iterable[Line]
        if with_people:
            lines = page_of_lines(choice, reach=reach, as_of=as_of, first=0, most=number)
        else:
            lines = all_lines(choice, reach=reach, as_of=as_of, most=number)
        heads = (
            f"{title}：{number} {choice.figure.unit}",
            f"截至 {to_the_minute(as_of)}　导出：{taken_by}",
            f"口径：{meaning}",
            "姓名、号码已隐去。"
            if with_people
            else f"超过 {quoted('export_forbid_rows', on=on)}，不带持卡人信息。",
        )
        return _write(heads, lines, with_people=with_people)


def _write(heads: Sequence[str], lines: Iterable[Line], *, with_people: bool) -> bytes:
    out = io.BytesIO()
    columns = (*_PEOPLE, *_CARD) if with_people else _CARD
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        page = book.add_worksheet("明细")
        bold = book.add_format({"bold": True, "bg_color": "#EEF2F6", "border": 1})
        text = book.add_format({"num_format": "@", "border": 1})
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.freeze_panes(len(heads) + 1, 0)
        page.repeat_rows(len(heads))
        for place, (_, width) in enumerate(columns):
            page.set_column(place, place, width)
        for row, head in enumerate(heads):
            page.write_string(row, 0, head)
        for place, (head, _) in enumerate(columns):
            page.write_string(len(heads), place, head, bold)
        for row, line in enumerate(lines, start=len(heads) + 1):
            for place, cell in enumerate(_cells(line, with_people=with_people)):
                page.write_string(row, place, cell, text)
    return out.getvalue()


def _cells(line: Line, *, with_people: bool) -> tuple[str, ...]:
    people: tuple[str, ...] = ()
    if with_people:
        assert line.holder is not None
        people = (mask_name(line.holder.name), line.holder.masked_number)
    return (
        *people,
        line.number,
        line.state,
        line.where,
        line.county,
        line.town,
        line.people,
        to_the_minute(line.since),
        _day(line.received_at),
        "" if line.days is None else str(line.days),
    )


def _day(moment: datetime | None) -> str:
    day: date | None = local_day(moment) if moment else None
    return day.isoformat() if day else ""
