"""What the pages of files on their way in share: problems, columns, the sheet given back (Art. 6).

Each slice keeps its own addresses, permissions and sentences.
"""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from cardbook.imports import engine
from cardbook.imports.columns import Layout
from cardbook.imports.mapping_forms import MappingForm, SheetForm
from cardbook.imports.models import ImportFile
from cardbook.imports.reading import FileRefused
from cardbook.lifecycle.pages import ActorRequest

ROWS = 50
# What a person decides on the mapping page, and the check then goes on.
ASK_FIRST = frozenset({"several_sheets", "no_such_sheet", "no_header", "columns_missing"})


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
        sheets = engine.sheets_of(file)
        if len(sheets) > 1 and (not file.sheet or "sheet" in request.POST):
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


def error_sheet_answer(request: HttpRequest, file: ImportFile, *, back: str) -> HttpResponse:
    """This function will give the user's own file back with what is wrong beside each row."""
    try:
        content, name = engine.annotated_file(file)
    except FileRefused as problem:
        messages.error(request, f"{problem.sentence}{problem.remedy}")
        return redirect(back, file.pk)
    header = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={"Content-Disposition": header or "attachment"},
    )
