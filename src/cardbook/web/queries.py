"""Reads for the shell's own pages: figures, search, lists and one card. Nothing here writes.

Everything is limited to the cards the actor's county keeps (Art. 5, 32 item 3).
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet

from cardbook.cards.models import Card
from cardbook.cards.search import holders_found
from cardbook.cards.states import CLOSED_APPLICATIONS, Bank, Hold, Social, Stage, hold_at
from cardbook.chapters.card_heads import cards_in_county
from cardbook.chapters.searching import card_meant
from cardbook.chapters.usage.reaching import applications_within
from cardbook.custody.places import Place
from cardbook.law.groups import group_label
from cardbook.lib import citizen_number
from cardbook.lib.clock import local_day
from cardbook.lib.identifiers import parse_card_number, parse_phone
from cardbook.lib.plain import InputError
from cardbook.lib.sm import Damaged
from cardbook.orgs.actors import Actor
from cardbook.papers.storage import PaperMissing, read_paper
from cardbook.people import vault
from cardbook.people.holders import SEALED, Holder, opened

MOST_FOUND = 50
_NUMBER_LENGTHS = range(14, 20)
# What a line is made of, read as bare values: a page of fifty would make three hundred models.
_PLACE = (
    "position__account__kind", "position__account__organization__name",
    "position__account__cabinet", "position__account__shelf", "position__account__box",
    "position__slot",
)  # fmt: skip
_LINE = (
    "pk", "number", "county__name", "batch__code", "stage", "hold", "hold_until",
    "position__since",
    *_PLACE, *(f"person__{field}" for field in SEALED),
)  # fmt: skip
_SHEET = (
    "group", "unit_name", "town__name", "village", "bank_org__name", "bank_last4", "made_on",
    "expires_on", "social", "bank", "bank_source", "bank_as_of", "position__movement__happened_at",
)  # fmt: skip


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
    moved_at: datetime
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
        found = _cards_of(by).filter(condition).order_by("person_id", "-id").values_list(*_LINE)
        if lines := [_line(row, at) for row in found[: limit + 1]]:
            return lines
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


def _cards_of(by: Actor) -> QuerySet[Card]:
    return Card.objects.filter(county__path__startswith=by.county_path)


def _line(row: Sequence[Any], at: datetime) -> CardLine:
    """One line of the columns that `_LINE` names."""
    id_, number, county, batch, stage, held, until, since, *rest = row
    hold = hold_at(held, until=until, at=at)
    return CardLine(
        card_id=id_,
        number=number,
        holder=opened(rest[len(_PLACE) :]),
        county=county,
        batch=batch,
        stage=Stage.of(stage).label,
        hold="" if hold == Hold.NONE else hold.label,
        where=_where_is(rest[: len(_PLACE)]),
        since=since,
    )


def _where_is(row: Sequence[Any]) -> str:
    """Where a card is so that a hand finds it, of the columns that `_PLACE` names."""
    kind, office, cabinet, shelf, box, slot = row
    place = Place(kind)
    if place is Place.HOLDER:
        return "在持卡人手中"
    if place is Place.TRANSIT:
        return f"在途，发往{office}"
    if place is not Place.BOX:
        return f"{office} {place.label}"
    return f"{office} {cabinet} 柜 {shelf} 层 {box} 盒" + (f" 第 {slot} 位" if slot else "")


# ---------------------------------------------------------------------------------- lists and home


# Each place gives its first few from the index of (place, since, card); the rest is never read.
_AT = """
SELECT found.card_id
FROM custody_account a JOIN orgs_organization o ON o.id = a.organization_id
CROSS JOIN LATERAL (
    SELECT p.card_id, p.since FROM custody_position p WHERE p.account_id = a.id
    ORDER BY p.since {way}, p.card_id {way} LIMIT %(upto)s
) AS found
WHERE a.kind = %(kind)s AND o.path LIKE %(within)s
ORDER BY found.since {way}, found.card_id {way}
LIMIT %(limit)s OFFSET %(offset)s
"""


class CardsAt:
    """The ids of the cards the county answers for in a kind of place, the longest there first.

    A paginator takes it as a list. Whoever asks for a late page is served from the end.
    """

    def __init__(self, by: Actor, place: Place, *, newest: bool = False) -> None:
        """Nothing is read yet; `newest` begins with who came last."""
        self._where = {"kind": str(place), "within": f"{by.county_path}%"}
        self._count: int | None = None
        self._newest = newest

    def count(self) -> int:
        """How many there are."""
        if self._count is None:
            (row,) = self._asked(
                "SELECT coalesce(sum(t.cards), 0) FROM custody_tally t "
                "JOIN custody_account a ON a.id = t.account_id "
                "JOIN orgs_organization o ON o.id = a.organization_id "
                "WHERE a.kind = %(kind)s AND o.path LIKE %(within)s"
            )
            self._count = int(row[0])
        return self._count

    def __getitem__(self, span: slice) -> list[int]:
        """One page of them."""
        start, stop = span.start or 0, min(span.stop, self.count())
        from_end = start > self.count() // 2
        offset, upto = (self.count() - stop, self.count() - start) if from_end else (start, stop)
        rows = self._asked(
            _AT.format(way="DESC" if from_end != self._newest else "ASC"),
            offset=offset, upto=upto, limit=stop - start,
        )  # fmt: skip
        ids = [row[0] for row in rows]
        return ids[::-1] if from_end else ids

    def _asked(self, query: str, **more: int) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(query, {**self._where, **more})
            return list(cursor.fetchall())


def cards_found_at(by: Actor, place: Place, *, text: str, today: date, newest: bool) -> list[int]:
    """This function will list the cards there that somebody means by a number or a name."""
    found = _cards_at(by, place).filter(card_meant(text, by=by, today=today))
    order = ("-position__since", "-pk") if newest else ("position__since", "pk")
    return list(found.order_by(*order).values_list("pk", flat=True))


def chosen_at(by: Actor, place: Place, *, ids: Iterable[int]) -> list[int]:
    """This function will keep of ticked cards those that lie there, the longest there first."""
    found = _cards_at(by, place).filter(pk__in=ids).order_by("position__since", "pk")
    return list(found.values_list("pk", flat=True))


def _cards_at(by: Actor, place: Place) -> QuerySet[Card]:
    return Card.objects.filter(
        position__account__kind=place,
        position__account__organization__path__startswith=by.county_path,
    )


def lines(card_ids: Iterable[int], *, at: datetime) -> tuple[CardLine, ...]:
    """This function will make a list's frozen lines, in the order of the ids."""
    wanted = list(card_ids)
    rows = {row[0]: row for row in Card.objects.filter(pk__in=wanted).values_list(*_LINE)}
    return tuple(_line(rows[id_], at) for id_ in wanted if id_ in rows)


# From the sums kept of each place (docs/adr/0018), however many cards lie there.
_FIGURES = """
SELECT a.kind, sum(t.cards)::bigint
FROM custody_account a
JOIN orgs_organization o ON o.id = a.organization_id
JOIN custody_tally t ON t.account_id = a.id
WHERE o.path LIKE %s GROUP BY a.kind HAVING sum(t.cards) > 0
"""


def county_figures(by: Actor) -> dict[str, int]:
    """This function will count the cards the county answers for by kind of place, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, [f"{by.county_path}%"])
        return dict(cursor.fetchall())


def application_counts(by: Actor, *, today: date) -> tuple[int, int]:
    """This function will count the open applications of the county, or of a teller's bank, and
    those of them past their promised day.
    """
    found = applications_within(by).exclude(progress__in=CLOSED_APPLICATIONS)
    late = Count("pk", filter=Q(detail__promised_on__lt=today))
    counts = found.order_by().aggregate(all=Count("pk"), late=late)
    return counts["all"], counts["late"]


# ---------------------------------------------------------------------------------------- one card


def card_sheet(*, card_id: int, by: Actor, at: datetime) -> CardSheet:
    """This function will read one card that belongs to the actor's county or lies there.

    :raises Card.DoesNotExist: when there is none, or it is another county's business.
    """
    row = cards_in_county(by=by).values_list(*_LINE, *_SHEET, named=True).get(pk=card_id)
    line = _line(row[: len(_LINE)], at)
    at_home = row.position__account__kind == Place.HOLDER
    return CardSheet(
        line=line,
        age=line.holder.age(on=local_day(at)),
        group=group_label(row.group),
        unit=row.unit_name,
        town="".join(filter(None, (row.town__name, row.village))),
        bank_name=row.bank_org__name or "",
        bank_last4=row.bank_last4,
        made_on=row.made_on,
        expires_on=row.expires_on,
        social=Social.of(row.social).label,
        hold_until=row.hold_until,
        custodian="" if at_home else row.position__account__organization__name,
        moved_at=row.position__movement__happened_at,
        bank_state=Bank.of(row.bank).label,
        bank_known=row.bank != Bank.UNKNOWN,
        bank_source=row.bank_source,
        bank_as_of=row.bank_as_of,
    )


def photo_of_holder(*, card_id: int, by: Actor) -> bytes | None:
    """This function will read the photo of a card's holder; None when there is none to be read."""
    found = cards_in_county(by=by).filter(pk=card_id)
    digest = found.values_list("person__photo_digest", flat=True).first()
    try:
        return read_paper(digest) if digest else None
    except (PaperMissing, Damaged):
        return None
