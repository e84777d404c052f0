"""What a race asks and hears: done, or refused with reasons, also from another process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cardbook.ledger.models import Event
from cardbook.lifecycle.perform import Done
from cardbook.lifecycle.refusals import Refusal, Refused


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal, brought over from the process that met it."""

    refusals: tuple[Refusal, ...]

    @property
    def codes(self) -> set[str]:
        return {refusal.code for refusal in self.refusals}


Answer = Done | Told
_Given = TypeVar("_Given")


def asked(work: Callable[[], _Given]) -> _Given | Told:
    """The answer to a request, whichever it is."""
    try:
        return work()
    except Refused as refused:
        return Told(refused.refusals)


def parted(answers: Sequence[Answer]) -> tuple[list[Done], list[Told]]:
    """Those that were done, and those that were refused."""
    return (
        [answer for answer in answers if isinstance(answer, Done)],
        [answer for answer in answers if isinstance(answer, Told)],
    )


def stories(card_ids: Sequence[int]) -> dict[int, list[str]]:
    """The acts on each card in the order of the ledger."""
    told: dict[int, list[str]] = {}
    events = Event.objects.filter(subject_kind="card", subject_id__in=card_ids)
    for card_id, act in events.order_by("subject_id", "seq").values_list("subject_id", "act"):
        told.setdefault(card_id, []).append(act)
    return told
