"""Hands a card to its holder at a window, and takes a mistaken entry back (Art. 8 para. 4).

One `perform()` each: registered, moved, signed and advised in one transaction.
"""

from collections.abc import Sequence
from datetime import datetime

from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardIssued, IssueUndone
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor


def issue_card(
    *,
    card_id: int,
    facts: CardIssued,
    papers: Sequence[Presented],
    told: Sequence[str],
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will hand the card to its holder: one act, one transaction, once.

    :raises Refused: naming every reason, its article and the way out; nothing was changed.
    """
    step = Step(
        act=act("card.issue"), facts=facts, subject_ids=[card_id], papers=papers, told=told
    )
    return perform(step, by=by, at=at, key=key)


def undo_issue(
    *, card_id: int, event_id: int, words: str, by: Actor, second: Actor, at: datetime, key: str
) -> Done:
    """This function will take back a hand-over that was registered by mistake; two people sign.

    :raises Refused: when the card has been activated since, or no reason is given.
    """
    step = Step(
        act=act("issue.undo"),
        facts=IssueUndone(event=event_id, words=words),
        subject_ids=[card_id],
    )
    return perform(step, by=by, second=second, at=at, key=key)
