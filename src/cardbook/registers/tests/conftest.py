"""What tests of registers share: a day on which cards were handed over."""

from collections.abc import Iterator

import pytest
import time_machine

from cardbook.testing.factories import NOON


@pytest.fixture
def noon() -> Iterator[None]:
    """The day of the hand-overs is today."""
    with time_machine.travel(NOON):
        yield
