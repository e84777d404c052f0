"""Deliveries and differences as workbooks: what is seen on the screen, no more (Art. 6, 20)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.intake.receive.delivery_queries import DeliveryRow
from cardbook.chapters.intake.receive.difference_queries import CardRow, OddRow
from cardbook.law.articles import art
from cardbook.lib.clock import to_the_minute
from cardbook.orgs.actors import Actor
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_HIDDEN = "清点后显示"
_DELIVERIES = Form(
    code="deliveries_seen", prefix="DH", title="到货（所见）", basis=(art(6), art(20)),
    columns=(
        Column(key="code", title="到货编号", width=24),
        Column(key="office", title="接收机构", width=36),
        Column(key="registered", title="登记时间", width=22),
        Column(key="by", title="登记人", width=16),
        Column(key="boxes", title="盒数", width=10, align="right"),
        Column(key="counted", title="已清点", width=10, align="right"),
        Column(key="expected", title="应到", width=14, align="right"),
        Column(key="in_transit", title="仍在途", width=14, align="right"),
        Column(key="state", title="情况", width=20),
    ),
    signatures=(), seal="", note="全批清点完之前不显示应到数。",
)  # fmt: skip
_CARDS = Form(
    code="differences_seen", prefix="CY", title="清点差异（所见）", basis=(art(6), art(20)),
    columns=(
        Column(key="number", title="社保卡卡号", width=18),
        Column(key="name", title="姓名", width=18),
        Column(key="masked", title="社会保障号码", width=28),
        Column(key="delivery", title="批次", width=24),
        Column(key="box", title="箱/盒号", width=16),
        Column(key="packing", title="装箱位置", width=16),
        Column(key="counted", title="清点时间", width=22),
        Column(key="place", title="登记在", width=14),
    ),
    signatures=(), seal="", note="查阅件，号码已隐去中间各位。",
)  # fmt: skip
_SCANS = Form(
    code="odd_scans_seen", prefix="DC", title="多出与错发（所见）", basis=(art(6), art(20)),
    columns=(
        Column(key="number", title="社保卡卡号", width=18),
        Column(key="box", title="在哪一盒扫到", width=30),
        Column(key="result", title="登记为", width=16),
        Column(key="said", title="查明", width=50),
        Column(key="to_do", title="怎么办", width=60),
        Column(key="noted", title="处理情况", width=40),
        Column(key="scanned", title="扫描时间", width=22),
    ),
    signatures=(), seal="", note="",
)  # fmt: skip


def deliveries_as_xlsx(rows: Sequence[DeliveryRow], *, by: Actor, at: datetime) -> bytes:
    """This function will write the deliveries that are listed, blind where the screen is."""
    cells = (
        (
            row.code, row.office, to_the_minute(row.registered_at), row.registered_by,
            str(row.boxes), str(row.counted),
            _HIDDEN if row.expected is None else str(row.expected),
            _HIDDEN if row.in_transit is None else str(row.in_transit), row.state,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_DELIVERIES, cells, covers=f"{len(rows)} 批", by=by, at=at)


def cards_as_xlsx(rows: Sequence[CardRow], *, title: str, by: Actor, at: datetime) -> bytes:
    """This function will write the short or missing cards that are listed, numbers masked."""
    cells = (
        (
            row.number, row.name, row.masked_number, row.delivery, row.box, row.packing,
            to_the_minute(row.counted_at), row.place,
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_CARDS, cells, covers=f"{title} {len(rows)} 张", by=by, at=at)


def scans_as_xlsx(rows: Sequence[OddRow], *, title: str, by: Actor, at: datetime) -> bytes:
    """This function will write the scans that are listed, each with what is to be done."""
    cells = (
        (
            row.number, f"{row.delivery} 盒 {row.box}", row.result, row.said, row.to_do,
            row.noted, to_the_minute(row.scanned_at),
        )
        for row in rows
    )  # fmt: skip
    return list_as_xlsx(_SCANS, cells, covers=f"{title} {len(rows)} 行", by=by, at=at)
