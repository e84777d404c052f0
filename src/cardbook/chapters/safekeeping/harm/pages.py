"""Reports of harmed or lost cards: made by whoever has them, settled by a keeper (Art. 20, 21)."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.safekeeping import harms
from cardbook.chapters.safekeeping.harm import commands, naming, queries
from cardbook.chapters.safekeeping.harm.forms import CloseForm, HarmForm, NameForm
from cardbook.chapters.safekeeping.harm.listing import harms_as_xlsx
from cardbook.chapters.screens import status_of
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer, kept_picture
from cardbook.registers.lists import is_export, only_ticked, order_of, text_of, titles

ROWS = 50
_READING = page(roles=harms.READERS, basis=act("harm.report").basis_text)


@require_GET
@_READING
def listed(request: ActorRequest) -> HttpResponse:
    """The reports of an office, or of a county, those nobody settled marked."""
    text, state = text_of(request), request.GET.get("state", "")
    sort = order_of(request, queries.SORTS)
    found = queries.harms(request.actor, text=text, state=state, sort=sort)
    if is_export(request):
        now = timezone.now()
        rows = queries.harm_rows(only_ticked(request, found))
        content = harms_as_xlsx(rows, by=request.actor, at=now)
        return file_answer(content, name=f"受损丢失报告_{timezone.localdate(now):%Y%m%d}.xlsx")
    listed = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": listed,
        "rows": queries.harm_rows(listed),
        "text": text,
        "state": state,
        "states": queries.STATES.items(),
        "sort": sort,
        "sorts": titles(queries.SORTS),
        "may_report": request.actor.role in harms.REPORTERS,
    }
    return render(request, "harm/list.html", context)


@require_http_methods(["GET", "POST"])
@page("harm.report")
def report(request: ActorRequest) -> HttpResponse:
    """Say what happened and scan the cards; the keeper hears of it on his home page."""
    today = timezone.localdate()
    form = HarmForm(
        request.POST or None, request.FILES or None, today=today,
        places=queries.accounts_with_cards(request.actor),
        initial={"key": new_key(), "happened_on": today},
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.report_harm(
                harm=form.harm(), by=request.actor, at=timezone.now(),
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            numbers = "、".join(one.number for one in made)
            messages.success(request, f"{numbers} 已报告，等待卡管员查实处理；卡请原样另放。")
            return redirect("harm.show", made[0].pk)
    context = {"form": form, "refusals": refusals}
    bad = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "harm/report.html", context, status=bad)


@require_http_methods(["GET", "POST"])
@_READING
def show(request: ActorRequest, report_id: int) -> HttpResponse:
    """One report with its cards; a POST closes it without an incident."""
    by = request.actor
    try:
        row = queries.harm_of(by, report_id=report_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    if "photo" in request.GET and row.photo:
        return kept_picture(row.photo)
    form = CloseForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            commands.close_harm(
                report_id=report_id, words=form.cleaned_data["words"], by=by, at=timezone.now()
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"{row.number} 已办结，没有登记事故。")
            return redirect("harm.show", report_id)
    context = {
        "row": row,
        "cards": queries.cards_of(report_id),
        "form": form,
        "refusals": refusals,
        "may_close": by.role in harms.SETTLERS and row.settled_at is None,
        "may_name": by.role in act("harm.name").who and row.is_to_name,
        "may_register": by.role in act("stock.damage").who and row.settled_at is None,
        "may_open": by.role in SEES_PEOPLE,
    }
    bad = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "harm/show.html", context, status=bad)


@require_http_methods(["GET", "POST"])
@page("harm.name")
def name(request: ActorRequest, report_id: int) -> HttpResponse:
    """Scan what is sound where unread cards were harmed, or the harmed ones; a POST names them."""
    try:
        row = queries.harm_of(request.actor, report_id=report_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    form = NameForm(request.POST or None, initial={"key": new_key(), "sound": "yes"})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            naming.name_harmed(
                report_id=report_id, count=form.count(), by=request.actor, at=timezone.now(),
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            named = queries.harm_of(request.actor, report_id=report_id)
            messages.success(request, f"{named.number} 已点明：{named.sum}。请查实，登记事故。")
            return redirect("harm.show", report_id)
    context = {
        "row": row,
        "book": queries.book_of(report_id),
        "form": form,
        "refusals": refusals,
    }
    bad = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "harm/name.html", context, status=bad)
