"""An opening balance from file to book: staged, checked, posted in one transaction (Art. 6, 20).

`opening_rows.py` beside it reads rows, `sql/` checks and posts them as a set, `births.py` brings
the cards into being. What sources disagree on is listed (`queries.py`), never overwritten.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from cardbook.chapters.intake.models import OpeningRow, OpeningSource
from cardbook.chapters.intake.opening.births import (
    ACTS,
    OpeningBirths,
    Statement,
    planned_for,
    sql_of,
)
from cardbook.chapters.intake.opening.layouts import CODE, opening_layout
from cardbook.chapters.intake.opening.opening_rows import RowFindings, Surroundings, stage_rows
from cardbook.chapters.staged_files import RowsWrong, drop_staged, lock_open, refuse_others
from cardbook.imports.columns import Layout, RowProblem
from cardbook.imports.engine import Findings, keep_file, opened_body
from cardbook.imports.headers import Body
from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.progress import Phase, Progress, silent
from cardbook.imports.reading import FileRefused
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.judge import refusals_of_actor
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor, is_in_post
from cardbook.orgs.models import Organization

REGISTER = act("opening.keep")
# The same act once the county works with this book: two sign (`refuse_alone`).
REGISTER_BY_TWO = replace(REGISTER, second=act("opening.confirm").second)
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What came of a file: new cards, cards that were known, rows that are listed.

    `repeated`: the same file, or a file that says nothing its source has not said before.
    """

    source_id: int | None
    name: str
    cards: int
    known: int
    differing: int
    contested: int
    repeated: bool = False


def layout_on(day: date) -> Layout:
    """This function will give the layout as of a day."""
    return opening_layout(today=day)


def posted_before(*, digest: str, card_body: Organization) -> OpeningSource | None:
    """This function will find the source that the same bytes made before, or None."""
    return (
        OpeningSource.objects.filter(file__digest=digest, county=card_body.county_id or 0)
        .select_related("file", "posted_by")
        .first()
    )


def upload(
    *, name: str, content: bytes | Path, source: str, as_of: date, card_body: Organization,
    by: Actor, at: datetime,
) -> ImportFile:  # fmt: skip
    """This function will keep a file with what it says of itself.

    :raises FileRefused: when it is no table; nothing is kept.
    :raises Refused: when the post may not, the source has no name, or the day does not fit.
    """
    refuse_others(REGISTER, office=card_body, by=by)
    _refuse_day(card_body, as_of=as_of, today=local_day(at))
    if not source.strip():
        raise Refused([Refusal(no.SOURCE_UNNAMED)])
    file = keep_file(
        name=name, content=content, layout=layout_on(local_day(at)), organization_id=card_body.pk,
        by=by,
    )  # fmt: skip
    file.preamble = {"source": source.strip()[:LONGEST_NAME], "as_of": as_of.isoformat()}
    ImportFile.objects.filter(pk=file.pk).update(preamble=file.preamble)
    return file


def _refuse_day(card_body: Organization, *, as_of: date, today: date) -> None:
    """The balance is of a day that has come, and not after the county's first day in this book."""
    start = _county_of(card_body).live_on
    if as_of > today:
        raise Refused([Refusal(no.BALANCE_DAY_AHEAD, {"as_of": as_of})])
    if start is not None and as_of > start:
        raise Refused([Refusal(no.BALANCE_AFTER_START, {"as_of": as_of, "live_on": start})])


def refuse_alone(*, card_body: Organization, by: Actor, second: Actor | None, on: date) -> None:
    """This function will ask for a second person once the county works with this book.

    Before its first day the balance is being built, and everything in it can be compared with the
    ledgers on the table. Afterwards a card out of nowhere is what a thief would write, so two
    sign; the city's manager stands above the county and signs alone (Art. 5, 7).

    :raises Refused: when one person is not enough.
    """
    start = _county_of(card_body).live_on
    if start is None or on < start or by.role is Role.CITY_MANAGER:
        return
    refused = list(refusals_of_actor(act=REGISTER_BY_TWO, by=by, second=second))
    if refused:
        raise Refused(refused)


def _county_of(card_body: Organization) -> Organization:
    county = Organization.objects.select_related("county").get(pk=card_body.pk).county
    assert county is not None, "only card bodies of a county take over"
    return county


def statement_of(file: ImportFile) -> Statement:
    """This function will read what a kept file says of itself."""
    return Statement(
        file=file,
        county_id=_county_of(file.organization).pk,
        name=file.preamble["source"],
        as_of=date.fromisoformat(file.preamble["as_of"]),
    )


def check(*, file: ImportFile, at: datetime, progress: Progress = silent) -> ImportFile:
    """This function will read and check every row, alone and as a set; the book is not touched.

    :raises FileRefused: when the header or a sheet is not clear, or the file breaks off.
    :raises Refused: when the file was posted or dropped meanwhile.
    """
    progress(Phase.READING, 0)
    with opened_body(file, layout=layout_on(local_day(at))) as body:
        _check_rows(file, body, progress)
    file.refresh_from_db()
    return file


@transaction.atomic
def _check_rows(file: ImportFile, body: Body, progress: Progress) -> None:
    """Stage and check every row; all of it or, when the file breaks off, nothing."""
    lock_open(file)
    OpeningRow.objects.filter(file=file).delete()
    file.problems.all().delete()
    findings = RowFindings(Findings(file))
    statement = statement_of(file)
    card_body = Organization.objects.select_related("county").get(pk=file.organization_id)
    around = Surroundings.of(card_body, as_of=statement.as_of)
    rows = stage_rows(
        body, findings=findings, around=around, progress=lambda row: progress(Phase.READING, row)
    )
    if not rows:
        raise FileRefused("empty", "表头下面没有数据行。", "请检查导出是否成功。")
    progress(Phase.CHECKING, rows)
    findings.add(_problems_of_set(statement, rows))
    findings.all.keep()
    ImportFile.objects.filter(pk=file.pk).update(
        stage=Stage.CHECKED,
        header_row=body.header.last_row,
        rows=rows,
        known=_counts(statement, rows)[0],
        errors=len(findings.error_rows),
        warnings=len(findings.noted_rows - findings.error_rows),
        notes=findings.all.note_lines(),
    )
    progress(Phase.CHECKING, rows)


def _problems_of_set(statement: Statement, rows: int) -> Iterator[RowProblem]:
    with planned_for(rows) as cursor:
        cursor.execute(sql_of("check_opening"), statement.values())
        found = cursor.fetchall()
    for row, title, code, sentence, remedy, is_error in found:
        yield RowProblem(
            row=row, title=title, code=code, sentence=sentence, remedy=remedy, is_error=is_error
        )


def _counts(statement: Statement, rows: int) -> tuple[int, int, int]:
    """Rows whose card the book knows, rows contested in the file, rows that say something new."""
    with planned_for(rows) as cursor:
        cursor.execute(sql_of("counts"), statement.values())
        known, contested, told_anew = cursor.fetchone()
    return known, contested, told_anew


def post(
    *, file: ImportFile, by: Actor, at: datetime, second: Actor | None = None,
    progress: Progress = silent,
) -> Posted:  # fmt: skip
    """This function will post a checked file: all of its new cards and all it says, or nothing.

    The same bytes, or a file whose source said all of it before, change nothing (`repeated`).

    :raises RowsWrong: when a row has an error, also one that only appeared since the check.
    :raises Refused: when the post may not, one person is not enough, or another was faster.
    """
    card_body = Organization.objects.select_related("county").get(pk=file.organization_id)
    refuse_others(REGISTER, office=card_body, by=by)
    refuse_alone(card_body=card_body, by=by, second=second, on=local_day(at))
    before = posted_before(digest=file.digest, card_body=card_body)
    if before is not None:
        return _again(before)
    file.refresh_from_db()
    if file.stage != Stage.CHECKED:
        raise Refused([Refusal(no.FILE_NOT_CHECKED)])
    statement = statement_of(file)
    _refuse_day(card_body, as_of=statement.as_of, today=local_day(at))
    progress(Phase.CHECKING, file.rows)
    if file.errors or any(problem.is_error for problem in _problems_of_set(statement, file.rows)):
        raise RowsWrong(check(file=file, at=at, progress=progress))
    known, contested, told_anew = _counts(statement, file.rows)
    if not told_anew:
        _finish(file, at=at, result={"cards": 0, "known": known})
        return Posted(
            source_id=None, name=statement.name, cards=0, known=known, differing=0,
            contested=contested, repeated=True,
        )  # fmt: skip
    progress(Phase.POSTING, file.rows)
    try:
        return _post(statement, by=by, second=second, at=at)
    except Refused as refused:
        return _overtaken(file, card_body, refused)


def _overtaken(file: ImportFile, card_body: Organization, refused: Refused) -> Posted:
    """Somebody else confirmed the same bytes a moment earlier: the answer is his source.

    :raises Refused: when nobody did.
    """
    before = posted_before(digest=file.digest, card_body=card_body)
    if before is None:
        raise refused
    return _again(before)


def _again(source: OpeningSource) -> Posted:
    return Posted(
        source_id=source.pk, name=source.name, cards=0, known=source.rows, differing=0,
        contested=0, repeated=True,
    )  # fmt: skip


def _post(statement: Statement, *, by: Actor, second: Actor | None, at: datetime) -> Posted:
    steps = [
        Step(
            act=row,
            facts=statement.name,
            births=OpeningBirths(statement=statement, stage=stage, first=place == 0),
        )
        for place, (stage, row) in enumerate(ACTS.items())
    ]

    def keep(done: Done) -> None:
        _keep_source(statement, done=done, by=by, second=second, at=at)

    key = f"opening:{statement.file.digest}:{statement.county_id}"
    done = perform(*steps, by=by, at=at, key=key, second=second, also=keep)
    source = OpeningSource.objects.get(
        file__digest=statement.file.digest, county=statement.county_id
    )
    return _again(source) if done.repeated else _result(source)


def posted_as(file: ImportFile) -> Posted:
    """This function will say what came of a file that is posted."""
    source = posted_before(digest=file.digest, card_body=file.organization)
    if source is not None:
        return _result(source) if source.file_id == file.pk else _again(source)
    return Posted(
        source_id=None, name=statement_of(file).name, cards=0, known=file.result["known"],
        differing=0, contested=0, repeated=True,
    )  # fmt: skip


def _result(source: OpeningSource) -> Posted:
    listed = source.claims
    contested = listed.filter(card=None).count()
    return Posted(
        source_id=source.pk,
        name=source.name,
        cards=source.registered,
        known=source.rows - source.registered - contested,
        differing=listed.exclude(differs=[]).count(),
        contested=contested,
    )


def _keep_source(
    statement: Statement, *, done: Done, by: Actor, second: Actor | None, at: datetime
) -> None:
    """The source and all it says, in the transaction of the acts.

    :raises Refused: when whoever signs was relieved meanwhile; nobody can be until the commit.
    """
    source = OpeningSource.objects.create(
        file=statement.file, county_id=statement.county_id, name=statement.name,
        as_of=statement.as_of, posted_by_id=by.user_id, posted_at=at, batch=done.batch,
        second_id=second.user_id if second else None, rows=statement.file.rows,
        registered=len(done.subject_ids),
    )  # fmt: skip
    values = statement.values() | {"source_id": source.pk}
    with planned_for(statement.file.rows) as cursor:
        cursor.execute(sql_of("post_claims"), values)
        cursor.execute(sql_of("post_said_dead"), values)
        cursor.execute(sql_of("post_card_accounts"))
        signed_by = sorted({one.post_id for one in (by, second) if one is not None})
        if not all(is_in_post(post_id, cursor=cursor, lock=True) for post_id in signed_by):
            raise Refused([Refusal(no.POST_ENDED)])
    _finish(statement.file, at=at, result={"cards": len(done.subject_ids)})


def _finish(file: ImportFile, *, at: datetime, result: dict[str, object]) -> None:
    """The staged rows have become cards and claims; the file itself is kept."""
    ImportFile.objects.filter(pk=file.pk).update(stage=Stage.POSTED, posted_at=at, result=result)
    OpeningRow.objects.filter(file=file).delete()


def drop(*, file: ImportFile, by: Actor) -> None:
    """This function will give a file up: its staged rows are deleted, the book never knew them.

    :raises Refused: when the post may not, or the file was posted already.
    """
    office = Organization.objects.get(pk=file.organization_id)
    refuse_others(REGISTER, office=office, by=by)
    drop_staged(file, layout=CODE, rows=OpeningRow)
