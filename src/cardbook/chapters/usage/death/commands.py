"""Records a holder's death and takes a mistaken one back; no card changes by it (Art. 17, 29)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from cardbook.cards.models import Card
from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.death.forms import NoteForm, UndoForm
from cardbook.chapters.usage.steps import step_of
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.perform import Done, perform
from cardbook.lifecycle.refusals import Refusal
from cardbook.papers.storage import keep_images
from cardbook.people.models import Person


def note_death(given: Request[NoteForm], at: datetime) -> Done:
    """This function will record the day the holder died, for all his cards.

    :raises Refused: when it is recorded already, the day cannot be, or a proof is missing.
    """
    return _record(given, at, died_on=given.form.facts().died_on)


def undo_death(given: Request[UndoForm], at: datetime) -> Done:
    """This function will take back a death that was recorded by mistake.

    :raises Refused: when none is recorded, or nobody says why.
    """
    return _record(given, at, died_on=None)


def _record(given: Request[Any], at: datetime, *, died_on: date | None) -> Done:
    step = step_of(given)

    def meanwhile(cases: Sequence[Case]) -> Iterator[Refusal]:
        """What another card of the same holder was told a moment ago: he is locked, then read."""
        for case in cases:
            assert case.person_id is not None
            holder = Person.objects.select_for_update(no_key=True).get(pk=case.person_id)
            if holder.died_on != case.died_on:
                now = replace(case, died_on=holder.died_on)
                found = [guard(now, at) for guard in step.act.guards]
                yield from (one for one in found if one is not None)

    def write(done: Done) -> None:
        keep_images(given.answered.images, by=given.by)
        holders = Card.objects.filter(pk__in=done.subject_ids).values("person")
        Person.objects.filter(pk__in=holders).update(died_on=died_on)

    return perform(
        replace(step, objections=meanwhile),
        by=given.by, second=given.second, at=at, key=given.key, also=write,
    )  # fmt: skip
