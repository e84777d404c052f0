"""Adds up what was tallied of places since, every few minutes, in the worker (docs/adr/0018)."""

from django.db import connection

from cardbook.jobs.queue import periodic_job

EVERY_FIVE_MINUTES = "*/5 * * * *"


def merge_tally() -> int:
    """This function will leave one row of each place and day; returns how many it merged."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT merge_tally()")
        (merged,) = cursor.fetchone()
    return int(merged)


@periodic_job("custody.merge_tally", cron=EVERY_FIVE_MINUTES)
def merge_what_was_tallied() -> None:
    """The turn of the sums kept of places."""
    merge_tally()
