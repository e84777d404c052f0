"""Whether somebody has a card on its way already; replacements of two chapters ask (Art. 9, 15).

Neighbours: `issuance/defect` and `corrections/wrong_cards`, which open replacements.
"""

from cardbook.cards.models import Application
from cardbook.cards.states import CLOSED_APPLICATIONS


def has_other_application(person_id: int, *, card_id: int) -> bool:
    """This function will say whether a person has an application under way for another reason.

    One opened for this very card does not count, so that asking again with the same key is the
    same request and gets the first answer.
    """
    return (
        Application.objects.filter(person_id=person_id)
        .exclude(progress__in=CLOSED_APPLICATIONS)
        .exclude(old_card_id=card_id)
        .exists()
    )
