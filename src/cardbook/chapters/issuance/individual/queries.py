"""Finds the holder at the window and everything that stands in the way (Art. 8 para. 4).

One look-up is one screen: who, which card, which slot, what hinders; nothing here writes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from cardbook.cards.models import Application, Card
from cardbook.cards.states import REGIONS, Bank, Hold, Stage, Subject
from cardbook.chapters.card_heads import act_address, card_in_county, way_to_take_back
from cardbook.chapters.collecting import OldCardOut, old_card_out, settled_here
from cardbook.chapters.open_application import open_application
from cardbook.custody.places import Place
from cardbook.law.parameters import whole_number
from cardbook.ledger.models import Event
from cardbook.lib import citizen_number
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.masking import mask_number
from cardbook.lib.plain import InputError
from cardbook.lib.sm import Damaged
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import ACTS, act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.load import load_cases
from cardbook.lifecycle.openacts import OpenAct, open_act, open_acts
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization, User
from cardbook.papers.storage import PaperMissing, read_paper
from cardbook.people.holders import Holder, find_by_number, holder_of
from cardbook.people.models import Person

_SCANNED = "{scanned}"
# A card goes to its holder, or to who came for him; the row says which register names it.
HAND_OVERS = tuple(
    code
    for code, row in ACTS.items()
    if "pick_up_register" in row.registers
    and row.becomes.get("stage") == Stage.ISSUED
    and not row.batch_only
)
# Acts with a form on the desk itself while the card can be handed over.
_ON_SCREEN = frozenset({"card.issue", "defect.record", "error.record"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderOnDesk:
    """The person at the window, as far as the screen shows him."""

    id: int
    name: str
    masked_number: str
    sex: str
    age: int
    has_photo: bool
    is_16_or_17: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActElsewhere:
    """An act that is open on the card and done on a page of its own."""

    title: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOnDesk:
    """One card of the person at the window: what it is, where it lies, what is open on it."""

    id: int
    number: str
    bank: str
    bank_last4: str
    batch: str
    unit: str
    state: str
    slot: str
    place: str
    custodian: str
    issue: OpenAct
    others: tuple[ActElsewhere, ...]
    wrong_card: Refusal
    take_back: str = ""
    bank_early: bool = False
    old_card: OldCardOut | None = None

    @property
    def may_issue(self) -> bool:
        """Whether nothing stands in the way."""
        return self.issue.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationOnDesk:
    """An application of the person that is under way."""

    id: int
    progress: str
    county: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the window shows for one document number. Nobody on it when `holder` is None."""

    masked_number: str = ""
    problem: str = ""
    typed: str = ""
    changes: tuple[str, ...] = ()
    holder: HolderOnDesk | None = None
    card: CardOnDesk | None = None
    other_cards: tuple[CardOnDesk, ...] = ()
    elsewhere: tuple[Refusal, ...] = ()
    application: ApplicationOnDesk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """The newest hand-over of a card, for the person who wants to take it back."""

    event: int
    recorded_at: datetime
    office_id: int
    office: str
    actor: str


def look_up(*, text: str, by: Actor, at: datetime, today: date) -> Desk:
    """This function will find the person whose document number was scanned or typed.

    A wrong number gives a desk with a problem in words and nobody on it: the person before never
    stays on the screen (domain.md 6.5). What was typed stays in the field only while it is no
    number yet.
    """
    text = text.strip().removeprefix("~")
    try:
        parsed = citizen_number.parse(text, today=today)
    except InputError as problem:
        return Desk(problem=_problem_with(text, problem), typed=text[:40])
    masked = mask_number(parsed.number)
    person = find_by_number(parsed.number)
    if person is None:
        return Desk(masked_number=masked, problem=_nothing_here(masked), changes=parsed.changes)
    return _desk_of(
        person, masked=masked, changes=parsed.changes, prefer=None, by=by, at=at, today=today
    )


def show_card(*, card_id: int, by: Actor, at: datetime, today: date) -> Desk:
    """This function will show the holder of a card again, with this card to hand over."""
    card = Card.objects.filter(pk=card_id).select_related("person").first()
    if card is None:
        return Desk(problem="没有这张卡。请重新扫描身份证。")
    return _desk_of(card.person, masked="", changes=(), prefer=card_id, by=by, at=at, today=today)


def photo_of(*, person_id: int, by: Actor) -> bytes | None:
    """This function will return the photo of a person the office has a card of, or None.

    None as well when the store has lost or damaged it: the desk then says so in words.
    """
    person = Person.objects.filter(
        pk=person_id,
        cards__position__account__organization__path__startswith=by.county_path,
    ).first()
    if person is None or not person.photo_digest:
        return None
    try:
        return read_paper(person.photo_digest)
    except (PaperMissing, Damaged):
        return None


def last_hand_over(card_id: int) -> HandOver | None:
    """This function will find the newest hand-over of a card, or None."""
    event = (
        Event.objects.filter(subject_kind=Subject.CARD, subject_id=card_id, act__in=HAND_OVERS)
        .order_by("-seq")
        .first()
    )
    if event is None:
        return None
    return HandOver(
        event=event.pk,
        recorded_at=event.recorded_at,
        office_id=event.org_id,
        office=Organization.objects.get(pk=event.org_id).name,
        actor=User.objects.get(pk=event.actor_id).get_full_name(),
    )


def handed_over_here(*, card_id: int, by: Actor) -> Card | None:
    """This function will return a card of the actor's county, or one his own office gave away.

    What a bank's outlet handed over is its holder's and his county's; only the slip is its still.
    """
    card = card_in_county(card_id=card_id, by=by)
    if card is not None:
        return card
    last = last_hand_over(card_id)
    if last is None or last.office_id != by.org_id:
        return None
    return Card.objects.select_related("person", "batch", "bank_org").get(pk=card_id)


def _problem_with(text: str, problem: InputError) -> str:
    try:
        number = parse_card_number(text).value
    except InputError:
        return problem.sentence
    return f"“{number}”是社保卡卡号。请先扫描或输入持卡人的身份证号，再扫描卡。"


def _nothing_here(masked: str) -> str:
    return (
        f"没有证件号码 {masked} 的社保卡，也没有办理中的申请。"
        "请对照证件核对号码；确未申领过的，可办理首次申领（依据第四条、第二十五条）。"
    )


def _desk_of(
    person: Person,
    *,
    masked: str,
    changes: tuple[str, ...],
    prefer: int | None,
    by: Actor,
    at: datetime,
    today: date,
) -> Desk:
    here, elsewhere = _cards_of(person, by=by, at=at)
    application = open_application(person.pk)
    application_here = application is not None and application.county.path.startswith(
        by.county_path
    )
    if application is not None and not application_here:
        elsewhere = (*elsewhere, _in_other_hands(application.county.name, by=by))
    elsewhere = tuple({refusal.sentence: refusal for refusal in elsewhere}.values())
    holder = holder_of(person)
    masked = masked or holder.masked_number
    if not here and not application_here:
        problem = "" if elsewhere else _nothing_here(masked)
        return Desk(masked_number=masked, changes=changes, elsewhere=elsewhere, problem=problem)
    chosen = _choose(here, prefer)
    return Desk(
        masked_number=masked,
        changes=changes,
        holder=_on_screen(holder, today=today),
        card=chosen,
        other_cards=tuple(card for card in here if card is not chosen),
        elsewhere=elsewhere,
        application=_application(application) if application and application_here else None,
    )


def _choose(cards: Sequence[CardOnDesk], prefer: int | None) -> CardOnDesk | None:
    """The card asked for, else one that can be handed over, else the newest."""
    asked = [card for card in cards if card.id == prefer]
    ready = [card for card in cards if card.may_issue]
    return next(iter([*asked, *ready, *cards]), None)


def _cards_of(
    person: Person, *, by: Actor, at: datetime
) -> tuple[list[CardOnDesk], tuple[Refusal, ...]]:
    """The person's cards within reach, newest first; of the others only who has them."""
    cards = [*_faces(person)]
    cases = load_cases(subject=Subject.CARD, ids=[card["id"] for card in cards], lock=False)
    here: list[CardOnDesk] = []
    elsewhere: list[Refusal] = []
    for card in cards:
        case = cases[card["id"]]
        issue = settled_here(open_act(act=act("card.issue"), case=case, by=by, at=at))
        if any(reason.code == no.OUT_OF_REACH.code for reason in issue.reasons):
            elsewhere.append(_in_other_hands(card["county_name"] or card["keeper_name"], by=by))
        else:
            here.append(_on_desk(card, case, issue=issue, by=by, at=at))
    return here, tuple(elsewhere)


def _faces(person: Person) -> Iterable[Mapping[str, Any]]:
    """What the screen shows of the person's cards beside their cases, newest first, as rows."""
    return (
        Card.objects.filter(person=person)
        .order_by("-id")
        .values(
            "id", "bank", "bank_last4", "unit_name", "village",
            batch_code=F("batch__code"),
            bank_name=F("bank_org__name"),
            slot=F("position__slot"),
            place=F("position__account__kind"),
            cabinet=F("position__account__cabinet"),
            shelf=F("position__account__shelf"),
            box=F("position__account__box"),
            keeper_name=F("position__account__organization__name"),
            county_name=F("position__account__organization__county__name"),
        )
    )  # fmt: skip


def _in_other_hands(county: str, *, by: Actor) -> Refusal:
    """Another county's card: the county is named and nothing else (Art. 5)."""
    reach = act("card.issue").who[by.role]
    return Refusal(no.OUT_OF_REACH, {"custodian": county, "reach": reach.label})


def _on_desk(
    card: Mapping[str, Any], case: Case, *, issue: OpenAct, by: Actor, at: datetime
) -> CardOnDesk:
    parts = (card["cabinet"], card["shelf"], card["box"], str(card["slot"] or ""))
    in_box = card["place"] == Place.BOX
    return CardOnDesk(
        id=case.id,
        number=case.number,
        bank=card["bank_name"] or "",
        bank_last4=card["bank_last4"],
        batch=card["batch_code"],
        unit=card["unit_name"] or card["village"],
        state=_state(case, at),
        slot="-".join(part for part in parts if part) if in_box else "",
        place=Place(card["place"]).label,
        custodian=case.custodian_name,
        issue=issue,
        others=_others(case.id, issue=issue, opened=open_acts(case=case, by=by, at=at)),
        wrong_card=Refusal(
            no.WRONG_CARD_SCANNED,
            {"scanned": _SCANNED, "expected": case.number, "place": case.place_text},
        ),
        bank_early=case.regions["stage"] == Stage.IN_CUSTODY and card["bank"] == Bank.ACTIVE,
        take_back=way_to_take_back(issue.reasons, person_id=case.person_id or 0, by=by),
        old_card=old_card_out(case.id) if case.old_card_out else None,
    )


def _others(
    card_id: int, *, issue: OpenAct, opened: Sequence[OpenAct]
) -> tuple[ActElsewhere, ...]:
    """What else is open on the card and has a page; what the screen itself offers is left out."""
    here = _ON_SCREEN if issue.allowed else {issue.code}
    # Whoever stands at the desk has shown his document: the comparison begins with its number.
    return tuple(
        ActElsewhere(
            title=one.title,
            address=f"{address}?from=desk" if one.code == "error.record" else address,
        )
        for one in opened
        if one.allowed
        and one.code not in here
        and (address := act_address(code=one.code, card_id=card_id))
    )


def _state(case: Case, at: datetime) -> str:
    held = case.regions_at(at)["hold"] != Hold.NONE
    told = ("stage", "hold") if held else ("stage",)
    return "、".join(REGIONS[Subject.CARD][name].of(case.regions[name]).label for name in told)


def _on_screen(holder: Holder, *, today: date) -> HolderOnDesk:
    own_work, adult = (whole_number(key, on=today) for key in ("self_supporting_age", "minor_age"))
    return HolderOnDesk(
        id=holder.id,
        name=holder.name,
        masked_number=holder.masked_number,
        sex=citizen_number.Sex(holder.sex).label,
        age=holder.age(on=today),
        has_photo=bool(holder.photo_digest),
        is_16_or_17=own_work <= holder.age(on=today) < adult,
    )


def _application(application: Application) -> ApplicationOnDesk:
    return ApplicationOnDesk(
        id=application.pk,
        progress=application.get_progress_display(),
        county=application.county.name,
    )
