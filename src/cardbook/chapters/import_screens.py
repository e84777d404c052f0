"""What pages of files on their way in share: problems, columns, progress, the sheet given back.

Each slice keeps its own addresses, permissions and sentences (Art. 6).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.contrib import messages
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from cardbook.chapters.long_files import LongFiles, is_long
from cardbook.imports import engine, runs
from cardbook.imports.columns import Layout
from cardbook.imports.mapping_forms import MappingForm, SheetForm
from cardbook.imports.models import ImportFile, Stage, Work
from cardbook.imports.progress import silent
from cardbook.imports.reading import FileRefused
from cardbook.lifecycle.pages import ActorRequest
from cardbook.orgs.actors import Actor
from cardbook.registers.taking import Matter, note_taking

ROWS = 50
# What a person decides on the mapping page, and the check then goes on.
ASK_FIRST = frozenset({
    "several_sheets", "no_such_sheet", "columns_missing", "columns_doubled",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The names of a slice's own addresses of one file."""

    show: str
    mapping: str
    progress: str
    cancel: str
    resume: str


def uploaded_content(uploaded: "UploadedFile[bytes]") -> bytes | Path:
    """This function will give what was uploaded; a long file came to disk, and stays there."""
    if isinstance(uploaded, TemporaryUploadedFile):
        return Path(uploaded.temporary_file_path())
    content: bytes = uploaded.read()
    return content


def check_answer(
    request: ActorRequest, file: ImportFile, *, long: LongFiles, names: Addresses, at: datetime
) -> HttpResponse:
    """This function will check at once; what a person has to decide leads to the mapping page.

    A long file goes to a worker, and its page shows how far it has come.
    """
    if is_long(file.lines):
        long.hand_over(file=file, work=Work.CHECK, by=request.actor, at=at)
        return redirect(names.show, file.pk)
    try:
        long.check(file=file, at=at, progress=silent)
    except FileRefused as problem:
        messages.warning(request, f"{problem.sentence}{problem.remedy}")
        if problem.code in ASK_FIRST:
            return redirect(names.mapping, file.pk)
    return redirect(names.show, file.pk)


def is_for_worker(file: ImportFile) -> bool:
    """This function will say whether posting a file is a worker's business: long, and it fits."""
    return is_long(file.rows) and file.stage == Stage.CHECKED and not file.errors


def post_later_answer(
    request: ActorRequest, file: ImportFile, *, long: LongFiles, names: Addresses, at: datetime,
    second: Actor | None = None,
) -> HttpResponse:  # fmt: skip
    """This function will let a worker post a file, with the second person's signature if any."""
    long.hand_over(file=file, work=Work.POST, by=request.actor, second=second, at=at)
    return redirect(names.show, file.pk)


def run_shown(file: ImportFile, *, names: Addresses, may_work: bool = True) -> dict[str, object]:
    """This function will give what `imports/_progress.html` needs; `may_work` has the buttons."""
    run = runs.latest(file)
    is_busy = run is not None and run.is_open
    said = (file.errors or file.warnings) and not file.original_purged_on
    return {
        "run": run,
        "is_busy": is_busy,
        "has_sheet": bool(said) and not is_busy,
        "names": names,
        "may_work": may_work,
    }


def progress_answer(
    request: HttpRequest, file: ImportFile, *, names: Addresses, may_work: bool = True
) -> HttpResponse:
    """This function will give the bar anew; the whole page is asked for once the work is over."""
    shown = run_shown(file, names=names, may_work=may_work)
    if not shown["is_busy"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "imports/_progress.html", {"file": file, **shown})


def cancel_answer(request: HttpRequest, file: ImportFile, *, names: Addresses) -> HttpResponse:
    """This function will stop a worker before it posts; what it has read so far is forgotten."""
    if runs.cancel(file):
        messages.info(request, "已要求取消，台账没有任何改变。")
    else:
        messages.warning(request, "已经在入账或已经结束，不能取消。")
    return redirect(names.show, file.pk)


def resume_answer(
    request: ActorRequest, file: ImportFile, *, long: LongFiles, names: Addresses, at: datetime
) -> HttpResponse:
    """This function will begin again what a worker could not finish.

    What two have signed is signed anew: whoever resumes need not be who asked.
    """
    run = runs.latest(file)
    if run is not None and run.may_resume:
        if run.is_signed_by_two:
            messages.info(request, "请两人重新签名后入账。")
            runs.give_up(file)
        else:
            long.hand_over(file=file, work=run.work, by=request.actor, at=at)
    return redirect(names.show, file.pk)


def problems_shown(request: HttpRequest, file: ImportFile) -> dict[str, object]:
    """This function will give what `imports/_problems.html` needs, as the reader filtered it."""
    only_errors = request.GET.get("show") == "errors"
    problems = file.problems.order_by("-is_error", "row", "id")
    if only_errors:
        problems = problems.filter(is_error=True)
    return {
        "problems": Paginator(problems, ROWS).get_page(request.GET.get("page")),
        "only_errors": only_errors,
        "most_problems": engine.MOST_PROBLEMS,
    }


def mapping_answer(
    request: ActorRequest,
    file: ImportFile,
    *,
    layout: Layout,
    back: str,
    check: Callable[[ImportFile], HttpResponse],
) -> HttpResponse:
    """This function will ask which sheet and which column is what, and then let it be checked.

    `back` is the name of the file's own address.
    """
    try:
        is_asked = not file.sheet or "sheet" in request.POST
        sheets = engine.sheets_of(file, layout=layout) if is_asked else ()
        if sheets:
            chosen = _sheet_chosen(request, file, sheets, what=layout.title)
        else:
            chosen = _columns_chosen(request, file, layout, back=back)
    except FileRefused as problem:
        messages.error(request, f"{problem.sentence}{problem.remedy}")
        return redirect(back, file.pk)
    if chosen is not None:
        return chosen
    file.refresh_from_db()
    return check(file)


def _sheet_chosen(
    request: ActorRequest, file: ImportFile, sheets: Sequence[str], *, what: str
) -> HttpResponse | None:
    """The page that asks, or None when the choice was made."""
    form = SheetForm(request.POST or None, sheets=sheets)
    if request.method == "POST" and form.is_valid():
        engine.choose_sheet(file, sheet=form.cleaned_data["sheet"])
        return None
    return render(request, "imports/sheet.html", {"file": file, "form": form, "what": what})


def _columns_chosen(
    request: ActorRequest, file: ImportFile, layout: Layout, *, back: str
) -> HttpResponse | None:
    """The page that asks, or None when the choice was made."""
    look = engine.look_into(file, layout=layout)
    form = MappingForm(
        request.POST or None, layout=layout, titles=look.header.titles,
        mapping=dict(look.header.mapping),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        engine.remember_mapping(file, layout=layout, mapping=form.chosen(), by=request.actor)
        return None
    return render(
        request, "imports/mapping.html",
        {"file": file, "form": form, "look": look, "rows": look.shown, "back": back},
        status=422 if form.is_bound else 200,
    )  # fmt: skip


def error_sheet_answer(
    request: ActorRequest, file: ImportFile, *, back: str, at: datetime
) -> HttpResponse:
    """This function will give the user's own file back with what is wrong beside each row.

    It has the whole numbers it came with, so whoever takes it is on record (Art. 32).
    """
    try:
        content, name = engine.annotated_file(file)
    except FileRefused as problem:
        messages.error(request, f"{problem.sentence}{problem.remedy}")
        return redirect(back, file.pk)
    note_taking(
        Matter.ERROR_SHEET, name=name, rows=file.rows, content=content, by=request.actor, at=at
    )  # fmt: skip
    header = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": header or "attachment"},
    )
