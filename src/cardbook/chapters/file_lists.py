"""Files that were brought, as a list to search, order and take along, whatever they hold (Art. 6).

Their rows and what became of them are on the page of each file.
"""

from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from cardbook.imports.models import ImportFile
from cardbook.lib.clock import to_the_minute
from cardbook.registers.answers import file_answer
from cardbook.registers.listing import table_as_xlsx
from cardbook.registers.lists import only_ticked, order_of, text_of, titles

MOST_EXPORTED = 5_000
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "new": ("新上传的在前", ("-uploaded_at", "-id")),
    "old": ("早上传的在前", ("uploaded_at", "id")),
    "name": ("按文件名", ("name", "id")),
    "wrong": ("错误行多的在前", ("-errors", "-id")),
}
_HEADS = ("文件", "机构", "上传人", "上传时间", "行数", "错误行", "情况")


def files_seen(request: HttpRequest, files: QuerySet[ImportFile]) -> QuerySet[ImportFile]:
    """This function will keep the files that are searched for, in the order that was asked."""
    text = text_of(request)
    if text:
        files = files.filter(
            Q(name__icontains=text)
            | Q(organization__name__icontains=text)
            | Q(uploaded_by__name__icontains=text)
        )
    return files.order_by(*SORTS[order_of(request, SORTS)][1])


def find_shown(request: HttpRequest) -> dict[str, object]:
    """This function will say what the search form of such a list shows."""
    return {
        "text": text_of(request), "sort": order_of(request, SORTS), "sorts": titles(SORTS),
    }  # fmt: skip


def files_answer(request: HttpRequest, seen: QuerySet[ImportFile], *, title: str) -> HttpResponse:
    """This function will give the files that are seen, or those ticked, as a workbook."""
    rows = only_ticked(request, seen)[:MOST_EXPORTED]
    return file_answer(table_as_xlsx(title, _HEADS, _cells(rows)), name=f"{title}.xlsx")


def _cells(files: Iterable[ImportFile]) -> Iterable[tuple[str | int, ...]]:
    for file in files:
        yield (
            file.name, file.organization.name, file.uploaded_by.name,
            to_the_minute(file.uploaded_at), file.rows, file.errors, file.get_stage_display(),
        )  # fmt: skip
