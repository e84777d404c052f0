"""Puts a card to use in the request that hands it over: its holder stands there with it (Art. 22).

Coming for it another day, or sending somebody, is the activation's own page (`usage/activation`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from cardbook.chapters.chips import ReadAtDesk
from cardbook.chapters.telling import Told, told_of
from cardbook.law import papers
from cardbook.law.notices import ACTIVATION
from cardbook.law.parameters import value
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import Signer, SocialActivated
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Step

_ACTIVATE = act("social.activate")
_SPOKEN = {"social_state": "已激活，可以使用", "outlet": "您选的银行网点"}


def activates_usually(*, on: date) -> bool:
    """This function will say whether a window's page offers it as wished for, unless unticked."""
    return value("activate_at_pick_up", on=on) is True


def activation_told(*, on: date) -> Told:
    """This function will give what is read out to whoever has his card put to use at once."""
    return replace(
        told_of(ACTIVATION.code, on=on, values=_SPOKEN), moment="同时激活的，也读给他听"
    )


def activation_step(
    card_id: int,
    *,
    shown: Sequence[Presented],
    chip: ReadAtDesk,
    self_supporting: bool = False,
) -> Step:
    """This function will make the holder's own activation; it comes after the hand-over.

    He showed his document for the card, and the card lies on the desk: nothing more is asked. A
    chip that is not his card's stands in the way of the hand-over already.
    """
    identity = [one for one in shown if one.kind == papers.ID_CARD_ORIGINAL.code]
    return Step(
        act=_ACTIVATE,
        facts=SocialActivated(
            asked_by=Signer.HOLDER,
            card_seen=True,
            self_supporting=self_supporting,
            **chip.facts,  # type: ignore[arg-type]
        ),
        subject_ids=[card_id],
        papers=[*identity, Presented(kind=papers.SOCIAL_CARD.code)],
        told=(ACTIVATION.code,),
    )
