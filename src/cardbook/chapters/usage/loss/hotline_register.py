"""《12333 服务工单》: call by call what the hotline did, here or for another city (Art. 28).

`register.py` beside it has the registers by loss and by lifting; this one goes by the call.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cardbook.chapters.usage.loss.list_queries import lift_rows, loss_rows
from cardbook.chapters.usage.loss.list_rows import LiftRow, LossRow
from cardbook.chapters.usage.loss.outside import outside_rows
from cardbook.chapters.usage.loss.register import LOSSES, LossPeriodForm, wanted_of
from cardbook.chapters.usage.models import OutsideCall
from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.facts import RequestChannel
from cardbook.people import vault
from cardbook.registers.choosing import office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.registry import Register

FORM = Form(
    code="hotline_register",
    prefix="FWGD",
    title="12333 服务工单（社会保障卡）",
    basis=(art(28),),
    columns=(
        Column(key="order", title="序号", width=10, align="center"),
        Column(key="at", title="受理时间", width=30),
        Column(key="call", title="通话编号", width=30, under=True),
        Column(key="name", title="姓名", width=34),
        Column(key="document", title="社会保障号码", width=34, under=True),
        Column(key="card_number", title="社保卡卡号", width=30),
        Column(key="matter", title="事项", width=30, under=True),
        Column(key="verified", title="核验方式（问题/证件）", width=46),
        Column(key="result", title="结果", width=46),
        Column(key="told", title="已告知银行挂失、损失责任", width=30),
        Column(key="device", title="终端", width=26),
        Column(key="actor", title="操作人", width=30),
        Column(key="office", title="受理机构", width=30, under=True),
    ),
    signatures=("话务员", "复核人", "机构负责人"),
    seal="受理机构（章）",
    note="第二十八条：接到挂失请求后迅速办理社保功能挂失，并告知到合作银行办理金融功能挂失。",
    row_height=12,
)


def hotline_sheet(
    *, chosen: Mapping[str, Any], masked: bool, printed_by: str, printed_at: datetime,
    limit: int | None,
) -> Sheet:  # fmt: skip
    """This function will fill the work orders of an office and all below it, in their order.

    :raises TooManyRows: when there are more of them than `limit`.
    """
    most = None if limit is None else limit + 1
    wanted = replace(wanted_of(chosen), channel=str(RequestChannel.HOTLINE))
    losses = loss_rows(wanted, by=None, at=printed_at, limit=most)
    lifts = lift_rows(wanted, by=None, at=printed_at, limit=most)
    rows = sorted(
        (
            *(_loss(row, masked=masked) for row in losses),
            *(_lift(row, masked=masked) for row in lifts),
            *_outside(chosen, masked=masked, limit=most),
        ),
        key=lambda row: row[0],
    )
    refuse_too_many(len(rows), limit)
    return Sheet(
        form=FORM,
        office=office_of(chosen["office"]),
        covers=f"受理日期 {chosen['start']} 至 {chosen['end']}",
        rows=tuple((str(place), *cells) for place, (_, cells) in enumerate(rows, start=1)),
        totals=(("工单", f"{len(rows)} 件"),),
        printed_by=printed_by,
        printed_at=printed_at,
    )


_Row = tuple[datetime, tuple[str, ...]]


def _loss(row: LossRow, *, masked: bool) -> _Row:
    until = f"，有效至 {to_the_minute(row.until)}" if row.until else ""
    return row.happened_at, (
        to_the_minute(row.happened_at), row.call, row.name,
        row.masked_document if masked else row.document, row.card_number, row.kind,
        row.verified, f"已办理{until}；现状：{row.state}",
        to_the_minute(row.told_at) or "未告知", row.device, row.actor, row.office,
    )  # fmt: skip


def _lift(row: LiftRow, *, masked: bool) -> _Row:
    return row.happened_at, (
        to_the_minute(row.happened_at), "", row.name,
        row.masked_document if masked else row.document, row.card_number, row.kind,
        row.verified, f"社保侧已解挂；银行侧：{row.bank_state}", "", row.device, row.actor,
        row.office,
    )  # fmt: skip


def _outside(
    chosen: Mapping[str, Any], *, masked: bool, limit: int | None
) -> Iterator[_Row]:  # fmt: skip
    """Calls about another city's card: nobody is verified for it, and no terminal is kept."""
    calls = list(
        OutsideCall.objects.filter(
            office__path__startswith=chosen["office"].path,
            handled_at__gte=chosen["since"], handled_at__lt=chosen["until"],
        )
        .select_related("office", "handled_by")
        .order_by("handled_at", "id")[:limit]
    )  # fmt: skip
    for call, row in zip(calls, outside_rows(calls), strict=True):
        number = vault.open_text(call.number_sealed, context=vault.NUMBER)
        name = vault.open_text(call.name_sealed, context=vault.NAME) if call.name_sealed else ""
        yield (
            row.handled_at,
            (
                to_the_minute(row.handled_at), row.call, name,
                mask_number(number) if masked else number, f"外地卡（{row.place}）", row.matter,
                "", row.answer, f"发卡地电话 {row.hotline}", "", row.handled_by, row.office,
            ),
        )  # fmt: skip


HOTLINE = Register(
    slug="hotline_register",
    form=FORM,
    choose=LossPeriodForm,
    sheet=hotline_sheet,
    readers=LOSSES.readers,
    issuers=LOSSES.issuers,
    empty_text="所选机构在这段时间没有 12333 来电办理的事项。登记后自动列在这里。",
)
