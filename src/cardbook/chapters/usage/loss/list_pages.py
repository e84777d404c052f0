"""Lists losses by their state of now, and keeps calls about cards of other places (Art. 28)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.loss.forms import ListForm, OutsideForm
from cardbook.chapters.usage.loss.list_queries import (
    LIFT_ORDERS,
    ORDERS,
    ROWS,
    LossesWanted,
    count_lifts,
    count_losses,
    counts_by_state,
    lift_rows,
    loss_rows,
)
from cardbook.chapters.usage.loss.list_rows import DUE, LIFTED, STATES, VALID
from cardbook.chapters.usage.loss.outside import (
    SORTS,
    open_number,
    outside_call,
    outside_calls,
    outside_rows,
)
from cardbook.chapters.usage.loss.outside_commands import note_outside_call
from cardbook.chapters.usage.loss.register import (
    LOSSES,
    lifts_as_xlsx,
    losses_as_xlsx,
    outside_as_xlsx,
)
from cardbook.law.parameters import parameter
from cardbook.lib.masking import mask_number
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.kept_search import OF, keep_search, words_named
from cardbook.registers.lists import only_ticked, order_of, text_of, ticked, titles


@require_http_methods(["GET", "POST"])
@page(roles=LOSSES.readers, basis="第二十八条")
def losses(request: ActorRequest) -> HttpResponse:
    """The losses of a state; what is sought travels in the body, for it may be a number."""
    at, wanted = timezone.now(), _wanted(request)
    if request.POST.get("export"):
        return _exported(request, wanted)
    if request.method == "POST":
        asked = {"state": wanted.state, "order": wanted.order}
        if wanted.text:
            asked[OF] = keep_search(request, {"q": wanted.text})
        return redirect(f"{request.path}?{urlencode(asked)}")
    lifted = wanted.state == LIFTED
    count_of, rows_of = (count_lifts, lift_rows) if lifted else (count_losses, loss_rows)
    count = count_of(wanted, by=request.actor, at=at)
    found = Paginator(range(count), ROWS).get_page(request.GET.get("page"))
    rows = rows_of(wanted, by=request.actor, at=at, offset=(found.number - 1) * ROWS)
    counts = counts_by_state(by=request.actor, at=at)
    return render(
        request,
        "loss/list.html",
        {
            "rows": rows,
            "found": found,
            "lifted": lifted,
            "wanted": wanted,
            "of": request.GET.get(OF, "") if wanted.text else "",
            "title": STATES[wanted.state],
            "states": [(key, title, counts.get(key)) for key, title in STATES.items()],
            "orders": titles(LIFT_ORDERS if lifted else ORDERS),
            "due": parameter("loss_due_days").on(timezone.localdate(at)),
            "is_due": wanted.state == DUE,
            "may_take": request.actor.role in act("loss.report").who,
            "may_write": request.actor.role in act("loss.formal").who,
            "may_tell": request.actor.role in act("loss.tell").who,
        },
    )


def _wanted(request: ActorRequest) -> LossesWanted:
    """Which losses are asked for, and by which words: posted just now, or kept from before."""
    posted = request.method == "POST"
    form = ListForm(request.POST if posted else request.GET)
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    text = (given.get("q") or "").strip() if posted else words_named(request)
    return LossesWanted(
        state=given.get("state") or VALID, text=text, order=given.get("order") or "until",
        only=ticked(request) if posted else frozenset(),
    )  # fmt: skip


def _exported(request: ActorRequest, wanted: LossesWanted) -> HttpResponse:
    """What is seen, as a workbook: the same state, the same search, the same order."""
    at = timezone.now()
    if wanted.state == LIFTED:
        lifts = lift_rows(wanted, by=request.actor, at=at, limit=None)
        content, name = lifts_as_xlsx(lifts, by=request.actor, at=at)
    else:
        rows = loss_rows(wanted, by=request.actor, at=at, limit=None)
        content, name = losses_as_xlsx(rows, title=STATES[wanted.state], by=request.actor, at=at)
    return file_answer(content, name=name)


@require_http_methods(["GET", "POST"])
@page("loss.report")
def outside(request: ActorRequest) -> HttpResponse:
    """Keep a call about a card that is not in our book, and list those that came before."""
    form = OutsideForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    number = open_number(request.POST.get("number", ""))
    if request.method == "POST" and not number:
        messages.error(request, "页面已失效，请重新输入来电人的号码。")
        return redirect("loss.report")
    if request.method == "POST" and form.is_valid():
        try:
            made = note_outside_call(
                said=form.said(number), by=request.actor, at=timezone.now(),
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, outside_call(made).sentence)
            return redirect("loss.outside")
    return _outside_listed(
        request,
        status=status_of(refusals=refusals, mistakes=form.errors),
        form=form if form.is_bound else None,
        masked_number=mask_number(number) if number else "",
        refusals=refusals,
    )


def _outside_listed(request: ActorRequest, *, status: int, **more: object) -> HttpResponse:
    """The calls that are asked for, on the page or as a workbook."""
    text, sort = text_of(request), order_of(request, SORTS)
    calls = outside_calls(by=request.actor, text=text, sort=sort)
    if "export" in request.GET:
        content = outside_as_xlsx(only_ticked(request, calls))
        return file_answer(content, name="外地卡来电.xlsx")
    found = Paginator(calls, ROWS).get_page(request.GET.get("page"))
    context = {
        "rows": outside_rows(found), "found": found, "text": text, "sort": sort,
        "sorts": [(code, title) for code, (title, _) in SORTS.items()], **more,
    }  # fmt: skip
    return render(request, "loss/outside.html", context, status=status)
