"""Checks of the six protections and the four rules, with a photo (Art. 20, 21).

A POST calls one command; a blank checklist to carry along is printed from its register.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.reminding import RemindForm, each_reminded
from cardbook.chapters.safekeeping.places import check_commands, check_queries, queries
from cardbook.chapters.safekeeping.places.check_reminding import REMINDERS, remind_check
from cardbook.chapters.safekeeping.places.forms import CheckForm
from cardbook.chapters.safekeeping.places.listing import checks_as_xlsx, due_as_xlsx
from cardbook.chapters.safekeeping.places.pages import READING, ROWS, WRITING
from cardbook.chapters.screens import status_of
from cardbook.law.parameters import parameter
from cardbook.lifecycle.pages import ActorRequest, new_key
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer, kept_picture
from cardbook.registers.lists import only_ticked, order_of, text_of, ticked


@require_http_methods(["GET", "POST"])
@READING
def listed(request: ActorRequest) -> HttpResponse:
    """Overdue places first, whose offices are reminded; then every check, newest first."""
    now, alone = timezone.now(), request.GET.get("due") == "1"
    text, wrong = text_of(request), request.GET.get("wrong") == "1"
    sort = order_of(request, check_queries.SORTS)
    listed = check_queries.checks(request.actor, text=text, wrong=wrong, sort=sort)
    results = _remind(request, at=now) if request.method == "POST" else []
    due = check_queries.due_checks(request.actor, at=now)
    if "export" in request.GET:
        return _exported(request, due if alone else None, listed, at=now)
    found = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "rows": check_queries.check_rows(found),
        "text": text,
        "wrong": wrong,
        "sort": sort,
        "sorts": check_queries.SORTS.items(),
        "due": due,
        "due_alone": alone,
        "period": parameter("custody_check_days").on(timezone.localdate(now)),
        "remind": RemindForm() if _may_remind(request, due) else None,
        "results": results,
        "may_write": request.actor.role in queries.WRITERS,
        "may_print": request.actor.role in queries.PRINTS_CHECKS,
    }
    return render(request, "places/checks.html", context)


def _may_remind(request: ActorRequest, due: Sequence[check_queries.DueCheck]) -> bool:
    """Whether another office's place is overdue: nobody reminds himself of his own."""
    return request.actor.role in REMINDERS and not all(one.own for one in due)


def _remind(request: ActorRequest, *, at: datetime) -> list[tuple[str, str]]:
    """What became of each chosen place."""
    form, chosen = RemindForm(request.POST), ticked(request)
    found = queries.places_within(request.actor).filter(pk__in=chosen)
    rows = found.order_by("pk")[:ROWS] if form.is_valid() and chosen else ()
    return each_reminded(
        [(f"{one.name} {one.organization.name}", one.pk) for one in rows],
        remind_one=lambda place_id: remind_check(
            place_id=place_id, words=form.cleaned_data["words"], by=request.actor, at=at
        ),
    )


def _exported(
    request: ActorRequest,
    due: Sequence[check_queries.DueCheck] | None,
    listed: QuerySet[Any],
    *,
    at: datetime,
) -> HttpResponse:
    """The places that are due, or the checks that are listed, of them those that are ticked."""
    by, today = request.actor, timezone.localdate(at)
    if due is not None:
        content = due_as_xlsx(due, by=by, at=at)
        return file_answer(content, name=f"逾期未检查_{today:%Y%m%d}.xlsx")
    rows = check_queries.check_rows(only_ticked(request, listed))
    return file_answer(checks_as_xlsx(rows, by=by, at=at), name=f"保管检查_{today:%Y%m%d}.xlsx")


@require_http_methods(["GET", "POST"])
@WRITING
def check(request: ActorRequest, place_id: int) -> HttpResponse:
    """Answer every measure for a place, with a photo."""
    try:
        place = queries.place_sheet(place_id=place_id, by=request.actor, on=timezone.localdate())
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    if place.closed_on is not None:
        messages.warning(request, "这个存放处已停用，不再检查。")
        return redirect("place.show", place_id)
    form = CheckForm(request.POST or None, request.FILES or None, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            made = check_commands.record_check(
                place_id=place_id,
                answers=form.answers(),
                words=form.cleaned_data["words"],
                photo=form.cleaned_data["photo"],
                by=request.actor,
                at=timezone.now(),
                key=form.cleaned_data["key"],
            )
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"“{place.name}”的检查已登记。")
            return redirect("check.show", made.pk)
    return render(
        request,
        "places/check.html",
        {
            "place": place,
            "form": form,
            "lines": form.lines(),
            "refusals": refusals,
            "may_print": request.actor.role in queries.PRINTS_CHECKS,
        },
        status=status_of(refusals=refusals, mistakes=form.errors),
    )


@require_GET
@READING
def show(request: ActorRequest, check_id: int) -> HttpResponse:
    """One check: each measure with its article, the photo, what is to be put right."""
    try:
        row, answers = check_queries.check_of(request.actor, check_id=check_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    if "photo" in request.GET:
        return kept_picture(row.photo)
    may_print = request.actor.role in queries.PRINTS_CHECKS
    context = {"row": row, "answers": answers, "may_print": may_print}
    return render(request, "places/checked.html", context)
