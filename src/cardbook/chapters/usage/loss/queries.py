"""Finds the caller by one exact look-up over the whole city, and his cards (Art. 28).

Never a list of names: a number or a telephone number finds one person or nobody. Nothing here
writes; `list_queries.py` beside it lists losses.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.models import Card
from cardbook.cards.states import Bank, Hold, Social, Stage, Subject
from cardbook.chapters.card_heads import act_address, card_in_county
from cardbook.chapters.telling import bank_phones, loss_end, loss_values
from cardbook.chapters.usage.loss.outside import OutsideRow, calls_about, seal_number
from cardbook.chapters.usage.loss.questions import Question, Said, questions_of
from cardbook.chapters.usage.models import RefusedLift
from cardbook.chapters.usage.province_asking import silence_of
from cardbook.law.notices import LOSS, notice
from cardbook.law.roles import SEES_PEOPLE, Role
from cardbook.lib import citizen_number
from cardbook.lib.clock import local_day, to_the_minute
from cardbook.lib.identifiers import parse_phone
from cardbook.lib.masking import mask_name, mask_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import OpenAct, open_act
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import bank_of
from cardbook.outbox.models import Message
from cardbook.outbox.states import OPEN
from cardbook.people.holders import find_by_number, find_by_phone, holder_of
from cardbook.people.models import Person
from cardbook.ports.messages import MessageKind

ON_LOSS = (Hold.ORAL_LOSS, Hold.FORMAL_LOSS)
BANK_SETTLED = (Bank.LOSS_REPORTED, Bank.CLOSED, Bank.INACTIVE)
# What can be done for a lost card, in the order of a loss's life.
ACTS_OF_LOSS = (
    "loss.report", "loss.renew", "loss.formal", "loss.lift", "loss.lift_formal",
)  # fmt: skip
_PHONE_DIGITS = 11
_MOST_REFUSED = 5
_STOPS = (MessageKind.PROVINCE_ORAL_LOSS, MessageKind.PROVINCE_FORMAL_LOSS)
_GONE = (Stage.CANCELLED, Stage.DESTROYED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnPage:
    """An act that is open on the card and done on a page of its own."""

    code: str
    title: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LossCard:
    """One card of the caller: its state on both sides, what is open on it. `own` is our county's.

    `bank_phone` is the hotline to be told; the province hears of it by the line of `county_id`;
    `hold_until` is set while an oral loss holds, `lapsed_at` once it is over.
    """

    id: int
    number: str
    person_id: int
    name: str
    masked_number: str
    dead: bool
    bank: str
    bank_phone: str
    bank_state: str
    bank_as_of: datetime | None
    bank_open: bool
    stage: str
    social: str
    hold: str
    on_loss: bool
    hold_until: datetime | None
    lapsed_at: datetime | None
    own: bool
    county_id: int
    acts: tuple[OpenAct, ...]
    others: tuple[ActOnPage, ...]

    @property
    def may_report(self) -> bool:
        """Whether the social function can be stopped now."""
        return not self.why_not("loss.report")

    def why_not(self, code: str) -> tuple[Refusal, ...]:
        """This function will say what stands against an act on the card as it is."""
        return next(one.reasons for one in self.acts if one.code == code)


@dataclass(frozen=True, slots=True, kw_only=True)
class LossDesk:
    """What the screen shows: the caller, the card at hand, the questions. Else a problem.

    `outside` is a sound number the book has no card of, sealed for the form that keeps the call;
    `calls` are those that came about it before.
    """

    problem: str = ""
    typed: str = ""
    said: Said = Said.NOTHING
    name: str = ""
    masked_number: str = ""
    dead: bool = False
    person_id: int = 0
    card: LossCard | None = None
    other_cards: tuple[LossCard, ...] = ()
    outside: str = ""
    calls: tuple[OutsideRow, ...] = ()


def look_up(*, text: str, by: Actor, at: datetime, today: date) -> LossDesk:
    """This function will find the one person a number or a telephone number belongs to.

    A wrong number gives a desk with a problem in words and nobody on it.
    """
    text = text.strip().removeprefix("~")
    if len("".join(char for char in text if char.isdecimal())) == _PHONE_DIGITS:
        return _by_phone(text, by=by, at=at)
    try:
        number = citizen_number.parse(text, today=today).number
    except InputError as problem:
        return LossDesk(problem=problem.sentence, typed=text[:40])
    person = find_by_number(number)
    found = desk_of(person, said=Said.NUMBER, by=by, at=at) if person else None
    if found is not None:
        return found
    masked = mask_number(number)
    known = (
        f"号码 {masked} 在本市的社保卡都已注销或销毁，没有卡可挂失；要用卡的，请重新申领。"
        if person is not None and _cards_are_gone(person, by=by)
        else f"本市台账没有号码 {masked} 的社保卡。请对照证件核对号码；"
    )
    problem_text = (
        known
        + "确是外地发的卡，本市只能查询和代报临时挂失，其他业务请到发卡地办理（第二十八条）。"
    )
    return LossDesk(problem=problem_text, outside=seal_number(number), calls=calls_about(number))


def _by_phone(text: str, *, by: Actor, at: datetime) -> LossDesk:
    try:
        phone = parse_phone(text).value
    except InputError as problem:
        return LossDesk(problem=problem.sentence, typed=text[:40])
    people = find_by_phone(phone)
    if len(people) != 1:
        ask = "请问来电人的身份证号码，按号码查。"
        why = (
            f"这个电话登记了 {len(people)} 位持卡人，" if people else "没有登记这个电话的持卡人，"
        )
        return LossDesk(problem=why + ask)
    found = desk_of(people[0], said=Said.PHONE, by=by, at=at)
    return found or LossDesk(problem="登记这个电话的人没有社保卡。请问身份证号码，按号码查。")


def desk_of(
    person: Person, *, said: Said, by: Actor, at: datetime, prefer: int = 0
) -> LossDesk | None:
    """This function will show a person's cards within the actor's reach, or return None.

    The card asked for comes first, else one that can be stopped, one in the holder's hands before
    one that waits for him.
    """
    cards = loss_cards(_cards_of(person, by=by), by=by, at=at)
    if not cards:
        return None
    chosen = min(
        cards, key=lambda one: (one.id != prefer, not one.may_report, not one.on_loss, -one.id)
    )
    return LossDesk(
        said=said,
        name=chosen.name,
        masked_number=_shown_number(person, said),
        dead=chosen.dead,
        person_id=person.pk,
        card=chosen,
        other_cards=tuple(one for one in cards if one is not chosen),
    )


def _cards_of(person: Person, *, by: Actor) -> list[Card]:
    """All cards of a person, newest first; a bank sees its own alone (Art. 22)."""
    found = (
        Card.objects.filter(person=person)
        .exclude(stage__in=_GONE)
        .select_related("person", "county", "bank_org", "town")
        .order_by("stage", "-id")
    )
    if by.role is Role.BANK_TELLER:
        found = found.filter(bank_org__path__startswith=bank_of(by.org_path))
    return list(found)


def _cards_are_gone(person: Person, *, by: Actor) -> bool:
    """Whether he had cards here and none is left; a bank is told nothing of others' cards."""
    return by.role is not Role.BANK_TELLER and Card.objects.filter(person=person).exists()


def _shown_number(person: Person, said: Said) -> str:
    """Whoever gave his telephone number has yet to say how his document number ends."""
    number = holder_of(person).number
    return mask_number(number) if said is not Said.PHONE else f"{number[:6]}{'*' * 12}"


def loss_cards(cards: Sequence[Card], *, by: Actor, at: datetime) -> list[LossCard]:
    """This function will show cards with what is open on each, in three queries."""
    cases = load_cases(subject=Subject.CARD, ids=[card.pk for card in cards], lock=False)
    phones = bank_phones({bank_of(card.bank_org.path) for card in cards if card.bank_org})
    return [_loss_card(card, cases[card.pk], phones=phones, by=by, at=at) for card in cards]


def _loss_card(
    card: Card, case: Case, *, phones: Mapping[str, str], by: Actor, at: datetime
) -> LossCard:
    holder = holder_of(card.person)
    hold = case.regions_at(at)["hold"]
    opened = [open_act(act=act(code), case=case, by=by, at=at) for code in ACTS_OF_LOSS]
    pages = (
        ActOnPage(
            code=one.code, title=one.title, address=act_address(code=one.code, card_id=card.pk)
        )
        for one in opened[1:]
        if one.allowed
    )
    return LossCard(
        id=card.pk,
        number=card.number,
        person_id=card.person_id,
        name=mask_name(holder.name),
        masked_number=holder.masked_number,
        dead=holder.died_on is not None,
        bank=card.bank_org.name if card.bank_org else "",
        bank_phone=phones.get(bank_of(card.bank_org.path), "") if card.bank_org else "",
        bank_state=Bank.of(card.bank).label,
        bank_as_of=card.bank_as_of,
        bank_open=card.bank not in BANK_SETTLED,
        stage=Stage.of(card.stage).label,
        social=Social.of(card.social).label,
        hold=Hold.of(hold).label,
        on_loss=hold in ON_LOSS,
        hold_until=card.hold_until if hold == Hold.ORAL_LOSS else None,
        lapsed_at=card.hold_until if hold == Hold.NONE else None,
        own=by.role in SEES_PEOPLE and card.county.path.startswith(by.county_path),
        county_id=card.county_id,
        acts=tuple(opened),
        others=tuple(pages),
    )


# ----------------------------------------------------------------------------- one card by its id


def open_card(*, card_id: int, by: Actor, at: datetime, found: Container[str]) -> LossCard | None:
    """This function will show a card the actor may see, or return None.

    Whoever looked its holder up may: `found` holds ids of people as texts. A window sees its
    county's cards besides, whoever calls back sees cards on loss, a bank its own cards on loss.
    """
    card = _card(card_id)
    if card is None or not (str(card.person_id) in found or _may_open(card, by=by)):
        return None
    return loss_cards([card], by=by, at=at)[0]


def _may_open(card: Card, *, by: Actor) -> bool:
    if by.role is Role.BANK_TELLER:
        own = card.bank_org is not None and bank_of(card.bank_org.path) == bank_of(by.org_path)
        return own and card.hold in ON_LOSS
    if by.role is Role.HOTLINE_OPERATOR:
        return card.hold in ON_LOSS
    return card_in_county(card_id=card.pk, by=by) is not None


def _card(card_id: int) -> Card | None:
    return (
        Card.objects.filter(pk=card_id)
        .select_related("person", "county", "bank_org", "town")
        .first()
    )


def desk_of_card(*, card_id: int, said: Said, by: Actor, at: datetime) -> LossDesk | None:
    """This function will show the holder of a card with this card at hand, or return None."""
    card = _card(card_id)
    return desk_of(card.person, said=said, by=by, at=at, prefer=card_id) if card else None


def shown_card(*, card_id: int, by: Actor, at: datetime) -> LossCard | None:
    """This function will show a card that was just dealt with, or return None."""
    card = _card(card_id)
    return loss_cards([card], by=by, at=at)[0] if card else None


def questions_for(*, card_id: int, said: Said, seed: str) -> tuple[Question, ...]:
    """This function will list what can be asked of whoever says the card is his."""
    card = _card(card_id)
    if card is None:
        return ()
    return questions_of(card, holder=holder_of(card.person), said=said, seed=seed)


def phone_of(card_id: int) -> str:
    """This function will tell the holder's telephone number in full, for a call back."""
    return holder_of(Card.objects.select_related("person").get(pk=card_id).person).phone


def unheard(card: LossCard) -> str:
    """This function will say why the province has not heard of a stop yet, as far as is known."""
    waits = Message.objects.filter(card_id=card.id, kind__in=_STOPS, state__in=list(OPEN)).exists()
    return silence_of(card.county_id) if waits else ""


def notice_lines(card: LossCard, *, at: datetime) -> tuple[str, ...]:
    """This function will fill the notice of a loss for one card: until when, which number."""
    until = loss_end(card.hold_until or card.lapsed_at, at=at)
    values = loss_values(until=until, bank_phone=card.bank_phone, on=local_day(at))
    return notice(LOSS.code, on=local_day(at)).filled(values)


def refused_lifts(card_id: int) -> list[str]:
    """This function will say when somebody asked in vain to free a card for its holder, newest
    first.
    """
    found = RefusedLift.objects.filter(card=card_id).select_related("office")
    return [
        f"{to_the_minute(one.handled_at)} {one.office.name}"
        + (f"，通话 {one.call}" if one.call else "")
        for one in found.order_by("-handled_at", "-pk")[:_MOST_REFUSED]
    ]
