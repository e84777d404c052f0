"""Ends or keeps a card when the insurance relation moves; stops a misused one (Art. 30, 31)."""

from datetime import datetime

from cardbook.chapters.usage.asking import CardForm, Request
from cardbook.chapters.usage.steps import do
from cardbook.chapters.usage.transfer.forms import EndForm
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import OldCardHandedIn, Plastic
from cardbook.lifecycle.perform import Done, Step


def end_relation(given: Request[EndForm], at: datetime) -> Done:
    """This function will end the social function with the relation; a card brought is taken in.

    :raises Refused: when there is no proof of the transfer, or the holder was not told.
    """
    facts = given.form.facts()
    if facts.plastic is Plastic.NONE:
        return do(given, at)
    handed_in = Step(
        act=act("old_card.hand_in"),
        facts=OldCardHandedIn(plastic=facts.plastic),
        subject_ids=[given.subject_id],
    )
    return do(given, at, handed_in)


def record(given: Request[CardForm], at: datetime) -> Done:
    """This function will do the act of the form alone: keep, freeze, unfreeze.

    :raises Refused: with every reason; nothing was changed.
    """
    return do(given, at)
