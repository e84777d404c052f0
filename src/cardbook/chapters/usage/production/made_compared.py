"""Compares the cards makers say they made with those that came (Art. 6, 25, 31).

Read where orders are written; nothing here writes. What is personal is opened for one request.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cardbook.cards.models import Application, Card
from cardbook.cards.states import Progress, Social
from cardbook.chapters.usage.made import made_cards
from cardbook.chapters.usage.reaching import Bank, applications_within
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of

_DONE = (Progress.PRODUCED, Progress.COLLECTED)
MOST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherNumber:
    """An application whose maker named one card, and another one came for the holder."""

    application_id: int
    name: str
    masked_number: str
    made: str
    came: tuple[str, ...]


def other_numbers(*, by: Actor, bank: Bank) -> list[OtherNumber]:
    """This function will name what came under another number than the maker's return says.

    The newest applications of a bank are looked at; an old card is not what came, nor is one that
    was cancelled.
    """
    found = list(
        applications_within(by)
        .filter(
            bank__path__startswith=bank.path, progress__in=_DONE,
            detail__made_sealed__isnull=False,
        )
        .order_by("-pk")[:MOST]
    )  # fmt: skip
    made = made_cards([one.pk for one in found])
    came = _cards_of(found)
    return [
        OtherNumber(
            application_id=one.pk, name=holder_of(one.person).name,
            masked_number=holder_of(one.person).masked_number, made=made[one.pk].number,
            came=tuple(numbers),
        )
        for one in found
        if (numbers := came.get(one.pk)) and made[one.pk].number not in numbers
    ]  # fmt: skip


def _cards_of(applications: Sequence[Application]) -> dict[int, list[str]]:
    """The cards of each one's holder besides the old one, by application."""
    people = {one.person_id for one in applications}
    cards: dict[int, list[tuple[int, str]]] = {}
    rows = Card.objects.filter(person__in=people).exclude(social=Social.CANCELLED).order_by("pk")
    for person, card, number in rows.values_list("person_id", "pk", "number"):
        cards.setdefault(person, []).append((card, number))
    return {
        one.pk: [n for card, n in cards.get(one.person_id, ()) if card != one.old_card_id]
        for one in applications
    }
