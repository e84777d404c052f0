"""What a holder takes home: the receipt of his fee, the slip to collect with (Art. 25, 26).

Set like the slip of a hand-over; `register.py` beside it has the forms that offices keep.
"""

from datetime import datetime
from pathlib import Path

from cardbook.cards.models import Application
from cardbook.chapters.usage.models import FeeReceipt
from cardbook.law import notices
from cardbook.law.fees import Charge, charge_for
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.lifecycle.facts import ApplyReason
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.registers.codes import SLIP, qr_svg, scan_code
from cardbook.registers.names_then import name_then
from cardbook.registers.typesetting import typeset

_LAYOUT = Path(__file__).parent / "layouts" / "slip.typ"


def _charge(application: Application) -> Charge:
    """By which line of the tariff it was charged: of wrong faces there are two (Art. 15)."""
    wrong_by_holder = application.reason == ApplyReason.ERROR and application.fee_fen
    reason = "own_change" if wrong_by_holder else application.reason
    return charge_for(reason, on=application.detail.captured_on)


def receipt_pdf(application: Application, paid: FeeReceipt, *, by: Actor, at: datetime) -> bytes:
    """This function will set the receipt of a fee on A5: how much, for what, by which document."""
    holder = holder_of(application.person)
    charge = _charge(application)
    unconfirmed = "" if charge.confirmed else "（标准待市局确认）"
    data = {
        "title": "社会保障卡工本费收据",
        "name": holder.name,
        "amount": f"人民币 {paid.fee_fen / 100:.2f} 元",
        "facts": [
            ["票据号", paid.number],
            ["社会保障号码", holder.masked_number],
            ["申请号", str(application.pk)],
            ["事由", ApplyReason(application.reason).label + "补换卡"],
            ["收费方式", paid.get_way_display()],
            ["收费日期", f"{paid.taken_on}"],
            ["收费机构", name_then(paid.office, paid.taken_on)],
        ],
        "notice": "收费依据",
        "lines": [
            f"{charge.title}，依据{charge.document}{unconfirmed}。",
            "一件申请只收一次；首次申领、质量问题、采集制卡差错不收费。",
            "有人多收、重复收费的，请凭本收据到窗口或拨打 12333。",
        ],
        "code": qr_svg(scan_code(SLIP, f"SF{application.pk}", paid.number)),
        "foot": f"依据：{charge.basis_text}　经办 {by.name}",
        "printed": to_the_minute(at),
    }  # fmt: skip
    return typeset(layout=_LAYOUT, data=data, at=at)


def collect_pdf(application: Application, *, by: Actor, at: datetime) -> bytes:
    """This function will set the slip with which the new card is collected: when, with what."""
    holder, detail = holder_of(application.person), application.detail
    reason = ApplyReason(application.reason)
    notice = notices.notice(notices.REPLACEMENT.code, on=local_day(at))
    words = _charge(application).words(reason.label)
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
