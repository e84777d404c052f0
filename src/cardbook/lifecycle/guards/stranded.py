"""Chapter 6: sent back up the line (Art. 16, 17)."""

from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import SentBack, Stranding
from cardbook.lifecycle.refusals import Refusal


def stranding_is_proved(case: Case, facts: object) -> Refusal | None:
    """Death, disappearance, emigration and deregistration are shown by a paper (Art. 17)."""
    assert isinstance(facts, SentBack)
    if not facts.missing:
        return None
    return Refusal(no.STRANDING_UNPROVED, {"number": case.number, **facts.unproved}, case.id)


def information_is_right(case: Case, facts: object) -> Refusal | None:
    """A card whose face is wrong goes the way of wrong cards, not of stranded ones (Art. 13)."""
    if isinstance(facts, SentBack) and facts.reason is Stranding.WRONG_INFORMATION:
        return Refusal(no.STRANDED_WRONG_INFORMATION, {"number": case.number}, case.id)
    return None
