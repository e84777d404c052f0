"""Turns what the window says of a defective card into facts (Art. 9)."""

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.lifecycle.facts import Defect, DefectRecorded


class DefectForm(AskedForm):
    """Which quality problem, how it was found; and what the row asks for."""

    act_code = "defect.record"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    from_desk = forms.BooleanField(widget=forms.HiddenInput, required=False)
    defect = forms.ChoiceField(
        label="质量问题", choices=[(str(d), d.label) for d in Defect], widget=forms.RadioSelect
    )
    reader_tried = forms.BooleanField(label="已在读卡设备上试读", required=False)
    words = forms.CharField(
        label="具体情况",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="选“其他质量问题”时必须写明",
    )

    def facts(self) -> DefectRecorded:
        """What the act records, from a valid form."""
        given = self.cleaned_data
        return DefectRecorded(
            defect=Defect(given["defect"]),
            reader_tried=given["reader_tried"],
            words=given["words"],
        )


class WithdrawForm(forms.Form):
    """Why an application is taken back."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    words = forms.CharField(
        label="撤回原因",
        max_length=200,
        error_messages={"required": "请写明撤回原因，供日后核查。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="一句话写明，供日后核查",
    )
