"""Chapter 7: what was missing and turns up (Art. 18, 20)."""

from datetime import datetime

from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.refusals import Refusal


def card_was_for_issue(case: Case, at: datetime) -> Refusal | None:
    """A card that was out of use before it went missing is no card for issue when it is found."""
    if case.last is not None and case.last.act == "stock.miss_set_aside":
        return Refusal(no.FOUND_OUT_OF_USE, {}, case.id)
    return None
