"""Cancellation by API (Art. 29)."""

from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.cancellation.commands import cancel_card
from cardbook.chapters.usage.cancellation.forms import CancelForm, OfficeForm, UnissuedForm

ROUTER = acts_on(
    Target(),
    Call(form=CancelForm, do=cancel_card),
    Call(form=UnissuedForm, do=cancel_card),
    Call(form=OfficeForm, do=cancel_card),
)
