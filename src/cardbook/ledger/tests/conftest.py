"""A ledger with committed events, sealed in pieces, as the tests of this folder need it.

It is made and sealed once; each test has a copy of its own to tamper with.
"""

from collections.abc import Iterator

import pytest

from cardbook.testing import factories as make
from cardbook.testing.factories import City
from cardbook.testing.plugin import kept_database, own_database
from cardbook.testing.sealing import seal_everything, settle

Kept = tuple[str, City]


@pytest.fixture(scope="session")
def unsealed_book(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[Kept]:
    """A city whose posts and cards are committed and not yet sealed."""

    def build() -> City:
        place = make.city()
        make.issued_card(place, place.here)
        make.received_cards(place, place.here, count=7)
        settle()
        return place

    with kept_database(django_db_blocker, build) as kept:
        yield kept


@pytest.fixture(scope="session")
def sealed_book(unsealed_book: Kept, django_db_blocker: pytest.FixtureRequest) -> Iterator[Kept]:
    """The same city, sealed with three events under each checkpoint."""
    name, place = unsealed_book
    with kept_database(django_db_blocker, lambda: seal_everything(chunk=3), like=name) as kept:
        yield kept[0], place


@pytest.fixture
def city(unsealed_book: Kept, django_db_blocker: pytest.FixtureRequest) -> Iterator[City]:
    """The test's own copy of the city, not yet sealed."""
    name, place = unsealed_book
    with own_database(django_db_blocker, like=name):
        yield place


@pytest.fixture
def sealed_city(sealed_book: Kept, django_db_blocker: pytest.FixtureRequest) -> Iterator[City]:
    """The test's own copy of the sealed city."""
    name, place = sealed_book
    with own_database(django_db_blocker, like=name):
        yield place
