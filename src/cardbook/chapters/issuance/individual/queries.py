"""Finds the holder at the window and everything that stands in the way (Art. 8 para. 4).

One look-up is one screen: who, which card, which slot, what hinders; nothing here writes.
"""

from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.models import Application, Card, TemporaryCard
from cardbook.cards.states import CLOSED_APPLICATIONS, Subject, TemporaryStage
from cardbook.lib import citizen_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import OpenAct, open_act, open_acts
from cardbook.orgs.actors import Actor
from cardbook.people.holders import Holder, find_by_number, holder_of


@dataclass(frozen=True, slots=True)
class CardOnDesk:
    """One card of the person at the window, with its case and what is open on it."""

    card: Card
    case: Case
    issue: OpenAct
    others: tuple[OpenAct, ...]
    cabinet: str
    shelf: str
    box: str
    slot: int | None

    @property
    def in_reach(self) -> bool:
        """Whether this office keeps the card at all; if not, only its county is named."""
        return not any(r.code == "OUT_OF_REACH" for r in self.issue.reasons)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the window shows for one document number."""

    number: str
    changes: tuple[str, ...]
    holder: Holder | None
    cards: tuple[CardOnDesk, ...]
    application: Application | None
    temporary: TemporaryCard | None
    problem: str = ""

    @property
    def card(self) -> CardOnDesk | None:
        """The card to hand over: the one that can be, else the newest."""
        ready = [card for card in self.cards if card.issue.allowed]
        return (ready or list(self.cards) or [None])[0]


def look_up(*, text: str, by: Actor, at: datetime, today: date) -> Desk:
    """This function will find the person whose document number was scanned or typed.

    A wrong number gives a desk with a problem in words and nobody on it: the person before never
    stays on the screen (domain.md 6.5).
    """
    try:
        parsed = citizen_number.parse(text, today=today)
    except InputError as problem:
        return Desk("", (), None, (), None, None, problem=problem.sentence)
    person = find_by_number(parsed.number)
    if person is None:
        return Desk(parsed.number, parsed.changes, None, (), None, None)
    cards = list(
        Card.objects.filter(person=person)
        .select_related("county", "batch", "bank_org", "position__account")
        .order_by("-id")
    )
    cases = load_cases(subject=Subject.CARD, ids=[card.pk for card in cards], lock=False)
    return Desk(
        number=parsed.number,
        changes=parsed.changes,
        holder=holder_of(person),
        cards=tuple(_on_desk(card, cases[card.pk], by=by, at=at) for card in cards),
        application=_open_application(person.pk),
        temporary=TemporaryCard.objects.filter(
            person=person, stage=TemporaryStage.LENT
        ).first(),
    )


def _on_desk(card: Card, case: Case, *, by: Actor, at: datetime) -> CardOnDesk:
    account = card.position.account
    issue = open_act(act=act("card.issue"), case=case, by=by, at=at)
    others = tuple(
        found for found in open_acts(case=case, by=by, at=at) if found.code != "card.issue"
    )
    return CardOnDesk(
        card=card, case=case, issue=issue, others=others,
        cabinet=account.cabinet, shelf=account.shelf, box=account.box, slot=card.position.slot,
    )


def _open_application(person_id: int) -> Application | None:
    return (
        Application.objects.filter(person_id=person_id)
        .exclude(progress__in=CLOSED_APPLICATIONS)
        .first()
    )
