"""Who comes from elsewhere: with which cards, what is to be found out, what was done (Art. 30)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.usage.transfer.commands import (
    MOST_ASKED,
    ask_about_incoming,
    reopen_incoming,
    settle_incoming,
)
from cardbook.chapters.usage.transfer.forms import ReopenForm, SettleForm
from cardbook.chapters.usage.transfer.move_files import FILES
from cardbook.chapters.usage.transfer.queries import MOST, SORTS, VERDICTS, Incoming, incoming
from cardbook.chapters.usage.transfer.register import LIST_READERS, incoming_xlsx
from cardbook.chapters.usage.values import Decision
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import order_of, rows_ticked, titles

ROWS = 50


@require_GET
@page(roles=LIST_READERS, basis=FILES.basis)
def listed(request: ActorRequest) -> HttpResponse:
    """Everybody on a list, those not settled first; two cards are shown, never decided."""
    find, rows = _found(request)
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), **find,
        "verdicts": VERDICTS.items(), "most": MOST, "sorts": titles(SORTS),
        "query": request.GET.urlencode(),
        "may": request.actor.role in FILES.roles,
        "may_apply": request.actor.role in act("application.capture").who,
        "decisions": Decision.choices,
    }  # fmt: skip
    return render(request, "usage/moved_in.html", context)


def _found(request: ActorRequest) -> tuple[dict[str, object], list[Incoming]]:
    text, verdict = request.GET.get("q", "").strip(), request.GET.get("verdict", "")
    sort, everything = order_of(request, SORTS), bool(request.GET.get("all"))
    rows = incoming(
        within=request.actor.county_path, today=timezone.localdate(), verdict=verdict, text=text,
        only_open=not everything, sort=sort,
    )  # fmt: skip
    return {"q": text, "verdict": verdict, "all": everything, "sort": sort}, rows


@require_http_methods(["GET", "POST"])
@page(roles=LIST_READERS, basis=FILES.basis)
def export(request: ActorRequest) -> HttpResponse:
    """The people that are seen, or those ticked, as a workbook; numbers masked."""
    _, rows = _found(request)
    now = timezone.now()
    chosen = rows_ticked(request, rows, "row", of=lambda row: row.id)
    content = incoming_xlsx(chosen, by=request.actor, at=now)
    return file_answer(content, name=f"转入名单_{timezone.localdate(now):%Y%m%d}.xlsx")


@require_POST
@page(roles=FILES.roles, basis=FILES.basis)
def ask(request: ActorRequest) -> HttpResponse:
    """Ask the province which cards the ticked people have."""
    count = ask_about_incoming(
        rows=ids_of(request.POST.getlist("row"))[:MOST_ASKED], by=request.actor, at=timezone.now()
    )
    if count:
        messages.success(request, f"已向省系统查 {count} 人，答复见“持卡情况”。")
    else:
        messages.error(request, "没有查：请先勾选还没有办结的人。")
    return redirect("move.in_list")


@require_POST
@page(roles=FILES.roles, basis=FILES.basis)
def settle(request: ActorRequest) -> HttpResponse:
    """Say what was done about one person of a list."""
    form = SettleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请选择怎样办的，并写明处理结果。")
    elif settle_incoming(**form.cleaned_data, by=request.actor, at=timezone.now()):
        messages.success(request, "已登记处理结果。")
    else:
        messages.error(request, "没有登记：已经办结，或不在本县区的名单上。请刷新页面。")
    return redirect("move.in_list")


@require_POST
@page(roles=FILES.roles, basis=FILES.basis)
def reopen(request: ActorRequest) -> HttpResponse:
    """Open a decision that was wrong again."""
    form = ReopenForm(request.POST)
    if not form.is_valid():
        messages.error(request, "请写明更正原因。")
    elif reopen_incoming(**form.cleaned_data, by=request.actor, at=timezone.now()):
        messages.success(request, "已重新打开，请照实办结。")
    else:
        messages.error(request, "没有改动：还没有办结，或不在本县区的名单上。请刷新页面。")
    return redirect("move.in_list")
