"""Turns what is scanned and chosen on the pages of a return into arguments (Art. 17, 18)."""

from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm, PictureField
from cardbook.chapters.stranded.models import PROOFS
from cardbook.law.papers import DEATH_CERTIFICATE, KINDS
from cardbook.lifecycle.facts import Stranding
from cardbook.registers.choosing import DayField


def _key() -> forms.CharField:
    return forms.CharField(widget=forms.HiddenInput, max_length=64)


def _words(label: str, required: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=200, help_text=help_text,
        error_messages={"required": required},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class ScanForm(forms.Form):
    """A scanned card and the reason by its digit."""

    number = forms.CharField(max_length=60, error_messages={"required": "没有读到卡号。"})
    reason = forms.ChoiceField(
        choices=[(str(one), one.label) for one in Stranding], required=False
    )


class ProofForm(forms.Form):
    """Which paper shows the reason; what is still missing the list says, nothing is lost."""

    kind = forms.ChoiceField(choices=PROOFS, required=False)
    number = forms.CharField(
        label="编号或出具机关", max_length=80, required=False,
        error_messages={"max_length": "编号或出具机关请写在 80 字以内。"},
    )  # fmt: skip
    on = DayField(label="证明日期", required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Keep the day, and take the picture as one of the kind that was chosen."""
        super().__init__(*args, **kwargs)
        self.today = today
        chosen = KINDS.get(self.data.get("kind", ""), DEATH_CERTIFICATE)
        self.fields["picture"] = PictureField(chosen)

    def clean_on(self) -> date | None:
        """This function will refuse a day to come."""
        day: date | None = self.cleaned_data["on"]
        if day is not None and day > self.today:
            raise forms.ValidationError("证明日期不能晚于今天。")
        return day

    @property
    def mistakes(self) -> str:
        """What is wrong, in one line."""
        return "".join(str(one) for listed in self.errors.values() for one in listed)


class SubmitForm(forms.Form):
    """To whom the list goes."""

    key = _key()
    returned = forms.IntegerField(widget=forms.HiddenInput)
    receiver = forms.TypedChoiceField(label="退往", coerce=int)

    def __init__(
        self, *args: Any, receivers: tuple[tuple[int, str], ...] = (), **kwargs: Any
    ) -> None:
        """Offer who stands above, the next first."""
        super().__init__(*args, **kwargs)
        self.fields["receiver"].choices = list(receivers)  # type: ignore[attr-defined]


class PassOnForm(forms.Form):
    """To whom returned cards go on."""

    act_code = "stranded.pass_on"

    receiver = forms.TypedChoiceField(label="上交给", coerce=int)
    pass_words = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(
        self, *args: Any, receivers: list[tuple[int, str]] | None = None, **kwargs: Any
    ) -> None:
        """Offer who stands above."""
        super().__init__(*args, **kwargs)
        self.fields["receiver"].choices = receivers or []  # type: ignore[attr-defined]


class CancelForm(AskedForm):
    """On which ground, checked by a second person."""

    act_code = "card.cancel_returned"

    key = _key()
    words = _words("注销依据", "请写明注销依据。", "证明或批文，不写姓名、号码")
    checked = forms.BooleanField(
        label="已逐张核对状态、银行侧、办理中的申请和其他卡",
        error_messages={"required": "请逐张核对“须注意”一栏后勾选。"},
    )
    field_order = ("key", "words", "checked", "second_name", "second_password")


class PutBackForm(AskedForm):
    """Why a card is given out after all, signed by two."""

    act_code = "stranded.put_back"

    key = _key()
    words = _words("恢复原因", "请写明持卡人怎样出现。", "例如：本人从外地返回，来电要求领取")


class SentForm(forms.Form):
    """How a letter went."""

    way = forms.CharField(
        label="送出方式", max_length=60, initial="专人送达",
        error_messages={"required": "请写明怎样送出。"},
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What the bank answered, and when."""

    on = DayField(
        label="回执日期", error_messages={"required": "请填写回执日期。"},
        )  # fmt: skip
    words = forms.CharField(
        label="回执内容", max_length=200, error_messages={"required": "请照回执抄录。"}
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Keep the day: no answer comes from tomorrow."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        """This function will refuse a day to come."""
        day: date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError("回执日期不能晚于今天。")
        return day
