"""Pages go on around a sealed value that does not open, and the log says where (P7; PIPL 51)."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cardbook.lib.damage import shown_as_damaged

_log = logging.getLogger(__name__)


class DamagedMiddleware:
    """One damaged name does not close the lists and pages that show it beside others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let pages say what is damaged; the API answers programs, and says nothing half."""
        if request.path.startswith("/api/"):
            return self.get_response(request)
        with shown_as_damaged() as found:
            response = self.get_response(request)
        if found:
            # Without the query: what was asked may name somebody.
            _log.error("damaged on a page: %s, %s", request.path, "、".join(found[:20]))
        return response
