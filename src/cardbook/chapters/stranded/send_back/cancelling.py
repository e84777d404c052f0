"""Returned cards are cancelled by the card body, and province and banks told (Art. 18).

The bank's half of a card stays as the bank last reported it; a letter says what we did. The
messages the act owes stay owed until the other side answers, whatever letter went.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from cardbook.cards.models import Card
from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.chapters.stranded.models import BankNotice, BankNoticeLine
from cardbook.chapters.stranded.scope import offices_of
from cardbook.chapters.stranded.send_back.queries import latest_lines
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import ReturnedCancelled, Stranding
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor


def cancel_returned(
    *,
    card_ids: Sequence[int],
    words: str,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Outcome:
    """This function will cancel returned cards, maker and checker different people, row by row.

    :raises Refused: when nothing was chosen, the second person is missing or may not.
    """
    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])

    def work(ids: Sequence[int], key: str) -> Done:
        return perform(
            *_steps(ids, words), by=by, second=second, at=at, key=key,
            also=lambda done: _tell_banks(done.subject_ids, by=by, on=local_day(at)),
        )  # fmt: skip

    return row_by_row(card_ids, key=key, work=work)


def _steps(ids: Sequence[int], words: str) -> list[Step]:
    lines = latest_lines(ids)
    return [
        Step(
            act=act("card.cancel_returned"),
            facts={
                id_: ReturnedCancelled(
                    reason=Stranding(lines[id_].reason) if id_ in lines else Stranding.OTHER,
                    words=words,
                )
                for id_ in some
            },
            subject_ids=some,
            destination=Destination(account_of(organization_id=office, kind=Place.SCRAP).pk),
        )
        for office, some in offices_of(ids).items()
    ]


def _tell_banks(card_ids: Sequence[int], *, by: Actor, on: date) -> None:
    """One letter for each bank and day, as long as it has not been sent."""
    banks: dict[int, list[int]] = {}
    cards = Card.objects.filter(pk__in=card_ids, bank_org__isnull=False).order_by("pk")
    for card_id, bank in cards.values_list("pk", "bank_org"):
        banks.setdefault(bank, []).append(card_id)
    for bank, ids in sorted(banks.items()):
        notice = _open_notice(bank, by=by, on=on)
        BankNoticeLine.objects.bulk_create(
            BankNoticeLine(notice=notice, card_id=card_id) for card_id in ids
        )


def _open_notice(bank_id: int, *, by: Actor, on: date) -> BankNotice:
    """The letter of the day, locked: whoever sends it meanwhile waits; once sent, a new one."""
    while True:
        notice, _ = BankNotice.objects.get_or_create(
            bank_id=bank_id, office_id=by.org_id, on=on, sent_at=None
        )
        open_still = BankNotice.objects.select_for_update(no_key=True).filter(sent_at=None)
        found = open_still.filter(pk=notice.pk).first()
        if found is not None:
            return found


def _notice_of(notice_id: int, *, by: Actor) -> BankNotice:
    return BankNotice.objects.select_for_update(no_key=True).get(
        pk=notice_id, office__path__startswith=by.county_path
    )


@transaction.atomic
def send_notice(*, notice_id: int, way: str, by: Actor, at: datetime) -> BankNotice:
    """This function will record that a letter went to its bank; nothing can be added afterwards.

    :raises Refused: when it was sent before.
    :raises BankNotice.DoesNotExist: when it is not one of the actor's county.
    """
    refuse_other_roles(act("card.cancel_returned"), by=by)
    notice = _notice_of(notice_id, by=by)
    if notice.sent_at is not None:
        raise Refused([Refusal(no.NOTICE_ALREADY_SENT)])
    changed = {"sent_at": at, "sent_by_id": by.user_id, "sent_way": way}
    BankNotice.objects.filter(pk=notice.pk).update(**changed)
    return notice


@transaction.atomic
def acknowledge_notice(*, notice_id: int, on: date, words: str, by: Actor) -> BankNotice:
    """This function will record the bank's own answer to a letter, with its day.

    :raises Refused: when it was not sent, or answered before.
    :raises BankNotice.DoesNotExist: when it is not one of the actor's county.
    """
    refuse_other_roles(act("card.cancel_returned"), by=by)
    notice = _notice_of(notice_id, by=by)
    if notice.sent_at is None or notice.acknowledged_on is not None:
        raise Refused([Refusal(no.NOTICE_ALREADY_SENT)])
    BankNotice.objects.filter(pk=notice.pk).update(
        acknowledged_on=on, acknowledged_words=words, acknowledged_by_id=by.user_id
    )
    return notice
