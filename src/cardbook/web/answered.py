"""Post, redirect, get for every form: an answer with words of its own has an address (Art. 8, 32).

A page that answers a form is kept sealed in a row its session names and asked for again, so that
neither Back nor a reload sends the form twice, with scripts or without. Other clients than a
browser that navigates have no history and get the answer at once.
"""

import base64
import re
import secrets
import zlib
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from django.db import connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from cardbook.lib.sm import Damaged
from cardbook.people import vault
from cardbook.web.context import address_of

# Names of the answers a session may ask for; the answers are not in it, each request reads it.
_NAMES = "answers"
_CONTEXT = b"answer"
MOST_KEPT = 2
LARGEST_BYTES = 60_000
# Under this name the address says which answer is meant.
ANSWER = "answer"
_STATUSES = (HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
_POSTED = re.compile(rb' data-posted="[a-z]+"')


class AnsweredMiddleware:
    """Leads a browser from a form to its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Show an answer that is kept, or keep the one that is given."""
        if getattr(request, "actor", None) is None:
            return self.get_response(request)
        name = _taken_off(request)
        if name and request.method == "GET":
            return _kept(request, name) or redirect(request.get_full_path())
        response = self.get_response(request)
        return _kept_for_later(request, response) if _navigates(request) else response


def _navigates(request: HttpRequest) -> bool:
    return request.method == "POST" and request.headers.get("Sec-Fetch-Mode") == "navigate"


def _taken_off(request: HttpRequest) -> str:
    """No view sees the name, and none hands it on to the next page."""
    name = request.GET.get(ANSWER, "")
    if name:
        query = request.GET.copy()
        del query[ANSWER]
        request.META["QUERY_STRING"] = query.urlencode()
        del request.GET
    return name


def _kept_for_later(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    html = response.get("Content-Type", "").startswith("text/html")
    if response.status_code not in _STATUSES or not html or response.streaming:
        return response
    content = zlib.compress(_POSTED.sub(b"", response.content), 9)
    if len(content) > LARGEST_BYTES:
        return response
    name = _put_away(request, status=response.status_code, content=content)
    path, _, asked = address_of(request).partition("?")
    query = QueryDict(asked, mutable=True)
    query[ANSWER] = name
    response = redirect(f"{path}?{query.urlencode()}")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _put_away(request: HttpRequest, *, status: int, content: bytes) -> str:
    """Keep an answer under chance letters; the oldest of more than a few goes."""
    name = secrets.token_urlsafe(12)
    sealed = vault.seal_text(base64.b85encode(content).decode(), context=_CONTEXT)
    names = [*request.session.get(_NAMES, ()), name]
    request.session[_NAMES] = names[-MOST_KEPT:]
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH gone AS (DELETE FROM web_answer WHERE name = ANY(%s)) "
            "INSERT INTO web_answer (name, status, sealed) VALUES (%s, %s, %s)",
            [names[:-MOST_KEPT], name, status, sealed],
        )
    return name


def _kept(request: HttpRequest, name: str) -> HttpResponse | None:
    if name not in request.session.get(_NAMES, ()):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT status, sealed FROM web_answer WHERE name = %s", [name])
        row = cursor.fetchone()
    if row is None:
        return None
    status, sealed = row
    try:
        text = vault.open_text(sealed, context=_CONTEXT)
    except Damaged:
        return None
    return HttpResponse(zlib.decompress(base64.b85decode(text)), status=status)


def forget_answers(*, before: datetime) -> int:
    """This function will let go the answers of sessions that are over; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM web_answer WHERE kept_at < %s", [before])
        return int(cursor.rowcount)
