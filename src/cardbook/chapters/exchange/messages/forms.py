"""What somebody writes down who did it on the other side's own screen."""

from django import forms


class SettleForm(forms.Form):
    """The other side's number, and a word about it."""

    reference = forms.CharField(
        label="对方流水号", max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="在对方系统办完后，抄写它给出的编号",
    )  # fmt: skip
    words = forms.CharField(
        label="说明", max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="不写姓名、号码",
    )  # fmt: skip
