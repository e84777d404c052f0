"""What acts of several chapters ask."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from cardbook.custody.places import Place
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.refusals import Reason, Refusal

StandingGuard = Callable[[Case, datetime], Refusal | None]
FactCheck = Callable[[Case, object], Refusal | None]


class Mortal(Protocol):
    """Whoever may have died: a person, or a case that names its holder."""

    @property
    def died_on(self) -> date | None:
        """The day of his death."""

    @property
    def said_dead_by(self) -> str:
        """Which opening balance calls him dead without a day; nobody has found out (Art. 17)."""


def dead_or_said_dead(
    of: Mortal, *, dead: Reason = no.HOLDER_DEAD, subject_id: int | None = None
) -> Refusal | None:
    """This function will refuse what only the living get: he died, or is said to have (17)."""
    if of.died_on is not None:
        return Refusal(dead, {"died_on": of.died_on}, subject_id)
    if of.said_dead_by:
        return Refusal(no.HOLDER_SAID_DEAD, {"claim": of.said_dead_by}, subject_id)
    return None


def holder_is_alive(case: Case, at: datetime) -> Refusal | None:
    """A dead holder's card goes back up the line; one said to be dead waits (Art. 17)."""
    # Named although it is the usual one: the catalogue of refusals is read off each guard's text.
    return dead_or_said_dead(case, dead=no.HOLDER_DEAD, subject_id=case.id)


def undone_is_the_newest(case: Case, facts: object) -> Refusal | None:
    """Only the newest entry is taken back: whatever was built on it comes off first (Art. 7)."""
    undone = getattr(facts, "event", 0)
    if case.last is not None and undone == case.last.id:
        return None
    return Refusal(no.NOT_THE_NEWEST, {}, case.id)


def reason_is_given(case: Case, facts: object) -> Refusal | None:
    """An act that takes something back says why, in words (Art. 32)."""
    words = getattr(facts, "words", "")
    if isinstance(words, str) and words.strip():
        return None
    return Refusal(no.REASON_MISSING, {}, case.id)


def came_from_the_maker(case: Case, at: datetime) -> Refusal | None:
    """What is counted as a delivery is one; what was handed down is acknowledged (Art. 6)."""
    return _on_its_way_by(case, "delivery.")


def came_from_an_office(case: Case, at: datetime) -> Refusal | None:
    """What is acknowledged was handed down; a delivery is counted by two (Art. 6)."""
    return _on_its_way_by(case, "handover.")


def _on_its_way_by(case: Case, family: str) -> Refusal | None:
    if case.place is not Place.TRANSIT or case.came_by.startswith(family):
        return None
    return Refusal(no.OTHER_WAY_OF_ARRIVAL, {"number": case.number}, case.id)
