"""Reads for the shell's own pages: figures, search, lists and one card. Nothing here writes.

Everything is limited to the cards the actor's county keeps (Art. 5, 32 item 3).
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet

from cardbook.cards.models import Application, Card
from cardbook.cards.search import holders_found
from cardbook.cards.states import CLOSED_APPLICATIONS, Bank, Hold, hold_at
from cardbook.chapters.card_heads import cards_in_county
from cardbook.chapters.intake.receive.difference_queries import short_cards
from cardbook.custody.models import Account, Position
from cardbook.custody.places import Place
from cardbook.law.groups import group_label
from cardbook.lib import citizen_number
from cardbook.lib.clock import local_day
from cardbook.lib.identifiers import parse_card_number, parse_phone
from cardbook.lib.plain import InputError
from cardbook.orgs.actors import Actor
from cardbook.people import vault
from cardbook.people.holders import Holder, holder_of

MOST_FOUND = 50
_NUMBER_LENGTHS = range(14, 20)
_LINE = ("person", "county", "batch", "position__account__organization")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """One card in a list: whose, in which state, where."""

    card_id: int
    number: str
    holder: Holder
    county: str
    batch: str
    stage: str
    hold: str
    where: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSheet:
    """One card with both halves of its state, the bank's with its source and time."""

    line: CardLine
    age: int
    group: str
    unit: str
    town: str
    bank_name: str
    bank_last4: str
    made_on: date | None
    expires_on: date | None
    social: str
    hold_until: datetime | None
    custodian: str
    bank_state: str
    bank_known: bool
    bank_source: str
    bank_as_of: datetime | None


# --------------------------------------------------------------------------------------- finding


def find(*, text: str, by: Actor, at: datetime, limit: int = MOST_FOUND) -> list[CardLine]:
    """This function will find cards by document number, card number, phone, name, initials or
    last four digits, and several of the last three together; at most `limit` and one more.

    Only cards of the actor's county are found, and the county is part of the question: fifty
    people of the same name elsewhere do not crowd out the one here.
    """
    for condition in _conditions(text.strip(), by=by, today=local_day(at), limit=limit):
        found = list(_lines_of(by).filter(condition).order_by("person_id", "-id")[: limit + 1])
        if found:
            return [_line(card, at) for card in found]
    return []


def _conditions(text: str, *, by: Actor, today: date, limit: int) -> Iterable[Q]:
    """What the text may mean, the surest meaning first."""
    if not text:
        return
    with suppress(InputError):
        yield Q(person__cards__number=parse_card_number(text).value)
    with suppress(InputError):
        number = citizen_number.parse(text, today=today).number
        yield Q(person__number_index=vault.number_index(number))
    with suppress(InputError):
        yield Q(person__phone_index=vault.phone_index(parse_phone(text).value))
    keys = vault.query_keys(text.split())
    yield Q(person_id__in=holders_found(keys=keys, within=by.county_path, limit=limit + 1))


def what_is_wrong(*, text: str, today: date) -> str:
    """This function will say why a text that looks like a document number cannot be one, or ""."""
    bare = "".join(text.split())
    digits = sum(char.isdecimal() for char in bare)
    if len(bare) not in _NUMBER_LENGTHS or digits < len(bare) - 1:
        return ""
    try:
        citizen_number.parse(text, today=today)
    except InputError as problem:
        return problem.sentence
    return ""


def _lines_of(by: Actor) -> QuerySet[Card]:
    return Card.objects.filter(county__path__startswith=by.county_path).select_related(*_LINE)


def _line(card: Card, at: datetime) -> CardLine:
    hold = hold_at(card.hold, until=card.hold_until, at=at)
    return CardLine(
        card_id=card.pk,
        number=card.number,
        holder=holder_of(card.person),
        county=card.county.name,
        batch=card.batch.code,
        stage=card.get_stage_display(),
        hold="" if hold == Hold.NONE else hold.label,
        where=where_is(card.position),
        since=card.position.since,
    )


def where_is(position: Position) -> str:
    """This function will say where a card is so that a hand finds it: office, cabinet, slot."""
    account = position.account
    place = Place(account.kind)
    office = account.organization.name
    if place is Place.HOLDER:
        return "在持卡人手中"
    if place is Place.TRANSIT:
        return f"在途，发往{office}"
    if place is not Place.BOX:
        return f"{office} {place.label}"
    slot = f" 第 {position.slot} 位" if position.slot else ""
    return f"{office} {account.cabinet} 柜 {account.shelf} 层 {account.box} 盒{slot}"


# ---------------------------------------------------------------------------------- lists and home


def cards_at(by: Actor, place: Place) -> QuerySet[Position, int]:
    """This function will list the ids of the cards the county answers for in a kind of place, the
    longest there first.

    Ids alone, so that hundreds of thousands are put in order without reading their people.
    """
    accounts = Account.objects.filter(kind=place, organization__path__startswith=by.county_path)
    return (
        Position.objects.filter(account__in=accounts.order_by().values("pk"))
        .order_by("since", "card_id")
        .values_list("card_id", flat=True)
    )


def lines(card_ids: Iterable[int], *, at: datetime) -> tuple[CardLine, ...]:
    """This function will make a list's frozen lines, in the order of the ids."""
    wanted = list(card_ids)
    cards = Card.objects.select_related(*_LINE).in_bulk(wanted)
    return tuple(_line(cards[id_], at) for id_ in wanted if id_ in cards)


def county_figures(by: Actor) -> dict[str, int]:
    """This function will count the cards the county answers for by kind of place, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.kind, count(*) FROM custody_position p "
            "JOIN custody_account a ON a.id = p.account_id "
            "JOIN orgs_organization o ON o.id = a.organization_id "
            "WHERE o.path LIKE %s GROUP BY a.kind",
            [f"{by.county_path}%"],
        )
        return dict(cursor.fetchall())


def short_count(by: Actor) -> int:
    """This function will count cards that were short in a count and are unexplained."""
    return short_cards(by).count()


def application_count(by: Actor) -> int:
    """This function will count the county's open applications."""
    found = Application.objects.filter(county__path__startswith=by.county_path)
    return found.exclude(progress__in=CLOSED_APPLICATIONS).count()


# ---------------------------------------------------------------------------------------- one card


def card_sheet(*, card_id: int, by: Actor, at: datetime) -> CardSheet:
    """This function will read one card that belongs to the actor's county or lies there.

    :raises Card.DoesNotExist: when there is none, or it is another county's business.
    """
    card = cards_in_county(by=by).select_related(*_LINE, "bank_org", "town").get(pk=card_id)
    line = _line(card, at)
    return CardSheet(
        line=line,
        age=line.holder.age(on=local_day(at)),
        group=group_label(card.group),
        unit=card.unit_name,
        town="".join(filter(None, (card.town.name if card.town else "", card.village))),
        bank_name=card.bank_org.name if card.bank_org else "",
        bank_last4=card.bank_last4,
        made_on=card.made_on,
        expires_on=card.expires_on,
        social=card.get_social_display(),
        hold_until=card.hold_until,
        custodian=""
        if card.position.account.kind == Place.HOLDER
        else card.position.account.organization.name,
        bank_state=card.get_bank_display(),
        bank_known=card.bank != Bank.UNKNOWN,
        bank_source=card.bank_source,
        bank_as_of=card.bank_as_of,
    )
