"""How far somebody sees among stranded cards: his county, or what his own office keeps (5, 16).

Villages, employers and bank outlets look after their own cards; the table of acts says the same.
"""

from collections.abc import Sequence

from django.db.models import Q

from cardbook.cards.models import Card
from cardbook.chapters.coming_home import bodies_of_cards_at
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.law.roles import OWN_OFFICE_ONLY
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization

# What pages call an office: they never touch models.
Office = Organization
# Where cards lie that nobody fetched; errors, defects and returns have queues of their own.
WAITING = (Place.STORE, Place.BOX, Place.DRAWER, Place.UNIT)


def sees_only_own(by: Actor) -> bool:
    """This function will say whether the post looks after the cards of its own office alone."""
    return by.role in OWN_OFFICE_ONLY


def paths_like(by: Actor) -> str:
    """This function will give the pattern that paths of offices within sight match (LIKE)."""
    return by.org_path if sees_only_own(by) else f"{by.county_path}%"


def office_within(by: Actor, prefix: str = "") -> Q:
    """This function will make the condition that an office is within sight."""
    if sees_only_own(by):
        return Q(**{f"{prefix}path": by.org_path})
    return Q(**{f"{prefix}path__startswith": by.county_path})


def office_seen(*, by: Actor, code: str) -> Organization | None:
    """This function will return an office within sight by its code, or None."""
    found = Organization.objects.filter(office_within(by), code=code).first()
    if found is None and code and not sees_only_own(by):
        # Whoever sees a whole county also opens it by its own code.
        found = Organization.objects.filter(path=by.county_path, code=code).first()
    return found


def offices_above(office: Organization) -> list[Organization]:
    """This function will list who may receive what an office returns, the next above it first.

    A village gives to its town, a town or employer to the card body, the card body to the city
    (Art. 17), an outlet to the bodies whose cards it has; the card body also takes in what lies on
    its own shelves.
    """
    ancestors = [int(part) for part in office.path.split(".") if part][:-1]
    conditions = Q(pk__in=ancestors, kind__in=[Kind.TOWN, Kind.CARD_BODY])
    if office.county_id:
        conditions |= Q(county=office.county_id, kind=Kind.CARD_BODY)
    if office.kind in (Kind.CARD_BODY, Kind.COUNTY) or office.county_id is None:
        conditions |= Q(kind=Kind.INFO_CENTRE)
    if office.kind in (Kind.BANK, Kind.BRANCH):
        conditions |= Q(pk__in=bodies_of_cards_at(office.pk))
    rank = {Kind.TOWN: 0, Kind.CARD_BODY: 1, Kind.INFO_CENTRE: 2}
    found = Organization.objects.filter(conditions, in_force=True).exclude(
        pk=office.pk if office.kind != Kind.CARD_BODY else 0
    )
    return sorted(found, key=lambda one: (rank[Kind(one.kind)], one.code))


def offices_of(card_ids: Sequence[int]) -> dict[int, list[int]]:
    """This function will group cards by the office that has them now; perform() asks again."""
    found: dict[int, list[int]] = {}
    places = Position.objects.filter(card__in=card_ids).order_by("card_id")
    for card_id, office in places.values_list("card_id", "account__organization"):
        found.setdefault(office, []).append(card_id)
    return found


def only_office_of(card_ids: Sequence[int]) -> Organization:
    """This function will return the one office that has all the cards now.

    :raises Refused: when there are none, or naming every card another office has.
    """
    found = offices_of(card_ids)
    if not found:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    first, *others = Organization.objects.filter(pk__in=found).order_by("pk")
    if others:
        strays = Card.objects.in_bulk([card for one in others for card in found[one.pk]])
        elsewhere = [(card_id, one.name) for one in others for card_id in found[one.pk]]
        raise Refused(
            [
                Refusal(
                    no.OTHER_OFFICE,
                    {"number": strays[id_].number, "custodian": name, "sender": first.name},
                    id_,
                )
                for id_, name in elsewhere
            ]
        )
    return first
