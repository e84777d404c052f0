"""The application somebody already has: named to whoever is refused another one (Art. 25, 26).

By number, day, office and progress; of a bank's outlet no more than that it is one, for a bank is
told nothing of another bank.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from cardbook.cards.models import Application
from cardbook.cards.states import CLOSED_APPLICATIONS, Progress, Subject
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.models import Kind, Organization


def application_open(person_id: int, *, subject_id: int | None = None) -> Refusal:
    """This function will refuse another application to a person, naming the one he has."""
    return Refusal(no.APPLICATION_OPEN, {"which": _first_of(person_id)}, subject_id)


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
                replace(one, values={"which": _first_of(person_id)})
                if one.reason is no.APPLICATION_OPEN else one
                for one in refused.refusals
            ]
        ) from refused  # fmt: skip


def open_application(person_id: int) -> Application | None:
    """This function will find the application of a person that is under way, if there is one."""
    found = Application.objects.filter(person=person_id).exclude(progress__in=CLOSED_APPLICATIONS)
    return found.select_related("county").first()


def said_of(application: Application) -> str:
    """This function will say which application it is, when and where it was taken, how far it is.

    Two windows meet in one case (Art. 25, 26): whoever comes second goes on with the first.
    """
    born = Event.objects.get(subject_kind=Subject.APPLICATION, subject_id=application.pk, seq=1)
    office = Organization.objects.get(pk=born.org_id)
    name = Kind.BRANCH.label if office.kind == Kind.BRANCH else office.name
    progress = Progress.of(application.progress).label
    return f"申请 {application.pk}，{local_day(born.happened_at)} {name}受理，{progress}"


def _first_of(person_id: int) -> str:
    first = open_application(person_id)
    return f"（{said_of(first)}）" if first else ""
