"""The opening balance at a glance, and its sources on their way in: upload, check, map, post.

Checking writes nothing into the book; only “入账” does, by one command (Art. 6, 20).
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.import_screens import (
    ROWS,
    Addresses,
    cancel_answer,
    check_answer,
    error_sheet_answer,
    is_for_worker,
    mapping_answer,
    post_later_answer,
    problems_shown,
    progress_answer,
    resume_answer,
    run_shown,
    uploaded_content,
)
from cardbook.chapters.intake.opening import importer, queries
from cardbook.chapters.intake.opening.forms import SecondForm, UploadForm
from cardbook.chapters.intake.opening.opening_job import BALANCES
from cardbook.chapters.intake.opening.sheets import sources_as_xlsx
from cardbook.chapters.screens import say_refused
from cardbook.chapters.staged_files import RowsWrong
from cardbook.imports import engine, runs
from cardbook.imports.reading import FileRefused
from cardbook.law.roles import Role
from cardbook.lib.clock import to_the_minute
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.pages import ActorRequest, page, second_actor
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.registers.answers import file_answer
from cardbook.registers.lists import (
    is_export,
    order_of,
    ordered,
    rows_ticked,
    text_of,
    titles,
)

READERS = frozenset({*act("opening.keep").who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})
BASIS = "第六条、第二十条"
_NAMES = Addresses(
    show="opening.file", mapping="opening.mapping", progress="opening.progress",
    cancel="opening.cancel", resume="opening.resume",
)  # fmt: skip


@require_GET
@page(roles=READERS, basis=BASIS)
def overview(request: ActorRequest) -> HttpResponse:
    """Each county's balance, the sources it came from, and the lists that wait."""
    if is_export(request):
        rows = rows_ticked(request, _sources(request), of=lambda row: row.id)
        return file_answer(sources_as_xlsx(rows), name="期初来源.xlsx")
    return _overview(request, None)


def _sources(request: ActorRequest) -> list[queries.SourceRow]:
    """The sources that are searched for, in the order that was asked."""
    text = text_of(request)
    found = [
        row
        for row in queries.sources(request.actor)
        if text in row.name or text in row.file_name or text in row.county or text in row.posted_by
    ]
    return ordered(found, queries.SORTS, order_of(request, queries.SORTS))


def _overview(request: ActorRequest, form: UploadForm | None) -> HttpResponse:
    may_post = request.actor.role in act("opening.keep").who
    counted, found = queries.counts(request.actor), _sources(request)
    return render(
        request, "opening/overview.html",
        {
            "balances": queries.balances(request.actor),
            "sources": Paginator(found, ROWS).get_page(request.GET.get("page")),
            "text": text_of(request),
            "sort": order_of(request, queries.SORTS),
            "sorts": titles(queries.SORTS),
            "files": queries.open_files(request.actor),
            "lists": [(kind, counted[slug]) for slug, kind in queries.LISTS.items()],
            "may_post": may_post,
            "form": form or _empty_form(request) if may_post else None,
            "list_url": reverse("opening.list"),
        },
        status=422 if form else 200,
    )  # fmt: skip


def _empty_form(request: ActorRequest) -> UploadForm:
    return UploadForm(
        card_bodies=queries.card_bodies(request.actor),
        initial={"as_of": timezone.localdate()},
    )


@require_POST
@page("opening.keep")
def upload(request: ActorRequest) -> HttpResponse:
    """Keep a file and check it; the same bytes as before are told, not taken again."""
    form = UploadForm(request.POST, request.FILES, card_bodies=queries.card_bodies(request.actor))
    if not form.is_valid():
        return _overview(request, form)
    given = form.cleaned_data
    content, name = uploaded_content(given["file"]), given["file"].name
    body = queries.card_body(int(given["card_body"]))
    before = importer.posted_before(digest=engine.digest_of(content), card_body=body)
    if before is not None:
        when = f"{to_the_minute(before.posted_at)} 由{before.posted_by.get_full_name()}"
        messages.warning(
            request, f"同一份文件已于 {when}入账（来源“{before.name}”），没有任何改变。"
        )
        return redirect("opening.file", before.file_id)
    try:
        kept = importer.upload(
            name=name, content=content, source=given["source"], as_of=given["as_of"],
            card_body=body, by=request.actor, at=timezone.now(),
        )  # fmt: skip
    except FileRefused as problem:
        messages.error(request, f"“{name}”没有导入：{problem.sentence}{problem.remedy}")
        return redirect("opening.list")
    except Refused as refused:
        say_refused(request, refused)
        return redirect("opening.list")
    return check_answer(request, kept, long=BALANCES, names=_NAMES, at=timezone.now())


def _file(request: ActorRequest, file_id: int) -> queries.File:
    found = queries.file_of(by=request.actor, file_id=file_id)
    if found is None:
        raise Http404
    return found


@require_GET
@page(roles=READERS, basis=BASIS)
def show(request: ActorRequest, file_id: int) -> HttpResponse:
    """What the checks found, row by row, and what can be done now."""
    return _show(request, file_id, None)


def _show(request: ActorRequest, file_id: int, second: SecondForm | None) -> HttpResponse:
    file = _file(request, file_id)
    statement = importer.statement_of(file)
    may_post = request.actor.role in act("opening.keep").who
    shown = run_shown(file, names=_NAMES, may_work=may_post)
    is_open = file.stage in ("staged", "checked") and not shown["is_busy"]
    needs_two = is_open and _needs_two(file, request.actor)
    return render(
        request, "opening/file.html",
        {
            "file": file,
            "source": statement.name,
            "as_of": statement.as_of,
            "posted": queries.source_of(file.pk),
            **problems_shown(request, file),
            **shown,
            "is_open": is_open and may_post,
            "may_post": is_open and may_post and file.stage == "checked" and not file.errors,
            "second": (second or SecondForm()) if needs_two else None,
        },
        status=422 if second else 200,
    )  # fmt: skip


def _needs_two(file: queries.File, by: Actor) -> bool:
    try:
        importer.refuse_alone(
            card_body=file.organization, by=by, second=None, on=timezone.localdate()
        )
    except Refused:
        return True
    return False


@require_GET
@page(roles=READERS, basis=BASIS)
def progress(request: ActorRequest, file_id: int) -> HttpResponse:
    """How far a long file has come, for the bar; the whole page is shown anew at the end."""
    may_work = request.actor.role in act("opening.keep").who
    return progress_answer(request, _file(request, file_id), names=_NAMES, may_work=may_work)


@require_POST
@page("opening.keep")
def cancel(request: ActorRequest, file_id: int) -> HttpResponse:
    """Stop a worker before it posts; what it has read so far is forgotten."""
    return cancel_answer(request, _file(request, file_id), names=_NAMES)


@require_POST
@page("opening.keep")
def resume(request: ActorRequest, file_id: int) -> HttpResponse:
    """Begin again what a worker could not finish."""
    file, now = _file(request, file_id), timezone.now()
    return resume_answer(request, file, long=BALANCES, names=_NAMES, at=now)


@require_http_methods(["GET", "POST"])
@page("opening.keep")
def mapping(request: ActorRequest, file_id: int) -> HttpResponse:
    """Which sheet, which column is what; the office's choice is remembered for this header."""
    file = _file(request, file_id)
    if file.stage not in ("staged", "checked"):
        messages.error(request, "这份文件已经入账或作废，不能再改列对应。")
        return redirect("opening.file", file.pk)
    if runs.has_open(file):
        messages.error(request, "这份文件正在检查或入账，请等它完成，或先取消。")
        return redirect("opening.file", file.pk)
    layout = importer.layout_on(timezone.localdate())
    return mapping_answer(
        request, file, layout=layout, back="opening.file",
        check=lambda chosen: check_answer(
            request, chosen, long=BALANCES, names=_NAMES, at=timezone.now()
        ),
    )  # fmt: skip


@require_POST
@page("opening.keep")
def post(request: ActorRequest, file_id: int) -> HttpResponse:
    """Enter the source into the book: all of it in one transaction, or nothing."""
    file = _file(request, file_id)
    try:
        second = _second(request)
        if is_for_worker(file):
            return _hand_over(request, file, second)
        posted = importer.post(file=file, by=request.actor, at=timezone.now(), second=second)
    except RowsWrong as wrong:
        messages.error(request, f"{wrong}请按错误清单改正后重新导入。")
        return redirect("opening.file", file_id)
    except FileRefused as problem:
        messages.error(request, f"{problem.sentence}{problem.remedy}")
        return redirect("opening.file", file_id)
    except Refused as refused:
        say_refused(request, refused)
        return redirect("opening.file", file_id)
    _say(request, posted)
    return redirect("opening.file", file_id)


def _hand_over(request: ActorRequest, file: queries.File, second: Actor | None) -> HttpResponse:
    """A worker posts it; whether two have to sign is asked while both are here.

    :raises Refused: when one person is not enough.
    """
    importer.refuse_alone(
        card_body=file.organization, by=request.actor, second=second, on=timezone.localdate()
    )
    return post_later_answer(
        request, file, long=BALANCES, names=_NAMES, at=timezone.now(), second=second
    )


def _second(request: ActorRequest) -> Actor | None:
    """Whoever signs with the actor, when the page asked for somebody."""
    form = SecondForm(request.POST)
    if not form.is_valid():
        return None
    return second_actor(
        importer.REGISTER_BY_TWO,
        username=form.cleaned_data["second_name"],
        password=form.cleaned_data["second_password"], request=request,
    )  # fmt: skip


def _say(request: HttpRequest, posted: importer.Posted) -> None:
    if posted.repeated:
        messages.info(
            request, f"来源“{posted.name}”所说的都已登记过（{posted.known} 张卡），没有任何改变。"
        )
        return
    told = f"已入账：登记 {posted.cards} 张，早已登记 {posted.known} 张。"
    if posted.differing:
        told += f"{posted.differing} 张与台账不同，台账没有改，列入“来源差异”。"
    if posted.contested:
        told += f"{posted.contested} 行一卡多人，没有登记，列入“一卡多人”。"
    messages.success(request, told)


@require_POST
@page("opening.keep")
def drop(request: ActorRequest, file_id: int) -> HttpResponse:
    """Give the file up; nothing of it was in the book."""
    file = _file(request, file_id)
    try:
        importer.drop(file=file, by=request.actor)
    except Refused as refused:
        say_refused(request, refused)
        return redirect("opening.file", file_id)
    messages.success(request, f"“{file.name}”已作废，台账没有任何改变。")
    return redirect("opening.list")


@require_POST
@page("opening.keep")
def error_sheet(request: ActorRequest, file_id: int) -> HttpResponse:
    """The user's own file with what is wrong beside each row."""
    return error_sheet_answer(
        request, _file(request, file_id), back="opening.file", at=timezone.now()
    )
