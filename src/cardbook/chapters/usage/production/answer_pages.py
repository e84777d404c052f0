"""Enters what banks answer: from the teller's list, by typing, from an answer sheet (Art. 25)."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.import_screens import error_sheet_answer, problems_shown
from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.production.answers import CODE, take_sheet
from cardbook.chapters.usage.production.commands import Answer, AnswerKind, answer_applications
from cardbook.chapters.usage.production.forms import AnswerForm, SheetForm
from cardbook.chapters.usage.production.queries import waiting_for_answers
from cardbook.chapters.usage.reaching import banks_for
from cardbook.imports.models import ImportFile
from cardbook.imports.reading import FileRefused
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused

_ACTS = ("application.accept", "application.refuse", "application.produce", "application.made")


@require_http_methods(["GET", "POST"])
@page(*_ACTS)
def answers(request: ActorRequest) -> HttpResponse:
    """What lies at the bank: choose rows, say what the bank says of them."""
    now = timezone.now()
    today = timezone.localdate(now)
    chosen = request.GET.get("bank", "")
    bank_id = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else None
    rows = waiting_for_answers(by=request.actor, bank_id=bank_id, today=today)
    form = AnswerForm(
        request.POST or None, waiting=[row.id for row in rows],
        initial={"key": new_key(), "answered_on": today},
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        kind = AnswerKind(given["kind"])
        said = [
            Answer(
                application_id=id_, kind=kind, words=given["words"], reference=given["reference"]
            )
            for id_ in given["ids"]
        ]
        try:
            answer_applications(
                said, source=given["source"], answered_on=given["answered_on"], by=request.actor,
                at=now, key=given["key"],
            )  # fmt: skip
        except Refused as refused:
            refusals = refused.refusals
        else:
            messages.success(request, f"{len(said)} 件已登记“{kind.label}”。")
            return redirect("application.answers")
    context = {"rows": rows, "form": form, "refusals": refusals, "banks": banks_for(request.actor),
               "bank_id": bank_id, "chosen": frozenset(request.POST.getlist("ids"))}  # fmt: skip
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "production/answers.html", context, status=status)


@require_http_methods(["GET", "POST"])
@page(*_ACTS)
def sheet(request: ActorRequest) -> HttpResponse:
    """Take in a bank's answer sheet: all rows or none, every wrong row named."""
    now = timezone.now()
    banks = banks_for(request.actor)
    form = SheetForm(
        request.POST or None, request.FILES or None, banks=banks,
        initial={"answered_on": timezone.localdate(now)},
    )  # fmt: skip
    problem: FileRefused | None = None
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        bank = next(one for one in banks if one.id == given["bank"])
        try:
            taken = take_sheet(
                name=given["file"].name, content=given["file"].read(),
                source=f"回盘文件 {given['file'].name}"[:60], answered_on=given["answered_on"],
                bank=bank, by=request.actor, at=now,
            )  # fmt: skip
        except FileRefused as refused:
            problem = refused
        except Refused as refused:
            refusals = refused.refusals
        else:
            if not taken.entered:
                return redirect("application.sheet", taken.file.pk)
            again = "这份回盘先前已登记，没有重复登记" if taken.repeated else "回盘已登记"
            messages.success(request, f"{again}：{taken.rows} 行。")
            return redirect("application.answers")
    context = {"form": form, "problem": problem, "refusals": refusals}
    status = 422 if problem else status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "production/sheet.html", context, status=status)


@require_GET
@page(*_ACTS)
def sheet_problems(request: ActorRequest, file_id: int) -> HttpResponse:
    """What is wrong in a sheet, row by row; with `export` the bank's own file, annotated."""
    own = [bank.id for bank in banks_for(request.actor)]
    file = ImportFile.objects.filter(pk=file_id, layout=CODE, organization__in=own).first()
    if file is None:
        raise Http404
    if "export" in request.GET:
        return error_sheet_answer(request, file, back="application.sheet")
    context = {"file": file, **problems_shown(request, file)}
    return render(request, "production/sheet_problems.html", context)
