"""What journeys share: the city they happen in; browser and server are `testing/browser.py`'s."""

import pytest

from cardbook.testing import factories
from cardbook.testing.browser import Site


@pytest.fixture
def town(site: Site) -> factories.City:
    """A small city on the running server's own database."""
    return factories.city()
