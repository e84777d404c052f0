"""What a person does about a message: send it again, or note that it was done elsewhere.

For offices without an interface, and for what the other side refused (domain.md 9.3, rule 8).
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from cardbook.orgs.actors import Actor
from cardbook.outbox.models import Message
from cardbook.outbox.states import STUCK, State


class NotOpen(Exception):
    """Somebody or the other side was faster: the message is no longer waiting for this."""


def retry(*, message_id: int, by: Actor, at: datetime) -> None:
    """This function will let a stuck message, or one that waits its pause, leave at once.

    :raises NotOpen: when it is settled, under way or another county's.
    """
    changed = _within(by).filter(
        pk=message_id, state__in=[State.OWED, *STUCK], recipient__isnull=False
    )
    if not changed.update(
        state=State.OWED, attempts=0, next_at=at, answer_code="", answer_words=""
    ):
        raise NotOpen


def settle_by_hand(
    *, message_ids: Sequence[int], reference: str, words: str, by: Actor, at: datetime
) -> int:
    """This function will close messages somebody did on the other side's own screen; how many.

    :raises NotOpen: when one of them is settled, under way or another county's; then none is.
    """
    with transaction.atomic():
        found = _within(by).filter(pk__in=message_ids, state__in=[State.OWED, State.SENT, *STUCK])
        locked = list(found.select_for_update().values_list("pk", flat=True))
        if set(locked) != set(message_ids):
            raise NotOpen
        return found.update(
            state=State.BY_HAND,
            external_reference=reference,
            settled_words=words,
            settled_by=by.user_id,
            answered_at=at,
        )


def _within(by: Actor) -> QuerySet[Message]:
    return Message.objects.filter(county__path__startswith=by.county_path)
