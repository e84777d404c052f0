"""Turns what a manager writes into guidance (Art. 5 para. 1)."""

from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.duties.guidance.commands import Letter
from cardbook.chapters.duties.guidance.queries import GUIDED
from cardbook.law.roles import Role
from cardbook.registers.choosing import DayField


class GuidanceForm(forms.Form):
    """What is said, to whom, to be read by when."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    title = forms.CharField(
        label="标题", max_length=100, error_messages={"required": "请填写标题。"}
    )
    document = forms.CharField(
        label="文号", max_length=100, error_messages={"required": "请填写文号。"}
    )
    body = forms.CharField(
        label="内容", max_length=4000, widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "请写明内容。"}, help_text="不写持卡人的姓名和号码",
    )  # fmt: skip
    read_by = DayField(label="签阅期限")
    roles = forms.MultipleChoiceField(
        label="收件岗位", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(str(role), role.label) for role in Role if role in GUIDED],
        help_text="不勾选为全部岗位；发给本机构管辖范围内的所有机构",
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Keep the day: nobody reads by yesterday."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_read_by(self) -> date:
        """This function will refuse a day that has passed."""
        day: date = self.cleaned_data["read_by"]
        if day < self.today:
            raise forms.ValidationError("签阅期限不能早于今天。")
        return day

    def letter(self) -> Letter:
        """What is to be published, from a valid form."""
        given = self.cleaned_data
        return Letter(
            title=given["title"], document=given["document"], body=given["body"],
            roles=given["roles"] or [str(role) for role in GUIDED], read_by=given["read_by"],
        )  # fmt: skip


class WithdrawForm(forms.Form):
    """Why guidance no longer holds."""

    words = forms.CharField(
        label="撤回原因", max_length=200, error_messages={"required": "请写明原因。"}
    )
