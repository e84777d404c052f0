"""Asks the province what it has not answered yet of who applies or comes (Art. 4, 25, 30)."""

from cardbook.chapters.usage.province_checks import ask_what_is_open
from cardbook.chapters.usage.transfer.commands import ask_about_whoever_came
from cardbook.config.switchboard import database_clock
from cardbook.jobs.queue import periodic_job

EVERY_TEN_MINUTES = "*/10 * * * *"


@periodic_job("province.duplicates", cron=EVERY_TEN_MINUTES)
def ask_for_duplicates() -> None:
    """The turn of open checks, and of those whose relation comes by a list."""
    ask_what_is_open(at=database_clock())
    ask_about_whoever_came(at=database_clock())
