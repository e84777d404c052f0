"""Post, redirect, get for every form: an answer with words of its own has an address (Art. 8, 32).

A page that answers a form is kept sealed in the session and asked for again, so that neither Back
nor a reload sends the form twice, with scripts or without. Other clients than a browser that
navigates have no history and get the answer at once.
"""

import base64
import re
import zlib
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from cardbook.registers.drawers import put_away, taken_out
from cardbook.web.context import address_of

_DRAWER = "answers"
# Of one session; each request reads them, so they are few and not large.
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
    text = base64.b85encode(content).decode()
    name = put_away(request, [response.status_code, text], drawer=_DRAWER, most=MOST_KEPT)
    path, _, asked = address_of(request).partition("?")
    query = QueryDict(asked, mutable=True)
    query[ANSWER] = name
    response = redirect(f"{path}?{query.urlencode()}")
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _kept(request: HttpRequest, name: str) -> HttpResponse | None:
    found = taken_out(request, name, drawer=_DRAWER)
    if found is None:
        return None
    status, text = found
    return HttpResponse(zlib.decompress(base64.b85decode(text)), status=status)
