"""What a stock-take found, what became of each difference, and its close by two people (Art. 20).

`pages.py` beside it counts. A missing card that turns up later is registered here as well.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.card_heads import card_head
from cardbook.chapters.safekeeping.stocktaking import closing, finding_queries, queries
from cardbook.chapters.safekeeping.stocktaking.export import findings_xlsx
from cardbook.chapters.safekeeping.stocktaking.forms import (
    CloseForm,
    FoundForm,
    FoundStoppedForm,
    SettleForm,
)
from cardbook.chapters.safekeeping.stocktaking.pages import BASIS, READERS
from cardbook.chapters.screens import say_refused, status_of
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer

ROWS = 100
_MISS = act("stock.miss")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which differences are shown, and in which order."""

    kind: str
    state: str
    text: str
    sort: str


def _chosen(request: ActorRequest) -> Chosen:
    given = request.GET
    return Chosen(
        kind=given.get("kind", ""),
        state=given.get("state", "open"),
        text=given.get("q", "").strip()[:20],
        sort=given.get("sort", "place"),
    )


@require_GET
@page(roles=READERS, basis=BASIS)
def show(request: ActorRequest, take_id: int) -> HttpResponse:
    """Sums place by place and every difference, once the scanning has ended."""
    take = _ended(request, take_id)
    if isinstance(take, HttpResponse):
        return take
    if request.GET.get("format") == "xlsx":
        return _export(request, take)
    return _show(request, take)


def _ended(request: ActorRequest, take_id: int) -> queries.TakeRow | HttpResponse:
    """The stock-take; as long as it is being counted nobody sees its result."""
    try:
        take = queries.take_of(request.actor, take_id=take_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    if take.ended_at is not None:
        return take
    if request.actor.role in _MISS.who:
        return redirect("stocktake.count", take_id)
    messages.info(request, f"{take.number} 还在盘点中，结束扫描后才能看结果。")
    return redirect("stocktake.list")


def _show(
    request: ActorRequest,
    take: queries.TakeRow,
    form: SettleForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    ticked: frozenset[int] = frozenset(),
) -> HttpResponse:
    chosen = _chosen(request)
    found = Paginator(
        finding_queries.findings_of(
            take.id, kind=chosen.kind, state=chosen.state, text=chosen.text, sort=chosen.sort
        ),
        ROWS,
    ).get_page(request.GET.get("page"))
    why = {one.subject_id: one for one in refusals if one.subject_id is not None}
    rows = [
        (row, why.get(row.card_id or 0))
        for row in finding_queries.finding_rows(found, by=request.actor)
    ]
    context: dict[str, Any] = {
        "take": take,
        "lines": queries.lines_of(take.id),
        "tally": finding_queries.tally_of(take.id),
        "chosen": chosen,
        "kinds": finding_queries.KINDS.items(),
        "states": finding_queries.STATES.items(),
        "sorts": finding_queries.SORTS.items(),
        "found": found,
        "rows": rows,
        "ticked": ticked,
        "form": form or SettleForm(initial={"key": new_key(), "outcome": "noted"}),
        "close_form": CloseForm(prefix="close"),
        "refusals": refusals,
        "may_settle": request.actor.role in _MISS.who and take.closed_at is None,
        "may_count": request.actor.role in _MISS.who,
    }
    bad = status_of(refusals=refusals, mistakes=form.errors if form else None)
    return render(request, "stocktaking/result.html", context, status=bad)


def _export(request: ActorRequest, take: queries.TakeRow) -> HttpResponse:
    """What is seen, as a workbook."""
    chosen = _chosen(request)
    found = finding_queries.findings_of(
        take.id, kind=chosen.kind, state=chosen.state, text=chosen.text, sort=chosen.sort
    )
    content = findings_xlsx(finding_queries.finding_rows(found, by=request.actor), take=take)
    return file_answer(content, name=f"{take.number}.xlsx")


@require_http_methods(["GET", "POST"])
@page("stock.miss", "stock.miss_set_aside", "stock.find", "stock.find_stopped", "card.sort")
def settle(request: ActorRequest, take_id: int) -> HttpResponse:
    """Say of the ticked differences what became of them, or close the whole stock-take."""
    address = f"{reverse('stocktake.show', args=[take_id])}?{request.GET.urlencode()}"
    if request.method == "GET":
        # A refusal is shown at this address; whoever turns a page or reloads there comes back.
        return redirect(address)
    take = _ended(request, take_id)
    if isinstance(take, HttpResponse):
        return take
    form = SettleForm(request.POST)
    ids = ids_of(request.POST.getlist("finding"))
    if not ids:
        form.add_error(None, "没有勾选差异，请先在表中勾选。")
    if not form.is_valid():
        return _show(request, take, form, ticked=frozenset(ids))
    given = form.cleaned_data
    try:
        verdict = closing.Verdict(
            outcome=given["outcome"],
            words=given["words"],
            by=request.actor,
            second=form.second(request),
            at=timezone.now(),
            key=given["key"],
        )
        done = closing.close_findings(take_id=take_id, finding_ids=ids, verdict=verdict)
    except Refused as refused:
        return _show(request, take, form, refused.refusals, frozenset(ids))
    messages.success(request, f"{done} 项差异已说明，两人签名。")
    return redirect(address)


@require_http_methods(["GET", "POST"])
@page("stock.miss")
def close(request: ActorRequest, take_id: int) -> HttpResponse:
    """The second person signs the whole stock-take; open differences stand in the way."""
    if request.method == "GET":
        return redirect("stocktake.show", take_id)
    take = _ended(request, take_id)
    if isinstance(take, HttpResponse):
        return take
    form = CloseForm(request.POST, prefix="close")
    try:
        if not form.is_valid():
            messages.error(request, "请由第二盘点人输入用户名和密码。")
            return redirect("stocktake.show", take_id)
        closing.close_stocktake(
            take_id=take_id,
            by=request.actor,
            second=form.second(request),
            at=timezone.now(),
        )
    except Refused as refused:
        say_refused(request, refused)
        return redirect("stocktake.show", take_id)
    messages.success(request, f"{take.number} 已办结，可以出具盘点表。")
    return redirect("stocktake.show", take_id)


# ---------------------------------------------------------------------- a missing card turns up
@require_http_methods(["GET", "POST"])
@page("stock.find")
def found(request: ActorRequest, card_id: int) -> HttpResponse:
    """A missing card is there again and can be issued."""
    return _found(request, card_id, FoundForm)


@require_http_methods(["GET", "POST"])
@page("stock.find_stopped")
def found_stopped(request: ActorRequest, card_id: int) -> HttpResponse:
    """A missing card that was stopped meanwhile is there again, to be cancelled."""
    return _found(request, card_id, FoundStoppedForm)


def _found(request: ActorRequest, card_id: int, kind: type[FoundForm]) -> HttpResponse:
    card = card_head(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    fitting = closing.act_for_found(card_id, at=timezone.now())
    if fitting != kind.act_code:
        # Both buttons stand on a missing card's page; its state says which of them it is.
        return redirect(fitting, card_id)
    form = kind(request.POST or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            closing.find_card(
                card_id=card_id,
                words=form.cleaned_data["words"],
                by=request.actor,
                second=form.second(request),
                at=timezone.now(),
                key=form.cleaned_data["key"],
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"卡 {card.number} 已登记找到。")
            return redirect("card.show", card_id)
    return render(
        request,
        "stocktaking/found.html",
        {"card": card, "form": form, "refusals": refusals, "stops": kind is FoundStoppedForm},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )
