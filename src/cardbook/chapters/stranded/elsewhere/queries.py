"""Reads where holders want to fetch their cards, and what became of it (Art. 16); never writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.card_heads import cards_in_county
from cardbook.chapters.stranded.scope import paths_like, sees_only_own
from cardbook.custody.places import Place
from cardbook.law.roles import Role
from cardbook.lib import citizen_number
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.lib.rows import named_rows
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import AskedVia, Signer
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.orgs.reach import bank_of
from cardbook.people import vault
from cardbook.people.holders import Holder, holder_of
from cardbook.people.models import Person

_QUERY = (Path(__file__).parent / "sql" / "wishes.sql").read_text(encoding="utf-8")
_SEND = act("handover.send")
# Who keeps cards sends them on; who watches over them reads along.
READERS = frozenset({*_SEND.who, Role.COUNTY_MANAGER, Role.REVIEWER, Role.AUDITOR})
# Where one person fetches one card: offices with a desk or a shelf of their own.
_DESKS = (Kind.CARD_BODY, Kind.AGENCY, Kind.WINDOW, Kind.TOWN)
_MOST_CARDS = 20
STATES = {
    "open": "等待分拨",
    "there": "已转去",
    "declined": "不能办理",
    "ended": "已领取或另有处理",
}


SORTS: Mapping[str, tuple[str, Callable[["Wish"], Any] | None]] = {
    "first": ("先提出的在前", None),
    "new": ("新提出的在前", lambda one: -one.asked_at.timestamp()),
    "wished": ("按要求到的机构", lambda one: (one.wished_code, one.asked_at)),
    "office": ("按保管机构", lambda one: (one.office, one.asked_at)),
    "number": ("按卡号", lambda one: one.number),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Where one holder wants to fetch his card, who said so by which way, and how it stands."""

    id: int
    number: str
    name: str
    masked_number: str
    wished: str
    wished_code: str
    office: str
    place: Place
    asked_at: datetime
    asked_by: str
    via: str
    words: str
    actor: str
    taken_at: str
    state: str
    state_title: str
    why: str
    declined_at: datetime | None
    is_mine: bool

    @property
    def may_go(self) -> bool:
        """Whether the actor's own office can give it to the other one now."""
        return self.state == "open" and self.is_mine and self.place.is_store


def wishes(
    by: Actor, *, state: str = "", text: str = "", own: bool = False,
    cards: Sequence[int] | None = None,
) -> list[Wish]:  # fmt: skip
    """This function will list the newest wish of each card in sight, the oldest first.

    `text` is looked for in numbers, names and offices; `own` leaves what the office itself has.
    """
    rows = _rows(by, state=state, own=own, cards=cards)
    people = Person.objects.in_bulk([row["person_id"] for row in rows])
    found = [_wish(row, holder_of(people[row["person_id"]]), by=by) for row in rows]
    return [one for one in found if text in f"{one.number} {one.name} {one.wished} {one.office}"]


def open_count(by: Actor) -> int:
    """This function will count the cards of the actor's own office that are wanted elsewhere."""
    return len(_rows(by, state="open", own=True, cards=None))


def wish_of(card_id: int) -> int | None:
    """This function will tell which office the holder of a card waits to fetch it at, if any.

    Asked within the transaction that settles it: nobody's sight narrows the answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, {
            "within": "%", "home": None, "office": None, "cards": [card_id], "state": "open",
        })  # fmt: skip
        rows = named_rows(cursor)
    return int(rows[0]["wished_id"]) if rows else None


def _rows(
    by: Actor, *, state: str, own: bool, cards: Sequence[int] | None
) -> list[dict[str, Any]]:
    home = None if sees_only_own(by) or by.role is Role.BANK_TELLER else by.county_id
    with connection.cursor() as cursor:
        cursor.execute(
            _QUERY,
            {
                "within": paths_like(by), "home": home, "office": by.org_id if own else None,
                "cards": None if cards is None else list(cards), "state": state,
            },
        )  # fmt: skip
        return named_rows(cursor)


def _wish(row: dict[str, Any], holder: Holder, *, by: Actor) -> Wish:
    return Wish(
        id=row["id"], number=row["number"], name=holder.name, masked_number=holder.masked_number,
        wished=row["wished"], wished_code=row["wished_code"], office=row["office"],
        place=Place(row["place"]), asked_at=row["asked_at"],
        asked_by=Signer(row["asked_by"]).label, via=AskedVia(row["via"]).label,
        words=row["words"], actor=row["actor"], taken_at=row["taken_at"], state=row["state"],
        state_title=STATES[row["state"]], why=row["why"] or "", declined_at=row["declined_at"],
        is_mine=row["office_id"] == by.org_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A card that waits to be fetched: whose, and where it is."""

    id: int
    number: str
    name: str
    masked_number: str
    office: str


def kept_cards(text: str, *, by: Actor, today: date) -> list[Kept]:
    """This function will find what waits for one person, by his document's number or a card's.

    Nobody is searched for by name here: the caller or visitor says a number.

    :raises cardbook.lib.plain.InputError: when it is neither.
    """
    try:
        meant = Q(number=parse_card_number(text).value)
    except InputError:
        number = citizen_number.parse(text, today=today).number
        meant = Q(person__number_index=vault.number_index(number))
    found = cards_in_county(by=by).filter(meant, stage=Stage.IN_CUSTODY)
    cards = found.select_related("person", "position__account__organization").order_by("pk")
    return [
        Kept(
            id=card.pk, number=card.number, name=holder_of(card.person).name,
            masked_number=holder_of(card.person).masked_number,
            office=card.position.account.organization.name,
        )
        for card in cards.distinct()[:_MOST_CARDS]
    ]  # fmt: skip


def offices_for(card_id: int) -> QuerySet[Organization]:
    """This function will list where a card may be fetched: desks of its county, its own bank's.

    :raises Card.DoesNotExist: when there is no such card.
    """
    card = Card.objects.select_related("county", "bank_org", "position__account").get(pk=card_id)
    fit = Q(kind__in=_DESKS, path__startswith=card.county.path)
    if card.bank_org is not None:
        fit |= Q(
            kind=Kind.BRANCH, path__startswith=bank_of(card.bank_org.path),
            region__startswith=card.county.region,
        )  # fmt: skip
    here = card.position.account.organization_id
    found = Organization.objects.filter(fit, in_force=True).exclude(pk=here)
    return found.order_by("kind", "code")


def choices_for(card_id: int) -> list[tuple[int, str]]:
    """This function will name those offices for a form, by kind and code."""
    return [(one.pk, f"{one.code} {one.name}") for one in offices_for(card_id)]
