"""Writes down that somebody tried to reach the holders of cards (Art. 16); one `perform()`."""

from collections.abc import Sequence
from datetime import datetime

from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import HolderContacted
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor


def contact_holders(
    *, card_ids: Sequence[int], facts: HolderContacted, by: Actor, at: datetime, key: str
) -> Outcome:
    """This function will record one attempt for each card, with a result for each row.

    :raises Refused: when nothing was chosen or the post does not do this.
    """
    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])

    def work(ids: Sequence[int], key: str) -> Done:
        step = Step(act=act("card.contact"), facts=facts, subject_ids=ids)
        return perform(step, by=by, at=at, key=key)

    return row_by_row(card_ids, key=key, work=work)
