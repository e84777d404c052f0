"""Moved relations and stopped cards, by API (Art. 30, 31)."""

from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.transfer.commands import end_relation, record
from cardbook.chapters.usage.transfer.forms import EndForm, FreezeForm, KeepForm, UnfreezeForm

ROUTER = acts_on(
    Target(),
    Call(form=EndForm, do=end_relation),
    Call(form=KeepForm, do=record),
    Call(form=FreezeForm, do=record),
    Call(form=UnfreezeForm, do=record),
)
