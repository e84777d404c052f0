"""Cancels a card on request and takes its plastic in, in one transaction (Art. 29)."""

from datetime import datetime

from cardbook.cards.models import Card, TemporaryCard
from cardbook.cards.states import TemporaryStage
from cardbook.chapters.usage.asking import Request
from cardbook.chapters.usage.cancellation.forms import CancelForm
from cardbook.chapters.usage.steps import do
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import OldCardHandedIn, Plastic
from cardbook.lifecycle.perform import Done, Step


def cancel_card(given: Request[CancelForm], at: datetime) -> Done:
    """This function will end the social function; a card that was brought goes to be destroyed.

    :raises Refused: when the asker may not, or a paper or notice is missing.
    """
    facts = given.form.facts()
    if facts.plastic is Plastic.NONE:
        return do(given, at)
    handed_in = Step(
        act=act("old_card.hand_in"),
        facts=OldCardHandedIn(plastic=facts.plastic, box=given.form.cleaned_data["box"].strip()),
        subject_ids=[given.subject_id],
    )
    return do(given, at, handed_in)


def known_open_items(card_id: int) -> list[str]:
    """This function will list what our own book knows to run on: a temporary card that is out."""
    holder = Card.objects.filter(pk=card_id).values("person")
    lent = TemporaryCard.objects.filter(person__in=holder, stage=TemporaryStage.LENT)
    return ["temporary"] if lent.exists() else []
