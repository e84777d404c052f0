"""Whether an act fits: pure predicates named by the table of acts, each a claim of the regulation.

A *standing* guard needs the case alone and greys a button; a *check* judges the facts as given.
"""

from collections.abc import Callable
from datetime import datetime

from cardbook.law.parameters import whole_number
from cardbook.lib.clock import LOCAL
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    CardIssued,
    Defect,
    DefectRecorded,
    IssueUndone,
    Signing,
)
from cardbook.lifecycle.refusals import Refusal

StandingGuard = Callable[[Case, datetime], Refusal | None]
FactCheck = Callable[[Case, object], Refusal | None]


def holder_is_alive(case: Case, at: datetime) -> Refusal | None:
    """A dead holder's card goes back up the line (Art. 17)."""
    if case.died_on is None:
        return None
    return Refusal(no.HOLDER_DEAD, {"died_on": case.died_on}, case.id)


def holder_is_of_age(case: Case, at: datetime) -> Refusal | None:
    """A minor's card is collected by the guardian (Art. 11), judged on the day of pick-up."""
    today = at.astimezone(LOCAL).date()
    adult_age = whole_number("minor_age", on=today)
    if case.born_on is None:
        return None
    birthday_to_come = (today.month, today.day) < (case.born_on.month, case.born_on.day)
    age = today.year - case.born_on.year - birthday_to_come
    if age >= adult_age:
        return None
    return Refusal(no.HOLDER_IS_MINOR, {"age": age, "adult_age": adult_age}, case.id)


def temporary_card_is_back(case: Case, at: datetime) -> Refusal | None:
    """The new card waits until the temporary one is returned (Art. 27)."""
    if not case.temporary_card_out:
        return None
    return Refusal(no.TEMPORARY_CARD_OUT, {"number": case.temporary_card_out}, case.id)


def identity_was_seen(case: Case, facts: object) -> Refusal | None:
    """The original of the holder's own document was shown (Art. 8 para. 4)."""
    if isinstance(facts, CardIssued) and facts.original_seen:
        return None
    return Refusal(no.ID_NOT_SEEN, {}, case.id)


def face_was_compared(case: Case, facts: object) -> Refusal | None:
    """Person, document and card face agree (Art. 8 para. 4, Art. 13)."""
    if isinstance(facts, CardIssued) and facts.face_matches:
        return None
    return Refusal(no.FACE_NOT_CHECKED, {}, case.id)


def right_card_was_scanned(case: Case, facts: object) -> Refusal | None:
    """The card in the clerk's hand is the card on the screen (Art. 8 para. 4)."""
    scanned = facts.scanned if isinstance(facts, CardIssued) else ""
    if scanned == case.number:
        return None
    if not scanned:
        return Refusal(no.CARD_NOT_SCANNED, {}, case.id)
    return Refusal(
        no.WRONG_CARD_SCANNED,
        {"scanned": scanned, "expected": case.number, "place": case.place_text},
        case.id,
    )


def card_is_sound(case: Case, facts: object) -> Refusal | None:
    """The card passed inspection (Art. 9)."""
    if isinstance(facts, CardIssued) and facts.reads:
        return None
    return Refusal(no.CARD_UNREADABLE, {}, case.id)


def receiver_signed(case: Case, facts: object) -> Refusal | None:
    """The register is signed before the card is given (Art. 8 para. 4)."""
    if not isinstance(facts, CardIssued) or facts.signing is Signing.NONE:
        return Refusal(no.SIGNATURE_MISSING, {}, case.id)
    if facts.signing is Signing.SCREEN and not facts.signature:
        return Refusal(no.SIGNATURE_MISSING, {}, case.id)
    return None


def defect_is_named(case: Case, facts: object) -> Refusal | None:
    """The quality problem is one of Article 9's, or described in words."""
    named = isinstance(facts, DefectRecorded) and (
        facts.defect is not Defect.OTHER or bool(facts.words.strip())
    )
    return None if named else Refusal(no.DEFECT_NOT_NAMED, {}, case.id)


def undone_is_the_newest(case: Case, facts: object) -> Refusal | None:
    """Only the newest entry is taken back: whatever was built on it comes off first (Art. 7)."""
    undone = facts.event if isinstance(facts, IssueUndone) else 0
    if case.last is not None and undone == case.last.id:
        return None
    return Refusal(no.NOT_THE_NEWEST, {}, case.id)


def reason_is_given(case: Case, facts: object) -> Refusal | None:
    """An act that takes something back says why, in words (Art. 32)."""
    words = getattr(facts, "words", "")
    if isinstance(words, str) and words.strip():
        return None
    return Refusal(no.REASON_MISSING, {}, case.id)
