"""Turns what the screens of the post send into facts (Art. 7, 12)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django import forms

from cardbook.chapters.asked import AskedForm, PictureField
from cardbook.chapters.folding import FoldingForm, Only, when
from cardbook.chapters.issuance.posting.commands import Guardian
from cardbook.chapters.signatures import NameField
from cardbook.law import papers
from cardbook.lib.citizen_number import parse
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import Relation, Signer
from cardbook.lifecycle.guards.issuing import GUARDIANS_OF_MINORS
from cardbook.lifecycle.judge import Presented
from cardbook.papers.pictures import KeptImage
from cardbook.registers.choosing import DayField

_PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}


_GUARDIANS = [(str(one), one.label) for ones in GUARDIANS_OF_MINORS for one in ones]
_NAMED = {
    "guardian_name": "姓名", "guardian_number": "证件号码", "guardian_relation": "关系",
}  # fmt: skip


def _parcel(help_text: str) -> forms.CharField:
    return forms.CharField(
        label="邮件号码", max_length=40, help_text=help_text, widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": "请扫描或照邮政回执填写邮件号码。"},
    )  # fmt: skip


class PostForm(AskedForm):
    """The number of the parcel, and the holder's own request."""

    act_code = "card.post"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    parcel = _parcel("邮政收寄时给的号码，可扫描")


class ReceiptForm(FoldingForm):
    """What the signed receipt says; its picture is kept where one is taken.

    A guardian who signed shows what he is to the child, once he is chosen (Art. 11).
    """

    act_code = "card.issue_posted"
    own_papers = frozenset({papers.POST_RECEIPT})

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    parcel = _parcel("扫描回执上的号码，与寄出时登记的核对")
    received_on = DayField(
        label="签收日期",
        error_messages={"required": "请照回执填写签收日期。"},
    )
    signed_by = forms.ChoiceField(
        label="签收人", choices=[(str(one), one.label) for one in Signer],
        widget=forms.RadioSelect, initial=str(Signer.HOLDER),
    )  # fmt: skip
    guardian_name = NameField(label="监护人姓名", required=False)
    guardian_number = forms.CharField(
        label="监护人证件号码", max_length=30, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    guardian_relation = forms.ChoiceField(
        label="监护人是持卡人的", required=False,
        choices=[("", "—"), *_GUARDIANS],
    )  # fmt: skip
    guardian_words = forms.CharField(
        label="不是父母的，写明原因", max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    receipt = forms.BooleanField(label="已收到邮政签收回执（第七条）", required=False)
    receipt_image = PictureField(papers.POST_RECEIPT, label="回执影像")

    only_with: ClassVar[Mapping[str, Only]] = {
        f"guardian_{part}": when("signed_by", Signer.GUARDIAN)
        for part in ("name", "number", "relation", "words")
    }

    def __init__(self, *args: Any, today: date, **more: Any) -> None:
        """Numbers are checked on a day."""
        super().__init__(*args, **more)
        self.today = today
        for name in _NAMED:  # asked as soon as a guardian is chosen
            self.fields[name].is_asked = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A guardian who signed is named whole; what was left of another choice is set aside."""
        given = super().clean() or {}
        if given.get("signed_by") != Signer.GUARDIAN:
            return given
        for name, what in _NAMED.items():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, f"请照回执和证明填写监护人的{what}（第十一条）。")
        if number := given.get("guardian_number"):
            try:
                given["guardian_number"] = parse(number, today=self.today).number
            except InputError as problem:
                self.add_error("guardian_number", f"{problem.sentence}。")
        return given

    def guardian(self) -> Guardian | None:
        """Who signed for a minor, from a valid form; None where the holder did."""
        given = self.cleaned_data
        if given["signed_by"] != Signer.GUARDIAN:
            return None
        return Guardian(
            name=given["guardian_name"], number=given["guardian_number"],
            relation=Relation(given["guardian_relation"]), words=given["guardian_words"],
        )  # fmt: skip

    def papers(self) -> tuple[Presented, ...]:
        """The receipt, with its picture where one was taken, and whatever else the row asks."""
        given = self.cleaned_data
        image: KeptImage | None = given["receipt_image"]
        own = (
            (Presented(kind=papers.POST_RECEIPT.code, digest=image.digest if image else ""),)
            if given["receipt"] or image
            else ()
        )
        return (*own, *self.answered().papers)

    def images(self) -> tuple[KeptImage, ...]:
        """The pictures to keep."""
        image = self.cleaned_data["receipt_image"]
        return (*((image,) if image else ()), *self.answered().images)


class BackForm(AskedForm):
    """Why a parcel came back."""

    act_code = "card.post_back"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    parcel = _parcel("扫描退回邮件上的号码")
    words = forms.CharField(
        label="退回原因", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "请写明退回原因（例如：无人签收、地址不详）。"},
        help_text="照邮政退回的原因写，供日后再次通知",
    )  # fmt: skip


class ManyForm(forms.Form):
    """The same day and signer for every ticked receipt in hand."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=50)
    received_on = DayField(
        label="签收日期",
        error_messages={"required": "请照回执填写签收日期。"},
    )
    receipt = forms.BooleanField(
        label="勾选的每张卡，本人签收的回执都已收到并逐张核对号码",
        error_messages={"required": "没有收到签收回执的，不能登记为已发放。"},
    )
    told = forms.BooleanField(label="已随卡寄送领卡告知（第十二条）", required=False, initial=True)


def on_day(initial: date) -> dict[str, Any]:
    """This function will make what a fresh form starts with."""
    return {"received_on": initial}
