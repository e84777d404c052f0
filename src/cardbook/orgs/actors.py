"""Who acts: a person in a post at an organisation, as a value handed to every command (Art. 5).

Appointing and relieving are acts too and go into the ledger (trust-and-ux.md 5, L9).
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from cardbook.law.articles import EDITION
from cardbook.law.roles import Role
from cardbook.ledger.append import Entry, append_events
from cardbook.ledger.models import Event
from cardbook.ledger.plans import cursor_for
from cardbook.lib.canonical import canonical_json
from cardbook.orgs.models import Kind, Organization, Post, User

# Offices above the counties whose business is the whole city (Art. 5); a bank sees its own alone.
_CITY_OFFICES = frozenset({Kind.CITY, Kind.INFO_CENTRE, Kind.AGENCY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One person in one post; frozen, so that a command cannot change who did it.

    `county_path` is how far the person looks: his county; for an office of the city, the city.
    """

    user_id: int
    name: str
    post_id: int
    role: Role
    org_id: int
    org_name: str
    org_path: str
    county_id: int | None
    county_path: str
    device: str = ""


class NoPost(Exception):
    """The person holds no post on that day, so nothing may be done."""


class OrganizationClosed(Exception):
    """Nobody is appointed to an organisation before it is founded or after it is closed."""


# Each page asks this first, so its plan is kept (`ledger/plans.py`).
_POSTS = (Path(__file__).parent / "sql" / "posts.sql").read_text(encoding="utf-8")


def actors_of(user: User, *, on: date, device: str = "") -> list[Actor]:
    """This function will make an actor of each post the person holds on `on`, oldest first.

    The same question asks whether a planned change of offices is due: then it comes into force
    first, so that nobody acts under yesterday's tree and no job has to run (ADR 0015).
    """
    rows = _post_rows(user, on)
    if any(row[-1] for row in rows):
        with connection.cursor() as cursor:
            cursor.execute("SELECT come_into_force(%s)", [on])
        rows = _post_rows(user, on)
    return [_actor(row[:-1], device) for row in rows]


def _post_rows(user: User, on: date) -> list[tuple[Any, ...]]:
    with cursor_for(1) as cursor:
        cursor.execute(_POSTS, {"user": user.pk, "on": on})
        return list(cursor.fetchall())


def _actor(row: tuple[Any, ...], device: str) -> Actor:
    user_id, name, post_id, role, org_id, org_name, path, kind, county_id, county_path = row
    above = f"{path.partition('.')[0]}." if kind in _CITY_OFFICES else path
    return Actor(
        user_id=user_id, name=name, post_id=post_id, role=Role.of(role),
        org_id=org_id, org_name=org_name, org_path=path,
        county_id=county_id, county_path=county_path or above, device=device,
    )  # fmt: skip


def actor_in(post: Post, *, device: str = "") -> Actor:
    """This function will make the actor of a post."""
    organization, county, user = post.organization, post.organization.county, post.user
    row = (
        user.pk, user.get_full_name(), post.pk, post.role,
        organization.pk, organization.name, organization.path, organization.kind,
        county and county.pk, county and county.path,
    )  # fmt: skip
    return _actor(row, device)


def actor_for(user: User, *, on: date, post_id: int | None = None, device: str = "") -> Actor:
    """This function will make the actor of a signed-in person, in the post he chose or his first.

    :raises NoPost: when he holds no (such) post on that day.
    """
    for one in actors_of(user, on=on, device=device):
        if post_id is None or one.post_id == post_id:
            return one
    raise NoPost(user.get_username())


def is_in_post(post_id: int, *, cursor: Any, lock: bool = False) -> bool:
    """This function will say whether a post is held just now, by the database's own clock (R10).

    With `lock` nobody is relieved of it before the running transaction ends.
    """
    cursor.execute(
        "SELECT FROM orgs_post p JOIN orgs_user u ON u.id = p.user_id "
        "WHERE p.id = %s AND u.is_active "
        "AND (p.until IS NULL OR p.until > (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)"
        + (" FOR SHARE OF p" if lock else ""),
        [post_id],
    )
    return bool(cursor.rowcount)


def record_post(
    *,
    act: str,
    post: Post,
    by: Actor | None,
    at: datetime,
    second_id: int | None = None,
    seq: int | None = None,
    **more: object,
) -> None:
    """This function will append one event of a post, which is new (`seq` 1) or locked."""
    facts = canonical_json(
        {
            "user": post.user_id,
            "org": post.organization_id,
            "role": str(post.role),
            "since": post.since,
            "until": post.until,
            **more,
        }
    )
    entry = Entry(
        act=act,
        act_version=1,
        happened_at=at,
        basis="第五条",
        edition=EDITION,
        device="",
        actor_id=by.user_id if by else post.user_id,
        post_id=by.post_id if by else None,
        org_id=by.org_id if by else post.organization_id,
        second_id=second_id,
    )
    seq = seq or Event.objects.filter(subject_kind="post", subject_id=post.pk).count() + 1
    append_events(entry=entry, kind="post", ids=[post.pk], seqs=[seq], facts=facts)


@transaction.atomic
def appoint(
    *,
    user: User,
    organization: Organization,
    role: Role,
    since: date,
    at: datetime,
    by: Actor | None = None,
) -> Post:
    """This function will give a person a post and write it into the ledger.

    `by` is None only while an installation is being set up and nobody holds a post yet.

    :raises OrganizationClosed: when there is no such organisation on the day; it is locked.
    :raises django.db.IntegrityError: when the person holds that post already.
    """
    now = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    if since < now.valid_from or (now.valid_to is not None and now.valid_to <= since):
        raise OrganizationClosed(now.name)
    post = Post.objects.create(user=user, organization=organization, role=role, since=since)
    record_post(act="post.appoint", post=post, by=by, at=at, seq=1)
    return post


@transaction.atomic
def relieve(*, post_id: int, until: date, at: datetime, by: Actor) -> None:
    """This function will end a post on a day and write it into the ledger.

    :raises Post.DoesNotExist: when there is no such post, or it ends by that day already.
    """
    post = Post.objects.select_for_update().get(Q(until=None) | Q(until__gt=until), pk=post_id)
    Post.objects.filter(pk=post_id).update(until=until)
    post.until = until
    record_post(act="post.relieve", post=post, by=by, at=at)
