"""The fee on its own: taken later, let off by a second person, given back, or refused (Art. 26).

The amount is what the tariff said when the application was taken; nobody types one (Art. 32).
"""

from datetime import datetime

from cardbook.cards.models import Application
from cardbook.chapters.usage.models import FeeReceipt
from cardbook.chapters.usage.replacement.receipts import (
    Payment,
    fee_step,
    note_receipt,
    own_number,
)
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import ChargeRefused, FeeRefunded, FeeWaived
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor


def take_fee(*, application_id: int, payment: Payment, by: Actor, at: datetime, key: str) -> Done:
    """This function will take the fee of an application, once, with a receipt.

    :raises Refused: when it is free, paid already, or the receipt's number was used before.
    :raises Application.DoesNotExist: when there is no such application.
    """
    fee_fen = _fee_of(application_id)

    def keep(done: Done) -> None:
        note_receipt(application_id, payment, fee_fen=fee_fen, by=by, at=at, key=key, done=done)

    step = fee_step(payment, fee_fen=fee_fen, key=key, at=at, application_id=application_id)
    return perform(step, by=by, at=at, key=key, also=keep)


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
    """This function will record that somebody was to pay for what is free, and did not (Art. 32).

    :raises Refused: when the application is not free, or nothing is said of who asked.
    """
    step = Step(
        act=act("fee.refuse"),
        facts=ChargeRefused(asked_fen=asked_fen, words=words),
        subject_ids=[application_id],
    )
    return perform(step, by=by, at=at, key=key)


def _fee_of(application_id: int) -> int:
    return Application.objects.only("fee_fen").get(pk=application_id).fee_fen
