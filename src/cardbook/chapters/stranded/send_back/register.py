"""《滞留原因统计表》 of any return, 注销登记表 and the letters to banks (Art. 17, 18).

`form.py` fills the first; the others are filled here. `cardbook.registers` prints and freezes.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django import forms
from django.db import connection
from django.db.models import QuerySet

from cardbook.chapters.stranded.arrivals import given_by
from cardbook.chapters.stranded.models import BankNotice, ReturnLine
from cardbook.chapters.stranded.scope import office_within
from cardbook.chapters.stranded.send_back import form
from cardbook.chapters.stranded.send_back.queries import latest_lines
from cardbook.chapters.stranded.shipment_choice import ShipmentChooser
from cardbook.custody.models import Purpose, Shipment
from cardbook.law.articles import art
from cardbook.law.roles import Role
from cardbook.lib.clock import LOCAL, to_the_minute
from cardbook.lib.masking import mask_number
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.facts import SentBack, Stranding
from cardbook.orgs.actors import Actor
from cardbook.outbox.states import State
from cardbook.people import vault
from cardbook.people.holders import holder_of
from cardbook.registers.choosing import ChooseForm, PeriodForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.names_then import as_it_was
from cardbook.registers.registry import Register

_CANCELS = (Path(__file__).parent / "sql" / "cancel_register.sql").read_text(encoding="utf-8")
_SHOWN = 200

CANCEL_FORM = Form(
    code="cancel_register",
    prefix="ZXDJ",
    title="社会保障卡注销登记表",
    basis=(art(17), art(18)),
    columns=(
        Column(key="order", title="序号", width=9, align="center"),
        Column(key="applicant", title="申请人", width=34),
        Column(key="quality", title="身份", width=34, under=True),
        Column(key="name", title="持卡人姓名", width=24),
        Column(key="citizen", title="社会保障号码", width=36),
        Column(key="number", title="社保卡卡号", width=26),
        Column(key="bank", title="银行", width=26, under=True),
        Column(key="reason", title="原因", width=24),
        Column(key="proof", title="证明", width=34),
        Column(key="plastic", title="卡实物", width=15, align="center"),
        Column(key="cancel", title="注销号", width=26),
        Column(key="at", title="社保功能注销时间", width=26, under=True),
        Column(key="told", title="已告知银行注销（告知函）", width=32),
        Column(key="owed", title="省系统、银行答复", width=34),
        Column(key="actor", title="经办人", width=18),
        Column(key="second", title="复核人", width=18),
    ),
    signatures=("经办人", "复核人", "管理机构负责人"),
    seal="管理机构（章）",
    note="退回的卡由市、县区管理机构统一注销；银行侧状态以银行反馈为准。",
    row_height=8,
)
NOTICE_FORM = Form(
    code="bank_notice",
    prefix="GZH",
    title="社会保障卡注销告知函（送合作银行）",
    basis=(art(18), art(19)),
    columns=(
        Column(key="order", title="序号", width=12, align="center"),
        Column(key="name", title="持卡人姓名", width=34),
        Column(key="citizen", title="社会保障号码", width=48),
        Column(key="number", title="社保卡卡号", width=34),
        Column(key="last4", title="银行卡尾号", width=24, align="center"),
        Column(key="at", title="社保功能注销日期", width=34),
        Column(key="reason", title="原因", width=34),
        Column(key="answer", title="银行处理情况（银行填写）", width=60),
    ),
    signatures=("送出人", "银行接收人", "银行回执日期"),
    seal="管理机构（章）",
    note="请贵行按规定处理上列卡的金融功能，并在回执栏填写后退回一份。",
    row_height=9,
)


def _returns_of(by: Actor) -> QuerySet[Shipment]:
    """To or from an office within sight."""
    near = office_within(by, "sender__") | office_within(by, "receiver__")
    return Shipment.objects.filter(near, purpose=Purpose.RETURN)


class ReturnForm(ShipmentChooser):
    """A return."""

    purpose = Purpose.RETURN
    title = "退回交接单"
    seen_by = staticmethod(_returns_of)


def return_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill 《滞留原因统计表》 of a return, with what was done since.

    :raises TooManyRows: when it has more cards than `limit`.
    """
    shipment: Shipment = chosen["shipment"]
    ids = list(shipment.lines.order_by("row").values_list("card_id", flat=True))
    refuse_too_many(len(ids), limit)
    lines = latest_lines(ids)
    listed = [
        lines.get(id_) or ReturnLine(card_id=id_, reason=str(Stranding.OTHER)) for id_ in ids
    ]
    return form.stranded_sheet(
        lines=listed, sender=as_it_was(shipment.sender, shipment.sent_at),
        receiver=as_it_was(shipment.receiver, shipment.sent_at),
        number=shipment.number, checker=given_by(shipment), masked=masked,
        printed_by=printed_by, printed_at=printed_at,
    )  # fmt: skip


def cancel_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will list the cards an office cancelled in a span of days (Art. 18).

    :raises TooManyRows: when there are more than `limit`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _CANCELS,
            {
                "office": f"{chosen['office'].path}%", "start": chosen["since"],
                "end": chosen["until"], "limit": None if limit is None else limit + 1,
            },
        )  # fmt: skip
        found = named_rows(cursor)
    refuse_too_many(len(found), limit)
    told = sum(row["sent_at"] is not None for row in found)
    return Sheet(
        form=CANCEL_FORM,
        office=office_of(chosen["office"]),
        covers=f"注销日期 {chosen['start']} 至 {chosen['end']}",
        rows=tuple(_cancel(place, row, masked=masked) for place, row in enumerate(found, 1)),
        totals=(("注销", f"{len(found)} 张"), ("已告知银行", f"{told} 张")),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _cancel(place: int, row: Mapping[str, Any], *, masked: bool) -> tuple[str, ...]:
    citizen = vault.open_text(row["number_sealed"], context=vault.NUMBER)
    facts = json.loads(row["facts"])
    proof = SentBack(
        reason=Stranding(facts["reason"]), proof=row["proof"], proof_number=row["proof_number"],
        proof_on=row["proof_on"],
    )  # fmt: skip
    return (
        str(place),
        row["office"],
        "机构统一注销",
        vault.open_text(row["name_sealed"], context=vault.NAME),
        mask_number(citizen) if masked else citizen,
        row["card_number"],
        row["bank"],
        proof.reason.label,
        proof.proof_text or facts["words"],
        "收回",
        form.cancel_number(row["cancel"]),
        to_the_minute(row["happened_at"]),
        _told(row),
        _owed(row),
        row["actor"],
        row["second"],
    )


def _told(row: Mapping[str, Any]) -> str:
    if row["sent_at"] is None:
        return "☐ 未送出"
    answer = f"，回执 {row['acknowledged_on']}" if row["acknowledged_on"] else "，未回执"
    return f"☑ {row['sent_at'].astimezone(LOCAL):%Y-%m-%d}{answer}"


def _owed(row: Mapping[str, Any]) -> str:
    """How the messages stand: owed until the other side answers, whatever letter went."""
    sides = (("省系统", row["province"]), ("银行", row["bank_message"]))
    return "；".join(f"{title}{State(code).label}" for title, code in sides if code)  # type: ignore[call-arg] # looks it up


class NoticeForm(ChooseForm):
    """A letter of the actor's county to a bank."""

    notice = forms.ModelChoiceField(
        label="告知函", queryset=BankNotice.objects.none(), empty_label=None,
        error_messages={"invalid_choice": "没有这份告知函，或不在您的管辖范围内。"},
    )  # fmt: skip

    def narrow(self) -> None:
        """Letters of the actor's county; the menu shows the newest."""
        found = BankNotice.objects.filter(office__path__startswith=self.county_path)
        field = self.fields["notice"]
        field.queryset = found.select_related("bank", "office").order_by("-id")  # type: ignore[attr-defined]
        field.widget.choices = [
            (one.pk, f"{one}　{one.on}　{one.bank.name}")
            for one in field.queryset[:_SHOWN]  # type: ignore[attr-defined]
        ]

    def usual(self) -> dict[str, Any]:
        """The newest letter."""
        newest = self.fields["notice"].queryset.first()  # type: ignore[attr-defined]
        return {"notice": str(newest.pk) if newest else ""}


def notice_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will write the letter to a bank: which of its cards were cancelled on a day.

    :raises TooManyRows: when there are more than `limit`.
    """
    notice: BankNotice = chosen["notice"]
    found = list(notice.lines.select_related("card__person").order_by("id"))
    refuse_too_many(len(found), limit)
    lines = latest_lines([one.card_id for one in found])
    rows = []
    for place, one in enumerate(found, start=1):
        holder, line = holder_of(one.card.person), lines.get(one.card_id)
        citizen = holder.masked_number if masked else holder.number
        reason = Stranding(line.reason).label if line else Stranding.OTHER.label
        rows.append(
            (
                str(place), holder.name, citizen, one.card.number, one.card.bank_last4,
                f"{notice.on}", reason, "",
            )
        )  # fmt: skip
    sent = f"{notice.sent_at.astimezone(LOCAL):%Y-%m-%d}" if notice.sent_at else "未登记送出"
    return Sheet(
        form=NOTICE_FORM,
        office=office_of(notice.office, at=notice.on),
        covers=f"告知函 {notice.number}　致 {notice.bank.name}",
        rows=tuple(rows),
        heads=(("注销日期", f"{notice.on}"), ("送出", sent)),
        totals=(("注销", f"{len(rows)} 张"),),
        printed_by=printed_by,
        printed_at=printed_at,
    )


_BODY = frozenset({Role.CITY_MANAGER, Role.CARD_KEEPER, Role.COUNTY_MANAGER, Role.REVIEWER})
_SENDERS = _BODY | {
    Role.WINDOW_CLERK, Role.AGENCY_CLERK, Role.BANK_TELLER, Role.VILLAGE_HELPER,
    Role.UNIT_HANDLER,
}  # fmt: skip
STRANDED = Register(
    slug="stranded_form",
    form=form.FORM,
    choose=ReturnForm,
    sheet=return_sheet,
    readers=_SENDERS | {Role.AUDITOR},
    issuers=_SENDERS,
    empty_text="还没有退回。在“退回滞留卡”中扫卡、选原因、提交后，统计表自动出具。",
)
CANCELS = Register(
    slug="cancel_register",
    form=CANCEL_FORM,
    choose=PeriodForm,
    sheet=cancel_sheet,
    readers=_BODY | {Role.AUDITOR},
    issuers=_BODY,
    empty_text="所选机构在这段时间没有注销退回的卡。",
)
NOTICES = Register(
    slug="bank_notice",
    form=NOTICE_FORM,
    choose=NoticeForm,
    sheet=notice_sheet,
    readers=_BODY | {Role.AUDITOR},
    issuers=_BODY,
    empty_text="还没有告知函。注销退回的卡后，按银行和日期自动生成。",
)
