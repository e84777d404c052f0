"""What a person does about a message: send it again, or note that it was done elsewhere.

For offices without an interface, and for what the other side refused (domain.md 9.3, rule 8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cardbook.orgs.actors import Actor
from cardbook.outbox.models import Line, Message
from cardbook.outbox.states import STUCK, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of chosen messages: those it was done to, and why each other one was left."""

    done: tuple[int, ...]
    left: Mapping[int, str]


def retry(*, message_ids: Sequence[int], by: Actor, at: datetime) -> Answered:
    """This function will let stuck messages, or such as wait their pause, leave at once.

    Each of the others is told why it stays as it is.
    """
    with transaction.atomic():
        rows = _locked(message_ids, by=by)
        left = _left(message_ids, rows, states=(State.OWED, *STUCK))
        for id_, row in rows.items():
            if id_ not in left and row.recipient_id is None:
                left[id_] = "没有改动：没有登记接收方，接口送不了；在对方系统办完后填流水号办结。"
        done = tuple(id_ for id_ in rows if id_ not in left)
        found = Message.objects.filter(pk__in=done)
        # The worker's next round tries the line again, however long its pause.
        Line.objects.filter(
            party__in=found.values("party"), recipient__in=found.values("recipient")
        ).update(next_at=at)
        found.update(state=State.OWED, attempts=0, next_at=at, answer_code="", answer_words="")
    return Answered(done=done, left=left)


def settle_by_hand(
    *, message_ids: Sequence[int], reference: str, words: str, by: Actor, at: datetime
) -> Answered:
    """This function will close messages somebody did on the other side's own screen.

    Each of the others is told why it stays as it is.
    """
    with transaction.atomic():
        rows = _locked(message_ids, by=by)
        left = _left(message_ids, rows, states=(State.OWED, State.SENT, *STUCK))
        done = tuple(id_ for id_ in rows if id_ not in left)
        Message.objects.filter(pk__in=done).update(
            state=State.BY_HAND,
            external_reference=reference,
            settled_words=words,
            settled_by=by.user_id,
            answered_at=at,
        )
    return Answered(done=done, left=left)


def _locked(message_ids: Sequence[int], *, by: Actor) -> dict[int, Message]:
    """The messages in the actor's reach, locked in order of their ids."""
    found = Message.objects.filter(pk__in=message_ids, county__path__startswith=by.county_path)
    return {one.pk: one for one in found.order_by("pk").select_for_update(of=("self",))}


def _left(
    message_ids: Sequence[int], rows: Mapping[int, Message], *, states: Sequence[State]
) -> dict[int, str]:
    """Why some are not to be touched: beyond reach, settled by somebody, or just leaving."""
    left, labels = {}, dict(State.choices())
    for id_ in dict.fromkeys(message_ids):
        row = rows.get(id_)
        if row is None:
            left[id_] = "没有改动：不在本机构范围内，请刷新后重选。"
        elif row.state == State.LEASED:
            left[id_] = "没有改动：正在送出，请过几秒刷新再看。"
        elif row.state not in states:
            left[id_] = f"没有改动：{labels[row.state]}，不用再办。"
    return left
