"""Clears what files left in staging and nobody entered, every hour, in the worker (Art. 32).

How long it may lie there is a parameter; what was found wrong in a file stays with the file.
"""

from datetime import datetime, timedelta

from cardbook.chapters.intake.models import ManifestRow, OpeningRow
from cardbook.chapters.staged_files import purge_staged
from cardbook.chapters.usage.models import LeavingRow, TransferRow, UseRow
from cardbook.config.switchboard import database_clock
from cardbook.jobs.queue import periodic_job
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day

EVERY_HOUR = "7 * * * *"
STAGED_ROWS = (ManifestRow, OpeningRow, UseRow, TransferRow, LeavingRow)


def purge(*, at: datetime) -> int:
    """This function will clear what lies in staging longer than it may; returns how many files."""
    days = whole_number("staged_rows_keep_days", on=local_day(at))
    return purge_staged(STAGED_ROWS, before=at - timedelta(days=days))


@periodic_job("imports.purge", cron=EVERY_HOUR)
def purge_what_nobody_entered() -> None:
    """The turn of files given up without a word."""
    purge(at=database_clock())
