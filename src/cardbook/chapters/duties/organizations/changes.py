"""What a change does to the tree: states from a day to a day, paths, successors (Art. 5).

`commands.py` beside it asks whether it may be; every change is an event (`orgs.changes`). For a
day to come only the days are written; `orgs.actors` lets the rows follow when it has come.
"""

from datetime import date

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from cardbook.lib.rows import next_id
from cardbook.orgs.changes import Decree, record_change
from cardbook.orgs.models import Organization, OrganizationState, PlannedChange, Succession


def last_change(organization: Organization) -> date:
    """This function will tell the day before which nothing can be changed any more."""
    newest = OrganizationState.objects.filter(organization=organization, until=None).first()
    return newest.since if newest else organization.valid_from


def locked(organization_id: int) -> Organization:
    """This function will lock an organisation until the transaction ends.

    :raises Organization.DoesNotExist: when there is none.
    """
    return Organization.objects.select_for_update().get(pk=organization_id)


def parts_on(organization: Organization, day: date) -> QuerySet[Organization]:
    """This function will list what stands under an office on a day or is planned to come later."""
    then = OrganizationState.objects.filter(organization=OuterRef("pk"), since__lte=day).filter(
        Q(until=None) | Q(until__gt=day)
    )
    here = OrganizationState.objects.filter(
        Q(until=None) | Q(until__gt=day), organization=OuterRef("pk"), parent=organization
    )
    return Organization.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=day),
        Exists(here) | (Q(parent=organization) & ~Exists(then)),
    )


@transaction.atomic
def found_organization(
    *, code: str, name: str, kind: str, parent: Organization, decree: Decree
) -> Organization:
    """This function will found an organisation under another.

    :raises django.db.IntegrityError: when the code is taken.
    """
    with connection.cursor() as cursor:
        id_ = next_id(cursor, "orgs_organization")
    made = Organization.objects.create(
        id=id_, code=code, name=name, kind=kind, parent=parent, path=f"{parent.path}{id_}.",
        county_id=parent.county_id, region=parent.region, valid_from=decree.on,
        in_force=not decree.is_planned,
    )  # fmt: skip
    _plan("org.found", made, decree, title=f"设立{name}")
    record_change(
        "org.found", made, decree, code=code, name=name, kind=str(kind), parent=parent.pk
    )
    return made


def _plan(act: str, organization: Organization, decree: Decree, *, title: str) -> None:
    """Put a change that is ordered ahead on the list of what is to come."""
    if decree.is_planned:
        PlannedChange.objects.create(
            organization=organization, act=act, title=title, on=decree.on, words=decree.words,
            ordered_by_id=decree.by.user_id, ordered_at=decree.at,
        )  # fmt: skip


def _new_state(organization: Organization, decree: Decree, **changes: object) -> None:
    """Close what was until the day and open what is from then on: the newest with one change."""
    before, _ = OrganizationState.objects.get_or_create(
        organization=organization,
        until=None,
        defaults={
            "name": organization.name, "parent_id": organization.parent_id,
            "since": organization.valid_from,
        },
    )  # fmt: skip
    if before.since == decree.on:
        OrganizationState.objects.filter(pk=before.pk).update(**changes)
        return
    OrganizationState.objects.filter(pk=before.pk).update(until=decree.on)
    after = {"name": before.name, "parent_id": before.parent_id, **changes}
    OrganizationState.objects.create(organization=organization, since=decree.on, **after)


@transaction.atomic
def rename_organization(*, organization: Organization, name: str, decree: Decree) -> None:
    """This function will give an organisation another name from a day; it must be locked."""
    before = organization.name
    _new_state(organization, decree, name=name)
    _plan("org.rename", organization, decree, title=f"更名为{name}")
    if not decree.is_planned:
        organization.name = name
        Organization.objects.filter(pk=organization.pk).update(name=name)
    record_change("org.rename", organization, decree, before=before, name=name)


@transaction.atomic
def move_organization(*, organization: Organization, parent: Organization, decree: Decree) -> None:
    """This function will put an organisation and all below it under another parent."""
    before = organization.parent_id
    _new_state(organization, decree, parent_id=parent.pk)
    _plan("org.move", organization, decree, title=f"改隶{parent.name}")
    if not decree.is_planned:
        put_under(organization, parent)
    record_change("org.move", organization, decree, before=before, parent=parent.pk)


def belong_to(county: Organization, successor: Organization, day: date) -> None:
    """This function will put a county that was closed, and all that lies below, into another.

    Its offices were moved before, each with a state and an event of its own; here goes what was
    closed earlier and the bureau itself, so that their history is in the successor's hands.
    """
    # Where it stood until then is a state of its own; without one it was always as it is now.
    OrganizationState.objects.get_or_create(
        organization=county,
        until=day,
        defaults={
            "name": county.name, "parent_id": county.parent_id, "since": county.valid_from,
        },
    )  # fmt: skip
    put_under(county, successor)
    Organization.objects.filter(county=county).update(county=successor)


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


@transaction.atomic
def close_organization(*, organization: Organization, decree: Decree) -> None:
    """This function will close an organisation from a day; whether it may, the slice has asked."""
    Organization.objects.filter(pk=organization.pk).update(
        valid_to=decree.on, in_force=decree.is_planned
    )
    OrganizationState.objects.filter(
        organization=organization, until=None, since__lt=decree.on
    ).update(until=decree.on)
    organization.valid_to = decree.on
    _plan("org.close", organization, decree, title="撤销")
    record_change("org.close", organization, decree)


@transaction.atomic
def take_back(plan: PlannedChange, decree: Decree) -> None:
    """This function will undo the days of a planned change, the last of its office; it is locked.

    An office that was to be founded keeps its row and code, for not a single day.
    """
    organization = plan.organization
    if plan.act == "org.found":
        Organization.objects.filter(pk=organization.pk).update(valid_to=organization.valid_from)
    elif plan.act == "org.close":
        Organization.objects.filter(pk=organization.pk).update(valid_to=None)
    else:
        OrganizationState.objects.filter(organization=organization, since=plan.on).delete()
    if plan.act != "org.found":
        OrganizationState.objects.filter(organization=organization, until=plan.on).update(
            until=None
        )
    PlannedChange.objects.filter(pk=plan.pk).update(
        withdrawn_at=decree.at, withdrawn_by_id=decree.by.user_id
    )
    record_change("org.take_back", organization, decree, change=plan.act, planned=plan.on)


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
