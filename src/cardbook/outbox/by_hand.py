"""What a person does about a message: send it again, or note that it was done elsewhere.

For offices without an interface, and for what the other side refused (domain.md 9.3, rule 8).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from cardbook.orgs.actors import Actor
from cardbook.outbox.models import Line, Message
from cardbook.outbox.states import STUCK, State


class NotOpen(Exception):
    """Somebody or the other side was faster: the message is no longer waiting for this."""


def retry(*, message_ids: Sequence[int], by: Actor, at: datetime) -> int:
    """This function will let stuck messages, or such as wait their pause, leave at once; how many.

    :raises NotOpen: when one of them is settled, under way or another county's; then none does.
    """
    with transaction.atomic():
        found = _locked(message_ids, by=by, states=(State.OWED, *STUCK))
        if found.filter(recipient=None).exists():
            raise NotOpen
        # The worker's next round tries the line again, however long its pause.
        Line.objects.filter(
            party__in=found.values("party"), recipient__in=found.values("recipient")
        ).update(next_at=at)
        return found.update(
            state=State.OWED, attempts=0, next_at=at, answer_code="", answer_words=""
        )


def settle_by_hand(
    *, message_ids: Sequence[int], reference: str, words: str, by: Actor, at: datetime
) -> int:
    """This function will close messages somebody did on the other side's own screen; how many.

    :raises NotOpen: when one of them is settled, under way or another county's; then none is.
    """
    with transaction.atomic():
        found = _locked(message_ids, by=by, states=(State.OWED, State.SENT, *STUCK))
        return found.update(
            state=State.BY_HAND,
            external_reference=reference,
            settled_words=words,
            settled_by=by.user_id,
            answered_at=at,
        )


def _locked(
    message_ids: Sequence[int], *, by: Actor, states: Sequence[State]
) -> QuerySet[Message]:
    """The messages, locked in order of their ids, if all of them stand so in the actor's reach."""
    found = Message.objects.filter(
        pk__in=message_ids, county__path__startswith=by.county_path, state__in=states
    )
    locked = found.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True)
    if not message_ids or set(locked) != set(message_ids):
        raise NotOpen
    return Message.objects.filter(pk__in=message_ids)
