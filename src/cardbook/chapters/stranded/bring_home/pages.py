"""Wrong and defective cards at outlets: what lies where, given home, counted in (Art. 9, 13)."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.stranded import arrivals
from cardbook.chapters.stranded.arrival_pages import answer_scan, arriving, say_counted
from cardbook.chapters.stranded.bring_home import commands, queries
from cardbook.chapters.stranded.bring_home.forms import HomeForm
from cardbook.chapters.stranded.bring_home.listing import out_as_xlsx, sent_as_xlsx
from cardbook.chapters.stranded.shipped_pages import cards_of
from cardbook.law.parameters import parameter
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, only_ticked, order_of, rows_ticked, text_of, titles

ROWS = 50
_SCANS = "recalled.receive.scan"
_BASIS = act("recalled.send_home").basis_text


@require_http_methods(["GET", "POST"])
@page(roles=queries.READERS, basis=_BASIS)
def cards_out(request: ActorRequest) -> HttpResponse:
    """Cards taken back that still lie at outlets, the longest there first; what is late."""
    if not is_export(request):
        return _show(request, form=None)
    now = timezone.now()
    found = queries.out_rows(list(_found(request, at=now)), at=now)
    rows = rows_ticked(request, found, "card", of=lambda row: row.id)
    content = out_as_xlsx(rows, by=request.actor, at=now)
    return file_answer(content, name=f"网点错卡质量问题卡_{timezone.localdate(now):%Y%m%d}.xlsx")


def _found(request: ActorRequest, *, at: datetime) -> QuerySet[Any]:
    return queries.narrowed(
        queries.out_cards(request.actor), kind=request.GET.get("kind", ""),
        text=text_of(request), late=request.GET.get("late") == "1",
        sort=order_of(request, queries.SORTS), by=request.actor, at=at,
    )  # fmt: skip


def _show(
    request: ActorRequest,
    *,
    form: HomeForm | None,
    refusals: tuple[Refusal, ...] = (),
    results: list[tuple[str, str]] | None = None,
    chosen: frozenset[int] = frozenset(),
) -> HttpResponse:
    now, by = timezone.now(), request.actor
    listed = Paginator(_found(request, at=now), ROWS).get_page(request.GET.get("page"))
    may_send = by.role in queries.SENDERS
    bodies = queries.bodies_for(by) if may_send else []
    rows = queries.out_rows(list(listed), at=now)
    context = {
        "found": listed,
        "rows": rows,
        # A county's own cards need no county beside them; strange ones among them do.
        "counties": any(row.county_id != by.county_id for row in rows),
        "kinds": [(str(code), title) for code, title in queries.KINDS.items()],
        "kind": request.GET.get("kind", ""),
        "late": request.GET.get("late") == "1",
        "text": text_of(request),
        "sorts": titles(queries.SORTS),
        "sort": order_of(request, queries.SORTS),
        "due": parameter("recalled_home_days").on(timezone.localdate(now)),
        "overdue": queries.late_count(by, at=now),
        "may_send": may_send,
        "may_open": by.role in SEES_PEOPLE,
        "form": form or HomeForm(bodies=bodies, initial={"key": new_key()}),
        "refusals": refusals,
        "results": results or [],
        "ticked": chosen,
        "query": request.GET.urlencode(),
    }
    bad = status_of(refusals=refusals or results or (), mistakes=form.errors if form else None)
    return render(request, "bring_home/out.html", context, status=bad)


@require_POST
@page("recalled.send_home")
def send(request: ActorRequest) -> HttpResponse:
    """The ticked cards leave for the card body; each that may not is told why."""
    by, ids = request.actor, ids_of(request.POST.getlist("card"))
    bodies = queries.bodies_for(by)
    form = HomeForm(request.POST, bodies=bodies)
    if not form.is_valid():
        return _show(request, form=form, chosen=frozenset(ids))
    given = form.cleaned_data
    try:
        outcome = commands.send_home_those_that_may(
            card_ids=ids, receiver_id=given["receiver"], words=given["words"], by=by,
            at=timezone.now(), key=given["key"],
        )  # fmt: skip
    except Refused as refused:
        return _show(request, form=form, refusals=refused.refusals, chosen=frozenset(ids))
    if outcome.done:
        messages.success(
            request, f"{len(outcome.done)} 张卡已交出，请随交接单送去，对方扫卡点收。"
        )
    if not outcome.refused:
        return redirect("recalled.shipments")
    said = [("", f"{one.sentence}{one.way_out}") for one in outcome.refused.values()]
    return _show(request, form=None, results=said, chosen=frozenset(outcome.refused))


@require_GET
@page(roles=queries.READERS, basis=_BASIS)
def shipments(request: ActorRequest) -> HttpResponse:
    """Hand-overs to card bodies, and what of each arrived."""
    now, by = timezone.now(), request.actor
    today, state = timezone.localdate(now), request.GET.get("state", "")
    sort, text = order_of(request, queries.SHIPMENT_SORTS), text_of(request)
    found = queries.shipments_found(by, state=state, text=text, sort=sort)
    if is_export(request):
        rows = queries.shipment_rows(list(only_ticked(request, found)), today=today)
        content = sent_as_xlsx(rows, by=by, at=now)
        return file_answer(content, name=f"错卡质量问题卡上交_{today:%Y%m%d}.xlsx")
    listed = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": listed,
        "rows": queries.shipment_rows(list(listed), today=today),
        "states": queries.STATES.items(),
        "state": state,
        "text": text,
        "sorts": titles(queries.SHIPMENT_SORTS),
        "sort": sort,
        "alert": parameter("in_transit_alert_days").on(today),
        "may_receive": by.role in queries.RECEIVERS,
    }
    return render(request, "bring_home/shipments.html", context)


@require_GET
@page(roles=queries.READERS, basis=_BASIS)
def shipment_cards(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """The cards of one hand-over, wrong or bad, and where each is now."""
    shipment = _shipment(request, shipment_id)
    may = request.actor.role in queries.RECEIVERS
    return cards_of(
        request, shipment, all_name="recalled.shipments",
        paper=f"{reverse('register.home_list')}?shipment={shipment.pk}",
        receive_name="recalled.receive_wrong" if may else "",
    )  # fmt: skip


def _shipment(request: ActorRequest, shipment_id: int) -> arrivals.Sent:
    found = queries.shipments_of(request.actor).filter(pk=shipment_id).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@page("recalled.receive_wrong")
def receive(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """Count a hand-over in by scan; what was not scanned stays under way."""
    shipment = _shipment(request, shipment_id)
    if request.method != "POST":
        return render(request, "bring_home/receive.html", arriving(shipment, scans=_SCANS))
    try:
        done = commands.receive_home(
            shipment_id=shipment.pk, by=request.actor, at=timezone.now(),
            key=request.POST.get("key", "")[:64],
        )  # fmt: skip
    except Refused as refused:
        say_refused(request, refused)
    else:
        say_counted(request, done, shipment=shipment)
    return redirect(request.path)


@require_POST
@page("recalled.receive_wrong")
def scan(request: ActorRequest, shipment_id: int) -> HttpResponse:
    """One number of a hand-over, or one taken back; answers with what was scanned."""
    shipment = _shipment(request, shipment_id)
    back = ("recalled.receive_wrong", shipment.pk)
    return answer_scan(request, shipment, scans=_SCANS, back=back)
