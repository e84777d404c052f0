"""What the embedded PostgreSQL is told when it starts: shared memory by what the machine has.

Serves no article. The same as `deploy/postgresql.conf` says for a server of its own, so that demo,
tests and bench plan and remember as the city does; said at each start, an older cluster learns it.
"""

import os
from typing import Final

_MEGABYTE: Final = 1 << 20
_LEAST, _MOST = 128, 2048
# A worker of autovacuum would hold a template or a database that is to be dropped; a server for
# tests has small books, and several stand side by side, often in memory.
_FOR_TESTS: Final = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "256MB",
    "max_wal_size": "1GB",
}


def server_options(*, fsync: bool) -> str:
    """This function will say the options of a start, as `pg_ctl -o` takes them."""
    options = _by_memory() | {
        "work_mem": "32MB",
        "random_page_cost": "1.1",
        # A file of a million rows should not write every page it touches again and again.
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
    }
    if not fsync:
        options |= _FOR_TESTS
    return "".join(f" -c {name}={value}" for name, value in options.items())


def _by_memory() -> dict[str, str]:
    """An eighth of the memory for pages, half of it counted as the system's cache; in MB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MEGABYTE
    return {
        "shared_buffers": f"{min(max(memory // 8, _LEAST), _MOST)}MB",
        "effective_cache_size": f"{max(memory // 2, _LEAST)}MB",
    }
