"""Activation by API (Art. 22)."""

from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.activation.commands import direct_to_bank, record
from cardbook.chapters.usage.activation.forms import (
    ActivateForm,
    BankReportForm,
    DirectForm,
    PinForm,
    offer_outlets,
)

ROUTER = acts_on(
    Target(),
    Call(form=ActivateForm, do=record),
    Call(form=DirectForm, do=direct_to_bank, prepare=offer_outlets),
    Call(form=BankReportForm, do=record),
    Call(form=PinForm, do=record),
)
