"""Where a card's bank is to be found: what a holder is told at pick-up and later (Art. 12, 22).

Address, hours and phone are what the book has of the outlet (`organization` pages); what is not
entered is left out of what is said, not guessed.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import FilteredRelation, Q, Subquery

from cardbook.cards.models import Card
from cardbook.chapters.usage.reaching import outlets
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.orgs.reach import bank_of

_MOST = 3  # more than that is not read out
_COUNTY_DIGITS = 6  # of a code of administrative division (GB/T 2260)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletsTold:
    """The outlets as they are said, one a line; nothing where the bank has none entered."""

    title: str
    lines: tuple[str, ...] = ()
    rest: str = ""


def outlets_for(*, card_id: int, by: Actor) -> list[Organization]:
    """This function will list the outlets of a card's bank in the actor's county, by code.

    Where it has none there, all of the city are listed.
    """
    bank = Card.objects.values_list("bank_org__path", flat=True).get(pk=card_id)
    return _near(bank, by=by) if bank else []


def _near(bank: str, *, by: Actor) -> list[Organization]:
    county = Organization.objects.filter(pk=by.county_id or 0).values("region")
    found = list(outlets().filter(path__startswith=bank_of(bank)).annotate(here=Subquery(county)))
    near: list[Organization] = [
        one for one in found if one.here and one.region.startswith(one.here[:_COUNTY_DIGITS])
    ]
    return near or [*found]


def county_region(by: Actor) -> str:
    """This function will say in which county's region the actor works; "" for the whole city."""
    county = Organization.objects.filter(pk=by.county_id or 0).first()
    return county.region[:_COUNTY_DIGITS] if county else ""


def outlets_told(*, card_id: int, by: Actor) -> OutletsTold:
    """This function will name the outlet the holder chose, or the nearest of the card's bank."""
    open_visit = FilteredRelation("bank_visits", condition=Q(bank_visits__settled_at=None))
    bank, chosen = (
        Card.objects.filter(pk=card_id)
        .annotate(visit=open_visit)
        .values_list("bank_org__path", "visit__outlet")[0]
    )
    if chosen is not None:
        outlet = Organization.objects.get(pk=chosen)
        return OutletsTold(title="银行功能到您选的网点启用", lines=(_said(outlet),))
    found = _near(bank, by=by) if bank else []
    more = len(found) - _MOST
    return OutletsTold(
        title="银行功能到这里启用" if len(found) == 1 else "银行功能到这些网点启用，任选一处",
        lines=tuple(_said(one) for one in found[:_MOST]),
        rest=f"该行另有 {more} 处网点也可办理。" if more > 0 else "",
    )


def outlets_of_banks(*, card_ids: Collection[int], by: Actor) -> list[OutletsTold]:
    """This function will name, bank by bank, where the holders of several cards go (Art. 8)."""
    banks = Card.objects.filter(pk__in=card_ids).exclude(bank_org=None)
    paths = sorted({bank_of(path) for path in banks.values_list("bank_org__path", flat=True)})
    names = dict(Organization.objects.filter(path__in=paths).values_list("path", "name"))
    found = {names[path]: _near(path, by=by) for path in paths}
    return [
        OutletsTold(
            title=f"{name}的卡，到这些网点启用银行功能",
            lines=tuple(_said(one) for one in near[:_MOST]),
            rest=f"该行另有 {len(near) - _MOST} 处网点也可办理。" if len(near) > _MOST else "",
        )
        for name, near in found.items()
        if near
    ]


def _said(outlet: Organization) -> str:
    return "，".join(filter(None, (outlet.name, outlet.address, outlet.hours, outlet.phone)))
