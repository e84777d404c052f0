"""The screens of how many use their card, with the people behind each figure (Art. 1, 23)."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from cardbook.chapters.usage.uses import rates, use_lists
from cardbook.chapters.usage.uses.list_pages import READERS, ROWS, day_asked
from cardbook.chapters.usage.uses.register import rate_people_xlsx, rates_xlsx
from cardbook.law.parameters import whole_number
from cardbook.lib.ids import id_of
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import TICK, order_of, ordered, text_of, titles

_BASIS = "第二十三条"
_MOST_EXPORTED = 100_000


class _Counted:
    """As many people as are behind a figure, read a page at a time."""

    def __init__(self, what: rates.Behind) -> None:
        self._what = what

    def __len__(self) -> int:
        return rates.people_count(self._what)

    def __getitem__(self, wanted: slice) -> list[rates.Using]:
        return rates.people(self._what, first=wanted.start, most=wanted.stop - wanted.start)


def _period(request: ActorRequest, today: date) -> rates.Period:
    return rates.period(
        by=request.actor, today=today, county=request.GET.get("county", ""),
        since=day_asked(request, "since"), until=day_asked(request, "until"),
    )  # fmt: skip


def _counted(
    request: ActorRequest, what: rates.Period, today: date
) -> tuple[str, list[rates.Rate]]:
    """By what is counted, and the lines; with `low` only the agencies used too seldom."""
    asked = request.GET.get("by", "")
    view = asked if asked in rates.VIEWS else "county"
    text = text_of(request)
    found = [
        row
        for row in rates.rates(what, view=view, today=today)
        if (row.is_low or not request.GET.get("low"))
        and (text in row.title or text in row.agency or text in row.field)
    ]
    return view, ordered(found, rates.SORTS, order_of(request, rates.SORTS))


@require_GET
@page(roles=READERS, basis=_BASIS)
def shown(request: ActorRequest) -> HttpResponse:
    """The rates of use of a period; every figure opens its people."""
    today = timezone.localdate()
    what = _period(request, today)
    view, rows = _counted(request, what, today)
    floor, confirmed = rates.low_rule(today)
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), "what": what,
        "view": view, "views": rates.VIEWS.items(), "county": request.GET.get("county", ""),
        "counties": use_lists.counties(request.actor), "low": request.GET.get("low", ""),
        "floor": floor, "confirmed": confirmed, "query": request.GET.urlencode(),
        "text": text_of(request), "sorts": titles(rates.SORTS),
        "sort": order_of(request, rates.SORTS),
    }  # fmt: skip
    return render(request, "usage/use_rates.html", context)


@require_GET
@page(roles=READERS, basis=_BASIS)
def export(request: ActorRequest) -> HttpResponse:
    """The rates that are seen, as a workbook."""
    now, today = timezone.now(), timezone.localdate()
    what = _period(request, today)
    _, found = _counted(request, what, today)
    chosen = frozenset(request.GET.getlist(TICK))
    rows = [row for row in found if not chosen or row.mark in chosen]
    content = rates_xlsx(rows, since=what.since, until=what.until, by=request.actor, at=now)
    return file_answer(content, name=f"社保卡应用率_{today:%Y%m%d}.xlsx")


def _behind(request: ActorRequest, today: date) -> rates.Behind:
    """One use or agency at most; what is no number is none."""
    use, agency = (id_of(request.GET.get(name, "")) for name in ("use", "agency"))
    used = request.GET.get("used", "")
    return rates.Behind(
        period=_period(request, today), use=use, agency=agency, used=used if used in "01" else ""
    )


@require_GET
@page(roles=READERS, basis=_BASIS)
def people(request: ActorRequest) -> HttpResponse:
    """The people behind one figure."""
    what = _behind(request, timezone.localdate())
    counted: Any = _Counted(what)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": Paginator(counted, ROWS).get_page(request.GET.get("page")), "what": what,
        "query": query.urlencode(),
    }  # fmt: skip
    return render(request, "usage/use_rate_people.html", context)


@require_GET
@page(roles=READERS, basis=_BASIS)
def people_export(request: ActorRequest) -> HttpResponse:
    """The people behind one figure as a workbook, without names when they are many."""
    now, today = timezone.now(), timezone.localdate()
    what = _behind(request, today)
    rows = rates.people(what, first=0, most=_MOST_EXPORTED)
    limit = whole_number("export_forbid_rows", on=today)
    content = rate_people_xlsx(
        rows, with_people=len(rows) <= limit, since=what.period.since, until=what.period.until,
        by=request.actor, at=now,
    )  # fmt: skip
    return file_answer(content, name=f"社保卡应用率人员_{today:%Y%m%d}.xlsx")
