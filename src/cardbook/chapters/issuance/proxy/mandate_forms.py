"""The paper itself: what is printed on it, registered from it, revoked (Art. 10)."""

from datetime import date, timedelta
from typing import Any

from django import forms

from cardbook.chapters.asked import PictureField
from cardbook.chapters.issuance.proxy.commands import Comer
from cardbook.chapters.issuance.proxy.forms import (
    HOLDER_SIGNINGS,
    PROXY_RELATIONS,
    refuse_unwitnessed,
)
from cardbook.chapters.mandates import SCOPES, Matter
from cardbook.chapters.representatives import MandateTerms
from cardbook.chapters.signatures import NameField
from cardbook.law import papers
from cardbook.lib import citizen_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import ProxyReason, Signing
from cardbook.registers.choosing import DayField

USUAL_DAYS = 30
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class PartiesForm(forms.Form):
    """Who charges whom, why, and for how long."""

    matter = forms.ChoiceField(
        label="委托事项", choices=Matter.choices, required=False,
        widget=forms.RadioSelect, initial=Matter.PICK_UP,
        help_text="一份委托书写了两项的，分两次登记；没有选的，登记为领取社保卡",
    )  # fmt: skip
    principal = forms.CharField(
        label="委托人（持卡人）身份证号", max_length=40, widget=forms.TextInput(attrs=_PLAIN),
        help_text="本县区有卡的持卡人",
    )  # fmt: skip
    number = forms.CharField(
        label="受托人（代领人、代办人）身份证号",
        max_length=40,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    name = NameField(label="受托人姓名")
    relation = forms.ChoiceField(
        label="受托人是委托人的", choices=[(str(r), r.label) for r in PROXY_RELATIONS]
    )
    reason = forms.ChoiceField(
        label="不能亲自办理的原因", choices=[(str(r), r.label) for r in ProxyReason]
    )
    since = DayField(label="期限自")
    until = DayField(label="至", help_text="到期自动失效")
    witness = NameField(label="见证人姓名", required=False, help_text="委托人按手印的须有")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """A month from today, unless somebody says otherwise."""
        self.today = today
        usual = {"since": today, "until": today + timedelta(days=USUAL_DAYS)}
        super().__init__(*args, **kwargs)
        self.initial = {**usual, **self.initial}

    def _parsed(self, field: str) -> str:
        try:
            return citizen_number.parse(self.cleaned_data[field], today=self.today).number
        except InputError as problem:
            raise forms.ValidationError(f"{problem.sentence}。") from problem

    def clean_principal(self) -> str:
        """A number that can be somebody's."""
        return self._parsed("principal")

    def clean_number(self) -> str:
        """A number that can be somebody's."""
        return self._parsed("number")

    def clean(self) -> dict[str, Any]:
        """Two people, and a term that ends after it began."""
        given = super().clean() or {}
        if given.get("principal") and given.get("principal") == given.get("number"):
            self.add_error("number", "委托人和受托人是同一人，不需要委托书。")
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", "截止日早于起始日，请改正。")
        return given

    def clean_matter(self) -> Matter:
        """What he is charged with; fetching the card, unless another was chosen."""
        return Matter(self.cleaned_data["matter"] or Matter.PICK_UP)

    def comer(self) -> Comer:
        """The agent, from a valid form."""
        return Comer(number=self.cleaned_data["number"], name=self.cleaned_data["name"])


class MandateForm(PartiesForm):
    """A signed paper, registered before anybody comes."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    signed_on = DayField(label="签署日期")
    holder_signing = forms.ChoiceField(
        label="委托人签署方式", choices=HOLDER_SIGNINGS, required=False, widget=forms.RadioSelect,
        initial=str(Signing.PAPER), help_text="没有选的，登记为签名",
    )  # fmt: skip
    seen = forms.BooleanField(
        label="已查验原件：写明受托人、所选事项、期限，有持卡人签名或手印",
        error_messages={"required": "没有查验原件的，不能登记。"},
    )
    image = PictureField(papers.MANDATE, label="委托书影像")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Signed today, unless somebody says otherwise."""
        super().__init__(*args, today=today, **kwargs)
        self.initial = {"signed_on": today, **self.initial}

    def clean(self) -> dict[str, Any]:
        """A thumb print has a witness besides."""
        given = super().clean()
        refuse_unwitnessed(self, given)
        return given

    def clean_signed_on(self) -> date:
        """Nobody signed tomorrow."""
        signed: date = self.cleaned_data["signed_on"]
        if signed > self.today:
            raise forms.ValidationError("签署日期在今天之后，请照委托书填写。")
        return signed

    def terms(self) -> MandateTerms:
        """What the paper says, from a valid form."""
        given = self.cleaned_data
        return MandateTerms(
            since=given["since"], until=given["until"], signed_on=given["signed_on"],
            reason=given["reason"], relation=given["relation"], scope=SCOPES[given["matter"]],
            paper_digest=given["image"].digest if given["image"] else "",
            signing=Signing(given["holder_signing"] or Signing.PAPER), witness=given["witness"],
            matter=given["matter"],
        )  # fmt: skip


class RevokeForm(forms.Form):
    """Why mandates are revoked."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = forms.CharField(
        label="撤销原因", max_length=200, widget=forms.TextInput(attrs=_PLAIN),
        error_messages={"required": "请写明撤销原因，供日后核查。"},
        help_text="例如：持卡人本人到窗口声明不再委托",
    )  # fmt: skip


class FindForm(forms.Form):
    """What is asked of a list; whatever does not fit is left aside."""

    q = forms.CharField(max_length=80, required=False)
    status = forms.CharField(max_length=20, required=False)
    sort = forms.CharField(max_length=20, required=False)
