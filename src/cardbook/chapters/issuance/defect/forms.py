"""Turns what the window says of a defective card into facts (Art. 9)."""

from django import forms

from cardbook.chapters.asked import AskedForm
from cardbook.chapters.issuance.defect.returns import ORDERS
from cardbook.lifecycle.facts import Defect, DefectRecorded, Reading, Verdict


class DefectForm(AskedForm):
    """Which quality problem, how it was found; and what the row asks for."""

    act_code = "defect.record"

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    from_desk = forms.BooleanField(widget=forms.HiddenInput, required=False)
    defect = forms.ChoiceField(
        label="质量问题", choices=[(str(d), d.label) for d in Defect], widget=forms.RadioSelect
    )
    reading = forms.ChoiceField(
        label="检测结果",
        choices=[(str(one), one.label) for one in Reading],
        initial=Reading.EYE,
        required=False,
    )
    verdict = forms.ChoiceField(
        label="鉴定结论",
        choices=[(str(one), one.label) for one in Verdict],
        initial=Verdict.MADE,
        required=False,
    )
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
        reading = Reading(given["reading"] or Reading.EYE)
        return DefectRecorded(
            defect=Defect(given["defect"]),
            reader_tried=reading is not Reading.EYE,
            words=given["words"],
            reading=reading,
            verdict=Verdict(given["verdict"] or Verdict.MADE),
        )


class StockForm(forms.Form):
    """What a list of defective cards shows."""

    batch = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    defect = forms.ChoiceField(
        choices=[("", "全部"), *((str(one), one.label) for one in Defect)], required=False
    )
    card = forms.CharField(required=False, max_length=20)
    order = forms.ChoiceField(
        choices=[(key, title) for key, (title, _) in ORDERS.items()], required=False
    )


class AnswerForm(forms.Form):
    """What was done about a batch."""

    batch = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    words = forms.CharField(
        label="怎样处理的", max_length=200,
        error_messages={"required": "请写明怎样处理的，例如已联系制卡机构、何时答复。"},
    )  # fmt: skip
