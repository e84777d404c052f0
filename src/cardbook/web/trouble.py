"""What a page says when it was not the program: disk full, database busy or gone (B4, B6-B8).

Nothing here asks the database. `config/urls.py` names `broken` as the handler of every exception.
"""

import errno
import sys
from collections.abc import Iterator

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

RETRY_SECONDS = 10
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
# SQLSTATE: the server's own disk; connections, memory; a statement or connection that was ended.
_DISK_FULL = "53100"
_BUSY = ("08", "53", "57", "55P03", "40001", "40P01", "25P03")


def broken(request: HttpRequest) -> HttpResponse:
    """500, or the reason when the machine is at fault and the same form may be sent again.

    A form carries its key, so sending it again never registers anything twice.
    """
    problem = sys.exc_info()[1]
    if problem is not None and is_disk_full(problem):
        return _kept_by_nobody(render(request, "507.html", status=507))
    if problem is not None and is_busy(problem):
        answer = render(request, "503.html", status=503)
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return _kept_by_nobody(answer)
    return _kept_by_nobody(render(request, "500.html", status=500))


def _kept_by_nobody(answer: HttpResponse) -> HttpResponse:
    """Trouble inside a middleware passes by the one that says so of every other page."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def is_disk_full(problem: BaseException) -> bool:
    """Whether a disk, of the server or of this machine, had no room."""
    return any(
        getattr(one, "sqlstate", None) == _DISK_FULL
        or (isinstance(one, OSError) and one.errno in _NO_ROOM)
        for one in _behind(problem)
    )


def is_busy(problem: BaseException) -> bool:
    """Whether the database had no connection to give, or ended the one that was used."""
    for one in _behind(problem):
        state = getattr(one, "sqlstate", None)
        if state is not None:
            return bool(state.startswith(_BUSY))
    # Without a state nobody answered: no connection came free in time, or it broke off.
    return isinstance(problem, OperationalError | InterfaceError)


def _behind(problem: BaseException) -> Iterator[BaseException]:
    """The exception and those it came from, without walking in a circle."""
    seen: list[BaseException] = []
    current: BaseException | None = problem
    while current is not None and current not in seen:
        seen.append(current)
        yield current
        current = current.__cause__ or current.__context__
