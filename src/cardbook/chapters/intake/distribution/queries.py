"""Reads hand-overs between offices: on their way, overdue, counted, differing (Art. 6, 8, 20).

`commands.py` beside it writes; the shipment itself is in `custody.shipments`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from cardbook.chapters.intake.models import HandDownBox, HandDownCount, Recall
from cardbook.chapters.succession import Successors, carried_on
from cardbook.custody.models import Position, Purpose, Shipment, ShipmentLine
from cardbook.custody.places import Place
from cardbook.custody.shipments import Tally, cards_under_way, tallies
from cardbook.law.parameters import whole_number
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.plain import InputError
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of
from cardbook.registers.codes import read_code
from cardbook.registers.models import IssuedDocument
from cardbook.registers.names_then import names_then

VIEWS: Mapping[str, str] = {
    "in": "待我点收",
    "out": "我交出未点收",
    "late": "逾期在途",
    "recall": "要求追回",
    "all": "全部",
}
SORTS: Mapping[str, tuple[str, str]] = {
    "new": ("新的在前", "-id"),
    "old": ("旧的在前", "id"),
    "sender": ("按交出机构", "sender__name"),
    "receiver": ("按接收机构", "receiver__name"),
}
# They see what their own office gave or got, nothing of the rest of the county.
_OWN_ONLY = frozenset(
    {Role.AGENCY_CLERK, Role.WINDOW_CLERK, Role.BANK_TELLER, Role.VILLAGE_HELPER}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One hand-over in a list."""

    id: int
    number: str
    sender: str
    receiver: str
    sent_at: datetime
    words: str
    sent: int
    under_way: int
    overdue_days: int
    is_mine: bool
    is_blind: bool

    @property
    def state(self) -> str:
        """In which state it is, for a badge."""
        if not self.under_way:
            return "done"
        return "part" if self.under_way < self.sent else "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One card of a hand-over with where it is now."""

    row: int
    card_id: int
    number: str
    name: str
    masked_number: str
    box: str
    place: str
    is_under_way: bool


def scope(by: Actor) -> str:
    """This function will say how far the actor sees: his office, his county or the city."""
    return by.org_path if by.role in _OWN_ONLY else by.county_path


def visible(by: Actor) -> QuerySet[Shipment]:
    """This function will find the hand-overs the actor may see."""
    path = scope(by)
    seen = Q(sender__path__startswith=path) | Q(receiver__path__startswith=path)
    if by.role in _OWN_ONLY:
        # What was merged into his office does not lie below it.
        seen |= Q(sender__in=carried_on(by.org_id)) | Q(receiver__in=carried_on(by.org_id))
    return (
        Shipment.objects.filter(purpose=Purpose.HAND_DOWN)
        .filter(seen)
        .select_related("sender", "receiver")
    )


def shipment_of(by: Actor, *, shipment_id: int) -> Shipment:
    """This function will return one hand-over.

    :raises Shipment.DoesNotExist: when the actor's office has nothing to do with it.
    """
    return visible(by).get(pk=shipment_id)


def is_visible(by: Actor, *, shipment_id: int) -> bool:
    """This function will say whether the actor's office has to do with a hand-over."""
    return visible(by).filter(pk=shipment_id).exists()


def _waiting() -> Exists:
    """Whether a card still lies where this shipment put it."""
    return Exists(
        Position.objects.filter(
            account__organization=OuterRef("receiver"),
            account__kind=Place.TRANSIT,
            movement__batch=OuterRef("batch"),
        )
    )


def shipments(
    by: Actor, *, view: str, wanted: str, sort: str, at: datetime, on: date
) -> QuerySet[Shipment]:
    """This function will list hand-overs under one view, found by number, office or words."""
    found = visible(by)
    if view == "in":
        found = found.filter(_waiting(), receiver_id=by.org_id)
    elif view == "out":
        found = found.filter(_waiting(), sender__in=carried_on(by.org_id))
    elif view == "late":
        days = whole_number("in_transit_alert_days", on=on)
        found = found.filter(_waiting(), sent_at__lt=at - timedelta(days=days))
    elif view == "recall":
        found = found.filter(pk__in=open_recalls(by).values("shipment"))
    if wanted:
        number = wanted.upper().removeprefix("JJ").lstrip("0")
        by_number = Q(pk=int(number)) if number.isdecimal() and len(number) < 15 else Q()
        found = found.filter(
            by_number
            | Q(sender__name__contains=wanted)
            | Q(receiver__name__contains=wanted)
            | Q(words__contains=wanted)
        )
    return found.order_by(SORTS[sort][1], "-id")


def rows(by: Actor, found: Sequence[Shipment], *, at: datetime, on: date) -> list[Row]:
    """This function will make the rows of one page in two queries more."""
    counted = tallies([one.pk for one in found])
    closed = set(
        HandDownCount.objects.filter(shipment__in=found, closed_at__isnull=False).values_list(
            "shipment_id", flat=True
        )
    )
    days = whole_number("in_transit_alert_days", on=on)
    names = names_then(
        (office, one.sent_at) for one in found for office in (one.sender, one.receiver)
    )
    return [
        replace(
            _row(by, one, counted[one.pk], at=at, days=days, is_counted=one.pk in closed),
            sender=names[one.sender_id, local_day(one.sent_at)],
            receiver=names[one.receiver_id, local_day(one.sent_at)],
        )
        for one in found
    ]


def names_of(one: Shipment) -> tuple[str, str]:
    """This function will name sender and receiver of a hand-over as they were called then."""
    day = local_day(one.sent_at)
    names = names_then(((one.sender, day), (one.receiver, day)))
    return names[one.sender_id, day], names[one.receiver_id, day]


def _row(
    by: Actor, one: Shipment, tally: Tally, *, at: datetime, days: int, is_counted: bool
) -> Row:
    age = (at - one.sent_at).days
    return Row(
        id=one.pk,
        number=one.number,
        sender=one.sender.name,
        receiver=one.receiver.name,
        sent_at=one.sent_at,
        words=one.words,
        sent=tally.sent,
        under_way=tally.under_way,
        overdue_days=age if tally.under_way and age > days else 0,
        is_mine=one.receiver_id == by.org_id and tally.under_way > 0,
        is_blind=one.receiver_id == by.org_id and tally.under_way > 0 and not is_counted,
    )


def row_of(by: Actor, shipment: Shipment, *, at: datetime, on: date) -> Row:
    """This function will make the row of one hand-over."""
    return rows(by, [shipment], at=at, on=on)[0]


def to_receive(by: Actor, *, at: datetime, on: date) -> int:
    """This function will count what the view `in` would list: what the office counts in next."""
    return shipments(by, view="in", wanted="", sort="new", at=at, on=on).count()


def waiting_counts(by: Actor, *, at: datetime, on: date) -> dict[str, int]:
    """This function will count what each view but the last would list."""
    return {
        view: shipments(by, view=view, wanted="", sort="new", at=at, on=on).count()
        for view in VIEWS
        if view != "all"
    }


def find(by: Actor, *, text: str) -> int | None:
    """This function will find a hand-over by its number or by the QR of its list, or None."""
    words = text.strip()
    if words.startswith(("~", "～")):
        words = _covered(words)
    number = words.upper().removeprefix("JJ").lstrip("0")
    if not number.isdecimal() or len(number) > 14:
        return None
    return visible(by).filter(pk=int(number)).values_list("pk", flat=True).first()


def _covered(text: str) -> str:
    """The hand-over an issued list is of."""
    try:
        scanned = read_code(text)
    except InputError:
        return ""
    document = IssuedDocument.objects.filter(number=scanned.parts[0]).first()
    found = re.search(r"JJ\d{8,}", document.covers) if document else None
    return found[0] if found else ""


# ---------------------------------------------------------------------------------- one hand-over
@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box or bundle of a hand-over."""

    id: int
    code: str
    label: str
    seal_number: str
    first_row: int
    last_row: int

    @property
    def count(self) -> int:
        """How many cards the list says are in it."""
        return self.last_row - self.first_row + 1


def boxes_of(shipment_id: int) -> list[Box]:
    """This function will list the boxes of a hand-over."""
    return [
        Box(
            id=one.pk, code=one.code, label=one.label, seal_number=one.seal_number,
            first_row=one.first_row, last_row=one.last_row,
        )
        for one in HandDownBox.objects.filter(shipment=shipment_id).order_by("first_row")
    ]  # fmt: skip


LINE_SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "row": ("按清单序号（盒）", ("row",)),
    "number": ("按卡号", ("card__number",)),
    "left": ("未点收的在前", ("arrived", "row")),
}


def lines_of(
    shipment: Shipment, *, meant: Q | None = None, sort: str = "row"
) -> QuerySet[ShipmentLine]:
    """This function will list the cards of a hand-over, all or those meant, holder and place."""
    found = ShipmentLine.objects.filter(shipment=shipment).select_related(
        "card__person", "card__position__account", "card__position__movement"
    )
    arrived = ~Q(card__position__movement__batch=shipment.batch)
    found = found.filter(meant or Q()).annotate(arrived=ExpressionWrapper(arrived, BooleanField()))
    return found.order_by(*LINE_SORTS[sort][1])


def line_rows(shipment: Shipment, lines: Iterable[ShipmentLine]) -> list[Line]:
    """This function will open the holders of one page of cards."""
    boxes = boxes_of(shipment.pk)
    return [_line(shipment, line, boxes) for line in lines]


def _line(shipment: Shipment, line: ShipmentLine, boxes: Sequence[Box]) -> Line:
    holder = holder_of(line.card.person)
    position = line.card.position
    waits = position.movement.batch == shipment.batch
    return Line(
        row=line.row,
        card_id=line.card_id,
        number=line.card.number,
        name=holder.name,
        masked_number=holder.masked_number,
        box=next((b.code for b in boxes if b.first_row <= line.row <= b.last_row), ""),
        place="在途，未点收" if waits else Place(position.account.kind).label,
        is_under_way=waits,
    )


# ---------------------------------------------------------------------------------------- recalls
def open_recalls(by: Actor) -> QuerySet[Recall]:
    """This function will list cards asked back that still lie where they were handed to.

    Where that office was merged, they lie with whoever carries on for it.
    """
    there = Position.objects.filter(
        card=OuterRef("card"),
        account__organization__in=Successors(OuterRef("shipment__receiver")),
        account__kind__in=[str(place) for place in Place if place.is_store],
    )
    return Recall.objects.filter(
        Exists(there), shipment__in=visible(by).values("pk")
    ).select_related("card", "shipment__sender", "shipment__receiver", "asked_by")


def recalls_of(shipment_id: int, by: Actor) -> list[Any]:
    """This function will list what was asked back of a hand-over and is still there."""
    return list(open_recalls(by).filter(shipment=shipment_id).order_by("id"))


def ids_under_way(shipment: Shipment) -> list[int]:
    """This function will list the cards nobody has acknowledged, in the order of the list."""
    return list(cards_under_way(shipment).order_by("row").values_list("card_id", flat=True))


def cards_named(shipment: Shipment, card_ids: Sequence[int]) -> list[Line]:
    """This function will name some cards of a hand-over for the list of differences."""
    lines = lines_of(shipment).filter(card__in=card_ids)
    return line_rows(shipment, lines)
