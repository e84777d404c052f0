"""The register of uses as a document (Art. 23)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.usage.models import CardUse
from cardbook.law.articles import art
from cardbook.lib.clock import LOCAL
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_USES = Form(
    code="card_uses",
    prefix="YYSX",
    title="社保卡应用事项",
    basis=(art(23),),
    columns=(
        Column(key="agency", title="机构", width=60),
        Column(key="code", title="事项编码", width=30),
        Column(key="name", title="事项", width=60),
        Column(key="basis", title="依据", width=50),
        Column(key="since", title="启用日", width=24),
        Column(key="until", title="停用日", width=24),
        Column(key="decided_by", title="登记人", width=24),
    ),
    signatures=(),
    seal="",
    note="",
)


def uses_xlsx(rows: Sequence[CardUse], *, by: Actor, at: datetime) -> bytes:
    """This function will write the uses that are seen as a workbook."""
    return list_as_xlsx(
        _USES,
        (
            (
                row.agency.name, row.code, row.name, row.basis, f"{row.since}",
                f"{row.until or ''}", row.decided_by.name,
            )
            for row in rows
        ),
        covers=f"截至 {at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
        totals=(("合计", f"{len(rows)} 项"),), by=by, at=at,
    )  # fmt: skip
