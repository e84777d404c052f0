"""Asks the province again what it did not answer when applications were taken (Art. 4, 25)."""

from cardbook.chapters.usage.province_checks import ask_what_is_open
from cardbook.config.switchboard import database_clock
from cardbook.jobs.queue import periodic_job

EVERY_TEN_MINUTES = "*/10 * * * *"


@periodic_job("province.duplicates", cron=EVERY_TEN_MINUTES)
def ask_for_duplicates() -> None:
    """The turn of open checks."""
    ask_what_is_open(at=database_clock())
