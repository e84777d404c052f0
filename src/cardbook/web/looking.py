"""Keeps whom every page shows before it leaves the house (Art. 32 item 3; docs/adr/0020).

Neighbours: `chapters/looking.py` (what pages say of it), `liability.access_log` (the rows).
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlencode

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from cardbook.chapters.liability.access_log.commands import note_look
from cardbook.chapters.looking import How, Look, Whom, how_of
from cardbook.lib.causes import is_disk_full
from cardbook.lifecycle.acts import ACTS
from cardbook.orgs.actors import Actor
from cardbook.registers.kept_search import AskedQuery

_log = logging.getLogger(__name__)
_BY_ADDRESS = {one.value: one for one in Whom if one is not Whom.NOBODY}
# Of pages that show somebody's photo: they ask for it themselves.
_PARTS = frozenset({"card.photo", "card.issue.photo", "replacement.photo", "application.photo"})
# A list that names nobody.
_NOT_KEPT = frozenset({"look.list"})


class LookingMiddleware:
    """One row for each person an answer shows, in one statement, before the answer leaves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Keep whom the answer shows, or ask whoever looks at very many for his reason first."""
        response = self.get_response(request)
        actor = getattr(request, "actor", None)
        look = _look_of(request, response) if actor else None
        if look is None or actor is None:
            return response
        page = look.page or _page(request)
        # Within an act nothing is counted: a window that scans all day is not held up.
        kept = replace(look, page=page, counted=look.counted and page not in ACTS)
        if _noted(kept, by=actor):
            return response
        to = f"{reverse('look.reason')}?{urlencode({'next': request.get_full_path()})}"
        part = bool(request.headers.get("HX-Request"))
        return HttpResponseClientRedirect(to) if part else redirect(to)


def _noted(look: Look, *, by: Actor) -> bool:
    """Keep a look. On a full disk reading goes on (B4), and the look stands in the log."""
    try:
        return note_look(look, by=by, at=timezone.now())
    except DatabaseError as problem:
        if not is_disk_full(problem):
            raise
        _log.error("look not kept, disk full: user %s, %s, %s", by.user_id, look.page, look.ids)
        return True


def _look_of(request: HttpRequest, response: HttpResponse) -> Look | None:
    """Whom the page says it shows, or its address names, or nobody where a list was searched."""
    said: Look | None = getattr(request, "look", None)
    if said is not None or request.method != "GET" or response.status_code != HTTPStatus.OK:
        return said
    match = request.resolver_match
    if match is None or _page(request) in _NOT_KEPT:
        return None
    for name, whom in _BY_ADDRESS.items():
        if name in match.kwargs:
            ids = (int(match.kwargs[name]),)
            return Look(whom=whom, ids=ids, how=How.OPENED, part=_page(request) in _PARTS)
    if isinstance(request.GET, AskedQuery) and (words := " ".join(request.GET.words.values())):
        return Look(whom=Whom.NOBODY, how=how_of(words, today=timezone.localdate()))
    return None


def _page(request: HttpRequest) -> str:
    match = request.resolver_match
    return str(match.url_name) if match else ""
