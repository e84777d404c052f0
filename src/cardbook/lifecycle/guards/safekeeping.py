"""Chapter 7: what was lost and is found (Art. 20)."""

from datetime import datetime

from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.refusals import Refusal


def is_on_no_list_of_the_bank(case: Case, at: datetime) -> Refusal | None:
    """What the bank was sent to destroy stays on its list until both sides say not (Art. 19)."""
    if case.came_by not in ("destruction.send", "destruction.receive"):
        return None
    return Refusal(no.ON_A_LIST, {"number": case.number}, case.id, remedy="destruction.take_back")


def was_not_set_aside(case: Case, at: datetime) -> Refusal | None:
    """A bad, wrong or returned card, lost and found, is not one to give out (Art. 9, 13)."""
    if case.came_by not in ("stock.miss_set_aside", "stock.find_stopped"):
        return None
    remedy = "stock.find_stopped"
    return Refusal(no.WAS_SET_ASIDE, {"number": case.number}, case.id, remedy=remedy)
