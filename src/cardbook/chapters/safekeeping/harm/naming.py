"""Counts what is left where unread cards were harmed, and so names them (Art. 20, 21).

Act: harm.name. Until then no card's state or history knows of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cardbook.cards.models import Card
from cardbook.chapters.safekeeping import harms
from cardbook.chapters.safekeeping.harm.commands import keep_lines, reported_already, said_of
from cardbook.chapters.safekeeping.harm.queries import cards_kept, lying_at, place_of
from cardbook.chapters.safekeeping.models import HarmCard, HarmReport
from cardbook.custody.models import Position
from cardbook.ledger.models import Event
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, batch_of, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor

_ROW = act("harm.name")


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What was scanned there: the sound cards, so that the rest is harmed, or the harmed ones."""

    numbers: Sequence[str]
    sound: bool


def name_harmed(*, report_id: int, count: Count, by: Actor, at: datetime, key: str) -> HarmReport:
    """This function will name the cards an unread report means: book = sound + harmed.

    The same key gives the report again.

    :raises Refused: when they are named or settled already, a scanned card is not there by the
        book, or none is left over.
    :raises HarmReport.DoesNotExist: when it is beyond the actor's reach.
    """
    refuse_other_roles(_ROW, by=by)
    report = harms.harms_within(by).get(pk=report_id)
    if Event.objects.filter(batch=batch_of(key), act=_ROW.code).exists():
        return report
    _refuse_named(report)
    lying = {card.pk: card for card in lying_at(report)}
    named = _harmed(report, count, lying=lying)
    before = dict(Position.objects.filter(card__in=named).values_list("card_id", "account_id"))

    def keep(done: Done) -> None:
        now = HarmReport.objects.select_for_update(no_key=True).get(pk=report.pk)
        _refuse_named(now)
        keep_lines(report.pk, named, before=before)
        HarmReport.objects.filter(pk=report.pk).update(book_count=len(lying))

    step = Step(
        act=_ROW,
        facts=said_of(report, report_id=report.pk),
        subject_ids=sorted(card.pk for card in named),
        objections=reported_already,
    )
    perform(step, by=by, at=at, key=key, also=keep)
    return HarmReport.objects.get(pk=report.pk)


def _refuse_named(report: HarmReport) -> None:
    if report.settled_at is not None:
        name = report.settled_by.name if report.settled_by else ""
        raise Refused([Refusal(no.HARM_SETTLED, {"number": report.number, "name": name})])
    if not report.unread or report.book_count is not None:
        raise Refused([Refusal(no.HARM_NAMED, {"number": report.number})])


def _harmed(report: HarmReport, count: Count, *, lying: dict[int, Card]) -> list[Card]:
    """What is not sound; what waits in another report already is harmed there, not here."""
    scanned, odd = cards_kept(count.numbers, office_id=report.organization_id)
    odd += [card.number for card in scanned if card.pk not in lying]
    if odd:
        where = place_of(report) if report.account else ""
        values = {"office": f"{report.organization.name}{where}"}
        raise Refused([Refusal(no.CARDS_NOT_HERE, {**values, "numbers": "、".join(odd[:20])})])
    ids = {card.pk for card in scanned}
    harmed = [card for id_, card in lying.items() if (id_ in ids) is not count.sound]
    if count.sound:
        elsewhere = set(
            HarmCard.objects.filter(card__in=harmed, report__settled_at=None).values_list(
                "card_id", flat=True
            )
        )
        harmed = [card for card in harmed if card.pk not in elsewhere]
    if not harmed:
        values = {"place": place_of(report), "book": str(len(lying))}
        raise Refused([Refusal(no.HARM_NONE, values)])
    return harmed
