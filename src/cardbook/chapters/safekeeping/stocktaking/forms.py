"""Turns what counters type into commands' arguments (Art. 20)."""

from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.chapters.safekeeping.stocktaking.commands import MOST_AT_ONCE, Reading
from cardbook.chapters.safekeeping.stocktaking.finding_queries import OUTCOMES

_WORDS = {"required": "请写明原因和处理，供日后核查。"}


class StartForm(forms.Form):
    """What is to be counted: a box by its label, an office, or all."""

    label = forms.CharField(
        label="扫描盒标签，盘点这一盒",
        max_length=60,
        required=False,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "spellcheck": "false"}
        ),
    )


class ScansForm(forms.Form):
    """A batch of readings in their order; `number` and `age` are repeated side by side."""

    account = forms.IntegerField(required=False)

    def readings(self) -> list[Reading]:
        """What the scanner typed, each with how long ago; a missing age is just now."""
        data: Any = self.data
        texts = [text for text in data.getlist("number") if text.strip()][:MOST_AT_ONCE]
        ages = data.getlist("age")
        return [
            Reading(text[:60], int(ages[place]) if _is_age(ages, place) else 0)
            for place, text in enumerate(texts)
        ]


def _is_age(ages: list[str], place: int) -> bool:
    return place < len(ages) and ages[place].isdecimal() and len(ages[place]) < 10


class EndForm(forms.Form):
    """The end of the scanning; a place with nothing in it is said to have nothing in it."""

    called_empty = forms.BooleanField(label="确认一张卡也没有", required=False)


class SettleForm(AskedForm):
    """What became of the differences that were ticked; two people sign."""

    act_code = "stock.miss"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    outcome = forms.ChoiceField(label="处理", choices=OUTCOMES, widget=forms.RadioSelect)
    words = forms.CharField(
        label="原因和处理",
        max_length=200,
        error_messages=_WORDS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="写明在哪里找到、怎样放回，或已向谁查询、结果如何",
    )


class CloseForm(AskedForm):
    """The second signature under a stock-take."""

    act_code = "stock.miss"


class FoundForm(AskedForm):
    """Where a missing card turned up."""

    act_code = "stock.find"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = forms.CharField(
        label="在哪里找到",
        max_length=200,
        error_messages={"required": "请写明在哪里找到，供日后核查。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


class FoundStoppedForm(FoundForm):
    """The same of a card that was replaced or stopped meanwhile."""

    act_code = "stock.find_stopped"
