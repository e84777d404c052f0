"""A pytest plugin: every test runs as the application's role against real PostgreSQL.

Loaded by `-p cardbook.testing.plugin` before Django reads its settings. One template database is
migrated once; each worker works in a copy, and `fresh_database` gives a test a copy of its own,
because the ledger refuses the TRUNCATE by which transactional tests usually clean up.
"""

import fcntl
import gc
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cardbook.testing.room import room_for

if TYPE_CHECKING:
    from cardbook.testing.factories import City

ROOT = Path(__file__).resolve().parents[3]
CACHE = ROOT / ".cache"
pytest_plugins = ["cardbook.testing.browser"]

if "CARDBOOK_DATA" not in os.environ:
    os.environ["CARDBOOK_DATA"] = str(room_for(CACHE))
os.environ.setdefault("CARDBOOK_TESTING", "1")
os.environ["CARDBOOK_DEMO"] = ""


def _server() -> None:
    """Start the embedded server for tests without fsync, unless another server is named."""
    from cardbook.config import embedded

    if embedded.urls_from_environment(os.environ) is None:
        embedded.ensure_running(Path(os.environ["CARDBOOK_DATA"]), fsync=False)


_server()


def pytest_collection_finish() -> None:
    """Keep ten thousand tests and all of Django out of every later round of the collector."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)


def digest_of_schema() -> str:
    """This function will name what a template depends on: every migration and every SQL file."""
    running = hashlib.sha256()
    files = [*(ROOT / "src").rglob("migrations/*.py"), *(ROOT / "src").rglob("*.sql")]
    for path in sorted(files):
        running.update(path.read_bytes())
    return running.hexdigest()[:12]


def _execute_as_owner(*statements: str) -> None:
    import psycopg
    from django.conf import settings

    with psycopg.connect(settings.DATABASE_URLS.owner_url, autocommit=True) as link:
        for statement in statements:
            _patiently(partial(link.execute, statement))


def _patiently(work: Callable[[], object]) -> None:
    """Do it, again after a moment when the server's own worker sits in the database just then."""
    import psycopg

    for _ in range(50):
        try:
            work()
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            time.sleep(0.2)
        else:
            return
    work()


def _exists(name: str) -> bool:
    import psycopg
    from django.conf import settings

    with psycopg.connect(settings.DATABASE_URLS.owner_url, autocommit=True) as link:
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
    """The name of the migrated template, made by the first worker that needs it."""
    from cardbook.config.database import migrate

    name = f"cardbook_template_{digest_of_schema()}"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists(name):
            draft = f"{name}_draft"
            _execute_as_owner(f"DROP DATABASE IF EXISTS {draft}", f"CREATE DATABASE {draft}")
            _use(draft)
            migrate()
            _use(draft)  # closes both connections, so that the draft can be renamed
            _execute_as_owner(f"ALTER DATABASE {draft} RENAME TO {name}")
    return name


@contextmanager
def _copy(template: str, name: str) -> Iterator[str]:
    _execute_as_owner(
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        # Half the time of the usual way: the checkpoints it asks for cost nothing without fsync.
        f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY",
    )
    try:
        yield name
    finally:
        _execute_as_owner(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


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
    with _own_database(django_db_blocker) as name:
        yield name


@pytest.fixture(scope="module")
def shared_database(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[str]:
    """One database with real commits for a whole module, where what is set up takes long."""
    with _own_database(django_db_blocker) as name:
        yield name


@contextmanager
def _own_database(blocker: pytest.FixtureRequest) -> Iterator[str]:
    from django.db import connections

    with blocker.unblock():  # type: ignore[attr-defined]
        before = connections["default"].settings_dict["NAME"]
        with _copy(_template(), f"cardbook_test_{uuid.uuid4().hex[:12]}") as name:
            _use(name)
            yield name
            _use(before)
