"""What a holder takes home: the receipt of his fee, the slip to collect with (Art. 25, 26).

Set like the slip of a hand-over; `register.py` beside it has the forms that offices keep.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from cardbook.cards.models import Application
from cardbook.cards.states import Fee
from cardbook.chapters.usage.fee_words import faults_of
from cardbook.chapters.usage.models import FeeReceipt
from cardbook.law import notices
from cardbook.law.fees import Charge, charge_for
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.lifecycle.facts import ApplyReason
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User
from cardbook.people.holders import holder_of
from cardbook.registers.codes import SLIP, qr_svg, scan_code
from cardbook.registers.names_then import name_then
from cardbook.registers.typesetting import typeset

_LAYOUT = Path(__file__).parent / "layouts" / "slip.typ"

# What there is to print of a fee.
FEE_PAPERS: Mapping[str, str] = {Fee.PAID: "收据", Fee.REFUNDED: "退费凭据"}


def _charge(application: Application) -> Charge:
    """By which line of the tariff it was charged: of wrong faces there are two (Art. 15)."""
    wrong_by_holder = application.reason == ApplyReason.ERROR and application.fee_fen
    reason = "own_change" if wrong_by_holder else application.reason
    return charge_for(reason, on=application.detail.captured_on)


def receipt_pdf(
    application: Application,
    paid: FeeReceipt,
    *,
    given_back: FeeReceipt | None = None,
    by: Actor,
    at: datetime,
) -> bytes:
    """This function will set the receipt of a fee on A5: how much, for what, by which document.

    Once it was given back there is no receipt to be had: what the holder signs says that it was.
    """
    holder = holder_of(application.person)
    charge = _charge(application)
    last = given_back or paid
    data = {
        "title": "社会保障卡工本费退费凭据" if given_back else "社会保障卡工本费收据",
        "name": holder.name,
        "amount": f"{'退还' if given_back else ''}人民币 {last.fee_fen / 100:.2f} 元",
        "facts": [
            *_back_facts(given_back),
            ["原票据号" if given_back else "票据号", paid.number],
            ["社会保障号码", holder.masked_number],
            ["申请号", str(application.pk)],
            ["事由", ApplyReason(application.reason).label + "补换卡"],
            ["收费方式", paid.get_way_display()],
            ["收费日期", f"{paid.taken_on}"],
            ["收费机构", name_then(paid.office, paid.taken_on)],
        ],
        "notice": "退费" if given_back else "收费依据",
        "lines": _BACK_LINES if given_back else _receipt_lines(charge),
        "code": qr_svg(scan_code(SLIP, f"SF{application.pk}", last.number)),
        "foot": f"依据：{charge.basis_text}　{'打印' if given_back else '经办'} {by.name}",
        "printed": to_the_minute(at),
    }  # fmt: skip
    return typeset(layout=_LAYOUT, data=data, at=at)


_BACK_LINES = [
    "工本费已如数退还，原票据作废，请交回。",
    "退费由两名工作人员登记，写明理由，记录在案。",
    "领款人签字：＿＿＿＿＿＿＿＿　日期：＿＿＿＿＿＿",
]


def _back_facts(given_back: FeeReceipt | None) -> list[list[str]]:
    if given_back is None:
        return []
    return [
        ["退费票据号", given_back.number],
        ["退费日期", f"{given_back.taken_on}"],
        ["退费机构", given_back.office.name],
        *_who_gave_back(given_back),
    ]


def _who_gave_back(given_back: FeeReceipt) -> list[list[str]]:
    """Who registered it and who signed besides, whoever prints the paper (Art. 26, 32)."""
    event = Event.objects.filter(act="fee.refund", batch=given_back.batch).first()
    if event is None:
        return []
    names = dict(
        User.objects.filter(pk__in=[event.actor_id, event.second_id]).values_list("pk", "name")
    )
    return [
        ["退费登记人", names.get(event.actor_id, "")],
        ["退费第二人", names.get(event.second_id or 0, "")],
    ]


def _receipt_lines(charge: Charge) -> list[str]:
    unconfirmed = "" if charge.confirmed else "（标准待市局确认）"
    return [
        f"{charge.title}，依据{charge.document}{unconfirmed}。",
        "一件申请只收一次；首次申领、质量问题、采集制卡差错不收费。",
        "有人多收、重复收费的，请凭本收据到窗口或拨打 12333。",
    ]


def collect_pdf(application: Application, *, by: Actor, at: datetime) -> bytes:
    """This function will set the slip with which the new card is collected: when, with what."""
    holder, detail = holder_of(application.person), application.detail
    reason = ApplyReason(application.reason)
    notice = notices.notice(notices.REPLACEMENT.code, on=local_day(at))
    fault = faults_of([application]).get(application.pk)
    words = _charge(application).words(fault.label if fault else reason.label)
    data = {
        "title": "社会保障卡申请受理凭条",
        "name": holder.name,
        "amount": f"预计 {detail.promised_on} 前做好",
        "facts": [
            ["申请号", str(application.pk)],
            ["社会保障号码", holder.masked_number],
            ["事由", reason.label],
            ["制卡银行", application.bank.name if application.bank else ""],
            ["领卡方式", detail.get_delivery_display()],
            ["受理日期", f"{detail.captured_on}"],
            ["受理机构", name_then(detail.office, detail.captured_on)],
        ],
        "notice": notice.title,
        "lines": list(
            notice.filled({"fee_words": words, "promised_on": f"{detail.promised_on}"})
        ),
        "code": qr_svg(scan_code(SLIP, f"SQ{application.pk}", str(application.pk))),
        "foot": f"依据：{notice.basis_text}　经办 {by.name}",
        "printed": to_the_minute(at),
    }  # fmt: skip
    return typeset(layout=_LAYOUT, data=data, at=at)
