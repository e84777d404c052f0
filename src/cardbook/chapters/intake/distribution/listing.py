"""The list of hand-overs as a spreadsheet: what is seen, no holder named (Art. 6, 20)."""

import io
from datetime import date, datetime

from django.db.models import QuerySet
from django.http import HttpResponse
from openpyxl import Workbook

from cardbook.chapters.intake.distribution.queries import rows
from cardbook.custody.models import Shipment
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor

MOST_EXPORTED = 5000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEADS = ("交接单", "交出机构", "接收机构", "交出时间", "张数", "未点收", "逾期天数", "说明")


def list_export(
    by: Actor, found: QuerySet[Shipment], *, at: datetime, on: date, title: str
) -> HttpResponse:
    """This function will write what the list shows, the newest `MOST_EXPORTED` of it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.append(_HEADS)
    for row in rows(by, list(found[:MOST_EXPORTED]), at=at, on=on):
        sent = "" if row.is_blind else row.sent
        way = "" if row.is_blind else row.under_way
        sheet.append(
            (
                row.number, row.sender, row.receiver,
                f"{row.sent_at.astimezone(LOCAL):%Y-%m-%d %H:%M}", sent, way,
                row.overdue_days or "", row.words,
            )
        )  # fmt: skip
    out = io.BytesIO()
    book.save(out)
    answer = HttpResponse(out.getvalue(), content_type=_XLSX)
    answer["Content-Disposition"] = f'attachment; filename="jiaojie-{on:%Y%m%d}.xlsx"'
    return answer
