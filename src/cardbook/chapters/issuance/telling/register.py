"""《告知确认书》: which notices were told to whom, by whom, when, in which words (Art. 12).

Columns: domain.md 3.4, 8.2. `queries.py` reads; the texts and their versions are in `law/notices`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms

from cardbook.chapters.issuance.telling.queries import Told, notices_told
from cardbook.chapters.signatures import signature_cell, signature_pictures
from cardbook.law.articles import art
from cardbook.law.roles import SEES_PEOPLE, WRITES_REGISTERS
from cardbook.registers.choosing import PeriodForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

FORM = Form(
    code="notices_told",
    prefix="GZQR",
    title="告知确认书",
    basis=(art(9), art(12), art(13), art(15), art(21), art(22), art(28), art(29), art(30)),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="name", title="持卡人姓名", width=30),
        Column(key="number", title="社会保障号码", width=30, under=True),
        Column(key="card", title="卡号（申请号）", width=26),
        Column(key="act", title="办理事项", width=26, under=True),
        Column(key="title", title="告知事项", width=22),
        Column(key="version", title="告知事项版本号", width=22, under=True),
        Column(key="words", title="告知内容", width=84),
        Column(key="happened_at", title="告知时间", width=28),
        Column(key="office", title="告知机构", width=28, under=True),
        Column(key="whom", title="告知对象", width=26),
        Column(key="way", title="方式", width=26, under=True),
        Column(key="confirmed", title="持卡人确认", width=30, align="center", picture=True),
        Column(key="actor", title="告知人", width=15),
    ),
    signatures=("告知人", "复核人", "窗口负责人"),
    seal="告知机构（章）",
    note="告知事项版本号对应本系统保存的告知文本；银行、网点、电话按卡的现登记打印。",
    row_height=12,
)


class ToldForm(PeriodForm):
    """An office and days; or one card, temporary card or application alone."""

    card = forms.CharField(
        label="只出这张卡（卡号、SQ 申请号）", required=False, max_length=24, empty_value=""
    )


def told_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 告知确认书 of an office and all below it, or of one card.

    :raises TooManyRows: when more was told than `limit`.
    """
    card = (chosen.get("card") or "").strip().upper()
    rows = notices_told(
        office_path=chosen["office"].path,
        start=chosen["since"],
        end=chosen["until"],
        number=card,
        masked=masked,
        limit=None if limit is None else limit + 1,
    )
    refuse_too_many(len(rows), limit)
    pictures = {} if masked else signature_pictures(row.confirmed for row in rows)
    span = f"告知日期 {chosen['start']} 至 {chosen['end']}"
    return Sheet(
        form=FORM,
        office=office_of(chosen["office"]),
        covers=f"{span}　卡号 {card}" if card else span,
        rows=tuple(_cells(place, row, pictures) for place, row in enumerate(rows, start=1)),
        totals=_totals(rows),
        printed_by=printed_by,
        printed_at=printed_at,
        pictures=pictures,
    )


def _totals(rows: list[Told]) -> tuple[tuple[str, str], ...]:
    """How often each text was told."""
    titles = dict.fromkeys(row.title for row in rows)
    each = ((title, f"{sum(row.title == title for row in rows)} 次") for title in titles)
    return (("告知", f"{len(rows)} 次"), *each)


def _cells(place: int, row: Told, pictures: Mapping[str, bytes]) -> tuple[str, ...]:
    row = replace(row, confirmed=signature_cell(row.confirmed, pictures))
    return (str(place), *(getattr(row, column.key) for column in FORM.columns[1:]))


NOTICES_TOLD = Register(
    slug="notices_told",
    form=FORM,
    choose=ToldForm,
    sheet=told_sheet,
    readers=SEES_PEOPLE,
    issuers=WRITES_REGISTERS,
    empty_text="所选机构在这段时间没有登记告知。发卡、挂失、补换卡时告知的，自动出现在这里。",
)
