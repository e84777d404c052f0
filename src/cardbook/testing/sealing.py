"""Sealing the ledger in a test, where other tests run transactions on the same server.

The sealer passes over what an earlier running transaction might still precede, whichever database
of the server that one is in; `settle` waits for it, so that everything committed can be sealed.
"""

import time

from django.db import connection

from cardbook.ledger.proof import seal_events, sealing_lag

_UNFINISHED = """
SELECT count(*) FROM ledger_event
WHERE transaction BETWEEN pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                      AND pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""


def settle() -> None:
    """Wait until no transaction runs that began before the newest event.

    :raises TimeoutError: when one runs for more than a minute.
    """
    for _ in range(1200):
        with connection.cursor() as cursor:
            cursor.execute(_UNFINISHED)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise TimeoutError("a transaction on this server runs for more than a minute")


def seal_everything(*, chunk: int = 50_000) -> None:
    """Seal until nothing waits."""
    settle()
    seal_events(chunk=chunk)
    assert sealing_lag().events == 0
