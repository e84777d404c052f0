"""What of a fee is due, what became of the rest, by whose fault there is none (Art. 15, 26).

The amount of the tariff stays with the application; a list shows what is to be had of it.
"""

import json
from collections.abc import Iterable

from cardbook.cards.models import Application
from cardbook.cards.states import Fee, Subject
from cardbook.ledger.models import Event
from cardbook.lifecycle.facts import ApplyReason, Fault

# Nothing is to be had any more, and of how much: one word for each.
_LET_GO = frozenset({Fee.WAIVED, Fee.REFUNDED})
_OF_WRONG_FACES = ("replacement.open_error", "replacement.open_changed")


def due_yuan(application: Application) -> str:
    """This function will say what is or was to be taken: nothing once waived, or given back."""
    fen = 0 if application.fee in _LET_GO else application.fee_fen
    return f"{fen / 100:.2f}"


def fee_state(application: Application) -> str:
    """This function will say what became of the fee, and of how much where none is due."""
    label = Fee.of(application.fee).label
    if application.fee in _LET_GO:
        return f"{label} {application.fee_fen / 100:.2f} 元"
    return label


def faults_of(applications: Iterable[Application]) -> dict[int, Fault]:
    """This function will tell by whose doing each face was wrong that is made anew (Art. 15)."""
    wrong = [one.pk for one in applications if one.reason == ApplyReason.ERROR]
    if not wrong:
        return {}
    opened = Event.objects.filter(
        subject_kind=Subject.APPLICATION, subject_id__in=wrong, act__in=_OF_WRONG_FACES
    ).values_list("subject_id", "facts")
    return {id_: Fault(json.loads(facts)["fault"]) for id_, facts in opened}
