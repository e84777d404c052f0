"""Numbers on their way into an array of the database."""

import pytest
from django.db import connection

from cardbook.lib.rows import array_of


@pytest.mark.django_db
@pytest.mark.parametrize("numbers", [[], [7], [3, -1, 9_000_000_000], [1, None, 2]])
def test_an_array_arrives_as_it_was(numbers: list[int | None]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::bigint[]", [array_of(numbers)])
        assert cursor.fetchone() == (numbers,)
