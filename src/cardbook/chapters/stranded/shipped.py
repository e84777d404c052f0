"""The cards of one hand-over up the line and where each is now (Art. 9, 13, 17).

Of a return why it is stranded stands beside each, of a card going home whether it is wrong or bad;
`shipped_pages.py` shows them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When

from cardbook.cards.states import Hold
from cardbook.chapters.searching import card_meant
from cardbook.chapters.stranded.models import ReturnLine
from cardbook.custody.models import Purpose, Shipment, ShipmentLine
from cardbook.custody.places import Place
from cardbook.law.articles import art
from cardbook.lifecycle.facts import Stranding
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.registers.forms import Column, Form
from cardbook.registers.listing import list_as_xlsx

_WRONG, _BAD = "wrong", "bad"
_WHY: Mapping[str, str] = {
    **{str(one): one.label for one in Stranding}, _WRONG: "错卡", _BAD: "质量问题卡",
}  # fmt: skip
STATES: Mapping[str, str] = {"": "全部", "left": "未点收", "in": "已点收"}
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "row": ("按清单序号", ("row",)),
    "number": ("按卡号", ("card__number",)),
    "why": ("按原因", ("why", "row")),
    "bank": ("按银行", ("card__bank_org__code", "row")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedRow:
    """One card of a hand-over."""

    card_id: int
    row: int
    number: str
    name: str
    masked_number: str
    bank: str
    why: str
    where: str
    under_way: bool


def _why(shipment: Shipment) -> Subquery | Case:
    if shipment.purpose == Purpose.RETURN:
        # Passed on further up, a card has no line of its own: the reason is that of the last one.
        line = ReturnLine.objects.filter(
            card=OuterRef("card"), returned__shipment__lte=shipment.pk
        )
        return Subquery(line.order_by("-id").values("reason")[:1])
    return Case(
        When(card__hold=Hold.ERROR, then=Value(_WRONG)), default=Value(_BAD),
        output_field=CharField(),
    )  # fmt: skip


def shipped_cards(
    shipment: Shipment, *, text: str, state: str, sort: str, by: Actor, today: date
) -> QuerySet[ShipmentLine]:
    """This function will list the cards of a hand-over: those meant, those of a state."""
    lines = ShipmentLine.objects.filter(shipment=shipment).annotate(
        why=_why(shipment), batch=F("card__position__movement__batch")
    )
    if text:
        lines = lines.filter(card_meant(text, by=by, today=today, prefix="card__"))
    left = Q(batch=shipment.batch)
    if state in ("left", "in"):
        lines = lines.filter(left if state == "left" else ~left)
    return lines.select_related(
        "card__person", "card__bank_org", "card__position__account__organization"
    ).order_by(*SORTS[sort][1])


def shipped_rows(shipment: Shipment, lines: Sequence[ShipmentLine]) -> list[ShippedRow]:
    """This function will open the holders of cards listed by `shipped_cards`; no query."""
    return [_row(shipment, line) for line in lines]


def _row(shipment: Shipment, line: ShipmentLine) -> ShippedRow:
    card, holder = line.card, holder_of(line.card.person)
    account = card.position.account
    under_way = line.batch == shipment.batch  # type: ignore[attr-defined]
    return ShippedRow(
        card_id=card.pk, row=line.row, number=card.number, name=holder.name,
        masked_number=holder.masked_number, bank=card.bank_org.name if card.bank_org else "",
        why=_WHY.get(line.why or "", ""),  # type: ignore[attr-defined]
        where="在途，未点收" if under_way
        else f"{account.organization.name}　{Place(account.kind).label}",
        under_way=under_way,
    )  # fmt: skip


_FORM = Form(
    code="shipped_seen",
    prefix="JJ",
    title="交接单上的卡（所见）",
    basis=(art(9), art(13), art(17)),
    columns=(
        Column(key="row", title="序号", width=8, align="right"),
        Column(key="number", title="社保卡卡号", width=18),
        Column(key="name", title="姓名", width=18),
        Column(key="masked", title="社会保障号码", width=28),
        Column(key="bank", title="银行", width=30),
        Column(key="why", title="原因", width=18),
        Column(key="where", title="现在", width=44),
    ),
    signatures=(),
    seal="",
    note="查阅件，号码已隐去中间各位。",
)


def shipped_as_xlsx(
    shipment: Shipment, rows: Sequence[ShippedRow], *, by: Actor, at: datetime
) -> bytes:
    """This function will write the cards that are listed, numbers masked."""
    cells = (
        (str(row.row), row.number, row.name, row.masked_number, row.bank, row.why, row.where)
        for row in rows
    )
    covers = f"{shipment.number}　{len(rows)} 张"
    return list_as_xlsx(_FORM, cells, covers=covers, by=by, at=at)
