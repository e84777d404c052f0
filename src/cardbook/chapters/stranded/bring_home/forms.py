"""Turns what is chosen on the page of cards at outlets into arguments (Art. 9, 13)."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm


class HomeForm(AskedForm):
    """To which card body, and what the receiver should know."""

    act_code = "recalled.send_home"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    receiver = forms.TypedChoiceField(
        label="送到哪个卡管机构", coerce=int,
        error_messages={"required": "请选择卡管机构。", "invalid_choice": "请选择卡管机构。"},
    )  # fmt: skip
    words = forms.CharField(
        label="说明", max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "例如：每周上交"}),
    )  # fmt: skip

    def __init__(self, *args: Any, bodies: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        """Offer the card bodies; where there is one, nobody has to choose."""
        super().__init__(*args, **kwargs)
        choices = list(bodies) if len(bodies) == 1 else [("", "请选择"), *bodies]
        self.fields["receiver"].choices = choices  # type: ignore[attr-defined]
