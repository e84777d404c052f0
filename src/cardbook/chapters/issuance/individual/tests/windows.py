"""What tests of the window share: the form as a careful clerk fills it in."""

from collections.abc import Mapping

from cardbook.cards.models import Card
from cardbook.testing import factories as make

FILLED_IN: Mapping[str, str] = {
    "identity": "reader",
    "face_person": "1",
    "face_card": "1",
    "reads": "1",
    "original_seen": "1",
    "copy_kept": "paper",
    "told": "1",
    "signing": "paper",
}


def filled_in(card: Card, **changes: str) -> dict[str, str]:
    """The whole form for a card; `changes` is the one thing a test makes different.

    As from a browser, a box that is not ticked is not sent: an empty change takes a field away.
    """
    given = {**FILLED_IN, "key": make.key(), "card": str(card.pk), "scanned": card.number}
    return {name: value for name, value in (given | changes).items() if value}
