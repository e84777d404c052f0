"""What the province says beside an application: before it at the window, and open checks (9.2a).

Nothing is stored of what the first page shows; it fills in what the clerk left empty.
"""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.production.forms import CheckForm, PersonForm
from cardbook.chapters.usage.production.list_pages import BASIS, READERS
from cardbook.chapters.usage.production.register import checks_xlsx
from cardbook.chapters.usage.province_asking import ask_province
from cardbook.chapters.usage.province_checks import (
    SORTS,
    ask_again,
    check_rows,
    open_checks,
    settle_check,
)
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import TICK, order_of, text_of

ROWS = 50
_Results = list[tuple[str, str]]


@require_POST
@page("application.capture")
def person(request: ActorRequest) -> HttpResponse:
    """What the province knows of whoever stands at the window, as a part of the page."""
    form = PersonForm(request.POST, today=timezone.localdate())
    said = None
    if form.is_valid():
        said = ask_province(
            name=form.cleaned_data["name"], number=form.cleaned_data["number"],
            county_id=request.actor.county_id or request.actor.org_id, at=timezone.now(),
        )  # fmt: skip
    known = said.person if said else None
    context = {
        "form": form,
        "said": said,
        # What was typed stays as it was typed.
        "address": known.address if known and not request.POST.get("address") else "",
        "phone": known.phone if known and not request.POST.get("phone") else "",
    }
    return render(request, "production/_province.html", context)


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=BASIS)
def checks(request: ActorRequest) -> HttpResponse:
    """The applications whose duplicate check is open: ask again, or say how it was found out."""
    may = request.actor.role in act("application.submit").who
    if "export" in request.GET or "export" in request.POST:
        return _exported(request)
    form, results = CheckForm(), _Results()
    if request.method == "POST" and may:
        form, results = _do(request)
    found = Paginator(_found(request), ROWS).get_page(request.GET.get("page"))
    context = {
        "found": found, "rows": check_rows(found), "may": may, "form": form,
        "results": results, "text": text_of(request), "sort": order_of(request, SORTS),
        "sorts": [(code, title) for code, (title, _) in SORTS.items()],
    }  # fmt: skip
    status = status_of(mistakes=form.errors if form.is_bound else None)
    return render(request, "production/checks.html", context, status=status)


def _found(request: ActorRequest) -> Any:
    return open_checks(
        by=request.actor, today=timezone.localdate(), text=text_of(request),
        sort=order_of(request, SORTS),
    )  # fmt: skip


def _exported(request: ActorRequest) -> HttpResponse:
    """The checks that are seen, or of them those that are ticked."""
    found, chosen = _found(request), ids_of(request.POST.getlist(TICK))
    rows = check_rows(found.filter(pk__in=chosen) if chosen else found)
    return file_answer(checks_xlsx(rows), name="省系统查重.xlsx")


def _do(request: ActorRequest) -> tuple[CheckForm, _Results]:
    """Ask again of the ticked ones, or write down how they were found out; each its result."""
    form, now = CheckForm(request.POST), timezone.now()
    again = "again" in request.POST
    if not again and not form.is_valid():
        return form, []
    results: _Results = []
    for application_id in ids_of(request.POST.getlist(TICK))[:ROWS]:
        said = "没有登记：已经处理，或不在本机构。请刷新页面。"
        if again:
            check = ask_again(application_id=application_id, by=request.actor, at=now)
            said = f"{check.words}。" if check else said
        elif settle_check(
            application_id=application_id, words=form.cleaned_data["words"], by=request.actor,
            at=now,
        ):  # fmt: skip
            said = "已登记核查结果。"
        results.append((f"申请 {application_id}", said))
    return CheckForm(), results or [("", "没有办理：请先勾选申请。")]
