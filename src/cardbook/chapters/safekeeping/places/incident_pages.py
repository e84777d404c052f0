"""Incident reports: damaged or lost stock, its cards by scan, told upward (Art. 20, 21).

A POST calls one command.
"""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.safekeeping.places import incident_commands, incident_queries, queries
from cardbook.chapters.safekeeping.places.forms import IncidentForm, TellForm
from cardbook.chapters.safekeeping.places.listing import incidents_as_xlsx
from cardbook.chapters.safekeeping.places.pages import ROWS
from cardbook.chapters.screens import status_of
from cardbook.law.roles import Role
from cardbook.lib.ids import id_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer, kept_picture
from cardbook.registers.lists import only_ticked, order_of, text_of

_DAMAGE = act("stock.damage")
_READING = page(
    roles=frozenset({*_DAMAGE.who, *_DAMAGE.second, Role.AUDITOR}), basis="第二十条、第二十一条"
)


@require_GET
@_READING
def listed(request: ActorRequest) -> HttpResponse:
    """The county's incidents, those not told upward marked."""
    text, state = text_of(request), request.GET.get("state", "")
    sort = order_of(request, incident_queries.SORTS)
    listed = incident_queries.incidents(request.actor, text=text, state=state, sort=sort)
    if "export" in request.GET:
        now = timezone.now()
        rows = incident_queries.incident_rows(only_ticked(request, listed))
        content = incidents_as_xlsx(rows, by=request.actor, at=now)
        return file_answer(content, name=f"事故报告_{timezone.localdate(now):%Y%m%d}.xlsx")
    found = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "rows": incident_queries.incident_rows(found),
        "text": text,
        "state": state,
        "states": incident_queries.STATES.items(),
        "sort": sort,
        "sorts": incident_queries.SORTS.items(),
        "may_report": request.actor.role in _DAMAGE.who,
    }
    return render(request, "places/incidents.html", context)


@require_http_methods(["GET", "POST"])
@page("stock.damage", "stock.miss", "stock.miss_set_aside")
def report(request: ActorRequest) -> HttpResponse:
    """Say what happened, scan the cards, sign with a second person."""
    today = timezone.localdate()
    told = _as_told(request)
    found = queries.places(request.actor)
    places = [(one.pk, f"{one.organization.name} {one.name}") for one in found]
    form = IncidentForm(
        request.POST or None,
        request.FILES or None,
        places=places,
        today=today,
        initial={"key": new_key(), "happened_on": today} | told,
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = incident_commands.report_incident(
                report=form.report(),
                by=request.actor,
                second=form.second(request),
                at=timezone.now(),
                key=form.cleaned_data["key"],
            )
        except ObjectDoesNotExist as missing:
            raise Http404 from missing
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"{made.number} 已登记，请立即上报并登记上报情况。")
            return redirect("incident.show", made.pk)
    return render(
        request,
        "places/report.html",
        {"form": form, "refusals": refusals},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )


def _as_told(request: ActorRequest) -> dict[str, object]:
    """What whoever has the cards said already; the keeper looks and puts it right."""
    id_ = id_of(request.GET.get("harm", ""))
    if id_ is None:
        return {}
    try:
        return incident_queries.told_of(id_, by=request.actor)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


@require_http_methods(["GET", "POST"])
@_READING
def show(request: ActorRequest, incident_id: int) -> HttpResponse:
    """One incident with its cards; a POST notes that it was told upward."""
    try:
        row = incident_queries.incident_of(request.actor, incident_id=incident_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    if "photo" in request.GET and row.photo:
        return kept_picture(row.photo)
    form = TellForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            incident_commands.tell_incident(
                incident_id=incident_id, by=request.actor, at=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "上报情况已登记。")
            return redirect("incident.show", incident_id)
    return render(
        request,
        "places/incident.html",
        {
            "row": row,
            "cards": incident_queries.cards_of(incident_id, kind=row.kind),
            "form": form,
            "refusals": refusals,
            "may_tell": request.actor.role in incident_commands.TELLERS and row.told_at is None,
        },
        status=status_of(refusals=refusals, mistakes=form.errors),
    )
