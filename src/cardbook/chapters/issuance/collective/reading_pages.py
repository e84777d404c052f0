"""What the office's and the unit's screens of a sheet share: ticks, rows, pages (Art. 8 para. 3).

Each takes what was sent, says what came of it, and leaves where to go next to its page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from cardbook.chapters.issuance.collective import drafts, queries
from cardbook.chapters.issuance.collective.forms import (
    PagesForm,
    RowForm,
    TickForm,
    read_page_images,
)
from cardbook.chapters.issuance.collective.naming import named_in
from cardbook.chapters.issuance.collective.sheet_job import (
    INTERRUPTED_AFTER,
    is_long,
    printed_sheet,
)
from cardbook.chapters.issuance.collective.signing_days import handed_on_of
from cardbook.chapters.issuance.collective.ticks import REASONS, read_ticks
from cardbook.chapters.issuance.models import Bundle, BundlePage, Result
from cardbook.chapters.screens import say_refused, status_of
from cardbook.jobs.queue import is_served
from cardbook.law.parameters import whole_number
from cardbook.lib.plain import InputError
from cardbook.lib.sm import Damaged
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Signer
from cardbook.lifecycle.pages import ActorRequest
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.papers.storage import PaperMissing
from cardbook.registers.answers import file_answer, kept_picture
from cardbook.registers.kept_search import OF, for_address
from cardbook.registers.lists import order_of, ordered, titles
from cardbook.registers.taking import Matter, note_taking

ONLY = (
    ("", "全部"), ("left", "没有结果"), ("new", "未备案"), ("unsigned", "未签收"),
    ("noted", "有提示"),
)  # fmt: skip

# Over rows as they are kept; those of a name have to be opened.
SORTS: dict[str, tuple[str, Callable[[dict[str, Any]], Any] | None]] = {
    "row": ("序号", None),
    "new": ("后加入的在前", lambda row: -row["row"]),
    "name": ("姓名", None),
    "number": ("卡号", lambda row: row["number"]),
    "place": ("盒内位置", lambda row: (row["place"], row["row"])),
    "result": ("结果", lambda row: (row["result"], row["reason"], row["row"])),
}


def found_bundle(request: ActorRequest, bundle_id: int) -> Bundle:
    """This function will return the bundle, or 404 when it is out of reach."""
    try:
        return queries.bundle_of(bundle_id, by=request.actor)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


def so_far(bundle: Bundle) -> dict[str, Any]:
    """This function will say how far a sheet is: its sums, its pages, its filings."""
    kept = queries.pages_kept(bundle.pk)
    missing = [n for n in range(1, bundle.pages + 1) if n not in kept]
    return {
        "bundle": bundle,
        "sums": queries.sums_of(bundle.pk),
        "missing_pages": missing,
        "first_missing": missing[0] if missing else 1,
        "images": list(BundlePage.objects.filter(bundle=bundle).order_by("page", "id")),
        "filings": list(bundle.filings.select_related("filed_by", "sent_by").order_by("number")),
        "has_new": _has_new(bundle),
    }


def _has_new(bundle: Bundle) -> bool:
    pairs = bundle.rows.values_list("result", "filed").distinct()
    return any(result != filed for result, filed in pairs)


def rows_shown(request: ActorRequest, bundle: Bundle, *, most: int) -> dict[str, Any]:
    """This function will list rows of a sheet as its page is asked for them, a page at a time."""
    today, only, sort = timezone.localdate(), request.GET.get("only", ""), order_of(request, SORTS)
    text = request.GET.get("q", "").strip()
    rows = ordered(_rows_of(bundle, only=only), SORTS, sort)
    minor = whole_number("minor_age", on=today)
    lines: Sequence[Any] = rows
    if text or only == "noted" or sort == "name":
        lines = [queries.shown(row, minor_age=minor, on=today) for row in rows]
        lines = [one for one in lines if _is_meant(one, only=only, text=text.upper())]
    if sort == "name":
        lines = sorted(lines, key=lambda line: (line.name, line.row))
    found = Paginator(lines, most).get_page(request.GET.get("page"))
    if lines is rows:
        found.object_list = [queries.shown(row, minor_age=minor, on=today) for row in found]
    return {
        "today": today,
        "on": request.GET.get("on", "") or str(today),
        "only": only,
        "onlys": ONLY,
        "text": text,
        "sort": sort,
        "sorts": titles(SORTS),
        "asked": for_address(request.GET, "q", "only", "sort"),
        "found": found,
        "reasons": [(digit, reason.label) for digit, reason in REASONS.items()],
    }


def _rows_of(bundle: Bundle, *, only: str) -> list[dict[str, Any]]:
    rows = queries.rows_of(bundle.pk)
    if only == "left":
        return [row for row in rows if not row["result"]]
    if only == "new":
        return [row for row in rows if row["result"] and row["result"] != row["filed"]]
    if only == "unsigned":
        return [row for row in rows if row["result"] != Result.SIGNED]
    return rows


def _is_meant(line: queries.RowLine, *, only: str, text: str) -> bool:
    found = text in line.name.upper() or text in line.number
    return found and (only != "noted" or bool(line.note))


def kept_query(request: ActorRequest) -> dict[str, str]:
    """This function will tell what a screen shows, so that it shows the same after a tick."""
    return {name: request.POST.get(name, "") for name in ("on", "only", "sort", "page", "q", OF)}


def take_ticks(request: ActorRequest, bundle: Bundle) -> TickForm | None:
    """This function will keep a line of ticks, or one mark for the chosen rows, and say so.

    What cannot be kept comes back as it was typed.
    """
    today = timezone.localdate()
    form = TickForm(
        request.POST, last=bundle.cards, today=today, since=handed_on_of(bundle, today=today)
    )
    if not form.is_valid():
        for error in (message for errors in form.errors.values() for message in errors):
            messages.warning(request, f"没有登记：{error}")
        return form
    undecided = set(bundle.rows.filter(result="").values_list("row", flat=True))
    try:
        ticks = read_ticks(form.cleaned_data["text"], last=bundle.cards, undecided=undecided)
        done = drafts.tick_rows(
            bundle_id=bundle.pk, ticks=ticks, on=form.cleaned_data["on"], by=request.actor,
            agent=form.agent({tick.mark.signer for tick in ticks}),
        )  # fmt: skip
    except InputError as problem:
        messages.warning(request, f"没有登记：{problem.sentence}。")
        return form
    except Refused as refused:
        say_refused(request, refused)
        return form
    messages.success(request, f"已登记 {done.count} 行（尚未备案）。")
    if done.refusals:
        say_refused(request, Refused(done.refusals))
    return None


def scanned_sheet(request: ActorRequest, bundle: Bundle, text: str) -> int:
    """This function will tell which sheet a QR in the line of ticks leads to: this, or another."""
    try:
        found = queries.find_sheet(text, by=request.actor)
    except InputError as problem:
        messages.warning(request, f"{problem.sentence}。")
        return bundle.pk
    except Refused as refused:
        say_refused(request, refused)
        return bundle.pk
    if found.bundle_id != bundle.pk:
        messages.warning(request, f"已换到 {found.number}（扫到的是它的第 {found.page} 页）。")
    return found.bundle_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A row as its screen shows it, before it is written or because it was refused."""

    context: dict[str, Any]
    status: int


def write_down(request: ActorRequest, bundle: Bundle, row: int) -> Written | None:
    """This function will write one row in full; None when it is written and the sheet is next."""
    found = queries.rows_of(bundle.pk, rows=[row])
    if not found or bundle.batch is None:
        raise Http404
    today = timezone.localdate()
    line = queries.shown(found[0], minor_age=whole_number("minor_age", on=today), on=today)
    known = named_in(found[0])
    initial = {
        "result": line.result or Result.SIGNED, "signer": line.signer or Signer.HOLDER,
        "signed_on": line.signed_on or today, "reason": line.reason, "words": line.words,
        "self_supporting": line.self_supporting, "agent_name": known.name,
        "agent_number": known.masked_number, "agent_relation": known.relation,
        "agent_proof": known.proof,
    }  # fmt: skip
    form = RowForm(
        request.POST or None, initial=initial, today=today, known=known,
        since=handed_on_of(bundle, today=today),
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            drafts.write_row(bundle_id=bundle.pk, row=row, by=request.actor, entry=form.entry())
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"第 {row} 行已登记（尚未备案）。")
            return None
    context = {"bundle": bundle, "line": line, "form": form, "refusals": refusals}
    return Written(context=context, status=status_of(refusals=refusals, mistakes=form.errors))


def take_pages(request: ActorRequest, bundle: Bundle) -> None:
    """This function will keep pictures of pages, or take one off the draft, and say so."""
    if "drop" in request.POST:
        _drop_page(request, bundle)
        return
    form = PagesForm(request.POST)
    files = request.FILES.getlist("images")
    if not form.is_valid() or not files:
        messages.warning(request, "请选择明细表各页的照片或扫描图，并核对页码。")
        return
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


def _drop_page(request: ActorRequest, bundle: Bundle) -> None:
    digest = request.POST["drop"][:64]
    try:
        gone = drafts.drop_page(bundle_id=bundle.pk, digest=digest, by=request.actor)
    except Refused as refused:
        say_refused(request, refused)
        return
    messages.success(request, "已去掉这张影像。" if gone else "这张影像已备案，不能去掉。")


def picture_of_page(bundle: Bundle, digest: str) -> HttpResponse:
    """This function will answer with the picture of a page of this sheet, or 404."""
    if not BundlePage.objects.filter(bundle=bundle, digest=digest).exists():
        raise Http404
    return kept_picture(digest)


def pdf_of_sheet(
    request: ActorRequest, bundle: Bundle, *, masked: bool, back: str
) -> HttpResponse:
    """This function will answer with the sheet as PDF, or say why it is not to be had yet."""
    if bundle.is_being_set or (bundle.batch is None and is_long(bundle.rows.count())):
        messages.warning(request, f"{bundle.number} 行数多，交付后在后台排版，完成后再打开。")
        return redirect(back, bundle.pk)
    try:
        content = printed_sheet(bundle, masked=masked, printed_at=timezone.now())
    except (PaperMissing, Damaged):
        messages.error(request, f"{bundle.number} 的存档不在或已损坏，请从备份恢复后再打印。")
        return redirect(back, bundle.pk)
    name = f"{bundle.number}{'-村留存联' if masked else ''}.pdf"
    if not masked:
        note_taking(
            Matter.SIGN_OFF, name=name, rows=bundle.rows.count(), content=content,
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    return file_answer(content, name=name, kind="pdf", attached=False)


def setting_context(request: ActorRequest, bundle: Bundle) -> dict[str, Any]:
    """This function will say how far a worker is with the sheet, for `_setting.html`."""
    begun = bundle.sheet_begun_at or bundle.handed_at
    waited = timezone.now() - begun if begun else timedelta()
    return {
        "bundle": bundle,
        "seconds": int(waited.total_seconds()),
        "interrupted": waited > INTERRUPTED_AFTER,
        "served": is_served(),
        "may_ask_again": request.actor.role in act("bundle.hand_out").who,
    }
