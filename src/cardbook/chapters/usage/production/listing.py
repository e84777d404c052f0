"""Applications that wait for an act, as a workbook: those ticked for it, or all (Art. 25)."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponse

from cardbook.chapters.usage.production.queries import ApplicationRow
from cardbook.chapters.usage.production.register import list_xlsx
from cardbook.lifecycle.pages import ActorRequest
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import rows_ticked


def list_answer(
    request: ActorRequest, rows: Sequence[ApplicationRow], *, at: datetime
) -> HttpResponse:
    """This function will give the rows that are ticked, or all that are seen, numbers masked."""
    chosen = rows_ticked(request, rows, "ids", of=lambda row: row.id)
    content, name = list_xlsx(chosen, by=request.actor, at=at)
    return file_answer(content, name=name)
