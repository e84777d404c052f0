"""The fee of a new card as a step and a receipt: computed, paid once, numbered once (Art. 26).

Neighbours: `commands.py` takes it with the replacement, `fee_commands.py` later or back.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cardbook.cards.models import Application
from cardbook.cards.states import Fee, Progress
from cardbook.chapters.usage.models import FeeReceipt
from cardbook.law import papers
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day
from cardbook.lib.sm import sm3
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import FeeTaken, PayWay
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor

_DIGITS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """How the holder paid; `receipt` is the number on the paper, empty when there is none."""

    way: PayWay
    receipt: str = ""

    def number(self, *, key: str, on: date) -> str:
        """This function will give the receipt's number: the paper's, or one of our own.

        Ours follows from the request's key, so that the same request sent again names the same.
        """
        return self.receipt.strip().upper() or own_number("SJ", key=key, on=on)


def own_number(prefix: str, *, key: str, on: date) -> str:
    """This function will number a receipt without a number of its own."""
    digits = int.from_bytes(sm3(key.encode())[:8], "big") % 10**_DIGITS
    return f"{prefix}{on:%Y%m%d}{digits:0{_DIGITS}d}"


def fee_step(
    payment: Payment, *, fee_fen: int, key: str, at: datetime, application_id: int | None = None
) -> Step:
    """This function will make the step that takes a fee; without an id, of the one just taken."""
    number = payment.number(key=key, on=local_day(at))
    return Step(
        act=act("fee.take"),
        facts=FeeTaken(fee_fen=fee_fen, receipt=number, way=payment.way),
        subject_ids=[application_id] if application_id else (),
        papers=(Presented(kind=papers.FEE_RECEIPT.code),),
        of_born=application_id is None,
    )


def note_receipt(
    application_id: int, payment: Payment, *, fee_fen: int, by: Actor, at: datetime, key: str,
    done: Done,
) -> None:  # fmt: skip
    """This function will enter a receipt, in the transaction of the act.

    :raises Refused: when the holder's money for an application taken back is still here.
    :raises django.db.IntegrityError: when the office has used its number before.
    """
    on = local_day(at)
    _refuse_second_fee(application_id, on=on)
    FeeReceipt.objects.create(
        application_id=application_id, office_id=by.org_id, fee_fen=fee_fen, way=payment.way,
        number=payment.number(key=key, on=on), taken_on=on, batch=done.batch,
    )  # fmt: skip


def _refuse_second_fee(application_id: int, *, on: date) -> None:
    """Who paid for an application that was taken back pays no second time before he has it back.

    :raises Refused: naming the application and the day.
    """
    person = Application.objects.filter(pk=application_id).values("person")
    before = (
        FeeReceipt.objects.filter(
            application__person__in=person, application__progress=Progress.WITHDRAWN,
            application__fee=Fee.PAID, refund=False,
            taken_on__gte=on - timedelta(days=whole_number("fee_paid_once_days", on=on)),
        )
        .order_by("id")
        .first()
    )  # fmt: skip
    if before is not None:
        values = {"application": before.application_id, "taken_on": before.taken_on}
        raise Refused([Refusal(no.FEE_NOT_RETURNED, values)])
