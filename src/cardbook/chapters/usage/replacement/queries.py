"""Finds whose card is to be replaced, and what each reason means for it (Art. 9, 26).

One look-up is one screen; nothing here writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Social, Stage, hold_at
from cardbook.chapters.open_application import open_application, said_of
from cardbook.chapters.usage.captured import Captured, captured_of, encoding_on, misfits
from cardbook.chapters.usage.reaching import (
    applications_within,
    cards_within,
    is_bank,
    photo_bytes,
)
from cardbook.chapters.usage.replacement.reasons import refusal_of_window, too_early
from cardbook.law.fees import Charge, charge_for
from cardbook.law.parameters import whole_number
from cardbook.law.replacing import RULES, ReasonRule, rule_of
from cardbook.lib import citizen_number
from cardbook.lib.clock import local_day
from cardbook.lib.masking import mask_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle import guards
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.facts import ApplyReason
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.people.holders import find_by_number, holder_of
from cardbook.people.models import Person

# In the order of the digits. A wrong face is taken back first (Art. 13) and asked for from there.
REASONS = tuple(ApplyReason(rule.reason) for rule in RULES.values() if rule.takers)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonRow:
    """One line of the table: what the reason decides, and why it cannot be chosen here, if so."""

    digit: int
    value: str
    label: str
    rule: ReasonRule
    charge: Charge
    refusal: Refusal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardShown:
    """The card that is to be replaced."""

    id: int
    number: str
    bank_id: int
    bank: str
    state: str
    on_formal_loss: bool
    expires_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderShown:
    """Whoever stands at the window, as far as the screen shows him."""

    id: int
    name: str
    masked_number: str
    sex: str
    age: int
    is_minor: bool
    is_16_or_17: bool
    has_photo: bool
    masked_phone: str
    has_address: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the screen shows for one document number; nobody on it when `card` is None.

    `open_words` say which application is under way; `open_id` is set where it is within reach.
    """

    problem: str = ""
    typed: str = ""
    open_id: int | None = None
    open_words: str = ""
    holder: HolderShown | None = None
    card: CardShown | None = None
    reasons: tuple[ReasonRow, ...] = ()
    unfit: tuple[Refusal, ...] = ()
    dead: Refusal | None = None

    @property
    def may_test(self) -> bool:
        """Whether a card with a quality problem is examined at this window (Art. 9)."""
        return any(row.value == ApplyReason.DEFECT and not row.refusal for row in self.reasons)

    @property
    def fee_words(self) -> str:
        """What each reason open here costs and by which document, as it is read out (Art. 26)."""
        said: dict[str, list[str]] = {}
        for row in self.reasons:
            charge = row.charge
            cost = "不收费" if charge.is_free else f" {charge.yuan} 元（依据{charge.document}）"
            if not row.refusal:
                said.setdefault(cost, []).append(row.label)
        return "；".join(f"{'、'.join(labels)}{cost}" for cost, labels in said.items())


def look_up(*, text: str, by: Actor, at: datetime) -> Desk:
    """This function will find the card of whoever's number was scanned or typed."""
    text = text.strip().removeprefix("~")
    try:
        number = citizen_number.parse(text, today=local_day(at)).number
    except InputError as problem:
        return Desk(problem=problem.sentence, typed=text[:40])
    person = find_by_number(number)
    cards = list(cards_within(by).filter(person=person).order_by("-id")) if person else []
    if not cards:
        return Desk(problem=_nothing_here(mask_number(number), by=by))
    return _desk_of(_chosen(cards), by=by, at=at)


def show_card(*, card_id: int, by: Actor, at: datetime) -> Desk | None:
    """This function will show one card again, or None when it is out of reach."""
    card = cards_within(by).filter(pk=card_id).first()
    return _desk_of(card, by=by, at=at) if card else None


def photo_of(*, card_id: int, by: Actor) -> bytes | None:
    """This function will read the photo of a card's holder, or None."""
    card = cards_within(by).filter(pk=card_id).first()
    return photo_bytes(card.person) if card else None


def reason_rows(card: Card, *, by: Actor, on: date) -> tuple[ReasonRow, ...]:
    """This function will make the table of reasons for a card at a window, as of a day."""
    return tuple(
        ReasonRow(
            digit=digit,
            value=str(reason),
            label=reason.label,
            rule=rule_of(reason),
            charge=charge_for(reason, on=on),
            refusal=_not_here(reason, card, by=by, on=on),
        )
        for digit, reason in enumerate(REASONS, start=1)
    )


def _not_here(reason: ApplyReason, card: Card, *, by: Actor, on: date) -> Refusal | None:
    """What can be said before anybody fills anything in."""
    early = too_early(card, on=on) if reason is ApplyReason.EXPIRED else None
    return refusal_of_window(rule_of(reason), by=by, on=on) or early


def _nothing_here(masked: str, *, by: Actor) -> str:
    if is_bank(by):
        return (
            f"本行没有 {masked} 的社保卡。他行的卡到该银行或社保卡综合服务窗口补换；"
            "更换服务银行的，到社保卡综合服务窗口办理。"
        )
    return (
        f"本县区没有 {masked} 的社保卡。请核对号码；卡在其他县区的到该县区办理，"
        "从未领过卡的按首次申领办理（第四条）。"
    )


def _chosen(cards: Sequence[Card]) -> Card:
    """The card in its holder's hands that still works, else the newest."""
    in_use = (c for c in cards if c.stage == Stage.ISSUED and c.social != Social.CANCELLED)
    return next(in_use, cards[0])


def _desk_of(card: Card, *, by: Actor, at: datetime) -> Desk:
    person, today = card.person, local_day(at)
    application = open_application(person.pk)
    mine = application and applications_within(by).filter(pk=application.pk).exists()
    encoding = encoding_on(today)
    return Desk(
        open_id=application.pk if application and mine else None,
        open_words=said_of(application) if application else "",
        holder=_holder(person, today=today),
        card=_card(card, at=at),
        reasons=reason_rows(card, by=by, on=today),
        unfit=tuple(misfits(captured_of(person), encoding=encoding)),
        dead=guards.dead_or_said_dead(person, dead=no.APPLICANT_DEAD),
    )


def _holder(person: Person, *, today: date) -> HolderShown:
    holder = holder_of(person)
    age = holder.age(on=today)
    adult, own_work = (whole_number(key, on=today) for key in ("minor_age", "self_supporting_age"))
    return HolderShown(
        id=holder.id,
        name=holder.name,
        masked_number=holder.masked_number,
        sex=citizen_number.Sex(holder.sex).label,
        age=age,
        is_minor=age < adult,
        is_16_or_17=own_work <= age < adult,
        has_photo=bool(holder.photo_digest),
        masked_phone=holder.masked_phone,
        has_address=bool(person.address_sealed),
    )


def _card(card: Card, *, at: datetime) -> CardShown:
    hold = hold_at(card.hold, until=card.hold_until, at=at)
    words = [
        card.get_stage_display(),
        card.get_social_display(),
        *([hold.label] if hold is not Hold.NONE else []),
    ]
    return CardShown(
        id=card.pk,
        number=card.number,
        bank_id=card.bank_org_id or 0,
        bank=card.bank_org.name if card.bank_org else "",
        state="、".join(words),
        on_formal_loss=hold is Hold.FORMAL_LOSS,
        expires_on=card.expires_on,
    )


def known_of(*, card_id: int, by: Actor) -> Captured:
    """This function will take over what the book knows of the holder of a card within reach.

    :raises Card.DoesNotExist: when there is no such card.
    """
    return captured_of(cards_within(by).get(pk=card_id).person)


def photo_digest(person_id: int) -> str:
    """This function will name the registered photo of a person, "" when there is none."""
    return Person.objects.filter(pk=person_id).values_list("photo_digest", flat=True).first() or ""
