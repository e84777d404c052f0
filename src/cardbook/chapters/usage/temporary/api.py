"""Temporary cards by API: longer, back, lost, excused, void (Art. 27).

Stocking in is a page for a scanner; lending names an application and is done at the window.
"""

from cardbook.chapters.card_heads import CardHead
from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.temporary.commands import extend, record
from cardbook.chapters.usage.temporary.forms import (
    ExcuseForm,
    ExtendForm,
    LoseForm,
    TakeBackForm,
    VoidForm,
)
from cardbook.chapters.usage.temporary.queries import temporary_head_of
from cardbook.orgs.actors import Actor


def _find(number: str, by: Actor) -> CardHead | None:
    return temporary_head_of(number.upper(), by)


ROUTER = acts_on(
    Target(path="/temporary-cards/{number}", tag="临时卡", find=_find),
    Call(form=ExtendForm, do=extend),
    Call(form=TakeBackForm, do=record),
    Call(form=LoseForm, do=record),
    Call(form=ExcuseForm, do=record),
    Call(form=VoidForm, do=record),
)
