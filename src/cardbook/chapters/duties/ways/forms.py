"""Turns what a manager decides about ways of issuing into commands' arguments (Art. 7)."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cardbook.chapters.duties.ways.queries import VIEWS
from cardbook.law.groups import GROUPS
from cardbook.law.ways import WAYS
from cardbook.registers.choosing import DayField


class ListForm(forms.Form):
    """Which decisions are shown."""

    view = forms.ChoiceField(choices=list(VIEWS.items()), required=False)
    q = forms.CharField(max_length=60, required=False)


class DecideForm(forms.Form):
    """Which ways a group has in a city or county from a day on."""

    office = forms.TypedChoiceField(label="适用范围", coerce=int)
    group = forms.ChoiceField(label="人群", choices=[(one.code, one.title) for one in GROUPS])
    ways = forms.MultipleChoiceField(
        label="可用的方式", choices=[(one.code, one.title) for one in WAYS],
        widget=forms.CheckboxSelectMultiple, initial=[one.code for one in WAYS],
        error_messages={"required": "至少选择一种，持卡人才领得到卡。"},
        help_text="没有勾选的，从起始日起系统不予办理",
    )  # fmt: skip
    since = DayField(label="自")
    words = forms.CharField(
        label="依据", max_length=200, error_messages={"required": "请写明文件或决定。"}
    )

    def __init__(self, *args: Any, offices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the offices in reach."""
        super().__init__(*args, **kwargs)
        field = self.fields["office"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(offices)


class WithdrawForm(forms.Form):
    """Why a decision is taken back."""

    words = forms.CharField(
        label="收回原因", max_length=200, error_messages={"required": "请写明原因。"}
    )
