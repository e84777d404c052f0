"""Reading a signed sheet back: tick, attach pages, file, correct (Art. 8 para. 3, 16).

One line of keys marks any number of rows; ticks are kept until they are filed.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.issuance.collective import drafts, queries
from cardbook.chapters.issuance.collective.commands import file_sheet, undo_row
from cardbook.chapters.issuance.collective.forms import (
    FileForm,
    PagesForm,
    RowForm,
    TickForm,
    UndoForm,
    read_page_images,
)
from cardbook.chapters.issuance.collective.taking_in import take_entries
from cardbook.chapters.issuance.collective.ticks import REASONS, read_ticks
from cardbook.chapters.issuance.collective.workbook import (
    LARGEST_BYTES,
    read_workbook,
    write_workbook,
)
from cardbook.chapters.issuance.models import Bundle, BundlePage, Result
from cardbook.chapters.screens import say_refused, status_of
from cardbook.imports.reading import FileRefused
from cardbook.law.parameters import whole_number
from cardbook.law.roles import Role
from cardbook.ledger.models import Event
from cardbook.lib.clock import LOCAL
from cardbook.lib.plain import InputError
from cardbook.lib.sm import Damaged
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Signer
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.papers.pictures import media_type_of
from cardbook.papers.storage import PaperMissing, read_paper
from cardbook.registers.answers import file_answer

ROWS = 100
_MOST_SAID = 8
_FILE = act("card.issue_collective")
READERS = frozenset({*_FILE.who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})
_ONLY = (
    ("", "全部"), ("left", "没有结果"), ("new", "未备案"), ("unsigned", "未签收"),
    ("noted", "有提示"),
)  # fmt: skip


def found_bundle(request: ActorRequest, bundle_id: int) -> Bundle:
    """The bundle, or 404 when it is out of reach."""
    try:
        return queries.bundle_of(bundle_id, by=request.actor)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


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
    only = request.GET.get("only", "")
    lines = _lines(bundle, only=only, text=request.GET.get("q", "").strip().upper())
    context: dict[str, Any] = {
        **_so_far(bundle),
        "today": today,
        "on": request.GET.get("on", "") or str(today),
        "only": only,
        "onlys": _ONLY,
        "text": request.GET.get("q", ""),
        "found": Paginator(lines, ROWS).get_page(request.GET.get("page")),
        "reasons": [(digit, reason.label) for digit, reason in REASONS.items()],
        "overdue": bundle.filed_at is None and bundle.due_on and bundle.due_on < today,
        "form": form or FileForm(initial={"key": new_key()}),
        "refusals": refusals[:_MOST_SAID],
        "more_refusals": max(len(refusals) - _MOST_SAID, 0),
        "may": request.actor.role in _FILE.who,
        "taken": None,
        "wrong": (),
        **more,
    }
    status = status_of(refusals=refusals, mistakes=form.errors if form else None)
    return render(request, "collective/sheet.html", context, status=status)


def _so_far(bundle: Bundle) -> dict[str, Any]:
    """How far a sheet is: its sums, its pages, its filings."""
    kept = queries.pages_kept(bundle.pk)
    missing = [n for n in range(1, bundle.pages + 1) if n not in kept]
    return {
        "bundle": bundle,
        "sums": queries.sums_of(bundle.pk),
        "missing_pages": missing,
        "first_missing": missing[0] if missing else 1,
        "images": list(BundlePage.objects.filter(bundle=bundle).order_by("page", "id")),
        "filings": list(bundle.filings.select_related("filed_by").order_by("number")),
        "has_new": _has_new(bundle),
    }


def _has_new(bundle: Bundle) -> bool:
    pairs = bundle.rows.values_list("result", "filed").distinct()
    return any(result != filed for result, filed in pairs)


def _lines(bundle: Bundle, *, only: str, text: str) -> list[queries.RowLine]:
    today = timezone.localdate()
    minor = whole_number("minor_age", on=today)
    rows = queries.rows_of(bundle.pk)
    if only == "left":
        rows = [row for row in rows if not row["result"]]
    elif only == "new":
        rows = [row for row in rows if row["result"] and row["result"] != row["filed"]]
    elif only == "unsigned":
        rows = [row for row in rows if row["result"] != Result.SIGNED]
    lines = [queries.shown(row, minor_age=minor, on=today) for row in rows]
    if only == "noted":
        lines = [line for line in lines if line.note]
    if text:
        lines = [one for one in lines if text in one.name.upper() or text in one.number]
    return lines


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
        return _scanned(request, bundle, text)
    form = TickForm(request.POST, last=bundle.cards)
    query = {name: request.POST.get(name, "") for name in ("on", "only", "page", "q")}
    if not form.is_valid():
        for error in (message for errors in form.errors.values() for message in errors):
            messages.warning(request, str(error))
        return _back(bundle_id, **query)
    undecided = set(bundle.rows.filter(result="").values_list("row", flat=True))
    try:
        ticks = read_ticks(form.cleaned_data["text"], last=bundle.cards, undecided=undecided)
        done = drafts.tick_rows(
            bundle_id=bundle.pk, ticks=ticks, on=form.cleaned_data["on"], by=request.actor
        )
    except InputError as problem:
        messages.warning(request, f"没有登记：{problem.sentence}。")
        return _back(bundle_id, **query)
    except Refused as refused:
        say_refused(request, refused)
        return _back(bundle_id, **query)
    messages.success(request, f"已登记 {done.count} 行（尚未备案）。")
    if done.refusals:
        say_refused(request, Refused(done.refusals))
    return _back(bundle_id, **query)


def _scanned(request: ActorRequest, bundle: Bundle, text: str) -> HttpResponse:
    """A QR in the line of ticks: this sheet stays, another of the county is opened."""
    try:
        found = queries.find_sheet(text, by=request.actor)
    except InputError as problem:
        messages.warning(request, f"{problem.sentence}。")
        return _back(bundle.pk)
    except Refused as refused:
        say_refused(request, refused)
        return _back(bundle.pk)
    if found.bundle_id != bundle.pk:
        messages.warning(request, f"已换到 {found.number}（扫到的是它的第 {found.page} 页）。")
    return _back(found.bundle_id)


@require_http_methods(["GET", "POST"])
@page("card.issue_collective")
def row(request: ActorRequest, bundle_id: int, row: int) -> HttpResponse:
    """One row in full: who signed for the holder, in which words."""
    bundle = found_bundle(request, bundle_id)
    found = queries.rows_of(bundle.pk, rows=[row])
    if not found or bundle.batch is None:
        raise Http404
    today = timezone.localdate()
    line = queries.shown(found[0], minor_age=whole_number("minor_age", on=today), on=today)
    initial = {
        "result": line.result or Result.SIGNED, "signer": line.signer or Signer.HOLDER,
        "signed_on": line.signed_on or today, "reason": line.reason, "words": line.words,
        "self_supporting": line.self_supporting,
    }  # fmt: skip
    form = RowForm(request.POST or None, initial=initial)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            drafts.write_row(bundle_id=bundle.pk, row=row, by=request.actor, entry=form.entry())
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"第 {row} 行已登记（尚未备案）。")
            return _back(bundle.pk)
    context = {"bundle": bundle, "line": line, "form": form, "refusals": refusals}
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "collective/row.html", context, status=status)


@require_POST
@page("card.issue_collective")
def pages(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Attach pictures of pages in their order, or take one off the draft."""
    bundle = found_bundle(request, bundle_id)
    if "drop" in request.POST:
        digest = request.POST["drop"][:64]
        gone = drafts.drop_page(bundle_id=bundle.pk, digest=digest, by=request.actor)
        messages.success(request, "已去掉这张影像。" if gone else "这张影像已备案，不能去掉。")
        return _back(bundle.pk)
    form = PagesForm(request.POST)
    files = request.FILES.getlist("images")
    if not form.is_valid() or not files:
        messages.warning(request, "请选择明细表各页的照片或扫描图，并核对页码。")
        return _back(bundle.pk)
    try:
        code = form.cleaned_data["code"]
        first = (
            queries.page_scanned(code, bundle=bundle, by=request.actor)
            if code
            else form.cleaned_data["page"] or 1
        )
        images = list(enumerate(read_page_images(files), start=first))
        kept = drafts.keep_pages(
            bundle_id=bundle.pk, images=images, by=request.actor, at=timezone.now()
        )
        messages.success(request, f"已收到 {kept} 页影像。")
        if kept < len(images):
            messages.warning(request, f"{len(images) - kept} 张以前已上传，没有重复保存。")
    except InputError as problem:
        messages.error(request, problem.sentence)
    except Refused as refused:
        say_refused(request, refused)
    return _back(bundle.pk)


@require_GET
@page(roles=READERS, basis="第八条第三款")
def page_image(request: ActorRequest, bundle_id: int, digest: str) -> HttpResponse:
    """The picture of one page, never outside the county."""
    bundle = found_bundle(request, bundle_id)
    if not BundlePage.objects.filter(bundle=bundle, digest=digest).exists():
        raise Http404
    try:
        content = read_paper(digest)
    except (PaperMissing, Damaged) as problem:
        raise Http404 from problem
    response = HttpResponse(content, content_type=media_type_of(content))
    response["Cache-Control"] = "private, no-store"
    return response


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
        sent = read_workbook(file.read(), bundle=bundle)
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
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return sheet_screen(request, bundle, form=form)
    try:
        file_sheet(
            bundle_id=bundle.pk, told=form.answered().told, by=request.actor,
            at=timezone.now(), key=form.cleaned_data["key"],
        )  # fmt: skip
    except Refused as refused:
        return sheet_screen(request, bundle, refusals=refused.refusals)
    sums = queries.sums_of(bundle.pk)
    messages.success(
        request,
        f"{bundle.number} 已备案：应发 {sums.due} ＝ 实发 {sums.signed} ＋ 未发 {sums.open}"
        f" ＋ 退回 {sums.returned} ＋ 错卡 {sums.wrong}。",
    )
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
