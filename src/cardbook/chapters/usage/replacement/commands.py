"""Takes a replacement down in one request: loss, application, signature, fee, order (Art. 26).

The tariff says which of the two acts it is; `fee_commands.py` beside it has the fee alone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from cardbook.cards.models import Card
from cardbook.chapters.collecting import hand_in_act
from cardbook.chapters.old_boxes import NO_BOX, OldBox
from cardbook.chapters.open_application import naming_the_first
from cardbook.chapters.usage.applying import (
    Signed,
    Wanted,
    captured_step,
    confirmed_step,
    detail_of,
    fits_the_file,
    keep_photo,
    sent_digest,
    submitted_step,
    voided_step,
)
from cardbook.chapters.usage.province_asking import Said
from cardbook.chapters.usage.province_checks import asked_of_province, note_check
from cardbook.chapters.usage.replacement.reasons import refuse_unfit, refuse_window
from cardbook.chapters.usage.replacement.receipts import Payment, fee_step, note_receipt
from cardbook.chapters.usage.replacement.refused_charges import (
    attempt_words,
    note_refused,
    refused_step,
)
from cardbook.chapters.usage.values import Delivery
from cardbook.law.fees import Charge, charge_for
from cardbook.law.notices import LOSS
from cardbook.law.roles import Role
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import (
    ApplyReason,
    LossMadeFormal,
    OldCardHandedIn,
    Plastic,
    RequestChannel,
)
from cardbook.lifecycle.judge import Presented, refuse_other_roles
from cardbook.lifecycle.perform import Deferred, Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import Reach, bank_of
from cardbook.papers.storage import keep_images

_SIGNATURES = "signature_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of it: the application, whether it is on its way to the bank already.

    `not_owed` says that money was offered, and refused: the card is free.
    """

    application_id: int
    submitted: bool
    not_owed: bool
    batch: UUID
    repeated: bool


def take_replacement(
    *,
    card_id: int,
    wanted: Wanted,
    signed: Signed,
    report_loss: bool = False,
    payment: Payment | None = None,
    by: Actor,
    at: datetime,
    key: str,
) -> Taken:
    """This function will take a replacement down, signed, and order it when nothing is owed.

    With `report_loss` a lost card goes on formal loss in the same breath. What cannot be ordered
    yet - the fee is still owed, the name has characters the bank's file cannot write - waits
    confirmed. A lost card dies with the order; any other when the new one is handed over. Money
    offered for what is free is not taken, and that it was offered is on record (Art. 32 item 2).

    :raises Refused: naming every reason; nothing was changed.
    :raises Card.DoesNotExist: when there is no such card.
    """
    charge = charge_for(wanted.reason, on=local_day(at))
    refuse_other_roles(act(_code_of(charge)), by=by)
    refuse_window(wanted.reason, by=by, on=local_day(at))
    said = asked_of_province(
        name=wanted.captured.name, number=wanted.captured.number,
        county_id=Card.objects.values_list("county_id", flat=True).get(pk=card_id),
        reason=wanted.reason, at=at, key=key,
    )  # fmt: skip
    asked = _Asked(
        card_id=card_id, wanted=wanted, signed=signed, report_loss=report_loss, charge=charge,
        payment=payment, said=said, by=by, at=at, key=key,
    )  # fmt: skip
    done = _done(asked)
    return Taken(
        application_id=asked.born_of(done), submitted=asked.ready, not_owed=bool(asked.not_owed),
        batch=done.batch, repeated=done.repeated,
    )  # fmt: skip


def _holder_of(card_id: int) -> int:
    return Card.objects.values_list("person_id", flat=True).get(pk=card_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A replacement as asked for, with what the tariff and the bank's file make of it."""

    card_id: int
    wanted: Wanted
    signed: Signed
    report_loss: bool
    charge: Charge
    payment: Payment | None
    said: Said | None
    by: Actor
    at: datetime
    key: str

    @property
    def on(self) -> date:
        """The day whose rules hold."""
        return local_day(self.at)

    @property
    def paid(self) -> Payment | None:
        """What pays for the card; nothing does for one that is free."""
        return None if self.charge.is_free else self.payment

    @property
    def ready(self) -> bool:
        """Whether it can be ordered at once: nothing is owed, and the bank's file can carry it."""
        settled = self.charge.is_free or self.paid is not None
        return settled and fits_the_file(self.wanted.captured, on=self.on)

    @property
    def not_owed(self) -> str:
        """In words: money that was offered for a card that is free."""
        if not self.charge.is_free or self.payment is None:
            return ""
        return attempt_words(self.payment, self.charge.words(self.wanted.reason.label))

    def born_of(self, done: Done) -> int:
        """The application among what was done; a loss reported with it comes first."""
        return done.subject_ids[int(self.report_loss)]


def _done(asked: _Asked) -> Done:
    """All of it in one request; whoever comes second is told which application was first."""
    with naming_the_first(lambda: _holder_of(asked.card_id)):
        return perform(
            *_steps(asked), by=asked.by, at=asked.at, key=asked.key,
            also=lambda done: _keep(asked, done),
        )  # fmt: skip


def _steps(asked: _Asked) -> list[Step | Deferred]:
    """All of it in order: loss, application, signature, fee, order, and a lost card's death."""
    captured, by, at = asked.wanted.captured, asked.by, asked.at
    steps: list[Step | Deferred] = []
    if asked.report_loss:
        steps.append(_formal_loss(asked.card_id, asked.signed, by=by))
    steps.append(lambda: _capture(asked))
    steps.append(confirmed_step(captured, asked.signed, photo=asked.wanted.photo.digest))
    if asked.paid is not None:
        fee_fen = asked.charge.fee_fen
        steps.append(fee_step(asked.paid, fee_fen=fee_fen, key=asked.key, at=at))
    if asked.not_owed:
        steps.append(refused_step(asked.not_owed))
    if asked.ready:
        wanted = asked.wanted
        steps.append(
            submitted_step(
                captured,
                reason=wanted.reason,
                bank_id=wanted.bank_id,
                on=asked.on,
                by_post=wanted.delivery == Delivery.POST,
            )
        )
        if asked.wanted.reason is ApplyReason.LOST:
            steps.append(voided_step([asked.card_id]))
    return steps


def _capture(asked: _Asked) -> Step:
    """The card is locked here and judged in `_keep`: a request sent again finds its traces."""
    card = Card.objects.select_for_update(no_key=True).get(pk=asked.card_id)
    return captured_step(
        _code_of(asked.charge), asked.wanted, person_id=card.person_id, county_id=card.county_id,
        old_card_id=card.pk, charge=asked.charge, by=asked.by, on=asked.on,
    )  # fmt: skip


def _code_of(charge: Charge) -> str:
    """The tariff says which of the two acts it is."""
    return "replacement.capture_free" if charge.is_free else "replacement.capture"


def _keep(asked: _Asked, done: Done) -> None:
    wanted, by, at = asked.wanted, asked.by, asked.at
    card = Card.objects.select_related("bank_org", "person").get(pk=asked.card_id)
    _refuse_other_bank(card, by=by)
    refuse_unfit(card, wanted, at=at)
    application_id, image = asked.born_of(done), wanted.photo.image
    keep_images([*asked.signed.kept, *([image] if image else [])], by=by)
    detail = detail_of(application_id, wanted, by=by, at=at, signed=asked.signed)
    if asked.ready:
        detail.submitted_digest = sent_digest(wanted.captured, on=asked.on)
    detail.save(force_insert=True)
    note_check(application_id, asked.said)
    keep_photo(card.person_id, wanted.photo.digest)
    if asked.not_owed:
        note_refused(
            application_id, words=asked.not_owed, attempted=True, by=by, at=at, done=done
        )  # fmt: skip
    if asked.paid is not None:
        note_receipt(
            application_id, asked.paid, fee_fen=asked.charge.fee_fen, by=by, at=at,
            key=asked.key, done=done,
        )  # fmt: skip


def _formal_loss(card_id: int, signed: Signed, *, by: Actor) -> Step:
    """The written report of a loss, on the document shown for the application (Art. 28)."""
    channel = RequestChannel.BANK if by.role is Role.BANK_TELLER else RequestChannel.WINDOW
    return Step(
        act=act("loss.formal"),
        facts=LossMadeFormal(channel=channel, asked_by=signed.signer, words="随补卡申请办理"),
        subject_ids=[card_id],
        papers=[paper for paper in signed.papers if not paper.kind.startswith(_SIGNATURES)],
        told=(LOSS.code,),
    )


def _refuse_other_bank(card: Card, *, by: Actor) -> None:
    """A bank's window replaces cards of its own bank and no other (Art. 26)."""
    if by.role is not Role.BANK_TELLER:
        return
    own = bank_of(by.org_path)
    if card.bank_org is None or not card.bank_org.path.startswith(own):
        name = card.bank_org.name if card.bank_org else "未登记银行"
        raise Refused(
            [Refusal(no.OUT_OF_REACH, {"custodian": name, "reach": Reach.BANK.label}, card.pk)]
        )


def hand_in_old_card(
    *,
    card_id: int,
    plastic: Plastic,
    laid: OldBox = NO_BOX,
    words: str = "",
    papers: tuple[Presented, ...] = (),
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will take an old card back on its own: it is cancelled and set aside, one that
    was made badly with the other defects.

    :raises Refused: when it is not in its holder's hands, or nobody said how it looks.
    """
    step = Step(
        act=act(hand_in_act(card_id)),
        facts=OldCardHandedIn(plastic=plastic, words=words, box=laid.box, slot=laid.slot),
        subject_ids=[card_id],
        papers=papers,
    )
    return perform(step, by=by, at=at, key=key)
