"""Reads where a holder wants to fetch his card, and why it cannot be done (Art. 16)."""

from collections.abc import Sequence
from typing import Any

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.law.roles import Role
from cardbook.lib.masking import mask_in
from cardbook.lifecycle.facts import AskedVia, Signer
from cardbook.orgs.actors import Actor

_QUIET = {"autocomplete": "off"}
_USUAL = {
    Role.HOTLINE_OPERATOR: AskedVia.HOTLINE,
    Role.BANK_TELLER: AskedVia.BANK,
    Role.UNIT_HANDLER: AskedVia.UNIT,
    Role.VILLAGE_HELPER: AskedVia.UNIT,
}


class AskForm(AskedForm):
    """Which office, who says so, by which way."""

    act_code = "card.ask_outlet"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    outlet = forms.TypedChoiceField(
        label="要求到哪里领取", coerce=int,
        error_messages={
            "required": "请选择领取地点。",
            "invalid_choice": "这张卡不能在那里领取，请从列表中选择。",
        },
    )  # fmt: skip
    asked_by = forms.ChoiceField(
        label="谁提出的", choices=[(str(one), one.label) for one in Signer],
        initial=str(Signer.HOLDER), widget=forms.RadioSelect,
    )  # fmt: skip
    via = forms.ChoiceField(
        label="怎样提出的", choices=[(str(one), one.label) for one in AskedVia],
        widget=forms.RadioSelect,
    )  # fmt: skip
    words = forms.CharField(
        label="说明", max_length=200, required=False, widget=forms.TextInput(attrs=_QUIET),
        help_text="例如何时方便领取；不要写证件号码、电话",
    )  # fmt: skip

    def __init__(
        self, *args: Any, offices: Sequence[tuple[int, str]], by: Actor, **more: Any
    ) -> None:
        """Offer what is fit for the card; the way is the one usual at the actor's post."""
        super().__init__(*args, **more)
        self.fields["outlet"].choices = [("", "请选择"), *offices]  # type: ignore[attr-defined]
        self.fields["via"].initial = str(_USUAL.get(by.role, AskedVia.WINDOW))

    def clean_words(self) -> str:
        """A number typed here is hidden."""
        return mask_in(self.cleaned_data["words"]).strip()


class DeclineForm(AskedForm):
    """Why not, in words the holder was told."""

    act_code = "card.decline_outlet"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = forms.CharField(
        label="不能办理的原因，已告知提出人", max_length=200,
        error_messages={"required": "请写明不能办理的原因，并告知提出人。"},
    )  # fmt: skip

    def clean_words(self) -> str:
        """A number typed here is hidden."""
        return mask_in(self.cleaned_data["words"]).strip()
