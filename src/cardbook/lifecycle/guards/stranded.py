"""Chapter 6: sent back up the line (Art. 16, 17)."""

from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import SentBack
from cardbook.lifecycle.refusals import Refusal


def stranding_is_proved(case: Case, facts: object) -> Refusal | None:
    """Death, disappearance, emigration and deregistration are shown by a paper (Art. 17)."""
    if isinstance(facts, SentBack) and (facts.proof.strip() or not facts.reason.needs_proof):
        return None
    reason = facts.reason.label if isinstance(facts, SentBack) else ""
    return Refusal(no.STRANDING_UNPROVED, {"reason": reason}, case.id)
