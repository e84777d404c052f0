"""Wrong cards of the demo city, each left at another step, so that every queue has one (13-15).

Keys and cards are the same however often the story is told: steps that are done are skipped.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cardbook.cards.models import Card, Correction
from cardbook.cards.states import Hold, Stage
from cardbook.chapters.corrections.wrong_cards import commands
from cardbook.chapters.corrections.wrong_cards.commands import Compared, Telling
from cardbook.chapters.corrections.wrong_cards.fees import told_lines
from cardbook.chapters.stranded import arrivals
from cardbook.chapters.stranded.bring_home import commands as homeward
from cardbook.custody.models import Position, Purpose, Shipment
from cardbook.custody.places import Place
from cardbook.demo.story import Story
from cardbook.lib.citizen_number import check_digit
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import (
    ErrorExplained,
    ErrorRechecked,
    ErrorRecorded,
    Fault,
    FoundAt,
    ProvinceAnswered,
    WrongField,
)
from cardbook.orgs.actors import Actor
from cardbook.people.holders import Holder, holder_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One wrong card: what, found where on which day, by whose doing, how far it is."""

    fields: tuple[WrongField, ...]
    found: FoundAt
    fault: Fault
    day: int
    steps: int
    told: bool = True
    dropped: bool = False


# How far: 0 recorded, 1 checked again, 2 entered, 3 confirmed, 4 made anew.
_NAME, _NUMBER, _BIRTH = WrongField.NAME, WrongField.NUMBER, WrongField.BIRTH
_ETHNICITY = WrongField.ETHNICITY
PLANS = (
    Plan(fields=(_NAME,), found=FoundAt.COUNTING, fault=Fault.MAKER, day=1, steps=0, told=False),
    Plan(fields=(_NAME,), found=FoundAt.ISSUING, fault=Fault.CAPTURE, day=1, steps=2),
    Plan(fields=(_NUMBER, _BIRTH), found=FoundAt.ISSUING, fault=Fault.CAPTURE, day=2, steps=4),
    Plan(fields=(_ETHNICITY,), found=FoundAt.ISSUING, fault=Fault.POLICE, day=3, steps=4),
    Plan(fields=(_NAME,), found=FoundAt.USE, fault=Fault.HOLDER, day=4, steps=3),
    Plan(fields=(WrongField.PHOTO,), found=FoundAt.ISSUING, fault=Fault.CAPTURE, day=6, steps=1),
    Plan(fields=(_NAME,), found=FoundAt.ISSUING, fault=Fault.MAKER, day=7, steps=0, dropped=True),
    Plan(fields=(_BIRTH,), found=FoundAt.ISSUING, fault=Fault.CAPTURE, day=10, steps=1),
    Plan(fields=(_NAME,), found=FoundAt.ISSUING, fault=Fault.CAPTURE, day=11, steps=0),
)  # fmt: skip


# Nobody looks at the face of a card that is not there.
_NOT_AT_HAND = (Place.TRANSIT, Place.POST, Place.VISIT, Place.MISSING)

# What holders say the police will need: short enough for one to be late already.
_POLICE_DAYS = 5


def live_wrong_cards(story: Story, *, county: str) -> None:
    """This function will let wrong cards be found in a county and go on as far as planned.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses what the story needs.
    """
    found = [
        card
        for card in Card.objects.filter(county__code=county)
        .exclude(position__account__kind__in=_NOT_AT_HAND)
        .select_related("person")
        .order_by("pk")
        if card.pk * 7919 % 100 in (95, 96, 97)
    ]
    told = 0
    for plan, card in zip(PLANS, found, strict=False):
        told += _live(story, plan, card, county=county)
    _bring_home(story, county=county)
    story.say(f"错卡：{county} 发现 {told} 张")


def _bring_home(story: Story, *, county: str) -> None:
    """The window gives what it took back to the card body, which counts the first parcel in."""
    clerk, keeper = story.actor(county, "chuangkou1"), story.actor(county, "kaguan")
    lying = Position.objects.filter(
        account__organization=clerk.org_id, account__kind__in=(Place.ERROR, Place.DEFECT)
    )
    if (
        clerk.org_id == keeper.org_id
        or Shipment.objects.filter(purpose=Purpose.HOME, sender=clerk.org_id).exists()
    ):
        return
    ids = list(lying.order_by("since", "card_id").values_list("card_id", flat=True))
    for place, part in enumerate((ids[:3], ids[3:4]), start=1):
        if not part:
            return
        at = story.at(8 + place, 16)
        done = homeward.send_home(
            card_ids=part, receiver_id=keeper.org_id, words="每周上交", by=clerk, at=at,
            key=f"demo-home-{county}-{place}",
        )  # fmt: skip
        if place == 1:
            _counted_in(Shipment.objects.get(batch=done.batch), by=keeper, at=story.at(10, 9))


def _counted_in(shipment: Shipment, *, by: Actor, at: datetime) -> None:
    for number in shipment.lines.order_by("row").values_list("card__number", flat=True):
        arrivals.scan_arrival(shipment=shipment, text=number, by=by)
    homeward.receive_home(
        shipment_id=shipment.pk, by=by, at=at, key=f"demo-home-receive-{shipment.pk}"
    )


def _live(story: Story, plan: Plan, card: Card, *, county: str) -> bool:
    begun = Correction.objects.filter(card=card).exists()
    usable = card.stage in (Stage.IN_CUSTODY, Stage.ISSUED) and card.hold == Hold.NONE
    if not begun and not usable:
        return False
    clerk, second = story.actor(county, "chuangkou1"), story.actor(county, "fuhe")
    compared = _compared(plan, holder_of(card.person))
    when = story.at(plan.day, 15)
    lines = told_lines(plan.fields, plan.fault, on=local_day(when))
    on = local_day(when)
    words = ErrorExplained(
        told="holder", way="face", words="".join(lines),
        expected_on=on + timedelta(days=_POLICE_DAYS) if plan.fault.needs_police else None,
    )  # fmt: skip
    reported = "staff" if plan.found is FoundAt.COUNTING else "holder"
    done = commands.record_error(
        card_id=card.pk,
        facts=ErrorRecorded(found=plan.found, fields=plan.fields, reported=reported),
        compared=compared, telling=Telling(facts=words) if plan.told else None,
        by=clerk, at=when, key=f"demo-wrong-{card.pk}",
    )  # fmt: skip
    correction = done.subject_ids[1]
    if plan.dropped:
        commands.drop_error(
            correction_id=correction, words="看错一个字，重新对照后卡面与身份证一致", by=clerk,
            second=second, at=when + timedelta(minutes=9), key=f"demo-wrong-drop-{card.pk}",
        )  # fmt: skip
        return True
    keeper = story.actor(county, "kaguan")
    _go_on(story, plan, correction, compared, second=second, keeper=keeper, clerk=clerk)
    return True


def _go_on(
    story: Story, plan: Plan, correction: int, compared: Compared, *,
    second: Actor, keeper: Actor, clerk: Actor,
) -> None:  # fmt: skip
    when = story.at(plan.day + 1, 10)
    answer = ProvinceAnswered(
        reference=f"CK{local_day(when):%Y%m%d}{correction:04d}", answered_on=local_day(when)
    )
    if plan.steps > 0:
        commands.recheck_error(
            correction_id=correction, facts=ErrorRechecked(complete=True, fields=plan.fields),
            compared=compared, by=second, at=when, key=f"demo-wrong-again-{correction}",
        )  # fmt: skip
    if plan.steps > 1:
        commands.enter_province(
            correction_id=correction, facts=answer, by=keeper, at=when + timedelta(hours=1),
            key=f"demo-wrong-enter-{correction}",
        )  # fmt: skip
    if plan.steps > 2:
        commands.confirm_province(
            correction_id=correction, facts=answer, by=keeper, at=when + timedelta(hours=3),
            key=f"demo-wrong-confirm-{correction}",
        )  # fmt: skip
    if plan.steps > 3:
        later = story.at(plan.day + 4, 9)
        commands.resume_error(
            correction_id=correction,
            corrected_on=local_day(later) if plan.fault.needs_police else None,
            words="持更正后的身份证办理", by=clerk, at=later,
            key=f"demo-wrong-resume-{correction}",
        )  # fmt: skip


def _compared(plan: Plan, holder: Holder) -> Compared:
    wrong, right = _values(holder)
    return Compared(
        face={field: wrong[field] for field in plan.fields},
        right={field: right[field] for field in plan.fields if right[field]},
        fault=plan.fault,
        proof="household" if plan.fault is Fault.POLICE else "id_card",
    )


def _values(holder: Holder) -> tuple[dict[WrongField, str], dict[WrongField, str]]:
    """What the faces of this story say, and what the documents say."""
    other_day = holder.born_on.replace(day=holder.born_on.day % 28 + 1)
    first = f"{holder.number[:6]}{other_day:%Y%m%d}{holder.number[14:17]}"
    face = {
        WrongField.NAME: holder.name,
        WrongField.NUMBER: holder.number,
        WrongField.BIRTH: f"{holder.born_on}",
        WrongField.ETHNICITY: "汉",
        WrongField.PHOTO: "照片是别人的",
    }
    right = {
        WrongField.NAME: f"{holder.name[:-1]}{'明' if holder.name[-1] != '明' else '鸣'}",
        WrongField.NUMBER: first + check_digit(first),
        WrongField.BIRTH: f"{other_day}",
        WrongField.ETHNICITY: "回",
        WrongField.PHOTO: "",
    }
    return face, right
