"""Clears what files that nobody entered left behind, and looks when their time is over (Art. 32).

First what lies in staging, later the sealed original; how long each may lie is a parameter. What
was found wrong in a file stays.
"""

from datetime import datetime, timedelta

from django.conf import settings

from cardbook.chapters.intake.models import ManifestRow, OpeningRow
from cardbook.chapters.intake.opening import layouts as opening
from cardbook.chapters.intake.receive import layouts as receive
from cardbook.chapters.liability.access_log.commands import forget_looks
from cardbook.chapters.staged_files import purge_originals, purge_staged
from cardbook.chapters.usage.models import LeavingRow, TransferRow, UseRow
from cardbook.chapters.usage.transfer import move_files
from cardbook.chapters.usage.uses import use_files
from cardbook.config.switchboard import database_clock
from cardbook.jobs.queue import periodic_job
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.web.answered import forget_answers

EVERY_HOUR = "7 * * * *"
EVERY_NIGHT = "37 3 * * *"
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


def purge_answers(*, at: datetime) -> int:
    """This function will clear the answers of sessions that are over; returns how many."""
    return forget_answers(before=at - timedelta(seconds=settings.LONGEST_SECONDS))


@periodic_job("imports.purge", cron=EVERY_HOUR)
def purge_what_nobody_entered() -> None:
    """The turn of files given up without a word."""
    at = database_clock()
    purge(at=at)
    purge_files(at=at)
    purge_answers(at=at)


def purge_looks(*, at: datetime) -> int:
    """This function will clear who looked at whom so long ago that it need not be kept."""
    return forget_looks(days=whole_number("looks_keep_days", on=local_day(at)))


@periodic_job("looks.purge", cron=EVERY_NIGHT)
def purge_looks_whose_time_is_over() -> None:
    """The turn of looks."""
    purge_looks(at=database_clock())
