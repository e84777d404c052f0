"""One step on one card from what a form gave: what the commands of this chapter have in common."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cardbook.chapters.usage.asking import Request
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.perform import Deferred, Done, Step, perform
from cardbook.papers.storage import keep_images


def step_of(given: Request[Any]) -> Step:
    """This function will make the step a form asks for, with its papers and what was told."""
    return Step(
        act=act(given.form.act_code),
        facts=given.form.facts(),
        subject_ids=[given.subject_id],
        papers=given.answered.papers,
        told=given.answered.told,
    )


def do(
    given: Request[Any],
    at: datetime,
    *,
    steps: Sequence[Step | Deferred] = (),
    also: Callable[[Done], None] = lambda done: None,
) -> Done:
    """This function will do the act of a form, or `steps` that a slice made of it, as one.

    The pictures of its papers are kept with it, and `also` writes the slice's own rows.

    :raises Refused: with every reason; nothing was changed.
    """

    def keep(done: Done) -> None:
        keep_images(given.answered.images, by=given.by)
        also(done)

    return perform(
        *(steps or (step_of(given),)), by=given.by, second=given.second, at=at, key=given.key,
        also=keep,
    )  # fmt: skip
