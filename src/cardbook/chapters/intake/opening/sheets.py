"""The lists of the opening balance as sheets for the road: every card with what each source says.

Written as XLSX with masked numbers (Art. 6, 32); `queries.py` beside it finds the rows.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from cardbook.chapters.intake.opening.queries import Listed, ListKind, SourceRow
from cardbook.law.articles import art
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx, table_as_xlsx

_COLUMNS = (
    Column(key="order", title="序号", width=9, align="center"),
    Column(key="card", title="社保卡卡号", width=22),
    Column(key="why", title="情况", width=34),
    Column(key="who", title="谁这样说", width=30),
    Column(key="row", title="来源行号", width=14, align="right"),
    Column(key="name", title="持卡人", width=22),
    Column(key="number", title="社会保障号码", width=34),
    Column(key="stage", title="卡片状态", width=22),
    Column(key="social", title="社保功能", width=22),
    Column(key="hold", title="挂失/停用", width=20),
    Column(key="place", title="存放地点", width=34),
    Column(key="on", title="日期", width=20),
    Column(key="found", title="查明情况", width=34),
)


def cards_as_xlsx(
    *, kind: ListKind, rows: Sequence[Listed], by: Actor, at: datetime
) -> tuple[bytes, str]:
    """This function will write a list as a workbook, and name the file."""
    form = Form(
        code=f"opening_{kind.slug.replace('-', '_')}", prefix="QC", title=f"期初{kind.title}",
        basis=(art(6), art(20)), columns=_COLUMNS, signatures=("核查人", "复核人"),
        seal="卡管机构（章）", note=kind.settles,
    )  # fmt: skip
    content = list_as_xlsx(
        form, _cells(rows), covers="期初台账", totals=(("卡数", f"{len(rows)} 张"),), by=by, at=at
    )
    return content, f"期初{kind.title}_{local_day(at):%Y%m%d}.xlsx"


def _cells(rows: Sequence[Listed]) -> Iterator[tuple[str, ...]]:
    for place, card in enumerate(rows, start=1):
        for line in card.said:
            yield (
                str(place), card.card_number, card.why, line.who,
                str(line.row) if line.row else "", line.holder, line.number, line.stage,
                line.social, line.hold, line.place, f"{line.on or ''}", "",
            )  # fmt: skip


_SOURCE_HEADS = (
    "来源", "县区", "截止日", "文件", "入账时间", "入账人", "复核人", "所列", "登记", "差异未清",
)  # fmt: skip


def sources_as_xlsx(rows: Iterable[SourceRow]) -> bytes:
    """This function will write the posted sources that are seen as a workbook."""
    cells = (
        (
            row.name, row.county, f"{row.as_of}", row.file_name, to_the_minute(row.posted_at),
            row.posted_by, row.second, row.rows, row.registered, row.differing,
        )
        for row in rows
    )  # fmt: skip
    return table_as_xlsx("期初来源", _SOURCE_HEADS, cells)
