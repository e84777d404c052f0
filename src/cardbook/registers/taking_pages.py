"""Who took files with whole numbers: for those who answer for them, and for audit (Art. 32)."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cardbook.law.roles import Role
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, only_ticked, order_of, text_of, titles
from cardbook.registers.pages import ROWS, ActorRequest
from cardbook.registers.taking import SORTS, Matter, taken_as_xlsx, taken_files

READERS = frozenset({Role.CITY_MANAGER, Role.COUNTY_MANAGER, Role.AUDITOR})
_MOST = 5_000


@require_GET
def taken_list(request: ActorRequest) -> HttpResponse:
    """The files that were taken; with `export` what is seen, or what is ticked, as a workbook."""
    matter = request.GET.get("matter", "")
    wanted = {
        "text": text_of(request),
        "matter": matter if matter in Matter else "",
        "sort": order_of(request, SORTS),
    }
    found = taken_files(by=request.actor, **wanted)
    if is_export(request):
        rows = list(only_ticked(request, found)[:_MOST])
        now = timezone.now()
        content = taken_as_xlsx(rows, by=request.actor, at=now)
        return file_answer(content, name=f"完整号码文件_{timezone.localdate(now):%Y%m%d}.xlsx")
    context = {
        **wanted, "found": Paginator(found, ROWS).get_page(request.GET.get("page")),
        "matters": Matter.choices, "sorts": titles(SORTS),
    }  # fmt: skip
    return render(request, "registers/taken.html", context)
