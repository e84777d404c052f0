"""Turns what a keeper chooses, scans and explains into commands' arguments (Art. 6, 8, 20)."""

from dataclasses import replace
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.chapters.intake.distribution.choosing_queries import (
    ORDERS,
    Chosen,
    from_boxes,
    from_numbers,
    from_piles,
)
from cardbook.chapters.intake.distribution.queries import SORTS, VIEWS

WAYS = (("box", "整盒"), ("pile", "整堆"), ("cards", "逐张扫描"))
MOST_SEALS = 400


class ListForm(forms.Form):
    """Which hand-overs are shown."""

    view = forms.ChoiceField(choices=list(VIEWS.items()), required=False)
    sort = forms.ChoiceField(
        choices=[(code, title) for code, (title, _) in SORTS.items()], required=False
    )
    q = forms.CharField(max_length=60, required=False)


class ChooseForm(forms.Form):
    """Cards by whole boxes, by piles or one by one; the page's way says which was meant."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    way = forms.ChoiceField(choices=WAYS)
    order = forms.ChoiceField(
        choices=[(code, title) for code, (title, _) in ORDERS.items()], required=False
    )
    numbers = forms.CharField(
        label="卡号", required=False, max_length=120_000, strip=True,
        widget=forms.Textarea(attrs={"rows": 10, "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    words = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, data: Any, *, offices: tuple[int, ...]) -> None:
        """Keep whose shelves are meant."""
        super().__init__(data)
        self.offices = offices

    def boxes(self) -> list[int]:
        """The ticked boxes."""
        return [int(text) for text in self._many("box") if text.isdecimal()]

    def piles(self) -> list[str]:
        """The ticked piles."""
        return self._many("pile")

    def _many(self, name: str) -> list[str]:
        return list(self.data.getlist(name)) if hasattr(self.data, "getlist") else []

    def chosen(self) -> Chosen:
        """This function will read the chosen cards from the book, from a valid form."""
        given = self.cleaned_data
        if given["way"] == "box":
            return from_boxes(self.offices, box_ids=self.boxes())
        if given["way"] == "pile":
            return from_piles(self.offices, order=given["order"] or "town", keys=self.piles())
        return from_numbers(given["numbers"])


class SendForm(ChooseForm):
    """Cards to another office."""

    receiver = forms.CharField(
        label="接收机构", max_length=160,
        error_messages={"required": "请填写接收机构。"},
    )  # fmt: skip
    seals = forms.CharField(label="封签号", required=False, max_length=MOST_SEALS * 42)
    leave_out = forms.BooleanField(required=False)

    def chosen(self) -> Chosen:
        """The cards, with the seals in the order of the boxes."""
        found = super().chosen()
        seals = self.cleaned_data["seals"].split()
        return replace(
            found,
            bundles=tuple(
                replace(bundle, seal_number=seals[place][:40] if place < len(seals) else "")
                for place, bundle in enumerate(found.bundles)
            ),
        )


class RerouteForm(forms.Form):
    """Another receiver for what is under way."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    receiver = forms.CharField(
        label="改交给", max_length=160, help_text="输入编号或名称，从提示中选择",
        error_messages={"required": "请填写接收机构。"},
        widget=forms.TextInput(attrs={"list": "receivers", "autocomplete": "off"}),
    )  # fmt: skip
    words = forms.CharField(
        label="原因", max_length=200, error_messages={"required": "请写明原因。"}
    )


class RecallForm(forms.Form):
    """Cards to call back, ticked or typed; nothing ticked and nothing typed means all."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = forms.CharField(
        label="追回原因", max_length=200, error_messages={"required": "请写明原因。"}
    )
    leave_out = forms.BooleanField(label="不能追回的（如已发放）留下，其余照办", required=False)
    numbers = forms.CharField(
        label="卡号", required=False, max_length=20_000,
        help_text="扫描或粘贴；在左表勾选的也算。都不填表示整单未点收的卡",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


class FinishForm(AskedForm):
    """The differences of a count: why, and who else saw it."""

    act_code = "handover.note_difference"
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = forms.CharField(
        label="差异原因", max_length=200,
        error_messages={"required": "请写明原因，供日后核查。"},
        help_text="如“封签完好，盒内少 1 张，已电话告知交出机构”",
    )  # fmt: skip


def typed(given: Any) -> dict[str, str]:
    """This function will keep what was typed into the chooser, so that it is shown again."""
    return {name: given.get(name, "") for name in ("numbers", "receiver", "seals", "words")}


def problems(form: forms.Form | None) -> list[str]:
    """This function will list what is wrong in a form that was sent, each with its field."""
    if form is None:
        return []
    return [str(error) for errors in form.errors.values() for error in errors]
