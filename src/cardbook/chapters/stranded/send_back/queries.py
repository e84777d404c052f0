"""Reads lists being scanned, what is under way and what lies returned (Art. 17, 18)."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from cardbook.cards.models import Application, Card
from cardbook.cards.states import CLOSED_APPLICATIONS, Bank, Hold, Social, hold_at
from cardbook.chapters.searching import card_meant
from cardbook.chapters.stranded.contacts import Contacts, contacts_of
from cardbook.chapters.stranded.models import ReturnLine, ReturnList
from cardbook.chapters.stranded.scope import office_within, offices_above
from cardbook.chapters.stranded.send_back.telling_first import Rule, contact_rule
from cardbook.chapters.succession import carried_on
from cardbook.custody.models import Position, Purpose, Shipment
from cardbook.custody.places import Place
from cardbook.custody.shipments import Tally, tallies
from cardbook.lib.clock import local_day
from cardbook.lib.ids import id_of
from cardbook.lifecycle.facts import SentBack, Stranding
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.people.holders import holder_of

# The key a clerk strikes for each reason, in the order of the form.
DIGITS: Mapping[str, Stranding] = dict(zip("1234567890-", Stranding, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One card of the list being scanned."""

    id: int
    row: int
    card_id: int
    number: str
    name: str
    masked_number: str
    reason: str
    facts: SentBack
    contacts: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenList:
    """The list a clerk is scanning."""

    id: int
    number: str
    sender: Organization | None
    receivers: tuple[tuple[int, str], ...]
    lines: tuple[LineRow, ...]
    totals: tuple[tuple[str, int], ...]

    @property
    def problems(self) -> int:
        """How many lines cannot be sent as they are."""
        return sum(bool(line.problem) for line in self.lines)


def open_list(*, by: Actor, on: date) -> OpenList | None:
    """This function will read the list the actor is scanning, newest card first, or None."""
    found = (
        ReturnList.objects.filter(opened_by=by.user_id, shipment=None)
        .select_related("sender")
        .first()
    )
    if found is None:
        return None
    lines = list(found.lines.select_related("card__person").order_by("-row"))
    contacts, rule = contacts_of([line.card_id for line in lines]), contact_rule(lines, on=on)
    rows = tuple(_line(line, contacts[line.card_id], rule) for line in lines)
    above = offices_above(found.sender) if found.sender else []
    return OpenList(
        id=found.pk,
        number=found.number,
        sender=found.sender,
        receivers=tuple((one.pk, one.name) for one in above),
        lines=rows,
        totals=reason_totals([line.reason for line in lines]),
    )


def reason_totals(reasons: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """This function will count by reason, in the order of the form."""
    return tuple((one.label, count) for one in Stranding if (count := reasons.count(str(one))))


def _line(line: ReturnLine, contacts: Contacts, rule: Rule) -> LineRow:
    holder, reason = holder_of(line.card.person), Stranding(line.reason)
    return LineRow(
        id=line.pk,
        row=line.row,
        card_id=line.card_id,
        number=line.card.number,
        name=holder.name,
        masked_number=holder.masked_number,
        reason=reason.label,
        facts=line.facts,
        contacts=contacts.text,
        problem=_problem(line, contacts, rule),
    )


def _problem(line: ReturnLine, contacts: Contacts, rule: Rule) -> str:
    if line.facts.reason.needs_proof:
        return f"证明缺{'、'.join(line.facts.missing)}" if line.facts.missing else ""
    return "" if rule.met_by(line, contacts) else f"退回前{rule.words}"


def card_in_hand(*, by: Actor, number: str) -> Card | None:
    """This function will find a waiting card within sight by its number, with its place."""
    return (
        Card.objects.filter(
            office_within(by, "position__account__organization__"),
            number=number,
        )
        .select_related("position__account__organization")
        .first()
    )


# ---------------------------------------------------------------------------- what is under way
@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """One shipment of returned cards, up or down the line."""

    id: int
    number: str
    list_number: str
    sender: str
    receiver: str
    sent_at: datetime
    tally: Tally
    document_id: int | None
    days: int
    incoming: bool
    mine: bool

    @property
    def open(self) -> bool:
        """Whether cards of it are still under way."""
        return self.tally.under_way > 0

    def is_in(self, state: str, *, late_days: int) -> bool:
        """Whether it belongs to a state of the list (`STATES`)."""
        late = self.open and self.days > late_days
        mine = self.open and self.mine
        answers = {"open": self.open, "mine": mine, "late": late, "done": not self.open}
        return answers.get(state, True)


STATES: Mapping[str, str] = {
    "": "全部",
    "open": "待点收",
    "mine": "待本机构点收",
    "late": "超期未点收",
    "done": "已点收完",
}


RETURN_SORTS: Mapping[str, str] = {
    "new": "新的在前",
    "old": "旧的在前",
    "sender": "按退回机构",
    "receiver": "按接收机构",
    "left": "未到多的在前",
}


def returns_sorted(rows: Sequence[ReturnRow], *, sort: str) -> list[ReturnRow]:
    """This function will order rows that come newest first."""
    if sort == "old":
        return list(reversed(rows))
    keys: Mapping[str, Callable[[ReturnRow], Any]] = {
        "sender": lambda row: row.sender,
        "receiver": lambda row: row.receiver,
        "left": lambda row: -row.tally.under_way,
    }
    return sorted(rows, key=keys[sort]) if sort in keys else list(rows)


def returns_found(by: Actor, *, text: str) -> QuerySet[Shipment]:
    """This function will list returns by their number, their list's, or the name of an office."""
    found = returns_of(by)
    if not text:
        return found
    about = Q(sender__name__contains=text) | Q(receiver__name__contains=text)
    number = id_of(text.upper().removeprefix("JJ"))
    listed = id_of(text.upper().removeprefix("TH"))
    if number is not None:
        about |= Q(pk=number)
    if listed is not None:
        about |= Q(return_list=listed)
    return found.filter(about)


def returns_of(by: Actor) -> QuerySet[Shipment]:
    """This function will list returns from or to offices within sight, newest first."""
    return (
        Shipment.objects.filter(
            office_within(by, "sender__")
            | office_within(by, "receiver__")
            | Q(sender__in=carried_on(by.org_id)),
            purpose=Purpose.RETURN,
        )
        .select_related("sender", "receiver", "return_list")
        .order_by("-id")
    )


def returns_to_receive(by: Actor) -> int:
    """This function will count the returns the actor's own office has still to count in."""
    under_way = Position.objects.filter(
        account__organization=OuterRef("receiver"),
        account__kind=Place.TRANSIT,
        movement__batch=OuterRef("batch"),
    )
    sent = Shipment.objects.filter(purpose=Purpose.RETURN, receiver=by.org_id)
    return sent.filter(Exists(under_way)).count()


def shipment_of(batch: uuid.UUID) -> Shipment:
    """This function will return the shipment an act sent."""
    return Shipment.objects.get(batch=batch)


def return_rows(shipments: Sequence[Shipment], *, by: Actor, at: datetime) -> list[ReturnRow]:
    """This function will count what of each shipment arrived; one more query for all."""
    counted = tallies([one.pk for one in shipments])
    rows = []
    for one in shipments:
        listed = getattr(one, "return_list", None)
        rows.append(
            ReturnRow(
                id=one.pk,
                number=one.number,
                list_number=listed.number if listed else "",
                sender=one.sender.name,
                receiver=one.receiver.name,
                sent_at=one.sent_at,
                tally=counted[one.pk],
                document_id=listed.document_id if listed else None,
                days=(local_day(at) - local_day(one.sent_at)).days,
                incoming=one.receiver.path.startswith(by.county_path),
                mine=one.receiver_id == by.org_id,
            )
        )
    return rows


# ---------------------------------------------------------------------------- what lies returned
@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedRow:
    """A returned card, with what must be looked at before it is cancelled (Art. 18)."""

    id: int
    number: str
    name: str
    masked_number: str
    bank: str
    office: str
    since: datetime
    days: int
    reason: str
    proof: str
    proof_line: int | None
    social: str
    bank_state: str
    bank_known: bool
    bank_as_of: datetime | None
    death_owed: bool
    warnings: tuple[str, ...]


def returned_cards(by: Actor) -> QuerySet[Position]:
    """This function will list the returned cards that lie within sight, the oldest first."""
    return (
        Position.objects.filter(
            office_within(by, "account__organization__"), account__kind=Place.RETURNED
        )
        .select_related("card__person", "card__bank_org", "account__organization")
        .order_by("since", "card_id")
    )


RETURNED_SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "old": ("退回最久的在前", ("since", "card_id")),
    "new": ("新退回的在前", ("-since", "-card_id")),
    "number": ("按卡号", ("card__number",)),
    "office": ("按存放机构", ("account__organization__code", "since", "card_id")),
    "bank": ("按银行", ("card__bank_org__code", "since", "card_id")),
}


def narrowed(
    found: QuerySet[Position], *, reason: str, text: str, sort: str, by: Actor, today: date
) -> QuerySet[Position]:
    """This function will keep the cards returned for a reason, or of a number or a name."""
    if reason:
        sent = ReturnLine.objects.filter(card=OuterRef("card"), returned__shipment__isnull=False)
        last = Subquery(sent.order_by("-id").values("reason")[:1])
        found = found.annotate(why=last).filter(why=reason)
    if text:
        found = found.filter(card_meant(text, by=by, today=today, prefix="card__"))
    return found.order_by(*RETURNED_SORTS[sort][1])


def latest_lines(card_ids: Sequence[int]) -> dict[int, ReturnLine]:
    """This function will return, of each card, why it was last sent back."""
    sent = ReturnLine.objects.filter(card__in=card_ids, returned__shipment__isnull=False)
    return {line.card_id: line for line in sent.order_by("id")}


def returned_rows(places: Sequence[Position], *, at: datetime) -> list[ReturnedRow]:
    """This function will open returned cards for one page, with their pre-checks; four queries."""
    cards = [place.card for place in places]
    lines = latest_lines([card.pk for card in cards])
    people = [card.person_id for card in cards]
    applying = set(
        Application.objects.filter(person__in=people)
        .exclude(progress__in=CLOSED_APPLICATIONS)
        .values_list("person_id", flat=True)
    )
    active = set(
        Card.objects.filter(person__in=people, social__in=[Social.ACTIVE, Social.LOCKED])
        .exclude(pk__in=[card.pk for card in cards])
        .values_list("person_id", flat=True)
    )
    return [
        _returned(place, lines.get(place.card_id), applying=applying, active=active, at=at)
        for place in places
    ]


def _returned(
    place: Position, line: ReturnLine | None, *, applying: set[int], active: set[int], at: datetime
) -> ReturnedRow:
    card, holder = place.card, holder_of(place.card.person)
    hold = hold_at(card.hold, until=card.hold_until, at=at)
    owed = line is not None and line.reason == Stranding.DEAD and not holder.died_on
    warnings = (
        "持卡人有办理中的制卡申请" if card.person_id in applying else "",
        "持卡人另有一张启用的卡" if card.person_id in active else "",
        "已登记死亡" if holder.died_on else "",
        "凭死亡证明退回，还没有登记死亡" if owed else "",
        f"已{hold.label}" if hold != Hold.NONE else "",
    )
    return ReturnedRow(
        id=card.pk, number=card.number, name=holder.name, masked_number=holder.masked_number,
        bank=card.bank_org.name if card.bank_org else "", since=place.since,
        office=place.account.organization.name,
        days=(local_day(at) - local_day(place.since)).days,
        reason=Stranding(line.reason).label if line else "",
        proof=line.facts.proof_text if line else "", social=Social.of(card.social).label,
        proof_line=line.pk if line and line.proof_image else None,
        bank_state=Bank.of(card.bank).label, bank_known=card.bank != Bank.UNKNOWN,
        bank_as_of=card.bank_as_of, death_owed=owed,
        warnings=tuple(one for one in warnings if one),
    )  # fmt: skip


def proof_of(line_id: int, *, by: Actor) -> str:
    """This function will name the picture of a proof somebody within sight sends or receives."""
    near = office_within(by, "returned__sender__") | office_within(by, "returned__receiver__")
    found = ReturnLine.objects.filter(near, pk=line_id).values_list("proof_image", flat=True)
    return found.first() or ""


def receivers_of(by: Actor) -> list[tuple[int, str]]:
    """This function will list to whom the actor's office may pass returned cards on."""
    office = Organization.objects.get(pk=by.org_id)
    return [(one.pk, one.name) for one in offices_above(office) if one.pk != office.pk]
