"""Reads cards that are to be destroyed, the lots they go in and what is late (Art. 19)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from cardbook.cards.models import Correction
from cardbook.cards.states import CorrectionProgress, Stage
from cardbook.chapters.old_boxes import old_boxes_of
from cardbook.chapters.stranded.models import DestructionLine, DestructionLot
from cardbook.custody.models import Position
from cardbook.custody.places import Place
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.lib.ids import id_of
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people.holders import holder_of

SOURCES: Mapping[str, str] = {
    Place.SCRAP: "注销卡、废卡", Place.ERROR: "错卡", Place.DEFECT: "质量问题卡",
}  # fmt: skip
_SETTLED = (CorrectionProgress.CONFIRMED, CorrectionProgress.RESUMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibleRow:
    """One card that waits to be destroyed."""

    id: int
    number: str
    name: str
    masked_number: str
    bank: str
    source: str
    office: str
    box: str
    stage: str
    days: int
    late: bool
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """One lot in a list."""

    id: int
    number: str
    office: str
    bank: str
    sent_at: datetime | None
    listed: int
    under_way: int
    taken_back: int
    at_bank: int
    destroyed: int
    carried_at: datetime | None
    shipment_id: int
    late: bool

    @property
    def state(self) -> str:
        """What is to be done next."""
        if self.carried_at:
            return "已销毁"
        if self.under_way:
            return "待银行点收"
        return "待销毁" if self.at_bank else "已全部退回"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """One card of a lot, and where it is now."""

    card_id: int
    row: int
    number: str
    name: str
    masked_number: str
    state: str
    can_go_back: bool


def lot_of(card_ids: Sequence[int]) -> DestructionLot | None:
    """This function will tell in which lot cards were given up together just now, if any were."""
    found = DestructionLot.objects.filter(lines__card__in=card_ids, shipment__isnull=False)
    return found.order_by("pk").last()


def waiting_for_destruction(by: Actor) -> QuerySet[Position]:
    """This function will list the county's wrong, defective and cancelled cards, oldest first."""
    return (
        Position.objects.filter(
            account__kind__in=SOURCES,
            account__organization__path__startswith=by.county_path,
            card__stage__in=[Stage.RECALLED, Stage.CANCELLED],
        )
        .exclude(account__organization__kind__in=[Kind.BANK, Kind.BRANCH])
        .select_related("card__person", "card__bank_org", "account__organization")
        .order_by("since", "card_id")
    )


WAITING_SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "old": ("存放最久的在前", ("since", "card_id")),
    "new": ("新放入的在前", ("-since", "-card_id")),
    "number": ("按卡号", ("card__number",)),
    "bank": ("按银行", ("card__bank_org__code", "since", "card_id")),
    "office": ("按存放机构", ("account__organization__code", "since", "card_id")),
}


def narrowed(
    found: QuerySet[Position],
    *,
    source: str,
    bank: str,
    before: datetime | None,
    meant: Q | None = None,
) -> QuerySet[Position]:
    """This function will keep one kind of place, one bank's, those meant, or what is late."""
    conditions = meant or Q()
    if source in SOURCES:
        conditions &= Q(account__kind=source)
    if (bank_id := id_of(bank)) is not None:
        conditions &= Q(card__bank_org=bank_id)
    if before is not None:
        conditions &= Q(card__stage=Stage.CANCELLED, since__lt=before)
    return found.filter(conditions)


def late_before(*, at: datetime, days: int) -> datetime:
    """This function will say since when a cancelled card waits too long."""
    return at - timedelta(days=days)


def _overdue_since(at: datetime) -> datetime:
    return late_before(
        at=at, days=whole_number("cancelled_not_destroyed_alert_days", on=local_day(at))
    )


def late_count(by: Actor, *, at: datetime) -> int:
    """This function will count the cancelled cards that wait longer than they may."""
    before = _overdue_since(at)
    return narrowed(waiting_for_destruction(by), source="", bank="", before=before).count()


def eligible_rows(
    places: Sequence[Position], *, at: datetime, late_days: int
) -> list[EligibleRow]:
    """This function will open cards for one page, saying where they lie and which may not go yet;
    two more queries.
    """
    settled = corrections_settled([one.card_id for one in places])
    boxes = old_boxes_of([one.card_id for one in places])
    rows = []
    for place in places:
        card, holder = place.card, holder_of(place.card.person)
        days = (local_day(at) - local_day(place.since)).days
        wrong = place.account.kind == Place.ERROR and place.card_id not in settled
        rows.append(
            EligibleRow(
                id=card.pk,
                number=card.number,
                name=holder.name,
                masked_number=holder.masked_number,
                bank=card.bank_org.name if card.bank_org else "",
                source=SOURCES[Place(place.account.kind)],
                office=place.account.organization.name,
                box=boxes.get(card.pk, ""),
                stage=Stage.of(card.stage).label,
                days=days,
                late=card.stage == Stage.CANCELLED and days > late_days,
                problem="错卡登记尚未在省系统确认" if wrong else "",
            )
        )
    return rows


def corrections_settled(card_ids: Iterable[int]) -> set[int]:
    """This function will say of which cards the province has confirmed that they are wrong."""
    found = Correction.objects.filter(card__in=list(card_ids), progress__in=_SETTLED)
    return set(found.values_list("card_id", flat=True))


def banks_for(by: Actor) -> list[Organization]:
    """This function will list banks, and their outlets in the actor's county."""
    regions = [""]
    if by.county_id:
        county = Organization.objects.get(pk=by.county_id)
        regions = [county.region] if county.region else []
    return list(
        Organization.objects.filter(
            Q(kind=Kind.BANK) | Q(kind=Kind.BRANCH, region__in=regions), in_force=True
        ).order_by("path")
    )


# ------------------------------------------------------------------------------------------- lots
def _place_now() -> Case:
    """Where the card of a line is, in the words of a lot."""
    return Case(
        When(taken_back=True, then=Value("back")),
        When(card__position__account__kind=Place.DESTROYED, then=Value("destroyed")),
        When(card__position__movement__batch=F("lot__shipment__batch"), then=Value("under_way")),
        default=Value("at_bank"),
        output_field=CharField(),
    )


def lots_of(by: Actor) -> QuerySet[DestructionLot]:
    """This function will list lots of the actor's county, or of his bank, newest first."""
    return (
        DestructionLot.objects.filter(
            Q(office__path__startswith=by.county_path) | Q(bank__path__startswith=by.county_path),
            shipment__isnull=False,
        )
        .select_related("office", "bank", "shipment", "carried_by", "second", "witness")
        .order_by("-id")
    )


# A lot whose cards all came back is neither to be destroyed nor destroyed.
_LEFT = Q(Exists(DestructionLine.objects.filter(lot=OuterRef("pk"), taken_back=False)))
_OPEN = Q(carried_batch=None) & _LEFT
LOT_STATES: Mapping[str, tuple[str, Q]] = {
    "": ("全部", Q()),
    "open": ("未销毁", _OPEN),
    "late": ("超期未销毁", _OPEN),
    "done": ("已销毁", Q(carried_batch__isnull=False)),
}
LOT_SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "new": ("新的在前", ("-id",)),
    "old": ("旧的在前", ("id",)),
    "office": ("按移交机构", ("office__code", "-id")),
    "bank": ("按银行", ("bank__code", "-id")),
}


def lots_in(by: Actor, *, state: str, at: datetime) -> QuerySet[DestructionLot]:
    """This function will list lots of a state; late is what the bank has for longer than it may,
    counted in or not.
    """
    _, condition = LOT_STATES.get(state, LOT_STATES[""])
    found = lots_of(by).filter(condition)
    if state != "late":
        return found
    return found.filter(shipment__sent_at__lt=_overdue_since(at))


def lots_found(
    by: Actor, *, state: str, text: str, sort: str, at: datetime
) -> QuerySet[DestructionLot]:
    """This function will list lots of a state by their number or the name of who has a part."""
    found = lots_in(by, state=state, at=at)
    if text:
        about = Q(office__name__contains=text) | Q(bank__name__contains=text)
        number = id_of(text.upper().removeprefix("XH"))
        found = found.filter(about if number is None else about | Q(pk=number))
    return found.order_by(*LOT_SORTS[sort][1])


def lot_rows(lots: Sequence[DestructionLot], *, at: datetime) -> list[LotRow]:
    """This function will count what became of the cards of each lot; one query for all."""
    counted = (
        DestructionLine.objects.filter(lot__in=[lot.pk for lot in lots])
        .annotate(now=_place_now())
        .values("lot", "now")
        .annotate(cards=Count("id"))
    )
    sums: dict[int, dict[str, int]] = {}
    for row in counted:
        sums.setdefault(row["lot"], {})[row["now"]] = row["cards"]
    before = _overdue_since(at)
    return [_lot(lot, sums.get(lot.pk, {}), before=before) for lot in lots]


def _lot(lot: DestructionLot, sums: Mapping[str, int], *, before: datetime) -> LotRow:
    left = sums.get("under_way", 0) + sums.get("at_bank", 0)
    return LotRow(
        id=lot.pk,
        number=lot.number,
        office=lot.office.name,
        bank=lot.bank.name,
        sent_at=lot.shipment.sent_at if lot.shipment else None,
        listed=sum(sums.values()),
        under_way=sums.get("under_way", 0),
        taken_back=sums.get("back", 0),
        at_bank=sums.get("at_bank", 0),
        destroyed=sums.get("destroyed", 0),
        carried_at=lot.carried_at,
        shipment_id=lot.shipment_id or 0,
        late=bool(left and lot.shipment and lot.shipment.sent_at < before),
    )


_SAID = {
    "back": "已退回",
    "destroyed": "已销毁",
    "under_way": "在途，银行未点收",
    "at_bank": "银行已点收",
}


LINE_SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "row": ("按清单序号", ("row",)),
    "number": ("按卡号", ("card__number",)),
    "state": ("按现在的情况", ("now", "row")),
}


def lot_lines(lot: DestructionLot, *, sort: str = "row", meant: Q | None = None) -> list[LotLine]:
    """This function will list the cards of a lot, all or those meant, and where each is."""
    lines = lot.lines.filter(meant or Q()).select_related("card__person")
    made = []
    for line in lines.annotate(now=_place_now()).order_by(*LINE_SORTS[sort][1]):
        holder, now = holder_of(line.card.person), line.now
        made.append(
            LotLine(
                card_id=line.card_id,
                row=line.row,
                number=line.card.number,
                name=holder.name,
                masked_number=holder.masked_number,
                state=_SAID[now],
                can_go_back=now in ("under_way", "at_bank"),
            )
        )
    return made
