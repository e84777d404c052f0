"""What a page says when it was not the program: disk full, database busy or gone (B4, B6-B8).

Nothing here asks the database. `config/urls.py` names `broken` as the handler of every exception.
"""

import sys
from contextlib import suppress

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from cardbook.lib.causes import causes, is_disk_full
from cardbook.lib.sm import Damaged

RETRY_SECONDS = 10
MOST_UNREAD_BYTES = 64 * 1024 * 1024
_PIECE_BYTES = 64 * 1024
# SQLSTATE: connections, memory; a statement or connection that was ended.
_BUSY = ("08", "53", "57", "55P03", "40001", "40P01", "25P03")


def broken(request: HttpRequest) -> HttpResponse:
    """500, or the reason when the machine is at fault and the same form may be sent again.

    A form carries its key, so sending it again never registers anything twice.
    """
    problem = sys.exc_info()[1]
    _let_go_of_uploads(request)
    _hear_out(request)
    if isinstance(problem, Damaged):
        return _page("damaged.html", status=500)
    if problem is not None and is_disk_full(problem):
        return _page("507.html", status=507)
    if problem is not None and is_busy(problem):
        return unconfirmed()
    return _page("500.html", status=500)


def unconfirmed() -> HttpResponse:
    """503: what was sent may be registered or not; sending the same page again finds out."""
    answer = _page("503.html", status=503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def _let_go_of_uploads(request: HttpRequest) -> None:
    """Delete what came so far: the frame leaves it to the garbage collector, on a full disk."""
    for handler in request.upload_handlers:
        half = getattr(handler, "file", None)
        if half is not None:
            with suppress(OSError):  # what is still buffered finds no room either
                half.close()


def _hear_out(request: HttpRequest) -> None:
    """Read what is still being sent: a browser that is cut off while sending shows no answer."""
    with suppress(OSError):
        for _ in range(MOST_UNREAD_BYTES // _PIECE_BYTES):
            if not request.read(_PIECE_BYTES):
                return


def _page(template: str, *, status: int) -> HttpResponse:
    """A page without the request: who asks, and what he sent, may be just what cannot be read.

    Trouble inside a middleware passes by the one that forbids keeping pages, so it is said here.
    """
    answer = HttpResponse(render_to_string(template), status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def is_busy(problem: BaseException) -> bool:
    """Whether the database had no connection to give, or ended the one that was used."""
    for one in causes(problem):
        state = getattr(one, "sqlstate", None)
        if state is not None:
            return bool(state.startswith(_BUSY))
    # Without a state nobody answered: no connection came free in time, or it broke off.
    return isinstance(problem, OperationalError | InterfaceError)
