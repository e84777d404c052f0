"""What every page of an act shares: who may open it, its article, its key, its second signature.

A page states the act it serves; its policy and the article on the screen follow from the table.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from cardbook.law.roles import Role, roles_named
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act, act
from cardbook.lifecycle.judge import refusals_of_actor
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor, actors_of
from cardbook.orgs.models import User

ALL_ROLES = frozenset(Role)


class ActorRequest(HttpRequest):
    """A request of somebody in a post; `page` guarantees it."""

    actor: Actor


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may open a page and which articles it serves; checked by tests for every address."""

    roles: frozenset[Role]
    basis: str
    acts: tuple[str, ...] = ()


def page(
    *acts: str, roles: frozenset[Role] | None = None, basis: str = ""
) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """This function will decorate a view with its policy: the acts it serves, or its roles.

    Without either, everybody with a post may open it.
    """
    rows = [act(code) for code in acts]
    allowed = (
        roles
        if roles is not None
        else (frozenset(role for row in rows for role in row.who) or ALL_ROLES)
    )
    articles = basis or "、".join(dict.fromkeys(b.label for row in rows for b in row.basis))
    policy = Policy(allowed, articles, acts)

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = getattr(request, "actor", None)
            if actor is None:
                return redirect_to_login(request.get_full_path())
            if actor.role not in policy.roles:
                roles = roles_named(policy.roles)
                raise PermissionDenied(
                    f"您的岗位“{actor.role.label}”不办理此项业务，请由{roles}办理。"
                )
            request.basis = policy.basis  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)

        guarded.policy = policy  # type: ignore[attr-defined]
        return guarded

    return decorate


def new_key() -> str:
    """This function will make the key of a form: one key, one effect, however often it is sent."""
    return uuid.uuid4().hex


def second_actor(row: Act, *, username: str, password: str, request: ActorRequest) -> Actor:
    """This function will make the second person's actor from his own name and password.

    Of several posts the one that may sign for the act is taken. Wrong passwords count towards the
    same lock as at the login page, so nobody can try a colleague's here.

    :raises Refused: when they do not fit, were wrong too often, or he holds no post today.
    """
    user = signer(username=username, password=password, request=request)
    return signing_for(row, user=user, by=request.actor)


def signer(*, username: str, password: str, request: HttpRequest) -> User:
    """This function will tell who signs with his own password, in a post or about to get one.

    :raises Refused: when they do not fit, or were wrong too often.
    """
    try:
        user = get_adapter(request).authenticate(
            request, username=username.strip(), password=password
        )
    except ValidationError as locked:
        raise Refused([Refusal(no.SECOND_PERSON_LOCKED, no.REVIEWS)]) from locked
    if not isinstance(user, User):
        raise Refused([Refusal(no.SECOND_PERSON_UNKNOWN, no.REVIEWS)])
    if user.password_is_given:
        raise Refused([Refusal(no.SECOND_PERSON_PASSWORD_GIVEN, no.REVIEWS)])
    return user


def signing_for(row: Act, *, user: User, by: Actor) -> Actor:
    """This function will take, of several posts a person holds, one that may sign for the act.

    :raises Refused: when he holds no post today.
    """
    actors = actors_of(user, on=timezone.localdate())
    if not actors:
        raise Refused([Refusal(no.SECOND_PERSON_UNKNOWN, no.REVIEWS)])

    def speaks_against(one: Actor) -> bool:
        reasons = refusals_of_actor(act=row, by=by, second=one)
        # The witness signs after him and is not his business.
        return any(found.reason is not no.WITNESS_MISSING for found in reasons)

    return next((one for one in actors if not speaks_against(one)), actors[0])


def witness_actor(
    row: Act, *, username: str, password: str, second: Actor | None, request: ActorRequest
) -> Actor:
    """This function will make the witness's actor from his own name and password (Art. 19).

    :raises Refused: when they do not fit, or he holds no post today.
    """
    user = signer(username=username, password=password, request=request)
    actors = actors_of(user, on=timezone.localdate())
    if not actors:
        raise Refused([Refusal(no.SECOND_PERSON_UNKNOWN, no.REVIEWS)])
    by = request.actor
    fit = (
        one
        for one in actors
        if not any(refusals_of_actor(act=row, by=by, second=second, witness=one))
    )
    return next(fit, actors[0])
