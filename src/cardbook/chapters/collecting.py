"""What ends when a new card reaches its holder: the old card and the application (Art. 25, 26).

Every slice that hands cards over puts these steps into the same request as its own.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from cardbook.cards.models import Application, Card
from cardbook.cards.states import (
    CLOSED_APPLICATIONS,
    Hold,
    Progress,
    Social,
    Stage,
    Subject,
)
from cardbook.chapters.asked_before import done_with
from cardbook.chapters.old_boxes import (
    HAND_IN,
    HAND_IN_DEFECTIVE,
    HAND_INS,
    NO_BOX,
    OldBox,
)
from cardbook.chapters.open_application import application_open
from cardbook.chapters.telling import Told, written_loss_told
from cardbook.custody.places import Place
from cardbook.law import papers
from cardbook.law.notices import LOSS
from cardbook.ledger.models import Event
from cardbook.ledger.plans import cursor_for
from cardbook.lib.rows import array_of
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import (
    ApplicationCollected,
    ApplyReason,
    CollectingUndone,
    LossMadeFormal,
    OldCardHandedIn,
    OldCardVoided,
    Plastic,
    RequestChannel,
    Signer,
    Verdict,
)
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.openacts import OpenAct
from cardbook.lifecycle.perform import Objections, Step, batch_of
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor

_COMING = (Progress.SUBMITTED, Progress.ACCEPTED, Progress.IN_PRODUCTION, Progress.PRODUCED)
# By person: what is on its way for whom a card is handed to, and what this very request closed.
_COLLECTED = """
SELECT a.id, c.id
FROM cards_card c
JOIN cards_application a ON a.person_id = c.person_id
JOIN orgs_organization county ON county.id = a.county_id
WHERE c.id = ANY(%(cards)s::bigint[]) AND (
    a.progress = ANY(%(coming)s::text[]) AND starts_with(county.path, %(within)s::text)
        AND (a.old_card_id IS NULL OR a.old_card_id <> ALL(%(cards)s::bigint[]))
    OR EXISTS (
        SELECT FROM ledger_event e
        WHERE e.subject_kind = 'application' AND e.subject_id = a.id
            AND e.act = 'application.collect' AND e.batch = %(batch)s::uuid
    )
)
ORDER BY c.id, a.id
"""
_LOST_WORDS = "领新卡时称旧卡已丢失"
# What shows who somebody is; a written report of a loss wants no more of what was shown.
_IDENTITY = frozenset({papers.ID_CARD_ORIGINAL.code, papers.GUARDIAN_ID.code})


class OldCardFate(StrEnum):
    """What became of the old card when the new one is handed over."""

    GOOD = "good"
    BROKEN = "broken"
    LOST = "lost"
    ON_LOSS = "on_loss"

    @property
    def label(self) -> str:
        """The words at the desk."""
        return {
            "good": "已收回，好卡",
            "broken": "已收回，坏卡",
            "lost": "旧卡已丢失（同时正式挂失、注销）",
            "on_loss": "旧卡已丢失（已挂失，注销）",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCardOut:
    """An old card its holder still has to hand in."""

    id: int
    number: str
    on_loss: bool
    lies_in: str

    @property
    def fates(self) -> tuple[OldCardFate, ...]:
        """What may have become of it, the usual first."""
        lost = OldCardFate.ON_LOSS if self.on_loss else OldCardFate.LOST
        return (OldCardFate.GOOD, OldCardFate.BROKEN, lost)


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCardBack:
    """What was said of an old card at the desk."""

    card_id: int
    fate: OldCardFate
    laid: OldBox = NO_BOX


def read_old_card(given: Mapping[str, Any]) -> OldCardBack | None:
    """This function will make what a form says of an old card; unsaid, it stays out there."""
    if not given.get("old_card") or not given.get("old_card_id"):
        return None
    return OldCardBack(
        card_id=given["old_card_id"],
        fate=OldCardFate(given["old_card"]),
        laid=given.get("old_card_box") or NO_BOX,
    )


def old_card_out(card_id: int) -> OldCardOut | None:
    """This function will find the card that has to come back before this one is handed over."""
    person = Card.objects.filter(pk=card_id).values("person")
    application = (
        Application.objects.filter(person__in=person, old_card__stage=Stage.ISSUED)
        .exclude(progress__in=CLOSED_APPLICATIONS)
        .exclude(old_card=card_id)
        .exclude(old_card__social=Social.CANCELLED)
        .select_related("old_card")
        .first()
    )
    if application is None or application.old_card is None:
        return None
    old = application.old_card
    return OldCardOut(
        id=old.pk, number=old.number, on_loss=old.hold == Hold.FORMAL_LOSS,
        lies_in=old_card_place(old.pk),
    )  # fmt: skip


def hand_in_act(card_id: int) -> str:
    """This function will name the act that takes an old card in, or that took it.

    What is replaced because it was made badly goes to the stock of defects and back to its maker
    with the others (Art. 9); whatever else was found is no matter of the maker's.
    """
    mine = Event.objects.filter(subject_kind=Subject.CARD, subject_id=card_id, act__in=HAND_INS)
    taken = mine.values_list("act", flat=True).first()
    if taken is not None:
        return taken
    replaced = Application.objects.filter(old_card=card_id, reason=ApplyReason.DEFECT)
    asked_for = Event.objects.filter(
        subject_kind=Subject.APPLICATION, act="replacement.capture_free",
        subject_id__in=replaced.exclude(progress=Progress.WITHDRAWN).values("pk"),
    )  # fmt: skip
    facts = asked_for.order_by("-id").values_list("facts", flat=True).first()
    made_badly = facts is not None and json.loads(facts).get("verdict") == Verdict.MADE
    return HAND_IN_DEFECTIVE if made_badly else HAND_IN


def old_card_place(card_id: int) -> str:
    """This function will say where an old card is laid once it is in."""
    is_defective = hand_in_act(card_id) == HAND_IN_DEFECTIVE
    return (Place.DEFECT if is_defective else Place.SCRAP).label


def told_if_lost(old_card: OldCardOut | None, *, on: date) -> tuple[Told, ...]:
    """This function will give what is read out when the old card is said to be lost here: the
    loss is recorded, with its notice, in the same request.
    """
    if old_card is None or old_card.on_loss:
        return ()
    return (written_loss_told(card_id=old_card.id, on=on, moment="旧卡丢了的，也读给他听"),)


def settled_here(one: OpenAct) -> OpenAct:
    """This function will leave out that an old card is still out: the desk itself takes it."""
    reasons = tuple(reason for reason in one.reasons if reason.code != no.OLD_CARD_OUT.code)
    return replace(one, reasons=reasons)


def old_card_steps(
    back: OldCardBack | None,
    *,
    new_card_id: int,
    shown: Sequence[Presented],
    signer: Signer = Signer.HOLDER,
) -> list[Step]:
    """This function will make what settles an old card: handed in, or lost and dead.

    They come before the hand-over, and follow from what was said alone: the same request sent
    again is the same.
    """
    if back is None:
        return []
    objections = _same_holder(new_card_id)
    if back.fate in (OldCardFate.GOOD, OldCardFate.BROKEN):
        handed_in = OldCardHandedIn(
            plastic=Plastic(str(back.fate)), box=back.laid.box, slot=back.laid.slot
        )
        return [_old_card_step(hand_in_act(back.card_id), handed_in, back, objections)]
    void = _old_card_step("old_card.void", OldCardVoided(words=_LOST_WORDS), back, objections)
    if back.fate is OldCardFate.ON_LOSS:
        return [void]
    lost = LossMadeFormal(channel=RequestChannel.WINDOW, asked_by=signer, words=_LOST_WORDS)
    loss = replace(
        _old_card_step("loss.formal", lost, back, objections),
        papers=[paper for paper in shown if paper.kind in _IDENTITY],
        told=(LOSS.code,),
    )
    return [loss, void]


def _old_card_step(code: str, facts: object, back: OldCardBack, objections: Objections) -> Step:
    return Step(act=act(code), facts=facts, subject_ids=[back.card_id], objections=objections)


def _same_holder(new_card_id: int) -> Objections:
    """What comes back is a card of whoever gets the new one, and nobody else's."""

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        holder = Card.objects.values_list("person_id", flat=True).get(pk=new_card_id)
        for case in cases:
            if case.person_id != holder:
                yield Refusal(no.OLD_CARD_IS_ANOTHERS, {"number": case.number}, case.id)

    return objections


def collected_steps(card_ids: Sequence[int], *, by: Actor, key: str) -> list[Step]:
    """This function will make what closes the applications these new cards were asked for by.

    They come after the hand-over. A request sent again finds the ones it closed itself.
    """
    with cursor_for(len(card_ids)) as cursor:
        cursor.execute(
            _COLLECTED,
            {
                "cards": array_of(card_ids), "coming": [str(progress) for progress in _COMING],
                "within": by.county_path, "batch": batch_of(key),
            },
        )  # fmt: skip
        found: dict[int, int] = dict(cursor.fetchall())
    if not found:
        return []
    facts = {id_: ApplicationCollected(card=card) for id_, card in found.items()}
    return [Step(act=act("application.collect"), facts=facts, subject_ids=sorted(found))]


def collecting_undone_steps(card_id: int, *, handed_over: int, words: str) -> list[Step]:
    """This function will make what opens again the application a hand-over has closed.

    `handed_over` is the event that is taken back. The card waits for its holder once more, and
    the next hand-over closes the application as usual.
    """
    then = Event.objects.filter(pk=handed_over)
    closed = done_with(then, act="application.collect", subject=Subject.APPLICATION)
    found = Application.objects.filter(closed, person__cards=card_id)
    ids = list(found.values_list("pk", flat=True))
    if not ids:
        return []
    return [
        Step(
            act=act("application.collect_undo"),
            facts=CollectingUndone(card=card_id, words=words),
            subject_ids=ids,
            objections=_another_is_open,
        )
    ]


def _another_is_open(cases: Sequence[Case]) -> Iterator[Refusal]:
    """One application at a time: what was asked for since then comes first."""
    for case in cases:
        since = Application.objects.filter(person=case.person_id).exclude(pk=case.id)
        if case.person_id and since.exclude(progress__in=CLOSED_APPLICATIONS).exists():
            yield application_open(case.person_id, subject_id=case.id)
