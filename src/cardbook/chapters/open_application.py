"""The application somebody already has: named to whoever is refused another one (Art. 25, 26).

By number, day and progress alone: a bank is told nothing of another bank.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from cardbook.cards.models import Application
from cardbook.cards.states import CLOSED_APPLICATIONS, Progress, Subject
from cardbook.ledger.models import Event
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused


def application_open(person_id: int, *, subject_id: int | None = None) -> Refusal:
    """This function will refuse another application to a person, naming the one he has."""
    return Refusal(no.APPLICATION_OPEN, {"which": _which(person_id)}, subject_id)


@contextmanager
def naming_the_first(person_of: Callable[[], int | None]) -> Iterator[None]:
    """This function will name the first of two applications to whoever came second.

    The schema refuses the second one and knows no words; by then the first is there to be read.

    :raises Refused: as it came, with the first application in it.
    """
    try:
        yield
    except Refused as refused:
        person_id = person_of()
        if person_id is None:
            raise
        raise Refused(
            [
                replace(one, values={"which": _which(person_id)})
                if one.reason is no.APPLICATION_OPEN else one
                for one in refused.refusals
            ]
        ) from refused  # fmt: skip


def _which(person_id: int) -> str:
    found = Application.objects.filter(person=person_id).exclude(progress__in=CLOSED_APPLICATIONS)
    one = found.first()
    if one is None:
        return ""
    born = Event.objects.filter(subject_kind=Subject.APPLICATION, subject_id=one.pk, seq=1).get()
    day = f"{born.happened_at.astimezone(LOCAL):%Y-%m-%d}"
    return f"（SQ{one.pk}，{day} 受理，{Progress.of(one.progress).label}）"
