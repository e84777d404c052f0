"""Cancellation by API (Art. 29)."""

from datetime import date

from django.utils import timezone

from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.cancellation.commands import cancel_card
from cardbook.chapters.usage.cancellation.forms import CancelForm, OfficeForm, UnissuedForm
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor


def _today(card: object, by: Actor) -> dict[str, date]:
    return {"today": local_day(timezone.now())}


_ANY_DAY = {"today": date.max}
ROUTER = acts_on(
    Target(),
    Call(form=CancelForm, do=cancel_card, blank=_ANY_DAY, arguments=_today),
    Call(form=UnissuedForm, do=cancel_card, blank=_ANY_DAY, arguments=_today),
    Call(form=OfficeForm, do=cancel_card),
)
