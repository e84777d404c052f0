"""A county's line to the province, for tests of what is asked there in the moment of an act."""

import pytest

from cardbook.chapters.usage import province_asking
from cardbook.ports.tests.desk import DeskInMemory


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> DeskInMemory:
    """A province that answers at once."""
    found = DeskInMemory()
    monkeypatch.setattr(province_asking, "desk_of", lambda county_id: found)
    return found
