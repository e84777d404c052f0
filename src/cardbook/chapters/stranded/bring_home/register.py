"""《错卡、质量问题卡交接单》 of a hand-over home, card by card, both sign (Art. 9, 13, 20)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cardbook.cards.models import Card
from cardbook.cards.states import Hold
from cardbook.chapters.stranded.arrivals import given_by
from cardbook.chapters.stranded.bring_home.queries import KINDS, READERS, shipments_of
from cardbook.chapters.stranded.shipment_choice import ShipmentChooser
from cardbook.custody.models import Purpose, Shipment
from cardbook.custody.places import Place
from cardbook.custody.shipments import cards_under_way
from cardbook.law.articles import art
from cardbook.law.measures import CARRYING
from cardbook.law.roles import Role
from cardbook.lib.clock import to_the_minute
from cardbook.people.holders import holder_of
from cardbook.registers.choosing import office_of
from cardbook.registers.forms import Column, Form, Sheet, refuse_too_many
from cardbook.registers.names_then import name_then
from cardbook.registers.registry import Register

FORM = Form(
    code="home_list",
    prefix="SJJD",
    title="错卡、质量问题卡交接单",
    basis=(art(9), art(13), art(20)),
    columns=(
        Column(key="order", title="序号", width=12, align="center"),
        Column(key="number", title="社保卡卡号", width=34),
        Column(key="name", title="姓名", width=36),
        Column(key="citizen", title="社会保障号码", width=48),
        Column(key="kind", title="种类", width=34),
        Column(key="bank", title="银行", width=40),
        Column(key="received", title="点收", width=20, align="center"),
        Column(key="remark", title="备注", width=40),
    ),
    signatures=("交出人", "接收人"),
    seal="交出机构、接收机构（章）",
    note="一行一张卡。“点收”栏打印时已点收的注“已收”，其余由接收人逐张扫卡核对后打勾；没有到的留在途中待查。"
    f"{CARRYING}",
)


class HomeListForm(ShipmentChooser):
    """A hand-over home."""

    purpose = Purpose.HOME
    seen_by = staticmethod(shipments_of)


def home_list_sheet(
    *,
    chosen: Mapping[str, Any],
    masked: bool,
    printed_by: str,
    printed_at: datetime,
    limit: int | None,
) -> Sheet:
    """This function will fill the 交接单: each card, wrong or defective, counted in or not.

    :raises TooManyRows: when it has more cards than `limit`.
    """
    shipment: Shipment = chosen["shipment"]
    refuse_too_many(shipment.lines.count(), limit)
    lines = list(shipment.lines.select_related("card__person", "card__bank_org").order_by("row"))
    under_way = set(cards_under_way(shipment).values_list("card_id", flat=True))
    rows = tuple(
        _cells(place, line.card, masked=masked, arrived=line.card_id not in under_way)
        for place, line in enumerate(lines, start=1)
    )
    receiver = name_then(shipment.receiver, shipment.sent_at)
    office = office_of(shipment.sender, at=shipment.sent_at)
    heads = (
        ("交出", f"{office.name} {given_by(shipment)} {to_the_minute(shipment.sent_at)}"),
        ("接收", receiver),
    )
    return Sheet(
        form=FORM,
        office=office,
        covers=f"交接单 {shipment.number}",
        heads=(*heads, ("说明", shipment.words)) if shipment.words else heads,
        rows=rows,
        totals=(("本单", f"{len(rows)} 张"), ("已点收", f"{len(rows) - len(under_way)} 张"),
                ("未点收", f"{len(under_way)} 张")),
        printed_by=printed_by,
        printed_at=printed_at,
    )  # fmt: skip


def _cells(place: int, card: Card, *, masked: bool, arrived: bool) -> tuple[str, ...]:
    holder = holder_of(card.person)
    return (
        str(place), card.number, holder.name,
        holder.masked_number if masked else holder.number,
        KINDS[Place.ERROR if card.hold == Hold.ERROR else Place.DEFECT],
        card.bank_org.name if card.bank_org else "", "已收" if arrived else "", "",
    )  # fmt: skip


HOME_LIST = Register(
    slug="home_list",
    form=FORM,
    choose=HomeListForm,
    sheet=home_list_sheet,
    readers=READERS,
    issuers=READERS - {Role.AUDITOR},
    empty_text="还没有上交。网点、窗口、经办机构在“待送回的卡”勾选交出后，交接单自动出现在这里。",
)
