"""The list of bundles: what is due, overdue, reported upward; chosen ones reminded (Art. 8 ¶3)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.issuance.collective import list_queries, queries
from cardbook.chapters.issuance.collective.listing import list_workbook
from cardbook.chapters.issuance.collective.reminding import REMINDERS, remind_sheet
from cardbook.chapters.issuance.collective.sheet_pages import READERS
from cardbook.chapters.reminding import RemindForm
from cardbook.chapters.screens import say_refused
from cardbook.lib.ids import ids_of
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refused
from cardbook.registers.answers import file_answer

ROWS = 50
_TABS = (
    "all", "prepared", "sent", "out", "soon", "overdue", "county", "city", "late", "filed",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis="第八条第三款、第二十条")
def bundle_list(request: ActorRequest) -> HttpResponse:
    """Every bundle of the county; a scanned QR opens its sheet, chosen ones are reminded of."""
    text = request.GET.get("q", "").strip()
    if text.startswith(("~", "～")):
        found = _opened(request, text)
        if found is not None:
            return found
        text = ""
    state, today = request.GET.get("state", "all"), timezone.localdate()
    sort = request.GET.get("sort", "due")
    if state not in list_queries.STATES or sort not in list_queries.SORTS:
        raise Http404
    listed = list_queries.listed(by=request.actor, state=state, text=text, sort=sort, on=today)
    if request.GET.get("format") == "xlsx" or "export" in request.POST:
        return _exported(request, listed)
    results = _remind(request) if request.method == "POST" else None
    shown = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": shown,
        "lines": list_queries.lines_of(shown, on=today),
        "states": list_queries.titles(_TABS, on=today),
        "state": state, "sort": sort, "text": text,
        "owed": list_queries.owed(by=request.actor, on=today),
        "soon": list_queries.soon_title(on=today),
        "escalation": list_queries.escalation_said(on=today),
        "may_hand_out": request.actor.role in act("bundle.hand_out").who,
        "remind": RemindForm() if request.actor.role in REMINDERS else None,
        "results": results,
    }  # fmt: skip
    return render(request, "collective/list.html", context)


def _opened(request: ActorRequest, code: str) -> HttpResponse | None:
    """The sheet a scanned code leads to; says why it leads nowhere."""
    try:
        return redirect("bundle.show", queries.find_sheet(code, by=request.actor).bundle_id)
    except InputError as problem:
        messages.warning(request, problem.sentence)
    except Refused as refused:
        say_refused(request, refused)
    return None


def _chosen(request: ActorRequest) -> list[int]:
    return ids_of([*request.GET.getlist("bundle"), *request.POST.getlist("bundle")])


def _exported(request: ActorRequest, listed: Any) -> HttpResponse:
    """What is seen, or of it what is ticked."""
    today, chosen = timezone.localdate(), _chosen(request)
    seen = listed.filter(pk__in=chosen) if chosen else listed
    lines = list_queries.lines_of(seen[: list_queries.MOST_LISTED], on=today)
    content = list_workbook(lines, by=request.actor, at=timezone.now())
    return file_answer(content, name="集中领卡.xlsx")


def _remind(request: ActorRequest) -> list[tuple[str, str]]:
    """What became of each chosen sheet."""
    form, chosen = RemindForm(request.POST), _chosen(request)[:ROWS]
    if not form.is_valid() or not chosen:
        return [("", "没有登记催交：请先勾选逾期的明细表，并写明怎样通知单位的。")]
    results = []
    found = queries.bundles_of(request.actor).filter(pk__in=chosen).select_related("unit")
    for bundle in found.order_by("due_on", "pk"):
        who = f"{bundle.number} {bundle.unit.name}"
        try:
            remind_sheet(
                bundle_id=bundle.pk, words=form.cleaned_data["words"], by=request.actor,
                at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            results.append((who, refused.refusals[0].sentence))
        else:
            results.append((who, "已登记催交。"))
    return results or [("", "没有登记催交：勾选的明细表不在您的管辖范围内。")]
