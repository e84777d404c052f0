"""Enters, confirms and withdraws what a bank has promised; nothing is deleted (Art. 24)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from cardbook.chapters.usage.bank_offers.queries import CONFIRMERS, own_banks
from cardbook.chapters.usage.models import BankOffer
from cardbook.orgs.actors import Actor


class NotEntered(Exception):
    """The commitment was not entered; the sentence says why and what to do."""


def enter_offer(
    *,
    bank_id: int,
    kind: str,
    title: str,
    place: str,
    words: str,
    since: date,
    until: date,
    by: Actor,
    at: datetime,
) -> BankOffer:
    """This function will enter one commitment of a bank the actor speaks for.

    The city's own entry is public at once, a bank's when the city has confirmed it.

    :raises NotEntered: when it is another bank's, or stands there already.
    """
    if bank_id not in own_banks(by):
        raise NotEntered("只能登记本行的承诺，请核对银行。")
    confirms = by.role in CONFIRMERS
    try:
        with transaction.atomic():
            return BankOffer.objects.create(
                bank_id=bank_id, kind=kind, title=title, place=place, words=words, since=since,
                until=until, entered_by_id=by.user_id, entered_at=at,
                confirmed_by_id=by.user_id if confirms else None,
                confirmed_at=at if confirms else None,
            )  # fmt: skip
    except IntegrityError as problem:
        raise NotEntered("这项已经登记过，请在列表中核对；要改期的先撤回原来的。") from problem


def confirm_offer(*, offer_id: int, by: Actor, at: datetime) -> bool:
    """This function will make public what a bank entered; False when it does not wait for it."""
    own = own_banks(by) if by.role in CONFIRMERS else []
    waits = BankOffer.objects.filter(
        pk=offer_id, confirmed_at=None, withdrawn_at=None, bank__in=own
    )
    return bool(waits.update(confirmed_at=at, confirmed_by_id=by.user_id))


def withdraw_offer(*, offer_id: int, by: Actor, at: datetime) -> bool:
    """This function will take a commitment back; False when it is gone or another bank's."""
    open_ = BankOffer.objects.filter(pk=offer_id, withdrawn_at=None, bank__in=own_banks(by))
    return bool(open_.update(withdrawn_at=at, withdrawn_by_id=by.user_id))
