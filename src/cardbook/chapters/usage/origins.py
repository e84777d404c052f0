"""Where a holder belongs and where he fetches his card, as the bank's files ask (Art. 25).

The book knows unit, town and village from the last card it had of him; whoever never had one is
not given a guess.
"""

from collections.abc import Mapping, Sequence

from cardbook.cards.models import Application, Card
from cardbook.chapters.usage.models import ApplicationDetail
from cardbook.chapters.usage.values import Delivery


def origins_of(ids: Sequence[int]) -> Mapping[int, Mapping[str, str]]:
    """This function will say unit, town, village and outlet of applications, in three queries."""
    people = dict(Application.objects.filter(pk__in=ids).values_list("pk", "person_id"))
    last = {
        card.person_id: card
        for card in Card.objects.filter(person__in=set(people.values()))
        .select_related("town")
        .order_by("person_id", "-id")
        .distinct("person_id")
    }
    details = {
        one.pk: one
        for one in ApplicationDetail.objects.filter(pk__in=ids).select_related("office")
    }
    return {
        id_: {**_of_card(last.get(person)), **_outlet(details.get(id_))}
        for id_, person in people.items()
    }


def _of_card(card: Card | None) -> dict[str, str]:
    if card is None:
        return {}
    return {
        "unit_code": card.unit_code,
        "unit": card.unit_name,
        "town": card.town.name if card.town else "",
        "village": card.village,
    }


def _outlet(detail: ApplicationDetail | None) -> dict[str, str]:
    """Where it was taken is where it is fetched, unless it goes by post."""
    if detail is None or detail.delivery == Delivery.POST:
        return {}
    return {"outlet": detail.office.code, "outlet_name": detail.office.name}
