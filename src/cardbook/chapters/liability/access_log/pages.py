"""Who looked at a holder, who looked at whom, why somebody looks at so many (Art. 32 item 3)."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.card_heads import card_in_county
from cardbook.chapters.liability.access_log import queries
from cardbook.chapters.liability.access_log.commands import give_reason
from cardbook.chapters.liability.access_log.forms import ReasonForm, asked_in
from cardbook.chapters.liability.access_log.register import TITLE, looks_as_xlsx, paper_for
from cardbook.chapters.screens import status_of
from cardbook.law.parameters import quoted
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.people.holders import holder_of
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import is_export, only_ticked, order_of, text_of, titles

ROWS = 50
BASIS = "第三十二条第三项"
_ALARMS_SHOWN, _ALARM_DAYS = 20, 30


@require_GET
@page(roles=queries.READERS, basis=BASIS)
def listed(request: ActorRequest) -> HttpResponse:
    """Who looked at whom, by operator, office, day and device; no holder's name stands in it."""
    today = timezone.localdate()
    sort = order_of(request, queries.SORTS)
    what = asked_in(request.GET, text=text_of(request), sort=sort, today=today)
    found, now = queries.looks(what, by=request.actor), timezone.now()
    if is_export(request):
        rows = queries.lines(only_ticked(request, found)[: queries.MOST])
        content = looks_as_xlsx(rows, by=request.actor, at=now)
        return file_answer(content, name=f"查看记录_{today:%Y%m%d}.xlsx")
    shown = Paginator(found, ROWS).get_page(request.GET.get("page"))
    start = max(shown.start_index() - 1, 0)
    alarms = queries.alarms(by=request.actor, since=now - timedelta(days=_ALARM_DAYS))
    context = {
        "what": what, "text": what.text, "page": shown, "sort": what.sort,
        "rows": queries.lines(found[start : shown.end_index()]),
        "sorts": titles(queries.SORTS), "alarms": alarms[:_ALARMS_SHOWN],
        "days": _ALARM_DAYS, "limit": quoted("looks_per_minute", on=today),
        "most": queries.MOST, "opens_people": request.actor.role in queries.TELLERS,
    }  # fmt: skip
    return render(request, "access_log/list.html", context)


@require_GET
@page(roles=queries.TELLERS, basis=BASIS)
def of_card(request: ActorRequest, card_id: int) -> HttpResponse:
    """Who looked at the holder of a card, by any of his cards."""
    card = card_in_county(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    rows = queries.looks_at(person_id=card.person_id)
    context = {
        "card": card, "holder": holder_of(card.person), "rows": rows, "most": queries.MOST,
        "kept": quoted("looks_keep_days", on=timezone.localdate()),
    }  # fmt: skip
    return render(request, "access_log/of_card.html", context)


@require_GET
@page(roles=queries.TELLERS, basis=BASIS)
def paper(request: ActorRequest, card_id: int) -> HttpResponse:
    """What a holder who asks takes home."""
    card = card_in_county(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    rows = queries.looks_at(person_id=card.person_id)
    now = timezone.now()
    content = paper_for(holder_of(card.person), rows, by=request.actor, at=now)
    return file_answer(content, name=f"{TITLE}_{card.number}.pdf", kind="pdf", attached=False)


@require_http_methods(["GET", "POST"])
@page(basis=BASIS)
def reason(request: ActorRequest) -> HttpResponse:
    """Whoever looked at very many in a minute says why, and goes on where he was."""
    form = ReasonForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    if form.is_valid():
        now = timezone.now()
        give_reason(form.cleaned_data["reason"], by=request.actor, at=now)
        return redirect(form.cleaned_data["next"] or "home")
    today = timezone.localdate()
    context = {
        "form": form, "limit": quoted("looks_per_minute", on=today),
        "minutes": quoted("look_reason_minutes", on=today),
    }  # fmt: skip
    return render(
        request, "access_log/reason.html", context, status=status_of(mistakes=form.errors)
    )
