"""Shows the defective cards waiting to be sent back, and the rate of each batch (Art. 9)."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.issuance.defect.alarms import (
    ANSWERERS,
    alarms,
    answer_alarm,
    answers_of,
)
from cardbook.chapters.issuance.defect.forms import AnswerForm, StockForm
from cardbook.chapters.issuance.defect.register import batch_as_xlsx, rates_as_xlsx, stock_as_xlsx
from cardbook.chapters.issuance.defect.returns import (
    BATCH_ORDERS,
    MOST_EXPORTED,
    ORDERS,
    RATE_ORDERS,
    ROWS,
    STOCK_READERS,
    DefectsWanted,
    batch_card_rows,
    batch_cards,
    batch_of,
    batch_rates,
    count_defects,
    defect_rows,
    office_code,
)
from cardbook.chapters.screens import say_refused
from cardbook.chapters.searching import card_meant
from cardbook.law.parameters import parameter
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Defect
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import (
    is_export,
    only_ticked,
    order_of,
    rows_ticked,
    text_of,
    ticked,
    titles,
)


@require_http_methods(["GET", "POST"])
@page(roles=STOCK_READERS, basis="第九条")
def stock(request: ActorRequest) -> HttpResponse:
    """The cards at the place for defects, oldest first; with a batch, all of it ever found."""
    today = timezone.localdate()
    form = StockForm(request.GET)
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    batch = given.get("batch")
    wanted = DefectsWanted(
        in_stock=not batch,
        batch=batch,
        defect=given.get("defect") or "",
        card=(given.get("card") or "").strip().upper(),
        order=given.get("order") or "old",
    )
    path = request.actor.county_path
    if is_export(request):
        seen = defect_rows(wanted, office_path=path, today=today, limit=None)
        rows = rows_ticked(request, seen, "card", of=lambda row: row.card_id)
        content, name = stock_as_xlsx(rows, by=request.actor, at=timezone.now())
        return file_answer(content, name=name)
    count = count_defects(wanted, office_path=path)
    found = Paginator(range(count), ROWS).get_page(request.GET.get("page"))
    offset = (found.number - 1) * ROWS
    return render(
        request,
        "defect/stock.html",
        {
            "rows": defect_rows(wanted, office_path=path, today=today, offset=offset),
            "found": found,
            "office_code": office_code(request.actor),
            "wanted": wanted,
            "batch": batch_of(batch) if batch else "",
            "kinds": [(str(one), one.label) for one in Defect],
            "may_open": request.actor.role in SEES_PEOPLE,
            "may_send": request.actor.role in act("destruction.send").who,
            "orders": titles(ORDERS),
            "query": request.GET.urlencode(),
        },
    )


@require_http_methods(["GET", "POST"])
@page(roles=SEES_PEOPLE, basis="第九条")
def rates(request: ActorRequest) -> HttpResponse:
    """Defective cards of a thousand by batch, the worst first; an alarm above the parameter.

    What was done about a batch in alarm is written down here.
    """
    if request.method == "POST":
        return _answer(request)
    today, text = timezone.localdate(), text_of(request)
    order = order_of(request, RATE_ORDERS)
    rows = batch_rates(by=request.actor, today=today, text=text, order=order)
    if "export" in request.GET:
        chosen = ticked(request)
        seen = [row for row in rows if not chosen or row.id in chosen]
        answers = answers_of(request.actor)
        content = rates_as_xlsx(seen, answers, by=request.actor, at=timezone.now())
        return file_answer(content, name=f"各批次质量问题率_{today:%Y%m%d}.xlsx")
    found = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(
        request,
        "defect/rates.html",
        {
            "rows": list(found),
            "found": found,
            "text": text,
            "sorts": RATE_ORDERS.items(),
            "sort": order,
            "kinds": [one.label for one in Defect],
            "alarm": parameter("defect_alarm_permille").on(today),
            "alarms": alarms(request.actor, today=today),
            "may_answer": request.actor.role in ANSWERERS,
        },
    )


def _answer(request: ActorRequest) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        said = "；".join(str(one) for every in form.errors.values() for one in every)
        messages.warning(request, f"没有登记：{said}")
        return redirect("defect.rates")
    given = form.cleaned_data
    try:
        answer_alarm(
            batch_id=given["batch"], words=given["words"], by=request.actor, at=timezone.now()
        )
    except Refused as refused:
        say_refused(request, refused)
    else:
        messages.success(request, "已登记处理情况；这个批次再发现质量问题卡，会重新提醒。")
    return redirect("defect.rates")


@require_GET
@page(roles=SEES_PEOPLE, basis="第九条")
def cards_of_batch(request: ActorRequest, batch_id: int) -> HttpResponse:
    """The county's cards of a batch: the rows behind the number of cards."""
    by, on, text = request.actor, timezone.localdate(), text_of(request)
    code, order = batch_of(batch_id), order_of(request, BATCH_ORDERS)
    meant = card_meant(text, by=by, today=on) if text else None
    cards = batch_cards(batch_id=batch_id, by=by, order=order, meant=meant)
    if not code or not (text or cards.exists()):
        raise Http404
    if is_export(request):
        rows = batch_card_rows(only_ticked(request, cards)[:MOST_EXPORTED])
        content = batch_as_xlsx(code, rows)
        return file_answer(content, name=f"批次卡片_{code}_{on:%Y%m%d}.xlsx")
    found = Paginator(cards, ROWS).get_page(request.GET.get("page"))
    context = {
        "rows": batch_card_rows(found), "found": found, "batch": code, "text": text,
        "sorts": titles(BATCH_ORDERS), "sort": order,
    }  # fmt: skip
    return render(request, "defect/batch.html", context)
