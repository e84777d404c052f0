"""Fixtures of the whole house; the early part (server, environment) is the plugin itself."""

from collections.abc import Iterator

import pytest
from tests.fire.recounts import all_promises_hold

from cardbook.testing.plugin import django_db_setup, fresh_database

__all__ = ["book_holds_after_fire", "django_db_setup", "fresh_database"]
_UNDER_FIRE = tuple("RDBI")
# Whoever asks for one of these works on a book; asked for first, it is still open afterwards.
_BOOKS = (
    "_django_db_helper", "fresh_database", "shared_database", "server", "city", "sealed_city",
)  # fmt: skip


@pytest.fixture(autouse=True)
def book_holds_after_fire(request: pytest.FixtureRequest) -> Iterator[None]:
    """After every test of a row of races, repeats, crashes or files `cardbook check` is clean."""
    rows = [row for mark in request.node.iter_markers("trust") for row in mark.args]
    asked = set(request.fixturenames)
    if request.node.get_closest_marker("django_db") or asked & {"db", "transactional_db"}:
        asked.add("_django_db_helper")
    books = [name for name in _BOOKS if name in asked]
    if not books or not any(row.startswith(_UNDER_FIRE) for row in rows):
        yield
        return
    for name in books:
        request.getfixturevalue(name)
    yield
    all_promises_hold()
