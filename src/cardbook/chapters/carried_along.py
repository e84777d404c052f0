"""What an office leaves to whoever carries on for it, besides cards and posts (Art. 5, 8, 20)."""

from django.db.models import F
from django.db.models.functions import Greatest

from cardbook.chapters.campaign_parts import carry_parts_on
from cardbook.chapters.routing import carry_routing_on
from cardbook.chapters.safekeeping.models import Holding, KeepingPlace
from cardbook.orgs.changes import Decree
from cardbook.orgs.models import Organization


def carry_all_on(source: Organization, successor: Organization, decree: Decree) -> None:
    """This function will let the successor hand out, answer targets and keep places instead."""
    carry_routing_on(source, successor, decree)
    carry_parts_on(source, successor, decree)
    _carry_places_on(source, successor, decree)


def _carry_places_on(source: Organization, successor: Organization, decree: Decree) -> None:
    """Where the office kept cards it is the successor that keeps them, with the same people.

    The office's own places end with it and keep their checks; they go on as new ones.
    """
    for place in KeepingPlace.objects.filter(organization=source, closed_on=None).order_by("pk"):
        there = KeepingPlace.objects.filter(organization=successor, closed_on=None)
        is_taken = there.filter(name=place.name).exists()
        keeps_cabinet = not there.filter(cabinet=place.cabinet).exists()
        made = KeepingPlace.objects.create(
            organization=successor, kind=place.kind, where=place.where, climate=place.climate,
            name=f"{source.name[: 57 - len(place.name)]} {place.name}" if is_taken else place.name,
            cabinet=place.cabinet if keeps_cabinet else "", holds=place.holds,
            opened_on=decree.on,
        )  # fmt: skip
        running = Holding.objects.filter(place=place, until=None)
        Holding.objects.bulk_create(
            Holding(
                place=made, function=one.function, user_id=one.user_id, person_id=one.person_id,
                since=max(one.since, decree.on), named_by_id=decree.by.user_id,
            )
            for one in running.order_by("pk")
        )  # fmt: skip
        running.update(until=Greatest(F("since"), decree.on))
        KeepingPlace.objects.filter(pk=place.pk).update(
            closed_on=Greatest(F("opened_on"), decree.on)
        )
