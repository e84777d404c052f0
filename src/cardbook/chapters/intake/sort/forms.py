"""Turns what a sorter types into commands' arguments (Art. 6, 20)."""

from django import forms

from cardbook.chapters.intake.sort.commands import LARGEST_BOX


class BoxForm(forms.Form):
    """A box to open: cabinet, shelf, box as on the furniture."""

    cabinet = forms.RegexField(r"^[A-Z0-9]{1,4}$", label="柜", strip=True,
                               error_messages={"invalid": "柜号为 1 到 4 位大写字母或数字，例如 A"})
    shelf = forms.RegexField(r"^[0-9]{1,2}$", label="层",
                             error_messages={"invalid": "层号为 1 到 2 位数字"})
    box = forms.RegexField(r"^[0-9]{1,3}$", label="盒",
                           error_messages={"invalid": "盒号为 1 到 3 位数字"})
    capacity = forms.IntegerField(label="位数", min_value=1, max_value=LARGEST_BOX, initial=200)
    label = forms.CharField(label="标签", max_length=100, required=False)


class SortForm(forms.Form):
    """A pile to put into a box."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    order = forms.CharField(widget=forms.HiddenInput, max_length=10)
    pile = forms.CharField(max_length=200)
    account = forms.IntegerField(label="放入")
    count = forms.IntegerField(label="张数", min_value=1, max_value=LARGEST_BOX)
