"""Turns what is told of harmed or lost cards into arguments (Art. 20, 21)."""

from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm, PictureField
from cardbook.chapters.safekeeping.harm.commands import Harm
from cardbook.chapters.safekeeping.harm.queries import CAUSES, KINDS
from cardbook.law.papers import INCIDENT_PHOTO
from cardbook.registers.choosing import DayField

_PLAIN = {"autocomplete": "off"}


class HarmForm(AskedForm):
    """What happened to which cards; who reports it signs by being there."""

    act_code = "harm.report"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    kind = forms.ChoiceField(
        label="情况", choices=KINDS, widget=forms.RadioSelect,
        error_messages={"required": "请选损坏或丢失。"},
    )  # fmt: skip
    cause = forms.ChoiceField(
        label="原因", choices=[("", "请选择"), *CAUSES],
        error_messages={"required": "请选择原因；都不是的选“其他”。"},
    )  # fmt: skip
    happened_on = DayField(label="发生（发现）日")
    where = forms.CharField(
        label="存放位置", max_length=100, required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )  # fmt: skip
    words = forms.CharField(
        label="经过", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明经过，供卡管员查实。"},
    )  # fmt: skip
    numbers = forms.CharField(
        label="卡号", help_text="逐张扫描，一行一张；丢失的照领卡清单抄录",
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "cb-code"}),
        error_messages={"required": "请逐张扫描受损的卡；丢失的照领卡清单抄录卡号。"},
    )  # fmt: skip
    photo = PictureField(INCIDENT_PHOTO)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Know which day it is."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_happened_on(self) -> date:
        """No day ahead."""
        given: date = self.cleaned_data["happened_on"]
        if given > self.today:
            raise forms.ValidationError("日期不能晚于今天，请改正。")
        return given

    def harm(self) -> Harm:
        """What was told, from a valid form."""
        given = self.cleaned_data
        return Harm(
            kind=given["kind"], cause=given["cause"], happened_on=given["happened_on"],
            where=given["where"], words=given["words"], numbers=given["numbers"].split(),
            photo=given["photo"],
        )  # fmt: skip


class CloseForm(forms.Form):
    """Why no incident is registered."""

    words = forms.CharField(
        label="处理意见", max_length=200, widget=forms.TextInput(attrs=_PLAIN),
        help_text="例如：到场查看，卡面擦净后读写正常，不登记事故",
        error_messages={"required": "请写明查明的情况。"},
    )  # fmt: skip
