"""Hands a card to its holder at a window, and takes a mistaken entry back (Art. 8 para. 4).

One `perform()` each: registered, moved, signed and advised in one transaction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from cardbook.cards.models import Card
from cardbook.chapters.activating import activation_step
from cardbook.chapters.chips import ReadAtDesk, read_at_desk
from cardbook.chapters.collecting import (
    OldCardBack,
    collected_steps,
    collecting_undone_steps,
    old_card_steps,
)
from cardbook.chapters.representatives import uncount_pick_up
from cardbook.chapters.typed_numbers import Typed, recheck_of
from cardbook.chapters.ways_open import objections_to_way
from cardbook.ledger.models import Event
from cardbook.lib.chip import Chip
from cardbook.lib.clock import local_day
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import CardIssued, IssueUndone
from cardbook.lifecycle.judge import Presented
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images


def issue_card(
    *,
    card_id: int,
    facts: CardIssued,
    papers: Sequence[Presented],
    told: Sequence[str],
    images: Sequence[KeptImage] = (),
    old_card: OldCardBack | None = None,
    again: str = "",
    activate: bool = False,
    chip: Chip | None = None,
    by: Actor,
    second: Actor | None = None,
    at: datetime,
    key: str,
) -> Done:
    """This function will hand the card to its holder: one act, one transaction, once.

    The old card it replaces comes back, and the application it was asked for by ends, in the same
    request, and with `activate` it is put to use at once. Pictures are kept with it: a refused
    hand-over leaves no copy. `again` is a number typed a second time, `chip` what a reader read.

    :raises Refused: naming every reason, its article and the way out; nothing was changed.
    """
    given = _Given(
        card_id=card_id, facts=facts, papers=papers,
        chip=read_at_desk(chip, card_id=card_id, on=local_day(at)),
        typed=Typed(of="card.issue", again=again, by=by, second=second), on=local_day(at),
    )  # fmt: skip
    return perform(
        *old_card_steps(old_card, new_card_id=card_id, shown=papers),
        _hand_over(given, told=told),
        *collected_steps([card_id], by=by, key=key),
        *([_in_use(given)] if activate else ()),
        by=by,
        second=second,
        at=at,
        key=key,
        also=lambda done: keep_images(images, by=by),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What a window said of one hand-over."""

    card_id: int
    facts: CardIssued
    papers: Sequence[Presented]
    chip: ReadAtDesk
    typed: Typed
    on: date


def _hand_over(given: _Given, *, told: Sequence[str]) -> Step:
    """The act itself, with how a typed number was checked; a chip that differs stops it (13)."""
    on = given.on
    said = replace(given.facts, recheck=recheck_of(given.facts.identity, on=on))

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        yield from objections_to_way(cases, way=said.way, on=on)
        yield from given.typed.objections(cases, said)
        yield from given.chip.objections()

    return Step(
        act=act("card.issue"), facts=said, subject_ids=[given.card_id], papers=given.papers,
        told=told, objections=objections,
    )  # fmt: skip


def _in_use(given: _Given) -> Step:
    """The activation in the same request, with what the chip says (Art. 22)."""
    return activation_step(
        given.card_id, shown=given.papers, chip=given.chip,
        self_supporting=given.facts.self_supporting,
    )  # fmt: skip


def undo_issue(
    *,
    card_id: int,
    event_id: int,
    words: str,
    papers: Sequence[Presented] = (),
    told: Sequence[str] = (),
    images: Sequence[KeptImage] = (),
    by: Actor,
    second: Actor | None,
    at: datetime,
    key: str,
) -> Done:
    """This function will take back a hand-over that was registered by mistake; two people sign.

    Whoever came for the holder has fetched one card less (Art. 10); the application it was asked
    for by waits for the holder again (Art. 25).

    :raises Refused: when the card has been activated since, or no reason is given.
    """
    step = Step(
        act=act("issue.undo"),
        facts=IssueUndone(event=event_id, words=words),
        subject_ids=[card_id],
        papers=papers,
        told=told,
    )

    def also(done: Done) -> None:
        keep_images(images, by=by)
        event = Event.objects.get(pk=event_id)
        holder_id = Card.objects.values_list("person_id", flat=True).get(pk=card_id)
        uncount_pick_up(batch=event.batch, holder_id=holder_id)

    reopened = collecting_undone_steps(card_id, handed_over=event_id, words=words)
    return perform(step, *reopened, by=by, second=second, at=at, key=key, also=also)
