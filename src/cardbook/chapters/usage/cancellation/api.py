"""Cancellation and old cards taken in, by API (Art. 26, 29)."""

from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.cancellation.commands import cancel_card, take_old_card_in
from cardbook.chapters.usage.cancellation.forms import CancelForm, HandInForm

ROUTER = acts_on(
    Target(),
    Call(form=CancelForm, do=cancel_card),
    Call(form=HandInForm, do=take_old_card_in),
)
