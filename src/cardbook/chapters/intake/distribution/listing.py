"""Hand-overs, and the cards of one, as spreadsheets: what is seen, numbers masked (Art. 6, 20)."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.http import HttpResponse

from cardbook.chapters.intake.distribution.queries import Line, rows
from cardbook.custody.models import Shipment
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.answers import file_answer
from cardbook.registers.listing import table_as_xlsx

MOST_EXPORTED = 5000
_HEADS = ("交接单", "交出机构", "接收机构", "交出时间", "张数", "未点收", "逾期天数", "说明")
_CARD_HEADS = ("序号", "盒", "卡号", "姓名", "社会保障号码", "现在")


def list_export(
    by: Actor, found: QuerySet[Shipment], *, at: datetime, on: date, title: str
) -> HttpResponse:
    """This function will write what the list shows, the newest `MOST_EXPORTED` of it."""
    cells = (
        (
            row.number, row.sender, row.receiver,
            to_the_minute(row.sent_at),
            "" if row.is_blind else row.sent, "" if row.is_blind else row.under_way,
            row.overdue_days or "", row.words,
        )
        for row in rows(by, list(found[:MOST_EXPORTED]), at=at, on=on)
    )  # fmt: skip
    return file_answer(table_as_xlsx(title, _HEADS, cells), name=f"jiaojie-{on:%Y%m%d}.xlsx")


def cards_export(lines: Sequence[Line], *, number: str, on: date) -> HttpResponse:
    """This function will write the cards of a hand-over that are listed, and where each is."""
    cells = (
        (line.row, line.box, line.number, line.name, line.masked_number, line.place)
        for line in lines
    )
    return file_answer(
        table_as_xlsx(number, _CARD_HEADS, cells), name=f"{number}-{on:%Y%m%d}.xlsx"
    )
