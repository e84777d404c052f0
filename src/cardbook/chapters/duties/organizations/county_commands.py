"""Counties merge by decree: everything not finished becomes the other county's (Art. 3, 5).

Offices, posts, what the bureau keeps, open shipments and deliveries go along. Cards stay where
they are: nothing happened to a card its holder has, so only whose it is changes, by an event of
its own. What is finished stays with the old bureau, which from then on stands below its successor:
so history is read there under the names it had, and nobody else reaches it.
"""

from collections.abc import Iterator

from django.db import transaction

from cardbook.cards.models import Application, Card, Correction, TemporaryCard
from cardbook.cards.states import Subject
from cardbook.chapters.carried_along import carry_all_on
from cardbook.chapters.duties.organizations import changes
from cardbook.chapters.duties.organizations.commands import (
    Order,
    open_office,
    parts_along,
    posts_along,
    refuse_first_day,
    refuse_on_the_way,
    refuse_stock,
    stock_steps,
)
from cardbook.law.roles import Role
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import ACTS, Act
from cardbook.lifecycle.facts import CountyJoined
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.models import Kind, Organization

_JOINS = tuple(row for row in ACTS.values() if row.resettles)
_MODELS = {
    Subject.CARD: Card,
    Subject.APPLICATION: Application,
    Subject.TEMPORARY_CARD: TemporaryCard,
    Subject.CORRECTION: Correction,
}
# So many at a time are judged; all of them are one transaction. It bounds the memory.
AT_ONCE = 5_000
# A page answers within two minutes, also on a busy machine.
MOST_IN_A_REQUEST = 20_000


def merge_counties(*, county_id: int, successor_id: int, order: Order) -> Done:
    """This function will let a county go on in another, in one transaction.

    :raises Refused: when the actor is not the city's manager, one is no county or is closed, a
        day does not fit, or something travels to the bureau itself.
    """
    county, successor = _fit(county_id, successor_id, order)
    steps = [*stock_steps(county, successor, order, None), *_joins(county, successor, order)]

    def carry_on(done: Done) -> None:
        county, successor = _fit(county_id, successor_id, order)
        refuse_first_day(county, order)
        posts_along(county, successor, order)
        parts_along(county, successor, order)
        carry_all_on(county, successor, order.decree)
        changes.succeed(
            predecessor=county, successor=successor, whole=True, cards=_cards(steps),
            decree=order.decree,
        )  # fmt: skip
        refuse_stock(county)
        _refuse_left(county)
        changes.close_organization(organization=county, decree=order.decree)
        changes.belong_to(county, successor, order.on)

    return perform(*steps, by=order.by, at=order.at, key=order.key, also=carry_on)


def refuse_too_many(*, county_id: int, successor_id: int, manager: str) -> None:
    """This function will refuse what a page cannot wait for; the command line can.

    :raises Refused: `COUNTY_TOO_LARGE`, with the command to run for the manager of that user name.
    """
    county = Organization.objects.get(pk=county_id)
    (row,) = (one for one in _JOINS if one.subject is Subject.CARD)
    count = Card.objects.filter(county=county, **_standing(row)).count()
    if count > MOST_IN_A_REQUEST:
        values = {
            "name": county.name, "count": count, "code": county.code, "by": manager,
            "into": Organization.objects.get(pk=successor_id).code,
        }  # fmt: skip
        raise Refused([Refusal(no.COUNTY_TOO_LARGE, values)])


@transaction.atomic
def _fit(county_id: int, successor_id: int, order: Order) -> tuple[Organization, Organization]:
    """Both counties, locked in one order, found fit."""
    if order.by.role is not Role.CITY_MANAGER:
        name = Organization.objects.get(pk=county_id).name
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": name})])
    found = {
        one: open_office(one, order, same_day=True) for one in sorted({county_id, successor_id})
    }
    county, successor = found[county_id], found[successor_id]
    for one in (county, successor):
        if one.kind != Kind.COUNTY or county_id == successor_id:
            raise Refused([Refusal(no.COUNTY_UNFIT, {"name": one.name})])
    refuse_on_the_way(county)
    return county, successor


def _standing(row: Act) -> dict[str, object]:
    return {f"{region}__in": sorted(values) for region, values in (row.on or {}).items()}


def _joins(county: Organization, successor: Organization, order: Order) -> Iterator[Step]:
    facts = CountyJoined(predecessor=county.pk, successor=successor.pk, words=order.words)
    for row in _JOINS:
        found = _MODELS[row.subject]._default_manager.filter(county=county, **_standing(row))
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        for start in range(0, max(len(ids), 1), AT_ONCE):
            yield Step(act=row, facts=facts, subject_ids=ids[start : start + AT_ONCE])


def _cards(steps: list[Step]) -> int:
    return sum(len(one.subject_ids) for one in steps if one.act.resettles and
               one.act.subject is Subject.CARD)  # fmt: skip


def _refuse_left(county: Organization) -> None:
    """A card entered while the steps were made is waited for by whoever asks again.

    :raises Refused: `COUNTY_MOVED_ON`.
    """
    left = sum(
        _MODELS[row.subject]._default_manager.filter(county=county, **_standing(row)).count()
        for row in _JOINS
    )
    if left:
        raise Refused([Refusal(no.COUNTY_MOVED_ON, {"name": county.name, "count": left})])
