"""What ends along with a card, a relation or a life: a new card, the plastic (Art. 17, 29, 30).

The regulation wants a cancellation 及时 and a transfer 迅速: neither may wait for a card that is
being made and that nobody will carry. So an open application is stopped in the same transaction,
never left running; what left for the bank or the province is taken back there by a message.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db.models import Q

from cardbook.cards.models import Application, Card
from cardbook.cards.states import CLOSED_APPLICATIONS, Subject
from cardbook.chapters.asked_before import done_in, was_asked
from cardbook.chapters.open_application import application_open
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import ApplicationStopped, EndReason, OldCardHandedIn
from cardbook.lifecycle.perform import Step, batch_of
from cardbook.lifecycle.refusals import Refusal
from cardbook.people.models import Person

_STOP = "application.stop"
_OPEN = ~Q(progress__in=CLOSED_APPLICATIONS)


def with_what_ends(
    step: Step, *, reason: EndReason, key: str, came_back: OldCardHandedIn | None = None,
    all_his: bool = True,
) -> tuple[Step, ...]:  # fmt: skip
    """This function will add to an act on one card what ends with it.

    A card that was brought is taken in; an open application is stopped: any of the holder's, or
    with `all_his` false the one in place of this card. Asked again, it is what was stopped then.
    """
    (card_id,) = step.subject_ids
    mine = Q(old_card=card_id)
    if all_his:
        mine = Q(person__in=Card.objects.filter(pk=card_id).values("person"))
    stopped_then = done_in(batch_of(key), act=_STOP, subject=Subject.APPLICATION)
    which = Q(stopped_then) if was_asked(key) else _OPEN
    ids = sorted(Application.objects.filter(mine, which).values_list("pk", flat=True))

    def meanwhile(cases: Sequence[Case]) -> Iterator[Refusal]:
        """Whoever orders another card locks this one first: none slips in between."""
        if step.objections is not None:
            yield from step.objections(cases)
        slipped_in = Application.objects.filter(mine, _OPEN).exclude(pk__in=ids).first()
        if slipped_in is not None:
            yield application_open(slipped_in.person_id, subject_id=card_id)

    steps = [replace(step, objections=meanwhile)]
    if came_back is not None:
        steps.append(Step(act=act("old_card.hand_in"), facts=came_back, subject_ids=[card_id]))
    if ids:
        stopped = ApplicationStopped(reason=reason)
        steps.append(Step(act=act(_STOP), facts=stopped, subject_ids=ids))
    return tuple(steps)


def about_the_holder(step: Step, *, at: datetime) -> Step:
    """This function will let a death be judged by what the book has now: he is locked, then read.

    Another card of the same holder may have been told of it a moment ago.
    """

    def meanwhile(cases: Sequence[Case]) -> Iterator[Refusal]:
        for case in cases:
            assert case.person_id is not None
            holder = Person.objects.select_for_update(no_key=True).get(pk=case.person_id)
            if holder.died_on != case.died_on:
                now = replace(case, died_on=holder.died_on)
                found = [guard(now, at) for guard in step.act.guards]
                yield from (one for one in found if one is not None)

    return replace(step, objections=meanwhile)


def write_death(card_id: int, died_on: date | None) -> None:
    """This function will write the day the holder of a card died, or that he lives."""
    holders = Card.objects.filter(pk=card_id).values("person")
    Person.objects.filter(pk__in=holders).update(died_on=died_on)
