"""A long manifest in the hands of a worker: checked or posted, as its page asked (Art. 6).

`importer.py` does the work, `imports/runs.py` keeps how it stands. The job may come twice: what is
done already is done.
"""

from datetime import datetime

from django.conf import settings

from cardbook.chapters.intake.receive import importer
from cardbook.chapters.staged_files import RowsWrong
from cardbook.imports import runs
from cardbook.imports.models import ImportFile, Run, Stage, State, Work
from cardbook.imports.reading import FileRefused
from cardbook.jobs.queue import job
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor, actor_in

_JOB = "manifest.work"


def is_long(rows: int) -> bool:
    """This function will say whether so many rows are a worker's business, not a request's."""
    return rows > settings.IMPORT_ROWS_IN_REQUEST


def hand_over(*, file: ImportFile, work: Work, by: Actor, at: datetime) -> None:
    """This function will ask a worker to check or post a file."""
    runs.ask(file=file, work=work, job=_JOB, by=by, at=at)


@job(_JOB)
def work_on(run_id: int) -> None:
    """This function will do what a run asks for, or find that it was done already."""
    run = runs.begin(run_id)
    if run is None:
        return
    try:
        with runs.watched(run) as watch:
            _do(run, watch)
    except runs.Stopped as stopped:
        _close_stopped(run, stopped)
    except FileRefused as problem:
        sentence = f"{problem.sentence}{problem.remedy}"
        runs.close(run, state=State.REFUSED, code=problem.code, sentence=sentence)
    except RowsWrong as wrong:
        runs.close(run, state=State.REFUSED, sentence=f"{wrong}请按错误清单改正后重新导入。")
    except Refused as refused:
        said = "".join(f"{r.sentence}{r.way_out}" for r in refused.refusals[:3])
        runs.close(run, state=State.REFUSED, sentence=said)
    else:
        runs.close(run, state=State.DONE)


def _do(run: Run, watch: runs.Watch) -> None:
    by = actor_in(run.asked_by, device="后台")
    if run.work == Work.POST:
        importer.post(file=run.file, by=by, at=run.asked_at, progress=watch.progress)
    elif run.file.stage == Stage.STAGED:
        importer.check(file=run.file, at=run.asked_at, progress=watch.progress)


def _close_stopped(run: Run, stopped: runs.Stopped) -> None:
    """A wish to stop that came an instant after the commit came too late."""
    run.file.refresh_from_db()
    if run.work == Work.POST and run.file.stage == Stage.POSTED:
        runs.close(run, state=State.DONE)
    else:
        runs.close(run, state=stopped.state, sentence=stopped.sentence)
