"""What is asked when a card is cancelled on request, or its plastic comes back (Art. 26, 29)."""

from django import forms

from cardbook.chapters.screens import old_box_field
from cardbook.chapters.usage.asking import CardForm
from cardbook.chapters.usage.plastic import plastic_field
from cardbook.lifecycle.facts import (
    Asker,
    CancelledOnRequest,
    EndReason,
    Plastic,
)

# What may still run over a card and is told before it dies (Art. 29; domain.md R29.4).
OPEN_ITEMS = (
    ("benefits", "社保待遇仍发到这张卡"),
    ("deposit", "银行账户有余额"),
    ("subsidy", "惠民惠农补贴发到这张卡"),
    ("temporary", "有未还的临时卡"),
)
_REASONS = (
    EndReason.WISH,
    EndReason.DEATH,
    EndReason.EMIGRATION,
    EndReason.DUPLICATE,
    EndReason.OTHER,
)


class CancelForm(CardForm):
    """Who asks, why, what comes back, what still runs."""

    act_code = "card.cancel"

    asker = forms.ChoiceField(
        label="申请人", choices=[(str(one), one.label) for one in Asker],
        widget=forms.RadioSelect, initial=str(Asker.HOLDER),
    )  # fmt: skip
    reason = forms.ChoiceField(
        label="注销原因", choices=[(str(one), one.label) for one in _REASONS],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择注销原因。"},
    )  # fmt: skip
    plastic = plastic_field(with_none=True)
    box = old_box_field()
    open_items = forms.MultipleChoiceField(
        label="已问明、已提示的未了事项", choices=OPEN_ITEMS, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    words = forms.CharField(
        label="说明", max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}), help_text="选“其他”的请写明",
    )  # fmt: skip
    field_order = ("key", "asker", "reason", "plastic", "box", "open_items", "words")

    def clean(self) -> dict[str, object]:
        """ "Other" is said in words."""
        given = super().clean() or {}
        if given.get("reason") == EndReason.OTHER and not given.get("words", "").strip():
            self.add_error("words", "选了“其他”，请写明原因。")
        return given

    def facts(self) -> CancelledOnRequest:
        """Who asked and why."""
        given = self.cleaned_data
        return CancelledOnRequest(
            asker=Asker(given["asker"]),
            reason=EndReason(given["reason"]),
            plastic=Plastic(given["plastic"]),
            open_items=tuple(given["open_items"]),
            words=given["words"].strip(),
        )
