"""Clears what files that nobody entered left behind, every hour, in the worker (Art. 32).

First what lies in staging, later the sealed original; how long each may lie is a parameter. What
was found wrong in a file stays.
"""

from datetime import datetime, timedelta

from cardbook.chapters.intake.models import ManifestRow, OpeningRow
from cardbook.chapters.intake.opening import layouts as opening
from cardbook.chapters.intake.receive import layouts as receive
from cardbook.chapters.staged_files import purge_originals, purge_staged
from cardbook.chapters.usage.models import LeavingRow, TransferRow, UseRow
from cardbook.chapters.usage.transfer import move_files
from cardbook.chapters.usage.uses import use_files
from cardbook.config.switchboard import database_clock
from cardbook.jobs.queue import periodic_job
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day

EVERY_HOUR = "7 * * * *"
STAGED_ROWS = {
    receive.CODE: ManifestRow, opening.CODE: OpeningRow, use_files.CODE: UseRow,
    move_files.CODE: TransferRow, move_files.LEAVING: LeavingRow,
}  # fmt: skip


def purge(*, at: datetime) -> int:
    """This function will clear what lies in staging longer than it may; returns how many files."""
    days = whole_number("staged_rows_keep_days", on=local_day(at))
    return purge_staged(STAGED_ROWS.values(), before=at - timedelta(days=days))


def purge_files(*, at: datetime) -> int:
    """This function will clear originals that lie longer than they may; returns how many files."""
    days = whole_number("refused_files_keep_days", on=local_day(at))
    return purge_originals(STAGED_ROWS, before=at - timedelta(days=days), at=at)


@periodic_job("imports.purge", cron=EVERY_HOUR)
def purge_what_nobody_entered() -> None:
    """The turn of files given up without a word."""
    at = database_clock()
    purge(at=at)
    purge_files(at=at)
