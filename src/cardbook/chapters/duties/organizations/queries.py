"""Reads offices as they are and as they were, their posts and what they keep; nothing here writes.

The tree answers as of any date (Art. 5); what an office keeps is read by account (Art. 20).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.law.roles import OF_THE_CITY, Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lib.rows import named_rows
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import (
    Kind,
    Organization,
    OrganizationState,
    PlannedChange,
    Post,
    Succession,
    User,
)

_TREE = (Path(__file__).parent / "sql" / "tree.sql").read_text(encoding="utf-8")
# Places whose cards are in the office's own hands; the others are the county's.
KEPT = (
    Place.STORE, Place.BOX, Place.DRAWER, Place.UNIT, Place.DEFECT, Place.ERROR, Place.RETURNED,
    Place.SCRAP,
)  # fmt: skip
_OFFICES_OF_THE_CITY = frozenset({Kind.CITY, Kind.INFO_CENTRE})
# Whose post is a keeping of cards, so that it ends with a balance (Art. 6, 16, 20).
KEEPING_ROLES = frozenset(
    {Role.CARD_KEEPER, Role.WINDOW_CLERK, Role.VILLAGE_HELPER, Role.UNIT_HANDLER}
)
ACT_TITLES: Mapping[str, str] = {
    "org.found": "设立", "org.rename": "更名", "org.move": "调整隶属", "org.merge": "合并",
    "org.split": "拆分", "org.close": "撤销", "org.start": "定启用日", "org.take_back": "收回计划",
    "unit.file_letter": "备案授权书", "unit.add_handler": "登记经办人",
    "unit.end_handler": "停止经办", "unit.revoke_letter": "撤销授权书",
    "unit.file_plan": "备案安全保管措施", "unit.remind": "催办备案", "routing.set": "定发放分工",
    "ways.decide": "定发放方式", "ways.withdraw": "收回发放方式规定",
    "sheet.remind": "催交签字明细表", "delivery.remind": "催收到货",
    "check.remind": "催办保管检查", "defect.answer": "处理批次质量报警",
    "guidance.publish": "发布业务指导", "guidance.withdraw": "撤回业务指导",
    "campaign.order": "部署发放", "campaign.close": "结束部署",
    "campaign.reassign": "改派部署目标",
    "post.appoint": "任命", "post.relieve": "解除", "post.hand_over": "交接",
    "post.keep_on": "收回解除", "account.password": "重设密码",
    "account.second_factor": "重设两步验证",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One office of the tree as it was on a day, `parent` the one above it by name."""

    id: int
    code: str
    name: str
    kind: str
    depth: int
    parent: str
    closed_later: date | None
    now_named: str

    @property
    def later(self) -> str:
        """What became of the office after the day."""
        named = f"更名为{self.now_named}" if self.now_named else ""
        closed = f"{self.closed_later:%Y-%m-%d} 撤销" if self.closed_later else ""
        return f"{named} {closed}".strip()


def tree(*, by: Actor, on: date) -> list[Node]:
    """This function will list the offices of the actor's county as of a day, parents first."""
    with connection.cursor() as cursor:
        cursor.execute(_TREE, {"on": on, "within": f"{by.county_path}%"})
        rows = named_rows(cursor)
    kinds, above = dict(Kind.choices), dict[int, str]()
    found = []
    for row in rows:
        depth = row["depth"]
        above[depth] = row["name"]
        found.append(
            Node(
                id=row["id"], code=row["code"], name=row["name"], kind=kinds[row["kind"]],
                depth=depth, parent=above.get(depth - 1, ""), closed_later=row["valid_to"],
                now_named=row["now_named"] if row["now_named"] != row["name"] else "",
            )
        )  # fmt: skip
    return found


def roles_at(organization: Organization) -> tuple[Role, ...]:
    """This function will list the posts there may be at an office."""
    of_the_city = organization.kind in _OFFICES_OF_THE_CITY
    return tuple(role for role in Role if of_the_city or role not in OF_THE_CITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLine:
    """What the office was called and where it stood, from a day to a day."""

    name: str
    parent: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostLine:
    """Who held which post from when to when."""

    id: int
    name: str
    username: str
    role: str
    since: date
    until: date | None
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StockLine:
    """One place of the office and how many cards are in it."""

    account_id: int
    place: str
    label: str
    cards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One event of the office in words."""

    title: str
    on: str
    recorded: str
    actor: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Everything the page of one office shows."""

    id: int
    code: str
    name: str
    kind: str
    parent: str
    valid_from: date
    valid_to: date | None
    in_force: bool
    live_on: date | None
    is_county: bool
    states: tuple[StateLine, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    posts: tuple[PostLine, ...]
    stock: tuple[StockLine, ...]
    parts: int

    @property
    def cards(self) -> int:
        """How many cards the office keeps."""
        return sum(line.cards for line in self.stock)


def organization_for(*, by: Actor, organization_id: int) -> Organization | None:
    """This function will return an office the actor sees, or None."""
    return (
        Organization.objects.filter(pk=organization_id, path__startswith=by.county_path)
        .select_related("parent", "county")
        .first()
    )


def office(organization: Organization) -> Office:
    """This function will read one office with its history, its posts and what it keeps."""
    states = OrganizationState.objects.filter(organization=organization).select_related("parent")
    lines = [
        StateLine(
            name=one.name, parent=one.parent.name if one.parent else "", since=one.since,
            until=one.until,
        )
        for one in states.order_by("since", "id")
    ]  # fmt: skip
    chain = Succession.objects.select_related("predecessor", "successor").order_by("on", "id")
    return Office(
        id=organization.pk, code=organization.code, name=organization.name,
        kind=organization.get_kind_display(),
        parent=organization.parent.name if organization.parent else "",
        valid_from=organization.valid_from, valid_to=organization.valid_to,
        in_force=organization.in_force,
        live_on=organization.live_on, is_county=organization.kind == Kind.COUNTY,
        states=tuple(lines),
        before=tuple(
            f"{one.on} 承接{'' if one.whole else '部分'}{one.predecessor.name}"
            for one in chain.filter(successor=organization)
        ),
        after=tuple(
            f"{one.on} {'并入' if one.whole else '分出'}{one.successor.name}"
            for one in chain.filter(predecessor=organization)
        ),
        posts=tuple(_posts(organization)),
        stock=tuple(stock_of(organization.pk)),
        parts=Organization.objects.filter(parent=organization, in_force=True).count(),
    )  # fmt: skip


def _posts(organization: Organization) -> list[PostLine]:
    found = Post.objects.filter(organization=organization).select_related("user")
    return [
        PostLine(
            id=post.pk, name=post.user.get_full_name(), username=post.user.username,
            role=Role.of(post.role).label, since=post.since, until=post.until,
            held=post.until is None,
        )
        for post in found.order_by(F("until").desc(nulls_first=True), "-since", "id")
    ]  # fmt: skip


def stock_of(organization_id: int) -> list[StockLine]:
    """This function will count what an office keeps, place by place; empty places are left out."""
    found = (
        Account.objects.filter(organization=organization_id, kind__in=KEPT)
        .annotate(cards=Count("positions"))
        .filter(cards__gt=0)
        .order_by("kind", "code", "id")
    )
    return [
        StockLine(
            account_id=account.pk,
            place=f"{Place(account.kind).label} {account.code}".strip(),
            label=account.label,
            cards=account.cards,
        )
        for account in found
    ]


def changes_of(organization_id: int) -> list[Change]:
    """This function will list the events of an office, newest first."""
    events = Event.objects.filter(subject_kind="organization", subject_id=organization_id)
    return _in_words(list(events.order_by("-seq")))


def _in_words(events: Sequence[Event]) -> list[Change]:
    names = dict(
        User.objects.filter(pk__in={event.actor_id for event in events}).values_list("pk", "name")
    )
    found = []
    for event in events:
        facts = json.loads(event.facts)
        found.append(
            Change(
                title=ACT_TITLES.get(event.act, event.act),
                on=facts["on"],
                recorded=f"{local_day(event.recorded_at)}",
                actor=names.get(event.actor_id, ""),
                words=facts["words"],
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A change that is to come: of which office, what, from when, on which paper, by whom."""

    id: int
    organization_id: int
    office: str
    title: str
    on: date
    words: str
    ordered: str


def waiting() -> QuerySet[PlannedChange]:
    """This function will list changes that were planned and neither came nor were taken back."""
    return PlannedChange.objects.filter(came=False, withdrawn_at=None)


def plans(*, by: Actor, organization_id: int | None = None) -> list[Plan]:
    """This function will list what is planned in the actor's county, or for one office, by day."""
    found = waiting().filter(organization__path__startswith=by.county_path)
    if organization_id is not None:
        found = found.filter(organization=organization_id)
    return [
        Plan(
            id=one.pk, organization_id=one.organization_id, office=one.organization.name,
            title=one.title, on=one.on, words=one.words,
            ordered=f"{local_day(one.ordered_at)} {one.ordered_by.get_full_name()}",
        )
        for one in found.select_related("organization", "ordered_by").order_by("on", "id")
    ]  # fmt: skip


def other_counties(organization: Organization) -> list[tuple[str, str]]:
    """This function will list the counties another may go into, for a menu."""
    found = Organization.objects.filter(kind=Kind.COUNTY, in_force=True).exclude(
        pk=organization.pk
    )
    return [(str(one.pk), one.name) for one in found.order_by("code")]


def siblings(organization: Organization) -> list[tuple[str, str]]:
    """This function will list offices of the same kind and county, for a menu."""
    found = Organization.objects.filter(
        kind=organization.kind, county=organization.county_id, in_force=True
    ).exclude(pk=organization.pk)
    if organization.county_id is None:
        found = found.filter(parent=organization.parent_id)
    return [(str(one.pk), one.name) for one in found.order_by("code")]


def parents(organization: Organization) -> list[tuple[str, str]]:
    """This function will list offices it could stand under, for a menu."""
    within = organization.county.path if organization.county else organization.path[:0]
    found = Organization.objects.filter(in_force=True, path__startswith=within).exclude(
        Q(path__startswith=organization.path) | Q(pk=organization.parent_id or 0)
    )
    return [(str(one.pk), one.name) for one in found.order_by("path")[:500]]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPost:
    """A post about to be handed on: who holds it, where, what is kept there."""

    id: int
    user_id: int
    name: str
    username: str
    role: Role
    organization_id: int
    office: str
    since: date
    keeps: bool
    stock: tuple[StockLine, ...]


def held_post(*, by: Actor, post_id: int) -> HeldPost | None:
    """This function will return a post that is held in the actor's county, or None."""
    post = (
        Post.objects.filter(pk=post_id, until=None, organization__path__startswith=by.county_path)
        .select_related("user", "organization")
        .first()
    )
    if post is None:
        return None
    return HeldPost(
        id=post.pk, user_id=post.user_id, name=post.user.get_full_name(),
        username=post.user.username, role=Role.of(post.role),
        organization_id=post.organization_id, office=post.organization.name, since=post.since,
        keeps=post.role in KEEPING_ROLES, stock=tuple(stock_of(post.organization_id)),
    )  # fmt: skip


def ending_post(*, by: Actor, post_id: int, on: date) -> Post | None:
    """This function will return a post in the actor's reach that ends after a day, or None."""
    found = Post.objects.filter(
        pk=post_id, until__gt=on, organization__path__startswith=by.county_path
    )
    return found.select_related("user").first()


def user_named(username: str) -> User | None:
    """This function will return an active account by its user name, or None."""
    return User.objects.filter(username=username.strip(), is_active=True).first()


def done_to_account(user_id: int, *, since: datetime | None = None) -> list[Change]:
    """This function will list what others did to somebody's account, newest first (Art. 32)."""
    events = Event.objects.filter(act__in=("account.password", "account.second_factor"))
    if since:
        events = events.filter(recorded_at__gt=since)
    own = [one for one in events.order_by("-id") if json.loads(one.facts)["user"] == user_id]
    return _in_words(own)
