"""The screens of cards nobody uses and of suspicious uses, with their workbooks (Art. 23, 31)."""

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.usage.uses import use_lists
from cardbook.chapters.usage.uses.register import suspicious_xlsx, unused_xlsx
from cardbook.law.parameters import whole_number
from cardbook.law.roles import Role
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.orgs.actors import Actor
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import order_of, titles

ROWS = 50
_MOST_EXPORTED = 100_000
_FREEZE = act("card.freeze")
_INQUIRERS = frozenset({*_FREEZE.who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})
READERS = _INQUIRERS | {Role.WINDOW_CLERK, Role.AGENCY_CLERK}
_USAGE, _MISUSE = "第二十三条", "第三十一条"
_DAYS = 30


class _Counted:
    """As many unused cards as there are, read a page at a time."""

    def __init__(self, what: use_lists.Wanted, *, by: Actor, today: date) -> None:
        self._what, self._by, self._today = what, by, today

    def __len__(self) -> int:
        return use_lists.unused_count(self._what, by=self._by, today=self._today)

    def __getitem__(self, wanted: slice) -> list[use_lists.Unused]:
        return use_lists.unused(
            self._what, by=self._by, today=self._today, first=wanted.start,
            most=wanted.stop - wanted.start,
        )  # fmt: skip


def _wanted(request: ActorRequest, today: date) -> use_lists.Wanted:
    return use_lists.wanted(
        by=request.actor, today=today, county=request.GET.get("county", ""),
        unit=request.GET.get("unit", "").strip(), text=request.GET.get("q", "").strip(),
        sort=request.GET.get("sort", ""),
    )  # fmt: skip


@require_GET
@page(roles=READERS, basis=_USAGE)
def unused(request: ActorRequest) -> HttpResponse:
    """Cards in their holders' hands that nobody has used for long."""
    today = timezone.localdate()
    what = _wanted(request, today)
    counted: Any = _Counted(what, by=request.actor, today=today)
    context = {
        "page": Paginator(counted, ROWS).get_page(request.GET.get("page")), "what": what,
        "county": request.GET.get("county", ""),
        "counties": use_lists.counties(request.actor), "sorts": use_lists.SORTS.items(),
        "confirmed": use_lists.is_confirmed(today), "query": request.GET.urlencode(),
        "most": use_lists.MOST_UNUSED,
    }  # fmt: skip
    return render(request, "usage/unused.html", context)


@require_GET
@page(roles=READERS, basis=_USAGE)
def unused_units(request: ActorRequest) -> HttpResponse:
    """How many unused cards each unit or town has; every number opens its cards."""
    today = timezone.localdate()
    what = _wanted(request, today)
    rows = use_lists.unused_units(what, by=request.actor, today=today)
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), "what": what,
        "cards": sum(row["cards"] for row in rows), "confirmed": use_lists.is_confirmed(today),
    }  # fmt: skip
    return render(request, "usage/unused_units.html", context)


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=_USAGE)
def unused_export(request: ActorRequest) -> HttpResponse:
    """The unused cards that are seen, or those ticked, as a workbook."""
    now, today = timezone.now(), timezone.localdate()
    what, limit = _wanted(request, today), whole_number("export_forbid_rows", on=today)
    rows = use_lists.unused(
        what, by=request.actor, today=today, first=0, most=_MOST_EXPORTED, only=_ticked(request)
    )
    content = unused_xlsx(
        rows, with_people=len(rows) <= limit, months=what.months, by=request.actor, at=now
    )
    return file_answer(content, name=f"未用卡清单_{today:%Y%m%d}.xlsx")


def _ticked(request: ActorRequest) -> list[int]:
    return ids_of(request.POST.getlist("card"))[:_MOST_EXPORTED]


def _time(request: ActorRequest, today: date) -> tuple[date, date]:
    """The days that are looked at, whichever way round they were given."""
    since = day_asked(request, "since") or today - timedelta(days=_DAYS)
    until = day_asked(request, "until") or today
    return min(since, until), max(since, until)


def day_asked(request: ActorRequest, name: str) -> date | None:
    """This function will read a day of the address, or None when there is none."""
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None


def _found(request: ActorRequest, since: date, until: date) -> list[use_lists.Suspicious]:
    return use_lists.suspicious(
        by=request.actor, since=since, until=until, reason=request.GET.get("reason", ""),
        text=request.GET.get("q", "").strip(),
        sort=order_of(request, use_lists.SUSPICIOUS_SORTS),
    )  # fmt: skip


@require_GET
@page(roles=_INQUIRERS, basis=_MISUSE)
def suspicious(request: ActorRequest) -> HttpResponse:
    """Uses of cards by whoever should not have had them; each leads to the stop and the card."""
    since, until = _time(request, timezone.localdate())
    rows = _found(request, since, until)
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")), "since": since,
        "until": until, "reason": request.GET.get("reason", ""), "most": use_lists.MOST,
        "reasons": use_lists.REASONS, "q": request.GET.get("q", ""),
        "sorts": titles(use_lists.SUSPICIOUS_SORTS),
        "sort": order_of(request, use_lists.SUSPICIOUS_SORTS),
        "query": request.GET.urlencode(), "may_freeze": request.actor.role in _FREEZE.who,
    }  # fmt: skip
    return render(request, "usage/suspicious.html", context)


@require_http_methods(["GET", "POST"])
@page(roles=_INQUIRERS, basis=_MISUSE)
def suspicious_export(request: ActorRequest) -> HttpResponse:
    """The suspicious uses that are seen, or those of the cards ticked, as a report."""
    now, today = timezone.now(), timezone.localdate()
    since, until = _time(request, today)
    ticked = frozenset(_ticked(request))
    rows = [row for row in _found(request, since, until) if not ticked or row.card_id in ticked]
    content = suspicious_xlsx(rows, since=since, until=until, by=request.actor, at=now)
    return file_answer(content, name=f"可疑用卡线索清单_{today:%Y%m%d}.xlsx")
