"""Leads a wrong card's handling on: explained, checked again, entered above, made anew (13-15).

`pages.py` beside it begins one and lists them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.corrections.wrong_cards.bulk import RowResult, paste_province
from cardbook.chapters.corrections.wrong_cards.commands import (
    confirm_province,
    drop_error,
    enter_province,
    explain_error,
    recheck_error,
    resume_error,
)
from cardbook.chapters.corrections.wrong_cards.fees import charge_of, fee_words, told_lines
from cardbook.chapters.corrections.wrong_cards.forms import (
    BulkForm,
    DropForm,
    ExplainForm,
    ProvinceForm,
    RecheckForm,
    ResumeForm,
    usual_police_day,
)
from cardbook.chapters.corrections.wrong_cards.letter import letter_pdf
from cardbook.chapters.corrections.wrong_cards.pages import BASIS, lines_of, number_read
from cardbook.chapters.corrections.wrong_cards.queries import (
    PROOFS,
    CorrectionRow,
    Wanted,
    card_to_compare,
    correction_of,
    correction_rows,
    open_steps,
)
from cardbook.chapters.corrections.wrong_cards.scope import READERS
from cardbook.chapters.corrections.wrong_cards.steps import steps_of
from cardbook.chapters.corrections.wrong_cards.values import (
    Values,
    compared,
    right_by_number,
    seal_reading,
)
from cardbook.chapters.screens import status_of
from cardbook.law import notices
from cardbook.law.parameters import parameter
from cardbook.law.roles import SEES_PEOPLE
from cardbook.lib.ids import ids_of
from cardbook.lib.plain import InputError
from cardbook.lifecycle.facts import WrongField
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused

Command = Callable[[datetime], object]


def _correction(request: ActorRequest, correction_id: int) -> CorrectionRow:
    found = correction_of(
        correction_id=correction_id, by=request.actor, today=timezone.localdate()
    )
    if found is None:
        raise Http404
    return found


@require_GET
@page(roles=READERS, basis=BASIS)
def show(request: ActorRequest, correction_id: int) -> HttpResponse:
    """One handling: what differs, how far it is, what can be done next and why not."""
    row = _correction(request, correction_id)
    today = timezone.localdate()
    return render(
        request,
        "wrong_cards/show.html",
        {
            "row": row,
            "compared": [one for one in compared(row.face, row.right) if one.field in row.fields],
            "steps": open_steps(correction_id=correction_id, by=request.actor, at=timezone.now()),
            "life": steps_of(correction_id),
            "due": parameter("error_confirm_due_days").on(today),
            "fee": fee_words(row.fault, on=today),
            "fee_confirmed": charge_of(row.fault, on=today).confirmed,
            "may_open": request.actor.role in SEES_PEOPLE,
        },
    )


@require_GET
@page(roles=READERS, basis="第十三条、第十五条")
def letter(request: ActorRequest, correction_id: int) -> HttpResponse:
    """The letter to the holder, as PDF."""
    row = _correction(request, correction_id)
    content = letter_pdf(row=row, by=request.actor, at=timezone.now())
    return HttpResponse(content, content_type="application/pdf")


def _step(
    request: ActorRequest,
    row: CorrectionRow,
    form: django_forms.Form,
    *,
    template: str,
    said: str,
    command: Command,
    **more: Any,
) -> HttpResponse:
    """One step's page: GET shows the form, POST does it and goes back to the handling."""
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            command(timezone.now())
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"卡 {row.card_number}：{said}")
            return redirect("error.show", row.id)
    return render(
        request,
        f"wrong_cards/{template}.html",
        {"row": row, "form": form, "refusals": refusals, **more},
        status=status_of(refusals=refusals, mistakes=form.errors),
    )


@require_http_methods(["GET", "POST"])
@page("error.explain")
def explain(request: ActorRequest, correction_id: int) -> HttpResponse:
    """Record that the holder or a proxy was told."""
    row = _correction(request, correction_id)
    lines = told_lines(row.fields, row.fault, on=timezone.localdate())
    expected = row.expected_on or usual_police_day(row.fault, today=timezone.localdate())
    form = ExplainForm(
        request.POST or None,
        initial={"key": new_key(), "way": "phone", "expected_on": expected},
    )
    return _step(
        request, row, form, template="explain", said="已记录向持卡人或代理人的说明。",
        command=lambda at: explain_error(
            correction_id=correction_id, telling=form.telling(lines), told=form.told_codes(),
            by=request.actor, at=at, key=form.cleaned_data["key"],
        ),
        notice=notices.WRONG_CARD, told_lines=lines,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("error.recheck")
def recheck(request: ActorRequest, correction_id: int) -> HttpResponse:
    """Go through every field once more; the second person completes what is empty."""
    row = _correction(request, correction_id)
    card = card_to_compare(card_id=row.card_id, by=request.actor, at=timezone.now())
    registered = card.face if card else {}
    number, problem = "", ""
    if "compare" in request.POST:
        number, problem = number_read(request.POST.get("number", ""))
    by_number = right_by_number(number, today=timezone.localdate())
    right = {**row.right, **by_number}
    initial: dict[str, Any] = {
        "key": new_key(), "fault": row.fault,
        "proof": _proof_code(row.proof),
        **{f"pick_{field}": True for field in row.fields},
        **_shown("face", row.face),
        **_shown("right", row.right),
        "reading": seal_reading(number) if number else "",
    }  # fmt: skip
    form = RecheckForm(
        None if "compare" in request.POST else request.POST or None,
        initial=initial,
        face={**registered, **row.face},
        right=row.right,
        today=timezone.localdate(),
    )
    rows = compared({**registered, **row.face}, right)
    return _step(
        request, row, form, template="recheck", said="已再次核查，各项信息完整准确。",
        command=lambda at: recheck_error(
            correction_id=correction_id, facts=form.facts(), compared=form.compared(),
            by=request.actor, at=at, key=form.cleaned_data["key"],
        ),
        lines=lines_of(form, rows), own=row.recorder_id == request.actor.user_id,
        problem=problem, has_reading=bool(number),
    )  # fmt: skip


def _shown(side: str, values: Values) -> dict[str, str]:
    """Values ready in their fields; a number stays out of the page, blank means as it was."""
    return {f"{side}_{one}": text for one, text in values.items() if one is not WrongField.NUMBER}


def _proof_code(label: str) -> str:
    return next((code for code, title in PROOFS.items() if title == label), "id_card")


@require_http_methods(["GET", "POST"])
@page("error.enter_province")
def enter(request: ActorRequest, correction_id: int) -> HttpResponse:
    """Copy the province's number of the entry."""
    row = _correction(request, correction_id)
    form = ProvinceForm(request.POST or None, initial=_province_said(request))
    return _step(
        request, row, form, template="province", said="已记录省系统登记号。",
        title="省系统错卡登记",
        button="记录登记号",
        command=lambda at: enter_province(
            correction_id=correction_id, facts=form.facts(), by=request.actor, at=at,
            key=form.cleaned_data["key"],
        ),
    )  # fmt: skip


def _province_said(request: ActorRequest, known: str = "") -> dict[str, object]:
    """What a form about the province begins with: the number its answer brought, if one did."""
    reference = request.GET.get("reference", "")[:60] or known
    return {"key": new_key(), "answered_on": timezone.localdate(), "reference": reference}


@require_http_methods(["GET", "POST"])
@page("error.confirm_province")
def confirm(request: ActorRequest, correction_id: int) -> HttpResponse:
    """Record that the province confirmed the entry."""
    row = _correction(request, correction_id)
    form = ProvinceForm(request.POST or None, initial=_province_said(request, row.reference))
    return _step(
        request, row, form, template="province", said="省系统已确认。", title="省系统错卡确认",
        button="记录确认",
        command=lambda at: confirm_province(
            correction_id=correction_id, facts=form.facts(), by=request.actor, at=at,
            key=form.cleaned_data["key"],
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("error.resume")
def resume(request: ActorRequest, correction_id: int) -> HttpResponse:
    """Open the new application, at the fee that follows from whose doing it was."""
    row = _correction(request, correction_id)
    today = timezone.localdate()
    form = ResumeForm(request.POST or None, initial={"key": new_key()})
    return _step(
        request, row, form, template="resume", said="错卡处理已办结，转补换卡。",
        command=lambda at: resume_error(
            correction_id=correction_id, corrected_on=form.cleaned_data["corrected_on"],
            words=form.cleaned_data["words"], by=request.actor, at=at,
            key=form.cleaned_data["key"],
        ),
        fee=fee_words(row.fault, on=today), fee_confirmed=charge_of(row.fault, on=today).confirmed,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("error.drop")
def drop(request: ActorRequest, correction_id: int) -> HttpResponse:
    """Take a mistaken entry back; a second person signs."""
    row = _correction(request, correction_id)
    form = DropForm(request.POST or None, initial={"key": new_key()})
    return _step(
        request, row, form, template="drop",
        said="误登的错卡处理已撤销，卡已恢复，请按页面所示放回或交还。",
        command=lambda at: drop_error(
            correction_id=correction_id, words=form.cleaned_data["words"], by=request.actor,
            second=form.second(request), at=at, key=form.cleaned_data["key"],
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@page("error.enter_province", "error.confirm_province")
def province_bulk(request: ActorRequest) -> HttpResponse:
    """Many numbers at once, pasted; a result stands beside every row."""
    given = request.POST if "rows" in request.POST else None
    form = BulkForm(given, initial=_chosen(request))
    results: list[RowResult] = []
    problem = ""
    if given is not None and form.is_valid():
        try:
            results = paste_province(
                text=form.cleaned_data["rows"], step=form.cleaned_data["step"],
                by=request.actor, at=timezone.now(), key=form.cleaned_data["key"],
            )  # fmt: skip
        except InputError as wrong:
            problem = wrong.sentence
    failed = [one for one in results if not one.done]
    return render(
        request,
        "wrong_cards/bulk.html",
        {
            "form": form,
            "results": results,
            "problem": problem,
            "done_count": len(results) - len(failed),
            "failed_count": len(failed),
        },
        status=422 if problem or form.errors else 200,
    )


def _chosen(request: ActorRequest) -> dict[str, str]:
    """The cards ticked in the list, ready for their numbers to be written beside them."""
    ids = tuple(ids_of(request.POST.getlist("chosen")))
    if not ids:
        return {"key": new_key()}
    rows = correction_rows(
        Wanted(ids=ids[:500]), within=request.actor.county_path, today=timezone.localdate(),
        limit=None,
    )  # fmt: skip
    confirming = bool(rows) and all(row.progress == "entered" for row in rows)
    text = "\n".join(f"{row.card_number}\t{row.reference}\t" for row in rows)
    return {"key": new_key(), "rows": text, "step": "confirm" if confirming else "enter"}
