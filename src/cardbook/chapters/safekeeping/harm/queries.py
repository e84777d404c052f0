"""Reads reports of harmed or lost cards, and the cards an office may report (Art. 20, 21)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.safekeeping.harms import harms_within
from cardbook.chapters.safekeeping.models import HarmCard, HarmReport, Incident
from cardbook.custody.models import Account
from cardbook.custody.places import Place
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of

KINDS = tuple(Incident.Kind.choices)
CAUSES = tuple(Incident.Cause.choices)
STATES: Mapping[str, str] = {"": "全部", "open": "待处理", "done": "已处理"}
SORTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "new": ("新的在前", ("-id",)),
    "old": ("旧的在前", ("id",)),
    "office": ("按机构", ("organization__code", "-id")),
    "day": ("按发生日", ("-happened_on", "-id")),
    "cards": ("卡数多的在前", ("-cards", "-id")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmRow:
    """One report as pages show it."""

    id: int
    number: str
    office: str
    kind: str
    cause: str
    where: str
    happened_on: date
    words: str
    photo: str
    reported_by: str
    reported_at: datetime
    cards: int
    unread: bool
    place: str
    told_count: int | None
    book_count: int | None
    incident_id: int | None
    incident: str
    settled_by: str
    settled_at: datetime | None
    settled_words: str

    @property
    def is_to_name(self) -> bool:
        """Whether a keeper has yet to say which cards it means."""
        return self.unread and self.book_count is None and self.settled_at is None

    @property
    def told(self) -> str:
        """How many cards, as whoever found them could say."""
        if not self.unread:
            return f"{self.cards} 张"
        return f"{self.told_count} 张" if self.told_count else "张数不清楚"

    @property
    def sum(self) -> str:
        """The keeper's count: what the book had is what was sound and what was not."""
        if self.book_count is None:
            return ""
        sound = self.book_count - self.cards
        return f"账面 {self.book_count} 张 = 其余 {sound} 张 + {self.kind} {self.cards} 张"

    @property
    def outcome(self) -> str:
        """What became of it."""
        if self.settled_at is None:
            return "待清点" if self.is_to_name else "待处理"
        return f"已登记事故 {self.incident}" if self.incident else "查明不登记事故"


def harms(by: Actor, *, text: str, state: str, sort: str) -> QuerySet[HarmReport]:
    """This function will list reports by office, words or running number."""
    found = harms_within(by).annotate(cards=Count("lines"))
    if state in ("open", "done"):
        found = found.filter(settled_at__isnull=state == "open")
    if text:
        about = (
            Q(organization__name__icontains=text) | Q(words__icontains=text)
            | Q(where__icontains=text)
        )  # fmt: skip
        number = text.upper().removeprefix("BG").lstrip("0")
        if number.isdecimal() and len(number) < 10:
            about |= Q(pk=int(number))
        found = found.filter(about)
    return found.order_by(*SORTS[sort][1])


def harm_rows(found: Iterable[HarmReport]) -> list[HarmRow]:
    """This function will freeze reports for a page."""
    return [
        HarmRow(
            id=one.pk,
            number=one.number,
            office=one.organization.name,
            kind=one.get_kind_display(),
            cause=one.get_cause_display(),
            where=one.where,
            happened_on=one.happened_on,
            words=one.words,
            photo=one.photo,
            reported_by=one.reported_by.name,
            reported_at=one.reported_at,
            cards=one.cards,  # type: ignore[attr-defined]
            unread=one.unread,
            place=place_of(one) if one.unread else "",
            told_count=one.told_count,
            book_count=one.book_count,
            incident_id=one.incident_id,
            incident=one.incident.number if one.incident else "",
            settled_by=one.settled_by.name if one.settled_by else "",
            settled_at=one.settled_at,
            settled_words=one.settled_words,
        )
        for one in found
    ]


def harm_of(by: Actor, *, report_id: int) -> HarmRow:
    """This function will return one report within sight.

    :raises HarmReport.DoesNotExist: when it is beyond the actor's reach.
    """
    (row,) = harm_rows([harms_within(by).annotate(cards=Count("lines")).get(pk=report_id)])
    return row


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmedCard:
    """One card of a report: whose it is, where it was, how it stands now."""

    id: int
    number: str
    name: str
    masked_number: str
    place: str
    stage: str


def cards_of(report_id: int) -> list[HarmedCard]:
    """This function will list a report's cards in one query."""
    lines = (
        HarmCard.objects.filter(report=report_id)
        .select_related("card__person", "account__organization")
        .order_by("card__number")
    )
    rows = []
    for line in lines:
        holder, account = holder_of(line.card.person), line.account
        place = account.code if account.kind == Place.BOX else Place(account.kind).label
        rows.append(
            HarmedCard(
                id=line.card_id,
                number=line.card.number,
                name=holder.name,
                masked_number=holder.masked_number,
                place=f"{account.organization.name} {place}",
                stage=Stage.of(line.card.stage).label,
            )
        )
    return rows


# Where no office keeps what the book has there.
_NOBODYS = (Place.HOLDER, Place.MISSING, Place.DESTROYED, Place.OUTSIDE)
# What is on its way is in nobody's room; it is meant only where it is named.
_AWAY = (Place.TRANSIT, Place.POST, Place.VISIT)
ANYWHERE = "不清楚在哪一处"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAt:
    """A place of an office that has cards by the book."""

    id: int
    title: str
    cards: int


def _title(account: Account) -> str:
    return f"{account.code} 盒" if account.kind == Place.BOX else Place(account.kind).label


def accounts_with_cards(by: Actor) -> list[KeptAt]:
    """This function will list the places of the actor's office that have cards."""
    found = (
        Account.objects.filter(organization=by.org_id)
        .exclude(kind__in=_NOBODYS)
        .annotate(cards=Count("positions"))
        .filter(cards__gt=0)
        .order_by("kind", "code")
    )
    return [KeptAt(id=one.pk, title=_title(one), cards=one.cards) for one in found]


def cards_within(office_id: int, *, account_id: int | None) -> QuerySet[Card]:
    """This function will find what the book has in an office's rooms, or in one place of it."""
    found = Card.objects.filter(position__account__organization=office_id)
    if account_id is not None:
        found = found.filter(position__account=account_id)
    else:
        found = found.exclude(position__account__kind__in=_AWAY)
    return found.exclude(position__account__kind__in=_NOBODYS).order_by("pk")


def lying_at(report: HarmReport) -> QuerySet[Card]:
    """This function will find what the book has where unread cards were harmed: the county's."""
    found = cards_within(report.organization_id, account_id=report.account_id)
    if report.organization.county_id is None and report.county_id is not None:
        found = found.filter(county=report.county_id)
    return found


def book_of(report_id: int) -> int:
    """This function will count what the book has there now."""
    return lying_at(HarmReport.objects.select_related("organization").get(pk=report_id)).count()


def place_of(report: HarmReport) -> str:
    """This function will say where unread cards lay."""
    return _title(report.account) if report.account else ANYWHERE


def cards_kept(texts: Sequence[str], *, office_id: int) -> tuple[list[Card], list[str]]:
    """This function will find the cards of scanned numbers an office has; also what not.

    A number scanned twice is one card.
    """
    numbers: dict[str, None] = {}
    odd: list[str] = []
    for text in texts:
        try:
            numbers[parse_card_number(text).value] = None
        except InputError:
            odd.append(text.strip()[:20])
    kept = Card.objects.filter(
        number__in=numbers, position__account__organization=office_id
    ).exclude(position__account__kind__in=_NOBODYS)
    found = {card.number: card for card in kept}
    odd += [number for number in numbers if number not in found]
    return [found[number] for number in numbers if number in found], odd
