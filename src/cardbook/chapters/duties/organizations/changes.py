"""What a change does to the tree: states from a day to a day, paths, successors (Art. 5).

`commands.py` beside it asks whether it may be; every change is an event (`orgs.changes`).
"""

from datetime import date

from django.db import connection, transaction

from cardbook.orgs.changes import Decree, record_change
from cardbook.orgs.models import Organization, OrganizationState, Succession


def last_change(organization: Organization) -> date:
    """This function will tell the day before which nothing can be changed any more."""
    newest = OrganizationState.objects.filter(organization=organization, until=None).first()
    return newest.since if newest else organization.valid_from


def locked(organization_id: int) -> Organization:
    """This function will lock an organisation until the transaction ends.

    :raises Organization.DoesNotExist: when there is none.
    """
    return Organization.objects.select_for_update().get(pk=organization_id)


@transaction.atomic
def found_organization(
    *, code: str, name: str, kind: str, parent: Organization, decree: Decree
) -> Organization:
    """This function will found an organisation under another.

    :raises django.db.IntegrityError: when the code is taken.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('orgs_organization', 'id'))")
        (id_,) = cursor.fetchone()
    made = Organization.objects.create(
        id=id_, code=code, name=name, kind=kind, parent=parent, path=f"{parent.path}{id_}.",
        county_id=parent.county_id, region=parent.region, valid_from=decree.on,
    )  # fmt: skip
    record_change(
        "org.found", made, decree, code=code, name=name, kind=str(kind), parent=parent.pk
    )
    return made


def _new_state(organization: Organization, decree: Decree) -> None:
    """Close what was until the day and open what is from then on, as the row says now."""
    was = Organization.objects.get(pk=organization.pk)
    before, _ = OrganizationState.objects.get_or_create(
        organization=organization,
        until=None,
        defaults={"name": was.name, "parent_id": was.parent_id, "since": was.valid_from},
    )
    if before.since == decree.on:
        OrganizationState.objects.filter(pk=before.pk).update(
            name=organization.name, parent_id=organization.parent_id
        )
        return
    OrganizationState.objects.filter(pk=before.pk).update(until=decree.on)
    OrganizationState.objects.create(
        organization=organization,
        name=organization.name,
        parent_id=organization.parent_id,
        since=decree.on,
    )


@transaction.atomic
def rename_organization(*, organization: Organization, name: str, decree: Decree) -> None:
    """This function will give an organisation another name from a day; it must be locked."""
    before, organization.name = organization.name, name
    _new_state(organization, decree)
    Organization.objects.filter(pk=organization.pk).update(name=name)
    record_change("org.rename", organization, decree, before=before, name=name)


@transaction.atomic
def move_organization(*, organization: Organization, parent: Organization, decree: Decree) -> None:
    """This function will put an organisation and all below it under another parent."""
    before, old_path = organization.parent_id, organization.path
    organization.parent_id = parent.pk
    _new_state(organization, decree)
    new_path = f"{parent.path}{organization.pk}."
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orgs_organization SET path = %s || substr(path, %s) WHERE path LIKE %s",
            [new_path, len(old_path) + 1, f"{old_path}%"],
        )
    Organization.objects.filter(pk=organization.pk).update(parent=parent)
    organization.path = new_path
    record_change("org.move", organization, decree, before=before, parent=parent.pk)


@transaction.atomic
def close_organization(*, organization: Organization, decree: Decree) -> None:
    """This function will close an organisation from a day; whether it may, the slice has asked."""
    Organization.objects.filter(pk=organization.pk).update(valid_to=decree.on)
    OrganizationState.objects.filter(
        organization=organization, until=None, since__lt=decree.on
    ).update(until=decree.on)
    organization.valid_to = decree.on
    record_change("org.close", organization, decree)


@transaction.atomic
def succeed(
    *, predecessor: Organization, successor: Organization, whole: bool, cards: int, decree: Decree
) -> None:
    """This function will write down who carries on for whom, in the ledger of both."""
    Succession.objects.create(
        predecessor=predecessor, successor=successor, on=decree.on, whole=whole
    )
    facts = {"predecessor": predecessor.pk, "successor": successor.pk, "cards": cards}
    act = "org.merge" if whole else "org.split"
    for organization in (predecessor, successor):
        record_change(act, organization, decree, **facts)


@transaction.atomic
def set_first_day(*, county: Organization, day: date, decree: Decree) -> None:
    """This function will set from which day a county works with this book."""
    before = county.live_on
    Organization.objects.filter(pk=county.pk).update(live_on=day)
    record_change("org.start", county, decree, before=before, live_on=day)
