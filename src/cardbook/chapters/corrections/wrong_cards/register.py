"""《商洛市社会保障卡信息错误人员清单》: one row for each wrong card found (Art. 13 to 15).

`queries.py` beside it reads the rows; `cardbook.registers` prints and freezes.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from cardbook.chapters.corrections.wrong_cards.queries import (
    CorrectionRow,
    Wanted,
    correction_rows,
)
from cardbook.chapters.corrections.wrong_cards.scope import READERS
from cardbook.chapters.corrections.wrong_cards.values import Values, labels_of, shown_values
from cardbook.law.articles import art
from cardbook.law.roles import WRITES_REGISTERS, Role
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.facts import WrongField
from cardbook.registers.choosing import PeriodForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

FORM = Form(
    code="wrong_card_list",
    prefix="XXCW",
    title="商洛市社会保障卡信息错误人员清单",
    basis=(art(13), art(14), art(15)),
    columns=(
        Column(key="order", title="序号", width=8, align="center"),
        Column(key="found_on", title="发现日期", width=21),
        Column(key="found", title="发现环节", width=21, under=True),
        Column(key="name", title="姓名（卡面）", width=31),
        Column(key="number", title="社会保障号码（卡面）", width=31, under=True),
        Column(key="card_number", title="社保卡卡号", width=21),
        Column(key="bank", title="银行", width=21, under=True),
        Column(key="fields", title="错误项目", width=16),
        Column(key="face", title="卡面值", width=33),
        Column(key="right", title="正确值（身份证/户口簿）", width=33, under=True),
        Column(key="proof", title="证明材料", width=21),
        Column(key="rechecked", title="再次核查人/日期", width=21, under=True),
        Column(key="taken_back", title="是否收回/收回时间", width=23),
        Column(key="told", title="已向持卡人或代理人说明（时间/方式）", width=23, under=True),
        Column(key="entered", title="省系统错卡登记号/日期", width=27),
        Column(key="confirmed", title="省系统确认日期", width=27, under=True),
        Column(key="police", title="公安更正（需/不需/已完成日期）", width=21),
        Column(key="fault", title="责任归属", width=21, under=True),
        Column(key="fee", title="是否收费", width=15),
        Column(key="application", title="补换卡申请号", width=15, under=True),
        Column(key="lot", title="销毁清单号", width=15),
        Column(key="recorder", title="登记人", width=14),
        Column(key="reviewer", title="审核人", width=14, under=True),
    ),
    signatures=("登记人", "审核人", "发放机构负责人"),
    seal="发放机构（章）",
    note="登记时已再次核查持卡人各项信息数据，确保完整准确；卡已收回，不得发放、激活。",
    row_height=13,
    blank_rows=2,
)


def wrong_card_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 清单 of an office and all below it for a span of days.

    :raises TooManyRows: when there are more wrong cards than `limit`.
    """
    start, end = chosen["start"], chosen["end"]
    wanted = Wanted(order="found", office=chosen["office"].path, since=start, until=end)
    rows = correction_rows(
        wanted,
        within="",
        today=local_day(printed_at),
        limit=None if limit is None else limit + 1,
    )
    refuse_too_many(len(rows), limit)
    dropped = sum(row.progress == "dropped" for row in rows)
    return Sheet(
        form=FORM,
        office=office_of(chosen["office"]),
        covers=f"发现日期 {start} 至 {end}",
        rows=tuple(_cells(place, row, masked=masked) for place, row in enumerate(rows, start=1)),
        totals=(
            ("登记", f"{len(rows)} 件"),
            ("其中误登撤销", f"{dropped} 件"),
            ("省系统已确认", f"{sum(row.confirmed_on is not None for row in rows)} 件"),
            ("已转补换卡", f"{sum(row.progress == 'resumed' for row in rows)} 件"),
        ),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _cells(place: int, row: CorrectionRow, *, masked: bool) -> tuple[str, ...]:
    number = _face(row.face, WrongField.NUMBER, row.number)
    cells = {
        "order": str(place),
        "found_on": f"{row.found_on}",
        "found": row.found,
        "name": _face(row.face, WrongField.NAME, row.name),
        "number": mask_number(number) if masked else number,
        "card_number": row.card_number,
        "bank": row.bank,
        "fields": labels_of(row.fields),
        "proof": row.proof,
        "face": shown_values(row.fields, row.face, masked=masked),
        "right": shown_values(row.fields, row.right, masked=masked),
        "rechecked": _with_day(row.rechecker, row.rechecked_at),
        "taken_back": _taken_back(row),
        "told": f"{_day(row.told_at)} {row.told_whom} {row.told_way}" if row.told_at else "未说明",
        "police": _police(row),
        "entered": " ".join(part for part in (row.reference, _day(row.entered_on)) if part),
        "confirmed": _day(row.confirmed_on),
        "fault": row.fault.label,
        "fee": _fee(row),
        "application": str(row.application_id or ""),
        "lot": row.lot,
        "recorder": row.recorder,
        "reviewer": row.rechecker,
    }
    return tuple(cells[column.key] for column in FORM.columns)


def _face(face: Values, field: WrongField, registered: str) -> str:
    return face.get(field) or registered


def _day(at: datetime | date | None) -> str:
    if isinstance(at, datetime):
        at = local_day(at)
    return f"{at}" if at else ""


def _with_day(name: str, at: datetime | None) -> str:
    return f"{name} {_day(at)}" if at else ""


def _taken_back(row: CorrectionRow) -> str:
    if row.progress == "dropped":
        return "误登，已撤销"
    return f"是 {to_the_minute(row.recorded_at)}"


def _police(row: CorrectionRow) -> str:
    if row.corrected_on:
        return f"已完成 {row.corrected_on}"
    if not row.fault.needs_police:
        return "不需"
    return f"需，预计 {row.expected_on}" if row.expected_on else "需"


def _fee(row: CorrectionRow) -> str:
    if row.fee_fen is not None:
        return f"{row.fee_fen / 100:.2f} 元" if row.fee_fen else "不收"
    return "不收" if row.fault.is_free else "收（未开申请）"


WRONG_CARDS = Register(
    slug="wrong_cards",
    form=FORM,
    choose=PeriodForm,
    sheet=wrong_card_sheet,
    readers=READERS,
    issuers=WRITES_REGISTERS | {Role.BANK_TELLER},
    empty_text="所选机构在这段时间没有登记错卡。登记后自动出现在这里，无需另填。",
)
