"""The radar of stranded cards, the cards behind each number, the poster (Art. 16)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.card_heads import left_undone
from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.stranded.scope import Office, office_seen
from cardbook.chapters.stranded.tracing import commands, queries
from cardbook.chapters.stranded.tracing.forms import ContactForm
from cardbook.chapters.stranded.tracing.letters import TITLE, letters_pdf
from cardbook.chapters.stranded.tracing.poster import poster_pdf
from cardbook.chapters.stranded.tracing.register import listed_xlsx
from cardbook.law.parameters import parameter
from cardbook.law.roles import Role
from cardbook.lib.ids import ids_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.listing import table_as_xlsx
from cardbook.registers.lists import Key, is_export, order_of, ordered, rows_ticked, titles

_PAGE_DIGITS = 9  # more cards than the city will ever have
_CONTACT = act("card.contact")
READERS = frozenset({*_CONTACT.who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})

RADAR_SORTS: Mapping[str, tuple[str, Key[queries.RadarRow] | None]] = {
    "office": ("按机构", None),
    "stranded": ("滞留多的在前", lambda row: -row.stranded),
    "total": ("未发出多的在前", lambda row: -row.total),
}


def _under(request: ActorRequest) -> Office | None:
    code = request.GET.get("under", "")
    found = office_seen(by=request.actor, code=code) if code else None
    if code and found is None:
        raise Http404
    return found


def _band(request: ActorRequest, bands: queries.Bands) -> int | None:
    text = request.GET.get("band", "")
    if not text:
        return None
    if not text.isdecimal() or int(text) > bands.stranded:
        raise Http404
    return int(text)


@require_GET
@page(roles=READERS, basis=_CONTACT.basis_text)
def radar(request: ActorRequest) -> HttpResponse:
    """How many cards wait where, by age; every number opens its rows."""
    now, under = timezone.now(), _under(request)
    bands = queries.bands(on=timezone.localdate())
    sort = order_of(request, RADAR_SORTS)
    rows = ordered(queries.radar(by=request.actor, under=under, at=now), RADAR_SORTS, sort)
    if is_export(request):
        # Ticked offices are taken along; what is done, is done to cards, behind the numbers.
        cells: list[Sequence[str | int]] = [
            (row.name, row.kind, *row.counts, row.total)
            for row in rows_ticked(request, rows, of=lambda row: row.id)
        ]
        heads = ("机构", "类别", *bands.titles, "合计")
        name = f"滞留卡_{timezone.localdate(now):%Y%m%d}.xlsx"
        return file_answer(table_as_xlsx("滞留卡", heads, cells), name=name)
    columns = tuple(zip(*(row.counts for row in rows), strict=True))
    context = {
        "under": under,
        "bands": bands,
        "rows": rows,
        "sums": [sum(column) for column in columns],
        "total": sum(row.total for row in rows),
        "stranded": sum(row.stranded for row in rows),
        "sorts": titles(RADAR_SORTS),
        "sort": sort,
    }
    return render(request, "tracing/radar.html", context)


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=_CONTACT.basis_text)
def waiting(request: ActorRequest) -> HttpResponse:
    """The cards behind a number: tick, say how their holders were told."""
    today = timezone.localdate()
    given = request.POST if request.method == "POST" else None
    form = ContactForm(given, today=today, initial={"key": new_key()})
    refusals: tuple[Refusal, ...] = ()
    results: list[tuple[int, str, str]] = []
    ids = ids_of(request.POST.getlist("card"))
    if given is not None and form.is_valid():
        try:
            outcome = commands.contact_holders(
                card_ids=ids, facts=form.facts(), by=request.actor, at=timezone.now(),
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"{len(outcome.done)} 张卡已登记催领通知。")
            results = left_undone(outcome.refused, by=request.actor)
            form, ids = ContactForm(today=today, initial={"key": new_key()}), []
    context = _listed(request) | {
        "form": form,
        "refusals": refusals,
        "results": results,
        "ticked": frozenset(ids),
        "may_contact": request.actor.role in _CONTACT.who,
    }
    bad = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "tracing/waiting.html", context, status=bad)


def _listed(request: ActorRequest) -> dict[str, Any]:
    """What the list shows: a page of a band of a place, or what was searched for."""
    now, today, under = timezone.now(), timezone.localdate(), _under(request)
    bands = queries.bands(on=today)
    band, text = _band(request, bands), request.GET.get("q", "").strip()
    asked = request.GET.get("page", "1")
    place = max(int(asked), 1) if asked.isdecimal() and len(asked) <= _PAGE_DIGITS else 1
    newest, alone = request.GET.get("sort") == "newest", request.GET.get("alone") == "1"
    if text:
        ids = queries.search_waiting(by=request.actor, text=text, today=today)
    else:
        ids = queries.waiting_ids(
            by=request.actor, under=under, alone=alone, band=band, at=now, newest=newest,
            limit=queries.ROWS + 1, offset=(place - 1) * queries.ROWS,
        )  # fmt: skip
    return {
        "under": under,
        "bands": bands.choices,
        "band": band,
        "confirmed": bands.confirmed,
        "text": text,
        "newest": newest,
        "alone": alone,
        "page": place,
        "more": len(ids) > queries.ROWS,
        "rows": queries.waiting_rows(ids[: queries.ROWS], at=now),
        "least": [
            parameter(k).on(today) for k in ("min_contact_attempts", "min_contact_channels")
        ],
    }


@require_GET
@page(roles=READERS, basis=_CONTACT.basis_text)
def poster(request: ActorRequest) -> HttpResponse:
    """The notice to put up in a village: names and numbers masked, where to fetch the card."""
    now, under = timezone.now(), _under(request)
    bands = queries.bands(on=timezone.localdate())
    content = poster_pdf(
        by=request.actor, under=under, alone=request.GET.get("alone") == "1",
        band=_band(request, bands), at=now,
    )  # fmt: skip
    return file_answer(content, name="社保卡领取通知.pdf", kind="pdf", attached=False)


@require_POST
@page(roles=frozenset(_CONTACT.who), basis=_CONTACT.basis_text)
def letters(request: ActorRequest) -> HttpResponse:
    """A letter to each ticked holder; that it was posted is noted as any other attempt."""
    ids = ids_of(request.POST.getlist("card"))
    try:
        content = letters_pdf(card_ids=ids, by=request.actor, at=timezone.now())
    except Refused as refused:
        say_refused(request, refused)
        return redirect(f"{reverse('card.contact')}?{request.GET.urlencode()}")
    return file_answer(content, name=f"{TITLE}.pdf", kind="pdf", attached=False)


@require_POST
@page(roles=READERS, basis=_CONTACT.basis_text)
def export(request: ActorRequest) -> HttpResponse:
    """What was ticked as a workbook, or what was searched for; all of a band is a register."""
    now, ids = timezone.now(), ids_of(request.POST.getlist("card"))
    text = request.GET.get("q", "").strip()
    if ids:
        found = queries.ticked_waiting(by=request.actor, card_ids=ids)
    elif text:
        found = queries.search_waiting(by=request.actor, text=text, today=timezone.localdate())
    else:
        messages.info(request, "没有勾选卡。要全部的，点上方“导出通知名单”。")
        return redirect(f"{reverse('card.contact')}?{request.GET.urlencode()}")
    content = listed_xlsx(queries.waiting_rows(found, at=now), by=request.actor, at=now)
    return file_answer(content, name=f"待领取的卡_{timezone.localdate():%Y%m%d}.xlsx")
