"""Whether a unit or village may be given cards for its people: handlers, letter, plan (8 ¶3, 20).

Shared by the slices that hand cards to one; what is on file is kept in `chapters.representatives`.
"""

from collections.abc import Iterator
from datetime import date, datetime

from cardbook.chapters.representatives import readiness_of
from cardbook.law.parameters import quoted, whole_number
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.models import Kind, Organization


def objections_to_receiver(unit: Organization, *, on: date, lock: bool) -> Iterator[Refusal]:
    """This function will yield what is not on file of a unit; with `lock` it cannot change."""
    found = readiness_of(unit.pk, on=on, lock=lock)
    if found.letter is None:
        yield Refusal(no.LETTER_NOT_VALID, {"unit": unit.name, "why": ""})
    least = whole_number("collective_handlers", on=on)
    if found.letter is not None and len(found.handler_ids) < least:
        values = {"unit": unit.name, "count": len(found.handler_ids)}
        values["least"] = quoted("collective_handlers", on=on)
        yield Refusal(no.HANDLERS_TOO_FEW, values)
    if found.plan is None:
        yield Refusal(no.KEEPING_PLAN_MISSING, {"unit": unit.name})


def objections_to_town(receiver: Organization, *, at: datetime) -> Iterator[Refusal]:
    """This function will yield what a town lacks that is given cards; other offices need none."""
    if receiver.kind == Kind.TOWN:
        yield from objections_to_receiver(receiver, on=local_day(at), lock=True)
