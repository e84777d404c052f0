"""What is asked when a holder's death is recorded or taken back (Art. 17, 29)."""

from django import forms

from cardbook.chapters.usage.asking import CardForm, words_field
from cardbook.chapters.usage.death.late_queries import OUTCOMES
from cardbook.lib.masking import mask_in
from cardbook.lifecycle.facts import DeathNoted, DeathSource, DeathUndone
from cardbook.registers.choosing import DayField

_PLAIN = {"autocomplete": "off"}


class NoteForm(CardForm):
    """When, and by whom or what the office knows."""

    act_code = "holder.note_death"

    died_on = DayField(label="死亡日期", error_messages={"required": "请照证明填写死亡日期。"})
    source = forms.ChoiceField(
        label="从何得知", choices=[(str(one), one.label) for one in DeathSource],
        widget=forms.RadioSelect, error_messages={"required": "请选择从何得知。"},
    )  # fmt: skip
    reference = forms.CharField(
        label="证明编号、函号", max_length=60, required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )  # fmt: skip
    words = words_field("说明")

    def facts(self) -> DeathNoted:
        """The day and whose word it is."""
        given = self.cleaned_data
        return DeathNoted(
            died_on=given["died_on"],
            source=DeathSource(given["source"]),
            reference=given["reference"].strip(),
            words=given["words"].strip(),
        )


class LateForm(forms.Form):
    """What was found out about hand-overs dated after the death."""

    outcome = forms.ChoiceField(label="查明", choices=OUTCOMES, widget=forms.RadioSelect)
    words = forms.CharField(
        label="怎样查明的", max_length=200, widget=forms.TextInput(attrs=_PLAIN),
        help_text="问了谁、看了什么；不要写证件号码",
    )  # fmt: skip

    def clean_words(self) -> str:
        """A number typed here is hidden."""
        return mask_in(self.cleaned_data["words"]).strip()


class UndoForm(CardForm):
    """How the mistake was found out."""

    act_code = "holder.undo_death"

    words = words_field(
        "怎样查明是误登", missing="请写明怎样查明是误登（例如：同名，本人持证到场）。"
    )

    def facts(self) -> DeathUndone:
        """Why it is taken back."""
        return DeathUndone(words=self.cleaned_data["words"].strip())
