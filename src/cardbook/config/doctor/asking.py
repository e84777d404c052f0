"""Asks the database, for all who look at it."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

Values = Sequence[str | int | float | list[str]]


def row_of(question: str, values: Values = ()) -> Any:
    """This function will return the first row of an answer, or None."""
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()


def rows_of(question: str, values: Values = ()) -> list[Any]:
    """This function will return all rows of an answer."""
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        found: list[Any] = cursor.fetchall()
        return found
