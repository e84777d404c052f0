"""Cards lost, worn and asked for the first time in one county of the demo (Art. 4, 25, 26).

At the office's window and at the bank's, each left at another step. Told once: a second run finds
the first application and skips.
"""

from dataclasses import dataclass
from datetime import timedelta

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Social, Stage
from cardbook.chapters.old_boxes import OldBox
from cardbook.chapters.usage.applying import Photo, Signed, Tested, Wanted, fits_the_file
from cardbook.chapters.usage.captured import Captured, captured_of
from cardbook.chapters.usage.production.commands import (
    Answer,
    AnswerKind,
    answer_applications,
    capture_application,
    confirm_application,
    correct_application,
    submit_applications,
    withdraw_application,
)
from cardbook.chapters.usage.replacement import fee_commands as fees
from cardbook.chapters.usage.replacement.commands import hand_in_old_card, take_replacement
from cardbook.chapters.usage.replacement.receipts import Payment
from cardbook.chapters.usage.replacement.refused_charges import (
    Ending,
    charges,
    settle_charge,
)
from cardbook.chapters.usage.values import ChargeEnd, Delivery, PhotoSource
from cardbook.demo import organizations as tree
from cardbook.demo.people import SyntheticPerson
from cardbook.demo.story import Story
from cardbook.law import papers
from cardbook.law.divisions import COUNTIES
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.facts import (
    ApplyReason,
    Defect,
    PayWay,
    Plastic,
    Reading,
    Signer,
    Signing,
    Verdict,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization

COUNTY = "611002"
_NEWCOMERS, _LOOKED_AT = 2, 12
_SIGNED = Signed(
    signer=Signer.HOLDER,
    signing=Signing.PAPER,
    papers=(
        Presented(kind=papers.ID_CARD_ORIGINAL.code),
        Presented(kind=papers.SIGNATURE_PAPER.code),
    ),
)

_TESTED = Tested(defect=Defect.UNREADABLE, reading=Reading.SILENT, verdict=Verdict.MADE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One card replaced: why, where and when, whether paid, and what the bank said of it."""

    reason: ApplyReason
    day: int
    at_bank: bool = False
    pay: PayWay | None = None
    answers: tuple[tuple[AnswerKind, int, str], ...] = ()


_ACCEPT, _PRODUCE, _MADE, _BACK = (
    AnswerKind.ACCEPT, AnswerKind.PRODUCE, AnswerKind.MADE, AnswerKind.REFUSE,
)  # fmt: skip
PLANS = (
    Plan(reason=ApplyReason.LOST, day=1, at_bank=True, pay=PayWay.SCAN,
         answers=((_ACCEPT, 2, ""), (_PRODUCE, 3, ""), (_MADE, 8, ""))),
    Plan(reason=ApplyReason.DAMAGED, day=2, pay=PayWay.CASH,
         answers=((_ACCEPT, 3, ""), (_PRODUCE, 4, ""), (_MADE, 8, ""))),
    Plan(reason=ApplyReason.LOST, day=3, at_bank=True, pay=PayWay.ACCOUNT),
    Plan(reason=ApplyReason.DATA_CHANGED, day=4, answers=((_BACK, 6, "照片不清，请重新采集"),)),
    Plan(reason=ApplyReason.DEFECT, day=5, answers=((_ACCEPT, 6, ""),)),
    Plan(reason=ApplyReason.LOST, day=9),
    Plan(reason=ApplyReason.DAMAGED, day=10),
    Plan(reason=ApplyReason.DAMAGED, day=11, at_bank=True, pay=PayWay.CARD),
    Plan(reason=ApplyReason.DEFECT, day=3, answers=((_BACK, 4, "地址过长，请改短"),)),
    Plan(reason=ApplyReason.DAMAGED, day=5, pay=PayWay.CASH,
         answers=((_BACK, 6, "照片背景不符"),)),
)  # fmt: skip


def live_replacements(story: Story) -> None:
    """This function will let cards be replaced and first cards be asked for, each its own way.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses what the story needs.
    """
    clerk, teller = story.actor(COUNTY, "chuangkou1"), story.actor(COUNTY, "yinhang")
    if Event.objects.filter(act="replacement.capture", org_id=clerk.org_id).exists():
        return
    bank = Organization.objects.get(code=tree.bank_code(0))
    cards = Card.objects.filter(
        county__code=COUNTY, bank_org=bank, stage=Stage.ISSUED, hold=Hold.NONE,
        social__in=(Social.SEALED, Social.ACTIVE), person__applications=None,
        person__died_on=None,
    ).select_related("person")  # fmt: skip
    on = story.today
    fit: list[Card] = []
    rare: list[Card] = []
    for card in cards.order_by("pk"):
        (fit if fits_the_file(captured_of(card.person), on=on) else rare).append(card)
    taken: list[int] = []
    for plan, card in zip(PLANS, fit, strict=False):
        taken.append(_replace(story, plan, card, by=teller if plan.at_bank else clerk))
        _answer(story, plan, taken[-1], by=teller)
    # A name the bank's file cannot write: taken and paid for, it waits for another spelling.
    taken += [_replace(story, PLANS[1], card, by=clerk) for card in rare[:1]]
    if len(taken) >= len(PLANS):
        _let_off(story, taken[6], clerk=clerk)
        _refuse(story, taken[4], clerk=clerk)
        _bring_back(story, fit[4], clerk=clerk)
        _leave_sheet(story, [taken[2], taken[7]])
        _mend(story, taken[8], fit[8], clerk=clerk)
        _give_back(story, taken[9], clerk=clerk)
    _first_cards(story, bank_id=bank.pk, clerk=clerk)
    story.say(f"补换卡：{COUNTY} 受理 {len(taken)} 件，首次申领 {_NEWCOMERS} 件")


def _wanted(plan: Plan, card: Card) -> Wanted:
    return Wanted(
        reason=plan.reason,
        bank_id=card.bank_org_id or 0,
        captured=captured_of(card.person),
        photo=Photo(source=PhotoSource.POLICE),
        delivery=Delivery.BANK if plan.at_bank else Delivery.WINDOW,
        old_plastic=Plastic.NONE if plan.reason is ApplyReason.LOST else Plastic.BROKEN,
        tested=_TESTED if plan.reason is ApplyReason.DEFECT else None,
        words="出生日期已在公安更正" if plan.reason is ApplyReason.DATA_CHANGED else "",
    )


def _replace(story: Story, plan: Plan, card: Card, *, by: Actor) -> int:
    lost = plan.reason is ApplyReason.LOST
    done = take_replacement(
        card_id=card.pk, wanted=_wanted(plan, card), signed=_SIGNED, report_loss=lost,
        payment=Payment(way=plan.pay) if plan.pay else None, by=by, at=story.at(plan.day, 10),
        key=f"demo-replace-{card.pk}",
    )  # fmt: skip
    return done.application_id


def _answer(story: Story, plan: Plan, application_id: int, *, by: Actor) -> None:
    for kind, day, words in plan.answers:
        at = story.at(day, 16)
        answer_applications(
            [Answer(application_id=application_id, kind=kind, words=words)],
            source="银行柜员登记", answered_on=local_day(at), by=by, at=at,
            key=f"demo-answer-{application_id}-{kind}",
        )  # fmt: skip


def _let_off(story: Story, application_id: int, *, clerk: Actor) -> None:
    """A fee let off by a second person, and the order that waited for it."""
    at = story.at(11, 9)
    fees.waive_fee(
        application_id=application_id, words="低保户，凭低保证", by=clerk,
        second=story.actor(COUNTY, "fuhe"), at=at, key=f"demo-waive-{application_id}",
    )  # fmt: skip
    submit_applications(
        [application_id], by=clerk, at=at + timedelta(minutes=2),
        key=f"demo-submit-{application_id}",
    )  # fmt: skip


def _mend(story: Story, application_id: int, card: Card, *, clerk: Actor) -> None:
    """What the bank sent back is mended, signed for again and sent once more."""
    at = story.at(7, 9)
    correct_application(
        application_id=application_id, wanted=_wanted(PLANS[8], card), fields=["address"],
        by=clerk, at=at, key=f"demo-correct-{application_id}",
    )  # fmt: skip
    confirm_application(
        application_id=application_id, signed=_SIGNED, by=clerk, at=at + timedelta(minutes=4),
        key=f"demo-confirm-{application_id}",
    )  # fmt: skip
    submit_applications(
        [application_id], by=clerk, at=at + timedelta(minutes=5),
        key=f"demo-submit-again-{application_id}",
    )  # fmt: skip


def _give_back(story: Story, application_id: int, *, clerk: Actor) -> None:
    """The holder wants no new card any more: two people give the fee back, all is withdrawn."""
    at, words = story.at(8, 15), "持卡人改用旧卡，不补了"
    fees.refund_fee(
        application_id=application_id, receipt="", words=words, by=clerk,
        second=story.actor(COUNTY, "fuhe"), at=at, key=f"demo-refund-{application_id}",
    )  # fmt: skip
    withdraw_application(
        application_id=application_id, words=words, by=clerk, at=at + timedelta(minutes=2),
        key=f"demo-withdraw-{application_id}",
    )  # fmt: skip


def _refuse(story: Story, application_id: int, *, clerk: Actor) -> None:
    """Somebody wanted money for what is free; another clerk tried to enter it (Art. 9, 32)."""
    fees.refuse_charge(
        application_id=application_id, asked_fen=2000, words="网点要求先交 20 元，已说明不收费",
        by=clerk, at=story.at(6, 11), key=f"demo-refuse-{application_id}",
    )  # fmt: skip
    try:
        fees.take_fee(
            application_id=application_id, payment=Payment(way=PayWay.CASH), by=clerk,
            at=story.at(6, 16), key=f"demo-charge-{application_id}",
        )  # fmt: skip
    except Refused:
        story.say(f"工本费：申请 {application_id} 不收费，登记收费被拒绝，记录在案")
    found = charges(by=story.actor(COUNTY, "fuzeren"), today=story.today, state="open")
    for row in found.filter(application=application_id, attempted=True):
        settle_charge(
            charge_id=row.pk, ending=Ending(outcome=ChargeEnd.NOT_TAKEN, words="已核实，没有收钱"),
            by=story.actor(COUNTY, "fuzeren"), at=story.at(7, 9),
        )  # fmt: skip


def _bring_back(story: Story, card: Card, *, clerk: Actor) -> None:
    """The holder leaves the card that was made badly: it lies with the other defects (Art. 9)."""
    hand_in_old_card(
        card_id=card.pk, plastic=Plastic.BROKEN, laid=OldBox(box="ZL-01", slot=3), by=clerk,
        at=story.at(6, 15), key=f"demo-hand-in-{card.pk}",
    )  # fmt: skip


def _leave_sheet(story: Story, ids: list[int]) -> None:
    """The bank's answer to what lies there, for the visitor to take in."""
    rows = "".join(f"SQ{id_},受理,,HZ{id_:06d}\n" for id_ in ids)
    path = story.folder / "银行回盘_练习.csv"
    path.write_text(f"申请号,答复,原因,回执号\n{rows}", encoding="gbk")
    story.say(f"{path.name}：等您在“银行答复”导入")


def _first_cards(story: Story, *, bank_id: int, clerk: Actor) -> None:
    """Two who move here and have never had a card; one of them is on its way to the bank."""
    county = next(one for one in COUNTIES if one.code == COUNTY)
    people = story.population.people_of(county, count=_LOOKED_AT)
    newcomers = [one for one in people if fits_the_file(_captured(one), on=story.today)]
    for place, person in enumerate(newcomers[:_NEWCOMERS]):
        at = story.at(10 + place, 15)
        wanted = Wanted(
            reason=ApplyReason.FIRST,
            bank_id=bank_id,
            captured=_captured(person),
            photo=Photo(source=PhotoSource.POLICE),
            ground="resident_pension",
            ground_source="省社保系统参保查询",
        )
        done = capture_application(
            wanted=wanted, signed=_SIGNED, by=clerk, at=at, key=f"demo-first-{place}"
        )
        if place == 0:
            submit_applications(
                done.subject_ids, by=clerk, at=at + timedelta(minutes=3), key="demo-first-submit"
            )


def _captured(person: SyntheticPerson) -> Captured:
    return Captured(name=person.name, number=person.number, sex=person.sex, phone=person.phone)
