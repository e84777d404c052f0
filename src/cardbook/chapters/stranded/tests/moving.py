"""Brings a card to a village or an employer, as a collective pick-up does (Art. 8 para. 3)."""

from datetime import timedelta

from cardbook.cards.models import Card
from cardbook.chapters.stranded.tests.line import Line
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import BundleHandedOut, Signing
from cardbook.lifecycle.perform import Step, perform
from cardbook.orgs.models import Organization
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, usual_papers


def moved_to_unit(line: Line, card: Card, unit: Organization) -> None:
    """The card lies with the unit, not yet issued."""
    facts = BundleHandedOut(
        unit=unit.pk, handlers=(1, 2), signing=Signing.PAPER, original_seen=True
    )
    step = Step(
        act=act("bundle.hand_out"),
        facts=facts,
        subject_ids=[card.pk],
        papers=usual_papers("bundle.hand_out"),
        destination=Destination(account_of(organization_id=unit.pk, kind=Place.UNIT).pk),
    )
    perform(step, by=line.county.keeper, at=NOON - timedelta(days=100), key=make.key())
