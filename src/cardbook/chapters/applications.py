"""Replacements that several chapters open: whose card is made anew, and as what (Art. 9, 15, 20).

Neighbours: `issuance/defect`, `corrections/wrong_cards` and `safekeeping/places`, which open them.
"""

from collections.abc import Sequence

from django.db.models import Q

from cardbook.cards.models import Application, Card
from cardbook.cards.states import CLOSED_APPLICATIONS
from cardbook.lifecycle.births import GivenRows
from cardbook.people.models import Person

_COLUMNS = ("person_id", "county_id", "kind", "reason", "old_card_id", "fee_fen", "bank_id")


def to_be_replaced(cards: Sequence[Card]) -> list[Card]:
    """This function will leave out cards whose holder died or has a card on its way already.

    Who is said to be dead waits until somebody found out (Art. 17).

    The application opened for the very card does not count, so that asking again with the same key
    is the same request and gets the first answer. Of two cards of one holder the first is made
    anew: nobody has two applications under way.
    """
    people = {card.person_id for card in cards}
    gone = Q(died_on__isnull=False) | ~Q(said_dead_by="")
    dead = set(Person.objects.filter(gone, pk__in=people).values_list("pk", flat=True))
    under_way = Application.objects.filter(person__in=people)
    others: dict[int, set[int | None]] = {}
    for person_id, old_card_id in under_way.exclude(progress__in=CLOSED_APPLICATIONS).values_list(
        "person_id", "old_card_id"
    ):
        others.setdefault(person_id, set()).add(old_card_id)
    chosen: dict[int, Card] = {}
    for card in cards:
        if card.person_id not in dead and not others.get(card.person_id, set()) - {card.pk}:
            chosen.setdefault(card.person_id, card)
    return list(chosen.values())


def replacement_of(
    card: Card,
    *,
    reason: str,
    fee_fen: int = 0,
    county_id: int | None = None,
    bank_id: int | None = None,
) -> GivenRows:
    """This function will make the application for a new card in place of an old one."""
    county = county_id or card.county_id
    row = (card.person_id, county, "replacement", reason, card.pk, fee_fen, bank_id)
    return GivenRows(_COLUMNS, (row,))
