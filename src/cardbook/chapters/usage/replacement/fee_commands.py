"""The fee on its own: taken later, let off by a second person, given back, or refused (Art. 26).

The amount is what the tariff said when the application was taken; nobody types one (Art. 32).
"""

from datetime import datetime

from cardbook.cards.models import Application
from cardbook.cards.states import Fee
from cardbook.chapters.usage.models import FeeReceipt
from cardbook.chapters.usage.replacement.receipts import (
    Payment,
    fee_step,
    note_receipt,
    own_number,
)
from cardbook.chapters.usage.replacement.refused_charges import (
    attempt_words,
    note_refused,
    refused_step,
)
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import FeeRefunded, FeeWaived
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor

# What `fee.take` is refused with when nothing is owed; a stranger's attempt is not the window's.
_NOTHING_OWED = frozenset(
    one.code
    for one in (
        no.CARD_IS_FREE,
        no.FEE_PAID_ALREADY,
        no.FEE_WAIVED,
        no.FEE_REFUNDED,
        no.APPLICATION_WITHDRAWN,
        no.NEW_CARD_FETCHED,
    )
)


def take_fee(*, application_id: int, payment: Payment, by: Actor, at: datetime, key: str) -> Done:
    """This function will take the fee of an application, once, with a receipt.

    What is refused because nothing is owed is on record all the same (Art. 32 item 2).

    :raises Refused: when it is free, paid already, or the receipt's number was used before.
    :raises Application.DoesNotExist: when there is no such application.
    """
    fee_fen = _fee_of(application_id)

    def keep(done: Done) -> None:
        note_receipt(application_id, payment, fee_fen=fee_fen, by=by, at=at, key=key, done=done)

    step = fee_step(payment, fee_fen=fee_fen, key=key, at=at, application_id=application_id)
    try:
        return perform(step, by=by, at=at, key=key, also=keep)
    except Refused as refused:
        if _NOTHING_OWED & {one.code for one in refused.refusals}:
            _note_attempt(application_id, payment, by=by, at=at, key=key)
        raise


def _note_attempt(
    application_id: int, payment: Payment, *, by: Actor, at: datetime, key: str
) -> None:
    """The attempt as an act of its own, unless the fee is owed: it stays though none was taken."""
    application = Application.objects.get(pk=application_id)
    if application.fee == Fee.DUE:
        return
    words = attempt_words(payment, f"工本费{application.get_fee_display()}")

    def keep(done: Done) -> None:
        note_refused(application_id, words=words, attempted=True, by=by, at=at, done=done)

    step = refused_step(words, application_id=application_id)
    perform(step, by=by, at=at, key=f"{key}:refused", also=keep)


def waive_fee(
    *, application_id: int, words: str, by: Actor, second: Actor | None, at: datetime, key: str
) -> Done:
    """This function will let a holder off the fee: another person approves, with a reason.

    :raises Refused: when one person does both, no reason is given, or nothing is owed.
    :raises Application.DoesNotExist: when there is no such application.
    """
    facts = FeeWaived(fee_fen=_fee_of(application_id), words=words)
    step = Step(act=act("fee.waive"), facts=facts, subject_ids=[application_id])
    return perform(step, by=by, second=second, at=at, key=key)


def refund_fee(
    *,
    application_id: int,
    receipt: str,
    words: str,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will give the fee back the way it came; two people sign.

    :raises Refused: when nothing was paid, one person signs alone, or no reason is given.
    :raises Application.DoesNotExist: when there is no such application.
    """
    fee_fen, on = _fee_of(application_id), local_day(at)
    number = receipt.strip().upper() or own_number("TF", key=key, on=on)

    def keep(done: Done) -> None:
        taken = FeeReceipt.objects.get(application_id=application_id, refund=False)
        FeeReceipt.objects.create(
            application_id=application_id, office_id=by.org_id, number=number, fee_fen=fee_fen,
            way=taken.way, refund=True, taken_on=on, batch=done.batch,
        )  # fmt: skip

    step = Step(
        act=act("fee.refund"),
        facts=FeeRefunded(fee_fen=fee_fen, receipt=number, words=words),
        subject_ids=[application_id],
    )
    return perform(step, by=by, second=second, at=at, key=key, also=keep)


def refuse_charge(
    *, application_id: int, asked_fen: int, words: str, by: Actor, at: datetime, key: str
) -> Done:
    """This function will record that somebody was to pay what is not owed (Art. 32 item 2).

    :raises Refused: when a fee is owed, or nothing is said of who asked.
    """

    def keep(done: Done) -> None:
        note_refused(
            application_id, words=words, asked_fen=asked_fen, by=by, at=at, done=done
        )  # fmt: skip

    step = refused_step(words, asked_fen=asked_fen, application_id=application_id)
    return perform(step, by=by, at=at, key=key, also=keep)


def _fee_of(application_id: int) -> int:
    return Application.objects.only("fee_fen").get(pk=application_id).fee_fen
