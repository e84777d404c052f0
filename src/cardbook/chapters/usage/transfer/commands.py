"""Ends or keeps a card when the insurance relation moves; stops a misused one (Art. 30, 31)."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from cardbook.chapters.usage.asking import CardForm, Request
from cardbook.chapters.usage.ending import with_what_ends
from cardbook.chapters.usage.models import TransferIn
from cardbook.chapters.usage.steps import do, step_of
from cardbook.chapters.usage.transfer.forms import EndForm
from cardbook.chapters.usage.transfer.queries import SUBJECT
from cardbook.chapters.usage.values import Decision
from cardbook.lifecycle.perform import Done
from cardbook.orgs.actors import Actor
from cardbook.outbox.noting import Note, owe_noted, take_back_noted
from cardbook.ports.messages import MessageKind

_TOLD = (Decision.KEEP, Decision.HERE)


def end_relation(given: Request[EndForm], at: datetime) -> Done:
    """This function will end the social function with the relation, and what ends with it.

    A card that was brought is taken in; one that is being made for him is made no more.

    :raises Refused: when there is no proof of the transfer, or the holder was not told.
    """
    facts = given.form.facts()
    return do(
        given, at, steps=with_what_ends(
            step_of(given), reason=facts.reason, key=given.key, plastic=facts.plastic
        )
    )  # fmt: skip


def record(given: Request[CardForm], at: datetime) -> Done:
    """This function will do the act of the form alone: keep, freeze, unfreeze.

    :raises Refused: with every reason; nothing was changed.
    """
    return do(given, at)


def settle_incoming(
    *, incoming: int, decision: Decision, words: str, by: Actor, at: datetime
) -> bool:
    """This function will note what was decided of somebody who came; False when it was already.

    The cards themselves change by acts of their own: kept, ended, applied for. Whose relation
    comes without a new card, the province hears of it here.
    """
    with transaction.atomic():
        found = _within(by).filter(pk=incoming, settled_at=None)
        row = found.select_for_update(of=("self",)).first()
        if row is None:
            return False
        row.settled_at, row.settled_by_id = at, by.user_id
        row.decision, row.words = decision, words
        row.save(update_fields=["settled_at", "settled_by", "decision", "words"])
        if decision in _TOLD:
            owe_noted(MessageKind.PROVINCE_TRANSFER_IN, _note(row))
    return True


def reopen_incoming(*, incoming: int, words: str, by: Actor, at: datetime) -> bool:
    """This function will open a decision that was wrong again; False when none is there.

    What the province did not hear of is withdrawn; where it did, the opposite is owed.
    """
    with transaction.atomic():
        found = _within(by).filter(pk=incoming, settled_at__isnull=False)
        row = found.select_for_update(of=("self",)).first()
        if row is None:
            return False
        if row.decision in _TOLD:
            take_back_noted(
                MessageKind.PROVINCE_TRANSFER_IN, MessageKind.PROVINCE_TRANSFER_UNDONE, _note(row)
            )
        row.settled_at = row.settled_by = None
        row.decision = row.words = ""
        row.undone_at, row.undone_by_id, row.undone_words = at, by.user_id, words
        row.save()
    return True


def _within(by: Actor) -> QuerySet[TransferIn]:
    return TransferIn.objects.filter(county__path__startswith=by.county_path)


def _note(row: TransferIn) -> Note:
    assert row.settled_at is not None
    facts = {
        "from_place": row.from_place, "moved_on": f"{row.moved_on}", "old_card": row.old_card,
        "list_number": row.list_number, "decision": row.decision,
    }  # fmt: skip
    return Note(
        subject=SUBJECT, id=row.pk, county_id=row.county_id, at=row.settled_at, facts=facts
    )
