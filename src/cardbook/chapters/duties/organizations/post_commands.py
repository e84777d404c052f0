"""Posts are given, ended, and handed on with their balance, counted and signed by both (Art. 20).

`commands.py` beside it changes offices; the sheet of a hand-over is in `register.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from cardbook.chapters.carrying import carried
from cardbook.chapters.duties.models import HandOver, HandOverLine
from cardbook.chapters.duties.organizations.beginning import one_time_password, open_account
from cardbook.chapters.duties.organizations.commands import Order, refuse_ahead, refuse_foreign
from cardbook.chapters.duties.organizations.queries import (
    KEEPING_ROLES,
    KEPT,
    StockLine,
    roles_at,
    stock_of,
)
from cardbook.custody.models import Account
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs import actors
from cardbook.orgs.actors import OrganizationClosed
from cardbook.orgs.models import Organization, Post, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """Both signed with their own passwords: whoever leaves and whoever comes."""

    outgoing: User
    incoming: User


@transaction.atomic
def appoint_newcomer(
    *, username: str, name: str, organization_id: int, role: Role, order: Order
) -> str:
    """This function will open an account with its first post and return its one-time password.

    :raises Refused: when the user name is taken, or for the reasons of `appoint`.
    """
    password = one_time_password()
    try:
        with transaction.atomic():
            user = open_account(username=username, name=name, password=password)
    except IntegrityError as problem:
        raise Refused([Refusal(no.ACCOUNT_TAKEN, {"username": username})]) from problem
    appoint(user=user, organization_id=organization_id, role=role, order=order)
    return password


def appoint(*, user: User, organization_id: int, role: Role, order: Order) -> Post:
    """This function will give a person a post from a day.

    :raises Refused: when the office is closed, not the actor's or has no such post, or the person
        has the post, or is the actor himself.
    """
    organization = Organization.objects.get(pk=organization_id)
    refuse_foreign(organization, by=order.by)
    if role not in roles_at(organization):
        values = {"role": role.label, "office": organization.name}
        raise Refused([Refusal(no.POST_OF_THE_CITY, values)])
    if user.pk == order.by.user_id:
        raise Refused([Refusal(no.POST_TO_HIMSELF)])
    try:
        with transaction.atomic():
            return actors.appoint(
                user=user, organization=organization, role=role, since=order.on, at=order.at,
                by=order.by,
            )  # fmt: skip
    except OrganizationClosed as problem:
        raise Refused([Refusal(no.ORG_CLOSED_NOW)]) from problem
    except IntegrityError as problem:
        values = {"name": user.get_full_name(), "office": organization.name}
        raise Refused([Refusal(no.POST_HELD, values)]) from problem


def _held(post_id: int, order: Order) -> Post:
    """A post that is held, locked.

    :raises Refused: when it was ended, or is not the actor's to change.
    """
    post = (
        Post.objects.select_for_update(of=("self",))
        .filter(pk=post_id, until=None)
        .select_related("user", "organization")
        .first()
    )
    if post is None:
        raise Refused([Refusal(no.POST_GONE)])
    refuse_foreign(post.organization, by=order.by)
    begun = post.since <= local_day(order.at)
    if begun and order.on < post.since:
        values = {"name": "该岗位", "on": post.since, "asked": order.on}
        raise Refused([Refusal(no.ORG_CHANGED, values)])
    return post


@transaction.atomic
def end_post(*, post_id: int, order: Order) -> None:
    """This function will end a post from a day, which may be one to come.

    A post whose day has not come is taken back: it ends on the day it would have begun.

    :raises Refused: when its holder keeps cards at the office: they are handed over first.
    """
    post = _held(post_id, order)
    if post.role in KEEPING_ROLES:
        # What he keeps is counted on the day it changes hands, not before.
        refuse_ahead(order)
    _refuse_carrying(post)
    kept = sum(line.cards for line in stock_of(post.organization_id))
    if post.role in KEEPING_ROLES and kept:
        values = {
            "name": post.user.get_full_name(), "office": post.organization.name, "count": kept,
        }  # fmt: skip
        raise Refused([Refusal(no.POST_HOLDS_STOCK, values)])
    until = max(order.on, post.since)
    actors.relieve(post_id=post.pk, until=until, at=order.at, by=order.by)


@transaction.atomic
def hand_over(
    *, post_id: int, counted: Mapping[int, int], signed: Signatures, order: Order
) -> HandOver:
    """This function will hand a post on: counted place by place, signed by both, on one day.

    The places of the office are locked, so that no card moves between the count and the signing.

    :raises Refused: when a count differs from the book, a place was left out, the two are one
        person, or the post was ended meanwhile.
    """
    refuse_ahead(order)
    post = _held(post_id, order)
    if post.user_id != signed.outgoing.pk:
        raise Refused([Refusal(no.SECOND_PERSON_UNKNOWN, {"who": "移交人"})])
    if signed.incoming.pk == signed.outgoing.pk:
        raise Refused([Refusal(no.HANDED_TO_HIMSELF)])
    _refuse_carrying(post)
    accounts = Account.objects.select_for_update().filter(
        organization=post.organization, kind__in=KEPT
    )
    list(accounts.order_by("id"))
    stock = stock_of(post.organization_id)
    _refuse_differences(stock, counted)
    actors.record_post(
        act="post.hand_over", post=post, by=order.by, at=order.at, second_id=signed.incoming.pk,
        to=signed.incoming.pk, on=order.on,
        stock=[[line.account_id, line.cards] for line in stock],
    )  # fmt: skip
    next_post = _pass_on(post, signed.incoming, order)
    made = HandOver.objects.create(
        post=post, next_post=next_post, organization=post.organization, outgoing=signed.outgoing,
        incoming=signed.incoming, ordered_by_id=order.by.user_id, on=order.on, at=order.at,
        words=order.words,
    )  # fmt: skip
    HandOverLine.objects.bulk_create(
        HandOverLine(hand_over=made, account_id=line.account_id, cards=line.cards)
        for line in stock
    )
    return made


@transaction.atomic
def keep_post(*, post_id: int, order: Order) -> None:
    """This function will take back that a post ends on a day to come.

    :raises Refused: when it has ended, or nothing was planned, or it is not the actor's to change.
    """
    post = (
        Post.objects.select_for_update(of=("self",))
        .filter(pk=post_id, until__gt=local_day(order.at))
        .select_related("organization")
        .first()
    )
    if post is None:
        raise Refused([Refusal(no.POST_GONE)])
    refuse_foreign(post.organization, by=order.by)
    Post.objects.filter(pk=post.pk).update(until=None)
    post.until = None
    actors.record_post(act="post.keep_on", post=post, by=order.by, at=order.at)


def _pass_on(post: Post, user: User, order: Order) -> Post:
    """End the post and begin the other's on the same day, unless he has one there already."""
    until = max(order.on, post.since)
    actors.relieve(post_id=post.pk, until=until, at=order.at, by=order.by)
    there = Post.objects.filter(
        user=user, organization=post.organization, role=post.role, until=None
    ).first()
    if there is not None:
        return there
    try:
        return actors.appoint(
            user=user, organization=post.organization, role=Role.of(post.role), since=order.on,
            at=order.at, by=order.by,
        )  # fmt: skip
    except OrganizationClosed as problem:
        raise Refused([Refusal(no.ORG_CLOSED_NOW)]) from problem


def _refuse_carrying(post: Post) -> None:
    """What somebody has taken along to holders is accounted for before he leaves (Art. 20)."""
    out = carried(user_id=post.user_id)
    if out:
        values = {"name": post.user.get_full_name(), "count": len(out)}
        raise Refused([Refusal(no.POST_CARRIES_CARDS, values)])


def _refuse_differences(stock: list[StockLine], counted: Mapping[int, int]) -> None:
    refused = [
        Refusal(
            no.STOCK_DIFFERS,
            {"place": line.place, "counted": counted[line.account_id]},
        )
        if line.account_id in counted
        else Refusal(no.STOCK_CHANGED, {"place": line.place})
        for line in stock
        if counted.get(line.account_id) != line.cards
    ]
    gone = [
        Refusal(no.STOCK_CHANGED, {"place": "已清空的位置"})
        for account_id, count in counted.items()
        if count and account_id not in {line.account_id for line in stock}
    ]
    if refused or gone:
        raise Refused([*refused, *gone])
