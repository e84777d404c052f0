"""Chapter 5: a wrong card and its handling (Art. 13 to 15)."""

from datetime import date

from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    CorrectionResumed,
    ErrorExplained,
    ErrorRechecked,
    ErrorRecorded,
    ProvinceAnswered,
    WrongField,
)
from cardbook.lifecycle.refusals import Refusal


def error_is_named(case: Case, facts: object) -> Refusal | None:
    """The entry says which field is wrong; "other" also says in words what (Art. 13)."""
    if (
        isinstance(facts, ErrorRecorded)
        and facts.fields
        and (facts.words.strip() or set(facts.fields) != {WrongField.OTHER})
    ):
        return None
    return Refusal(no.ERROR_NOT_NAMED, {}, case.id)


def was_explained_in_words(case: Case, facts: object) -> Refusal | None:
    """To whom, how and in what words the holder was told (Art. 13)."""
    if isinstance(facts, ErrorExplained) and facts.words.strip() and facts.way and facts.told:
        return None
    return Refusal(no.EXPLANATION_MISSING, {}, case.id)


def police_day_is_ahead(case: Case, facts: object) -> Refusal | None:
    """The day by which the police will have mended its data is still to come (Art. 15)."""
    day = facts.expected_on if isinstance(facts, ErrorExplained) else None
    if day is None or case.at is None or day >= local_day(case.at):
        return None
    return Refusal(no.EXPECTED_DAY_PAST, {"day": f"{day}"}, case.id)


def recheck_is_complete(case: Case, facts: object) -> Refusal | None:
    """Every field was gone through again and found complete and right (Art. 13)."""
    if isinstance(facts, ErrorRechecked) and facts.complete:
        return None
    return Refusal(no.RECHECK_INCOMPLETE, {}, case.id)


def province_gave_a_reference(case: Case, facts: object) -> Refusal | None:
    """The province's own number stands beside the entry, dated no later than today (Art. 14)."""
    if (
        isinstance(facts, ProvinceAnswered)
        and facts.reference.strip()
        and _not_after(facts.answered_on, case)
    ):
        return None
    return Refusal(no.REFERENCE_MISSING, {}, case.id)


def correction_day_has_come(case: Case, facts: object) -> Refusal | None:
    """The day on which the police mended its data is not ahead (Art. 15)."""
    day = facts.corrected_on if isinstance(facts, CorrectionResumed) else None
    if day is None or _not_after(day, case):
        return None
    return Refusal(no.CORRECTION_DAY_AHEAD, {"day": f"{day}"}, case.id)


def _not_after(day: date, case: Case) -> bool:
    return case.at is None or day <= local_day(case.at)
