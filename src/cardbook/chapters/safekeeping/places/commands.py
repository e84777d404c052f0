"""Enters places and who answers for them or holds their keys, from a day to a day (Art. 20).

`check_commands.py` and `incident_commands.py` beside it keep checks and incidents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q

from cardbook.chapters.posts import refuse_posts
from cardbook.chapters.safekeeping.models import Holding, KeepingPlace
from cardbook.chapters.safekeeping.places.queries import (
    WRITERS,
    PlaceSheet,
    cards_only_in,
    offices_within,
    people_for,
    place_sheet,
    places_within,
)
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """What is written down of a place: what it is, where, and which cards lie in it."""

    organization_id: int
    kind: str
    name: str
    where: str
    climate: str
    cabinet: str
    holds: Sequence[str]


def refuse_other_writers(by: Actor) -> None:
    """This function will refuse a post that enters nothing about places.

    :raises Refused: with who does.
    """
    refuse_posts(by, other_than=WRITERS, doing="保管登记")


def open_place(*, place: NewPlace, on: date, by: Actor) -> KeepingPlace:
    """This function will enter a place, or return the one of that name its office has.

    :raises Refused: when the role may not.
    :raises Organization.DoesNotExist: when the office is beyond the actor's reach.
    """
    refuse_other_writers(by)
    office = offices_within(by).get(pk=place.organization_id)
    made, _ = KeepingPlace.objects.get_or_create(
        organization=office,
        name=place.name,
        closed_on=None,
        defaults={
            "kind": place.kind,
            "where": place.where,
            "climate": place.climate,
            "cabinet": place.cabinet,
            "holds": list(place.holds),
            "opened_on": on,
        },
    )
    return made


def close_place(*, place_id: int, on: date, by: Actor) -> None:
    """This function will close a place: it is checked no more, and its keys come back that day.

    :raises Refused: when the role may not, or cards lie there that no other place has.
    :raises KeepingPlace.DoesNotExist: when it is beyond the actor's reach.
    """
    refuse_other_writers(by)
    with transaction.atomic():
        place = places_within(by).select_for_update(of=("self",)).get(pk=place_id)
        if count := cards_only_in(place):
            values = {"place": place.name, "count": count}
            raise Refused([Refusal(no.PLACE_HOLDS_CARDS, values)])
        KeepingPlace.objects.filter(pk=place.pk, closed_on=None).update(closed_on=on)
        Holding.objects.filter(place=place, until=None).update(until=on)


def name_holder(*, place_id: int, function: str, who: str, since: date, by: Actor) -> Holding:
    """This function will name a keeper, deputy or holder of a key from a day on.

    `who` is one of `people_for`. A new keeper or deputy follows the one before him, who is
    relieved that day; a key is handed to any number.

    :raises Refused: when the role may not, the person is not of the place's office, or he would be
        keeper and deputy at once.
    :raises KeepingPlace.DoesNotExist: when the place is beyond the actor's reach.
    """
    refuse_other_writers(by)
    sheet = place_sheet(place_id=place_id, by=by, on=since)
    if who not in dict(people_for(sheet, on=since)):
        raise Refused([Refusal(no.KEEPER_OF_ANOTHER, {"place": sheet.name})])
    kind, _, id_ = who.partition(":")
    person = {f"{kind}_id": int(id_)}
    _refuse_twice(sheet, function, person, since=since)
    try:
        with transaction.atomic():
            KeepingPlace.objects.select_for_update().get(pk=place_id)
            running = Holding.objects.filter(place_id=place_id, function=function, until=None)
            same = running.filter(**person).first()
            if same is not None:
                return same
            if function != Holding.Function.KEY:
                # Whoever was named for a later day than this never began.
                running.filter(since__gt=since).delete()
                running.update(until=since)
            return Holding.objects.create(
                place_id=place_id, function=function, since=since, named_by_id=by.user_id, **person
            )
    except IntegrityError:
        return Holding.objects.get(place_id=place_id, function=function, until=None, **person)


def _refuse_twice(
    place: PlaceSheet, function: str, person: Mapping[str, int], *, since: date
) -> None:
    """Whoever answers for a place is not his own deputy (Art. 20)."""
    others = {Holding.Function.KEEPER, Holding.Function.DEPUTY}
    if function not in others:
        return
    running = Q(until=None) | Q(until__gt=since)
    found = Holding.objects.filter(
        running, place=place.id, function__in=others - {function}, **person
    ).first()
    if found is not None:
        line = next(one for one in place.holdings if one.id == found.pk)
        values = {"name": line.name, "place": place.name, "function": line.function_label}
        raise Refused([Refusal(no.KEEPER_IS_DEPUTY, values)])


def end_holding(*, holding_id: int, until: date, by: Actor) -> None:
    """This function will end that somebody answers for a place or holds its key.

    :raises Refused: when the role may not.
    :raises Holding.DoesNotExist: when it has ended, or is beyond the actor's reach.
    """
    refuse_other_writers(by)
    with transaction.atomic():
        holding = Holding.objects.select_for_update(of=("self",)).get(
            pk=holding_id, until=None, place__in=places_within(by)
        )
        Holding.objects.filter(pk=holding.pk).update(until=max(until, holding.since))
