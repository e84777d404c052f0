"""The blind stock-take: start, scan, end (Art. 20); a POST calls one command.

Until the scanning has ended nothing here tells how many cards the book has in a place. What came
of it is in `result_pages.py`.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.counting_in import may_call_wrong
from cardbook.chapters.safekeeping.stocktaking import commands, due_queries, queries
from cardbook.chapters.safekeeping.stocktaking.export import takes_xlsx
from cardbook.chapters.safekeeping.stocktaking.forms import EndForm, ScansForm, StartForm
from cardbook.chapters.screens import say_refused
from cardbook.law.parameters import parameter
from cardbook.law.roles import Role
from cardbook.lib.ids import id_of
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import only_ticked, order_of, text_of

ROWS = 50
_MISS = act("stock.miss")
READERS = frozenset({*_MISS.who, *_MISS.second, Role.COUNTY_MANAGER, Role.AUDITOR})
BASIS = "第二十条"


@require_GET
@page(roles=READERS, basis=BASIS)
def listed(request: ActorRequest) -> HttpResponse:
    """Stock-takes of the county, running ones and old ones, and what is overdue."""
    state, text = request.GET.get("state", ""), text_of(request)
    sort = order_of(request, queries.SORTS)
    takes = queries.takes(request.actor, state=state, text=text, sort=sort)
    if "export" in request.GET:
        rows = queries.take_rows(list(only_ticked(request, takes)))
        content = takes_xlsx(rows, by=request.actor, at=timezone.now())
        return file_answer(content, name=f"盘点_{timezone.localdate():%Y%m%d}.xlsx")
    found = Paginator(takes, ROWS).get_page(request.GET.get("page"))
    now = timezone.now()
    due = due_queries.due_places(request.actor, at=now)
    context = {
        "found": found,
        "rows": queries.take_rows(list(found)),
        "states": queries.STATES.items(),
        "sorts": queries.SORTS.items(),
        "state": state,
        "sort": sort,
        "text": text,
        "due": due_queries.due_offices(due),
        "due_places": due,
        "due_open": request.GET.get("due") == "1",
        "cycle": parameter("count_cycle_days").on(timezone.localdate(now)),
        "may_count": request.actor.role in _MISS.who,
    }
    return render(request, "stocktaking/list.html", context)


@require_http_methods(["GET", "POST"])
@page("stock.miss")
def start(request: ActorRequest) -> HttpResponse:
    """Choose what is counted: one box or place, one office, or all; whoever comes second joins."""
    form = StartForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        answer = _start(request, form)
        if answer is not None:
            return answer
    whole_id, whole = due_queries.whole_of(request.actor)
    now = timezone.now()
    return render(
        request,
        "stocktaking/start.html",
        {
            "form": form,
            "offices": due_queries.offices_to_count(request.actor),
            "whole_id": whole_id,
            "whole": whole,
            "running": queries.take_rows(
                list(queries.takes(request.actor, state="running", text="", sort="-id")[:20])
            ),
            "due": due_queries.due_places(request.actor, at=now)[:20],
            "cycle": parameter("count_cycle_days").on(timezone.localdate(now)),
        },
        status=422 if form.errors else 200,
    )


def _start(request: ActorRequest, form: StartForm) -> HttpResponse | None:
    """Begin what was chosen; None with the form saying what is wrong."""
    text = form.cleaned_data["label"]
    chosen = {
        name: int(value)
        for name in ("account", "office", "county", "again")
        if (value := request.POST.get(name, "")).isdecimal()
    }
    try:
        if text:
            account_id = queries.box_in_county(text, by=request.actor)
            if account_id is None:
                form.add_error("label", "本县区没有这个盒，请核对标签，或选择机构。")
                return None
            chosen["account"] = account_id
        if not chosen:
            form.add_error(None, "请扫描盒标签，或选择要盘点的机构。")
            return None
        scope = "county" if "county" in chosen else "office"
        take = commands.start_stocktake(
            scope=scope,
            organization_id=chosen.get("county", chosen.get("office")),
            account_id=chosen.get("account"),
            again_id=chosen.get("again"),
            by=request.actor,
        )
    except InputError as problem:
        form.add_error("label", f"{problem.sentence}。")
        return None
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return redirect("stocktake.count", take.pk)


# ------------------------------------------------------------------------------------ the scanning
@require_http_methods(["GET", "POST"])
@page("stock.miss")
def count(request: ActorRequest, take_id: int) -> HttpResponse:
    """The scanning desk; a POST without scripts keeps one reading."""
    try:
        take = queries.take_of(request.actor, take_id=take_id)
        if take.ended_at is not None:
            return redirect("stocktake.show", take_id)
        return _counting(request, take)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


def _counting(request: ActorRequest, take: queries.TakeRow) -> HttpResponse:
    asked = request.GET.get("at", "")
    account_id = id_of(asked)
    place = queries.place_at(take.id, by=request.actor, account_id=account_id)
    others, boxes = queries.places_to_count(take.id, by=request.actor)
    scans = queries.scans_of(take.id, account_id=place.id if place else None)
    context = {
        "take": take,
        "place": place,
        "others": others,
        "boxes": boxes,
        "scans": scans,
        "form": EndForm(),
        "may_call_wrong": may_call_wrong(request.actor),
    }
    return render(request, "stocktaking/count.html", context)


@require_POST
@page("stock.miss")
def scan(request: ActorRequest, take_id: int) -> HttpResponse:
    """Keep a batch of readings, or take one back; the answer is only the list so far."""
    form = ScansForm(request.POST)
    account_id = form.cleaned_data["account"] if form.is_valid() else None
    try:
        if request.POST.get("remove", "").isdecimal():
            kept = _remove(request, take_id, account_id)
        else:
            kept = commands.scan_cards(
                take_id=take_id, account_id=account_id, readings=form.readings(), by=request.actor
            )
    except Refused as refused:
        return _late(request, take_id, refused)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    if not request.headers.get("HX-Request"):
        for said in kept.said:
            if said.kind not in {"new", "place"}:
                messages.warning(request, said.sentence)
        at = f"?at={kept.account_id}" if kept.account_id else ""
        return redirect(f"{reverse('stocktake.count', args=[take_id])}{at}")
    return render(request, "stocktaking/_scans.html", _answer(request, take_id, kept))


def _answer(request: ActorRequest, take_id: int, kept: commands.Kept) -> dict[str, Any]:
    place = None
    if kept.account_id is not None:
        place = queries.place_at(take_id, by=request.actor, account_id=kept.account_id)
    return {
        "take_id": take_id,
        "place": place,
        "scans": queries.scans_of(take_id, account_id=kept.account_id),
        "said": kept.said[-1] if kept.said else None,
        # One wrong reading among fifty good ones is not to be overlooked.
        "wrong": [said for said in kept.said if said.kind in {"wrong", "late"}],
        "may_call_wrong": may_call_wrong(request.actor),
    }


def _remove(request: ActorRequest, take_id: int, account_id: int | None) -> commands.Kept:
    number = commands.remove_scan(
        take_id=take_id, scan_id=int(request.POST["remove"]), by=request.actor
    )
    sentence = f"已删除 {number}，不计入。" if number else "这一条已经删除。"
    return commands.Kept(account_id, (commands.Said("removed", number, sentence),))


def _late(request: ActorRequest, take_id: int, refused: Refused) -> HttpResponse:
    """The count has ended, or the place is none of it: nothing of the batch was kept."""
    if not request.headers.get("HX-Request"):
        say_refused(request, refused)
        return redirect("stocktake.count", take_id)
    refusal = refused.refusals[0]
    texts = "、".join(text[:20] for text in request.POST.getlist("number")[:50])
    said = commands.Said("late", "", f"{refusal.sentence}{refusal.way_out}以下没有计入：{texts}")
    context: dict[str, Any] = {
        "take_id": take_id,
        "place": None,
        "scans": queries.scans_of(take_id, account_id=None),
        "said": said,
        "wrong": [],
    }
    return render(request, "stocktaking/_scans.html", context, status=409)


@require_POST
@page("stock.miss")
def end(request: ActorRequest, take_id: int) -> HttpResponse:
    """End the scanning, or give up a count that was begun by a slip."""
    form = EndForm(request.POST)
    empty = form.is_valid() and form.cleaned_data["called_empty"]
    try:
        if "abandon" in request.POST:
            commands.abandon_stocktake(take_id=take_id, by=request.actor)
            messages.success(request, "这次盘点已放弃，没有任何登记变动。")
            return redirect("stocktake.list")
        commands.end_stocktake(take_id=take_id, by=request.actor, called_empty=empty)
    except Refused as refused:
        say_refused(request, refused)
        return redirect("stocktake.count", take_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return redirect("stocktake.show", take_id)
