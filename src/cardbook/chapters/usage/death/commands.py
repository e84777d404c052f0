"""Records a holder's death and takes a mistaken one back; no card changes by it (Art. 17, 29).

A card being made for him is: nobody will carry it (`ending.py`).
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.death.forms import NoteForm, UndoForm
from cardbook.chapters.usage.ending import about_the_holder, with_what_ends, write_death
from cardbook.chapters.usage.steps import do, step_of
from cardbook.lifecycle.facts import EndReason
from cardbook.lifecycle.perform import Done, Step


def note_death(given: Request[NoteForm], at: datetime) -> Done:
    """This function will record the day the holder died, for all his cards.

    A card that is being made for him is made no more.

    :raises Refused: when it is recorded already, the day cannot be, or a proof is missing.
    """
    step = about_the_holder(step_of(given), at=at)
    steps = with_what_ends(step, reason=EndReason.DEATH, key=given.key)
    return _record(given, at, steps, died_on=given.form.facts().died_on)


def undo_death(given: Request[UndoForm], at: datetime) -> Done:
    """This function will take back a death that was recorded by mistake.

    An application that was stopped meanwhile stays so: he asks anew.

    :raises Refused: when none is recorded, or nobody says why.
    """
    return _record(given, at, [about_the_holder(step_of(given), at=at)], died_on=None)


def _record(
    given: Request[Any], at: datetime, steps: Sequence[Step], *, died_on: date | None
) -> Done:
    return do(given, at, steps=steps, also=lambda done: write_death(given.subject_id, died_on))
