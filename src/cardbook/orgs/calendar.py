"""Planned changes come into force by their day alone: whoever asks first on it brings rows up.

The truth are the days in `valid_from`, `valid_to` and the states; a row only repeats what they
say of today. No job has to run: nobody becomes an actor on a day before this was done (ADR 0014).
"""

from datetime import date

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from cardbook.orgs.models import Organization, OrganizationState, PlannedChange


def open_on(day: date) -> Q:
    """This function will say which offices there are on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


def waiting() -> QuerySet[PlannedChange]:
    """This function will list changes that were planned and neither came nor were taken back."""
    return PlannedChange.objects.filter(came=False, withdrawn_at=None)


def due(*, on: date) -> QuerySet[PlannedChange]:
    """This function will list planned changes whose day has come and that no row shows yet."""
    return waiting().filter(on__lte=on)


@transaction.atomic
def come_into_force(*, on: date) -> int:
    """This function will let the rows of offices say what their days say of `on`.

    It returns how many changed. Of two who come at once the second waits and finds nothing left.
    """
    plans = list(due(on=on).select_for_update().order_by("on", "id"))
    for plan in plans:
        _bring_up(Organization.objects.select_for_update().get(pk=plan.organization_id), plan.on)
    PlannedChange.objects.filter(pk__in=[plan.pk for plan in plans]).update(came=True)
    return len(plans)


def _bring_up(organization: Organization, day: date) -> None:
    state = (
        OrganizationState.objects.filter(organization=organization, since__lte=day)
        .filter(Q(until=None) | Q(until__gt=day))
        .select_related("parent")
        .first()
    )
    is_open = Organization.objects.filter(open_on(day), pk=organization.pk).exists()
    Organization.objects.filter(pk=organization.pk).update(in_force=is_open)
    if state is None:
        return
    Organization.objects.filter(pk=organization.pk).update(name=state.name)
    if state.parent is not None and state.parent.pk != organization.parent_id:
        put_under(organization, state.parent)


def put_under(organization: Organization, parent: Organization) -> None:
    """This function will rewrite parent and paths of an office and all below it."""
    old_path, new_path = organization.path, f"{parent.path}{organization.pk}."
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orgs_organization SET path = %s || substr(path, %s) WHERE path LIKE %s",
            [new_path, len(old_path) + 1, f"{old_path}%"],
        )
    Organization.objects.filter(pk=organization.pk).update(parent=parent)
    organization.parent, organization.path = parent, new_path
