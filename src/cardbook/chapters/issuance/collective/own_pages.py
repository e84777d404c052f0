"""A unit's or a village's own sheets, on a phone as well: read back and report (Art. 8 para. 3).

Whoever fetched the cards sees only the sheets in his hands; filing them is the office's.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.issuance.collective import list_queries, queries
from cardbook.chapters.issuance.collective.forms import TickForm
from cardbook.chapters.issuance.collective.listing import list_workbook
from cardbook.chapters.issuance.collective.own_sheets import report_sheet, take_report_back
from cardbook.chapters.issuance.collective.reading_pages import (
    found_bundle,
    kept_query,
    pdf_of_sheet,
    picture_of_page,
    rows_shown,
    scanned_sheet,
    so_far,
    take_pages,
    take_ticks,
    write_down,
)
from cardbook.chapters.issuance.collective.signing_days import handed_on_of
from cardbook.chapters.issuance.models import Bundle
from cardbook.chapters.screens import say_refused, status_of
from cardbook.law.roles import OWN_OFFICE_ONLY
from cardbook.lib.ids import ids_of
from cardbook.lib.plain import InputError
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import order_of

ROWS = 50
_SHEETS = 30
_BASIS = "第八条第三款"
_MOST_SAID = 8
_TABS = ("all", "todo", "overdue", "sent", "filed")
_SORTS = {"open": "急的在前", "new": "新交付的在前", "cards": "行数多的在前"}
_LONGEST = 80


@require_http_methods(["GET", "POST"])
@page(roles=OWN_OFFICE_ONLY, basis=_BASIS)
def own_list(request: ActorRequest) -> HttpResponse:
    """The sheets in this unit's hands, the most urgent first; a scanned QR opens its sheet, the
    ticked ones are reported, each with its own result.
    """
    text, today = request.GET.get("q", "").strip()[:_LONGEST], timezone.localdate()
    if text.startswith(("~", "～")) or queries.NUMBER.fullmatch(text.upper()):
        opened = _opened(request, text)
        if opened is not None:
            return opened
        text = ""
    state, sort = request.GET.get("state", "all"), order_of(request, _SORTS)
    if state not in _TABS:
        raise Http404
    found = list_queries.listed(by=request.actor, state=state, text=text, sort=sort, on=today)
    if "export" in request.GET or "export" in request.POST:
        chosen = ids_of(request.POST.getlist("bundle"))
        seen = found.filter(pk__in=chosen) if chosen else found
        lines = list_queries.lines_of(seen[: list_queries.MOST_LISTED], on=today)
        content = list_workbook(lines, by=request.actor, at=timezone.now())
        return file_answer(content, name="我的签字明细表.xlsx")
    results = _report_ticked(request) if request.method == "POST" else ()
    shown = Paginator(found, _SHEETS).get_page(request.GET.get("page"))
    context = {
        "found": shown,
        "lines": list_queries.lines_of(shown, on=today),
        "states": list_queries.titles(_TABS, on=today),
        "state": state,
        "text": text,
        "sort": sort,
        "sorts": _SORTS.items(),
        "results": results,
    }
    return render(request, "collective/own_list.html", context)


def _opened(request: ActorRequest, text: str) -> HttpResponse | None:
    """The sheet a code or a number leads to; says why it leads nowhere."""
    try:
        return _to(queries.find_sheet(text, by=request.actor).bundle_id)
    except InputError as problem:
        messages.warning(request, f"{problem.sentence}。")
    except Refused as refused:
        say_refused(request, refused)
    return None


def _report_ticked(request: ActorRequest) -> list[tuple[str, str]]:
    """What became of each ticked sheet; one that lacks something leaves the others reported."""
    ticked = ids_of(request.POST.getlist("bundle"))[:_SHEETS]
    bundles = queries.bundles_of(request.actor).filter(pk__in=ticked, batch__isnull=False)
    results = []
    for bundle in bundles.select_related("office").order_by("due_on", "pk"):
        try:
            report_sheet(bundle_id=bundle.pk, by=request.actor, at=timezone.now())
        except Refused as refused:
            first, more = refused.refusals[0], len(refused.refusals) - 1
            also = f"（还有 {more} 处，请打开明细表逐处补齐）" if more else ""
            results.append((bundle.number, f"没有报送：{first.sentence}{first.way_out}{also}"))
        else:
            said = f"已报送{bundle.office.name}，核对后由其备案。"
            results.append((bundle.number, said))
    return results or [("", "没有报送：请先勾选要报送的明细表。")]


@require_GET
@page(roles=OWN_OFFICE_ONLY, basis=_BASIS)
def own_sheet(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """One sheet: who signed, which pages are photographed, what is left before it is reported."""
    return _screen(request, found_bundle(request, bundle_id))


def _screen(
    request: ActorRequest,
    bundle: Bundle,
    *,
    refusals: tuple[Refusal, ...] = (),
    typed: TickForm | None = None,
) -> HttpResponse:
    today = timezone.localdate()
    late = bundle.filed_at is None and bundle.due_on is not None
    context = {
        **so_far(bundle),
        **rows_shown(request, bundle, most=ROWS),
        "days_left": (bundle.due_on - today).days if late and bundle.due_on else None,
        "may": bundle.sent_at is None,
        "tick": typed
        or TickForm(last=bundle.cards, today=today, since=handed_on_of(bundle, today=today)),
        "refusals": refusals[:_MOST_SAID],
        "more_refusals": max(len(refusals) - _MOST_SAID, 0),
    }
    status = status_of(refusals=refusals, mistakes=typed)
    return render(request, "collective/own_sheet.html", context, status=status)


def _to(bundle_id: int, **query: str) -> HttpResponse:
    given = {name: value for name, value in query.items() if value}
    address = reverse("sheet.own", args=[bundle_id])
    return redirect(f"{address}?{urlencode(given)}" if given else address)


@require_POST
@page(roles=OWN_OFFICE_ONLY, basis=_BASIS)
def tick(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Mark rows as signed, or why not."""
    bundle = found_bundle(request, bundle_id)
    text = request.POST.get("text", "").strip()
    if text.startswith(("~", "～")):
        return _to(scanned_sheet(request, bundle, text))
    typed = take_ticks(request, bundle)
    if typed is not None:
        return _screen(request, bundle, typed=typed)
    return _to(bundle.pk, **kept_query(request))


@require_http_methods(["GET", "POST"])
@page(roles=OWN_OFFICE_ONLY, basis=_BASIS)
def row(request: ActorRequest, bundle_id: int, row: int) -> HttpResponse:
    """One row in full: who signed for the holder, in which words."""
    bundle = found_bundle(request, bundle_id)
    written = write_down(request, bundle, row)
    if written is None:
        return _to(bundle.pk)
    context = {**written.context, "back": reverse("sheet.own", args=[bundle.pk])}
    return render(request, "collective/row.html", context, status=written.status)


@require_POST
@page(roles=OWN_OFFICE_ONLY, basis=_BASIS)
def pages(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Attach photos of the signed pages, or take one off."""
    bundle = found_bundle(request, bundle_id)
    take_pages(request, bundle)
    return _to(bundle.pk)


@require_GET
@page(roles=OWN_OFFICE_ONLY, basis=_BASIS)
def page_image(request: ActorRequest, bundle_id: int, digest: str) -> HttpResponse:
    """The photo of one page of an own sheet."""
    return picture_of_page(found_bundle(request, bundle_id), digest)


@require_GET
@page(roles=OWN_OFFICE_ONLY, basis=_BASIS)
def sheet_pdf(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """The copy that stays with the unit: the same rows, numbers masked."""
    bundle = found_bundle(request, bundle_id)
    return pdf_of_sheet(request, bundle, masked=True, back="sheet.own")


@require_POST
@page(roles=OWN_OFFICE_ONLY, basis=_BASIS)
def report(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Report the sheet for filing, or take the report back to go on."""
    bundle = found_bundle(request, bundle_id)
    try:
        if "back" in request.POST:
            take_report_back(bundle_id=bundle.pk, by=request.actor)
            messages.success(request, f"{bundle.number} 已撤回，改好后请重新报送。")
        else:
            report_sheet(bundle_id=bundle.pk, by=request.actor, at=timezone.now())
            messages.success(
                request, f"{bundle.number} 已报送{bundle.office.name}，核对后由其备案。"
            )
    except Refused as refused:
        return _screen(request, bundle, refusals=refused.refusals)
    return _to(bundle.pk)
