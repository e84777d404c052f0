"""Takes, mends and confirms applications, one page each; submits them to their banks (Art. 4, 25).

`list_pages.py` beside it shows them, `answer_pages.py` enters what banks answer.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.telling import told_of
from cardbook.chapters.usage.captured import fit_of
from cardbook.chapters.usage.production.commands import (
    capture_application,
    confirm_application,
    correct_application,
    submit_applications,
)
from cardbook.chapters.usage.production.forms import (
    CaptureForm,
    ConfirmForm,
    CorrectForm,
    SubmitForm,
)
from cardbook.chapters.usage.production.incoming import begin_with
from cardbook.chapters.usage.production.listing import list_answer
from cardbook.chapters.usage.production.queries import (
    ORDERS,
    ApplicationRow,
    FoundApplication,
    application_of,
    known_captured,
    row_of,
    waiting_for_submission,
)
from cardbook.chapters.usage.promises import promise_for
from cardbook.chapters.usage.reaching import banks_for
from cardbook.law.fees import charge_for
from cardbook.law.notices import REPLACEMENT
from cardbook.lib.masking import mask_phone
from cardbook.lifecycle.facts import ApplyKind, ApplyReason
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.lists import is_export, order_of, text_of, titles


@require_http_methods(["GET", "POST"])
@page("application.capture")
def capture(request: ActorRequest) -> HttpResponse:
    """Take a first card down: ground, photo, contact, signature; free of charge.

    `from` leads from a list of those who come, with what is known of one of them.
    """
    today = timezone.localdate()
    form = CaptureForm(
        request.POST or None, request.FILES or None, banks=banks_for(request.actor), today=today,
        initial={"key": new_key()} | begin_with(request.GET.get("from", ""), by=request.actor),
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            done = capture_application(
                wanted=form.wanted(), signed=form.signed(), by=request.actor, at=timezone.now(),
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"申请 {done.subject_ids[0]} 已受理并确认，待提交银行。")
            return redirect("application.show", done.subject_ids[0])
    promise, charge = promise_for(ApplyKind.FIRST, on=today), charge_for("first", on=today)
    values = {"fee_words": charge.words(charge.basis_text), "promised_on": promise.on}
    context = {
        "form": form,
        "refusals": refusals,
        "promise": promise,
        "charge": charge,
        "one": told_of(REPLACEMENT.code, on=today, values=values),
    }
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "production/capture.html", context, status=status)


def _within(request: ActorRequest, application_id: int) -> FoundApplication:
    application = application_of(application_id=application_id, by=request.actor)
    if application is None:
        raise Http404
    return application


@require_http_methods(["GET", "POST"])
@page("application.correct")
def correct(request: ActorRequest, application_id: int) -> HttpResponse:
    """Mend what the bank or the holder found wrong, or complete what was opened elsewhere."""
    application = _within(request, application_id)
    known, today = known_captured(application), timezone.localdate()
    detail = getattr(application, "detail", None)
    card = application.old_card
    form = CorrectForm(
        request.POST or None, request.FILES or None, banks=banks_for(request.actor), today=today,
        photo_digest=detail.photo if detail else application.person.photo_digest,
        initial={
            "key": new_key(),
            "bank": application.bank_id or (card.bank_org_id if card else None),
            "delivery": detail.delivery if detail else "window",
            "old_plastic": detail.old_plastic if detail else "",
            "photo_ok": True,
        },
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            correct_application(
                application_id=application_id,
                wanted=form.wanted(known, reason=ApplyReason(application.reason)),
                fields=form.changed(), by=request.actor, at=timezone.now(),
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"申请 {application_id} 已修改，请持卡人重新确认签字。")
            return redirect("application.confirm", application_id)
    return _form_page(request, application, form, refusals, title="修改采集信息")


@require_http_methods(["GET", "POST"])
@page("application.confirm")
def confirm(request: ActorRequest, application_id: int) -> HttpResponse:
    """Let the holder read what was captured, and sign."""
    application = _within(request, application_id)
    if not hasattr(application, "detail"):
        messages.error(request, "这件申请还没有采集制卡信息，请先补齐。")
        return redirect("application.correct", application_id)
    form = ConfirmForm(
        request.POST or None, request.FILES or None, banks=[], today=timezone.localdate(),
        initial={"key": new_key()},
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            confirm_application(
                application_id=application_id, signed=form.signed(), by=request.actor,
                at=timezone.now(), key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"申请 {application_id} 已由持卡人确认，待提交银行。")
            return redirect("application.show", application_id)
    return _form_page(request, application, form, refusals, title="持卡人确认")


def _form_page(
    request: ActorRequest,
    application: FoundApplication,
    form: CorrectForm | ConfirmForm,
    refusals: tuple[Refusal, ...],
    *,
    title: str,
) -> HttpResponse:
    known = known_captured(application)
    context = {
        "row": row_of(application, None, today=timezone.localdate()),
        "known": known,
        "masked_phone": mask_phone(known.phone) if known.phone else "",
        "form": form,
        "refusals": refusals,
        "title": title,
        "is_confirm": isinstance(form, ConfirmForm),
        "fit": fit_of(known, on=timezone.localdate()),
    }
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "production/form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page("application.submit")
def submit(request: ActorRequest) -> HttpResponse:
    """The confirmed applications by bank; those chosen are submitted, with a result for each."""
    now = timezone.now()
    today = timezone.localdate(now)
    find = {"text": text_of(request), "sort": order_of(request, ORDERS)}
    rows = waiting_for_submission(by=request.actor, today=today, **find)
    if is_export(request):
        return list_answer(request, rows, at=now)
    form = SubmitForm(
        request.POST or None, waiting=[row.id for row in rows], initial={"key": new_key()}
    )
    results: list[tuple[int, Refusal]] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            found = submit_applications(given["ids"], by=request.actor, at=now, key=given["key"])
        except Refused as refused:
            say_refused(request, refused)
            return redirect("application.submit")
        if found.done:
            messages.success(request, f"{len(found.done)} 件已提交银行。")
        if not found.refused:
            return redirect("application.submit")
        results = sorted(found.refused.items())
        rows = waiting_for_submission(by=request.actor, today=today, **find)
    context = {
        "banks": _by_bank(rows), "count": len(rows), "form": form, "results": results,
        "key": new_key(), "sorts": titles(ORDERS), **find,
    }  # fmt: skip
    status = status_of(refusals=results, mistakes=form.errors)
    return render(request, "production/submit.html", context, status=status)


def _by_bank(rows: list[ApplicationRow]) -> dict[str, list[ApplicationRow]]:
    banks: dict[str, list[ApplicationRow]] = {}
    for row in rows:
        banks.setdefault(row.bank or "未选银行", []).append(row)
    return banks
