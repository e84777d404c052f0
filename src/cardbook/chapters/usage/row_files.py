"""Files whose rows this chapter keeps beside the ledger: staged, checked, posted (Art. 23, 30).

No act is done by them, so no card changes: a slice says which columns there are, how a row is
judged, and what posting writes. `row_file_pages.py` beside it has their screens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction

from cardbook.chapters.posts import refuse_posts
from cardbook.chapters.staged_files import RowsWrong, drop_staged, lock_open
from cardbook.imports.columns import Layout, RowProblem, RowReader
from cardbook.imports.engine import Findings, keep_file, opened_body
from cardbook.imports.headers import Body
from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.progress import Phase, Progress, silent
from cardbook.imports.reading import FileRefused
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.rows import array_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor, is_in_post
from cardbook.orgs.models import Organization

Staged = tuple[Any, ...]
# Values of a row and its number -> what is staged and what else is wrong. A value that could not
# be read is missing; with enough left the row is staged all the same, so that all is checked.
Judge = Callable[[dict[str, object], int], tuple[Staged | None, list[RowProblem]]]

_SQL = Path(__file__).parent / "sql"
_RESULT, _PROBLEMS = (
    (_SQL / f"{name}.sql").read_text(encoding="utf-8") for name in ("rows_result", "rows_problems")
)
_EVERY = 500


def problem(
    row: int, title: str, code: str, sentence: str, remedy: str, *, is_error: bool = True
) -> RowProblem:
    """This function will say what is wrong in a row, and what to do."""
    return RowProblem(
        row=row, title=title, code=code, sentence=sentence, remedy=remedy, is_error=is_error
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """How far the office looks that brought a file: its county, or the whole city (Art. 5)."""

    id: int
    path: str


def area_of(file: ImportFile) -> Area:
    """This function will say how far the office of a file looks."""
    office = Organization.objects.select_related("county").get(pk=file.organization_id)
    if office.county is not None:
        return Area(id=office.county.pk, path=office.county.path)
    root = office.path.partition(".")[0]
    return Area(id=int(root), path=f"{root}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What came of a file: how many rows were new; `repeated` when the book knew all of them."""

    rows: int
    added: int

    @property
    def repeated(self) -> bool:
        """Whether nothing was changed."""
        return self.added == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFiles:
    """One family of files.

    `columns` are those of the staging table `rows` after its file and row, with their types.
    `check_sql` makes the temporary table `found` of what one row alone cannot tell, `write_sql`
    posts; both are given `file`, `within` and `county` (its area, path and id).
    """

    code: str
    title: str
    roles: frozenset[Role]
    basis: str
    layout: Callable[[date], Layout]
    rows: type[models.Model]
    columns: tuple[tuple[str, str], ...]
    judge: Callable[[ImportFile, date], Judge]
    check_sql: str
    write_sql: str

    def refuse_others(self, *, office: Organization, by: Actor) -> None:
        """This function will refuse whoever may not bring such files to an office.

        :raises Refused: when the post does not do it, or not there.
        """
        refuse_posts(by, other_than=self.roles, doing=f"导入{self.title}")
        if not office.path.startswith(by.county_path):
            raise Refused([Refusal(no.DESTINATION_OUT_OF_REACH)])

    def posted_before(self, *, digest: str, by: Actor) -> ImportFile | None:
        """This function will find the file of the same bytes that was posted before, or None."""
        return (
            ImportFile.objects.filter(
                layout=self.code, digest=digest, stage=Stage.POSTED,
                organization__path__startswith=by.county_path,
            )
            .select_related("uploaded_by")
            .order_by("id")
            .first()
        )  # fmt: skip

    def upload(self, *, name: str, content: bytes | Path, by: Actor, at: datetime) -> ImportFile:
        """This function will keep a file for the actor's office.

        :raises FileRefused: when it is no table; nothing is kept.
        :raises Refused: when the post does not bring such files.
        """
        self.refuse_others(office=Organization.objects.get(pk=by.org_id), by=by)
        return keep_file(
            name=name, content=content, layout=self.layout(local_day(at)),
            organization_id=by.org_id, by=by,
        )  # fmt: skip

    def check(self, *, file: ImportFile, at: datetime, progress: Progress = silent) -> ImportFile:
        """This function will read and check every row, alone and as a set.

        :raises FileRefused: when the header or a sheet is not clear, or the file breaks off.
        :raises Refused: when the file was posted or dropped meanwhile.
        """
        progress(Phase.READING, 0)
        with opened_body(file, layout=self.layout(local_day(at))) as body:
            self._check_rows(file, body, at=at, progress=progress)
        file.refresh_from_db()
        return file

    @transaction.atomic
    def _check_rows(
        self, file: ImportFile, body: Body, *, at: datetime, progress: Progress
    ) -> None:
        """Stage and check every row; all of it or, when the file breaks off, nothing."""
        lock_open(file)
        self.rows._default_manager.filter(file=file).delete()
        file.problems.all().delete()
        findings = Findings(file)
        rows, wrong = self._stage(body, findings, today=local_day(at), progress=progress)
        if not rows:
            raise FileRefused("empty", "表头下面没有数据行。", "请检查导出是否成功。")
        progress(Phase.CHECKING, rows)
        values = self._values(file)
        with connection.cursor() as cursor:
            cursor.execute(self.check_sql, values)
            cursor.execute(_RESULT, {"wrong": array_of(wrong)})
            errors, warnings, known = cursor.fetchone()
            findings.keep()
            cursor.execute(_PROBLEMS, {"file": file.pk, "room": findings.room})
            cursor.execute("DROP TABLE found")
        ImportFile.objects.filter(pk=file.pk).update(
            stage=Stage.CHECKED, header_row=body.header.last_row, rows=rows, known=known,
            errors=findings.error_rows + errors, warnings=warnings, notes=findings.note_lines(),
        )  # fmt: skip

    def _stage(
        self, body: Body, findings: Findings, *, today: date, progress: Progress
    ) -> tuple[int, list[int]]:
        """Stream the rows that can be read into the staging table.

        How many rows there are at all, and which of those staged have an error already.
        """
        file = findings.file
        read = RowReader(body.header.layout, body.header.mapping, width=body.width)
        judge = self.judge(file, today)
        names = ["file_id", "row", *(name for name, _ in self.columns)]
        table = self.rows._meta.db_table
        columns = ", ".join(f'"{name}"' for name in names)
        count, wrong = 0, []
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.set_types(["int8", "int4", *(kind for _, kind in self.columns)])
            for row in body.rows():
                count += 1
                values, problems = read(row)
                staged, more = judge(values, row.number)
                problems += more
                findings.add(problems)
                if staged is not None:
                    copy.write_row((file.pk, row.number, *staged))
                    wrong += [row.number] if any(one.is_error for one in problems) else []
                if count % _EVERY == 0:
                    progress(Phase.READING, count)
        findings.note_body(body)
        findings.add(body.miscounted(count))
        return count, wrong

    @staticmethod
    def _values(file: ImportFile) -> dict[str, Any]:
        area = area_of(file)
        return {"file": file.pk, "within": area.path, "county": area.id}

    def post(
        self, *, file: ImportFile, by: Actor, at: datetime, second: Actor | None = None,
        progress: Progress = silent,
    ) -> Posted:  # fmt: skip
        """This function will post a checked file: all of its rows, or nothing.

        What the book knows already is not written again. Nobody signs with whoever brings it.

        :raises RowsWrong: when a row has an error.
        :raises Refused: when the post may not, or the file was posted or dropped already.
        """
        self.refuse_others(office=Organization.objects.get(pk=file.organization_id), by=by)
        file.refresh_from_db()
        if file.stage != Stage.CHECKED:
            raise Refused([Refusal(no.FILE_NOT_CHECKED)])
        staged = self.rows._default_manager.filter(file=file).count()
        if not file.errors and staged != file.rows:
            # A crash took the staged rows: the file is read again.
            self.check(file=file, at=at, progress=progress)
        if file.errors:
            raise RowsWrong(file)
        progress(Phase.POSTING, file.rows)
        return self._post(file, by=by, at=at)

    @transaction.atomic
    def _post(self, file: ImportFile, *, by: Actor, at: datetime) -> Posted:
        lock_open(file)
        with connection.cursor() as cursor:
            cursor.execute(self.write_sql, self._values(file))
            added = cursor.rowcount
            if not is_in_post(by.post_id, cursor=cursor, lock=True):
                raise Refused([Refusal(no.POST_ENDED)])
        ImportFile.objects.filter(pk=file.pk).update(
            stage=Stage.POSTED, posted_at=at, result={"added": added}
        )
        self.rows._default_manager.filter(file=file).delete()
        return Posted(rows=file.rows, added=added)

    def drop(self, *, file: ImportFile, by: Actor) -> None:
        """This function will give a file up: its staged rows are deleted.

        :raises Refused: when the post may not, or the file was posted already.
        """
        self.refuse_others(office=Organization.objects.get(pk=file.organization_id), by=by)
        drop_staged(file, layout=self.code, rows=self.rows)
