"""Writes down where a holder wants to fetch his card, or that it cannot be done (Art. 16).

One `perform()` each. That it was done says the hand-over itself: the card is with that office.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.chapters.stranded.elsewhere.queries import offices_for, wish_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.acts.rows import KEEPERS
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import AskedVia, OutletDeclined, OutletWished, Signer
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Organization
from cardbook.orgs.reach import Reach


def ask_outlet(
    *,
    card_id: int,
    outlet_id: int,
    asked_by: Signer,
    via: AskedVia,
    words: str,
    by: Actor,
    at: datetime,
    key: str,
) -> Done:
    """This function will write down at which office a holder wants to fetch his card.

    A newer wish takes the place of an older one.

    :raises Refused: when the card is not kept any more, or that office does not hand it out.
    """
    office = Organization.objects.filter(pk=outlet_id).first()
    name = office.name if office else ""

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        for case in cases:
            if case.custodian_id == outlet_id:
                yield Refusal(no.CARD_IS_THERE, {"office": name}, case.id)
            elif not offices_for(case.id).filter(pk=outlet_id).exists():
                yield Refusal(no.OUTLET_UNFIT, {"office": name}, case.id)

    facts = OutletWished(
        wished=outlet_id, wished_name=name, asked_by=asked_by, via=via, words=words
    )
    step = Step(
        act=act("card.ask_outlet"), facts=facts, subject_ids=[card_id], objections=objections
    )
    return perform(step, by=by, at=at, key=key)


def decline_outlets(
    *, card_ids: Sequence[int], words: str, by: Actor, at: datetime, key: str
) -> Outcome:
    """This function will write down why wishes are not met, row by row; holders are told the same.

    A county's keeper answers for all of it, everybody else for what his own office has.

    :raises Refused: when nothing was chosen or the post does not do this.
    """

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        for case in cases:
            if by.role not in KEEPERS and case.custodian_path != by.org_path:
                values = {"custodian": case.custodian_name, "reach": Reach.OWN.label}
                yield Refusal(no.OUT_OF_REACH, values, case.id)
            elif wish_of(case.id) is None:
                yield Refusal(no.NO_WISH_OPEN, {}, case.id)

    def work(ids: Sequence[int], part: str) -> Done:
        step = Step(
            act=act("card.decline_outlet"), facts=OutletDeclined(words=words), subject_ids=ids,
            objections=objections,
        )  # fmt: skip
        return perform(step, by=by, at=at, key=part)

    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    return row_by_row(card_ids, key=key, work=work)
