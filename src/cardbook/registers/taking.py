"""Files with whole numbers that are no issued document: who took which, when, what for (Art. 32).

Each serves a matter of the law, which is its purpose; whatever else leaves with whole numbers is
issued and asks for a purpose (`releasing.py`).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from cardbook.law.articles import EDITION, art
from cardbook.ledger.append import Entry, append_events
from cardbook.lib.canonical import canonical_json
from cardbook.lib.clock import to_the_minute
from cardbook.lib.sm import sm3
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx
from cardbook.registers.models import Matter, TakenFile

__all__ = ["SORTS", "Matter", "note_taking", "taken_as_xlsx", "taken_files"]

ACT = "file.take"
SUBJECT = "taken_file"
_BASIS = {
    Matter.SIGN_OFF: art(8, 3),
    Matter.MAKER_ORDER: art(25),
    Matter.ACCOUNTS: art(25),
    Matter.ERROR_SHEET: art(6),
}
SORTS = {
    "new": ("新的在前", ("-taken_at", "-id")),
    "rows": ("行数多的在前", ("-rows", "-id")),
}
_FORM = Form(
    code="taken_files", prefix="LQ", title="完整号码文件领取记录", basis=(art(32),),
    columns=(
        Column(key="at", title="领取时间", width=34),
        Column(key="office", title="机构", width=60),
        Column(key="by", title="领取人", width=26),
        Column(key="matter", title="用途", width=56),
        Column(key="name", title="文件", width=60),
        Column(key="rows", title="行数", width=20, align="right"),
        Column(key="digest", title="文件摘要（SM3）", width=90),
    ),
    signatures=(), seal="", note="",
)  # fmt: skip


@transaction.atomic
def note_taking(
    matter: Matter, *, name: str, rows: int, content: bytes, by: Actor, at: datetime
) -> TakenFile:
    """This function will keep on record that somebody takes a file with whole numbers."""
    made = TakenFile.objects.create(
        matter=matter, name=name[:200], rows=rows, organization_id=by.org_id,
        taken_by_id=by.user_id, taken_at=at, digest=sm3(content).hex(),
    )  # fmt: skip
    entry = Entry(
        act=ACT, act_version=1, happened_at=at, actor_id=by.user_id, post_id=by.post_id,
        org_id=by.org_id, device=by.device, basis=_BASIS[matter].label, edition=EDITION,
    )  # fmt: skip
    facts = canonical_json({"matter": matter.value, "rows": rows, "digest": made.digest})
    append_events(entry=entry, kind=SUBJECT, ids=[made.pk], seqs=[1], facts=facts)
    return made


def taken_files(*, by: Actor, text: str = "", matter: str = "", sort: str) -> QuerySet[TakenFile]:
    """This function will list what was taken within the actor's county; `text` is in a name."""
    found = TakenFile.objects.filter(organization__path__startswith=by.county_path)
    if matter:
        found = found.filter(matter=matter)
    if text:
        found = found.filter(
            Q(name__icontains=text)
            | Q(taken_by__name__icontains=text)
            | Q(organization__name__icontains=text)
        )
    return found.select_related("organization", "taken_by").order_by(*SORTS[sort][1])


def taken_as_xlsx(rows: Sequence[TakenFile], *, by: Actor, at: datetime) -> bytes:
    """This function will write what is listed as a workbook."""
    cells = (
        (
            to_the_minute(row.taken_at), row.organization.name, row.taken_by.name,
            row.get_matter_display(), row.name, str(row.rows), row.digest,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_FORM, cells, covers=f"{len(rows)} 份", by=by, at=at)
