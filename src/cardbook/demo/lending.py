"""Temporary cards of one county of the demo: lent, kept too long, brought back, lost (Art. 27).

Told after `replacement.py`, to people who wait for a card. Told once: a second run finds the box.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cardbook.cards.models import Application, Card, TemporaryCard
from cardbook.cards.states import CLOSED_APPLICATIONS, Progress
from cardbook.chapters.usage.temporary import commands as temporary
from cardbook.chapters.usage.temporary.forms import (
    DunForm,
    ExcuseForm,
    ExtendForm,
    LendForm,
    LoseForm,
    TakeBackForm,
    VoidForm,
)
from cardbook.demo.asking import send
from cardbook.demo.mandated import agent_for
from cardbook.demo.story import Story
from cardbook.law.parameters import whole_number
from cardbook.lib.clock import local_day, months_away
from cardbook.orgs.actors import Actor

COUNTY = "611002"
_BOX, _NUMBERS = "L01", tuple(f"LS{place:06d}" for place in range(1, 13))
_BORROWERS = 6
_LONG_AGO = timedelta(days=66)


def live_lending(story: Story) -> None:
    """This function will lend temporary cards to six who wait, and see what becomes of them.

    :raises cardbook.lifecycle.refusals.Refused: when the book refuses what the story needs.
    """
    keeper, clerk = story.actor(COUNTY, "kaguan"), story.actor(COUNTY, "chuangkou1")
    waiting = _who_waits(story)
    if len(waiting) < _BORROWERS or TemporaryCard.objects.filter(number=_NUMBERS[0]).exists():
        return
    temporary.stock_in(
        box=_BOX, numbers=_NUMBERS, county_id=keeper.county_id or keeper.org_id, by=keeper,
        at=story.now - _LONG_AGO - timedelta(days=1), key=f"demo-temporary-{_BOX}",
    )  # fmt: skip
    times = [story.now - _LONG_AGO, *(story.at(4 + place, 11) for place in range(1, _BORROWERS))]
    *first, last = zip(waiting, _NUMBERS, times, strict=False)
    for application, number, at in first:
        _lend(application, number, by=clerk, at=at)
    _lend_to_agent(*last, by=clerk)
    _go_on(story, waiting, by=clerk, keeper=keeper)
    story.say(f"临时卡：{COUNTY} 发放 {_BORROWERS + 1} 张，逾期、延期、收回、遗失各有一张")


def _who_waits(story: Story) -> list[Application]:
    """One application of each grown-up who waits for a card that is not made, the oldest first."""
    then = local_day(story.now - _LONG_AGO)
    grown_up = months_away(then, -12 * whole_number("minor_age", on=then))
    found = Application.objects.filter(
        county__code=COUNTY, person__died_on=None, person__born_on__lte=grown_up
    ).exclude(progress=Progress.PRODUCED)
    by_person: dict[int, Application] = {}
    for one in found.exclude(progress__in=CLOSED_APPLICATIONS).order_by("pk"):
        by_person.setdefault(one.person_id, one)
    return list(by_person.values())[:_BORROWERS]


def _lend(application: Application, number: str, *, by: Actor, at: datetime) -> None:
    send(
        LendForm, application.pk, temporary.lend, key=number, by=by, at=at,
        arguments={"today": local_day(at)},
        number=number, received_by="holder", paper_signature_paper="signature_paper",
    )  # fmt: skip


def _lend_to_agent(application: Application, number: str, at: datetime, *, by: Actor) -> None:
    """The last of them sends somebody with a mandate for it, where anybody can be sent."""
    card = Card.objects.filter(person=application.person_id).select_related("person").first()
    agent = agent_for(card) if card is not None else None
    if agent is None:
        _lend(application, number, by=by, at=at)
        return
    on = local_day(at)
    send(
        LendForm, application.pk, temporary.lend, key=number, by=by, at=at,
        arguments={"today": on}, number=number, received_by="proxy",
        paper_agent_id="on", paper_lending_mandate="on",
        paper_signature_paper_signature_screen_signature_thumb="signature_paper",
        comer_name=agent.name, comer_number=agent.number, relation="parent",
        mandate_reason="away", mandate_signed_on=f"{on - timedelta(days=1)}",
        mandate_until=f"{on + timedelta(days=29)}",
    )  # fmt: skip


def _go_on(
    story: Story, waiting: Sequence[Application], *, by: Actor, keeper: Actor
) -> None:  # fmt: skip
    """The first is overdue; the others are extended, brought back, lost, excused, in order."""
    ids = dict(TemporaryCard.objects.values_list("number", "pk"))
    _, extended, back, lost, excused, *_ = _NUMBERS
    at = story.at(11, 10)
    until = local_day(at) + timedelta(days=75)
    send(ExtendForm, ids[extended], temporary.extend, key=extended, by=by, at=at,
         valid_until=f"{until}", words="银行制卡延误，新卡未到")  # fmt: skip
    late = ids[_NUMBERS[0]]
    send(DunForm, late, temporary.record, key="dun-1", by=by, at=story.at(9, 10),
         channel="call", result="no_answer")  # fmt: skip
    send(DunForm, late, temporary.record, key="dun-2", by=by, at=story.at(11, 9),
         channel="call", result="will_return", again_on=f"{story.today}")  # fmt: skip
    send(TakeBackForm, ids[back], temporary.record, key=back, by=by, at=at, sound="on")
    send(LoseForm, ids[lost], temporary.record, key=lost, by=by, at=at,
         words="持卡人说在集市上丢失")  # fmt: skip
    _lend(waiting[3], _NUMBERS[_BORROWERS], by=by, at=at + timedelta(minutes=5))
    send(ExcuseForm, ids[excused], temporary.record, key=excused, by=by, at=at,
         second=story.actor(COUNTY, "fuhe"), words="持卡人住院，临时卡在医院")  # fmt: skip
    send(VoidForm, ids[_NUMBERS[-1]], temporary.record, key=_NUMBERS[-1], by=keeper, at=at,
         words="芯片读不出")  # fmt: skip
