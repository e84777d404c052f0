"""What every template sees: the navigation, the actor, the article of the page, the demo ribbon.

Neighbours: `navigation.py` (the menu), `middleware.py` (who it is).
"""

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from cardbook import __version__
from cardbook.law.roles import SEES_PEOPLE
from cardbook.web.handbook import CONTENTS, chapter_about
from cardbook.web.navigation import drawn_navigation


def shell(request: HttpRequest) -> dict[str, Any]:
    """This function will give the shell's context; visitors see none of it."""
    actor = getattr(request, "actor", None)
    return {
        "actor": actor,
        "posts": getattr(request, "posts", ()),
        "may_search": actor is not None and actor.role in SEES_PEOPLE,
        "nav": drawn_navigation(by=actor, path=request.path) if actor else "",
        "basis": getattr(request, "basis", ""),
        "handbook": _handbook(request),
        "posted": _posted(request),
        "here": address_of(request).partition("?")[0],
        "demo": settings.DEMO,
        "version": __version__,
    }


def _posted(request: HttpRequest) -> str:
    """How an answer to a POST is come back to: "here", where its address can be opened as well, or
    "from" where the form stood; "" for all other answers. `app.js` puts that into the history.
    """
    if request.method != "POST" or request.resolver_match is None:
        return ""
    return "here" if can_be_opened(request.resolver_match.func) else "from"


def address_of(request: HttpRequest) -> str:
    """This function will return the address at which a page is come back to: its own, or that of
    the form it answers where its own takes forms only.
    """
    match = request.resolver_match
    if request.method != "POST" or match is None or can_be_opened(match.func):
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    if came_from.netloc != request.get_host() or not came_from.path.startswith("/"):
        return request.get_full_path()
    return came_from._replace(scheme="", netloc="", fragment="").geturl()


@cache
def can_be_opened(view: Callable[..., Any]) -> bool:
    """This function will say whether a page answers GET; Django's decorators know, and hide it."""
    methods = inspect.getclosurevars(view).nonlocals.get("request_method_list")
    return methods is None or "GET" in methods


def _handbook(request: HttpRequest) -> str:
    """The address of the chapter about a page, of the contents for a page without one."""
    match = request.resolver_match
    return _address_about(match.func.__module__ if match else "")


@cache
def _address_about(module: str) -> str:
    """Every page asks, and there are no more answers than modules with pages."""
    name = chapter_about(module)
    return reverse("handbook") if name == CONTENTS else reverse("handbook.show", args=[name])
