"""The list of wrong cards as it is seen, as a workbook with masked numbers (Art. 13, 32)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.corrections.wrong_cards.queries import CorrectionRow
from cardbook.law.articles import art
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_COLUMNS = (
    Column(key="order", title="序号", width=9, align="center"),
    Column(key="number", title="错卡处理号", width=14, align="right"),
    Column(key="card", title="社保卡卡号", width=20),
    Column(key="name", title="持卡人", width=20),
    Column(key="masked", title="社会保障号码", width=32),
    Column(key="fields", title="错误项目", width=26),
    Column(key="fault", title="责任归属", width=20),
    Column(key="found", title="发现环节", width=16),
    Column(key="found_on", title="发现日期", width=20),
    Column(key="progress", title="进度", width=24),
    Column(key="days", title="本步已等天数", width=18, align="right"),
    Column(key="overdue", title="确认逾期天数", width=18, align="right"),
    Column(key="police", title="公安更正预计日", width=20),
    Column(key="told", title="已说明", width=34),
    Column(key="reference", title="省系统登记号", width=28),
)


def corrections_as_xlsx(
    rows: Sequence[CorrectionRow], *, title: str, by: Actor, at: datetime
) -> tuple[bytes, str]:
    """This function will write a list as a workbook, and name the file."""
    form = Form(
        code="wrong_cards_seen",
        prefix="CKQ",
        title=f"错卡处理（{title}）",
        basis=(art(13), art(14), art(15)),
        columns=_COLUMNS,
        signatures=("经办人",),
        seal="卡管机构（章）",
        note="查阅件，号码已隐去中间各位。",
    )
    content = list_as_xlsx(
        form,
        (_cells(place, row) for place, row in enumerate(rows, start=1)),
        covers=title,
        totals=(("件数", f"{len(rows)} 件"),),
        by=by,
        at=at,
    )
    return content, f"错卡处理_{title}_{local_day(at):%Y%m%d}.xlsx"


def _cells(place: int, row: CorrectionRow) -> tuple[str, ...]:
    told = f"{local_day(row.told_at)} {row.told_whom} {row.told_way}" if row.told_at else "未说明"
    return (
        str(place), str(row.id), row.card_number, row.name, row.masked_number, row.fields_text,
        row.fault.label, row.found, f"{row.found_on}", row.progress_title, str(row.days),
        str(row.overdue or ""), str(row.expected_on or ""), told, row.reference,
    )  # fmt: skip
