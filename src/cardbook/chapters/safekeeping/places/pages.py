"""Places and who answers for them or holds their keys (Art. 20); a POST calls one command.

`check_pages.py` beside it shows checks, `incident_pages.py` incidents.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from cardbook.chapters.safekeeping.places import check_queries, commands, queries
from cardbook.chapters.safekeeping.places.choices import FUNCTIONS
from cardbook.chapters.safekeeping.places.forms import HolderForm, PlaceForm
from cardbook.chapters.safekeeping.places.listing import places_as_xlsx
from cardbook.chapters.screens import say_refused, status_of
from cardbook.law.parameters import parameter
from cardbook.law.roles import roles_named
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import TICK, only_ticked, order_of, text_of

ROWS = 50
BASIS = "第二十条、第二十一条"
READING = page(roles=queries.READERS, basis=BASIS)
WRITING = page(roles=queries.WRITERS, basis=BASIS)


@require_http_methods(["GET", "POST"])
@READING
def listed(request: ActorRequest) -> HttpResponse:
    """Every place with keeper, deputy and keys, and whether its check is overdue; a POST names
    somebody for those that are ticked, each with its own result.
    """
    today = timezone.localdate()
    may_write = request.actor.role in queries.WRITERS
    naming = None
    if may_write:
        staff = queries.staff_for(request.actor, on=today)
        given = request.POST if "function" in request.POST else None
        naming = HolderForm(given, people=staff, initial={"since": today})
    exporting = "export" in request.GET or "export" in request.POST
    results = _named(request, naming) if request.method == "POST" and not exporting else []
    now, closed = timezone.now(), request.GET.get("closed") == "1"
    text, sort = text_of(request), order_of(request, queries.SORTS)
    listed = queries.places(request.actor, text=text, closed=closed, sort=sort)
    due = check_queries.due_checks(request.actor, at=now)
    if exporting:
        rows = _with_checks(only_ticked(request, listed), due, on=today)
        content = places_as_xlsx(rows, by=request.actor, at=now)
        return file_answer(content, name=f"存放处_{today:%Y%m%d}.xlsx")
    found = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "rows": _with_checks(found, due, on=today),
        "text": text,
        "sort": sort,
        "closed": closed,
        "sorts": queries.SORTS.items(),
        "due": due,
        "period": parameter("custody_check_days").on(today),
        "may_write": may_write,
        "naming": naming,
        "results": results,
        "may_print": request.actor.role in queries.PRINTS_PLACES,
    }
    return render(request, "places/list.html", context)


def _named(request: ActorRequest, form: HolderForm | None) -> list[tuple[str, str]]:
    """What became of each place that was ticked."""
    if form is None:
        raise PermissionDenied(f"存放处的人员由{roles_named(queries.WRITERS)}登记。")
    chosen = ids_of(request.POST.getlist(TICK))[:ROWS]
    if not form.is_valid() or not chosen:
        return [("", "没有登记：请先勾选存放处，并选择职责、姓名和日期。")]
    results, said = [], dict(FUNCTIONS)[form.cleaned_data["function"]]
    for place in queries.places_within(request.actor).filter(pk__in=chosen).order_by("name", "id"):
        try:
            commands.name_holder(place_id=place.pk, by=request.actor, **form.cleaned_data)
        except Refused as refused:
            results.append((place.name, f"没有登记：{refused.refusals[0].sentence}"))
        else:
            results.append((place.name, f"已登记{said}，自 {form.cleaned_data['since']} 起。"))
    return results or [("", "没有登记：勾选的存放处不在您的管辖范围内。")]


def _with_checks(
    found: Iterable[Any], due: Sequence[check_queries.DueCheck], *, on: date
) -> list[tuple[queries.PlaceSheet, check_queries.DueCheck | None]]:
    """Places with the check each of them lacks."""
    late = {one.place_id: one for one in due}
    return [(sheet, late.get(sheet.id)) for sheet in queries.place_sheets(found, on=on)]


@require_http_methods(["GET", "POST"])
@WRITING
def new(request: ActorRequest) -> HttpResponse:
    """Enter a place."""
    offices = list(queries.offices_within(request.actor).values_list("pk", "name"))
    form = PlaceForm(
        request.POST or None, offices=offices, initial={"office": request.actor.org_id}
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = commands.open_place(
                place=form.place(), on=timezone.localdate(), by=request.actor
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"“{made.name}”已登记，请指定保管人、代理人和钥匙持有人。")
            return redirect("place.show", made.pk)
    return render(
        request,
        "places/new.html",
        {"form": form, "refusals": refusals},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )


@require_http_methods(["GET", "POST"])
@READING
def show(request: ActorRequest, place_id: int) -> HttpResponse:
    """One place: who answers for it and held its keys, from when to when, and its checks."""
    today = timezone.localdate()
    may_write = request.actor.role in queries.WRITERS
    try:
        sheet = queries.place_sheet(place_id=place_id, by=request.actor, on=today)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    form = HolderForm(
        request.POST or None,
        people=queries.people_for(sheet, on=today),
        initial={"since": today},
    )
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            commands.name_holder(place_id=place_id, by=request.actor, **form.cleaned_data)
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, "已登记。")
            return redirect("place.show", place_id)
    found = check_queries.checks(request.actor, text="", wrong=False, sort="-at")
    return render(
        request,
        "places/place.html",
        {
            "place": sheet,
            "form": form,
            "refusals": refusals,
            "checks": check_queries.check_rows(found.filter(place=place_id)[:10]),
            "may_write": may_write and sheet.closed_on is None,
            "may_print": request.actor.role in queries.PRINTS_CHECKS,
        },
        status=status_of(refusals=refusals, mistakes=form.errors),
    )


@require_POST
@WRITING
def end(request: ActorRequest, holding_id: int) -> HttpResponse:
    """A key came back, or somebody answers for a place no longer."""
    try:
        commands.end_holding(holding_id=holding_id, until=timezone.localdate(), by=request.actor)
        messages.success(request, "已登记截止日。")
    except Refused as refused:
        say_refused(request, refused)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    place = request.POST.get("place", "")
    return redirect("place.show", int(place)) if place.isdecimal() else redirect("place.list")


@require_POST
@WRITING
def close(request: ActorRequest, place_id: int) -> HttpResponse:
    """A place is given up; its keys come back."""
    try:
        commands.close_place(place_id=place_id, on=timezone.localdate(), by=request.actor)
        messages.success(request, "存放处已停用，钥匙已登记收回。")
    except Refused as refused:
        say_refused(request, refused)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return redirect("place.show", place_id)
