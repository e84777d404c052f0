"""Sends again, or settles with the other side's number what was done there (Art. 14, 25-30)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.orgs.actors import Actor
from cardbook.outbox import by_hand
from cardbook.outbox.by_hand import Answered


def send_again(*, message_ids: Sequence[int], by: Actor, at: datetime) -> Answered:
    """This function will let the messages leave with the worker's next round.

    Whatever is settled, under way or another county's stays and is told why.
    """
    return by_hand.retry(message_ids=message_ids, by=by, at=at)


def settle(
    *, message_ids: Sequence[int], reference: str, words: str, by: Actor, at: datetime
) -> Answered:
    """This function will close the messages with the other side's number.

    Whatever is settled, under way or another county's stays and is told why.
    """
    return by_hand.settle_by_hand(
        message_ids=message_ids, reference=reference, words=words, by=by, at=at
    )
