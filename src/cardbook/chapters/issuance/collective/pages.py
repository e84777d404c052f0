"""Putting a bundle together and handing it out: scan, scan, scan, sign, Enter (Art. 8 ¶3, 20).

Every scan is one POST to a bundle that is kept; `sheet_pages.py` reads its sheet back.
"""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.issuance.collective import drafts, queries, scanning
from cardbook.chapters.issuance.collective.commands import ask_for_sheet, hand_out_bundle
from cardbook.chapters.issuance.collective.forms import HandOutForm
from cardbook.chapters.issuance.collective.notice import notice_pdf
from cardbook.chapters.issuance.collective.reading_pages import (
    found_bundle,
    pdf_of_sheet,
    rows_shown,
    setting_context,
)
from cardbook.chapters.issuance.collective.register import page_count
from cardbook.chapters.issuance.collective.sheet_job import is_long
from cardbook.chapters.issuance.collective.sheet_pages import FILERS, READERS, sheet_screen
from cardbook.chapters.issuance.models import Bundle
from cardbook.chapters.receivers import objections_to_receiver
from cardbook.chapters.representatives import readiness_of
from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.unfit_rows import said_of_rows
from cardbook.law.parameters import parameter
from cardbook.law.roles import roles_named
from cardbook.lib.ids import ids_of
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer

ROWS_OF_SHEET = 100
_HAND_OUT = act("bundle.hand_out")
_MOST_SAID = 8
_LONGEST_CODE = 15
_BASIS = "第八条第三款、第二十条"


@require_http_methods(["GET", "POST"])
@page("bundle.hand_out")
def start(request: ActorRequest) -> HttpResponse:
    """Find the unit by its handler's document, its code or its name, and begin a bundle."""
    text = request.POST.get("text", "").strip()
    units, problem, person_id = [], "", None
    if request.method == "POST" and request.POST.get("unit", "").isdecimal():
        person = request.POST.get("person", "")
        return _begin(request, int(request.POST["unit"]), int(person) if person else None)
    if text:
        start_of = scanning.find_unit(text, by=request.actor, on=timezone.localdate())
        units, problem, person_id = start_of.units, start_of.problem, start_of.person_id
        if len(units) == 1 and not problem:
            return _begin(request, units[0].pk, person_id)
    begun = Bundle.objects.filter(office_id=request.actor.org_id, batch=None)
    context = {
        # A number is never sent back to be seen.
        "text": "" if text[:1].isdigit() and len(text) >= _LONGEST_CODE else text[:40],
        "units": units,
        "problem": problem,
        "person_id": person_id,
        "begun": begun.select_related("unit").order_by("-id")[:20],
    }
    status = status_of(mistakes=problem)
    return render(request, "collective/start.html", context, status=status)


def _begin(request: ActorRequest, unit_id: int, person_id: int | None) -> HttpResponse:
    try:
        bundle = drafts.start_bundle(
            unit_id=unit_id, by=request.actor, at=timezone.now(), collector_id=person_id
        )
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    return redirect("bundle.show", bundle.pk)


@require_GET
@page(roles=READERS, basis=_BASIS)
def show(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """A bundle: the desk while it is put together, its sheet once it is out."""
    bundle = found_bundle(request, bundle_id)
    if bundle.batch is not None:
        return sheet_screen(request, bundle)
    return _desk(request, bundle)


def _desk(
    request: ActorRequest,
    bundle: Bundle,
    *,
    form: HandOutForm | None = None,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    on = timezone.localdate()
    ready = readiness_of(bundle.unit_id, on=on)
    overdue = queries.overdue_of(bundle.unit_id, on=on)
    context: dict[str, Any] = {
        "bundle": bundle,
        "total": bundle.rows.count(),
        **rows_shown(request, bundle, most=ROWS_OF_SHEET),
        "ready": ready,
        "handlers": queries.handlers_named(ready.handler_ids),
        "missing": list(objections_to_receiver(bundle.unit, on=on, lock=False)),
        "overdue": overdue,
        "blocked": overdue and queries.overdue_blocks(on=on),
        "blocking": parameter("overdue_sheets_block").on(on),
        "form": form
        or _form(bundle, plan_on_file=ready.plan is not None, initial={"key": new_key()}),
        "refusals": refusals,
        "may": request.actor.role in _HAND_OUT.who,
    }
    status = status_of(refusals=refusals, mistakes=form.errors if form else None)
    return render(request, "collective/desk.html", context, status=status)


def _form(bundle: Bundle, *given: Any, plan_on_file: bool = True, **more: Any) -> HandOutForm:
    rule = parameter("collector_photo_required").on(timezone.localdate())
    return HandOutForm(*given, bundle=bundle, plan_on_file=plan_on_file, photo_rule=rule, **more)


@require_POST
@page("bundle.hand_out")
def add(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Take what was scanned: a document, a letter, a box, a card, many pasted numbers."""
    bundle = found_bundle(request, bundle_id)
    try:
        done = scanning.take(
            request.POST.get("text", ""), everything="all" in request.POST, bundle=bundle,
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except InputError as problem:
        messages.warning(request, f"没有加入：{problem.sentence}。")
    except Refused as refused:
        say_refused(request, refused)
    else:
        if done.said:
            messages.success(request, done.said)
        for sentence in done.left_out[:_MOST_SAID]:
            messages.warning(request, f"没有加入 {sentence}")
        more = len(done.left_out) - _MOST_SAID
        if more > 0:
            messages.warning(request, f"另有 {more} 张同样没有加入。")
    return redirect("bundle.show", bundle_id)


@require_POST
@page("bundle.hand_out")
def remove(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """Take chosen rows off the bundle, or give the bundle up."""
    found_bundle(request, bundle_id)
    try:
        if "drop" in request.POST:
            drafts.drop_bundle(bundle_id=bundle_id, by=request.actor)
            messages.success(request, "已放弃这次领卡，卡都在原处。")
            return redirect("bundle.list")
        rows = ids_of(request.POST.getlist("row"))
        count = drafts.remove_rows(bundle_id=bundle_id, rows=rows, by=request.actor)
        messages.success(request, f"已从本次领卡中去掉 {count} 张。")
    except Refused as refused:
        say_refused(request, refused)
    return redirect("bundle.show", bundle_id)


@require_POST
@page("bundle.hand_out")
def hand_out(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """The handler signed: the cards go into the unit's hands."""
    bundle = found_bundle(request, bundle_id)
    form = _form(bundle, request.POST, request.FILES)
    if not form.is_valid():
        return _desk(request, bundle, form=form)
    papers, images = form.given()
    now = timezone.now()
    try:
        done = hand_out_bundle(
            bundle_id=bundle.pk,
            signing=form.signed,
            papers=papers,
            images=images,
            pages=_pages_of(bundle, at=now),
            by=request.actor,
            at=now,
            key=form.cleaned_data["key"],
        )
    except Refused as refused:
        if found_bundle(request, bundle_id).batch is not None:
            say_refused(request, refused)
            return redirect("bundle.show", bundle_id)
        again = _form(
            bundle, initial={**form.cleaned_data, "signature": "", "photo": None, "key": new_key()}
        )
        return _desk(
            request, bundle, form=again, refusals=said_of_rows(_rows_of(bundle), refused.refusals)
        )
    messages.success(request, f"{len(done.subject_ids)} 张卡已交付，请打印签字明细表随卡带走。")
    return redirect("bundle.show", bundle.pk)


def _rows_of(bundle: Bundle) -> dict[int, tuple[int, str]]:
    found = bundle.rows.values_list("card_id", "row", "card__number")
    return {card: (row, number) for card, row, number in found}


def _pages_of(bundle: Bundle, *, at: datetime) -> int:
    """How many pages its sheet has; 0 when it is long and a worker will say."""
    if bundle.pages or is_long(bundle.rows.count()):
        return bundle.pages
    return page_count(bundle, printed_at=at)


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=_BASIS)
def sheet_pdf(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """The sheet as PDF with masked numbers; a POST prints the one to be signed, on record."""
    bundle = found_bundle(request, bundle_id)
    if request.method == "GET":
        return pdf_of_sheet(request, bundle, masked=True, back="bundle.show")
    if request.actor.role not in FILERS:
        raise PermissionDenied(f"签字明细表由{roles_named(FILERS)}打印。")
    if bundle.batch is None:
        messages.warning(request, f"{bundle.number} 还没有交付，交付后再打印签字明细表。")
        return redirect("bundle.show", bundle.pk)
    return pdf_of_sheet(request, bundle, masked=False, back="bundle.show")


@require_GET
@page(roles=READERS, basis=f"{_BASIS}、第十二条、第二十二条")
def notice(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """What the unit reads out to holders, with the outlets of their banks."""
    bundle = found_bundle(request, bundle_id)
    content = notice_pdf(bundle, by=request.actor, at=timezone.now())
    return file_answer(content, name=f"领卡告知_{bundle.number}.pdf", kind="pdf", attached=False)


@require_http_methods(["GET", "POST"])
@page(roles=READERS, basis=_BASIS)
def setting(request: ActorRequest, bundle_id: int) -> HttpResponse:
    """How far the setting of a long sheet is; whoever hands out may ask for it once more."""
    bundle = found_bundle(request, bundle_id)
    if request.method == "POST":
        if request.actor.role not in _HAND_OUT.who:
            raise PermissionDenied("由交付这批卡的发放机构重新排版。")
        if bundle.is_being_set:
            ask_for_sheet(bundle_id=bundle.pk, by=request.actor)
            messages.success(request, f"{bundle.number} 已重新交给后台排版。")
        return redirect("bundle.show", bundle.pk)
    answer = render(request, "collective/_setting.html", setting_context(request, bundle))
    if not bundle.is_being_set:
        answer["HX-Refresh"] = "true"
    return answer
