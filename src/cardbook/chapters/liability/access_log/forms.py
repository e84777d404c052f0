"""What is asked of the list of looks, and why somebody looks at so many (Art. 32 item 3)."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.http import url_has_allowed_host_and_scheme

from cardbook.chapters.liability.access_log.queries import Asked
from cardbook.registers.choosing import DayField

# The list begins so long ago unless another day is chosen: whole years are millions of rows.
USUAL_DAYS = 30
_LONG_NUMBER = re.compile(r"\d{7,}")


class FindForm(forms.Form):
    """Days and a device; whatever does not fit is left aside."""

    since = DayField(required=False)
    until = DayField(required=False)
    device = forms.CharField(max_length=60, required=False)


def asked_in(data: Mapping[str, Any], *, text: str, sort: str, today: date) -> Asked:
    """This function will read what is asked of the list; without a day the last month is meant."""
    form = FindForm(data)
    form.is_valid()
    given = form.cleaned_data
    return Asked(
        text=text, until=given.get("until"),
        since=given.get("since") or (given.get("until") or today) - timedelta(days=USUAL_DAYS),
        device=given.get("device", "").strip(), sort=sort,
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why, and where to go on."""

    reason = forms.CharField(
        label="原因", max_length=100,
        help_text="例如：XX小学集中领卡，逐人核对。不要写姓名和证件号码",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": "请写明为什么要连续查看这么多人。"},
    )  # fmt: skip
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_reason(self) -> str:
        """Words, no numbers of people."""
        reason: str = self.cleaned_data["reason"].strip()
        if _LONG_NUMBER.search(reason):
            raise forms.ValidationError("原因里不要写证件号码、电话或卡号。")
        return reason

    def clean_next(self) -> str:
        """An address of this house, or the search."""
        to: str = self.cleaned_data["next"]
        inside = to.startswith("/") and url_has_allowed_host_and_scheme(to, allowed_hosts=None)
        return to if inside else ""
