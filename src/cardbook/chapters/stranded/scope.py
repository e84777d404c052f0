"""How far somebody sees among stranded cards: his county, or what his own office keeps (5, 16).

Villages, employers and bank outlets look after their own cards; the table of acts says the same.
"""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

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
_OUTLETS = (Kind.BANK, Kind.BRANCH)
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


def home_of(*, by: Actor, under: Organization | None) -> dict[str, int | None]:
    """This function will name the county whose cards at outlets of banks belong to what is seen.

    An outlet lies in no county, so a county's own view adds what outlets have of it, and opens one
    outlet alone (`outlet`); villages and outlets see their own, the city has them all below it.
    """
    outlet = under.pk if under is not None and under.kind in _OUTLETS else None
    whole = under is None or under.path == by.county_path
    if by.county_id is None or sees_only_own(by) or not (whole or outlet):
        return {"home": None, "outlet": None}
    return {"home": by.county_id, "outlet": outlet}


def outlets_of_county(by: Actor) -> QuerySet[Organization]:
    """This function will find the outlets of banks that have cards of the actor's county."""
    if by.county_id is None or sees_only_own(by):
        return Organization.objects.none()
    there = Position.objects.filter(
        account__organization__kind__in=_OUTLETS, account__kind__in=WAITING,
        card__county=by.county_id,
    )  # fmt: skip
    return Organization.objects.filter(pk__in=there.values("account__organization"))


def at_outlets(by: Actor) -> Q:
    """This function will make the condition that a card of the actor's county is at an outlet."""
    if by.county_id is None or sees_only_own(by):
        return Q(pk=None)
    return Q(county=by.county_id, position__account__organization__kind__in=_OUTLETS)


def office_seen(*, by: Actor, code: str) -> Organization | None:
    """This function will return an office within sight by its code, or None."""
    found = Organization.objects.filter(office_within(by), code=code).first()
    if found is None and code and not sees_only_own(by):
        # Whoever sees a whole county also opens it by its own code.
        found = Organization.objects.filter(path=by.county_path, code=code).first()
    return found or outlets_of_county(by).filter(code=code).first()


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
    if office.kind in _OUTLETS:
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
