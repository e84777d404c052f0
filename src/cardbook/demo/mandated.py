"""Others come with a mandate, and cards that nobody fetched end, in one county of the demo.

Told after the other windows' days; keys are made of numbers, so that a second run skips what is
done (Art. 10, 22, 27, 29, 30).
"""

from datetime import timedelta
from typing import Any

from cardbook.cards.models import Application, Card
from cardbook.cards.states import CLOSED_APPLICATIONS, Hold, Social, Stage
from cardbook.chapters.usage.activation import commands as activation
from cardbook.chapters.usage.activation.forms import ActivateForm
from cardbook.chapters.usage.cancellation import commands as cancellation
from cardbook.chapters.usage.cancellation.forms import UnissuedForm
from cardbook.chapters.usage.transfer import commands as transfer
from cardbook.chapters.usage.transfer.forms import EndUnissuedForm
from cardbook.demo.asking import send
from cardbook.demo.story import Story
from cardbook.ledger.models import Event
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts.rows import ON_SHELF
from cardbook.people.holders import Holder, holder_of

COUNTY = "611002"
_OLD_DAYS = 50 * 366
_CHARGED = '"matter":"activate"'
_ASKED: dict[str, Any] = {
    "benefits": "none", "benefits_said_by": "agency", "deposit": "none",
    "deposit_said_by": "bank", "subsidy": "none", "subsidy_said_by": "asker",
}  # fmt: skip


def live_mandated(story: Story) -> None:
    """This function will let a daughter activate a card, and two cards on the shelf end.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses what the story needs.
    """
    told = [one for one in (_activated(story), *_ended(story)) if one]
    if told:
        story.say(f"{story.actor(COUNTY, 'chuangkou1').org_name}：{'，'.join(told)}")


def agent_for(card: Card, *, county: str = COUNTY) -> Holder | None:
    """This function will find a grown-up of the county who comes for the holder of a card."""
    others = Card.objects.filter(
        county__code=county, stage=Stage.ISSUED, person__died_on=None,
        person__born_on__lt=card.person.born_on,
    ).exclude(person=card.person_id)  # fmt: skip
    found = others.select_related("person").order_by("number").first()
    return holder_of(found.person) if found else None


def _activated(story: Story) -> str:
    """The oldest holder whose card is not in use yet does not come himself."""
    found = Card.objects.filter(
        county__code=COUNTY, stage=Stage.ISSUED, social=Social.SEALED, hold=Hold.NONE,
        person__died_on=None, person__born_on__lt=story.today - timedelta(days=30 * 366),
        position__since__lt=story.at(11, 9),
    )  # fmt: skip
    card = found.select_related("person").order_by("-person__born_on", "pk").first()
    agent = agent_for(card) if card is not None else None
    if card is None or agent is None or Event.objects.filter(facts__contains=_CHARGED).exists():
        return ""
    at = story.at(11, 15)
    on = local_day(at)
    send(
        ActivateForm, card.pk, activation.activate, key=card.number,
        by=story.actor(COUNTY, "chuangkou1"), at=at, arguments={"today": on},
        asked_by="proxy", paper_agent_id="on",
        agent_name=agent.name, agent_number=agent.number, agent_relation="parent",
        mandate_reason="away", mandate_signed_on=f"{on - timedelta(days=3)}",
        mandate_until=f"{on + timedelta(days=27)}",
    )  # fmt: skip
    return "1 张卡由他人凭委托书激活"


def _ended(story: Story) -> list[str]:
    """A holder wants no card and another one moved away: neither had fetched his."""
    if Event.objects.filter(act="relation.end_unissued").exists():
        return []
    waits = Application.objects.exclude(progress__in=CLOSED_APPLICATIONS)
    found = Card.objects.filter(
        county__code=COUNTY, stage=Stage.IN_CUSTODY, social=Social.SEALED, hold=Hold.NONE,
        person__died_on=None, person__born_on__lt=story.today - timedelta(days=_OLD_DAYS),
        position__account__kind__in=ON_SHELF, position__since__lt=story.at(10, 9),
    ).exclude(person__in=waits.values("person"))  # fmt: skip
    cards = list(found.order_by("-number")[:2])
    if len(cards) < 2:
        return []
    unwanted, gone = cards
    by = story.actor(COUNTY, "chuangkou1")
    send(
        UnissuedForm, unwanted.pk, cancellation.cancel_card, key=unwanted.number, by=by,
        at=story.at(11, 16), arguments={"today": story.today}, asker="holder",
        reason="wish", plastic="good", **_ASKED,
    )  # fmt: skip
    send(
        EndUnissuedForm, gone.pk, transfer.end_relation, key=gone.number, by=by,
        at=story.at(11, 16, 20), reason="transfer", to_place="示范省示范市社保中心",
        list_number="ZC-09", plastic="good",
    )  # fmt: skip
    return ["2 张没有领的卡注销（本人不领、关系转出），待销毁"]
