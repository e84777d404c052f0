"""Cards taken to their holders' homes in the demo city: one was handed over, one is out too long.

Told after everybody else has taken his cards; every step has a key of its own (Art. 7, 20).
"""

from datetime import timedelta

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Stage
from cardbook.chapters.issuance.visiting.commands import issue_home, take_out
from cardbook.demo.story import Story
from cardbook.law import notices
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.acts.rows import ON_SHELF
from cardbook.lifecycle.facts import CardIssuedAtHome, IdentityReading, Signing, VisitReason
from cardbook.lifecycle.judge import Presented

_COUNTY = "611026"
_OUT_ON = 9
_OLD_DAYS = 40 * 366


def live_visits(story: Story) -> None:
    """This function will let two go to two holders: one was at home, of the other nothing is said.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses what the story needs.
    """
    if Event.objects.filter(act="card.take_out").exists():
        return
    cards = _at_home(story)
    if len(cards) < 2:
        return
    clerk, companion = story.actor(_COUNTY, "chuangkou1"), story.actor(_COUNTY, "fuhe")
    out = story.at(_OUT_ON, 9, 20)
    day = local_day(out)
    take_out(
        card_ids=[card.pk for card in cards], reason=VisitReason.AGE, planned_on=day, by=clerk,
        second=companion, at=out, key="demo-visit-out",
    )  # fmt: skip
    given, rule = cards[0], act("card.issue_home").papers
    issue_home(
        card_id=given.pk,
        facts=CardIssuedAtHome(
            way="home", identity=IdentityReading.TYPED, original_seen=True, face_matches=True,
            reads=True, scanned=given.number, signing=Signing.THUMB, copy_kept="paper",
            handed_on=day,
        ),
        papers=_shown([kind.code for kind in (rule.usual if rule else ())]),
        told=(notices.PICK_UP.code,), by=clerk, second=companion,
        at=story.at(_OUT_ON, 16, 40), key="demo-visit-given",
    )  # fmt: skip
    story.say("上门发放：带出 2 张，1 张交到本人手中，1 张逾期没有登记结果，等您处理")


def _shown(kinds: list[str]) -> list[Presented]:
    """Whoever puts his thumb to the register does not write on it besides."""
    thumb = f"signature_{Signing.THUMB}"
    return [
        Presented(kind=thumb if kind.startswith("signature_") else kind)
        for kind in dict.fromkeys(kinds)
    ]


def _at_home(story: Story) -> list[Card]:
    """The two oldest of the county whose cards lay on the shelf by then."""
    found = Card.objects.filter(
        county__code=_COUNTY, stage=Stage.IN_CUSTODY, hold=Hold.NONE, person__died_on=None,
        person__born_on__lt=story.today - timedelta(days=_OLD_DAYS),
        position__account__kind__in=ON_SHELF, position__since__lt=story.at(_OUT_ON, 9),
    )  # fmt: skip
    return list(found.order_by("person__born_on", "pk")[:2])
