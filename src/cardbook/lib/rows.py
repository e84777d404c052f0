"""Rows of a query by the names of its columns, where SQL says more than the ORM can."""

from typing import Any


def named_rows(cursor: Any) -> list[dict[str, Any]]:
    """This function will take all rows of the query a cursor has just run."""
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
