"""What is asked for a complaint about a bank: what was said, the answer, the end (Art. 24)."""

from datetime import date

from django import forms

from cardbook.chapters.usage.bank_offers.complaints import About, offers_to_name
from cardbook.chapters.usage.reaching import banks_for, outlets
from cardbook.chapters.usage.values import ComplaintEnd
from cardbook.orgs.actors import Actor


def _words(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=500, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": f"请填写{label}。"},
    )  # fmt: skip


def _chosen(label: str, *, required: bool = False) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, coerce=int, required=required, empty_value=None,
        error_messages={
            "required": f"请选择{label}。", "invalid_choice": f"没有这个{label}，请重新选择。"
        },
    )  # fmt: skip


class ComplaintForm(forms.Form):
    """Which bank, which promise or outlet, what was said."""

    bank = _chosen("银行", required=True)
    offer = _chosen("承诺")
    outlet = _chosen("网点")
    words = _words("投诉内容", "按原话写事情经过；不写姓名、证件号码和电话")

    def offer_choices(self, *, by: Actor, today: date) -> None:
        """This function will offer the banks, their promises and their outlets."""
        none = ("", "请选择")
        choices: dict[str, list[tuple[int, str]]] = {
            "bank": [(one.id, one.name) for one in banks_for(by)],
            "offer": offers_to_name(today),
            "outlet": [(one.pk, one.name) for one in outlets()],
        }
        for name, found in choices.items():
            self.fields[name].choices = [none, *found]  # type: ignore[attr-defined]

    @property
    def about(self) -> About:
        """What the complaint is about, from a valid form."""
        given = self.cleaned_data
        return About(bank_id=given["bank"], offer_id=given["offer"], outlet_id=given["outlet"])


class AnswerForm(forms.Form):
    """What the bank says to it."""

    answer = _words("银行答复", "写明查实的情况和处理结果；不写姓名、证件号码和电话")


class CloseForm(forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(
        label="结果", choices=ComplaintEnd.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选择结果。"},
    )  # fmt: skip
