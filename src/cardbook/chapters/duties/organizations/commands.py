"""Offices change by decree: renamed, moved, founded, closed, merged, split (Art. 5, 20).

Cards that go along are moved by acts, in the transaction that writes the succession.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from cardbook.chapters.carried_along import carry_all_on
from cardbook.chapters.duties.organizations import changes, queries
from cardbook.custody.models import Account, Position
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.law.roles import Role
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.facts import StockHandedOn
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor, appoint, relieve
from cardbook.orgs.changes import Decree
from cardbook.orgs.models import Kind, Organization, Post

_HANDED_ON = tuple(row for row in ACTS.values() if row.code.startswith("stock.hand_on"))
# What is above the offices: their changes concern every register and every path.
_ABOVE = frozenset({Kind.CITY, Kind.INFO_CENTRE, Kind.COUNTY, Kind.PROVINCE, Kind.MAKER})

_WITHOUT_HAVING = frozenset({Place.HOLDER, Place.MISSING, Place.DESTROYED, Place.OUTSIDE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who orders a change, from which day, on which paper, and the key of the request."""

    by: Actor
    at: datetime
    on: date
    words: str
    key: str

    @property
    def decree(self) -> Decree:
        """The same, as the tree of organisations records it."""
        return Decree(by=self.by, at=self.at, on=self.on, words=self.words)


def refuse_foreign(organization: Organization, *, by: Actor) -> None:
    """This function will refuse who may not change this office.

    The city's manager changes any but the city itself; a county's manager those of his county.

    :raises Refused: `ORG_NOT_YOURS`.
    """
    inside = organization.path.startswith(by.county_path) and organization.path != by.county_path
    may = by.role in (Role.CITY_MANAGER, Role.COUNTY_MANAGER)
    if not (inside and may):
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": organization.name})])


def refuse_ahead(order: Order) -> None:
    """This function will refuse a day that has not come, where cards change hands on the day.

    :raises Refused: `ORG_DAY_AHEAD`.
    """
    if order.decree.is_planned:
        raise Refused([Refusal(no.ORG_DAY_AHEAD, {"asked": order.on})])


def open_office(
    organization_id: int, order: Order, *, same_day: bool = False, closed_too: bool = False
) -> Organization:
    """This function will return an office, locked, open and the actor's to change from the day on.

    `same_day` refuses a day to come; `closed_too` takes one that was closed by a plan while cards
    still lay there.

    :raises Refused: when one of these does not hold, or another change is planned for later.
    """
    organization = changes.locked(organization_id)
    refuse_foreign(organization, by=order.by)
    if same_day:
        refuse_ahead(order)
    refuse_planned(organization, order)
    if organization.valid_to is not None and not closed_too:
        raise Refused([Refusal(no.ORG_CLOSED_NOW)])
    newest = changes.last_change(organization)
    if order.on < newest:
        values = {"name": organization.name, "on": newest, "asked": order.on}
        raise Refused([Refusal(no.ORG_CHANGED, values)])
    return organization


def refuse_planned(organization: Organization, order: Order) -> None:
    """This function will refuse a change on or before the day of one that is planned already.

    :raises Refused: `ORG_PLANNED`.
    """
    plan = queries.waiting().filter(organization=organization).order_by("-on").first()
    if plan is not None and (order.on <= plan.on or plan.act == "org.close"):
        values = {
            "name": organization.name, "on": plan.on, "title": plan.title, "asked": order.on,
        }  # fmt: skip
        raise Refused([Refusal(no.ORG_PLANNED, values)])


@transaction.atomic
def rename(*, organization_id: int, name: str, order: Order) -> None:
    """This function will rename an office from a day; what it was called before stays readable.

    :raises Refused: when the name is empty, the same, or that of a sister office.
    """
    organization = open_office(organization_id, order)
    _refuse_name(organization, name.strip(), parent_id=organization.parent_id)
    changes.rename_organization(organization=organization, name=name.strip(), decree=order.decree)


def _refuse_name(organization: Organization, name: str, *, parent_id: int | None) -> None:
    sisters = Organization.objects.filter(parent=parent_id, valid_to=None)
    if not name or sisters.filter(name=name).exists():
        raise Refused([Refusal(no.ORG_NAME_UNFIT, {"name": organization.name})])


@transaction.atomic
def move(*, organization_id: int, parent_id: int, order: Order) -> None:
    """This function will put an office, and all below it, under another in the same county.

    :raises Refused: when the parent lies below it, elsewhere, or is closed.
    """
    organization = open_office(organization_id, order)
    parent = Organization.objects.select_for_update(no_key=True).get(pk=parent_id)
    fits = (
        parent.valid_to is None
        and parent.valid_from <= order.on
        and parent.pk != organization.parent_id
        and not parent.path.startswith(organization.path)
        and parent.county_id == organization.county_id
        and organization.kind not in _ABOVE
    )
    if not fits:
        values = {"name": organization.name, "parent": parent.name}
        raise Refused([Refusal(no.ORG_PARENT_UNFIT, values)])
    changes.move_organization(organization=organization, parent=parent, decree=order.decree)


def found(*, code: str, name: str, kind: str, parent_id: int, order: Order) -> Organization:
    """This function will found an office under another.

    :raises Refused: when the code or the name is taken, or the parent is not the actor's.
    """
    try:
        with transaction.atomic():
            parent = Organization.objects.select_for_update(no_key=True).get(pk=parent_id)
            if not parent.path.startswith(order.by.county_path):
                raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": parent.name})])
            if order.by.role not in (Role.CITY_MANAGER, Role.COUNTY_MANAGER):
                raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": parent.name})])
            if parent.valid_to is not None or order.on < parent.valid_from:
                raise Refused([Refusal(no.ORG_CLOSED_NOW)])
            if kind in _ABOVE:
                values = {"name": name, "kind": Kind(kind).label}
                raise Refused([Refusal(no.ORG_NOT_THAT_KIND, values)])
            _refuse_name(parent, name.strip(), parent_id=parent.pk)
            return changes.found_organization(
                code=code.strip(), name=name.strip(), kind=kind, parent=parent,
                decree=order.decree,
            )  # fmt: skip
    except IntegrityError as problem:
        raise Refused([Refusal(no.ORG_CODE_TAKEN, {"code": code})]) from problem


@transaction.atomic
def close(*, organization_id: int, order: Order) -> None:
    """This function will close an office that keeps nothing, has nobody and nothing below it.

    Ahead of its day people and parts are asked for as they will be then; a card that arrives in
    between goes along when the office is merged afterwards.

    :raises Refused: with how many cards, posts or parts it still has, and the way out.
    """
    organization = open_office(organization_id, order)
    _refuse_kind(organization)
    refuse_stock(organization)
    posts = Post.objects.filter(
        Q(until=None) | Q(until__gt=order.on), organization=organization
    ).count()
    parts = changes.parts_on(organization, order.on).count()
    if posts or parts:
        values = {"name": organization.name, "posts": posts, "parts": parts}
        raise Refused([Refusal(no.ORG_HAS_MORE, values)])
    refuse_first_day(organization, order)
    changes.close_organization(organization=organization, decree=order.decree)


def _refuse_kind(organization: Organization) -> None:
    if organization.kind in _ABOVE:
        values = {"name": organization.name, "kind": organization.get_kind_display()}
        raise Refused([Refusal(no.ORG_NOT_THAT_KIND, values)])


def refuse_first_day(organization: Organization, order: Order) -> None:
    """This function will refuse to close an office on the day it was founded, or before.

    :raises Refused: `ORG_CHANGED`.
    """
    if order.on <= organization.valid_from:
        values = {"name": organization.name, "on": organization.valid_from, "asked": order.on}
        raise Refused([Refusal(no.ORG_CHANGED, values)])


def refuse_stock(organization: Organization) -> None:
    """This function will refuse while cards lie at an office; its accounts are locked.

    A card that is just arriving is waited for and counted. What a county answers for without
    having it - cards with their holders, missing, destroyed - is no stock.

    :raises Refused: `ORG_HOLDS_CARDS`.
    """
    accounts = list(
        Account.objects.select_for_update().filter(organization=organization).order_by("id")
    )
    kept = [one for one in accounts if one.kind not in _WITHOUT_HAVING]
    held = Position.objects.filter(account__in=kept).select_related("account")
    count = held.count()
    if count:
        kinds = sorted(
            {Place(kind).label for kind in held.values_list("account__kind", flat=True)}
        )
        values = {"name": organization.name, "count": count, "where": "、".join(kinds)}
        raise Refused([Refusal(no.ORG_HOLDS_CARDS, values)])


def merge(*, organization_ids: Sequence[int], successor_id: int, order: Order) -> Done:
    """This function will let offices go on in another: cards, posts and parts go along.

    All in one transaction: cards by acts, posts ended here and begun there, what lies below
    moved, the offices closed, the succession written into the ledger of both.

    :raises Refused: when kinds or counties differ, a day does not fit, or cards are in transit.
    """
    offices = _relatives([*organization_ids], successor_id, order)
    for one in offices:
        refuse_on_the_way(one)
    successor = Organization.objects.get(pk=successor_id)
    closed = {one.pk for one in offices if one.valid_to is not None}
    going = {one.pk: stock_steps(one, successor, order, None) for one in offices}
    steps = [step for each in going.values() for step in each]

    def carry_on(done: Done) -> None:
        for one in offices:
            moved = sum(len(step.subject_ids) for step in going[one.pk])
            is_closed = one.pk in closed
            organization = open_office(one.pk, order, same_day=True, closed_too=is_closed)
            refuse_first_day(organization, order)
            posts_along(organization, successor, order)
            parts_along(organization, successor, order)
            carry_all_on(organization, successor, order.decree)
            changes.succeed(
                predecessor=organization, successor=successor, whole=True, cards=moved,
                decree=order.decree,
            )  # fmt: skip
            refuse_stock(organization)
            if not is_closed:
                changes.close_organization(organization=organization, decree=order.decree)

    return perform(*steps, by=order.by, at=order.at, key=order.key, also=carry_on)


def split(
    *, organization_id: int, successor_id: int, account_ids: Sequence[int], order: Order
) -> Done:
    """This function will give some places of an office to another; the office itself goes on.

    :raises Refused: when kinds or counties differ, or a day does not fit.
    """
    (source,) = _relatives([organization_id], successor_id, order)
    successor = Organization.objects.get(pk=successor_id)
    steps = stock_steps(source, successor, order, frozenset(account_ids))

    def carry_on(done: Done) -> None:
        changes.succeed(
            predecessor=open_office(source.pk, order, same_day=True), successor=successor,
            whole=False, cards=len(done.subject_ids), decree=order.decree,
        )  # fmt: skip

    return perform(*steps, by=order.by, at=order.at, key=order.key, also=carry_on)


@transaction.atomic
def _relatives(
    organization_ids: Sequence[int], successor_id: int, order: Order
) -> list[Organization]:
    """The offices, found fit to go on in the successor; they are judged again when it is done."""
    successor = open_office(successor_id, order, same_day=True)
    found = [
        open_office(one, order, same_day=True, closed_too=bool(queries.stock_of(one)))
        for one in sorted(set(organization_ids) - {successor_id})
    ]
    if not found:
        raise Refused([Refusal(no.ORG_NOT_THAT_KIND, _kind(successor))])
    for one in found:
        alike = (one.kind, one.county_id) == (successor.kind, successor.county_id)
        if not alike or one.kind in _ABOVE or successor.path.startswith(one.path):
            raise Refused([Refusal(no.ORG_NOT_THAT_KIND, _kind(one))])
    return found


def refuse_on_the_way(organization: Organization) -> None:
    """This function will refuse while cards are on their way to an office, on a visit or posted.

    :raises Refused: `ORG_IN_TRANSIT`, `ORG_CARDS_ON_VISIT`, `ORG_CARDS_POSTED`.
    """
    reasons = {
        Place.TRANSIT: no.ORG_IN_TRANSIT, Place.VISIT: no.ORG_CARDS_ON_VISIT,
        Place.POST: no.ORG_CARDS_POSTED,
    }  # fmt: skip
    there = Position.objects.filter(account__organization=organization)
    found = [
        Refusal(reason, {"name": organization.name, "count": count})
        for kind, reason in reasons.items()
        if (count := there.filter(account__kind=kind).count())
    ]
    if found:
        raise Refused(found)


def _kind(organization: Organization) -> dict[str, object]:
    return {"name": organization.name, "kind": organization.get_kind_display()}


def stock_steps(
    source: Organization, successor: Organization, order: Order, only: frozenset[int] | None
) -> list[Step]:
    """This function will list the acts for cards that go along.

    What is on the shelf goes into the store, the rest as it lies.
    """
    facts = StockHandedOn(predecessor=source.pk, successor=successor.pk, words=order.words)
    steps = []
    for row in _HANDED_ON:
        assert row.move is not None
        held = Position.objects.filter(
            account__organization=source, account__kind__in=row.move.sources
        ).order_by("card_id")
        if only is not None:
            held = held.filter(account__in=only)
        ids = list(held.values_list("card_id", flat=True))
        account = account_of(organization_id=successor.pk, kind=row.move.target) if ids else None
        steps.append(
            Step(
                act=row, facts=facts, subject_ids=ids,
                destination=Destination(account.pk) if account else None,
            )
        )  # fmt: skip
    return steps


def posts_along(source: Organization, successor: Organization, order: Order) -> None:
    """This function will let everybody in a post go on in the same one at the successor."""
    held = Post.objects.filter(Q(until=None) | Q(until__gt=order.on), organization=source)
    for post in held.select_related("user").order_by("id"):
        planned_end, start = post.until, max(order.on, post.since)
        relieve(post_id=post.pk, until=start, at=order.at, by=order.by)
        there = Post.objects.filter(
            user=post.user, organization=successor, role=post.role, until=None
        )
        if there.exists():
            continue
        next_post = appoint(
            user=post.user, organization=successor, role=Role.of(post.role), since=start,
            at=order.at, by=order.by,
        )  # fmt: skip
        if planned_end is not None:
            relieve(post_id=next_post.pk, until=planned_end, at=order.at, by=order.by)


def parts_along(source: Organization, successor: Organization, order: Order) -> None:
    """This function will put what lies below an office under its successor."""
    for part in changes.parts_on(source, order.on).order_by("id"):
        refuse_planned(part, order)
        changes.move_organization(
            organization=changes.locked(part.pk), parent=successor, decree=order.decree
        )


@transaction.atomic
def set_first_day(*, county_id: int, day: date, order: Order) -> None:
    """This function will set from which day a county works with this book; the city decides.

    :raises Refused: when the actor is not the city's manager, or it is no county.
    """
    county = changes.locked(county_id)
    if order.by.role is not Role.CITY_MANAGER:
        raise Refused([Refusal(no.ORG_NOT_YOURS, {"name": county.name})])
    if county.kind != Kind.COUNTY:
        raise Refused([Refusal(no.ORG_NOT_THAT_KIND, _kind(county))])
    changes.set_first_day(county=county, day=day, decree=order.decree)
