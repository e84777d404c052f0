"""Puts received cards into cabinet-shelf-box-slot (Art. 6, 20); one `perform()`.

Boxes are opened here too: a box is a place with a label, not an act on a card.
"""

from collections.abc import Sequence
from datetime import datetime

from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardSorted
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor

LARGEST_BOX = 2000


def box_code(*, cabinet: str, shelf: str, box: str) -> str:
    """This function will write a box's code as on its label, e.g. `A-2-05`."""
    return f"{cabinet}-{shelf}-{box}"


def open_box(
    *, cabinet: str, shelf: str, box: str, capacity: int, label: str, by: Actor
) -> Account:
    """This function will open a box at the actor's office, or return the one with that code.

    :raises ValueError: when the capacity is not between 1 and 2,000.
    """
    if not 1 <= capacity <= LARGEST_BOX:
        raise ValueError(f"每盒位数应在 1 到 {LARGEST_BOX} 之间")
    account, _ = Account.objects.get_or_create(
        kind=Place.BOX,
        organization_id=by.org_id,
        code=box_code(cabinet=cabinet, shelf=shelf, box=box),
        defaults={
            "cabinet": cabinet,
            "shelf": shelf,
            "box": box,
            "capacity": capacity,
            "label": label,
        },
    )
    return account


def sort_cards(
    *, card_ids: Sequence[int], account_id: int, order: str, by: Actor, at: datetime, key: str
) -> Done:
    """This function will put the cards into the lowest free slots of a box, in the given order.

    :raises Refused: when the box has too few free slots or a card is not on a shelf.
    :raises Account.DoesNotExist: when there is no such box in the actor's county.
    """
    account = Account.objects.get(
        pk=account_id, kind=Place.BOX, organization__path__startswith=by.county_path
    )
    step = Step(
        act=act("card.sort"),
        facts=CardSorted(order=order, box=account.code),
        subject_ids=card_ids,
        destination=Destination(account.pk),
    )
    return perform(step, by=by, at=at, key=key)
