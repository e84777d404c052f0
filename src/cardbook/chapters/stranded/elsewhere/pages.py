"""Cards wanted elsewhere: who asked, what waits to be sent on, what cannot be done (Art. 16)."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.card_heads import card_head, left_undone
from cardbook.chapters.looking import Whom, how_of, looked_at
from cardbook.chapters.screens import status_of
from cardbook.chapters.stranded.elsewhere import commands, queries
from cardbook.chapters.stranded.elsewhere.forms import AskForm, DeclineForm
from cardbook.chapters.stranded.elsewhere.listing import wishes_as_xlsx
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import AskedVia, Signer
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import (
    is_export,
    order_of,
    ordered,
    rows_ticked,
    text_of,
    ticked,
    titles,
)

ROWS = 50
_NOTHING_KEPT = "没有等待领取的卡：可能已经领取，或还没有做好。请核对号码，或在“查卡查人”查看。"
_DECLINE = act("card.decline_outlet")


@require_http_methods(["GET", "POST"])
@page(roles=queries.READERS, basis=_DECLINE.basis_text)
def wish_list(request: ActorRequest) -> HttpResponse:
    """What holders asked for: what waits for this office, and what became of the rest."""
    return _listed(request)


def _listed(
    request: ActorRequest, *, form: DeclineForm | None = None,
    refusals: tuple[Refusal, ...] = (), results: Sequence[tuple[int, str, str]] = (),
) -> HttpResponse:  # fmt: skip
    """The list as asked for, with what was just said of it."""
    by, now = request.actor, timezone.now()
    state = request.GET.get("state", "open")
    state = state if state in queries.STATES else ""
    own = request.GET.get("own") == "1"
    sort = order_of(request, queries.SORTS)
    seen = queries.wishes(by, state=state, text=text_of(request), own=own)
    rows = ordered(seen, queries.SORTS, sort)
    if is_export(request):
        chosen = rows_ticked(request, rows, of=lambda row: row.id)
        content = wishes_as_xlsx(chosen, by=by, at=now)
        return file_answer(content, name=f"换地点领取要求_{timezone.localdate(now):%Y%m%d}.xlsx")
    found = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "states": queries.STATES.items(),
        "state": state,
        "own": own,
        "text": text_of(request),
        "sorts": titles(queries.SORTS),
        "sort": sort,
        "form": (form or DeclineForm(initial={"key": new_key()}))
        if by.role in _DECLINE.who
        else None,
        "refusals": refusals,
        "results": results,
        "picked": {id_ for id_, *_ in results} or ticked(request),
        "may_open": by.role in SEES_PEOPLE,
        "query": request.GET.urlencode(),
    }
    bad = status_of(refusals=refusals or results, mistakes=form and form.errors)
    return render(request, "elsewhere/list.html", context, status=bad)


@require_http_methods(["GET", "POST"])
@page("card.ask_outlet")
def find(request: ActorRequest) -> HttpResponse:
    """Find the card of whoever calls or came, by a number; it is never put into an address."""
    text = request.POST.get("number", "").strip()[:40]
    found: list[queries.Kept] = []
    problem = ""
    if request.method == "POST":
        try:
            found = queries.kept_cards(text, by=request.actor, today=timezone.localdate())
            problem = "" if found else _NOTHING_KEPT
        except InputError as wrong:
            problem = wrong.sentence
        how = how_of(text, today=timezone.localdate())
        looked_at(request, Whom.CARD, [one.id for one in found], how=how)
        if len(found) == 1:
            return redirect("card.ask_outlet", found[0].id)
    context = {"found": found, "problem": problem}
    return render(request, "elsewhere/find.html", context, status=status_of(mistakes=problem))


@require_http_methods(["GET", "POST"])
@page("card.ask_outlet")
def ask(request: ActorRequest, card_id: int) -> HttpResponse:
    """Write down where the holder of one card wants to fetch it."""
    card = card_head(card_id=card_id, by=request.actor)
    if card is None:
        raise Http404
    form = AskForm(
        request.POST or None, request.FILES or None, offices=queries.choices_for(card_id),
        by=request.actor, initial={"key": new_key()},
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            commands.ask_outlet(
                card_id=card_id, outlet_id=given["outlet"], asked_by=Signer(given["asked_by"]),
                via=AskedVia(given["via"]), words=given["words"], by=request.actor,
                at=timezone.now(), key=given["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(
                request, f"已登记：卡 {card.number} 的持卡人要求换地点领取，保管机构的首页会提示。"
            )
            return redirect("card.ask_outlet", card_id)
    wish = next(iter(queries.wishes(request.actor, cards=[card_id])), None)
    context = {"card": card, "form": form, "refusals": refusals, "wish": wish}
    context["may_open"] = request.actor.role in SEES_PEOPLE
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "elsewhere/ask.html", context, status=status)


@require_POST
@page("card.decline_outlet")
def decline(request: ActorRequest) -> HttpResponse:
    """Write down why the ticked wishes are not met: one reason, a result for each row."""
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _listed(request, form=form)
    try:
        outcome = commands.decline_outlets(
            card_ids=sorted(ticked(request)), words=form.cleaned_data["words"], by=request.actor,
            at=timezone.now(), key=form.cleaned_data["key"],
        )  # fmt: skip
    except Refused as refused:
        return _listed(request, form=form, refusals=refused.refusals)
    if outcome.done:
        messages.success(request, f"已登记：{len(outcome.done)} 张卡不能换地点领取，原因已写明。")
    if outcome.refused:
        return _listed(request, results=left_undone(outcome.refused, by=request.actor))
    return redirect(f"{reverse('elsewhere.list')}?{request.GET.urlencode()}")
