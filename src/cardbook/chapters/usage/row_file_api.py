"""The rows of a file by API: what a screen takes as a file, a program sends as JSON (Art. 23, 30).

They are kept, checked and posted as a file of the same columns is, so that nothing is told twice;
a program that repeats itself changes nothing. `row_file_pages.py` beside it has the screens.
"""

import csv
import io
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field, create_model

from cardbook.chapters.api import (
    Mistake,
    StaffSession,
    Trouble,
    forbid_more,
    named,
    problems,
    refuse_other_roles,
    trouble,
)
from cardbook.chapters.staged_files import RowsWrong
from cardbook.chapters.usage.row_files import RowFiles
from cardbook.imports.columns import Column, Layout
from cardbook.imports.engine import digest_of
from cardbook.imports.models import ImportFile
from cardbook.imports.reading import FileRefused
from cardbook.law.roles import roles_named
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lifecycle.pages import ActorRequest, Policy
from cardbook.orgs.actors import Actor

# More than this is work for a worker: such a list comes as a file.
MOST_ROWS = 1000
_FIRST_ROW = 2
_TEXT = r"^[^\x00-\x1f]*$"
_SOME_TEXT = r"^[^\x00-\x1f]*[^\x00-\x1f\s][^\x00-\x1f]*$"


class Taken(Schema):
    """What became of the rows; all of them, or none."""

    file: int = Field(description="导入文件号，页面上可查")
    rows: int = Field(description="提交的行数")
    added: int = Field(description="新登记的行数；其余早已登记")
    repeated: bool = Field(description="这些行都已登记，没有任何改变")


def rows_router(files: RowFiles, *, path: str, tag: str) -> Router:
    """This function will make the address that takes the rows of one family of files."""
    router = Router(tags=[tag], auth=StaffSession())
    body_model = _body_of(files)

    def view(
        request: ActorRequest,
        body: body_model,  # type: ignore[valid-type] # made from the layout
    ) -> Taken:
        return _taken(files, body, request=request, at=timezone.now())

    roles = roles_named(files.roles)
    router.post(
        path,
        response={200: Taken, **problems(400, 401, 403, 409, 422)},
        summary=f"登记{files.title}",
        description=f"依据：{files.basis}。岗位：{roles}。一次最多 {MOST_ROWS} 行，整份登记或整份"
        "不登记；同样的内容再次提交，不会登记两次。更长的请上传文件。",
        operation_id=files.code,
        url_name=named(f"api.{files.code}", Policy(files.roles, files.basis)),
    )(view)
    return router


def _body_of(files: RowFiles) -> type[Schema]:
    fields: dict[str, Any] = {
        column.field: (str, _field(column)) for column in _layout(files).columns
    }
    name = "".join(part.title() for part in files.code.split("_"))
    row = _strict(f"{name}Row", files.title, fields)
    rows = {"rows": (list[row], Field(min_length=1, max_length=MOST_ROWS, title="行"))}  # type: ignore[valid-type] # made above
    return _strict(f"{name}Body", files.title, rows)


def _field(column: Column) -> Any:
    said: dict[str, Any] = {
        "title": column.title, "description": column.title, "max_length": 200,
        "pattern": _SOME_TEXT if column.required else _TEXT,
    }  # fmt: skip
    return Field(**said) if column.required else Field(default="", **said)


def _strict(name: str, words: str, fields: dict[str, Any]) -> type[Schema]:
    made: type[Schema] = create_model(name, __base__=Schema, __doc__=words, **fields)
    return forbid_more(made)


def _layout(files: RowFiles) -> Layout:
    return files.layout(local_day(timezone.now()))


def _taken(files: RowFiles, body: Any, *, request: ActorRequest, at: datetime) -> Taken:
    by = request.actor
    refuse_other_roles(files.roles, by=by, doing=f"导入{files.title}")
    content = _table(files, body)
    before = files.posted_before(digest=digest_of(content), by=by)
    if before is not None:
        return Taken(file=before.pk, rows=before.rows, added=0, repeated=True)
    try:
        name = f"API_{at.astimezone(LOCAL):%Y%m%d_%H%M%S}.csv"
        file = files.check(file=files.upload(name=name, content=content, by=by, at=at), at=at)
        _refuse_lost_rows(files, file, len(body.rows), by=by)
        posted = files.post(file=file, by=by, at=at)
    except RowsWrong as wrong:
        mistakes = _mistakes(files, wrong.file)
        files.drop(file=wrong.file, by=by)
        raise Trouble(422, mistakes) from wrong
    except FileRefused as problem:
        raise trouble(422, "INPUT_WRONG", problem.sentence, problem.remedy) from problem
    return Taken(file=file.pk, rows=posted.rows, added=posted.added, repeated=posted.repeated)


def _refuse_lost_rows(files: RowFiles, file: ImportFile, sent: int, *, by: Actor) -> None:
    """A line of totals is left out of a file; from a program it is a mistake."""
    if file.rows == sent:
        return
    files.drop(file=file, by=by)
    raise trouble(
        422, "INPUT_WRONG", f"提交 {sent} 行，只有 {file.rows} 行是数据，没有登记。",
        "请去掉合计、说明等不是数据的行后重新提交。",
    )  # fmt: skip


def _table(files: RowFiles, body: Any) -> bytes:
    """The rows as the file they would be."""
    out = io.StringIO()
    writer = csv.writer(out)
    columns = _layout(files).columns
    writer.writerow(column.title for column in columns)
    writer.writerows([getattr(row, column.field) for column in columns] for row in body.rows)
    return out.getvalue().encode()


def _mistakes(files: RowFiles, file: ImportFile) -> list[Mistake]:
    """Every error of every row: the row counted from 0, as the body has it, and the field."""
    fields = {column.title: column.field for column in _layout(files).columns}
    found: models.QuerySet[Any] = file.problems.filter(is_error=True).order_by("row", "id")
    return [
        Mistake(
            code="INPUT_WRONG", detail=one.sentence, way_out=one.remedy,
            field=f"rows.{one.row - _FIRST_ROW}.{fields.get(one.field, one.field)}",
        )
        for one in found
    ]  # fmt: skip
