"""Campaigns with their progress, who hands out to whom (Art. 5, 8 para. 1)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.duties.campaigns import commands, queries
from cardbook.chapters.duties.campaigns.forms import (
    CampaignForm,
    CloseForm,
    ListForm,
    ReassignForm,
    RuleForm,
)
from cardbook.chapters.duties.campaigns.register import ALLOTMENT
from cardbook.chapters.screens import status_of
from cardbook.law.roles import Role
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.listing import table_as_xlsx
from cardbook.registers.lists import (
    Key,
    is_export,
    order_of,
    ordered,
    rows_ticked,
    text_of,
    ticked,
    titles,
)

ROWS = 50
READERS = commands.MANAGERS | {
    Role.CARD_KEEPER, Role.REVIEWER, Role.AUDITOR, Role.AGENCY_CLERK, Role.WINDOW_CLERK,
}  # fmt: skip
BASIS = "第五条、第八条第一款"
READING = page(roles=READERS, basis=BASIS)
ORDERING = page(roles=commands.MANAGERS, basis=BASIS)

TASK_SORTS: Mapping[str, tuple[str, Key[queries.Task] | None]] = {
    "code": ("按机构编号", None),
    "slow": ("进度慢的在前", lambda task: task.percent),
    "left": ("还差多的在前", lambda task: -task.left),
}


@require_http_methods(["GET", "POST"])
@READING
def campaigns(request: ActorRequest) -> HttpResponse:
    """What was ordered, by when, how far each is; chosen ones are ended, each with its result."""
    closes = request.method == "POST" and not is_export(request)
    results = _close_chosen(request) if closes else None
    form = ListForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    view, wanted = given.get("view") or "open", given.get("q", "")
    today = timezone.localdate()
    sort = given.get("sort") or "due"
    rows = queries.campaigns(request.actor, view=view, wanted=wanted, sort=sort, on=today)
    if is_export(request):
        chosen = rows_ticked(request, rows, "campaign", of=lambda row: row.id)
        return _export(chosen)
    has_all = view in {"open", "late"} and not wanted
    late = rows if has_all else queries.campaigns(request.actor, view="late", on=today)
    context = {
        "rows": rows,
        "views": queries.VIEWS.items(),
        "view": view,
        "sorts": queries.SORTS.items(),
        "sort": sort,
        "wanted": wanted,
        "form": CloseForm(),
        "results": results,
        "late": [(row, task) for row in late for task in row.tasks if task.is_late],
        "may": request.actor.role in commands.MANAGERS,
    }
    return render(request, "campaigns/list.html", context)


def _close_chosen(request: ActorRequest) -> list[tuple[str, str]]:
    """What became of each chosen campaign."""
    form = CloseForm(request.POST)
    ticked = ids_of(request.POST.getlist("campaign"))
    if not form.is_valid() or not ticked:
        return [("", "没有结束：请先勾选部署，并写明结束原因。")]
    results = []
    for one in queries.visible(request.actor).filter(pk__in=ticked).order_by("due_on", "pk"):
        try:
            commands.close_campaign(
                campaign_id=one.pk, words=form.cleaned_data["words"], by=request.actor,
                at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            results.append((one.title, refused.refusals[0].sentence))
        else:
            results.append((one.title, "已结束，数字保留备查。"))
    return results or [("", "没有结束：勾选的部署不在您的管辖范围内。")]


def _export(rows: list[queries.Row]) -> HttpResponse:
    heads = ("部署", "文号", "人群", "机构", "目标", "已发放", "完成%", "期限", "情况")
    cells = (
        (
            row.title, row.document, row.group, task.office, task.target, task.done,
            task.percent, f"{task.due_on}", "逾期" if task.is_late else "",
        )
        for row in rows
        for task in row.tasks
    )  # fmt: skip
    return file_answer(table_as_xlsx("发放部署", heads, cells), name="bushu.xlsx")


def _campaign(request: ActorRequest, campaign_id: int) -> Any:
    try:
        return queries.campaign_of(request.actor, campaign_id=campaign_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


@require_GET
@READING
def show(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """One campaign: each office's target and what it has handed out."""
    return _shown(request, campaign_id)


def _shown(
    request: ActorRequest,
    campaign_id: int,
    form: CloseForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    given: Any = None,
) -> HttpResponse:
    campaign = _campaign(request, campaign_id)
    (row,) = queries.rows_of(request.actor, [campaign], on=timezone.localdate())
    text, sort = text_of(request), order_of(request, TASK_SORTS)
    tasks = ordered((task for task in row.tasks if text in task.office), TASK_SORTS, sort)
    if "export" in request.GET:
        chosen = rows_ticked(request, tasks, of=lambda task: task.id)
        return _export([replace(row, tasks=tuple(chosen))])
    may = row.closed_on is None and commands.is_own(campaign, by=request.actor)
    offices = queries.assignable(request.actor) if may else []
    passing = ReassignForm(given, tasks=row.tasks, offices=offices)
    context = {
        "row": row, "may": may, "form": form or CloseForm(), "passing": passing,
        "refusals": refusals, "tasks": tasks, "text": text, "sorts": titles(TASK_SORTS),
        "sort": sort,
    }  # fmt: skip
    mistakes = form.errors if form else passing.errors
    status = status_of(refusals=refusals, mistakes=mistakes)
    return render(request, "campaigns/show.html", context, status=status)


@require_POST
@ORDERING
def close(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """End a campaign."""
    _campaign(request, campaign_id)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _shown(request, campaign_id, form)
    try:
        commands.close_campaign(
            campaign_id=campaign_id, words=form.cleaned_data["words"], by=request.actor,
            at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        return _shown(request, campaign_id, form, refused.refusals)
    messages.success(request, "部署已结束，数字保留备查。")
    return redirect("campaign.show", campaign_id)


@require_POST
@ORDERING
def reassign(request: ActorRequest, campaign_id: int) -> HttpResponse:
    """Give part of one office's target to another."""
    campaign = _campaign(request, campaign_id)
    (row,) = queries.rows_of(request.actor, [campaign], on=timezone.localdate())
    offices = queries.assignable(request.actor)
    form = ReassignForm(request.POST, tasks=row.tasks, offices=offices)
    if not form.is_valid():
        return _shown(request, campaign_id, given=request.POST)
    given = form.cleaned_data
    try:
        part = commands.reassign_part(
            campaign_id=campaign_id, task_id=given["task"], to_id=given["to"],
            count=given["count"], words=given["why"], by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except Refused as refused:
        return _shown(request, campaign_id, refusals=refused.refusals, given=request.POST)
    said = f"已改派 {given['count']} 张；{part.organization.name}的目标现在是 {part.target} 张。"
    messages.success(request, said)
    return redirect("campaign.show", campaign_id)


@require_http_methods(["GET", "POST"])
@ORDERING
def order(request: ActorRequest) -> HttpResponse:
    """Order a campaign: whom, by when, how many by which office."""
    offices = queries.assignable(request.actor)
    start = {"key": new_key(), "since": timezone.localdate()}
    form = CampaignForm(request.POST or None, initial=start, offices=offices)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.order_campaign(
                order=form.order(), by=request.actor, at=timezone.now(),
                key=form.cleaned_data["key"],
            )  # fmt: skip
            messages.success(request, f"已部署“{made.title}”。")
            return redirect("campaign.show", made.pk)
        except Refused as refused:
            refusals = refused.refusals
    status = status_of(refusals=refusals, mistakes=form.errors)
    context = {"form": form, "refusals": refusals}
    return render(request, "campaigns/order.html", context, status=status)


# ---------------------------------------------------------------------------------------- routing
@require_http_methods(["GET", "POST"])
@READING
def routing(request: ActorRequest) -> HttpResponse:
    """Who hands out to whom by the rules in force, and whose cards nobody is to hand out."""
    if request.method == "POST" and request.actor.role not in commands.MANAGERS:
        raise Http404
    today = timezone.localdate()
    if "export" in request.GET:
        return _rules_exported(request)
    form = RuleForm(
        request.POST or None, initial={"since": today},
        counties=queries.counties(request.actor), offices=queries.routable(request.actor),
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            commands.set_rule(
                county_id=given["county"], group=given["group"], organization_id=given["office"],
                since=given["since"], words=given["words"], by=request.actor, at=timezone.now(),
            )  # fmt: skip
            messages.success(request, "分工已登记。")
            return redirect("routing.list")
        except Refused as refused:
            refusals = refused.refusals
    context = _rules_listed(request) | {
        "unrouted": queries.unrouted(request.actor, on=today),
        "form": form,
        "refusals": refusals,
        "may": request.actor.role in commands.MANAGERS,
        "may_print": request.actor.role in ALLOTMENT.readers,
    }
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "campaigns/routing.html", context, status=status)


def _rules(request: ActorRequest) -> list[queries.Rule]:
    return queries.rules(
        request.actor, on=timezone.localdate(), state=request.GET.get("state", ""),
        text=text_of(request), sort=order_of(request, queries.RULE_SORTS),
    )  # fmt: skip


def _rules_listed(request: ActorRequest) -> dict[str, Any]:
    shown = Paginator(_rules(request), ROWS).get_page(request.GET.get("page"))
    return {
        "found": shown,
        "rules": list(shown),
        "states": queries.RULE_STATES.items(),
        "state": request.GET.get("state", ""),
        "text": text_of(request),
        "sorts": queries.RULE_SORTS.items(),
        "sort": order_of(request, queries.RULE_SORTS),
    }


def _rules_exported(request: ActorRequest) -> HttpResponse:
    heads = ("县区", "人群", "发放机构", "自", "依据", "登记人", "情况")
    chosen = ticked(request)
    cells = (
        (
            one.county, one.group, one.office, f"{one.since}", one.words, one.recorded_by,
            "现行" if one.is_current else "其他日期",
        )
        for one in _rules(request)
        if not chosen or one.id in chosen
    )  # fmt: skip
    return file_answer(table_as_xlsx("发放分工", heads, cells), name="发放分工.xlsx")
