"""Reminds holders, all kinds in turn; whoever calls it again reminds nobody twice (Art. 16-28)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cardbook.chapters.exchange.reminders.queries import REMINDERS, is_daytime, values_at
from cardbook.outbox.reminding import Reminded, remind
from cardbook.ports.messages import MessageKind


def remind_holders(
    *, at: datetime, counties: Mapping[MessageKind, Sequence[int]]
) -> dict[MessageKind, Reminded]:
    """This function will owe what is due and withdraw what no longer is, each kind by itself.

    `counties` are those whose gateway carries the kind. By night nothing new is owed.
    """
    return {
        due.kind: remind(
            due,
            values=values_at(at, counties=counties.get(due.kind, ())),
            at=at,
            may_owe=is_daytime(at),
        )
        for due in REMINDERS
    }
