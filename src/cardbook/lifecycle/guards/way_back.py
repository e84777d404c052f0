"""Which act brings a card that lies with others back onto a shelf of its office (Art. 6, 8, 20).

A refusal names it, and so does every list of cards that have to come back first.
"""

from collections.abc import Mapping

from cardbook.custody.places import Place
from cardbook.lifecycle.cases import Case

BRINGS_BACK: Mapping[Place, str] = {
    Place.UNIT: "bundle.give_back",
    Place.POST: "card.post_back",
    Place.VISIT: "card.bring_back",
}
# On its way: by what it was sent, and what acknowledges it.
ARRIVES_BY: Mapping[str, str] = {
    "delivery.": "delivery.receive",
    "handover.": "handover.receive",
}


def brings_back(case: Case) -> str:
    """This function will name that act by its code, "" for what is on a shelf or on no way."""
    if case.place is Place.TRANSIT:
        return next((one for way, one in ARRIVES_BY.items() if case.came_by.startswith(way)), "")
    return BRINGS_BACK.get(case.place, "") if case.place else ""
