"""Takes in what befell cards from whoever has them, and closes what was none (Art. 20, 21).

Nothing about the card changes: a keeper looks into it and registers the incident with a second
person (`places/`). One person alone says it, at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from cardbook.cards.models import Card
from cardbook.chapters.posts import refuse_posts
from cardbook.chapters.safekeeping import harms
from cardbook.chapters.safekeeping.harm.queries import cards_kept
from cardbook.chapters.safekeeping.models import HarmCard, HarmReport
from cardbook.custody.models import Position
from cardbook.lib.rows import next_id
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import HarmReported
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, batch_of, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images

_ROW = act("harm.report")


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What is told: what happened, by what, when, where, to which cards by scan."""

    kind: str
    cause: str
    happened_on: date
    words: str
    numbers: Sequence[str]
    where: str = ""
    photo: KeptImage | None = None


def report_harm(*, harm: Harm, by: Actor, at: datetime, key: str) -> HarmReport:
    """This function will keep a report of cards the actor's own office has; all or none.

    The same key gives the first report again.

    :raises Refused: when a card is not in the office's keeping or waits in another report already,
        or no words are given.
    """
    refuse_other_roles(_ROW, by=by)
    batch = batch_of(key)
    known = HarmReport.objects.filter(batch=batch).first()
    cards = _cards_of(known) if known is not None else _kept(harm, by=by)
    id_ = known.pk if known is not None else _next_id()
    before = dict(Position.objects.filter(card__in=cards).values_list("card_id", "account_id"))

    def keep(done: Done) -> None:
        HarmReport.objects.create(
            pk=id_, organization_id=by.org_id, kind=harm.kind, cause=harm.cause,
            happened_on=harm.happened_on, where=harm.where, words=harm.words,
            photo=harm.photo.digest if harm.photo else "", reported_by_id=by.user_id,
            reported_at=at, batch=done.batch,
        )  # fmt: skip
        HarmCard.objects.bulk_create(
            HarmCard(report_id=id_, card_id=card.pk, account_id=before[card.pk]) for card in cards
        )
        keep_images([harm.photo] if harm.photo else [], by=by)

    step = Step(
        act=_ROW,
        facts=HarmReported(harm=harm.kind, cause=harm.cause, words=harm.words, report=id_),
        subject_ids=[card.pk for card in cards],
        objections=_reported_already,
    )
    perform(step, by=by, at=at, key=key, also=keep)
    return HarmReport.objects.get(batch=batch)


def _cards_of(report: HarmReport) -> list[Card]:
    return [line.card for line in report.lines.select_related("card").order_by("card_id")]


def _kept(harm: Harm, *, by: Actor) -> list[Card]:
    cards, odd = cards_kept(harm.numbers, by=by)
    if odd or not cards:
        named = "、".join(odd[:20]) or "没有扫描卡号"
        raise Refused([Refusal(no.CARDS_NOT_HERE, {"office": by.org_name, "numbers": named})])
    return sorted(cards, key=lambda card: card.pk)


def _next_id() -> int:
    """The id the report will have: its cards' events name it."""
    with connection.cursor() as cursor:
        return next_id(cursor, "safekeeping_harmreport")


def _reported_already(cases: Sequence[Case]) -> Iterator[Refusal]:
    """The cards are locked: of two who report one card at once the second is told."""
    waiting = HarmCard.objects.filter(
        card__in=[case.id for case in cases], report__settled_at=None
    ).select_related("report")
    reports = {line.card_id: line.report.number for line in waiting}
    for case in cases:
        if case.id in reports:
            values = {"number": case.number, "report": reports[case.id]}
            yield Refusal(no.HARM_REPORTED, values, case.id)


def close_harm(*, report_id: int, words: str, by: Actor, at: datetime) -> HarmReport:
    """This function will close a report of which no incident is registered, saying why.

    :raises Refused: when the post may not, nothing is said, or somebody closed it before.
    :raises HarmReport.DoesNotExist: when it is another county's.
    """
    refuse_posts(by, other_than=harms.SETTLERS, doing="处理受损、丢失报告")
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    return harms.settle(report_id=report_id, incident_id=None, words=words, by=by, at=at)
