"""Temporary cards by API: out, longer, back, lost, excused, void (Art. 27).

Stocking in has no card to name yet; it is a page for a scanner.
"""

from cardbook.chapters.card_heads import CardHead
from cardbook.chapters.usage.act_api import Call, Target, acts_on
from cardbook.chapters.usage.temporary.commands import extend, lend, record
from cardbook.chapters.usage.temporary.forms import (
    ExcuseForm,
    ExtendForm,
    LendForm,
    LoseForm,
    TakeBackForm,
    VoidForm,
)
from cardbook.chapters.usage.temporary.queries import application_head, temporary_head_of
from cardbook.lib.ids import id_of
from cardbook.orgs.actors import Actor


def _find(number: str, by: Actor) -> CardHead | None:
    return temporary_head_of(number.upper(), by)


def _application(number: str, by: Actor) -> CardHead | None:
    found = id_of(number)
    return application_head(found, by) if found is not None else None


LENDING = acts_on(
    Target(path="/applications/{number}", tag="制卡申请", find=_application),
    Call(form=LendForm, do=lend),
)
ROUTER = acts_on(
    Target(path="/temporary-cards/{number}", tag="临时卡", find=_find),
    Call(form=ExtendForm, do=extend),
    Call(form=TakeBackForm, do=record),
    Call(form=LoseForm, do=record),
    Call(form=ExcuseForm, do=record),
    Call(form=VoidForm, do=record),
)
