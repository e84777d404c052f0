"""What is being counted blind just now, and so is shown to nobody who counts or signs (Art. 20).

Home, card lists and boxes ask it: a stock-take is worth nothing when the expected number is one
click away. Windows go on working, and whoever only supervises sees everything.
"""

from dataclasses import dataclass

from django.db.models import F, Q, TextField, Value

from cardbook.chapters.safekeeping.models import Stocktake
from cardbook.custody.places import Place
from cardbook.lifecycle.acts import act
from cardbook.orgs.actors import Actor

_COUNTABLE = frozenset(
    {
        Place.STORE,
        Place.BOX,
        Place.DRAWER,
        Place.DEFECT,
        Place.ERROR,
        Place.RETURNED,
        Place.SCRAP,
        Place.UNIT,
    }
)


@dataclass(frozen=True, slots=True)
class Blind:
    """Places under a running stock-take: single ones, whole offices, all below a path."""

    accounts: frozenset[int] = frozenset()
    offices: frozenset[int] = frozenset()
    paths: tuple[str, ...] = ()
    kinds: frozenset[Place] = frozenset()

    def hides(self, *, account_id: int, office_id: int, path: str) -> bool:
        """This function will say whether what lies in a place is not to be seen now."""
        return (
            account_id in self.accounts
            or office_id in self.offices
            or any(path.startswith(above) for above in self.paths)
        )


NOTHING = Blind()


def blind_for(by: Actor) -> Blind:
    """This function will say what the actor must not see now, in one query; nothing for others.

    An office of the city is blind only for what it counts itself, not for every county's count.
    """
    row = act("stock.miss")
    if by.role not in row.who and by.role not in row.second:
        return NOTHING
    running = Stocktake.objects.filter(ended_at=None)
    if by.county_id is None:
        running = running.filter(begun_by=by.user_id)
    else:
        mine = Value(by.county_path, output_field=TextField())
        running = running.alias(mine=mine).filter(
            Q(organization__path__startswith=by.county_path)
            | Q(scope=Stocktake.Scope.COUNTY, mine__startswith=F("organization__path"))
        )
    found = list(
        running.values_list(
            "scope", "account_id", "account__kind", "organization_id", "organization__path"
        )
    )
    whole = any(scope != Stocktake.Scope.PLACE for scope, *_ in found)
    return Blind(
        accounts=frozenset(account for _, account, *_ in found if account),
        offices=frozenset(
            office for scope, _, _, office, _ in found if scope == Stocktake.Scope.OFFICE
        ),
        paths=tuple(path for scope, *_, path in found if scope == Stocktake.Scope.COUNTY),
        kinds=_COUNTABLE
        if whole
        else frozenset(Place(kind) for _, _, kind, _, _ in found if kind),
    )
