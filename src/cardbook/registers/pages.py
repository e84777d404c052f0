"""Registers on the screen, and the documents made of them (Art. 6, 8): GET shows, POST issues.

Views are made here without a policy; `config/wiring.py` gives each its roles and its article.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from cardbook.law.roles import Role, roles_named
from cardbook.ledger.requests import KeyReused
from cardbook.lib.clock import local_day
from cardbook.orgs.actors import Actor
from cardbook.registers import documents
from cardbook.registers.answers import file_answer
from cardbook.registers.choosing import ChooseForm
from cardbook.registers.csv_file import sheet_as_csv
from cardbook.registers.forms import MOST_ROWS, Column, Sheet, TooManyRows
from cardbook.registers.issue import (
    MEDIA_TYPES,
    Format,
    NotIntact,
    document_bytes,
    issue_document,
)
from cardbook.registers.kept_search import for_address
from cardbook.registers.lists import is_export, only_ticked, order_of, text_of, titles
from cardbook.registers.registry import Register
from cardbook.registers.releasing import NotApproved, Release, ReleaseForm, Signer, needs_of
from cardbook.registers.typesetting import FontsMissing
from cardbook.registers.xlsx import render_xlsx

ROWS = 50
_LONGEST_CODE = 80  # of a sheet's QR, scanned where a number is searched for
_WIDE_MM = 29
_SIDES = {"left": "text-start", "center": "text-center", "right": "text-end"}
View = Callable[..., HttpResponse]


class ActorRequest(HttpRequest):
    """A request of somebody in a post; the policy in `config/wiring.py` guarantees it."""

    actor: Actor
    basis: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What is under a heading of the screen's table: one text, or two where columns share it."""

    texts: tuple[str, ...]
    css: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What the choice led to: a sheet, or the reason why there is none."""

    sheet: Sheet | None
    problem: str = ""


def register_view(register: Register, *, signer: Signer) -> View:
    """This function will make the page of a register: choose, look, export, issue.

    `signer` tells who agrees to a long sheet with his own password (Art. 32).
    """

    @require_http_methods(["GET", "POST"])
    def view(request: ActorRequest) -> HttpResponse:
        data = request.GET if request.GET.keys() & register.choose.base_fields.keys() else None
        form = register.choose(data, by=request.actor, today=timezone.localdate())
        if request.method == "POST":
            return _issue(request, register, form, signer)
        filled = _fill(request, register, form, masked=True)
        if request.GET.get("format") == "xlsx" and filled.sheet is not None:
            content = render_xlsx(filled.sheet, number="")
            name = f"{register.form.title}（查阅件）.xlsx"
            return file_answer(content, kind="xlsx", name=name, attached=True)
        if request.GET.get("format") == "csv" and register.offers_csv and filled.sheet is not None:
            name = f"{register.form.title}（查阅件）.csv"
            return file_answer(sheet_as_csv(filled.sheet), kind="csv", name=name)
        return _show(request, register, form, filled)

    view.__name__ = f"register_{register.slug}"
    return view


def _fill(
    request: ActorRequest, register: Register, form: ChooseForm, *, masked: bool,
    at: datetime | None = None,
) -> Filled:  # fmt: skip
    if not form.is_valid():
        return Filled(None)
    try:
        sheet = register.sheet(
            chosen=form.cleaned_data,
            masked=masked,
            printed_by=f"{request.actor.org_name} {request.actor.name}",
            printed_at=at or timezone.now(),
            limit=MOST_ROWS,
        )
    except TooManyRows as problem:
        return Filled(None, str(problem))
    return Filled(sheet)


def _issue(
    request: ActorRequest, register: Register, form: ChooseForm, signer: Signer
) -> HttpResponse:
    if request.actor.role not in register.issuers:
        words = roles_named(register.issuers)
        own = request.actor.role.label
        raise PermissionDenied(f"您的岗位“{own}”不出具此表，请由{words}出具。")
    now = timezone.now()
    filled = _fill(request, register, form, masked=False, at=now)
    if filled.sheet is None or not request.POST.get("key"):
        return _again(request, register, form, at=now, status=422)
    asked = ReleaseForm(request.POST, needs=needs_of(filled.sheet, register, on=local_day(now)))
    release = _release(request, asked, signer, on=local_day(now))
    if release is None:
        return _again(request, register, form, at=now, status=422, asked=asked)
    try:
        made = issue_document(
            sheet=filled.sheet, by=request.actor, at=now, key=request.POST["key"][:64],
            release=release,
        )  # fmt: skip
    except FontsMissing as problem:
        return _again(request, register, form, at=now, status=503, problem=str(problem))
    except KeyReused:
        messages.error(request, "页面已用过，所选范围又有改动。请核对后重新点“出具正式表”。")
        return redirect(request.get_full_path())
    if register.offers_csv and request.POST.get("as") == "csv":
        # A double click gets the first document again; only what that one says goes out under it.
        if filled.sheet.digest == made.digest:
            name = f"{register.form.title}_{made.number}.csv"
            return file_answer(sheet_as_csv(filled.sheet), kind="csv", name=name)
        messages.warning(request, "两次点击之间又有登记，请以这份已出具的表为准。")
    messages.success(request, f"已出具 {made.number}，请打印后签字盖章。")
    return redirect("document.show", made.pk)


def _again(
    request: ActorRequest, register: Register, form: ChooseForm,
    *, at: datetime, status: int, problem: str = "", asked: ReleaseForm | None = None,
) -> HttpResponse:  # fmt: skip
    """Nothing was issued: the page is shown with its numbers masked, as every screen is."""
    masked = _fill(request, register, form, masked=True, at=at)
    shown = Filled(masked.sheet, problem or masked.problem)
    return _show(request, register, form, shown, status=status, asked=asked)


def _release(
    request: ActorRequest, asked: ReleaseForm, signer: Signer, *, on: date
) -> Release | None:
    """What the sheet leaves for and who agreed; None when the form has to be shown again."""
    if not asked.is_valid():
        return None
    try:
        return asked.release(request, by=request.actor, on=on, signer=signer)
    except NotApproved as problem:
        asked.add_error("approver_name", str(problem))
        return None


def _show(
    request: ActorRequest, register: Register, form: ChooseForm, filled: Filled,
    *, status: int = 200, asked: ReleaseForm | None = None,
) -> HttpResponse:  # fmt: skip
    sheet = filled.sheet
    if asked is None and sheet is not None:
        asked = ReleaseForm(needs=needs_of(sheet, register, on=timezone.localdate()))
    found = Paginator(sheet.rows if sheet else (), ROWS).get_page(request.GET.get("page"))
    chosen = for_address(form.data, *form.fields)
    return render(
        request, "registers/register.html",
        {
            "register": register,
            "form": form,
            "sheet": sheet,
            "problem": filled.problem,
            "found": found,
            "heads": _heads(register),
            "rows": [_cells(register, row) for row in found],
            "chosen": urlencode(chosen),
            "may_issue": request.actor.role in register.issuers,
            "issuers": roles_named(register.issuers),
            "key": uuid.uuid4().hex,
            "asked": asked,
        },
        status=status,
    )  # fmt: skip


def _heads(register: Register) -> list[Cell]:
    columns = register.form.columns
    return [
        Cell(tuple(columns[place].title for place in stack), _css(columns[stack[0]]))
        for stack in register.form.stacks
    ]


def _cells(register: Register, row: Sequence[str]) -> list[Cell]:
    columns = register.form.columns
    return [
        Cell(
            tuple(_on_screen(row[place], picture=columns[place].picture) for place in stack),
            _css(columns[stack[0]]),
        )
        for stack in register.form.stacks
    ]


def _css(column: Column) -> str:
    """The style sheet's words for a column: its side, and room where the paper gives it room."""
    side = _SIDES[column.align]
    return f"{side} cb-wide" if column.width >= _WIDE_MM else side


def _on_screen(text: str, *, picture: bool) -> str:
    """Signatures are pictures on paper; on the screen it is enough that there is one."""
    return "屏幕签字" if picture and len(text) == 64 else text


def readers(registers: Sequence[Register]) -> frozenset[Role]:
    """This function will say who reads any of the registers, and so the list of documents."""
    return frozenset(role for register in registers for role in register.readers)


def document_list(registers: Sequence[Register]) -> View:
    """This function will make the page of issued documents; `export` takes what is seen along."""

    @require_GET
    def view(request: ActorRequest) -> HttpResponse:
        wanted = {
            "text": text_of(request, most=_LONGEST_CODE),
            "form": request.GET.get("form", ""),
            "sort": order_of(request, documents.SORTS),
        }
        own = documents.documents_of(request.actor, registers)
        found = documents.documents_found(own, **wanted)
        if is_export(request):
            rows = list(only_ticked(request, found)[: documents.MOST_ROWS])
            now = timezone.now()
            content = documents.documents_as_xlsx(rows, by=request.actor, at=now)
            return file_answer(content, name=f"已出具的表_{timezone.localdate(now):%Y%m%d}.xlsx")
        request.basis = "每份表写明所依据的条款"
        context = {
            **wanted,
            "found": Paginator(found, ROWS).get_page(request.GET.get("page")),
            "forms": [r for r in registers if request.actor.role in r.readers],
            "sorts": titles(documents.SORTS),
        }
        return render(request, "registers/documents.html", context)

    view.__name__ = "document_list"
    return view


def document_show(registers: Sequence[Register]) -> View:
    """This function will make the page of one document: number, digest, who, when, both files."""

    @require_GET
    def view(request: ActorRequest, document_id: int) -> HttpResponse:
        document = get_object_or_404(
            documents.documents_of(request.actor, registers), pk=document_id
        )
        problem = ""
        try:
            sizes = {kind: len(document_bytes(document, kind)) for kind in MEDIA_TYPES}
        except NotIntact as damaged:
            problem, sizes = str(damaged), {}
        register = next(each for each in registers if each.form.code == document.form)
        request.basis = register.form.basis_text
        context = {
            "document": document,
            "problem": problem,
            "sizes": sizes,
            "register": register,
            "checked_at": timezone.now(),
        }
        return render(request, "registers/document.html", context)

    view.__name__ = "document_show"
    return view


def document_file(registers: Sequence[Register], kind: Format) -> View:
    """This function will make the download of one format: the bytes as they were issued."""

    @require_GET
    def view(request: ActorRequest, document_id: int) -> HttpResponse:
        document = get_object_or_404(
            documents.documents_of(request.actor, registers), pk=document_id
        )
        try:
            content = document_bytes(document, kind)
        except NotIntact as problem:
            raise Http404(str(problem)) from problem
        return file_answer(
            content, kind=kind, name=f"{document.number}.{kind}", attached=kind == "xlsx"
        )

    view.__name__ = f"document_{kind}"
    return view
