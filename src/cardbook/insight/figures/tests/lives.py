"""A city whose cards are everywhere a figure looks, brought there by acts and nothing else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cardbook.cards.models import Card
from cardbook.chapters.intake.receive.commands import explain_difference
from cardbook.chapters.intake.receive.tests.deliveries import Arrived, arrive, counted
from cardbook.chapters.issuance.defect.commands import record_defect
from cardbook.lifecycle.facts import Defect, DefectRecorded
from cardbook.lifecycle.perform import perform
from cardbook.testing import factories as make
from cardbook.testing.factories import NOON, City

# Long enough after the counts for every card on a shelf to be in some band.
LATER = NOON + timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Life:
    """The city and the cards that differ."""

    city: City
    arrived: Arrived
    issued: Card
    issued_later: Card
    short: Card
    missing: Card
    defective: Card


def _issue(city: City, card: Card, *, at: datetime) -> Card:
    perform(make.issue_step(card), by=city.here.clerk, at=at, key=make.key())
    return card


def live(city: City) -> Life:
    """Here: box 1 counted with one card short and one missing, two issued, one defective, one on
    the shelf; box 2 on its way. The neighbour: two received, one on its way.
    """
    arrived = arrive(city, city.here, {"1": 6, "2": 2})
    first, second, third, _, short, missing = arrived.cards["1"]
    counted(city.here, arrived.box_of("1"), arrived.numbers("1")[:4])
    explain_difference(
        card_ids=[missing.pk],
        found=False,
        words="向制卡机构查询，无此卡",
        by=city.here.keeper,
        second=city.here.reviewer,
        at=NOON,
        key=make.key(),
    )
    issued = _issue(city, first, at=NOON + timedelta(days=1))
    later = _issue(city, second, at=NOON + timedelta(days=3))
    record_defect(
        card_id=third.pk,
        facts=DefectRecorded(defect=Defect.SOILED, reader_tried=True),
        told=("defect",),
        by=city.here.clerk,
        at=NOON,
        key=make.key(),
    )
    make.received_cards(city, city.neighbour, count=2)
    make.cards_in_transit(city, city.neighbour)
    return Life(city, arrived, issued, later, short, missing, third)
