"""A ledger with committed events, sealed in pieces, as the tests of this folder need it."""

import pytest

from cardbook.testing import factories as make
from cardbook.testing.factories import City
from cardbook.testing.sealing import seal_everything, settle


@pytest.fixture
def city(fresh_database: str) -> City:
    """A city whose posts and cards are committed and not yet sealed."""
    place = make.city()
    make.issued_card(place, place.here)
    make.received_cards(place, place.here, count=7)
    settle()
    return place


@pytest.fixture
def sealed_city(city: City) -> City:
    """The same city, sealed with three events under each checkpoint."""
    seal_everything(chunk=3)
    return city
