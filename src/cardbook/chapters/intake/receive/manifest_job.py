"""A long manifest in the hands of a worker: checked or posted, as its page asked (Art. 6).

`importer.py` does the work, `chapters/long_files.py` what all long files share.
"""

from datetime import datetime

from cardbook.chapters.intake.receive import importer
from cardbook.chapters.long_files import LongFiles
from cardbook.imports.models import ImportFile
from cardbook.imports.progress import Progress
from cardbook.jobs.queue import job
from cardbook.orgs.actors import Actor


def _post(
    *, file: ImportFile, by: Actor, second: Actor | None, at: datetime, progress: Progress
) -> importer.Posted:
    """A delivery is registered by one person: `second` signs when its boxes are counted."""
    return importer.post(file=file, by=by, at=at, progress=progress)


MANIFESTS = LongFiles(job="manifest.work", check=importer.check, post=_post)


@job(MANIFESTS.job)
def work_on(run_id: int) -> None:
    """This function will do what a run asks for, or find that it was done already."""
    MANIFESTS.work_on(run_id)
