"""Enters what banks answer: from the teller's list, by typing, from an answer sheet (Art. 25)."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cardbook.chapters.bank_sheets import arrived_content, put_away, waiting_files
from cardbook.chapters.import_screens import error_sheet_answer, problems_shown
from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.usage.production.answers import CODE, TakenIn, take_sheet
from cardbook.chapters.usage.production.bank_rows import enter_offered, offered
from cardbook.chapters.usage.production.commands import Answer, AnswerKind, answer_applications
from cardbook.chapters.usage.production.forms import AnswerForm, SheetForm
from cardbook.chapters.usage.production.listing import list_answer
from cardbook.chapters.usage.production.queries import ANSWER_SORTS, waiting_for_answers
from cardbook.chapters.usage.reaching import banks_for
from cardbook.imports.models import ImportFile
from cardbook.imports.reading import FileRefused
from cardbook.lib.ids import id_of, ids_of
from cardbook.lifecycle.pages import ActorRequest, new_key, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.lists import is_export, order_of, text_of, titles

_MOST_NOTES = 10
_ACTS = ("application.accept", "application.refuse", "application.produce", "application.made")


@require_http_methods(["GET", "POST"])
@page(*_ACTS)
def answers(request: ActorRequest) -> HttpResponse:
    """What lies at the bank: choose rows, say what the bank says of them."""
    now = timezone.now()
    today = timezone.localdate(now)
    chosen = request.GET.get("bank", "")
    bank_id = id_of(chosen)
    find = {"text": text_of(request), "sort": order_of(request, ANSWER_SORTS)}
    rows = waiting_for_answers(by=request.actor, bank_id=bank_id, today=today, **find)
    if is_export(request):
        return list_answer(request, rows, at=now)
    if request.method == "POST" and "offered" in request.POST:
        return _enter_offered(request, now)
    form = AnswerForm(
        request.POST or None, waiting=[row.id for row in rows],
        initial={"key": new_key(), "answered_on": today},
    )  # fmt: skip
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            _enter(request, form, now)
        except Refused as refused:
            refusals = refused.refusals
        else:
            return redirect("application.answers")
    context = {"rows": rows, "form": form, "refusals": refusals, "banks": banks_for(request.actor),
               "bank_id": bank_id, "chosen": frozenset(request.POST.getlist("ids")),
               "sorts": titles(ANSWER_SORTS), **find,
               "offered": offered(by=request.actor), "offer_key": new_key()}  # fmt: skip
    status = status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "production/answers.html", context, status=status)


def _enter(request: ActorRequest, form: AnswerForm, now: datetime) -> None:
    """Enter what the bank says of the chosen rows, all of them or none."""
    given = form.cleaned_data
    kind = AnswerKind(given["kind"])
    said = [
        Answer(application_id=id_, kind=kind, words=given["words"], reference=given["reference"])
        for id_ in given["ids"]
    ]
    answer_applications(
        said, source=given["source"], answered_on=given["answered_on"], by=request.actor,
        at=now, key=given["key"],
    )  # fmt: skip
    messages.success(request, f"{len(said)} 件已登记“{kind.label}”。")


def _enter_offered(request: ActorRequest, now: datetime) -> HttpResponse:
    """Enter what the banks answered by file, as ticked; who was faster has done his share."""
    ids = ids_of(request.POST.getlist("offered"))
    key = request.POST.get("key", "")[:64] or new_key()
    try:
        found = enter_offered(ids, by=request.actor, at=now, key=key)
    except Refused as refused:
        say_refused(request, refused)
        return redirect("application.answers")
    for id_, refusal in found.refused.items():
        messages.error(request, f"申请 {id_}：{refusal.sentence}{refusal.way_out}")
    if found.done:
        messages.success(request, f"{len(found.done)} 件已照银行回盘登记。")
    elif not found.refused:
        messages.info(request, "所选的回盘已由别人登记。")
    return redirect("application.answers")


@require_http_methods(["GET", "POST"])
@page(*_ACTS)
def sheet(request: ActorRequest) -> HttpResponse:
    """Take in a bank's answer sheet: all rows or none, every wrong row named."""
    now = timezone.now()
    banks = banks_for(request.actor)
    waiting = waiting_files([(bank.id, bank.name) for bank in banks], of_halves=False)
    form = SheetForm(
        request.POST or None, request.FILES or None, banks=banks,
        waiting=[one.key for one in waiting], initial={"answered_on": timezone.localdate(now)},
    )  # fmt: skip
    problem: FileRefused | None = None
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            taken = _take(request, form, now)
        except FileRefused as refused:
            problem = refused
        except Refused as refused:
            refusals = refused.refusals
        else:
            if not taken.entered:
                return redirect("application.sheet", taken.file.pk)
            again = "这份回盘先前已登记，没有重复登记" if taken.repeated else "回盘已登记"
            messages.success(request, f"{again}：{taken.rows} 行。")
            if taken.notes:
                messages.warning(request, "".join(taken.notes[:_MOST_NOTES]))
            return redirect("application.answers")
    context = {"form": form, "waiting": waiting, "problem": problem, "refusals": refusals}
    status = 422 if problem else status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "production/sheet.html", context, status=status)


def _take(request: ActorRequest, form: SheetForm, now: datetime) -> TakenIn:
    given = form.cleaned_data
    bank_id, _, arrived = given["arrived"].partition("/")
    chosen = int(bank_id) if arrived else given["bank"]
    bank = next(one for one in banks_for(request.actor) if one.id == chosen)
    name = arrived or given["file"].name
    on = given["answered_on"] or timezone.localdate(now)
    taken = take_sheet(
        name=name, content=arrived_content(bank.id, arrived) if arrived else given["file"].read(),
        source=f"回盘文件 {name}"[:60], answered_on=on, bank=bank, by=request.actor, at=now,
        tab=given["tab"].strip(),
    )  # fmt: skip
    if arrived and taken.entered:
        put_away(bank.id, arrived)
    return taken


@require_http_methods(["GET", "POST"])
@page(*_ACTS)
def sheet_problems(request: ActorRequest, file_id: int) -> HttpResponse:
    """What is wrong in a sheet, row by row; a POST gives the bank's own file back, annotated."""
    own = [bank.id for bank in banks_for(request.actor)]
    file = ImportFile.objects.filter(pk=file_id, layout=CODE, organization__in=own).first()
    if file is None:
        raise Http404
    if request.method == "POST":
        return error_sheet_answer(request, file, back="application.sheet", at=timezone.now())
    context = {"file": file, **problems_shown(request, file)}
    return render(request, "production/sheet_problems.html", context)
