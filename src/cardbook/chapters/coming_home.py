"""To which card bodies the cards go back that an outlet of a bank has and nobody fetched (6, 17).

An outlet lies in no county; each card comes home to its own, by hand-over or as a stranded one.
"""

from django.db.models import QuerySet

from cardbook.cards.models import Card
from cardbook.orgs.models import Kind, Organization


def bodies_of_cards_at(office_id: int) -> QuerySet[Organization]:
    """This function will find the card bodies of the counties whose cards lie in an office."""
    counties = Card.objects.filter(position__account__organization=office_id).values("county")
    return Organization.objects.filter(kind=Kind.CARD_BODY, county__in=counties, in_force=True)
