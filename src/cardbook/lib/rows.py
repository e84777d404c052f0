"""Rows and arrays between Python and SQL, where SQL says more than the ORM can."""

from collections.abc import Iterable
from typing import Any


def named_rows(cursor: Any) -> list[dict[str, Any]]:
    """This function will take all rows of the query a cursor has just run."""
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def next_id(cursor: Any, table: str) -> int:
    """This function will take the id that a row still to be written will have."""
    cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
    (number,) = cursor.fetchone()
    return int(number)


def array_of(numbers: Iterable[int | None]) -> str:
    """This function will write whole numbers as the text of an array, for `%s::bigint[]`.

    A driver quotes a list value by value: for 50,000 ids that costs more than the statement.
    """
    return f"{{{','.join('NULL' if number is None else str(int(number)) for number in numbers)}}}"
