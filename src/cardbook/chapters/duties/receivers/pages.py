"""The files of units and villages that take cards: list, one file, what is filed (Art. 8 ¶3, 20).

A POST calls one command; what is missing is said by `chapters.receivers` when cards are to go.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.duties.receivers import commands, queries
from cardbook.chapters.duties.receivers.forms import (
    KINDS,
    EndForm,
    HandlerForm,
    LetterForm,
    ListForm,
    PlanForm,
    RemindForm,
)
from cardbook.chapters.duties.receivers.register import LETTERS
from cardbook.chapters.screens import status_of
from cardbook.law.parameters import parameter
from cardbook.law.roles import Role
from cardbook.lib.ids import ids_of
from cardbook.lib.plain import InputError
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.registers.answers import file_answer, kept_picture
from cardbook.registers.listing import table_as_xlsx
from cardbook.registers.lists import is_export, only_ticked

ROWS = 50
MOST_EXPORTED = 5000
BASIS = "第八条第三款、第二十条"
READERS = commands.WRITERS | {Role.REVIEWER, Role.AUDITOR, Role.WINDOW_CLERK}
READING = page(roles=READERS, basis=BASIS)
WRITING = page(roles=commands.WRITERS, basis=BASIS)


@require_http_methods(["GET", "POST"])
@READING
def units(request: ActorRequest) -> HttpResponse:
    """Which units may take cards, what the others lack; chosen ones are reminded, each told so."""
    reminds = request.method == "POST" and not is_export(request)
    results = _remind(request) if reminds else None
    today = timezone.localdate()
    form = ListForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    chosen = {name: given.get(name, "") for name in ("kind", "state")}
    wanted, sort = given.get("q", ""), given.get("sort") or "code"
    listed = queries.units(request.actor, wanted=wanted, sort=sort, on=today, **chosen)
    if is_export(request):
        chosen_units = only_ticked(request, listed, "unit")[:MOST_EXPORTED]
        return _export(queries.rows(list(chosen_units), on=today))
    found = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    context = {
        "found": found,
        "rows": queries.rows(list(found), on=today),
        "kinds": KINDS,
        "states": queries.STATES.items(),
        "sorts": [(code, title) for code, (title, _) in queries.SORTS.items()],
        "wanted": wanted,
        "sort": sort,
        "least": parameter("collective_handlers").on(today),
        "remind": RemindForm() if request.actor.role in commands.WRITERS else None,
        "results": results,
        **chosen,
    }
    return render(request, "receivers/list.html", context)


def _remind(request: ActorRequest) -> list[tuple[str, str]]:
    """What became of each chosen unit."""
    form = RemindForm(request.POST)
    ticked = ids_of(request.POST.getlist("unit"))[:ROWS]
    if not form.is_valid() or not ticked:
        return [("", "没有登记催办：请先勾选单位，并写明怎样通知的。")]
    results = []
    for unit in queries.receiving(request.actor).filter(pk__in=ticked).order_by("code"):
        try:
            owed = commands.remind_unit(
                unit_id=unit.pk, words=form.cleaned_data["words"], by=request.actor,
                at=timezone.now(),
            )  # fmt: skip
        except Refused as refused:
            results.append((unit.name, refused.refusals[0].sentence))
        else:
            results.append((unit.name, f"已登记催办：{owed}。"))
    return results or [("", "没有登记催办：勾选的单位不在您的管辖范围内。")]


def _export(rows: list[queries.Row]) -> HttpResponse:
    heads = ("编号", "名称", "类别", "授权书", "至", "经办人", "安全保管措施", "缺少", "上次催办")
    cells = (
        (
            row.code, row.name, row.kind, row.letter,
            f"{row.letter_until}" if row.letter_until else "", row.handlers,
            "有" if row.has_plan else "无", "；".join(row.lacks),
            f"{localtime(row.reminded_at):%Y-%m-%d}" if row.reminded_at else "",
        )
        for row in rows
    )  # fmt: skip
    content = table_as_xlsx("单位经办人授权备案", heads, cells)
    return file_answer(content, name="danwei-beian.xlsx")


def _unit(request: ActorRequest, unit_id: int) -> Any:
    try:
        return queries.unit_of(request.actor, unit_id=unit_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing


@require_GET
@READING
def show(request: ActorRequest, unit_id: int) -> HttpResponse:
    """The file of one unit: letters with handlers, plans, and what is missing."""
    if "paper" in request.GET:
        return _paper(request, unit_id)
    return _shown(request, unit_id)


def _paper(request: ActorRequest, unit_id: int) -> HttpResponse:
    _unit(request, unit_id)
    digest = request.GET["paper"]
    if not queries.paper_of(unit_id, digest=digest):
        raise Http404
    return kept_picture(digest)


def _shown(
    request: ActorRequest,
    unit_id: int,
    *,
    bound: dict[str, Form] | None = None,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    unit, today = _unit(request, unit_id), timezone.localdate()
    (row,) = queries.rows(
        list(queries.units(request.actor, on=today).filter(pk=unit_id)), on=today
    )
    given = bound or {}
    start = {"since": today}
    context = {
        "unit": row,
        "address": unit.address,
        "letters": queries.letters_of(unit_id, on=today),
        "plans": queries.plans_of(unit_id, on=today),
        "may": request.actor.role in commands.WRITERS,
        "may_print": request.actor.role in LETTERS.readers,
        "letter_form": given.get("letter") or LetterForm(initial=start, today=today),
        "plan_form": given.get("plan") or PlanForm(initial=start),
        "handler_form": given.get("handler") or HandlerForm(initial=start, today=today),
        "end_form": given.get("end") or EndForm(initial={"on": today}),
        "open": next(iter(given), ""),
        "refusals": refusals,
        "least": parameter("collective_handlers").on(today),
    }
    status = status_of(refusals=refusals, mistakes=bound)
    return render(request, "receivers/unit.html", context, status=status)


def _file(
    request: ActorRequest, unit_id: int, name: str, form: Any, do: Callable[[], str]
) -> HttpResponse:
    """Do what was asked and say so, or show why not."""
    _unit(request, unit_id)
    if not form.is_valid():
        return _shown(request, unit_id, bound={name: form})
    try:
        said = do()
    except InputError as problem:
        form.add_error(None, f"{problem.sentence}。")
        return _shown(request, unit_id, bound={name: form})
    except Refused as refused:
        return _shown(request, unit_id, bound={name: form}, refusals=refused.refusals)
    messages.success(request, said)
    return redirect("unit.show", unit_id)


@require_POST
@WRITING
def file_letter(request: ActorRequest, unit_id: int) -> HttpResponse:
    """File a letter of authority with its handlers."""
    form = LetterForm(request.POST, request.FILES, today=timezone.localdate())

    def do() -> str:
        given = form.cleaned_data
        commands.file_letter(
            unit_id=unit_id, number=given["number"], since=given["since"], until=given["until"],
            handlers=form.named(), image=given["image"], by=request.actor, at=timezone.now(),
        )  # fmt: skip
        return f"授权书 {given['number']} 已备案。"

    return _file(request, unit_id, "letter", form, do)


@require_POST
@WRITING
def add_handler(request: ActorRequest, unit_id: int, letter_id: int) -> HttpResponse:
    """One more handler on a letter."""
    form = HandlerForm(request.POST, today=timezone.localdate())

    def do() -> str:
        _letter_of(unit_id, letter_id)
        (named,) = form.named()
        commands.add_handler(
            letter_id=letter_id, named=named, since=form.cleaned_data["since"],
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
        return f"经办人{named.name}已登记。"

    return _file(request, unit_id, "handler", form, do)


@require_POST
@WRITING
def end_handler(request: ActorRequest, unit_id: int, handler_id: int) -> HttpResponse:
    """A handler no longer comes for the unit."""
    form = EndForm(request.POST)

    def do() -> str:
        letters = queries.letters_of(unit_id, on=timezone.localdate())
        if handler_id not in {one.id for letter in letters for one in letter.handlers}:
            raise Http404
        commands.end_handler(
            handler_id=handler_id, until=form.cleaned_data["on"],
            words=form.cleaned_data["words"], by=request.actor, at=timezone.now(),
        )  # fmt: skip
        return "已登记停止经办。"

    return _file(request, unit_id, "end", form, do)


@require_POST
@WRITING
def revoke_letter(request: ActorRequest, unit_id: int, letter_id: int) -> HttpResponse:
    """Revoke a letter: nobody takes cards by it any more."""
    form = EndForm(request.POST)

    def do() -> str:
        _letter_of(unit_id, letter_id)
        commands.revoke_letter(
            letter_id=letter_id, on=form.cleaned_data["on"], words=form.cleaned_data["words"],
            by=request.actor, at=timezone.now(),
        )  # fmt: skip
        return "授权书已撤销。"

    return _file(request, unit_id, "end", form, do)


@require_POST
@WRITING
def file_plan(request: ActorRequest, unit_id: int) -> HttpResponse:
    """File the plan for safe keeping."""
    form = PlanForm(request.POST, request.FILES)

    def do() -> str:
        given = form.cleaned_data
        commands.file_plan(
            unit_id=unit_id, words=form.words(), since=given["since"], until=given["until"],
            image=given["image"], by=request.actor, at=timezone.now(),
        )  # fmt: skip
        return "安全保管措施已备案。"

    return _file(request, unit_id, "plan", form, do)


def _letter_of(unit_id: int, letter_id: int) -> None:
    letters = queries.letters_of(unit_id, on=timezone.localdate())
    if letter_id not in {one.id for one in letters}:
        raise Http404
