"""What tests under fire share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fire import disks


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 40 megabytes: a new database just fits."""
    with disks.small_disk(megabytes=40) as folder:
        yield folder
