"""A bank's report by file: choose or take one that came, see what became of each row (Art. 22)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.chapters.bank_sheets import arrived_content, put_away, waiting_files
from cardbook.chapters.file_lists import files_answer, files_seen, find_shown
from cardbook.chapters.import_screens import ROWS, problems_shown
from cardbook.chapters.screens import status_of
from cardbook.chapters.usage.activation.bank_reports import (
    Entered,
    report_file,
    reports_entered,
    take_report,
)
from cardbook.chapters.usage.activation.forms import BankFileForm
from cardbook.chapters.usage.reaching import banks_for
from cardbook.imports.reading import FileRefused
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.lists import is_export


@require_http_methods(["GET", "POST"])
@page("bank.report")
def reports(request: ActorRequest) -> HttpResponse:
    """What came, what was entered; a POST enters one file in the name of whoever sends it."""
    banks, seen = banks_for(request.actor), files_seen(request, reports_entered(request.actor))
    if is_export(request):
        return files_answer(request, seen, title="银行状态回报")
    waiting = waiting_files([(bank.id, bank.name) for bank in banks], of_halves=True)
    form = BankFileForm(
        request.POST or None, request.FILES or None, banks=banks,
        waiting=[one.key for one in waiting],
    )  # fmt: skip
    problem: FileRefused | None = None
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            entered = _take(request, form)
        except FileRefused as refused:
            problem = refused
        except Refused as refused:
            refusals = refused.refusals
        else:
            _say(request, entered)
            return redirect("bank.report_sheet", entered.file.pk)
    context = {
        "form": form, "waiting": waiting, "problem": problem, "refusals": refusals,
        "found": Paginator(seen, ROWS).get_page(request.GET.get("page")), **find_shown(request),
    }  # fmt: skip
    status = 422 if problem else status_of(refusals=refusals, mistakes=form.errors)
    return render(request, "usage/bank_reports.html", context, status=status)


def _take(request: ActorRequest, form: BankFileForm) -> Entered:
    given = form.cleaned_data
    bank_id, _, arrived = given["arrived"].partition("/")
    chosen = int(bank_id) if arrived else given["bank"]
    bank = next(one for one in banks_for(request.actor) if one.id == chosen)
    content = arrived_content(bank.id, arrived) if arrived else given["file"].read()
    entered = take_report(
        name=arrived or given["file"].name, content=content, bank=bank, by=request.actor,
        at=timezone.now(),
    )  # fmt: skip
    # What another county's office has to enter stays where it finds it.
    if arrived and not entered.others_left:
        put_away(bank.id, arrived)
    return entered


def _say(request: ActorRequest, entered: Entered) -> None:
    if entered.repeated:
        messages.info(request, "这份回报先前已登记，没有重复登记。")
    elif entered.refused:
        messages.warning(
            request, f"登记 {entered.entered} 张，{entered.refused} 行没有登记，原因见下表。"
        )
    else:
        messages.success(request, f"已登记 {entered.entered} 张卡银行一侧的状态。")
    if entered.early:
        messages.warning(
            request,
            f"其中 {entered.early} 张还没有发放，银行已报启用：请照下表向银行核实。"
            "银行更正或持卡人领卡以前，列在“两侧未办全”。",
        )


@require_GET
@page("bank.report")
def report_sheet(request: ActorRequest, file_id: int) -> HttpResponse:
    """What became of one file, row by row."""
    file = report_file(file_id, by=request.actor)
    if file is None:
        raise Http404
    context = {
        "file": file,
        "entered": file.rows - file.errors - file.known,
        **problems_shown(request, file),
    }
    return render(request, "usage/bank_report_sheet.html", context)
