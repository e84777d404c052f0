"""Reads for the shell's own pages: home, search, a card's history. Nothing here writes."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from cardbook.cards.models import Card
from cardbook.lib import citizen_number
from cardbook.lib.identifiers import parse_card_number, parse_phone
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import ACTS
from cardbook.orgs.actors import Actor
from cardbook.people.holders import Holder, find_by_number, find_by_phone, holder_of, search
from cardbook.people.models import Person

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a search result: a person with one card, or without any."""

    holder: Holder
    card: Card | None


def find(*, text: str, by: Actor, today: date) -> list[Found]:
    """This function will find people by document number, card number, phone, name, initials
    or last four digits and name; only cards of the actor's county are shown (Art. 5).
    """
    text = text.strip()
    if not text:
        return []
    people = _people(text, today)
    cards = (
        Card.objects.filter(person__in=people, county__path__startswith=by.county_path)
        .select_related("person", "county", "position__account", "batch")
        .order_by("person_id", "-id")[: MOST_FOUND * 2]
    )
    by_person: dict[int, list[Card]] = {}
    for card in cards:
        by_person.setdefault(card.person_id, []).append(card)
    return [
        Found(holder_of(person), card)
        for person in people
        for card in by_person.get(person.pk, [])
    ]


def _people(text: str, today: date) -> list[Person]:
    try:
        number = parse_card_number(text).value
        card = Card.objects.filter(number=number).select_related("person").first()
        if card is not None:
            return [card.person]
    except InputError:
        pass
    try:
        person = find_by_number(citizen_number.parse(text, today=today).number)
        return [person] if person else []
    except InputError:
        pass
    try:
        return find_by_phone(parse_phone(text).value)
    except InputError:
        return search(text.split(), limit=MOST_FOUND)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event of a card in words."""

    seq: int
    title: str
    basis: str
    happened_at: datetime
    recorded_at: datetime
    actor: str
    second: str
    office: str
    facts: tuple[tuple[str, str], ...]
    papers: tuple[str, ...]


_HISTORY = """
SELECT e.seq, e.act, e.basis, e.happened_at, e.recorded_at, u.name, coalesce(s.name, ''), o.name,
       e.facts, e.papers
FROM ledger_event e
JOIN orgs_user u ON u.id = e.actor_id
JOIN orgs_organization o ON o.id = e.org_id
LEFT JOIN orgs_user s ON s.id = e.second_id
WHERE e.subject_kind = 'card' AND e.subject_id = %s
ORDER BY e.seq DESC
"""


def history_of(card_id: int) -> list[HistoryLine]:
    """This function will tell a card's whole life, newest first, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, [card_id])
        rows = cursor.fetchall()
    return [
        HistoryLine(
            seq=seq,
            title=ACTS[code].title if code in ACTS else code,
            basis=basis,
            happened_at=happened,
            recorded_at=recorded,
            actor=actor,
            second=second,
            office=office,
            facts=tuple(
                (name, str(value)) for name, value in json.loads(facts).items() if value != ""
            ),
            papers=tuple(papers),
        )
        for seq, code, basis, happened, recorded, actor, second, office, facts, papers in rows
    ]


@dataclass(frozen=True, slots=True)
class Tile:
    """A number on the home page; it opens the rows behind it."""

    title: str
    value: int
    url: str
    basis: str


def county_figures(by: Actor) -> dict[str, int]:
    """This function will count the county's cards by where they are, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.kind, count(*) FROM custody_position p "
            "JOIN custody_account a ON a.id = p.account_id "
            "JOIN orgs_organization o ON o.id = a.organization_id "
            "WHERE o.path LIKE %s GROUP BY a.kind",
            [f"{by.county_path}%"],
        )
        return dict(cursor.fetchall())
