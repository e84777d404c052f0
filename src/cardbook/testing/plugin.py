"""A pytest plugin: every test runs as the application's role against real PostgreSQL.

Loaded by `-p cardbook.testing.plugin` before Django reads its settings. One installation is
migrated once; each worker has a server with a copy, and `fresh_database` gives a test a copy of
its own, because the ledger refuses the TRUNCATE by which transactional tests usually clean up.
"""

import fcntl
import gc
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from cardbook.testing.room import CACHE, ROOT, digest_of_schema, room_for

if TYPE_CHECKING:
    from cardbook.testing.factories import City

Made = TypeVar("Made")
__all__ = ["CACHE", "ROOT"]  # named with the fixtures that need them
pytest_plugins = ["cardbook.testing.browser"]
os.environ.setdefault("CARDBOOK_TESTING", "1")
os.environ["CARDBOOK_DEMO"] = ""


def _server() -> bool:
    """Start this worker's server without fsync, unless another server is named.

    The first process of a run names the room of all, and its workers find it named.
    """
    from cardbook.config import embedded
    from cardbook.testing.installation import furnish_worker

    given = os.environ.get("CARDBOOK_DATA") or str(room_for(CACHE))
    room = Path(os.environ.setdefault("CARDBOOK_TEST_ROOM", given))
    if embedded.urls_from_environment(os.environ) is not None:
        os.environ["CARDBOOK_DATA"] = str(room)
        return False
    data = furnish_worker(room, worker=os.environ.get("PYTEST_XDIST_WORKER", "alone"))
    os.environ["CARDBOOK_DATA"] = str(data)
    embedded.ensure_running(data, fsync=False)
    return True


_OWN_SERVER = _server()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: such a file at the end would leave the other worker idle.

    The order is random otherwise. Handing out the longest lists of tests first, as xdist does, is
    the wrong way round here: a thousand letters of a table take seconds, eight crashes a minute.
    """
    slow = str(ROOT / "tests")
    items.sort(
        key=lambda item: (
            not (str(item.path).startswith(slow) or item.get_closest_marker("browser") is not None)
        )
    )


def pytest_collection_finish() -> None:
    """Keep ten thousand tests and all of Django out of every later round of the collector."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def _address() -> str:
    """Where databases are made and dropped: in the worker's own server from none of them."""
    from django.conf import settings

    return _from_none_of_them(settings.DATABASE_URLS.owner_url)


def _from_none_of_them(url: str) -> str:
    return url.replace("/cardbook?", "/postgres?") if _OWN_SERVER else url


_CONNECTED = (
    "SELECT datname, backend_type, usename, application_name, state, backend_start "
    "FROM pg_stat_activity WHERE datname IS NOT NULL"
)
_GO = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()"
)


def _execute_as_owner(*statements: str, alone_in: str = "") -> None:
    """Execute each as often as it takes until the server's own worker is out of the way.

    Whoever of the application's role is in the database `alone_in` is sent away: the owner may not
    do that, and a page asked for in a browser's last moment is answered by a thread that nobody
    waits for.
    """
    import psycopg

    with psycopg.connect(_address(), autocommit=True) as link:
        for statement in statements:
            try:
                _patiently(partial(link.execute, statement), alone_in)
            except psycopg.Error as problem:
                problem.add_note(f"connected: {link.execute(_CONNECTED).fetchall()}")
                raise


def _patiently(work: Callable[[], object], alone_in: str) -> None:
    import psycopg

    for _ in range(150):
        try:
            work()
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            if alone_in:
                _send_away(alone_in)
            time.sleep(0.2)
        else:
            return
    work()


def _send_away(name: str) -> None:
    import psycopg
    from django.conf import settings

    address = _from_none_of_them(settings.DATABASE_URLS.app_url)
    with psycopg.connect(address, autocommit=True) as link:
        link.execute(_GO, [name])


def _exists(name: str) -> bool:
    import psycopg

    with psycopg.connect(_address(), autocommit=True) as link:
        found = link.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
    return found is not None


def _use(name: str) -> None:
    """Point both connections of this process at a database."""
    from django.db import connections

    for alias in ("default", "owner"):
        connection = connections[alias]
        connection.close()
        if alias == "default":
            connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict["NAME"] = name
        options = connection.settings_dict["OPTIONS"]
        connection.settings_dict["OPTIONS"] = {k: v for k, v in options.items() if k != "pool"}


@cache
def _template() -> str:
    """The name of a migrated template: what the worker's server came with, or made here once."""
    from cardbook.config.database import migrate

    name = f"cardbook_template_{digest_of_schema()}"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _exists(name):
            return name
        if _OWN_SERVER:
            _execute_as_owner(f"ALTER DATABASE cardbook RENAME TO {name}")
            _execute_as_owner("CREATE DATABASE cardbook")
            return name
        draft = f"{name}_draft"
        _execute_as_owner(f"DROP DATABASE IF EXISTS {draft}", f"CREATE DATABASE {draft}")
        _use(draft)
        migrate()
        _use(draft)  # closes both connections, so that the draft can be renamed
        _execute_as_owner(f"ALTER DATABASE {draft} RENAME TO {name}")
    return name


@contextmanager
def _copy(template: str, name: str) -> Iterator[str]:
    dropping = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    _execute_as_owner(
        dropping,
        # Half the time of the usual way: the checkpoints it asks for cost nothing without fsync.
        f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY",
    )
    try:
        yield name
    finally:
        _execute_as_owner(dropping, alone_in=name)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.FixtureRequest, worker_id: str) -> Iterator[None]:
    """Replaces pytest-django's own set-up: a copy of the template for this worker."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        name = f"cardbook_test_{worker_id}_{os.getpid()}"
        with _copy(_template(), name):
            _use(name)
            yield
            _use(name)


@pytest.fixture
def city(db: None) -> "City":
    """A small city with two counties; a module whose tests commit makes one of its own."""
    from cardbook.testing import factories

    return factories.city()


@pytest.fixture
def fresh_database(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """A database of the test's own, with real commits: for races, crashes and browsers."""
    with own_database(django_db_blocker) as name:
        yield name


@pytest.fixture(scope="module")
def shared_database(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """One database with real commits for a whole module, where what is set up takes long."""
    with own_database(django_db_blocker) as name:
        yield name


@contextmanager
def own_database(blocker: pytest.FixtureRequest, *, like: str = "") -> Iterator[str]:
    """This function will work in a new database for a while: empty, or a copy of a kept one."""
    own = f"cardbook_test_{uuid.uuid4().hex[:12]}"
    with _copy(like or _template(), own), blocker.unblock(), _used(own):  # type: ignore[attr-defined]
        yield own


@contextmanager
def kept_database(
    blocker: pytest.FixtureRequest, build: Callable[[], Made], *, like: str = ""
) -> Iterator[tuple[str, Made]]:
    """This function will keep a database with what was built in it, for others to be copies of."""
    with _copy(like or _template(), f"cardbook_kept_{uuid.uuid4().hex[:12]}") as name:
        with blocker.unblock(), _used(name):  # type: ignore[attr-defined]
            made = build()
        yield name, made


@contextmanager
def _used(name: str) -> Iterator[None]:
    from django.db import connections

    before = connections["default"].settings_dict["NAME"]
    _use(name)
    try:
        yield
    finally:
        _use(before)
