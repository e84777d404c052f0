"""How organisations change: founded, renamed, moved, joined, closed, each from a day (Art. 5).

Every change is an event nobody can alter (L9), and what was stays readable as of its day. Cards
and posts that have to go along are the business of `chapters.duties.organizations`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from cardbook.law.articles import EDITION
from cardbook.ledger.append import Entry, append_events
from cardbook.lib.canonical import canonical_json
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization, OrganizationState, Succession

SUBJECT = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decree:
    """Who orders a change, when it is written down, from which day it holds, on which paper."""

    by: Actor
    at: datetime
    on: date
    words: str


def last_change(organization: Organization) -> date:
    """This function will tell the day before which nothing can be changed any more."""
    newest = OrganizationState.objects.filter(organization=organization, until=None).first()
    return newest.since if newest else organization.valid_from


def locked(organization_id: int) -> Organization:
    """This function will lock an organisation until the transaction ends.

    :raises Organization.DoesNotExist: when there is none.
    """
    return Organization.objects.select_for_update().get(pk=organization_id)


def next_seq(cursor_kind: str, subject_id: int) -> int:
    """This function will number the next event of a subject whose row the caller has locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(max(seq), 0) + 1 FROM ledger_event "
            "WHERE subject_kind = %s AND subject_id = %s",
            [cursor_kind, subject_id],
        )
        (seq,) = cursor.fetchone()
    return int(seq)


def _record(act: str, organization: Organization, decree: Decree, **facts: object) -> None:
    entry = Entry(
        act=act, act_version=1, happened_at=decree.at, actor_id=decree.by.user_id,
        post_id=decree.by.post_id, org_id=decree.by.org_id, device=decree.by.device,
        basis="第五条", edition=EDITION,
    )  # fmt: skip
    append_events(
        entry=entry, kind=SUBJECT, ids=[organization.pk],
        seqs=[next_seq(SUBJECT, organization.pk)],
        facts=canonical_json({"on": decree.on, "words": decree.words, **facts}),
    )  # fmt: skip


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
    _record("org.found", made, decree, code=code, name=name, kind=str(kind), parent=parent.pk)
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
    _record("org.rename", organization, decree, before=before, name=name)


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
    _record("org.move", organization, decree, before=before, parent=parent.pk)


@transaction.atomic
def close_organization(*, organization: Organization, decree: Decree) -> None:
    """This function will close an organisation from a day; whether it may, the slice has asked."""
    Organization.objects.filter(pk=organization.pk).update(valid_to=decree.on)
    OrganizationState.objects.filter(
        organization=organization, until=None, since__lt=decree.on
    ).update(until=decree.on)
    organization.valid_to = decree.on
    _record("org.close", organization, decree)


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
        _record(act, organization, decree, **facts)


@transaction.atomic
def set_first_day(*, county: Organization, day: date, decree: Decree) -> None:
    """This function will set from which day a county works with this book."""
    before = county.live_on
    Organization.objects.filter(pk=county.pk).update(live_on=day)
    _record("org.start", county, decree, before=before, live_on=day)
