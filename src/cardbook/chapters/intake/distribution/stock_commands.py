"""Moves cards inside the office: back to the pile, or into the window's drawer (Art. 6, 20)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from cardbook.chapters.intake.distribution.choosing_queries import Chosen
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import CardUnsorted, DrawerFilled
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.reach import Reach


def unsort_cards(*, chosen: Chosen, words: str, by: Actor, at: datetime, key: str) -> int:
    """This function will lay cards back on the office's pile, to be sorted anew; returns how many.

    :raises Refused: when a card is not on the office's own shelves; nothing was moved.
    """
    return _move("card.unsort", chosen, CardUnsorted(words=words), by=by, at=at, key=key,
                 kind=Place.STORE)  # fmt: skip


def fill_drawer(*, chosen: Chosen, words: str, by: Actor, at: datetime, key: str) -> int:
    """This function will put cards into the drawer of the actor's window; returns how many.

    :raises Refused: when a card is not on the shelves of the window or its house; nothing moved.
    """
    return _move("drawer.fill", chosen, DrawerFilled(words=words), by=by, at=at, key=key,
                 kind=Place.DRAWER)  # fmt: skip


def _move(
    code: str, chosen: Chosen, facts: object, *, by: Actor, at: datetime, key: str, kind: Place
) -> int:
    row = act(code)
    refuse_other_roles(row, by=by)
    if not chosen.card_ids:
        unknown = [Refusal(no.CARD_NUMBER_UNKNOWN, {"number": n}) for n in chosen.unknown]
        raise Refused(unknown or [Refusal(no.NOTHING_CHOSEN)])

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        for number in chosen.unknown:
            yield Refusal(no.CARD_NUMBER_UNKNOWN, {"number": number})
        for case in cases:
            near = (
                by.org_path.startswith(case.custodian_path)
                if kind is Place.DRAWER
                else (by.org_path == case.custodian_path)
            )
            if not near and case.place is not None and case.place.is_store:
                values = {"custodian": case.custodian_name, "reach": Reach.OWN.label}
                yield Refusal(no.OUT_OF_REACH, values, case.id)

    step = Step(
        act=row, facts=facts, subject_ids=chosen.card_ids, objections=objections,
        destination=Destination(account_of(organization_id=by.org_id, kind=kind).pk),
    )  # fmt: skip
    return len(perform(step, by=by, at=at, key=key).subject_ids)
