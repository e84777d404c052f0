"""Turns what the screen of a replacement sends into what is wanted, signed and paid (Art. 26)."""

from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.chapters.old_boxes import OldBoxField
from cardbook.chapters.usage.apply_forms import ApplyForm, line
from cardbook.chapters.usage.applying import Tested, Wanted
from cardbook.chapters.usage.asking import words_field
from cardbook.chapters.usage.captured import Captured
from cardbook.chapters.usage.replacement.queries import REASONS
from cardbook.chapters.usage.replacement.receipts import Payment
from cardbook.chapters.usage.replacement.refused_charges import Ending
from cardbook.chapters.usage.values import ChargeEnd, Delivery
from cardbook.lifecycle.facts import ApplyReason, Defect, PayWay, Plastic, Reading, Verdict

PLASTICS = (Plastic.GOOD, Plastic.BROKEN, Plastic.NONE)


class ReplaceForm(ApplyForm):
    """Why, in what state the old card is, how the fee is paid; the amount is nobody's to type."""

    card = forms.IntegerField(min_value=1, max_value=2**62, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label="原因", choices=[(str(one), one.label) for one in REASONS], widget=forms.RadioSelect,
        error_messages={"required": "请选择补换原因（按数字键）。"},
    )  # fmt: skip
    report_loss = forms.BooleanField(
        label="同时书面挂失（丢失的卡）", required=False, widget=forms.HiddenInput
    )
    old_plastic = forms.ChoiceField(
        label="旧卡状态", choices=[("", "按原因"), *((str(p), p.label) for p in PLASTICS)],
        required=False,
    )  # fmt: skip
    defect = forms.ChoiceField(
        label="质量问题", required=False,
        choices=[("", "请选择"), *((str(one), one.label) for one in Defect)],
    )  # fmt: skip
    reading = forms.ChoiceField(
        label="检测结果", required=False,
        choices=[("", "请选择"), *((str(one), one.label) for one in Reading)],
    )  # fmt: skip
    verdict = forms.ChoiceField(
        label="鉴定结论", required=False,
        choices=[("", "请选择"), *((str(one), one.label) for one in Verdict)],
    )  # fmt: skip
    pay = forms.ChoiceField(
        label="收费", choices=[("", "稍后收"), *((str(way), way.label) for way in PayWay)],
        required=False, widget=forms.RadioSelect,
    )  # fmt: skip
    receipt = line("票据号", most=40, help_text="有纸质票据的照填；没有的留空，由系统编号")

    def wanted(self, known: Captured) -> Wanted:
        """What is asked for, from a valid form."""
        given, reason = self.cleaned_data, self.why
        usual = Plastic.NONE if reason is ApplyReason.LOST else Plastic.BROKEN
        return Wanted(
            reason=reason,
            bank_id=given["bank"],
            captured=self.completed(known),
            photo=self.the_photo(),
            delivery=Delivery(given["delivery"]),
            old_plastic=Plastic(given["old_plastic"] or usual),
            tested=self._tested(),
            words=given["words"],
        )

    def _tested(self) -> Tested | None:
        """The examination of a defective card, whole or none."""
        given = self.cleaned_data
        if self.why is not ApplyReason.DEFECT:
            return None
        if not (given["defect"] and given["reading"] and given["verdict"]):
            return None
        return Tested(
            defect=Defect(given["defect"]), reading=Reading(given["reading"]),
            verdict=Verdict(given["verdict"]),
        )  # fmt: skip

    @property
    def why(self) -> ApplyReason:
        """Why, from a valid form."""
        return ApplyReason(self.cleaned_data["reason"])

    def reports_loss(self) -> bool:
        """Whether the formal loss is to be reported with it, from a valid form."""
        return self.why is ApplyReason.LOST and bool(self.cleaned_data["report_loss"])

    def payment(self) -> Payment | None:
        """How the fee was paid, or None when it is to be taken later."""
        given = self.cleaned_data
        if not given["pay"]:
            return None
        return Payment(way=PayWay(given["pay"]), receipt=given["receipt"])


class TakeFeeForm(AskedForm):
    """How the fee is paid, and the number on the paper."""

    act_code = "fee.take"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    way = forms.ChoiceField(
        label="收费方式", choices=[(str(way), way.label) for way in PayWay],
        widget=forms.RadioSelect, initial=str(PayWay.CASH),
    )  # fmt: skip
    receipt = line("票据号", most=40, help_text="有纸质票据的照填；没有的留空，由系统编号")

    def payment(self) -> Payment:
        """How it was paid, from a valid form."""
        given = self.cleaned_data
        return Payment(way=PayWay(given["way"]), receipt=given["receipt"])


class WaiveForm(AskedForm):
    """Why a holder is let off, and who else signs."""

    act_code = "fee.waive"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = words_field("减免理由", missing="请写明减免理由和依据。")


class RefundForm(AskedForm):
    """Why the fee is given back, and who else signs."""

    act_code = "fee.refund"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = words_field("退费理由", missing="请写明退费理由。")
    receipt = line("退费票据号", most=40, help_text="没有的留空，由系统编号")


class RefuseChargeForm(AskedForm):
    """Who asked for money for what is free, and how much."""

    act_code = "fee.refuse"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    amount = forms.DecimalField(
        label="被要求的金额（元）", min_value=0, max_digits=8, decimal_places=2,
        error_messages={"required": "请填写被要求的金额。"},
    )  # fmt: skip
    words = words_field("谁、何时、怎样要求", missing="请写明谁在什么情况下要求收费。")

    def asked_fen(self) -> int:
        """The amount in fen, from a valid form."""
        return int(self.cleaned_data["amount"] * 100)


class SettleForm(forms.Form):
    """What came of a charge nobody owed; an amount and a receipt where money went back."""

    outcome = forms.ChoiceField(
        label="结果", choices=ChargeEnd.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选择结果。"},
    )  # fmt: skip
    returned = forms.DecimalField(
        label="退还金额（元）", min_value=0, max_digits=8, decimal_places=2, required=False,
        help_text="已退还的，照实际收取的填写",
    )  # fmt: skip
    receipt = line("退费票据号", most=40, help_text="持卡人签收的凭据号")
    words = words_field("处理说明", missing="请写明查实的情况和对经办人的处理。")

    def clean(self) -> dict[str, Any]:
        """Money that went back has an amount and a paper; otherwise there is neither."""
        given = super().clean() or {}
        if given.get("outcome") == ChargeEnd.RETURNED:
            if not given.get("returned") and "returned" not in self.errors:
                self.add_error("returned", "请填写退还的金额。")
            if not given.get("receipt") and "receipt" not in self.errors:
                self.add_error("receipt", "请填写持卡人签收的凭据号。")
        elif given.get("returned") or given.get("receipt"):
            self.add_error("outcome", "填写了退还金额或凭据的，结果应为“已退还”。")
        return given

    def ending(self) -> Ending:
        """What came of it, from a valid form."""
        given = self.cleaned_data
        return Ending(
            outcome=ChargeEnd(given["outcome"]), words=given["words"],
            returned_fen=int((given["returned"] or 0) * 100),
            receipt=given["receipt"].strip().upper(),
        )  # fmt: skip


class HandInForm(AskedForm):
    """How an old card that comes back looks."""

    act_code = "old_card.hand_in"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    plastic = forms.ChoiceField(
        label="卡片实物", choices=[(str(p), p.label) for p in (Plastic.GOOD, Plastic.BROKEN)],
        widget=forms.RadioSelect, error_messages={"required": "请看卡后选择。"},
    )  # fmt: skip
    box = OldBoxField()
    words = line("说明", most=200)


def initial_of(*, bank_id: int, report_loss: bool, minor: bool, key: str) -> dict[str, Any]:
    """This function will fill a fresh form with what follows from the card and its holder."""
    return {
        "key": key,
        "bank": bank_id,
        "report_loss": report_loss,
        "signer": "guardian" if minor else "holder",
    }
