"""A manifest from file to book: staged, checked, posted in one transaction, or not (Art. 6).

`manifest_rows.py` beside it reads rows, `sql/` checks and posts them as a set.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from cardbook.chapters.intake.models import Delivery, ManifestRow
from cardbook.chapters.intake.receive.births import (
    ManifestBirths,
    Overtaken,
    enter_accounts,
    lay_out_staged,
    sql_of,
)
from cardbook.chapters.intake.receive.layouts import CODE, manifest_layout
from cardbook.chapters.intake.receive.manifest_rows import stage_rows
from cardbook.chapters.staged_files import RowsWrong, drop_staged, lock_open, refuse_others
from cardbook.imports.columns import Layout
from cardbook.imports.engine import (
    Findings,
    digest_of,
    keep_file,
    opened_body,
)
from cardbook.imports.headers import Body
from cardbook.imports.models import ImportFile, Stage
from cardbook.imports.progress import Phase, Progress, silent
from cardbook.imports.reading import FileRefused
from cardbook.lib.clock import LOCAL, local_day
from cardbook.lib.rows import next_id
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import DeliveryRegistered
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor, is_in_post
from cardbook.orgs.models import Kind, Organization

_REGISTER = act("delivery.register")
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What came of a file: the delivery and how many cards were new.

    `repeated`: the file or all of its cards were in the book already, nothing was changed; without
    a delivery of its own (`delivery_id` None) the cards came by other files.
    """

    delivery_id: int | None
    code: str
    cards: int
    known: int
    repeated: bool = False


def receiver_of(organization: Organization) -> Organization:
    """This function will find the card body that receives for an organisation's county.

    :raises Refused: when the organisation lies in no county, or the county has no card body.
    """
    if organization.kind == Kind.CARD_BODY and organization.in_force:
        return organization
    found = (
        Organization.objects.filter(
            kind=Kind.CARD_BODY, county_id=organization.county_id or 0, in_force=True
        )
        .order_by("id")
        .first()
    )
    if found is None:
        raise Refused([Refusal(no.NO_CARD_BODY, {"organization": organization.name})])
    return found


def layout_on(day: date) -> Layout:
    """This function will give the manifest's layout as of a day."""
    return manifest_layout(today=day)


def posted_before(*, digest: str, receiver_id: int) -> Delivery | None:
    """This function will find the delivery that the same bytes led to before, or None."""
    return (
        Delivery.objects.filter(file__digest=digest, organization_id=receiver_id)
        .select_related("file", "registered_by")
        .first()
    )


def upload(
    *, name: str, content: bytes | Path, receiver: Organization, by: Actor, at: datetime
) -> ImportFile:
    """This function will keep a file and check it as far as possible.

    :raises FileRefused: when it is no table; nothing is kept.
    :raises Refused: when the post may not register deliveries, or not there.
    """
    refuse_others(_REGISTER, office=receiver, by=by)
    day = local_day(at)
    return keep_file(
        name=name, content=content, layout=layout_on(day), organization_id=receiver.pk, by=by
    )


def check(*, file: ImportFile, at: datetime, progress: Progress = silent) -> ImportFile:
    """This function will read and check every row, alone and as a set; the book is not touched.

    :raises FileRefused: when the header or a sheet is not clear, or the file breaks off.
    :raises Refused: when the file was posted or dropped meanwhile.
    """
    day = local_day(at)
    progress(Phase.READING, 0)
    with opened_body(file, layout=layout_on(day)) as body:
        _check_rows(file, body, today=day, progress=progress)
    file.refresh_from_db()
    return file


@transaction.atomic
def _check_rows(file: ImportFile, body: Body, *, today: date, progress: Progress) -> None:
    """Stage and check every row; all of it or, when the file breaks off, nothing."""
    county = _county_of(file)
    lock_open(file)
    ManifestRow.objects.filter(file=file).delete()
    file.problems.all().delete()
    findings = Findings(file)
    rows = stage_rows(
        body,
        findings=findings,
        county=county,
        today=today,
        progress=lambda row: progress(Phase.READING, row),
    )
    if not rows:
        raise FileRefused("empty", "表头下面没有数据行。", "请检查导出是否成功。")
    progress(Phase.CHECKING, rows)
    _check_set(file, county, findings, rows=rows, header_row=body.header.last_row)
    progress(Phase.CHECKING, rows)


def _county_of(file: ImportFile) -> Organization:
    county = Organization.objects.select_related("county").get(pk=file.organization_id).county
    assert county is not None, "only card bodies of a county receive"
    return county


def _check_set(
    file: ImportFile, county: Organization, findings: Findings, *, rows: int, header_row: int
) -> None:
    """Ask what one row alone cannot tell, and write down what the whole check came to."""
    values: dict[str, Any] = {"file": file.pk, "county": county.pk, "room": findings.room}
    with connection.cursor() as cursor:
        lay_out_staged(cursor, file)
        cursor.execute(sql_of("check_manifest"), values)
        cursor.execute(sql_of("check_result"))
        errors, warnings, known = cursor.fetchone()
        findings.keep()
        cursor.execute(sql_of("keep_problems"), values)
    ImportFile.objects.filter(pk=file.pk).update(
        stage=Stage.CHECKED,
        header_row=header_row,
        rows=rows,
        known=known,
        errors=findings.error_rows + errors,
        warnings=warnings,
        notes=findings.note_lines(),
    )


def post(*, file: ImportFile, by: Actor, at: datetime, progress: Progress = silent) -> Posted:
    """This function will post a checked file as a delivery: all of its new cards, or nothing.

    The same bytes a second time change nothing and give the first delivery, marked `repeated`.

    :raises RowsWrong: when a row has an error, also one that only appeared since the check.
    :raises Refused: when the post may not, or another file brought a card first.
    """
    receiver = Organization.objects.select_related("county").get(pk=file.organization_id)
    refuse_others(_REGISTER, office=receiver, by=by)
    for _ in range(_ATTEMPTS):
        before = posted_before(digest=file.digest, receiver_id=receiver.pk)
        if before is not None:
            return _again(before)
        file.refresh_from_db()
        if file.stage != Stage.CHECKED:
            raise Refused([Refusal(no.FILE_NOT_CHECKED)])
        if file.errors:
            raise RowsWrong(file)
        if file.known == file.rows:
            _finish(file, at=at, result={"cards": 0, "known": file.known})
            return Posted(delivery_id=None, code="", cards=0, known=file.known, repeated=True)
        progress(Phase.POSTING, file.rows)
        try:
            return _post(file, receiver, by=by, at=at)
        except Overtaken:
            # The book has changed, or a crash took the staged rows: the file is read again.
            check(file=file, at=at, progress=progress)
        except Refused:
            # Somebody else confirmed the same bytes a moment earlier: the answer is the delivery.
            if posted_before(digest=file.digest, receiver_id=receiver.pk) is None:
                raise
        except OperationalError as problem:
            if not isinstance(problem.__cause__, DeadlockDetected):
                raise
    raise Refused([Refusal(no.CARD_NUMBER_TAKEN)])


def posted_as(file: ImportFile) -> Posted:
    """This function will say what came of a file that is posted."""
    delivery = posted_before(digest=file.digest, receiver_id=file.organization_id)
    if delivery is not None and delivery.file_id != file.pk:
        return _again(delivery)
    result = file.result
    return Posted(
        delivery_id=delivery.pk if delivery else None, code=delivery.code if delivery else "",
        cards=result["cards"], known=result["known"], repeated=delivery is None,
    )  # fmt: skip


def _again(delivery: Delivery) -> Posted:
    return Posted(
        delivery_id=delivery.pk,
        code=delivery.code,
        cards=0,
        known=delivery.expected,
        repeated=True,
    )


def _post(file: ImportFile, receiver: Organization, *, by: Actor, at: datetime) -> Posted:
    assert receiver.county_id is not None
    with connection.cursor() as cursor:
        delivery_id = next_id(cursor, "intake_delivery")
    step = Step(
        act=_REGISTER,
        facts=DeliveryRegistered(manifest=file.digest, receiver=receiver.pk),
        births=ManifestBirths(file, receiver.county_id, receiver.pk),
    )

    def keep(done: Done) -> None:
        _keep_delivery(delivery_id, file, receiver, done=done, by=by, at=at)

    key = f"manifest:{file.digest}:{receiver.pk}"
    done = perform(step, by=by, at=at, key=key, also=keep)
    delivery = Delivery.objects.get(file__digest=file.digest, organization=receiver)
    if done.repeated:
        return _again(delivery)
    return Posted(
        delivery_id=delivery.pk, code=delivery.code, cards=len(done.subject_ids), known=file.known
    )


def _keep_delivery(
    delivery_id: int,
    file: ImportFile,
    receiver: Organization,
    *,
    done: Done,
    by: Actor,
    at: datetime,
) -> None:
    """The delivery with its boxes and lines, in the transaction of the act.

    :raises Refused: when whoever posts was relieved meanwhile; nobody can be until the commit.
    :raises Overtaken: when an account came onto a card of somebody else since the check.
    """
    code = _delivery_code(receiver, at)
    Delivery.objects.create(
        id=delivery_id, code=code, file=file, organization=receiver,
        registered_by_id=by.user_id, expected=len(done.subject_ids),
    )  # fmt: skip
    with connection.cursor() as cursor:
        for name in ("post_boxes", "post_lines"):
            cursor.execute(sql_of(name), {"delivery": delivery_id})
        if not is_in_post(by.post_id, cursor=cursor, lock=True):
            raise Refused([Refusal(no.POST_ENDED)])
        _finish(
            file, at=at, result={"cards": len(done.subject_ids), "known": file.known, "code": code}
        )
        enter_accounts(cursor)


def _finish(file: ImportFile, *, at: datetime, result: dict[str, object]) -> None:
    """The staged rows have become cards or were cards already; the file itself is kept."""
    ImportFile.objects.filter(pk=file.pk).update(stage=Stage.POSTED, posted_at=at, result=result)
    ManifestRow.objects.filter(file=file).delete()


def _delivery_code(receiver: Organization, at: datetime) -> str:
    """DH-611002-20261125-01; the county's row is locked while its next number is taken."""
    county = Organization.objects.select_for_update(no_key=True).get(pk=receiver.county_id or 0)
    head = f"DH-{county.region or county.code}-{at.astimezone(LOCAL):%Y%m%d}"
    place = Delivery.objects.filter(code__startswith=f"{head}-").count() + 1
    return f"{head}-{place:02d}"


def drop(*, file: ImportFile, by: Actor) -> None:
    """This function will give a file up: its staged rows are deleted, the book never knew them.

    :raises Refused: when the post may not, or the file was posted already.
    """
    office = Organization.objects.get(pk=file.organization_id)
    refuse_others(_REGISTER, office=office, by=by)
    drop_staged(file, layout=CODE, rows=ManifestRow)


def import_manifest(
    path: Path,
    *,
    by: Actor,
    at: datetime,
    receiver: Organization | None = None,
    sheet: str = "",
    progress: Progress = silent,
) -> Posted:
    """This function will take a file all the way, as the command line and the demo do.

    :raises FileRefused: when it is no table, or its header is not clear.
    :raises RowsWrong: when rows have errors; nothing was posted.
    :raises Refused: when the post may not.
    """
    receiver = receiver or receiver_of(Organization.objects.get(pk=by.org_id))
    before = posted_before(digest=digest_of(path), receiver_id=receiver.pk)
    if before is not None:
        return _again(before)
    file = upload(name=path.name, content=path, receiver=receiver, by=by, at=at)
    if sheet:
        ImportFile.objects.filter(pk=file.pk).update(sheet=sheet)
        file.refresh_from_db()
    file = check(file=file, at=at, progress=progress)
    if file.errors:
        raise RowsWrong(file)
    return post(file=file, by=by, at=at, progress=progress)
