"""Turns what a sorter types into commands' arguments (Art. 6, 20)."""

import re

from django import forms
from django.http import QueryDict

from cardbook.chapters.intake.sort.commands import LARGEST_BOX
from cardbook.chapters.intake.sort.queries import ORDERS, USUAL_CAPACITY

_PART = re.compile(r"(\d{1,4})(?:\s*[-~－～—至到]\s*(\d{1,4}))?")
_BETWEEN = re.compile(r"[,，、;；\s]+")


def read_slots(text: str) -> tuple[int, ...]:
    """This function will read slots as clerks write them: `1-20，35`, in rising order.

    :raises ValueError: in Chinese, when a part is no slot or a range runs backwards.
    """
    slots: set[int] = set()
    for part in filter(None, _BETWEEN.split(text.strip())):
        found = _PART.fullmatch(part)
        if found is None:
            raise ValueError(f"“{part}”不是位号；请写成 1-20 或 3,5,8")
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last <= LARGEST_BOX:
            raise ValueError(f"“{part}”的位号应在 1 到 {LARGEST_BOX} 之间，前小后大")
        slots.update(range(first, last + 1))
    return tuple(sorted(slots))


class BoxForm(forms.Form):
    """A box to open: cabinet, shelf, box as on the furniture."""

    cabinet = forms.RegexField(
        r"^[A-Z0-9]{1,4}$",
        label="柜",
        strip=True,
        error_messages={"invalid": "柜号为 1 到 4 位大写字母或数字，例如 A"},
    )
    shelf = forms.RegexField(
        r"^[0-9]{1,2}$", label="层", error_messages={"invalid": "层号为 1 到 2 位数字"}
    )
    box = forms.RegexField(
        r"^[0-9]{1,3}$", label="盒", error_messages={"invalid": "盒号为 1 到 3 位数字"}
    )
    capacity = forms.IntegerField(
        label="位数", min_value=1, max_value=LARGEST_BOX, initial=USUAL_CAPACITY
    )
    label = forms.CharField(
        label="标签", max_length=100, required=False, help_text="例如镇（街道）或单位名称"
    )


class SortForm(forms.Form):
    """A pile to put into a box; no box means a new one."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    order = forms.ChoiceField(
        widget=forms.HiddenInput, choices=[(code, title) for code, (title, _) in ORDERS.items()]
    )
    pile = forms.CharField(max_length=200, strip=False)
    account = forms.IntegerField(label="放入", required=False)
    count = forms.IntegerField(
        label="张数",
        min_value=1,
        max_value=LARGEST_BOX,
        error_messages={
            "required": "请填写张数",
            "invalid": "张数为整数",
            "min_value": "张数至少为 1",
            "max_value": f"一次最多放 {LARGEST_BOX} 张",
        },
    )


def rows_of(data: QueryDict) -> list[SortForm]:
    """This function will read each ticked pile as the form its own button would have sent.

    A row says its place on the page, box, count and pile; a text that is none is left out.
    """
    forms_of_rows = []
    for text in data.getlist("row"):
        if text.count("|") < 3:
            continue
        row, account, count, pile = text.split("|", 3)
        given = {
            "key": f"{data.get('key', '')}-{row}", "order": data.get("order"),
            "account": account, "count": count, "pile": pile,
        }  # fmt: skip
        forms_of_rows.append(SortForm(given))
    return [form for form in forms_of_rows if form.is_valid()]


class MoveForm(forms.Form):
    """Some slots of a box to another box."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    slots = forms.CharField(label="位号", max_length=200, help_text="例如 1-20 或 3,5,8")
    target = forms.CharField(
        label="移到哪个盒", max_length=80, help_text="扫描盒标签，或输入盒号，例如 A-1-02"
    )

    def clean_slots(self) -> tuple[int, ...]:
        """The slots as numbers."""
        try:
            slots = read_slots(self.cleaned_data["slots"])
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem
        if not slots:
            raise forms.ValidationError("请写明位号，例如 1-20")
        return slots


class PutForm(forms.Form):
    """One scanned card to put into a box."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    number = forms.CharField(max_length=60, required=False)
