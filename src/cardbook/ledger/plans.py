"""Statements that a window sends all day, planned once by the server and run again and again.

Django sends every statement as text, and the server thinks about it anew: about a card's nine
tables for two milliseconds, to read it in a tenth of one (docs/adr/0017).
"""

from types import SimpleNamespace
from typing import Any, Self

import psycopg
from django.db import connection


class _PreparedCursor(psycopg.Cursor[Any]):
    """Sends values beside the statement and lets the server keep its plan."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Self:
        """Run one statement, planned when this connection first sent it."""
        self.connection.prepare_threshold = 0  # Django's None means never
        try:
            return super().execute(query, params, prepare=True)
        finally:
            self.connection.prepare_threshold = None
            # Django's record of queries reads it; the driver keeps no text when it runs a plan.
            self._query: Any = SimpleNamespace(query=query.encode())


def cursor_for(rows: int) -> Any:
    """This function will make a cursor for a statement about so many rows.

    About one row it keeps the plan; about many, planning costs nothing beside the work, and the
    plan should fit their number. Values whose type no column gives need a cast in the statement.
    """
    if rows != 1:
        return connection.cursor()
    connection.ensure_connection()
    cursor: Any = _PreparedCursor(connection.connection)
    seen = connection.queries_logged
    return connection.make_debug_cursor(cursor) if seen else connection.make_cursor(cursor)
