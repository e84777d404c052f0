"""Reading a signed sheet back: tick, attach pages, file, correct (Art. 8 para. 3, 16).

One line of keys marks any number of rows; ticks are kept until they are filed.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.issuance.collective import list_queries, queries
from cardbook.chapters.issuance.collective.commands import file_sheet, undo_row
from cardbook.chapters.issuance.collective.forms import FileForm, TickForm, UndoForm
from cardbook.chapters.issuance.collective.hand_over_queries import photo_of
from cardbook.chapters.issuance.collective.own_sheets import send_report_back
from cardbook.chapters.issuance.collective.reading_pages import (
    found_bundle,
    kept_query,
    picture_of_page,
    rows_shown,
    scanned_sheet,
    setting_context,
    so_far,
    take_pages,
    take_ticks,
    write_down,
)
from cardbook.chapters.issuance.collective.signing_days import handed_on_of
from cardbook.chapters.issuance.collective.taking_in import take_entries
from cardbook.chapters.issuance.collective.workbook import (
    LARGEST_BYTES,
    read_workbook,
    write_workbook,
)
from cardbook.chapters.issuance.models import Bundle, Result
from cardbook.chapters.screens import say_refused, status_of
from cardbook.imports.reading import FileRefused
from cardbook.law.parameters import whole_number
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.people.holders import holder_of
from cardbook.registers.answers import file_answer, kept_picture

ROWS = 100
_MOST_SAID = 8
_FILE = act("card.issue_collective")
FILERS = _FILE.who
READERS = frozenset({*FILERS, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})


def sheet_screen(
    request: ActorRequest,
    bundle: Bundle,
    *,
    form: FileForm | None = None,
    refusals: tuple[Refusal, ...] = (),
    **more: object,
) -> HttpResponse:
    """This function will show a sheet that is out: its sums, rows, pages, and what is to do."""
    today = timezone.localdate()
    context: dict[str, Any] = {
        **so_far(bundle),
        **(setting_context(request, bundle) if bundle.is_being_set else {}),
        **rows_shown(request, bundle, most=ROWS),
        "overdue": bundle.filed_at is None and bundle.due_on and bundle.due_on < today,
        **_collector_of(bundle),
        "doubts": queries.due_doubts(bundle) if bundle.filed_at is None else (),
        "form": form or FileForm(initial={"key": new_key()}),
        "refusals": refusals[:_MOST_SAID],
        "more_refusals": max(len(refusals) - _MOST_SAID, 0),
        "reminders": list_queries.reminders_of(bundle),
        "may": request.actor.role in _FILE.who,
        "tick": TickForm(last=bundle.cards, today=today, since=handed_on_of(bundle, today=today)),
        "taken": None,
        "wrong": (),
        **more,
    }
    mistakes = (form and form.errors) or context["tick"].is_bound
    status = status_of(refusals=refusals, mistakes=mistakes)
    return render(request, "collective/sheet.html", context, status=status)


def _collector_of(bundle: Bundle) -> dict[str, object]:
    """Who took the cards along, and whether his picture had to be kept."""
    handed_at = bundle.handed_at
    return {
        "collector": holder_of(bundle.collector).name if bundle.collector else "",
        "photo": photo_of(bundle),
        "photo_asked": handed_at and queries.photo_is_required(on=local_day(handed_at)),
    }


def _back(bundle_id: int, **query: object) -> HttpResponse:
    given = {name: str(value) for name, value in query.items() if value}
    address = reverse("bundle.show", args=[bundle_id])
    return redirect(f"{address}?{urlencode(given)}" if given else address)


@require_POST
@page("card.issue_collective")
def tick(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Mark rows as read off the sheet: ranges, all but, single rows, scanned cards."""
    bundle = found_bundle(request, bundle_id)
    text = request.POST.get("text", "").strip()
    if text.startswith(("~", "～")):
        return _back(scanned_sheet(request, bundle, text))
    typed = take_ticks(request, bundle)
    if typed is not None:
        return sheet_screen(request, bundle, tick=typed)
    return _back(bundle_id, **kept_query(request))


@require_http_methods(["GET", "POST"])
@page("card.issue_collective")
def row(request: ActorRequest, bundle_id: int, row: int) -> HttpResponse:
    """One row in full: who signed for the holder, in which words."""
    bundle = found_bundle(request, bundle_id)
    written = write_down(request, bundle, row)
    if written is None:
        return _back(bundle.pk)
    context = {**written.context, "back": reverse("bundle.show", args=[bundle.pk])}
    return render(request, "collective/row.html", context, status=written.status)


@require_POST
@page("card.issue_collective")
def pages(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Attach pictures of pages in their order, or take one off the draft."""
    bundle = found_bundle(request, bundle_id)
    take_pages(request, bundle)
    return _back(bundle.pk)


@require_GET
@page(roles=READERS, basis="第八条第三款")
def page_image(request: ActorRequest, bundle_id: int, digest: str) -> HttpResponse:
    """The picture of one page, never outside the county."""
    bundle = found_bundle(request, bundle_id)
    return picture_of_page(bundle, digest)


@require_GET
@page(roles=READERS, basis="第八条第三款")
def photo(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Who took the cards along, never outside the county."""
    return kept_picture(photo_of(found_bundle(request, bundle_id)))


@require_GET
@page("card.issue_collective")
def workbook(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """The sheet as a workbook to fill in without a network."""
    bundle = found_bundle(request, bundle_id)
    if bundle.batch is None:
        raise Http404
    return file_answer(write_workbook(bundle), name=f"{bundle.number}-签收登记.xlsx")


@require_POST
@page("card.issue_collective")
def take(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Take in a workbook: rows nobody entered yet; conflicts are listed, never overwritten."""
    bundle = found_bundle(request, bundle_id)
    file = request.FILES.get("file")
    if file is None or (file.size or 0) > LARGEST_BYTES:
        messages.warning(request, "请选择从本表下载、填好的 XLSX 文件（5 MB 以内）。")
        return _back(bundle.pk)
    try:
        sent = read_workbook(file.read(), bundle=bundle, today=timezone.localdate())
        taken = take_entries(bundle_id=bundle.pk, entries=sent.entries, by=request.actor)
    except FileRefused as refused:
        messages.error(request, f"{refused.sentence}{refused.remedy}")
        return _back(bundle.pk)
    except Refused as refused:
        say_refused(request, refused)
        return _back(bundle.pk)
    return sheet_screen(request, bundle, taken=taken, wrong=sent.wrong)


@require_POST
@page("card.issue_collective")
def file_it(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """File the sheet: everything at once or, with every reason, nothing."""
    bundle = found_bundle(request, bundle_id)
    form = FileForm(request.POST, request.FILES, asks_approval="approver_name" in request.POST)
    if not form.is_valid():
        return sheet_screen(request, bundle, form=form)
    try:
        file_sheet(
            bundle_id=bundle.pk, told=form.answered().told, by=request.actor,
            at=timezone.now(), key=form.cleaned_data["key"],
            approver=form.approver(request),
        )  # fmt: skip
    except Refused as refused:
        again = FileForm(
            initial={"key": new_key()},
            asks_approval=any(one.code == "AGENT_APPROVAL_MISSING" for one in refused.refusals),
        )
        return sheet_screen(request, bundle, form=again, refusals=refused.refusals)
    sums = queries.sums_of(bundle.pk)
    messages.success(
        request,
        f"{bundle.number} 已备案：应发 {sums.due} ＝ 实发 {sums.signed} ＋ 未发 {sums.open}"
        f" ＋ 退回 {sums.returned} ＋ 错卡 {sums.wrong}。",
    )
    return _back(bundle.pk)


@require_POST
@page("card.issue_collective")
def send_back(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Give a reported sheet back to its unit, saying what is to be mended."""
    bundle = found_bundle(request, bundle_id)
    words = request.POST.get("words", "")[:200]
    try:
        send_report_back(bundle_id=bundle.pk, words=words, by=request.actor)
    except Refused as refused:
        say_refused(request, refused)
    else:
        messages.success(request, f"{bundle.number} 已退回{bundle.unit.name}补正。")
    return _back(bundle.pk)


@require_http_methods(["GET", "POST"])
@page("bundle.undo")
def undo(request: ActorRequest, bundle_id: int, row: int) -> HttpResponse:
    """Correct a row that was filed as signed by mistake: a reason, and a second person."""
    bundle = found_bundle(request, bundle_id)
    found = queries.rows_of(bundle.pk, rows=[row])
    if not found or found[0]["filed"] != Result.SIGNED:
        raise Http404
    today = timezone.localdate()
    line = queries.shown(found[0], minor_age=whole_number("minor_age", on=today), on=today)
    events = Event.objects.filter(
        subject_kind="card", subject_id=line.card_id, act="card.issue_collective"
    )
    event = events.order_by("-seq").first()
    initial = {"key": new_key(), "event": event.pk if event else 0}
    form = UndoForm(request.POST or None, request.FILES or None, initial=initial)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            undo_row(
                bundle_id=bundle.pk, row=row, event_id=given["event"], words=given["words"],
                by=request.actor, second=form.second(request), at=timezone.now(),
                key=given["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"第 {row} 行已更正：卡仍在{bundle.unit.name}，请补充备案。")
            return _back(bundle.pk)
    filed_on = event.recorded_at.astimezone(LOCAL) if event else None
    context = {
        "bundle": bundle, "line": line, "form": form, "refusals": refusals, "filed_on": filed_on,
    }  # fmt: skip
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "collective/undo.html", context, status=status)
