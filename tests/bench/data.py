"""The bench's own server and databases: fsync on, built once by COPY, kept under .cache/bench.

`cardbook` holds the book; `bench_empty` a city without cards; a bench that brings in cards works
in a copy of one of them, which is dropped afterwards.
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
CARDS = {"small": 200_000, "city": 2_600_000}
EMPTY = "bench_empty"


def folder(size: str) -> Path:
    """Where a size keeps its server."""
    return ROOT / ".cache" / "bench" / size


def settle(size: str) -> None:
    """This function will point the settings at the bench's server, before Django is loaded."""
    os.environ.setdefault("CARDBOOK_DATA", str(folder(size)))
    os.environ["CARDBOOK_DEMO"] = "1"  # static files without a collected manifest
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cardbook.config.settings")


def build(size: str) -> None:
    """This function will make sure that the book of a size stands."""
    import django

    django.setup()
    from django.conf import settings

    from cardbook.cards.models import Card
    from cardbook.config.database import migrate
    from cardbook.demo import organizations, staff
    from cardbook.demo.city_data import build_mass, refresh_statistics
    from cardbook.orgs.models import Organization, User

    migrate()
    if not organizations.exists():
        organizations.make_organizations()
    if not User.objects.exists():
        staff.make_staff({office.code: office for office in Organization.objects.all()})
    if not Card.objects.exists():
        _copy_database("cardbook", EMPTY, owner_url=settings.DATABASE_URLS.owner_url)
    if Card.objects.count() < CARDS[size]:
        build_mass(cards=CARDS[size], say=print)
        refresh_statistics(tidy=True)


def _copy_database(source: str, target: str, *, owner_url: str) -> None:
    from django.db import connections

    for alias in connections:
        connections[alias].close()
        connections[alias].close_pool()  # type: ignore[attr-defined]
    with psycopg.connect(_named(owner_url, "postgres"), autocommit=True) as link:
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(target)))
        link.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(target), sql.Identifier(source)
            )
        )


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def copied(source: str) -> Iterator[dict[str, str]]:
    """This function will give the environment of a copy of a database, dropped afterwards."""
    from django.conf import settings

    urls = settings.DATABASE_URLS
    _copy_database(source, "bench_copy", owner_url=urls.owner_url)
    addresses = {
        "CARDBOOK_DATABASE_URL": _named(urls.owner_url, "bench_copy"),
        "CARDBOOK_APP_DATABASE_URL": _named(urls.app_url, "bench_copy"),
    }
    try:
        migrate = [sys.executable, "-m", "cardbook.config.cli", "migrate"]
        subprocess.run(migrate, env=os.environ | addresses, check=True, stdout=subprocess.DEVNULL)
        yield addresses
    finally:
        _drop_copy(_named(urls.owner_url, "postgres"))


def _drop_copy(address: str) -> None:
    """Without FORCE the server sends its own vacuum away; with it, only a superuser may."""
    with psycopg.connect(address, autocommit=True) as link:
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = 'bench_copy' AND backend_type = 'client backend'"
        )
        link.execute("DROP DATABASE IF EXISTS bench_copy")


@contextmanager
def twins(tables: Iterable[str]) -> Iterator[None]:
    """This function will keep empty twins of tables for a while: columns and indexes, no triggers.

    The application's role may write into them.
    """
    names = [f"twin_{table}" for table in tables]
    with own_connection() as link:
        for table in tables:
            link.execute(f"DROP TABLE IF EXISTS twin_{table}")
            link.execute(f"CREATE TABLE twin_{table} (LIKE {table} INCLUDING ALL)")
            link.execute(f"GRANT SELECT, INSERT, UPDATE ON twin_{table} TO cardbook_app")
    try:
        yield
    finally:
        with own_connection() as link:
            link.execute(f"DROP TABLE IF EXISTS {', '.join(names)}")


def own_connection(*, owner: bool = True) -> psycopg.Connection[tuple[object, ...]]:
    """This function will connect without Django, as the owner or as the application's role."""
    from django.conf import settings

    urls = settings.DATABASE_URLS
    return psycopg.connect(urls.owner_url if owner else urls.app_url)
