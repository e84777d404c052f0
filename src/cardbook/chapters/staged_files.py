"""A file on its way in, whatever its rows are: held while it is worked on, or given up (Art. 6).

The importers of the slices say what its rows are and what posting means.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from cardbook.imports.models import OPEN_STATES, ImportFile, Run, Stage
from cardbook.imports.runs import has_open
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.papers.models import Paper
from cardbook.papers.storage import drop_bytes


class RowsWrong(Exception):
    """Rows have errors, so nothing was posted; `file` holds the problems."""

    def __init__(self, file: ImportFile) -> None:
        super().__init__(f"{file.errors} 行有错误，整份文件没有入账。")
        self.file = file


def refuse_others(row: Act, *, office: Organization, by: Actor) -> None:
    """This function will refuse whoever may not bring files to an office.

    :raises Refused: when the post does not do the act, or not there.
    """
    refuse_other_roles(row, by=by)
    if not office.path.startswith(by.county_path):
        raise Refused([Refusal(no.DESTINATION_OUT_OF_REACH)])


def lock_open(file: ImportFile) -> None:
    """This function will lock a file that is neither posted nor dropped; others wait meanwhile.

    :raises Refused: when it was posted or dropped; a closed file stays closed.
    """
    # No key is changed: whoever refers to the file meanwhile (a run, a page) need not wait.
    stage = ImportFile.objects.select_for_update(no_key=True).values_list("stage", flat=True)
    if stage.get(pk=file.pk) not in (Stage.STAGED, Stage.CHECKED):
        raise Refused([Refusal(no.FILE_NOT_CHECKED)])


@transaction.atomic
def drop_staged(file: ImportFile, *, layout: str, rows: type[models.Model]) -> None:
    """This function will give a file up: its staged rows are deleted, the book never knew them.

    :raises Refused: when a worker is busy with it, or it was posted already.
    """
    # A worker holds the file: whoever waited for it would wait for minutes.
    if has_open(file):
        raise Refused([Refusal(no.FILE_BUSY)])
    changed = (
        ImportFile.objects.filter(pk=file.pk, layout=layout)
        .exclude(stage=Stage.POSTED)
        .update(stage=Stage.DROPPED)
    )
    if not changed:
        raise Refused([Refusal(no.FILE_NOT_CHECKED)])
    rows._default_manager.filter(file=file).delete()
    file.problems.all().delete()


_PURGED = "暂存的内容久未入账，已按期清除；文件还在，请点“改列对应”重新检查后再入账"


@transaction.atomic
def purge_staged(rows: Iterable[type[models.Model]], *, before: datetime) -> int:
    """This function will delete staged rows of files that came before a moment and were never
    entered; returns of how many files (Art. 32).

    The file and what was found wrong in it stay to be read; one that could be entered has to be
    checked anew. Files that somebody works on are left for the next time.
    """
    idle = ImportFile.objects.filter(
        ~Exists(Run.objects.filter(file=OuterRef("pk"), state__in=OPEN_STATES)),
        stage__in=(Stage.STAGED, Stage.CHECKED),
        uploaded_at__lt=before,
    )
    purged = 0
    for model in rows:
        held = idle.filter(Exists(model._default_manager.filter(file=OuterRef("pk"))))
        files = list(held.select_for_update(no_key=True, skip_locked=True).order_by("pk"))
        model._default_manager.filter(file__in=files).delete()
        clean = [file for file in files if not file.errors]
        for file in clean:
            file.stage, file.notes = Stage.STAGED, [_PURGED, *file.notes]
        ImportFile.objects.bulk_update(clean, ["stage", "notes"])
        purged += len(files)
    return purged


_ORIGINAL_GONE = "原件已按期清除（{}），错误清单和文件摘要还在；要入账的，请重新上传"
_JUST_NOW = timedelta(hours=1)


@transaction.atomic
def purge_originals(
    rows: Mapping[str, type[models.Model]], *, before: datetime, at: datetime
) -> int:
    """This function will delete the sealed originals of files of some layouts that came before a
    moment and were never entered; returns of how many files (Art. 32).

    What was found wrong and the digest stay. Bytes that another file still needs, one that was
    entered or came later, are left; so are those that somebody works on.
    """
    files = list(
        _never_entered(set(rows), before=before)
        .select_for_update(no_key=True, skip_locked=True)
        .order_by("pk")
    )
    gone = {
        digest: drop_bytes(digest, untouched_since=at - _JUST_NOW)
        for digest in sorted({file.digest for file in files})
    }
    files, day = [file for file in files if gone[file.digest]], local_day(at)
    for file in files:
        rows[file.layout]._default_manager.filter(file=file).delete()
        file.stage, file.original_purged_on = Stage.DROPPED, day
        file.notes = [_ORIGINAL_GONE.format(day), *(n for n in file.notes if n != _PURGED)]
    ImportFile.objects.bulk_update(files, ["stage", "original_purged_on", "notes"])
    return len(files)


def _never_entered(layouts: set[str], *, before: datetime) -> models.QuerySet[ImportFile]:
    is_open = Exists(Run.objects.filter(file=OuterRef("pk"), state__in=OPEN_STATES))
    needed = ImportFile.objects.filter(digest=OuterRef("digest")).filter(
        ~Q(layout__in=layouts) | Q(stage=Stage.POSTED) | Q(uploaded_at__gte=before) | is_open
    )
    other = Paper.objects.filter(digest=OuterRef("digest")).exclude(kind__in=layouts)
    return ImportFile.objects.filter(
        ~Exists(needed), ~Exists(other), layout__in=layouts, uploaded_at__lt=before,
        original_purged_on=None,
    )  # fmt: skip
