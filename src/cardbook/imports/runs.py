"""Long files in the hands of a worker: asked for, watched, cancelled, taken up again (I3, R10).

A page never believes a state alone: a run whose worker is silent is shown as interrupted, whatever
was last written. `progress.py` beside it says what is told while work goes on.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q

from cardbook.imports.models import OPEN_STATES, ImportFile, Run, State, Work
from cardbook.imports.progress import Phase
from cardbook.jobs.queue import MOST_ATTEMPTS, PASSING, enqueue, is_served
from cardbook.ledger.models import ClockNow
from cardbook.orgs.actors import Actor, is_in_post

BEAT_SECONDS = 1.0
# Far longer than a beat: an old machine under load must not look dead.
SILENT_SECONDS = 20
_CANCEL_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A run as a page shows it."""

    id: int
    work: Work
    state: State
    phase: Phase | None
    rows_done: int
    rows_total: int
    may_cancel: bool
    may_resume: bool
    is_served: bool
    is_signed_by_two: bool
    code: str
    sentence: str

    @property
    def is_open(self) -> bool:
        """Whether something may still happen by itself."""
        return self.state in OPEN_STATES and not self.may_resume


def ask(
    *, file: ImportFile, work: Work, job: str, by: Actor, at: datetime, second: Actor | None = None
) -> Run:
    """This function will ask a worker to check or post a file; a file has one run at a time.

    `second` has signed with `by`. Asking again while a run is open gives that one; one that broke
    for good is closed first.
    """
    with transaction.atomic():
        give_up(file)
        try:
            with transaction.atomic():
                run = Run.objects.create(
                    file=file, work=work, asked_by_id=by.post_id, asked_at=at,
                    second_id=second.post_id if second else None,
                )  # fmt: skip
        except IntegrityError:
            return Run.objects.get(file=file, state__in=OPEN_STATES)
        enqueue(job, in_line=f"import:{file.pk}", run_id=run.pk)
    return run


def give_up(file: ImportFile) -> None:
    """This function will close a run that broke too often to be tried again by itself."""
    has_ended = Q(state=State.BROKEN) | Q(beat_at=None) | Q(beat_at__lte=_silent_since())
    Run.objects.filter(
        has_ended, file=file, state__in=OPEN_STATES, attempts__gte=MOST_ATTEMPTS
    ).update(state=State.REFUSED)


def _silent_since() -> datetime:
    """The database's own moment: a run without a beat since then has lost its worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - make_interval(secs => %s)", [SILENT_SECONDS])
        (moment,) = cursor.fetchone()
    assert isinstance(moment, datetime)
    return moment


def latest(file: ImportFile) -> Progress | None:
    """This function will say how the file's last run stands now; None when it never had one."""
    run = file.runs.order_by("-id").first()
    if run is None:
        return None
    is_silent = run.beat_at is None or run.beat_at < _silent_since()
    state = State(run.state)
    if state is State.RUNNING and is_silent:
        state = State.BROKEN
    return Progress(
        id=run.pk,
        work=Work(run.work),
        state=state,
        phase=Phase(run.phase) if run.phase else None,
        rows_done=min(run.rows_done, file.lines),
        rows_total=file.rows if run.work == Work.POST else file.lines,
        may_cancel=run.state in OPEN_STATES and run.phase != Phase.POSTING,
        may_resume=state is State.BROKEN and run.attempts >= MOST_ATTEMPTS,
        is_served=state is State.RUNNING or is_served(),
        is_signed_by_two=run.second_id is not None,
        code=run.code,
        sentence=run.sentence,
    )


def has_open(file: ImportFile) -> bool:
    """This function will say whether a worker has the file, or is to have it."""
    return file.runs.filter(state__in=OPEN_STATES).exists()


def cancel(file: ImportFile) -> bool:
    """This function will stop a run before anything is posted; False when it is too late.

    A run nobody works on is closed at once, a living one stops at its next row.
    """
    open_runs = Run.objects.filter(file=file, state__in=OPEN_STATES)
    asked = open_runs.exclude(phase=Phase.POSTING).update(cancel_asked=True)
    open_runs.filter(cancel_asked=True).exclude(beat_at__gt=_silent_since()).update(
        state=State.CANCELLED
    )
    return bool(asked)


class Stopped(Exception):
    """The work must not go on; `state` and `sentence` say why. Nothing of it was committed."""

    def __init__(self, state: State, sentence: str) -> None:
        super().__init__(sentence)
        self.state = state
        self.sentence = sentence


_CANCELLED = Stopped(State.CANCELLED, "已按要求取消，台账没有任何改变。")
_RELIEVED = Stopped(State.REFUSED, "经办人或复核人的岗位已经免去，没有办理，台账没有任何改变。")
_GIVEN_UP = "数据库或程序多次中断，没有完成，台账没有任何改变。请点“续办”，仍不成请找管理员。"


def begin(run_id: int) -> Run | None:
    """This function will take a run up; None when there is nothing left to do."""
    taken = Run.objects.filter(pk=run_id, state__in=OPEN_STATES).update(
        state=State.RUNNING, attempts=F("attempts") + 1, beat_at=ClockNow(), phase="", rows_done=0
    )
    if not taken:
        return None
    return Run.objects.select_related(
        "file",
        "asked_by__organization__county",
        "asked_by__user",
        "second__organization__county",
        "second__user",
    ).get(pk=run_id)


def close(run: Run, *, state: State, code: str = "", sentence: str = "") -> None:
    """This function will write down how a run ended."""
    Run.objects.filter(pk=run.pk).update(state=state, code=code, sentence=sentence[:500])


@contextmanager
def watched(run: Run) -> Iterator["Watch"]:
    """This function will watch over the work on a run: tell of it, stop it, note how it broke.

    :raises Stopped: when it was cancelled or whoever signed lost his post; nothing was committed.
    """
    connection.ensure_connection()
    watch = Watch(run)
    watch.start()
    try:
        yield watch
    except PASSING:
        if watch.stop is not None:
            raise watch.stop from None
        is_last = run.attempts >= MOST_ATTEMPTS
        # Perhaps the database itself is gone; then the silence tells it too.
        with suppress(OperationalError, InterfaceError):
            close(run, state=State.BROKEN, sentence=_GIVEN_UP if is_last else "")
        raise
    finally:
        watch.end()


class Watch:
    """Tells of a run through a connection of its own while the work's is busy, and listens."""

    def __init__(self, run: Run) -> None:
        """Watch a run; `start` begins."""
        self.stop: Stopped | None = None
        self._run = run
        self._signed_by = [one for one in (run.asked_by_id, run.second_id) if one is not None]
        self._phase, self._rows = "", 0
        self._ended = threading.Event()
        self._working = connection.connection
        self._thread = threading.Thread(target=self._beat_until_ended, daemon=True)

    def progress(self, phase: Phase, rows: int) -> None:
        """What the work calls at every step.

        :raises Stopped: when it must not go on.
        """
        self._phase, self._rows = str(phase), rows
        if self.stop is not None:
            raise self.stop

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def end(self) -> None:
        """Beat no more."""
        self._ended.set()
        self._thread.join()

    def _beat_until_ended(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            try:
                self._beat()
            except (OperationalError, InterfaceError):
                connection.close()  # the work itself meets the same trouble and says so
        connection.close()

    def _beat(self) -> None:
        # In this thread `connection` is another one than the work's.
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE imports_run SET beat_at = clock_timestamp(), phase = %s, rows_done = %s "
                "WHERE id = %s RETURNING cancel_asked",
                [self._phase, self._rows, self._run.pk],
            )
            (cancelled,) = cursor.fetchone()
            if cancelled:
                self._halt(_CANCELLED)
            elif not all(is_in_post(one, cursor=cursor) for one in self._signed_by):
                self._halt(_RELIEVED)

    def _halt(self, stop: Stopped) -> None:
        """Stop at the next step; a statement that takes minutes is cut short."""
        if self.stop is None:
            self.stop = stop
            self._working.cancel_safe(timeout=_CANCEL_SECONDS)
