"""Pages of a manifest on its way in: upload, look, map, check, post, or give up (Art. 6).

Checking writes nothing into the book; only “入账” does, by one command.
"""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cardbook.chapters.file_lists import files_answer, files_seen, find_shown
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
from cardbook.chapters.intake.receive import importer
from cardbook.chapters.intake.receive.layouts import CODE
from cardbook.chapters.intake.receive.manifest_forms import UploadForm
from cardbook.chapters.intake.receive.manifest_job import MANIFESTS
from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.staged_files import RowsWrong
from cardbook.imports import engine, runs
from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.reading import FileRefused
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.models import Kind, Organization
from cardbook.registers.lists import is_export

_NAMES = Addresses(
    show="import.show", mapping="import.mapping", progress="import.progress",
    cancel="import.cancel", resume="import.resume",
)  # fmt: skip


@require_GET
@page("delivery.register")
def files(request: ActorRequest) -> HttpResponse:
    """What was uploaded, as asked for, and the form for the next one."""
    seen = _seen(request)
    if is_export(request):
        return files_answer(request, seen, title="导入到货明细")
    return _files(request, UploadForm(receivers=_receivers(request)), seen=seen)


def _seen(request: ActorRequest) -> QuerySet[ImportFile]:
    found = ImportFile.objects.filter(
        layout=CODE, organization__path__startswith=request.actor.county_path
    ).select_related("organization", "uploaded_by", "delivery")
    return files_seen(request, found)


def _files(request: ActorRequest, form: UploadForm, *, seen: QuerySet[ImportFile]) -> HttpResponse:
    context = {
        **find_shown(request),
        "found": Paginator(seen, ROWS).get_page(request.GET.get("page")),
        "form": form,
        "list_url": reverse("import.list"),
    }
    return render(request, "receive/files.html", context, status=status_of(mistakes=form.errors))


def _receivers(request: ActorRequest) -> list[tuple[str, str]]:
    found = Organization.objects.filter(
        kind=Kind.CARD_BODY, path__startswith=request.actor.county_path, in_force=True
    ).order_by("path")
    return [(str(id_), name) for id_, name in found.values_list("id", "name")]


@require_POST
@page("delivery.register")
def upload(request: ActorRequest) -> HttpResponse:
    """Keep a file and check it; the same bytes as before are told, not taken again."""
    form = UploadForm(request.POST, request.FILES, receivers=_receivers(request))
    if not form.is_valid():
        return _files(request, form, seen=_seen(request))
    given = form.cleaned_data
    content, name = uploaded_content(given["file"]), given["file"].name
    receiver = Organization.objects.get(pk=given["receiver"])
    before = importer.posted_before(digest=engine.digest_of(content), receiver_id=receiver.pk)
    if before is not None:
        messages.warning(
            request,
            f"同一份文件已于 {timezone.localtime(before.registered_at):%Y-%m-%d %H:%M} 由"
            f"{before.registered_by.get_full_name()}入账（到货编号 {before.code}），"
            "没有任何改变。",
        )
        return redirect("delivery.show", before.pk)
    try:
        kept = importer.upload(
            name=name, content=content, receiver=receiver, by=request.actor, at=timezone.now()
        )
    except FileRefused as problem:
        messages.error(request, f"“{name}”没有导入：{problem.sentence}{problem.remedy}")
        return redirect("import.list")
    except Refused as refused:
        say_refused(request, refused)
        return redirect("import.list")
    return check_answer(request, kept, long=MANIFESTS, names=_NAMES, at=timezone.now())


def _file(request: ActorRequest, file_id: int) -> ImportFile:
    return get_object_or_404(
        ImportFile.objects.select_related("organization", "uploaded_by", "delivery"),
        pk=file_id,
        layout=CODE,
        organization__path__startswith=request.actor.county_path,
    )


@require_GET
@page("delivery.register")
def show(request: ActorRequest, file_id: int) -> HttpResponse:
    """What the checks found, row by row, and what can be done now."""
    file = _file(request, file_id)
    shown = run_shown(file, names=_NAMES)
    is_busy = shown["is_busy"]
    return render(
        request, "receive/file.html",
        {
            "file": file,
            **problems_shown(request, file),
            "is_new": file.rows - file.known,
            **shown,
            "is_open": file.stage in (Stage.STAGED, Stage.CHECKED) and not is_busy,
            "may_post": file.stage == Stage.CHECKED and not file.errors and not is_busy,
        },
    )  # fmt: skip


@require_GET
@page("delivery.register")
def progress(request: ActorRequest, file_id: int) -> HttpResponse:
    """How far a long file has come, for the bar; the whole page is shown anew at the end."""
    return progress_answer(request, _file(request, file_id), names=_NAMES)


@require_POST
@page("delivery.register")
def cancel(request: ActorRequest, file_id: int) -> HttpResponse:
    """Stop a worker before it posts; what it has read so far is forgotten."""
    return cancel_answer(request, _file(request, file_id), names=_NAMES)


@require_POST
@page("delivery.register")
def resume(request: ActorRequest, file_id: int) -> HttpResponse:
    """Begin again what a worker could not finish."""
    file, now = _file(request, file_id), timezone.now()
    return resume_answer(request, file, long=MANIFESTS, names=_NAMES, at=now)


@require_http_methods(["GET", "POST"])
@page("delivery.register")
def mapping(request: ActorRequest, file_id: int) -> HttpResponse:
    """Which sheet, which column is what; the office's choice is remembered for this header."""
    file = _file(request, file_id)
    if file.stage not in (Stage.STAGED, Stage.CHECKED):
        messages.error(request, "这份文件已经入账或作废，不能再改列对应。")
        return redirect("import.show", file.pk)
    if runs.has_open(file):
        messages.error(request, "这份文件正在检查或入账，请等它完成，或先取消。")
        return redirect("import.show", file.pk)
    layout = importer.layout_on(timezone.localdate())
    return mapping_answer(
        request, file, layout=layout, back="import.show",
        check=lambda chosen: check_answer(
            request, chosen, long=MANIFESTS, names=_NAMES, at=timezone.now()
        ),
    )  # fmt: skip


@require_POST
@page("delivery.register")
def post(request: ActorRequest, file_id: int) -> HttpResponse:
    """Enter the file into the book: all of it in one transaction, or nothing."""
    file = _file(request, file_id)
    if is_for_worker(file):
        now = timezone.now()
        return post_later_answer(request, file, long=MANIFESTS, names=_NAMES, at=now)
    try:
        posted = importer.post(file=file, by=request.actor, at=timezone.now())
    except RowsWrong as wrong:
        messages.error(request, f"{wrong}请按错误清单改正后重新导入。")
        return redirect("import.show", file_id)
    except FileRefused as problem:
        messages.error(request, f"{problem.sentence}{problem.remedy}")
        return redirect("import.show", file_id)
    except Refused as refused:
        say_refused(request, refused)
        return redirect("import.show", file_id)
    if posted.delivery_id is None:
        messages.info(request, f"{posted.known} 张卡都已登记，没有任何改变。")
        return redirect("import.show", file_id)
    if posted.repeated:
        messages.info(request, f"这份文件已经入账（到货编号 {posted.code}），没有任何改变。")
    else:
        already = f"，另有 {posted.known} 张早已登记、没有改变" if posted.known else ""
        messages.success(
            request, f"已入账：到货编号 {posted.code}，{posted.cards} 张卡在途{already}。"
        )
    return redirect("delivery.show", posted.delivery_id)


@require_POST
@page("delivery.register")
def drop(request: ActorRequest, file_id: int) -> HttpResponse:
    """Give the file up; nothing of it was in the book."""
    file = _file(request, file_id)
    try:
        importer.drop(file=file, by=request.actor)
    except Refused as refused:
        say_refused(request, refused)
        return redirect("import.show", file_id)
    messages.success(request, f"“{file.name}”已作废，台账没有任何改变。")
    return redirect("import.list")


@require_POST
@page("delivery.register")
def error_sheet(request: ActorRequest, file_id: int) -> HttpResponse:
    """The user's own file with what is wrong beside each row."""
    return error_sheet_answer(
        request, _file(request, file_id), back="import.show", at=timezone.now()
    )
