"""Issued documents as a list to search, order and take along, for whoever reads them (Art. 8)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from cardbook.law.articles import art
from cardbook.law.roles import OWN_OFFICE_ONLY
from cardbook.lib.clock import to_the_minute
from cardbook.lib.plain import InputError
from cardbook.orgs.actors import Actor
from cardbook.registers.codes import DOCUMENT, read_code
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.models import IssuedDocument
from cardbook.registers.registry import Register

MOST_ROWS = 5_000
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "new": ("新的在前", ("-issued_at", "-id")),
    "old": ("旧的在前", ("issued_at", "id")),
    "rows": ("行数多的在前", ("-rows", "-id")),
    "number": ("按表号", ("number",)),
}
_FORM = Form(
    code="issued_documents", prefix="BD", title="已出具的表", basis=(art(8, 3), art(32)),
    columns=(
        Column(key="number", title="表号", width=60),
        Column(key="title", title="表单", width=70),
        Column(key="office", title="机构", width=60),
        Column(key="covers", title="内容", width=70),
        Column(key="rows", title="行数", width=20, align="right"),
        Column(key="by", title="出具人", width=26),
        Column(key="at", title="出具时间", width=34),
        Column(key="purpose", title="用途", width=50),
        Column(key="approver", title="同意人", width=26),
        Column(key="digest", title="内容摘要（SM3）", width=90),
    ),
    signatures=(), seal="", note="",
)  # fmt: skip


def documents_of(actor: Actor, registers: Sequence[Register]) -> QuerySet[IssuedDocument]:
    """Documents of the actor's county or office, of the forms his role reads."""
    forms = [register.form.code for register in registers if actor.role in register.readers]
    within = actor.org_path if actor.role in OWN_OFFICE_ONLY else actor.county_path
    found = IssuedDocument.objects.filter(form__in=forms, organization__path__startswith=within)
    return found.select_related("organization", "issued_by", "approved_by").order_by(
        *SORTS["new"][1]
    )


def documents_found(
    documents: QuerySet[IssuedDocument], *, text: str, form: str, sort: str
) -> QuerySet[IssuedDocument]:
    """This function will narrow documents to a form and to a scanned code or a text they carry."""
    found = documents.filter(form=form) if form else documents
    number = _scanned_number(text)
    if number:
        found = found.filter(number=number)
    elif text:
        found = found.filter(
            Q(number__icontains=text)
            | Q(covers__icontains=text)
            | Q(organization__name__icontains=text)
            | Q(issued_by__name__icontains=text)
        )
    return found.order_by(*SORTS[sort][1])


def _scanned_number(text: str) -> str:
    """The number in a sheet's QR; nothing when something else was typed."""
    try:
        scanned = read_code(text)
    except InputError:
        return ""
    return scanned.parts[0] if scanned.kind == DOCUMENT else ""


def documents_as_xlsx(rows: Sequence[IssuedDocument], *, by: Actor, at: datetime) -> bytes:
    """This function will write what is listed as a workbook."""
    cells = (
        (
            row.number, row.title, row.organization.name, row.covers, str(row.rows),
            row.issued_by.name, to_the_minute(row.issued_at), row.purpose,
            row.approved_by.name if row.approved_by else "", row.digest,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_FORM, cells, covers=f"{len(rows)} 份", by=by, at=at)
