"""A ledger with committed events, sealed in pieces, as the tests of this folder need it."""

import time

import pytest
from django.db import connection

from cardbook.ledger.proof import seal_events, sealing_lag
from cardbook.testing import factories as make
from cardbook.testing.factories import City

_UNFINISHED = """
SELECT count(*) FROM ledger_event
WHERE transaction BETWEEN pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                      AND pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""


def settle() -> None:
    """Wait until no earlier transaction runs: other tests share this server."""
    for _ in range(1200):
        with connection.cursor() as cursor:
            cursor.execute(_UNFINISHED)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise TimeoutError("a transaction on this server runs for more than a minute")


def seal_everything(*, chunk: int = 50_000) -> None:
    """Seal until nothing waits."""
    settle()
    seal_events(chunk=chunk)
    assert sealing_lag().events == 0


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
