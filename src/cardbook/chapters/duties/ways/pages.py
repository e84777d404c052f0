"""Ways of issuing: which group has which, decided by whom, what each asks for (Art. 7)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.duties.ways import commands, queries
from cardbook.chapters.duties.ways.forms import DecideForm, ListForm, WithdrawForm
from cardbook.chapters.screens import status_of
from cardbook.law.roles import Role
from cardbook.law.ways import WAYS
from cardbook.lifecycle.acts import ACTS
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.registers.answers import file_answer
from cardbook.registers.listing import table_as_xlsx
from cardbook.registers.lists import is_export, order_of, ordered, rows_ticked, titles

_BASIS = "第七条"
READING = page(
    roles=commands.MANAGERS
    | {Role.CARD_KEEPER, Role.REVIEWER, Role.AUDITOR, Role.AGENCY_CLERK, Role.WINDOW_CLERK},
    basis=_BASIS,
)
DECIDING = page(roles=commands.MANAGERS, basis=_BASIS)


@require_http_methods(["GET", "POST"])
@READING
def ways(request: ActorRequest) -> HttpResponse:
    """What each group has, who decided it, and what each way asks for before a card counts."""
    may, now = request.actor.role in commands.MANAGERS, timezone.now()
    today = timezone.localdate(now)
    find = ListForm(request.GET)
    asked = find.cleaned_data if find.is_valid() else {}
    view, wanted = asked.get("view", ""), asked.get("q", "").strip()
    found = queries.decisions(request.actor)
    sort = order_of(request, queries.SORTS)
    rules = ordered(
        queries.rules(found, by=request.actor, on=today, view=view, wanted=wanted),
        queries.SORTS, sort,
    )  # fmt: skip
    if is_export(request):
        return _export(rows_ticked(request, rules, of=lambda one: one.id))
    if request.method == "POST" and not may:
        raise Http404
    form = DecideForm(
        request.POST or None, initial={"since": today}, offices=queries.offices(request.actor)
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        refusals = _decided(form.cleaned_data, by=request.actor, at=now)
        if not refusals:
            messages.success(request, "发放方式已登记，从起始日起按此办理。")
            return redirect("ways.list")
    context = {
        "held": queries.in_force(found, by=request.actor, on=today), "rules": rules,
        "views": queries.VIEWS.items(), "view": view, "wanted": wanted,
        "sorts": titles(queries.SORTS), "sort": sort,
        "ways": [(one, [_enforced(code) for code in one.acts if code in ACTS]) for one in WAYS],
        "form": form if may else None, "refusals": refusals,
    }  # fmt: skip
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "ways/list.html", context, status=status)


def _decided(given: Mapping[str, Any], *, by: Actor, at: datetime) -> tuple[Refusal, ...]:
    """Keep a decision; what speaks against it, empty when it is kept."""
    try:
        commands.decide_ways(
            organization_id=given["office"], group=given["group"], ways=given["ways"],
            since=given["since"], words=given["words"], by=by, at=at,
        )  # fmt: skip
    except Refused as refused:
        return refused.refusals
    return ()


@require_POST
@DECIDING
def withdraw(request: ActorRequest, rule_id: int) -> HttpResponse:
    """Take a decision back that was made by mistake."""
    if not any(one.pk == rule_id for one in queries.decisions(request.actor)):
        raise Http404
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, "没有收回：请写明收回原因。")
        return redirect("ways.list")
    try:
        commands.withdraw_ways(
            rule_id=rule_id, words=form.cleaned_data["words"], by=request.actor,
            at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        for one in refused.refusals:
            messages.error(request, f"{one.sentence}{one.way_out}")
    else:
        messages.success(request, "已收回，恢复以前的规定。")
    return redirect("ways.list")


def _export(rules: list[queries.Rule]) -> HttpResponse:
    heads = ("适用范围", "人群", "可用的方式", "自", "依据", "登记人", "情况")
    rows = [
        (one.office, one.group, one.ways, str(one.since), one.words, one.recorded_by,
         one.standing.label)
        for one in rules
    ]  # fmt: skip
    return file_answer(table_as_xlsx("发放方式", heads, rows), name="发放方式.xlsx")


def _enforced(code: str) -> dict[str, Any]:
    """What the table of acts itself asks for: papers, notices and signatures of the act."""
    row = ACTS[code]
    papers = row.papers.groups if row.papers else ()
    return {
        "title": row.title,
        "papers": ["或".join(kind.title for kind in group) for group in papers],
        "notices": [notice.title for notice in row.notices],
        "by_two": bool(row.second),
    }
