"""Why something broke that was not the program's fault, seen from the exception (B4, B6-B8)."""

import errno
from collections.abc import Iterator

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
# SQLSTATE: the database server's own disk.
_DISK_FULL = "53100"


def is_disk_full(problem: BaseException) -> bool:
    """Whether a disk, of the server or of this machine, had no room."""
    return any(
        getattr(one, "sqlstate", None) == _DISK_FULL
        or (isinstance(one, OSError) and one.errno in _NO_ROOM)
        for one in causes(problem)
    )


def causes(problem: BaseException) -> Iterator[BaseException]:
    """The exception and those it came from, without walking in a circle."""
    seen: list[BaseException] = []
    current: BaseException | None = problem
    while current is not None and current not in seen:
        seen.append(current)
        yield current
        current = current.__cause__ or current.__context__
