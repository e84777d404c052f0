"""Mandates: printed for the holder to sign, registered, found, revoked (Art. 10).

`pages.py` beside it hands the card over.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.issuance.proxy import agent_queries, list_queries, queries
from cardbook.chapters.issuance.proxy.mandate_commands import (
    register_mandate,
    revoke_mandate,
    revoke_mandates_of,
)
from cardbook.chapters.issuance.proxy.mandate_forms import (
    FindForm,
    MandateForm,
    PartiesForm,
    RevokeForm,
)
from cardbook.chapters.issuance.proxy.register import (
    Printed,
    agents_xlsx,
    fetched_xlsx,
    mandate_pdf,
    mandates_xlsx,
)
from cardbook.chapters.printed_mandates import PrintedMandate
from cardbook.chapters.screens import status_of
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import ProxyReason, Relation
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.people.holders import holder_of
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import (
    is_export,
    order_of,
    ordered,
    rows_ticked,
    text_of,
    titles,
)

ROWS = 50
BASIS = "第十条、第二十二条、第二十七条、第二十八条"
_WRITERS = frozenset(act("mandate.register").who)
_MAY_REVOKE = frozenset(act("mandate.revoke").who)
_READERS = _MAY_REVOKE | {Role.CITY_MANAGER, Role.REVIEWER, Role.AUDITOR}
_WATCHERS = frozenset({Role.COUNTY_MANAGER, Role.CITY_MANAGER, Role.REVIEWER, Role.AUDITOR})
_NOT_HERE = "本县区没有这位持卡人的卡。请核对号码；卡在其他县区的，请到该县区办理。"


@require_http_methods(["GET", "POST"])
@page(roles=_READERS, basis=BASIS)
def mandates(request: ActorRequest) -> HttpResponse:
    """The county's mandates, or revoke the ticked ones, each with its own result."""
    results = _revoke(request) if request.method == "POST" else None
    find, found, on = _found(request)
    page_ = Paginator(found, ROWS).get_page(request.GET.get("page"))
    may = request.actor.role in _MAY_REVOKE
    return render(
        request, "proxy/mandates.html",
        {
            "rows": list_queries.mandate_rows(page_, on=on),
            "page": page_,
            "find": find,
            "statuses": list_queries.STATUS.items(),
            "sorts": [(code, title) for code, (title, _) in list_queries.SORTS.items()],
            "revoke": RevokeForm(initial={"key": new_key()}) if may else None,
            "may_write": request.actor.role in _WRITERS,
            "results": results,
            "query": request.GET.urlencode(),
        },
    )  # fmt: skip


def _found(request: ActorRequest) -> tuple[dict[str, str], Any, Any]:
    form = FindForm(request.GET)
    form.is_valid()
    find = {name: form.cleaned_data.get(name, "") for name in ("q", "status", "sort")}
    on = timezone.localdate()
    found = list_queries.mandates(
        by=request.actor, status=find["status"], sort=find["sort"], text=find["q"], on=on
    )
    return find, found, on


def _revoke(request: ActorRequest) -> list[tuple[str, str]]:
    """What became of each ticked row."""
    form = RevokeForm(request.POST)
    ticked = ids_of(request.POST.getlist("mandate"))[:ROWS]
    if not form.is_valid() or not ticked:
        return [("", "没有撤销：请先勾选委托书，并写明撤销原因。")]
    results, key = [], form.cleaned_data["key"]
    for mandate_id in ticked:
        try:
            revoke_mandate(
                mandate_id=mandate_id, words=form.cleaned_data["words"], by=request.actor,
                at=timezone.now(), key=f"{key}-{mandate_id}",
            )  # fmt: skip
        except Refused as refused:
            results.append((f"{mandate_id} 号", refused.refusals[0].sentence))
        else:
            results.append((f"{mandate_id} 号", "已撤销，从现在起不能再用。"))
    return results


@require_http_methods(["GET", "POST"])
@page(roles=_READERS, basis=BASIS)
def mandates_export(request: ActorRequest) -> HttpResponse:
    """The mandates that are seen, or those ticked, as a workbook."""
    find, found, on = _found(request)
    said = list_queries.STATUS.get(find["status"], "全部")
    listed = list_queries.mandate_rows(found, on=on)
    rows = rows_ticked(request, listed, "mandate", of=lambda row: row.id)
    content = mandates_xlsx(rows, by=request.actor, at=timezone.now(), said=said)
    return file_answer(content, name=f"委托书登记_{on:%Y%m%d}.xlsx")


@require_http_methods(["GET", "POST"])
@page("mandate.register")
def register(request: ActorRequest) -> HttpResponse:
    """Register a signed mandate before the agent comes."""
    now = timezone.now()
    form = MandateForm(
        request.POST or None, request.FILES or None, today=timezone.localdate(now),
        initial={"key": new_key()},
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        principal = queries.person_in_county(number=given["principal"], by=request.actor)
        if principal is None:
            form.add_error("principal", _NOT_HERE)
        else:
            try:
                number = register_mandate(
                    principal_id=principal.pk, comer=form.comer(), terms=form.terms(),
                    images=(given["image"],) if given["image"] else (), by=request.actor, at=now,
                    key=given["key"],
                )  # fmt: skip
            except Refused as refused:
                refusals = refused.refusals
            else:
                messages.success(request, f"委托书 {number} 号已登记，有效至 {given['until']}。")
                return redirect("mandate.list")
    return render(
        request, "proxy/mandate_form.html",
        {"form": form, "refusals": refusals, "prints": False},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page(roles=_WRITERS, basis=BASIS)
def print_(request: ActorRequest) -> HttpResponse:
    """Fill a mandate in and print it; nothing is written until it comes back signed."""
    now = timezone.now()
    form = PartiesForm(request.POST or None, today=timezone.localdate(now))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        principal = queries.person_in_county(number=given["principal"], by=request.actor)
        if principal is not None:
            mandate = PrintedMandate(
                holder_id=principal.pk, number=given["number"], name=given["name"],
                reason=ProxyReason(given["reason"]), relation=Relation(given["relation"]),
                since=given["since"], until=given["until"], matter=given["matter"],
            )  # fmt: skip
            printed = Printed(
                principal=holder_of(principal), mandate=mandate, witness=given["witness"]
            )
            content = mandate_pdf(printed=printed, by=request.actor, at=now)
            return HttpResponse(content, content_type="application/pdf")
        form.add_error("principal", _NOT_HERE)
    return render(
        request, "proxy/mandate_form.html", {"form": form, "refusals": (), "prints": True},
        status=status_of(mistakes=form.errors),
    )  # fmt: skip


@require_GET
@page(roles=_WRITERS, basis=BASIS)
def blank(request: ActorRequest) -> HttpResponse:
    """The same paper with blanks for the pen."""
    content = mandate_pdf(printed=None, by=request.actor, at=timezone.now())
    return HttpResponse(content, content_type="application/pdf")


@require_http_methods(["GET", "POST"])
@page(roles=_WATCHERS, basis="第十条、第三十一条")
def agents(request: ActorRequest) -> HttpResponse:
    """Who fetches for whom; the county's manager revokes what chosen people still hold."""
    results = _revoke_of_agents(request) if request.method == "POST" else None
    find, rows = _agents(request)
    may = request.actor.role in _MAY_REVOKE
    return render(
        request, "proxy/agents.html",
        {
            "rows": Paginator(rows, ROWS).get_page(request.GET.get("page")),
            "find": find,
            "sorts": [(code, title) for code, (title, _) in agent_queries.AGENT_SORTS.items()],
            "looks": agent_queries.LOOKS.items(),
            "rules": agent_queries.rules(on=timezone.localdate()),
            "revoke": RevokeForm(initial={"key": new_key()}) if may else None,
            "results": results,
            "query": request.GET.urlencode(),
        },
    )  # fmt: skip


def _revoke_of_agents(request: ActorRequest) -> list[tuple[str, str]]:
    """What became of each chosen person; whoever fetched nothing here has no name here."""
    form = RevokeForm(request.POST)
    ticked = {int(text) for text in request.POST.getlist("agent") if text.isdecimal()}
    if not form.is_valid() or not ticked:
        return [("", "没有撤销：请先勾选代领人，并写明撤销原因。")]
    today = timezone.localdate()
    everybody = agent_queries.agents(by=request.actor, today=today, sort="", text="")
    results = []
    for one_agent in [one for one in everybody if one.id in ticked][:ROWS]:
        try:
            done = revoke_mandates_of(
                agent_id=one_agent.id, words=form.cleaned_data["words"], by=request.actor,
                at=timezone.now(), key=f"{form.cleaned_data['key']}-{one_agent.id}",
            )  # fmt: skip
        except Refused as refused:
            results.append((one_agent.name, refused.refusals[0].sentence))
        else:
            said = f"已撤销 {len(done.subject_ids)} 份委托书，自今天起不能再凭它代领。"
            results.append((one_agent.name, said))
    return results or [("", "没有撤销：勾选的人本年没有在本县区代领。")]


@require_http_methods(["GET", "POST"])
@page(roles=_WATCHERS, basis="第十条、第三十一条")
def agents_export(request: ActorRequest) -> HttpResponse:
    """The agents that are seen, or those ticked, as a workbook."""
    _, found = _agents(request)
    rows = rows_ticked(request, found, "agent", of=lambda row: row.id)
    now = timezone.now()
    content = agents_xlsx(rows, by=request.actor, at=now, said=f"{local_day(now).year} 年")
    return file_answer(content, name=f"代领人一览_{timezone.localdate(now):%Y%m%d}.xlsx")


@require_GET
@page(roles=_WATCHERS, basis="第十条、第三十一条")
def agent(request: ActorRequest, person_id: int) -> HttpResponse:
    """For whom one agent fetched this year, so that the manager can call them back."""
    name, rows = agent_queries.fetched_by(
        person_id=person_id, by=request.actor, today=timezone.localdate()
    )
    if not rows:
        raise Http404
    text, sort = text_of(request), order_of(request, agent_queries.FETCHED_SORTS)
    seen = [row for row in rows if text in row.holder or text == row.holder_number[-4:]]
    listed = ordered(seen, agent_queries.FETCHED_SORTS, sort)
    if is_export(request):
        chosen = rows_ticked(request, listed, of=lambda row: row.id)
        content = fetched_xlsx(chosen, name=name, by=request.actor, at=timezone.now())
        return file_answer(content, name=f"代领明细_{timezone.localdate():%Y%m%d}.xlsx")
    context = {
        "name": name, "rows": listed, "text": text, "sort": sort,
        "sorts": titles(agent_queries.FETCHED_SORTS),
    }  # fmt: skip
    return render(request, "proxy/agent.html", context)


def _agents(request: ActorRequest) -> tuple[dict[str, str], list[agent_queries.AgentRow]]:
    form = FindForm(request.GET)
    form.is_valid()
    find = {name: form.cleaned_data.get(name, "") for name in ("q", "status", "sort")}
    rows = agent_queries.agents(
        by=request.actor, today=timezone.localdate(), sort=find["sort"], text=find["q"],
        look=find["status"],
    )  # fmt: skip
    return find, rows
