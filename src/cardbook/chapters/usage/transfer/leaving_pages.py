"""Who leaves by a list: each row opens the act with the person in it (Art. 30)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.usage.transfer.commands import reopen_leaving, settle_leaving
from cardbook.chapters.usage.transfer.forms import LeavingForm, ReopenForm
from cardbook.chapters.usage.transfer.leaving_queries import (
    SORTS,
    STATES,
    WAITING,
    Leaving,
    leaving,
    names_of,
)
from cardbook.chapters.usage.transfer.left_behind import left_behind
from cardbook.chapters.usage.transfer.move_files import LEAVERS
from cardbook.chapters.usage.transfer.queries import MOST
from cardbook.chapters.usage.transfer.register import LIST_READERS, leaving_xlsx
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import order_of, rows_ticked, titles

ROWS = 50


@require_http_methods(["GET", "POST"])
@page(roles=LIST_READERS, basis=LEAVERS.basis)
def listed(request: ActorRequest) -> HttpResponse:
    """Everybody on a list, those still open first; a POST closes the ticked ones."""
    if request.method == "POST":
        return _settle(request)
    return _show(request)


def _show(request: ActorRequest, results: list[tuple[str, str]] | None = None) -> HttpResponse:
    find, rows = _found(request)
    context = {
        "results": results or [],
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), **find, "most": MOST,
        "states": [(code, words[0]) for code, words in STATES.items()],
        "form": LeavingForm() if request.actor.role in LEAVERS.roles else None,
        "may_bring": request.actor.role in LEAVERS.roles,
        "may_end": request.actor.role in act("relation.end").who,
        "left": left_behind(within=request.actor.county_path),
        "sorts": titles(SORTS), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "usage/leaving.html", context)


def _found(request: ActorRequest) -> tuple[dict[str, str], list[Leaving]]:
    find = {
        "q": request.GET.get("q", "").strip()[:40], "verdict": request.GET.get("verdict", WAITING),
        "sort": order_of(request, SORTS),
    }  # fmt: skip
    if find["verdict"] not in ("", WAITING, *STATES):
        find["verdict"] = WAITING
    rows = leaving(
        within=request.actor.county_path, today=timezone.localdate(), verdict=find["verdict"],
        text=find["q"], sort=find["sort"],
    )  # fmt: skip
    return find, rows


def _settle(request: ActorRequest) -> HttpResponse:
    if request.actor.role not in LEAVERS.roles:
        raise PermissionDenied("由窗口或卡管员办结。")
    form, ticked = LeavingForm(request.POST), ids_of(request.POST.getlist("row"))[:ROWS]
    if not form.is_valid() or not ticked:
        messages.error(request, "没有办结：请先勾选，并写明情况。")
        return redirect("move.out_list")
    names = names_of(ticked, within=request.actor.county_path)
    answered = settle_leaving(
        rows=ticked, words=form.cleaned_data["words"], by=request.actor, at=timezone.now()
    )
    results = [
        (names.get(row, f"第 {row} 行"), why or "已办结。") for row, why in answered.items()
    ]
    return _show(request, results)


@require_POST
@page(roles=LEAVERS.roles, basis=LEAVERS.basis)
def reopen(request: ActorRequest) -> HttpResponse:
    """Open a row that was closed in error again."""
    form = ReopenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明更正原因。")
    elif reopen_leaving(**form.cleaned_data, by=request.actor, at=timezone.now()):
        messages.success(request, "已重新打开，请照实办理。")
    else:
        messages.error(request, "没有改动：还没有办结，或不在本县区的名单上。请刷新页面。")
    return redirect("move.out_list")


@require_http_methods(["GET", "POST"])
@page(roles=LIST_READERS, basis=LEAVERS.basis)
def export(request: ActorRequest) -> HttpResponse:
    """The people that are seen, or those ticked, as a workbook."""
    find, found = _found(request)
    rows = rows_ticked(request, found, "row", of=lambda row: row.id)
    now = timezone.now()
    said = {"": "全部", WAITING: "待办"} | {code: words[0] for code, words in STATES.items()}
    content = leaving_xlsx(rows, covers=said[find["verdict"]], by=request.actor, at=now)
    return file_answer(content, name=f"转出待办_{timezone.localdate(now):%Y%m%d}.xlsx")
