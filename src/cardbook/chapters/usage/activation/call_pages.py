"""The list of holders to be called and what came of it (Art. 22); its sheet is a register."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.usage.activation import calls
from cardbook.chapters.usage.activation.call_register import calls_as_xlsx
from cardbook.chapters.usage.activation.forms import CallForm
from cardbook.chapters.usage.activation.queries import CALLERS, HALVES_READERS
from cardbook.law.parameters import quoted
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer
from cardbook.registers.kept_search import for_address
from cardbook.registers.lists import order_of, rows_ticked, titles

ROWS = 50
_BASIS = "第二十二条、第二十四条"


@require_http_methods(["GET", "POST"])
@page(roles=HALVES_READERS, basis=_BASIS)
def listed(request: ActorRequest) -> HttpResponse:
    """Who is to be called, longest waiting first; a POST writes down what came of it."""
    if request.method == "POST":
        return _note(request)
    find, rows = _found(request)
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), **find,
        "kinds": [(code, words[0]) for code, words in calls.KINDS.items()],
        "states": calls.STATES.items(), "most": calls.MOST, "sorts": titles(calls.SORTS),
        "query": request.GET.urlencode(),
        "days": quoted("activation_reminder_days", on=timezone.localdate()),
        "form": CallForm() if request.actor.role in CALLERS else None,
        "sheet": urlencode(
            {"kind": find["kind"], "state": find["state"], **for_address(request.GET, "q")}
        ),
    }  # fmt: skip
    return render(request, "usage/to_call.html", context)


@require_http_methods(["GET", "POST"])
@page(roles=HALVES_READERS, basis=_BASIS)
def export(request: ActorRequest) -> HttpResponse:
    """Those of the list that are seen, or those ticked, as a workbook."""
    now = timezone.now()
    _, rows = _found(request)
    chosen = rows_ticked(request, rows, "card", of=lambda row: row.card_id)
    content = calls_as_xlsx(chosen, by=request.actor, at=now)
    return file_answer(content, name=f"提醒启用_{timezone.localdate(now):%Y%m%d}.xlsx")


def _found(request: ActorRequest) -> tuple[dict[str, str], list[calls.ToCall]]:
    find = {
        "q": request.GET.get("q", "").strip()[:40], "kind": request.GET.get("kind", ""),
        "state": request.GET.get("state", "open"), "sort": order_of(request, calls.SORTS),
    }  # fmt: skip
    find["kind"] = find["kind"] if find["kind"] in calls.KINDS else ""
    find["state"] = find["state"] if find["state"] in calls.STATES else "open"
    rows = calls.to_call(
        by=request.actor, at=timezone.now(), kind=find["kind"], state=find["state"],
        text=find["q"], sort=find["sort"],
    )  # fmt: skip
    return find, rows


def _note(request: ActorRequest) -> HttpResponse:
    if request.actor.role not in CALLERS:
        raise PermissionDenied("由窗口或卡管员联系并登记。")
    form, ticked = CallForm(request.POST), ids_of(request.POST.getlist("card"))[:ROWS]
    if not form.is_valid() or not ticked:
        messages.error(request, "没有登记：请先勾选联系过的人，并选择结果。")
    else:
        count = calls.note_calls(
            cards=ticked, **form.cleaned_data, by=request.actor, at=timezone.now()
        )
        messages.success(request, f"已登记 {count} 人的联系结果。")
    return redirect("activation.calls")
