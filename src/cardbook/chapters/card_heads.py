"""One card of the county as pages that act on it name it: whose it is, which it is (Art. 8, 9)."""

from dataclasses import dataclass

from cardbook.cards.models import Card
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CardHead:
    """A card with its holder, masked."""

    id: int
    number: str
    name: str
    masked_number: str
    bank: str
    batch: str


def card_in_county(*, card_id: int, by: Actor) -> Card | None:
    """This function will return a card with its holder, or None outside the actor's county."""
    return (
        Card.objects.filter(pk=card_id, county__path__startswith=by.county_path)
        .select_related("person", "batch", "bank_org")
        .first()
    )


def card_head(*, card_id: int, by: Actor) -> CardHead | None:
    """This function will name a card of the actor's county for a page, or return None."""
    card = card_in_county(card_id=card_id, by=by)
    if card is None:
        return None
    holder = holder_of(card.person)
    return CardHead(
        id=card.pk,
        number=card.number,
        name=holder.name,
        masked_number=holder.masked_number,
        bank=card.bank_org.name if card.bank_org else "",
        batch=card.batch.code,
    )
