"""Who works in a county and where its cards can be: what writing a lot has to know (Art. 5, 6, 8).

`mass_load.py` beside it asks; everything is read once for a county.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cardbook.custody.places import Place
from cardbook.custody.postings import account_of
from cardbook.demo import organizations as tree
from cardbook.demo.staff import PREFIXES, actor_named
from cardbook.law.divisions import County
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization

_SHARED = (Place.TRANSIT, Place.STORE, Place.HOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """The ids and people of one county."""

    county_id: int
    receiver_id: int
    keeper: Actor
    second: Actor
    windows: Sequence[Actor]
    outside_id: int
    accounts: Mapping[Place, int]
    towns: Mapping[str, int]
    banks: Mapping[str, int]

    def account(self, place: Place) -> int:
        """The county's account of a kind: in transit and in store at the card body."""
        return self.accounts[place]

    @classmethod
    def of(cls, county: County, *, on: date) -> "Offices":
        """Read them, opening accounts on first use.

        :raises Organization.DoesNotExist: when the city was not set up.
        """
        prefix = PREFIXES[county.code]
        home = Organization.objects.get(code=county.code)
        body = Organization.objects.get(code=tree.card_body_code(county.code))
        maker = Organization.objects.get(code=tree.MAKER_CODE)
        answers_for = {place: home if place is Place.HOLDER else body for place in _SHARED}
        return cls(
            county_id=home.pk,
            receiver_id=body.pk,
            keeper=actor_named(f"{prefix}_kaguan", on=on),
            second=actor_named(f"{prefix}_fuhe", on=on),
            windows=[
                actor_named(f"{prefix}_chuangkou{place}", on=on)
                for place in range(1, tree.windows_of(county.code) + 1)
            ],
            outside_id=account_of(organization_id=maker.pk, kind=Place.OUTSIDE).pk,
            accounts={
                place: account_of(organization_id=office.pk, kind=place).pk
                for place, office in answers_for.items()
            },
            towns=dict(
                Organization.objects.filter(kind=Kind.TOWN, county=home).values_list("code", "id")
            ),
            banks=dict(Organization.objects.filter(kind=Kind.BANK).values_list("name", "id")),
        )
