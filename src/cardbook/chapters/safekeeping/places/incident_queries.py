"""Reads incidents - damaged or lost stock - with their cards (Art. 20, 21, 9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from cardbook.cards.models import Application, Card
from cardbook.cards.states import CLOSED_APPLICATIONS
from cardbook.chapters.card_heads import cards_in_county
from cardbook.chapters.safekeeping.harms import harms_within
from cardbook.chapters.safekeeping.models import Incident, IncidentCard
from cardbook.custody.places import Place
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.orgs.actors import Actor
from cardbook.people.holders import holder_of

SORTS = {
    "-id": "新的在前",
    "id": "旧的在前",
    "organization__code": "按机构",
    "-happened_on": "按发生日",
    "-cards": "卡数多的在前",
}
STATES = {"": "全部", "untold": "未上报", "told": "已上报"}


def cards_named(texts: Sequence[str], *, by: Actor) -> tuple[list[Card], list[str]]:
    """This function will find the county's cards of some scanned numbers; also what was not found.

    A number scanned twice is one card.
    """
    numbers: dict[str, None] = {}
    odd: list[str] = []
    for text in texts:
        try:
            numbers[parse_card_number(text).value] = None
        except InputError:
            odd.append(text.strip()[:20])
    found = {card.number: card for card in cards_in_county(by=by).filter(number__in=numbers)}
    odd += [number for number in numbers if number not in found]
    return [found[number] for number in numbers if number in found], odd


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """One incident as pages show it."""

    id: int
    number: str
    kind: str
    kind_label: str
    cause: str
    office: str
    place: str
    happened_on: date
    words: str
    photo: str
    reported_by: str
    second: str
    recorded_at: datetime
    cards: int
    told_office: str
    told_at: datetime | None
    told_by: str
    told_words: str


def incidents_within(by: Actor) -> QuerySet[Incident]:
    """This function will return the incidents of the actor's county, with how many cards each."""
    return (
        Incident.objects.filter(organization__path__startswith=by.county_path)
        .select_related("organization", "place", "reported_by", "second", "told_by")
        .annotate(cards=Count("lines"))
    )


def incidents(by: Actor, *, text: str, state: str, sort: str) -> QuerySet[Incident]:
    """This function will list incidents by office, place or running number."""
    found = incidents_within(by)
    if state in {"told", "untold"}:
        found = found.filter(told_at__isnull=state == "untold")
    if text:
        about = (
            Q(organization__name__icontains=text)
            | Q(place__name__icontains=text)
            | Q(words__icontains=text)
        )
        number = text.upper().removeprefix("SG").lstrip("0")
        if number.isdecimal() and len(number) < 10:
            about |= Q(pk=int(number))
        found = found.filter(about)
    return found.order_by(sort, "-id")


def untold_count(by: Actor) -> int:
    """This function will count the incidents nobody told upward yet."""
    county = {"organization__path__startswith": by.county_path}
    return Incident.objects.filter(told_at=None, **county).count()


def incident_rows(found: Iterable[Incident]) -> list[IncidentRow]:
    """This function will freeze incidents for a page."""
    return [
        IncidentRow(
            id=one.pk,
            number=one.number,
            kind=one.kind,
            kind_label=one.get_kind_display(),
            cause=one.get_cause_display(),
            office=one.organization.name,
            place=one.place.name if one.place else "",
            happened_on=one.happened_on,
            words=one.words,
            photo=one.photo,
            reported_by=one.reported_by.name,
            second=one.second.name,
            recorded_at=one.recorded_at,
            cards=one.cards,  # type: ignore[attr-defined]
            told_office=one.told_office,
            told_at=one.told_at,
            told_by=one.told_by.name if one.told_by else "",
            told_words=one.told_words,
        )
        for one in found
    ]


def incident_of(by: Actor, *, incident_id: int) -> IncidentRow:
    """This function will return one incident of the actor's county.

    :raises Incident.DoesNotExist: when it is another county's.
    """
    (row,) = incident_rows([incidents_within(by).get(pk=incident_id)])
    return row


def told_of(harm_id: int, *, by: Actor) -> dict[str, object]:
    """This function will read an open report of harmed cards as a form begins with it.

    :raises HarmReport.DoesNotExist: when it is settled, or beyond the actor's reach.
    """
    told = harms_within(by).get(pk=harm_id, settled_at=None)
    numbers = told.lines.order_by("card__number").values_list("card__number", flat=True)
    return {
        "harm": told.pk, "kind": told.kind, "cause": told.cause,
        "happened_on": told.happened_on, "words": told.words, "numbers": "\n".join(numbers),
    }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """One card of an incident: whose it is, where it was, whether its replacement is under way."""

    id: int
    number: str
    name: str
    masked_number: str
    place: str
    replacement: str


def cards_of(incident_id: int, *, kind: str) -> list[CardRow]:
    """This function will list an incident's cards in two queries.

    A damaged card's holder gets a new one free of charge (Art. 9): under which application is
    looked up, and so is what is still to be done where that was withdrawn.
    """
    lines = list(
        IncidentCard.objects.filter(incident=incident_id)
        .select_related("card__person", "account__organization")
        .order_by("card__number")
    )
    people = [line.card.person_id for line in lines]
    applied = dict(
        Application.objects.filter(person__in=people)
        .exclude(progress__in=CLOSED_APPLICATIONS)
        .values_list("person_id", "pk")
    )
    rows = []
    for line in lines:
        holder = holder_of(line.card.person)
        account = line.account
        place = account.code if account.kind == Place.BOX else Place(account.kind).label
        number = applied.get(line.card.person_id)
        done = f"补换申请 {number} 号办理中" if number else "没有办理中的补换申请（第九条）"
        if line.card.person.died_on is not None:
            done = "持卡人已故，不补换"
        rows.append(
            CardRow(
                id=line.card_id,
                number=line.card.number,
                name=holder.name,
                masked_number=holder.masked_number,
                place=f"{account.organization.name} {place}",
                replacement=done if kind == Incident.Kind.DAMAGED else "按短缺处理，查找后再定",
            )
        )
    return rows
