"""Sends again, or settles with the other side's number what was done there (Art. 14, 25-30)."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.orgs.actors import Actor
from cardbook.outbox import by_hand

NotOpen = by_hand.NotOpen


def send_again(*, message_ids: Sequence[int], by: Actor, at: datetime) -> int:
    """This function will let the messages leave with the worker's next round; how many.

    :raises NotOpen: when one is settled, under way or another county's; then none does.
    """
    return by_hand.retry(message_ids=message_ids, by=by, at=at)


def settle(
    *, message_ids: Sequence[int], reference: str, words: str, by: Actor, at: datetime
) -> int:
    """This function will close the messages with the other side's number; how many.

    :raises NotOpen: when one is settled, under way or another county's; then none is.
    """
    return by_hand.settle_by_hand(
        message_ids=message_ids, reference=reference, words=words, by=by, at=at
    )
