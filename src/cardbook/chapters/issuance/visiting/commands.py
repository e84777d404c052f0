"""Takes cards along to their holders, hands them over there, brings the others back (Art. 7, 20).

One `perform()` each; who carries what the ledger says.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from cardbook.chapters.carrying import carried
from cardbook.chapters.collecting import OldCardBack, collected_steps, old_card_steps
from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.chapters.ways_open import objections_to_way
from cardbook.lib.clock import local_day
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    CardBroughtBack,
    CardIssuedAtHome,
    CardTakenOut,
    VisitReason,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images


def take_out(
    *,
    card_ids: Sequence[int],
    reason: VisitReason,
    planned_on: date,
    words: str = "",
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will let two take the cards of one round along; none is issued by that.

    :raises Refused: when a holder is dead or a child, his group is not visited, a card is not on
        the shelf, the day is past or nobody goes along; nothing was moved.
    """
    facts = CardTakenOut(reason=reason, planned_on=planned_on, words=words.strip())
    step = Step(
        act=act("card.take_out"), facts=facts, subject_ids=card_ids,
        objections=lambda cases: objections_to_way(cases, way="home", on=local_day(at)),
    )  # fmt: skip
    return perform(step, by=by, second=second, at=at, key=key)


def issue_home(
    *,
    card_id: int,
    facts: CardIssuedAtHome,
    papers: Sequence[Presented],
    told: Sequence[str],
    images: Sequence[KeptImage] = (),
    old_card: OldCardBack | None = None,
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will register that the holder got his card at home; both who went sign.

    The old card it replaces comes back, and the application it was asked for by ends, in the same
    request, as at the window.

    :raises Refused: naming every reason; nothing was changed.
    """
    step = Step(
        act=act("card.issue_home"), facts=facts, subject_ids=[card_id], papers=papers, told=told,
        objections=lambda cases: _against_hand_over(
            cases, handed_on=facts.handed_on, by=by, second=second, on=local_day(at)
        ),
    )  # fmt: skip
    return perform(
        *old_card_steps(old_card, new_card_id=card_id, shown=papers),
        step,
        *collected_steps([card_id], by=by, key=key),
        by=by, second=second, at=at, key=key,
        also=lambda done: keep_images(images, by=by),
    )  # fmt: skip


def bring_back(
    *, card_ids: Sequence[int], words: str, by: Actor, at: datetime, key: str
) -> Outcome:
    """This function will lay cards that were taken along back into the office's drawer.

    A card that was handed over meanwhile is left out, with the reason.

    :raises Refused: when the post may not.
    """
    facts = CardBroughtBack(words=words.strip())

    def work(ids: Sequence[int], its_key: str) -> Done:
        step = Step(act=act("card.bring_back"), facts=facts, subject_ids=ids)
        return perform(step, by=by, at=at, key=its_key)

    return row_by_row(card_ids, key=key, work=work)


def _against_hand_over(
    cases: Sequence[Case], *, handed_on: date, by: Actor, second: Actor | None, on: date
) -> Iterator[Refusal]:
    """Handed over while it was out, and signed for by one at least who carried it (Art. 20)."""
    signing = {by.user_id, second.user_id if second else by.user_id}
    found = carried(county_path=by.county_path, card_ids=[case.id for case in cases])
    for one in found:
        if not one.out_on <= handed_on <= on:
            days = {"handed_on": handed_on, "out_on": one.out_on}
            yield Refusal(no.HANDED_ON_OUT_OF_TIME, days, one.card_id)
        if not signing & one.carriers:
            carriers = {"number": one.number, "carriers": f"{one.actor}、{one.companion}"}
            yield Refusal(no.VISITED_BY_OTHERS, carriers, one.card_id)
