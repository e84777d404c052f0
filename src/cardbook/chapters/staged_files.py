"""A file on its way in, whatever its rows are: held while it is worked on, or given up (Art. 6).

The importers of the slices say what its rows are and what posting means.
"""

from django.db import models, transaction

from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.runs import has_open
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization


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
