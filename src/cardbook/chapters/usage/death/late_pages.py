"""The list of hand-overs dated after a death, and settling them (Art. 17, 31)."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.usage.death import late_queries
from cardbook.chapters.usage.death.forms import LateForm
from cardbook.chapters.usage.death.late_commands import settle_late_hand_overs
from cardbook.chapters.usage.death.late_register import late_xlsx
from cardbook.law.roles import Role
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import rows_ticked

ROWS = 50
BASIS = "第十七条、第三十一条"
SETTLERS = frozenset({Role.COUNTY_MANAGER, Role.CITY_MANAGER})
READERS = SETTLERS | {Role.REVIEWER, Role.CARD_KEEPER, Role.AUDITOR}


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=BASIS)
def listed(request: ActorRequest) -> HttpResponse:
    """The county's such hand-overs; its manager says what was found out of the ticked ones."""
    results = _settle(request) if request.method == "POST" else None
    find, rows = _found(request)
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "find": find,
        "open_count": sum(row.is_open for row in rows),
        "states": late_queries.STATES.items(),
        "sorts": [(code, title) for code, (title, _) in late_queries.SORTS.items()],
        "form": LateForm() if request.actor.role in SETTLERS else None,
        "results": results,
        "query": request.GET.urlencode(),
    }
    return render(request, "usage/late_hand_overs.html", context)


def _found(request: ActorRequest) -> tuple[dict[str, str], list[late_queries.LateRow]]:
    find = {
        "q": request.GET.get("q", "").strip()[:40],
        "state": request.GET.get("state", "open"),
        "sort": request.GET.get("sort", ""),
    }
    if find["state"] not in late_queries.STATES:
        find["state"] = "open"
    rows = late_queries.late_hand_overs(
        within=request.actor.county_path, state=find["state"], text=find["q"], sort=find["sort"]
    )
    return find, rows


def _settle(request: ActorRequest) -> list[tuple[str, str]]:
    if request.actor.role not in SETTLERS:
        raise PermissionDenied("由县区人社局负责人或市局管理员办结。")
    form, ticked = LateForm(request.POST), ids_of(request.POST.getlist("event"))[:ROWS]
    if not form.is_valid() or not ticked:
        return [("", "没有办结：请先勾选，选择查明的情况并写明怎样查明的。")]
    return settle_late_hand_overs(
        events=ticked, outcome=form.cleaned_data["outcome"], words=form.cleaned_data["words"],
        by=request.actor, at=timezone.now(),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=BASIS)
def export(request: ActorRequest) -> HttpResponse:
    """The hand-overs that are seen, or those ticked, as a workbook."""
    find, found = _found(request)
    rows = rows_ticked(request, found, "event", of=lambda row: row.event)
    now = timezone.now()
    said = late_queries.STATES[find["state"]]
    content = late_xlsx(rows, by=request.actor, at=now, said=said)
    return file_answer(content, name=f"领取在死亡之后_{timezone.localdate(now):%Y%m%d}.xlsx")
