"""A long opening balance in the hands of a worker: checked or posted, as its page asked (Art. 6).

`importer.py` does the work, `chapters/long_files.py` what all long files share.
"""

from cardbook.chapters.intake.opening import importer
from cardbook.chapters.long_files import LongFiles
from cardbook.jobs.queue import job

BALANCES = LongFiles(job="opening.work", check=importer.check, post=importer.post)


@job(BALANCES.job)
def work_on(run_id: int) -> None:
    """This function will do what a run asks for, or find that it was done already."""
    BALANCES.work_on(run_id)
