"""A hand-over at a window of the demo city, done as a careful clerk does it (Art. 8)."""

from datetime import datetime

from cardbook.cards.models import Card
from cardbook.chapters.collecting import OldCardBack
from cardbook.chapters.issuance.individual.commands import issue_card
from cardbook.law import notices
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import CardIssued, IdentityReading, Signing
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.refusals import Refused
from cardbook.orgs.actors import Actor

_ASKED = act("card.issue").papers
WINDOW_PAPERS = tuple(Presented(kind=kind.code) for kind in (_ASKED.usual if _ASKED else ()))


def hand_over(card: Card, *, by: Actor, at: datetime, old_card: OldCardBack | None = None) -> bool:
    """This function will hand a card over; whoever is under age is told to come with a guardian.

    :raises Refused: for any other reason.
    """
    facts = CardIssued(
        way="window", identity=IdentityReading.READER, original_seen=True, face_matches=True,
        reads=True, scanned=card.number, signing=Signing.PAPER, copy_kept="paper",
    )  # fmt: skip
    try:
        issue_card(
            card_id=card.pk, facts=facts, papers=WINDOW_PAPERS, told=(notices.PICK_UP.code,),
            old_card=old_card, by=by, at=at, key=f"demo-issue-{card.pk}",
        )  # fmt: skip
    except Refused as refused:
        if any(refusal.code != "HOLDER_IS_MINOR" for refusal in refused.refusals):
            raise
        return False
    return True
