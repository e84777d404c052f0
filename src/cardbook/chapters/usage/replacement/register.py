"""补换卡申请单, 收费登记 with its daily sums, 旧卡回收登记 (Art. 9, 19, 26, 32 item 2).

Rows come from the applications, their receipts and the ledger; nothing is entered twice.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q

from cardbook.cards.models import Application, Card
from cardbook.cards.states import Subject
from cardbook.chapters.old_boxes import HAND_INS, old_box_in
from cardbook.chapters.usage.captured import open_captured
from cardbook.chapters.usage.fee_words import due_yuan, faults_of, fee_state
from cardbook.chapters.usage.models import ApplicationDetail, FeeReceipt
from cardbook.chapters.usage.values import Delivery
from cardbook.law.articles import art
from cardbook.law.fees import charge_for
from cardbook.law.roles import SEES_PEOPLE, WRITES_REGISTERS
from cardbook.ledger.models import Event
from cardbook.lib.clock import LOCAL, to_the_minute
from cardbook.lifecycle.facts import ApplyReason, Fault, Plastic
from cardbook.orgs.models import Organization, User
from cardbook.people.holders import holder_of
from cardbook.registers.choosing import PeriodForm, office_of
from cardbook.registers.forms import Column, Form, Sheet, read_within
from cardbook.registers.names_then import names_then
from cardbook.registers.registry import Register

REPLACEMENT_FORM = Form(
    code="replacement_form",
    prefix="BHKS",
    title="陕西省社会保障卡补换卡申请单",
    basis=(art(25), art(26), art(9)),
    columns=(
        Column(key="order", title="序号", width=8, align="center"),
        Column(key="id", title="申请号（取卡凭条码）", width=26),
        Column(key="captured_on", title="受理日期", width=26, under=True),
        Column(key="name", title="姓名", width=32),
        Column(key="number", title="社会保障号码", width=32, under=True),
        Column(key="old_number", title="旧卡号", width=24),
        Column(key="plastic", title="旧卡状态", width=24, under=True),
        Column(key="reason", title="原因", width=24),
        Column(key="photo", title="照片来源", width=24, under=True),
        Column(key="bank", title="银行", width=34),
        Column(key="delivery", title="领卡方式", width=34, under=True),
        Column(key="office", title="受理网点", width=32),
        Column(key="fee", title="费用（应收/免收原因）", width=36),
        Column(key="receipt", title="票据号", width=36, under=True),
        Column(key="promised_on", title="承诺时限", width=26),
        Column(key="progress", title="进度", width=26, under=True),
        Column(key="signed", title="持卡人签字", width=26),
    ),
    signatures=("申请人", "经办人", "复核人"),
    seal="受理机构（章）",
    note="费用按收费标准算出，不能更改；质量问题、采集制卡差错、首次申领不收费（第四条、第九条）。",
    row_height=12,
    blank_rows=1,
)


class OneOrPeriod(PeriodForm):
    """An office and days; or one application alone."""

    application = forms.IntegerField(
        label="只出这件（申请号）", required=False, min_value=1, max_value=2**62
    )


def replacement_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 补换卡申请单 of an office and all below it, or of one alone.

    :raises TooManyRows: when there are more applications than `limit`.
    """
    found = Application.objects.filter(
        Q(detail__office__path__startswith=chosen["office"].path)
        | Q(county__path__startswith=chosen["office"].path),
        kind="replacement",
        detail__captured_on__range=(chosen["start"], chosen["end"]),
    )  # fmt: skip
    if one := chosen.get("application"):
        found = found.filter(pk=one)
    found = found.select_related("person", "old_card", "bank", "detail__office").prefetch_related(
        "receipts"
    )
    rows = read_within(found.order_by("detail__captured_on", "pk"), limit)
    faults = faults_of(rows)
    return Sheet(
        form=REPLACEMENT_FORM,
        office=office_of(chosen["office"]),
        covers=f"受理日期 {chosen['start']} 至 {chosen['end']}",
        rows=tuple(
            _replaced(place, row, office=name, masked=masked, fault=faults.get(row.pk))
            for place, (row, name) in enumerate(zip(rows, _offices(rows), strict=True), 1)
        ),
        totals=(("受理", f"{len(rows)} 件"),),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _offices(rows: Sequence[Application]) -> list[str]:
    """Where each was captured, as the office was called that day."""
    asked = [(one.detail.office, one.detail.captured_on) for one in rows]
    names = names_then(asked)
    return [names[office.pk, day] for office, day in asked]


def _replaced(
    place: int, one: Application, *, office: str, masked: bool, fault: Fault | None
) -> tuple[str, ...]:
    holder, detail, reason = holder_of(one.person), one.detail, ApplyReason(one.reason)
    why = fault.label if fault else reason.label
    fee = (
        f"应收 {due_yuan(one)} 元（{fee_state(one)}）"
        if one.fee_fen
        else charge_for(reason, on=detail.captured_on).words(why)
    )
    signed = {"screen": "屏幕签字", "paper": "纸质签字", "thumb": "按手印"}.get(detail.signing, "")
    signer = f"{signed}（{detail.get_signer_display()}）" if signed else ""
    return (
        str(place), f"SQ{one.pk}", f"{detail.captured_on}", holder.name,
        holder.masked_number if masked else holder.number,
        one.old_card.number if one.old_card else "", detail.get_old_plastic_display(),
        f"{reason.label}（{fault.label}）" if fault else reason.label,
        detail.get_photo_source_display(), one.bank.name if one.bank else "",
        _delivery(detail, masked=masked), office, fee,
        "、".join(receipt.number for receipt in one.receipts.all()),
        f"{detail.promised_on}", one.get_progress_display(), signer,
    )  # fmt: skip


def _delivery(detail: ApplicationDetail, *, masked: bool) -> str:
    """How the card is to arrive; the address of a parcel stands on the sheet that is signed."""
    words = detail.get_delivery_display()
    if masked or detail.delivery != Delivery.POST:
        return words
    return f"{words}：{open_captured(detail.captured_sealed).post_address}"


FEE_FORM = Form(
    code="fee_register",
    prefix="SFDJ",
    title="社会保障卡工本费收费登记",
    basis=(art(26), art(4), art(9), art(32)),
    columns=(
        Column(key="order", title="序号", width=8, align="center"),
        Column(key="happened_at", title="时间", width=26),
        Column(key="office", title="收费机构", width=46),
        Column(key="actor", title="经办人", width=46, under=True),
        Column(key="what", title="事项", width=24),
        Column(key="application", title="申请号", width=20),
        Column(key="name", title="姓名", width=26),
        Column(key="reason", title="补换原因", width=24),
        Column(key="amount", title="金额（元）", width=20, align="right"),
        Column(key="receipt", title="票据号", width=38),
        Column(key="way", title="方式", width=38, under=True),
        Column(key="words", title="说明", width=36),
        Column(key="second", title="第二人", width=18),
    ),
    signatures=("收费人", "对账人", "负责人"),
    seal="收费机构（章）",
    note="金额由收费标准算出；日终按机构与票据、入账核对。不收费的一律不收（第四条、第九条）。",
    row_height=10,
    blank_rows=1,
)
_FEE_ACTS = ("fee.take", "fee.refund", "fee.waive", "fee.refuse")
_TITLES = {"fee.take": "收费", "fee.refund": "退费", "fee.waive": "减免", "fee.refuse": "拒绝收费"}


def fee_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 收费登记, with what each office took and gave back on a day.

    :raises TooManyRows: when there are more entries than `limit`.
    """
    events = read_within(_events(_FEE_ACTS, chosen), limit)
    names = _Names(events, kind="application")
    return Sheet(
        form=FEE_FORM,
        office=office_of(chosen["office"]),
        covers=f"日期 {chosen['start']} 至 {chosen['end']}",
        rows=tuple(names.fee(place, event) for place, event in enumerate(events, start=1)),
        totals=(("登记", f"{len(events)} 笔"), *_daily(events, names)),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _daily(events: Sequence[Event], names: "_Names") -> list[tuple[str, str]]:
    """Taken less given back, by day and office: to be compared with the money and the receipts."""
    sums: dict[tuple[str, str], list[int]] = {}
    for event in events:
        if event.act not in ("fee.take", "fee.refund"):
            continue
        fee_fen = int(json.loads(event.facts)["fee_fen"])
        day = f"{event.happened_at.astimezone(LOCAL):%m-%d}"
        line = sums.setdefault((day, names.offices.get(event.org_id, "")), [0, 0])
        line[0] += 1
        line[1] += fee_fen if event.act == "fee.take" else -fee_fen
    return [
        (f"{day} {office}", f"{count} 张票据，净收 {fen / 100:.2f} 元")
        for (day, office), (count, fen) in sorted(sums.items())
    ]


OLD_CARD_FORM = Form(
    code="old_card_register",
    prefix="JKHS",
    title="旧卡、废卡回收登记",
    basis=(art(26), art(29), art(19)),
    columns=(
        Column(key="order", title="流水", width=10, align="center"),
        Column(key="box", title="盒号", width=24),
        Column(key="name", title="姓名", width=28),
        Column(key="number", title="社会保障号码", width=38),
        Column(key="card", title="卡号", width=28),
        Column(key="office", title="回收网点", width=38),
        Column(key="actor", title="经办人", width=24),
        Column(key="happened_at", title="回收时间", width=28),
        Column(key="plastic", title="卡况", width=20),
        Column(key="place", title="去向（重新发放/退回/销毁）", width=36),
        Column(key="words", title="说明", width=36),
    ),
    signatures=("经办人", "复核人"),
    seal="回收机构（章）",
    note="收回的旧卡已注销，集中存放，按第十九条销毁；制卡质量问题的存质量问题卡存放处，退制卡银行。",
    row_height=10,
    blank_rows=1,
)


def old_card_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 旧卡回收登记 of an office and all below it.

    :raises TooManyRows: when there are more cards than `limit`.
    """
    events = read_within(_events(HAND_INS, chosen), limit)
    names = _Names(events, kind="card")
    return Sheet(
        form=OLD_CARD_FORM,
        office=office_of(chosen["office"]),
        covers=f"回收日期 {chosen['start']} 至 {chosen['end']}",
        rows=tuple(names.card(place, one, masked=masked) for place, one in enumerate(events, 1)),
        totals=(("收回", f"{len(events)} 张"),),
        printed_by=printed_by,
        printed_at=printed_at,
    )


def _events(acts: Sequence[str], chosen: Mapping[str, Any]) -> Any:
    """What offices entered; of a county also what banks entered of its applications."""
    path = chosen["office"].path
    offices = Organization.objects.filter(path__startswith=path)
    own = Application.objects.filter(county__path__startswith=path)
    at_banks = Q(subject_kind=Subject.APPLICATION, subject_id__in=own.values("pk"))
    return Event.objects.filter(
        Q(org_id__in=offices.values("pk")) | at_banks,
        act__in=acts,
        happened_at__gte=chosen["since"],
        happened_at__lt=chosen["until"],
    ).order_by("happened_at", "id")


class _Names:
    """Whom and what the events of a sheet are about, read once for all rows."""

    def __init__(self, events: Sequence[Event], *, kind: str) -> None:
        ids = {event.subject_id for event in events}
        people = {event.actor_id for event in events}
        people |= {event.second_id for event in events if event.second_id}
        self.offices = dict(
            Organization.objects.filter(pk__in={e.org_id for e in events}).values_list(
                "pk", "name"
            )
        )
        self.users = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
        self.applications: dict[int, Application] = {}
        self.cards: dict[int, Card] = {}
        self.ways: dict[object, str] = {}
        if kind == "card":
            found = Card.objects.filter(pk__in=ids)
            self.cards = {
                one.pk: one for one in found.select_related("person", "position__account")
            }
            return
        self.applications = Application.objects.select_related("person").in_bulk(ids)
        receipts = FeeReceipt.objects.filter(application__in=ids)
        self.ways = {(one.application_id, one.refund): one.get_way_display() for one in receipts}

    def fee(self, place: int, event: Event) -> tuple[str, ...]:
        """One row of the 收费登记."""
        application, facts = self.applications[event.subject_id], json.loads(event.facts)
        fen = facts.get("fee_fen", facts.get("asked_fen", 0))
        amount = f"{'-' if event.act == 'fee.refund' else ''}{fen / 100:.2f}"
        way = self.ways.get((application.pk, event.act == "fee.refund"), "")
        taken = event.act in ("fee.take", "fee.refund")
        if not taken:
            amount = f"（{amount}）" if fen else "（未说）"
        return (
            str(place), to_the_minute(event.happened_at),
            self.offices.get(event.org_id, ""), self.users.get(event.actor_id, ""),
            _TITLES[event.act], str(application.pk), holder_of(application.person).name,
            ApplyReason(application.reason).label,
            amount, facts.get("receipt", ""), way if taken else "",
            facts.get("words", ""), self.users.get(event.second_id or 0, ""),
        )  # fmt: skip

    def card(self, place: int, event: Event, *, masked: bool) -> tuple[str, ...]:
        """One row of the 旧卡回收登记."""
        card, facts = self.cards[event.subject_id], json.loads(event.facts)
        holder = holder_of(card.person)
        return (
            str(place), old_box_in(facts).label, holder.name,
            holder.masked_number if masked else holder.number, card.number,
            self.offices.get(event.org_id, ""), self.users.get(event.actor_id, ""),
            to_the_minute(event.happened_at), Plastic(facts["plastic"]).label,
            card.position.account.get_kind_display(),
            facts.get("words", ""),
        )  # fmt: skip


REPLACEMENTS = Register(
    slug="replacements", form=REPLACEMENT_FORM, choose=OneOrPeriod, sheet=replacement_sheet,
    readers=SEES_PEOPLE, issuers=WRITES_REGISTERS,
    empty_text="所选机构在这段时间没有受理补换卡。受理后自动出现在这里，无需另填。",
)  # fmt: skip
FEES = Register(
    slug="fees", form=FEE_FORM, choose=PeriodForm, sheet=fee_sheet, readers=SEES_PEOPLE,
    issuers=WRITES_REGISTERS, empty_text="所选机构在这段时间没有收费、退费、减免。",
)  # fmt: skip
OLD_CARDS = Register(
    slug="old_cards", form=OLD_CARD_FORM, choose=PeriodForm, sheet=old_card_sheet,
    readers=SEES_PEOPLE, issuers=WRITES_REGISTERS, empty_text="所选机构在这段时间没有收回旧卡。",
)  # fmt: skip
