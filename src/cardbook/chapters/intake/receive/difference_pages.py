"""What counts left open, short, missing or not listed, and how it is explained (Art. 6, 20).

`pages.py` beside it counts; a POST here calls one command.
"""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.intake.receive import commands, difference_queries
from cardbook.chapters.intake.receive.forms import DifferencesForm, ExplainForm
from cardbook.chapters.intake.receive.pages import READERS, ROWS
from cardbook.chapters.screens import status_of
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page, second_actor
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor


@require_GET
@page(roles=READERS, basis="第六条、第二十条")
def differences(request: ActorRequest) -> HttpResponse:
    """Short cards to explain, missing cards that may turn up, and what was not listed."""
    return _differences(request)


def _differences(
    request: ActorRequest,
    form: ExplainForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    ticked: frozenset[int] = frozenset(),
) -> HttpResponse:
    kind = request.GET.get("kind", "short")
    if kind not in difference_queries.KINDS:
        raise Http404
    chosen = DifferencesForm(
        request.GET, deliveries=difference_queries.deliveries_with_differences(request.actor)
    )
    delivery_id = chosen.cleaned_data["delivery"] if chosen.is_valid() else None
    found, rows = _rows(request.actor, kind, delivery_id, request.GET.get("page"))
    context = {
        "kind": kind,
        "kinds": difference_queries.KINDS.items(),
        "filter": chosen,
        "delivery_id": delivery_id,
        "found": found,
        "rows": rows,
        "ticked": ticked,
        "form": form or ExplainForm(initial={"key": new_key()}),
        "refusals": refusals,
        "may_explain": request.actor.role in act("delivery.explain_found").who,
    }
    bad = status_of(refusals=refusals, mistakes=form)
    return render(request, "receive/differences.html", context, status=bad)


def _rows(by: Actor, kind: str, delivery_id: int | None, number: str | None) -> tuple[Any, Any]:
    if kind == "odd":
        scans = difference_queries.odd_scans(by, delivery_id=delivery_id)
        found = Paginator(scans, ROWS).get_page(number)
        return found, difference_queries.odd_rows(list(found))
    listed = {
        "short": difference_queries.short_cards,
        "missing": difference_queries.missing_cards,
    }[kind](by, delivery_id=delivery_id)
    cards = Paginator(listed, ROWS).get_page(number)
    return cards, difference_queries.card_rows(cards)


def _explain(request: ActorRequest, *, found: bool) -> HttpResponse:
    if request.method == "GET":
        # A refusal is shown at this address; whoever turns a page or reloads there comes back.
        return redirect(f"{reverse('delivery.differences')}?{request.GET.urlencode()}")
    form = ExplainForm(request.POST)
    ids = ids_of(request.POST.getlist("card"))
    if not ids:
        form.add_error(None, "没有勾选卡片，请先在表中勾选。")
    if not form.is_valid():
        return _differences(request, form, ticked=frozenset(ids))
    given = form.cleaned_data
    try:
        second = second_actor(
            act("delivery.explain_found" if found else "delivery.explain_missing"),
            username=given["second_name"],
            password=given["second_password"],
            request=request,
        )
        commands.explain_difference(
            card_ids=ids,
            found=found,
            words=given["words"],
            by=request.actor,
            second=second,
            at=timezone.now(),
            key=given["key"],
        )
    except Refused as refused:
        return _differences(request, form, refused.refusals, frozenset(ids))
    done = (
        "已接收入库，待分类入柜" if found else "已登记下落不明；日后找到可在“下落不明”中登记找回"
    )
    messages.success(request, f"{len(ids)} 张卡{done}。")
    return redirect(f"{reverse('delivery.differences')}?{request.GET.urlencode()}")


@require_http_methods(["GET", "POST"])
@page("delivery.explain_found")
def explain_found(request: ActorRequest) -> HttpResponse:
    """Short cards turned up: receive them."""
    return _explain(request, found=True)


@require_http_methods(["GET", "POST"])
@page("delivery.explain_missing")
def explain_missing(request: ActorRequest) -> HttpResponse:
    """Short cards did not turn up: they are missing from now on."""
    return _explain(request, found=False)
