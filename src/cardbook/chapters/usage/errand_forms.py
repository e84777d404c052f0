"""What is asked of whoever comes for a holder with a mandate (Art. 22, 28; Civil Code 165)."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.usage.asking import unreadable
from cardbook.chapters.usage.errands import Said
from cardbook.lifecycle.facts import ProxyReason, Relation
from cardbook.registers.choosing import DayField

_PLAIN = {"autocomplete": "off"}
_NOT_CHOSEN = [("", "请选择")]
OF_NAME = ("agent_name", "agent_number")
OF_AGENT = (
    *OF_NAME, "agent_relation", "mandate_reason", "mandate_signed_on",
    "mandate_until",
)  # fmt: skip


class AgentName(forms.Form):
    """Who comes for the holder, as his document says; asked of nobody who comes for himself."""

    agent_name = forms.CharField(
        label="代办人姓名", max_length=50, required=False, widget=forms.TextInput(attrs=_PLAIN),
        help_text="由他人代办的，以下各项照其证件和委托书填写",
    )  # fmt: skip
    agent_number = forms.CharField(
        label="代办人证件号码", max_length=30, required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )  # fmt: skip

    def clean_name(
        self, given: dict[str, Any], *, today: date, asked: Sequence[str] = OF_NAME
    ) -> None:
        """This function will say what is missing or wrong of his name and number."""
        for name in asked:
            if not given.get(name) and name not in self.errors:
                self.add_error(name, f"由他人代办的，请填写{self.fields[name].label}。")
        if not self.errors and (
            why := unreadable(number=given["agent_number"], name=given["agent_name"], today=today)
        ):
            self.add_error("agent_number", why)


class AgentFields(AgentName):
    """Who comes, and what his paper says of it."""

    agent_relation = forms.ChoiceField(
        label="代办人是持卡人的", required=False,
        choices=[*_NOT_CHOSEN, *((str(one), one.label) for one in Relation)],
    )  # fmt: skip
    mandate_reason = forms.ChoiceField(
        label="不能亲自办理的原因", required=False,
        choices=[*_NOT_CHOSEN, *((str(one), one.label) for one in ProxyReason)],
    )  # fmt: skip
    mandate_signed_on = DayField(label="委托书签署日期", required=False)
    mandate_until = DayField(label="委托期限至", required=False)

    def clean_agent(self, given: dict[str, Any], *, today: date) -> None:
        """This function will say what is missing or wrong of whoever comes for the holder."""
        self.clean_name(given, today=today, asked=OF_AGENT)
        if not self.errors and given["mandate_until"] < given["mandate_signed_on"]:
            self.add_error("mandate_until", "委托期限早于签署日期，请照委托书填写。")

    def said(self) -> Said:
        """Who came for the holder and what his paper says."""
        given = self.cleaned_data
        return Said(
            number=given["agent_number"], name=given["agent_name"],
            relation=given["agent_relation"], reason=given["mandate_reason"],
            signed_on=given["mandate_signed_on"], until=given["mandate_until"],
        )  # fmt: skip
