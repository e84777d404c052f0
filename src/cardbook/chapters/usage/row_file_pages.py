"""The screens of a family of row files: upload, look, map, check, post, or give up (Art. 23, 30).

A slice makes one `FilePages` and mounts its addresses; checking writes nothing that counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
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
from cardbook.chapters.long_files import LongFiles
from cardbook.chapters.screens import say_refused, status_of
from cardbook.chapters.staged_files import RowsWrong
from cardbook.chapters.usage.row_files import RowFiles
from cardbook.imports import engine, runs
from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.reading import FileRefused
from cardbook.lifecycle.pages import ActorRequest, page
from cardbook.lifecycle.refusals import Refused
from cardbook.registers.lists import is_export

_OPEN = (Stage.STAGED, Stage.CHECKED)
View = Callable[..., HttpResponseBase]


class UploadForm(forms.Form):
    """One file as it was given."""

    file = forms.FileField(
        label="文件",
        help_text="CSV、XLSX 或 XLS；GBK、GB18030、UTF-8 都可以，按表头的列名对应",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新导出。"},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.xls"}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePages:
    """The pages of one family; `name` begins the names of their addresses.

    `lead` says what to bring, `leads_to` where what was posted is seen (name of an address), under
    which words.
    """

    files: RowFiles
    long: LongFiles
    name: str
    lead: str
    leads_to: str
    leads_words: str

    @property
    def names(self) -> Addresses:
        """The names of the addresses of one file."""
        return Addresses(
            show=f"{self.name}.show", mapping=f"{self.name}.mapping",
            progress=f"{self.name}.progress", cancel=f"{self.name}.cancel",
            resume=f"{self.name}.resume",
        )  # fmt: skip

    def _shown(self) -> dict[str, object]:
        names = ("list", "upload", "show", "mapping", "post", "drop", "errors")
        return {"pages": self, "at": {one: f"{self.name}.{one}" for one in names}}

    def _file(self, request: ActorRequest, file_id: int) -> ImportFile:
        return get_object_or_404(
            ImportFile.objects.select_related("organization", "uploaded_by"),
            pk=file_id, layout=self.files.code,
            organization__path__startswith=request.actor.county_path,
        )  # fmt: skip

    def listed(self, request: ActorRequest) -> HttpResponse:
        """What was uploaded, as asked for, and the form for the next one."""
        seen = self._seen(request)
        if is_export(request):
            return files_answer(request, seen, title=f"导入{self.files.title}")
        return self._list(request, UploadForm(), seen=seen)

    def _list(
        self, request: ActorRequest, form: UploadForm, *, seen: QuerySet[ImportFile]
    ) -> HttpResponse:
        context = {
            **find_shown(request),
            "found": Paginator(seen, ROWS).get_page(request.GET.get("page")),
            "form": form, "columns": self.files.layout(timezone.localdate()).columns,
            "list_url": reverse(f"{self.name}.list"),
        }  # fmt: skip
        return render(
            request, "usage/row_files.html", context | self._shown(),
            status=status_of(mistakes=form.errors),
        )  # fmt: skip

    def _seen(self, request: ActorRequest) -> QuerySet[ImportFile]:
        files = ImportFile.objects.filter(
            layout=self.files.code, organization__path__startswith=request.actor.county_path
        ).select_related("organization", "uploaded_by")
        return files_seen(request, files)

    def upload(self, request: ActorRequest) -> HttpResponse:
        """Keep a file and check it; the same bytes as before are told, not taken again."""
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._list(request, form, seen=self._seen(request))
        given = form.cleaned_data["file"]
        content = uploaded_content(given)
        before = self.files.posted_before(digest=engine.digest_of(content), by=request.actor)
        if before is not None:
            messages.warning(
                request,
                f"同一份文件已于 {timezone.localtime(before.posted_at):%Y-%m-%d %H:%M} 入账"
                f"（{before.uploaded_by.get_full_name()}上传），没有任何改变。",
            )
            return redirect(f"{self.name}.show", before.pk)
        try:
            kept = self.files.upload(
                name=given.name, content=content, by=request.actor, at=timezone.now()
            )
        except FileRefused as problem:
            messages.error(request, f"“{given.name}”没有导入：{problem.sentence}{problem.remedy}")
            return redirect(f"{self.name}.list")
        except Refused as refused:
            say_refused(request, refused)
            return redirect(f"{self.name}.list")
        return check_answer(request, kept, long=self.long, names=self.names, at=timezone.now())

    def show(self, request: ActorRequest, file_id: int) -> HttpResponse:
        """What the checks found, row by row, and what can be done now."""
        file = self._file(request, file_id)
        run = run_shown(file, names=self.names)
        context = {
            "file": file, **problems_shown(request, file), "is_new": file.rows - file.known,
            **run, "is_open": file.stage in _OPEN and not run["is_busy"],
            "may_post": file.stage == Stage.CHECKED and not file.errors and not run["is_busy"],
        }  # fmt: skip
        return render(request, "usage/row_file.html", context | self._shown())

    def progress(self, request: ActorRequest, file_id: int) -> HttpResponse:
        """How far a long file has come, for the bar."""
        return progress_answer(request, self._file(request, file_id), names=self.names)

    def cancel(self, request: ActorRequest, file_id: int) -> HttpResponse:
        """Stop a worker before it posts."""
        return cancel_answer(request, self._file(request, file_id), names=self.names)

    def resume(self, request: ActorRequest, file_id: int) -> HttpResponse:
        """Begin again what a worker could not finish."""
        return resume_answer(
            request, self._file(request, file_id), long=self.long, names=self.names,
            at=timezone.now(),
        )  # fmt: skip

    def mapping(self, request: ActorRequest, file_id: int) -> HttpResponse:
        """Which sheet, which column is what; the choice is remembered for this header."""
        file = self._file(request, file_id)
        if file.stage not in _OPEN or runs.has_open(file):
            messages.error(request, "这份文件已经入账、作废或正在办理，不能改列对应。")
            return redirect(f"{self.name}.show", file.pk)
        return mapping_answer(
            request, file, layout=self.files.layout(timezone.localdate()),
            back=f"{self.name}.show",
            check=lambda chosen: check_answer(
                request, chosen, long=self.long, names=self.names, at=timezone.now()
            ),
        )  # fmt: skip

    def post(self, request: ActorRequest, file_id: int) -> HttpResponse:
        """Enter the file: all of it in one transaction, or nothing."""
        file, now = self._file(request, file_id), timezone.now()
        if is_for_worker(file):
            return post_later_answer(request, file, long=self.long, names=self.names, at=now)
        try:
            posted = self.files.post(file=file, by=request.actor, at=now)
        except RowsWrong as wrong:
            messages.error(request, f"{wrong}请按错误清单改正后重新导入。")
        except FileRefused as problem:
            messages.error(request, f"{problem.sentence}{problem.remedy}")
        except Refused as refused:
            say_refused(request, refused)
        else:
            if posted.repeated:
                messages.info(request, f"{posted.rows} 行都已登记，没有任何改变。")
            else:
                messages.success(request, f"已入账：新增 {posted.added} 行。")
        return redirect(f"{self.name}.show", file_id)

    def drop(self, request: ActorRequest, file_id: int) -> HttpResponse:
        """Give the file up; nothing of it counted."""
        file = self._file(request, file_id)
        try:
            self.files.drop(file=file, by=request.actor)
        except Refused as refused:
            say_refused(request, refused)
            return redirect(f"{self.name}.show", file_id)
        messages.success(request, f"“{file.name}”已作废，没有任何改变。")
        return redirect(f"{self.name}.list")

    def errors(self, request: ActorRequest, file_id: int) -> HttpResponse:
        """The user's own file with what is wrong beside each row."""
        return error_sheet_answer(
            request, self._file(request, file_id), back=f"{self.name}.show", at=timezone.now()
        )

    def urls(self, under: str) -> list[URLPattern]:
        """This function will give the addresses of the pages, below a path."""
        get, post = require_GET, require_POST
        views: tuple[tuple[str, str, View, Callable[[View], View]], ...] = (
            ("", "list", self.listed, get),
            ("upload/", "upload", self.upload, post),
            ("<int:file_id>/", "show", self.show, get),
            ("<int:file_id>/mapping/", "mapping", self.mapping,
             require_http_methods(["GET", "POST"])),
            ("<int:file_id>/progress/", "progress", self.progress, get),
            ("<int:file_id>/cancel/", "cancel", self.cancel, post),
            ("<int:file_id>/resume/", "resume", self.resume, post),
            ("<int:file_id>/post/", "post", self.post, post),
            ("<int:file_id>/drop/", "drop", self.drop, post),
            ("<int:file_id>/errors/", "errors", self.errors, post),
        )  # fmt: skip
        open_to = page(roles=self.files.roles, basis=self.files.basis)
        return [
            path(f"{under}{rest}", only(open_to(view)), name=f"{self.name}.{name}")
            for rest, name, view, only in views
        ]
