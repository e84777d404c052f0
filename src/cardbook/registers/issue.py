"""Freezes a sheet: running number, bytes as printed, digests, one event - all or none (Art. 7, 8).

A re-print gives the same bytes; the same request sent twice gives the same document.
"""

import uuid
from datetime import datetime
from typing import Literal

from django.db import connection, transaction

from cardbook.law.articles import EDITION
from cardbook.ledger.append import Entry, append_events
from cardbook.ledger.requests import first_answer, keep_answer
from cardbook.lib.canonical import canonical_json, digest
from cardbook.lib.clock import LOCAL
from cardbook.lib.sm import Damaged
from cardbook.orgs.actors import Actor
from cardbook.papers.storage import PaperMissing, add_paper, read_paper
from cardbook.registers.forms import Sheet
from cardbook.registers.models import IssuedDocument
from cardbook.registers.pdf import render_pdf
from cardbook.registers.releasing import Release
from cardbook.registers.xlsx import render_xlsx

ACT = "document.issue"
SUBJECT = "document"
Format = Literal["pdf", "xlsx"]
MEDIA_TYPES: dict[Format, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# Batches are made from keys under this name, so that an event tells the request it answers.
_REQUESTS = uuid.UUID("b7a3c3b8-5d0b-5a53-8a5e-0f1b2d7c9e14")


class NotYours(Exception):
    """The sheet is of an office outside the actor's county."""


class NotIntact(Exception):
    """The bytes kept for a document are gone or altered; the sentence says what to do."""


@transaction.atomic(durable=True)
def issue_document(
    *, sheet: Sheet, by: Actor, at: datetime, key: str, release: Release | None = None
) -> IssuedDocument:
    """This function will give a sheet its number and freeze it; once for `key`.

    `release` says what it leaves for and who agreed, where it is long (`releasing.py`).

    A double click asks for the same form, office and span: it gets the first document again, even
    when a row was added between the two clicks.

    :raises NotYours: when the sheet's office is outside the actor's county.
    :raises cardbook.ledger.requests.KeyReused: when the key was used for another sheet, or by
        somebody else.
    """
    if not sheet.office.path.startswith(by.county_path):
        raise NotYours(sheet.office.name)
    batch = uuid.uuid5(_REQUESTS, key)
    before = first_answer(
        key=key, digest=_asked(sheet, by=by), act=ACT, actor_id=by.user_id, batch=batch
    )
    if before is not None:
        return IssuedDocument.objects.get(pk=before[0])
    number = _next_number(sheet, at=at)
    made = _freeze(sheet, number=number, by=by, at=at, release=release or Release())
    _record(made, by=by, at=at, batch=batch, basis=sheet.form.basis_text)
    keep_answer(key=key, subject_ids=[made.pk])
    return made


def _asked(sheet: Sheet, *, by: Actor) -> bytes:
    """What makes two requests the same: who asks for which form, of which office and span."""
    return digest(
        {
            "act": ACT,
            "by": by.user_id,
            "form": sheet.form.code,
            "office": sheet.office.id,
            "covers": sheet.covers,
        }
    )


def _next_number(sheet: Sheet, *, at: datetime) -> str:
    """The next number of this form at this office in this year; others wait until we commit."""
    year = at.astimezone(LOCAL).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registers_runningnumber AS n (form, organization_id, year, last) "
            "VALUES (%s, %s, %s, 1) ON CONFLICT (form, organization_id, year) "
            "DO UPDATE SET last = n.last + 1 RETURNING last",
            [sheet.form.code, sheet.office.id, year],
        )
        (last,) = cursor.fetchone() or (0,)
    return f"{sheet.form.prefix}-{sheet.office.code}-{year}-{last:04d}"


def _freeze(
    sheet: Sheet, *, number: str, by: Actor, at: datetime, release: Release
) -> IssuedDocument:
    contents: dict[Format, bytes] = {
        "pdf": render_pdf(sheet, number=number),
        "xlsx": render_xlsx(sheet, number=number),
    }
    papers = {
        kind: add_paper(
            kind=f"issued_{kind}", content=content, media_type=MEDIA_TYPES[kind],
            title=f"{sheet.form.title} {number}", by=by,
        )
        for kind, content in contents.items()
    }  # fmt: skip
    return IssuedDocument.objects.create(
        form=sheet.form.code,
        number=number,
        organization_id=sheet.office.id,
        issued_by_id=by.user_id,
        issued_at=at,
        title=sheet.form.title,
        covers=sheet.covers[:200],
        rows=len(sheet.rows),
        purpose=release.purpose,
        approved_by_id=release.second.user_id if release.second else None,
        digest=sheet.digest,
        pdf_digest=papers["pdf"].digest,
        xlsx_digest=papers["xlsx"].digest,
    )


def _record(
    made: IssuedDocument, *, by: Actor, at: datetime, batch: uuid.UUID, basis: str
) -> None:
    entry = Entry(
        act=ACT, act_version=1, happened_at=at, actor_id=by.user_id,
        second_id=made.approved_by_id, post_id=by.post_id,
        org_id=by.org_id, device=by.device, basis=basis, edition=EDITION, batch=batch,
        papers=[f"issued_pdf:{made.pdf_digest}", f"issued_xlsx:{made.xlsx_digest}"],
    )  # fmt: skip
    purpose = {"purpose": made.purpose} if made.purpose else {}
    facts = canonical_json(
        {
            **purpose,
            "form": made.form,
            "number": made.number,
            "office": made.organization_id,
            "covers": made.covers,
            "rows": made.rows,
            "digest": made.digest,
        }
    )
    append_events(entry=entry, kind=SUBJECT, ids=[made.pk], seqs=[1], facts=facts)


def document_bytes(document: IssuedDocument, kind: Format) -> bytes:
    """This function will return the bytes as they were issued, whenever it is asked.

    :raises NotIntact: when the file is gone, or is not what was issued.
    """
    expected = document.pdf_digest if kind == "pdf" else document.xlsx_digest
    try:
        return read_paper(expected)
    except PaperMissing as problem:
        raise NotIntact("文件不在存档中，请从备份恢复后再打印，不要重新出具。") from problem
    except Damaged as problem:
        raise NotIntact("文件已损坏或被改动，请从备份恢复后再打印。") from problem
