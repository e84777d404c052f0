"""Ends or keeps a card when the insurance relation moves; stops a misused one (Art. 30, 31)."""

from datetime import datetime

from cardbook.chapters.usage.asking import CardForm, Request
from cardbook.chapters.usage.models import TransferIn
from cardbook.chapters.usage.steps import do
from cardbook.chapters.usage.transfer.forms import EndForm
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import OldCardHandedIn, Plastic
from cardbook.lifecycle.perform import Done, Step
from cardbook.orgs.actors import Actor


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


def settle_incoming(*, incoming: int, words: str, by: Actor, at: datetime) -> bool:
    """This function will note what was done about somebody who came; False when it was already.

    The cards themselves change by acts of their own: kept, ended, applied for.
    """
    open_ = TransferIn.objects.filter(
        pk=incoming, settled_at=None, county__path__startswith=by.county_path
    )
    return bool(open_.update(settled_at=at, settled_by=by.user_id, words=words))
