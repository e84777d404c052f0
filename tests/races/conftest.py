"""How many rounds a race plays: what its mark says, and 100 times as many in `make soak`."""

import os

import pytest

from cardbook.testing import factories as make
from cardbook.testing.factories import City

FACTOR = int(os.environ.get("CARDBOOK_SOAK_FACTOR", "1"))


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """The number of `@pytest.mark.rounds(…)`, times CARDBOOK_SOAK_FACTOR."""
    mark = request.node.get_closest_marker("rounds")
    assert mark is not None, "a race says how many rounds it plays"
    return int(mark.args[0]) * FACTOR


@pytest.fixture
def city(fresh_database: str) -> City:
    """A small city in a database of the race's own, with real commits."""
    return make.city()
