"""Reads wrong and defective cards at outlets, and those on their way home (Art. 9, 13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from cardbook.chapters.coming_home import bodies_of_cards_at
from cardbook.chapters.searching import card_meant
from cardbook.chapters.succession import carried_on
from cardbook.custody.models import Position, Purpose, Shipment
from cardbook.custody.places import Place
from cardbook.custody.shipments import Tally, tallies
from cardbook.law.parameters import whole_number
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.ids import id_of
from cardbook.lifecycle.acts import act
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind
from cardbook.people.holders import holder_of

SENDERS = frozenset(act("recalled.send_home").who)
RECEIVERS = frozenset(act("recalled.receive_wrong").who)
READERS = SENDERS | RECEIVERS | {Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR}
_BANKS = (Kind.BANK, Kind.BRANCH)
_AT_HOME = (Kind.CARD_BODY, Kind.INFO_CENTRE)
KINDS: Mapping[str, str] = {Place.ERROR: "错卡", Place.DEFECT: "质量问题卡"}
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "old": ("存放最久的在前", ("since", "card_id")),
    "new": ("新放入的在前", ("-since", "-card_id")),
    "number": ("按卡号", ("card__number",)),
    "office": ("按存放机构", ("account__organization__code", "since", "card_id")),
    "bank": ("按银行", ("card__bank_org__code", "since", "card_id")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutRow:
    """One card that lies at an outlet and should be at its county's card body."""

    id: int
    number: str
    name: str
    masked_number: str
    kind: str
    office: str
    county: str
    county_id: int
    since: datetime
    days: int
    late: bool


def _seen_at(by: Actor) -> Q:
    """Outlets see their own; a county all its offices, and its own cards at outlets of banks."""
    if by.role in SENDERS:
        return Q(account__organization=by.org_id)
    seen = Q(account__organization__path__startswith=by.county_path)
    if by.county_id is not None:
        seen |= Q(account__organization__kind__in=_BANKS, card__county=by.county_id)
    return seen


def out_cards(by: Actor) -> QuerySet[Position]:
    """This function will list the wrong and defective cards at outlets within sight."""
    found = Position.objects.filter(_seen_at(by), account__kind__in=list(KINDS))
    return found.exclude(account__organization__kind__in=_AT_HOME).select_related(
        "account__organization", "card__person", "card__county"
    )


def late_before(*, at: datetime) -> datetime:
    """This function will say since when a card at an outlet should have gone home."""
    return at - timedelta(days=whole_number("recalled_home_days", on=local_day(at)))


def narrowed(
    found: QuerySet[Position], *, kind: str, text: str, late: bool, sort: str, by: Actor,
    at: datetime,
) -> QuerySet[Position]:  # fmt: skip
    """This function will keep one kind, what a text means, or what lies there too long."""
    conditions = Q(account__kind=kind) if kind in KINDS else Q()
    if text:
        office = Q(account__organization__name__contains=text)
        conditions &= card_meant(text, by=by, today=local_day(at), prefix="card__") | office
    if late:
        conditions &= Q(since__lt=late_before(at=at))
    return found.filter(conditions).order_by(*SORTS[sort][1])


def late_count(by: Actor, *, at: datetime) -> int:
    """This function will count the cards that lie at outlets longer than they may."""
    return out_cards(by).filter(since__lt=late_before(at=at)).count()


def out_rows(places: Sequence[Position], *, at: datetime) -> list[OutRow]:
    """This function will open cards for one page."""
    before = late_before(at=at)
    rows = []
    for place in places:
        card, holder = place.card, holder_of(place.card.person)
        rows.append(
            OutRow(
                id=card.pk,
                number=card.number,
                name=holder.name,
                masked_number=holder.masked_number,
                kind=KINDS[Place(place.account.kind)],
                office=place.account.organization.name,
                county=card.county.name,
                county_id=card.county_id,
                since=place.since,
                days=(local_day(at) - local_day(place.since)).days,
                late=place.since < before,
            )
        )
    return rows


def bodies_for(by: Actor) -> list[tuple[int, str]]:
    """This function will name the card bodies the cards of the actor's office go home to."""
    return [(one.pk, one.name) for one in bodies_of_cards_at(by.org_id) if one.pk != by.org_id]


# ------------------------------------------------------------------------------------ on their way
STATES: Mapping[str, str] = {
    "": "全部",
    "mine": "等我点收",
    "open": "未点收完",
    "done": "已点收完",
}
SHIPMENT_SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "new": ("新交出的在前", ("-id",)),
    "old": ("早交出的在前", ("id",)),
    "sender": ("按交出机构", ("sender__code", "-id")),
    "receiver": ("按接收机构", ("receiver__code", "-id")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRow:
    """One hand-over to a card body, and what of it arrived."""

    id: int
    number: str
    sender: str
    receiver: str
    sent_at: datetime
    words: str
    tally: Tally
    days: int


def shipments_of(by: Actor) -> QuerySet[Shipment]:
    """This function will list hand-overs from or to offices within sight, newest first.

    Who carries on for a merged office has what that one sent.
    """
    if by.role in SENDERS:
        near = Q(sender__in=carried_on(by.org_id))
    else:
        near = Q(receiver__path__startswith=by.county_path)
    return Shipment.objects.filter(near, purpose=Purpose.HOME).select_related("sender", "receiver")


def _under_way() -> Exists:
    """Whether some card still lies where the sending put it."""
    return Exists(
        Position.objects.filter(
            account__organization=OuterRef("receiver"), account__kind=Place.TRANSIT,
            movement__batch=OuterRef("batch"),
        )
    )  # fmt: skip


def shipments_found(by: Actor, *, state: str, text: str, sort: str) -> QuerySet[Shipment]:
    """This function will keep hand-overs in a state, by their number or an office's name."""
    found = shipments_of(by)
    if state == "done":
        found = found.filter(~_under_way())
    elif state in ("open", "mine"):
        found = found.filter(_under_way())
    if state == "mine":
        found = found.filter(receiver=by.org_id)
    if text:
        about = Q(sender__name__contains=text) | Q(receiver__name__contains=text)
        if (number := id_of(text.upper().removeprefix("JJ"))) is not None:
            about |= Q(pk=number)
        found = found.filter(about)
    return found.order_by(*SHIPMENT_SORTS[sort][1])


def to_receive(by: Actor) -> int:
    """This function will count the hand-overs the actor's own office has still to count in."""
    own = Shipment.objects.filter(purpose=Purpose.HOME, receiver=by.org_id)
    return own.filter(_under_way()).count()


def shipment_rows(shipments: Sequence[Shipment], *, today: date) -> list[HomeRow]:
    """This function will count what of each hand-over arrived; one more query for all."""
    counted = tallies([one.pk for one in shipments])
    return [
        HomeRow(
            id=one.pk,
            number=one.number,
            sender=one.sender.name,
            receiver=one.receiver.name,
            sent_at=one.sent_at,
            words=one.words,
            tally=counted[one.pk],
            days=(today - local_day(one.sent_at)).days,
        )
        for one in shipments
    ]
