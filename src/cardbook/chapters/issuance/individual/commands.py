"""Hands a card to its holder at a window, and takes a mistaken entry back (Art. 8 para. 4).

One `perform()` each: registered, moved, signed and advised in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cardbook.lib.sm import sm3
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardIssued, IssueUndone
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.orgs.actors import Actor
from cardbook.papers.storage import add_paper


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptImage:
    """A picture to keep with the hand-over: a signature, a copy of the holder's document."""

    kind: str
    title: str
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        """SM3 of the bytes in hex: how facts and papers refer to it."""
        return sm3(self.content).hex()


def issue_card(
    *,
    card_id: int,
    facts: CardIssued,
    papers: Sequence[Presented],
    told: Sequence[str],
    images: Sequence[KeptImage] = (),
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will hand the card to its holder: one act, one transaction, once.

    Pictures are kept in the same transaction: a refused hand-over leaves no copy of a document.

    :raises Refused: naming every reason, its article and the way out; nothing was changed.
    """

    def keep(done: Done) -> None:
        for image in images:
            add_paper(
                kind=image.kind,
                content=image.content,
                media_type=image.media_type,
                title=image.title,
                by=by,
            )

    step = Step(
        act=act("card.issue"), facts=facts, subject_ids=[card_id], papers=papers, told=told
    )
    return perform(step, by=by, at=at, key=key, also=keep)


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
