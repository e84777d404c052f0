"""A long file in the hands of a worker, whatever its rows are: checked or posted (Art. 6; I3, B8).

A slice says what checking and posting mean, `imports/runs.py` keeps how the work stands. The job
may come twice: what is done already is done.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.conf import settings

from cardbook.chapters.staged_files import RowsWrong
from cardbook.imports import runs
from cardbook.imports.models import ImportFile, Run, Stage, State, Work
from cardbook.imports.progress import Progress
from cardbook.imports.reading import FileRefused
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor, actor_in


class Check(Protocol):
    """Reads and checks every row of a file; the book is not touched."""

    def __call__(self, *, file: ImportFile, at: datetime, progress: Progress) -> ImportFile:
        """This function will give the file as the check left it."""


class Post(Protocol):
    """Enters a checked file into the book: all of it, or nothing."""

    def __call__(
        self, *, file: ImportFile, by: Actor, second: Actor | None, at: datetime,
        progress: Progress,
    ) -> object:  # fmt: skip
        """This function will post the file."""


def is_long(rows: int) -> bool:
    """This function will say whether so many rows are a worker's business, not a request's."""
    return rows > settings.IMPORT_ROWS_IN_REQUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class LongFiles:
    """The files of one slice; `job` names the work on them in the queue."""

    job: str
    check: Check
    post: Post

    def hand_over(
        self, *, file: ImportFile, work: Work, by: Actor, at: datetime,
        second: Actor | None = None,
    ) -> None:  # fmt: skip
        """This function will ask a worker to check or post a file."""
        runs.ask(file=file, work=work, job=self.job, by=by, second=second, at=at)

    def work_on(self, run_id: int) -> None:
        """This function will do what a run asks for, or find that it was done already."""
        run = runs.begin(run_id)
        if run is None:
            return
        try:
            with runs.watched(run) as watch:
                self._do(run, watch)
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

    def _do(self, run: Run, watch: runs.Watch) -> None:
        if run.work == Work.POST:
            second = actor_in(run.second, device="后台") if run.second else None
            self.post(
                file=run.file, by=actor_in(run.asked_by, device="后台"), second=second,
                at=run.asked_at, progress=watch.progress,
            )  # fmt: skip
        elif run.file.stage == Stage.STAGED:
            self.check(file=run.file, at=run.asked_at, progress=watch.progress)


def _close_stopped(run: Run, stopped: runs.Stopped) -> None:
    """A wish to stop that came an instant after the commit came too late."""
    run.file.refresh_from_db()
    if run.work == Work.POST and run.file.stage == Stage.POSTED:
        runs.close(run, state=State.DONE)
    else:
        runs.close(run, state=stopped.state, sentence=stopped.sentence)
