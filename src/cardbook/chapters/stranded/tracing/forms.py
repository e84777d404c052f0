"""Turns what a clerk says of a call or a visit into facts (Art. 16)."""

from datetime import date
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.lifecycle.facts import Channel, ContactResult, HolderContacted
from cardbook.registers.choosing import DayField


class ContactForm(AskedForm):
    """By which way, with what result, in which words, when again."""

    act_code = "card.contact"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    channel = forms.ChoiceField(
        label="通知方式", choices=[(str(one), one.label) for one in Channel]
    )
    result = forms.ChoiceField(
        label="结果", choices=[(str(one), one.label) for one in ContactResult]
    )
    words = forms.CharField(
        label="说明", max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="张贴、广播写明地点；不写姓名、号码",
    )  # fmt: skip
    again_on = DayField(
        label="再次通知日", required=False,
        )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        """Keep the day: nobody is called again in the past."""
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_again_on(self) -> date | None:
        """This function will refuse a day that has passed."""
        day: date | None = self.cleaned_data["again_on"]
        if day is not None and day < self.today:
            raise forms.ValidationError("再次通知日不能早于今天。")
        return day

    def facts(self) -> HolderContacted:
        """What the act records, from a valid form."""
        given = self.cleaned_data
        return HolderContacted(
            channel=Channel(given["channel"]),
            result=ContactResult(given["result"]),
            words=given["words"],
            again_on=given["again_on"],
        )
