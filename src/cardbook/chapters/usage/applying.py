"""An application as steps of one request: taken, signed, paid, submitted (Art. 4, 25, 26).

Both slices build on it: `production` takes first cards, `replacement` a card in place of another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cardbook.cards.models import Application, Card
from cardbook.cards.states import Social, Stage
from cardbook.chapters.usage.captured import (
    Captured,
    digest_of,
    encoding_on,
    misfits,
    seal_captured,
    sent_record,
)
from cardbook.chapters.usage.models import ApplicationDetail
from cardbook.chapters.usage.promises import promise_for
from cardbook.chapters.usage.values import Delivery, PhotoSource
from cardbook.law.fees import Charge
from cardbook.law.notices import REPLACEMENT
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lib.sm import sm3
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.births import GivenRows
from cardbook.lifecycle.facts import (
    ApplicationCaptured,
    ApplicationConfirmed,
    ApplicationSubmitted,
    ApplyReason,
    Defect,
    EntryPoint,
    OldCardVoided,
    Plastic,
    Reading,
    Relation,
    Signer,
    Signing,
    Verdict,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Step
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.people.models import Person

_COLUMNS = ("person_id", "county_id", "kind", "reason", "old_card_id", "bank_id", "fee_fen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """The photo for the card: its digest as kept, the picture itself when it is new.

    `compared` says that somebody held a new one against the frame of the rule.
    """

    source: PhotoSource
    digest: str = ""
    image: KeptImage | None = None
    compared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """What the window found out about a card with a quality problem (Art. 9)."""

    defect: Defect
    reading: Reading
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: why, from which bank, for whom as captured, how it is to arrive.

    `tested` is the examination of a card that is replaced for a quality problem.
    """

    reason: ApplyReason
    bank_id: int
    captured: Captured
    photo: Photo
    delivery: Delivery = Delivery.WINDOW
    ground: str = ""
    ground_source: str = ""
    old_plastic: Plastic = Plastic.NONE
    tested: Tested | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who confirmed what was captured, how, with which papers."""

    signer: Signer
    signing: Signing
    papers: tuple[Presented, ...]
    signature: KeptImage | None = None
    self_supporting: bool = False
    images: tuple[KeptImage, ...] = ()

    @property
    def kept(self) -> tuple[KeptImage, ...]:
        """The pictures to keep."""
        return (*self.images, *((self.signature,) if self.signature else ()))


def entry_of(by: Actor) -> EntryPoint:
    """This function will say at which of the two windows somebody works."""
    return EntryPoint.BANK if by.role is Role.BANK_TELLER else EntryPoint.OFFICE


def captured_step(
    code: str, wanted: Wanted, *, person_id: int, county_id: int, old_card_id: int | None,
    charge: Charge, by: Actor, on: date,
) -> Step:  # fmt: skip
    """This function will make the step that takes an application down."""
    kind = wanted.reason.kind
    row = (
        person_id, county_id, str(kind), str(wanted.reason), old_card_id, wanted.bank_id,
        charge.fee_fen,
    )  # fmt: skip
    tested = wanted.tested
    facts = ApplicationCaptured(
        kind=kind, reason=wanted.reason, entry=entry_of(by), bank=wanted.bank_id,
        promised_on=promise_for(kind, on=on).on, ground=wanted.ground,
        ground_source=wanted.ground_source, old_card=old_card_id, fee_fen=charge.fee_fen,
        fee_rule=charge.rule, photo=wanted.photo.digest, words=wanted.words,
        photo_compared=wanted.photo.compared,
        defect=tested.defect if tested else None, reading=tested.reading if tested else None,
        verdict=tested.verdict if tested else None,
    )  # fmt: skip
    births = GivenRows(_COLUMNS, (row,))
    return Step(act=act(code), facts=facts, births=births, told=(REPLACEMENT.code,))


def confirmed_step(
    captured: Captured, signed: Signed, *, photo: str, application_id: int | None = None
) -> Step:
    """This function will make the holder's confirmation; without an id, of the one just taken."""
    by_guardian = signed.signer is Signer.GUARDIAN and captured.guardian_relation
    facts = ApplicationConfirmed(
        signer=signed.signer,
        signing=signed.signing,
        digest=digest_of(captured, photo=photo),
        signature=signed.signature.digest if signed.signature else "",
        self_supporting=signed.self_supporting,
        relation=Relation(captured.guardian_relation) if by_guardian else None,
    )
    return Step(
        act=act("application.confirm"),
        facts=facts,
        subject_ids=[application_id] if application_id else (),
        papers=signed.papers,
        of_born=application_id is None,
    )


def submitted_step(
    captured: Captured,
    *,
    reason: ApplyReason,
    bank_id: int,
    on: date,
    by_post: bool = False,
    application_id: int | None = None,
) -> Step:
    """This function will make the submission: every text measured as the bank's file encodes it.

    :raises Refused: when a character cannot be written or a text is too long, with all of them.
    """
    encoding = encoding_on(on)
    unfit = list(misfits(captured, encoding=encoding, application_id=application_id))
    if unfit:
        raise Refused(unfit)
    size = len(sent_record(captured, encoding=encoding))
    return Step(
        act=act("application.submit"),
        facts=ApplicationSubmitted(
            bank=bank_id, encoded_bytes=size, reason=reason, by_post=by_post
        ),
        subject_ids=[application_id] if application_id else (),
        of_born=application_id is None,
    )


def sent_digest(captured: Captured, *, on: date) -> str:
    """This function will make the digest of the text that goes to the bank."""
    return sm3(sent_record(captured, encoding=encoding_on(on))).hex()


def fits_the_file(captured: Captured, *, on: date) -> bool:
    """This function will say whether the bank's file can carry what was captured."""
    return not any(misfits(captured, encoding=encoding_on(on)))


def voided_step(card_ids: Sequence[int], *, application_id: int | None = None) -> Step:
    """This function will make the death of lost cards: a lost one dies before its new one is made.

    Only a card on formal loss dies so: one that was found meanwhile stops the submission.
    """
    facts = OldCardVoided(application=application_id)
    return Step(act=act("old_card.void"), facts=facts, subject_ids=list(card_ids))


def detail_of(
    application_id: int, wanted: Wanted, *, by: Actor, at: datetime, signed: Signed | None = None
) -> ApplicationDetail:
    """This function will make the row that keeps what an application consists of."""
    on, kind = local_day(at), wanted.reason.kind
    detail = ApplicationDetail(
        application_id=application_id, entry=entry_of(by), office_id=by.org_id, captured_on=on,
        promised_on=promise_for(kind, on=on).on, ground=wanted.ground,
        ground_source=wanted.ground_source, old_plastic=wanted.old_plastic,
        delivery=wanted.delivery, photo=wanted.photo.digest, photo_source=wanted.photo.source,
        captured_sealed=seal_captured(wanted.captured),
    )  # fmt: skip
    if signed is not None:
        note_signed(detail, signed, captured=wanted.captured)
    return detail


def note_signed(detail: ApplicationDetail, signed: Signed, *, captured: Captured) -> None:
    """This function will note in the row who confirmed it, how and what he read."""
    detail.signer, detail.signing = signed.signer, signed.signing
    detail.signature = signed.signature.digest if signed.signature else ""
    detail.confirmed_digest = digest_of(captured, photo=detail.photo)


def keep_photo(person_id: int, photo: str) -> None:
    """This function will make a new photo the registered one, once the holder confirmed it."""
    if photo:
        Person.objects.filter(pk=person_id).update(photo_digest=photo)


_IN_USE = (Stage.IN_CUSTODY, Stage.ISSUED, Stage.RECALLED)


def refuse_living_card(person_id: int) -> None:
    """This function will refuse a first card to whoever has one: detected by person (Art. 4).

    :raises Refused: when a card of his lives, in his hands or waiting for him.
    """
    living = (
        Card.objects.filter(person_id=person_id, stage__in=_IN_USE)
        .exclude(social=Social.CANCELLED)
        .order_by("-id")
        .first()
    )
    if living is not None:
        values = {"number": living.number, "state": living.get_stage_display()}
        raise Refused([Refusal(no.HOLDS_LIVING_CARD, values)])


def dying_with(applications: Sequence[Application]) -> list[int]:
    """This function will list the lost cards that die when these applications are submitted."""
    return [
        one.old_card_id
        for one in applications
        if one.old_card_id is not None
        and ApplyReason(one.reason).old_card_dies_first
        and one.old_card is not None
        and one.old_card.social != Social.CANCELLED
    ]
