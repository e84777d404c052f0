"""The two windows of a city at which a card is replaced, and what a careful clerk hands over."""

from dataclasses import dataclass, replace
from datetime import datetime

from cardbook.cards.models import Application, Card
from cardbook.chapters.usage.applying import Photo, Signed, Tested, Wanted
from cardbook.chapters.usage.captured import Captured, captured_of
from cardbook.chapters.usage.replacement.commands import Taken, take_replacement
from cardbook.chapters.usage.replacement.receipts import Payment
from cardbook.chapters.usage.values import PhotoSource
from cardbook.law import papers
from cardbook.law.roles import Role
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import (
    ApplyReason,
    Defect,
    LossMadeFormal,
    PayWay,
    Plastic,
    Reading,
    RequestChannel,
    Signer,
    Signing,
    Verdict,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.people.models import Person
from cardbook.testing import factories as make
from cardbook.testing.factories import City

CASH = Payment(way=PayWay.CASH)
TESTED = Tested(defect=Defect.UNREADABLE, reading=Reading.SILENT, verdict=Verdict.MADE)


@dataclass(frozen=True, slots=True)
class Windows:
    """A city, its bank's window, another bank and its window."""

    city: City
    teller: Actor
    other_bank: Organization
    other_teller: Actor

    @property
    def clerk(self) -> Actor:
        """Whoever works at the county's window."""
        return self.city.here.clerk


def windows(city: City | None = None) -> Windows:
    """This function will open the windows of a city."""
    city = city or make.city()
    other = make.organization("另一银行", make.Kind.BANK, parent=city.city)
    return Windows(
        city=city,
        teller=make.worker("柜员", Role.BANK_TELLER, city.bank),
        other_bank=other,
        other_teller=make.worker("他行柜员", Role.BANK_TELLER, other),
    )


def lost_or_worn(there: Windows, *, holder: Person | None = None) -> Card:
    """This function will hand a card to its holder, so that it can be lost or wear out."""
    return make.issued_card(there.city, there.city.here, holder=holder)


def wanted(card: Card, reason: ApplyReason, **changes: object) -> Wanted:
    """This function will say what is asked for in place of a card, all as the book knows it."""
    captured = captured_of(card.person, phone="13900000000", address="城关镇一号")
    bank_id = card.bank_org_id or 0
    if reason is ApplyReason.BANK_CHANGED:
        bank_id = Organization.objects.filter(kind=Kind.BANK).exclude(pk=bank_id)[0].pk
    usual = Wanted(
        reason=reason,
        bank_id=bank_id,
        captured=captured,
        photo=Photo(source=PhotoSource.POLICE),
        old_plastic=Plastic.NONE if reason is ApplyReason.LOST else Plastic.BROKEN,
        tested=TESTED if reason is ApplyReason.DEFECT else None,
        words="出生日期已更正" if reason is ApplyReason.DATA_CHANGED else "",
    )
    return replace(usual, **changes)  # type: ignore[arg-type] # columns of the value


def named(card: Card, name: str) -> Captured:
    """This function will capture the holder of a card under another name."""
    return replace(captured_of(card.person), name=name)


def signed(signer: Signer = Signer.HOLDER, **changes: object) -> Signed:
    """This function will sign on paper, the document seen."""
    seen = papers.ID_CARD_ORIGINAL if signer is Signer.HOLDER else papers.GUARDIAN_ID
    usual = Signed(
        signer=signer,
        signing=Signing.PAPER,
        papers=(Presented(kind=seen.code), Presented(kind=papers.SIGNATURE_PAPER.code)),
    )
    return replace(usual, **changes)  # type: ignore[arg-type] # columns of the value


def taken(
    there: Windows,
    card: Card,
    reason: ApplyReason = ApplyReason.DAMAGED,
    *,
    by: Actor | None = None,
    payment: Payment | None = CASH,
    at: datetime = make.NOON,
    key: str = "",
    on_loss: bool = False,
    **changes: object,
) -> Taken:
    """This function will take a replacement down; a lost card goes on formal loss with it.

    With `on_loss` it is on formal loss already.
    """
    return take_replacement(
        card_id=card.pk,
        wanted=wanted(card, reason, **changes),
        signed=signed(),
        report_loss=reason is ApplyReason.LOST and not on_loss,
        payment=payment,
        by=by or there.clerk,
        at=at,
        key=key or make.key(),
    )


def lose_formally(there: Windows, card: Card) -> None:
    """This function will put a card on formal loss at the office's window."""
    loss = Step(
        act=act("loss.formal"),
        facts=LossMadeFormal(channel=RequestChannel.WINDOW, asked_by=Signer.HOLDER),
        subject_ids=[card.pk],
        papers=(Presented(kind=papers.ID_CARD_ORIGINAL.code),),
    )
    perform(loss, by=there.clerk, at=make.NOON, key=make.key())


def the_application(one: Taken) -> Application:
    """This function will read the application that was taken."""
    return Application.objects.select_related("detail", "old_card").get(pk=one.application_id)
