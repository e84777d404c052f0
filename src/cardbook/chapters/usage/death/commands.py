"""Records a holder's death and takes a mistaken one back; no card changes by it (Art. 17, 29).

A card being made for him is: nobody will carry it (`ending.py`).
"""

from datetime import date, datetime
from typing import Any

from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.death.forms import NoteForm, UndoForm
from cardbook.chapters.usage.ending import about_the_holder, with_what_ends, write_death
from cardbook.chapters.usage.steps import step_of
from cardbook.lifecycle.facts import EndReason
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.papers.storage import keep_images


def note_death(given: Request[NoteForm], at: datetime) -> Done:
    """This function will record the day the holder died, for all his cards.

    A card that is being made for him is made no more.

    :raises Refused: when it is recorded already, the day cannot be, or a proof is missing.
    """
    step = about_the_holder(step_of(given), at=at)
    steps = with_what_ends(step, reason=EndReason.DEATH, key=given.key)
    return _record(given, at, *steps, died_on=given.form.facts().died_on)


def undo_death(given: Request[UndoForm], at: datetime) -> Done:
    """This function will take back a death that was recorded by mistake.

    An application that was stopped meanwhile stays so: he asks anew.

    :raises Refused: when none is recorded, or nobody says why.
    """
    return _record(given, at, about_the_holder(step_of(given), at=at), died_on=None)


def _record(given: Request[Any], at: datetime, *steps: Step, died_on: date | None) -> Done:
    def write(done: Done) -> None:
        keep_images(given.answered.images, by=given.by)
        write_death(given.subject_id, died_on)

    return perform(
        *steps, by=given.by, second=given.second, at=at, key=given.key, also=write
    )  # fmt: skip
