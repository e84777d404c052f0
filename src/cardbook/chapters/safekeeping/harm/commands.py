"""Takes in what befell cards from whoever has them, and closes what was none (Art. 20, 21).

Nothing about the card changes: a keeper looks into it and registers the incident with a second
person (`places/`). One person alone says it, at once; whose cards cannot be read says where they
lay and how many, and the keeper names them (`naming.py`).
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from cardbook.cards.models import Card
from cardbook.chapters.posts import refuse_posts
from cardbook.chapters.safekeeping import harms
from cardbook.chapters.safekeeping.harm.queries import (
    accounts_with_cards,
    cards_kept,
    cards_within,
)
from cardbook.chapters.safekeeping.models import HarmCard, HarmReport
from cardbook.custody.models import Position
from cardbook.law.roles import Role
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
    """What is told: what happened, by what, when, where, to which cards by scan.

    Without numbers no card could be read: `account_id` says where they lay, None somewhere in the
    office, and `count` how many, None not known; `unread` tells it from numbers forgotten.
    """

    kind: str
    cause: str
    happened_on: date
    words: str
    numbers: Sequence[str] = ()
    unread: bool = False
    account_id: int | None = None
    count: int | None = None
    where: str = ""
    photo: KeptImage | None = None


# The cards of a report by the county whose keeper settles it, None for an office of the city.
_Parts = Mapping[int | None, list[Card]]


def report_harm(*, harm: Harm, by: Actor, at: datetime, key: str) -> list[HarmReport]:
    """This function will keep a report of cards the actor's own office has; all or none.

    An outlet of a bank may have cards of several counties: then each county's keeper gets a report
    of his own. The same key gives the first reports again.

    :raises Refused: when a card is not in the office's keeping or waits in another report already,
        no words are given, or neither cards nor a place that has some are named.
    """
    refuse_other_roles(_ROW, by=by)
    batch = batch_of(key)
    if harm.unread:
        return _tell_unread(harm, by=by, at=at, batch=batch)
    known = list(HarmReport.objects.filter(batch=batch))
    parts = {one.county_id: _cards_of(one) for one in known} or _parts(_kept(harm, by=by), by=by)
    ids = {one.county_id: one.pk for one in known} or {county: _next_id() for county in parts}
    facts = {
        card.pk: said_of(harm, report_id=ids[county])
        for county, part in parts.items() for card in part
    }  # fmt: skip
    before = dict(Position.objects.filter(card__in=facts).values_list("card_id", "account_id"))

    def keep(done: Done) -> None:
        for county, part in parts.items():
            _made(harm, county=county, by=by, at=at, batch=done.batch, pk=ids[county]).save(
                force_insert=True
            )
            keep_lines(ids[county], part, before=before)
        keep_images([harm.photo] if harm.photo else [], by=by)

    step = Step(act=_ROW, facts=facts, subject_ids=[*facts], objections=reported_already)
    perform(step, by=by, at=at, key=key, also=keep)
    return list(HarmReport.objects.filter(batch=batch).order_by("pk"))


def keep_lines(report_id: int, cards: Sequence[Card], *, before: Mapping[int, int]) -> None:
    """This function will keep which cards a report means, and where the book had them."""
    HarmCard.objects.bulk_create(
        HarmCard(report_id=report_id, card_id=card.pk, account_id=before[card.pk])
        for card in cards
    )


def said_of(harm: Harm | HarmReport, *, report_id: int) -> HarmReported:
    """This function will write what was told of each card."""
    return HarmReported(harm=harm.kind, cause=harm.cause, words=harm.words, report=report_id)


def _made(
    harm: Harm, *, county: int | None, by: Actor, at: datetime, batch: uuid.UUID, **more: int
) -> HarmReport:
    return HarmReport(
        organization_id=by.org_id, county_id=county, kind=harm.kind, cause=harm.cause,
        happened_on=harm.happened_on, where=harm.where, words=harm.words, unread=harm.unread,
        account_id=harm.account_id, told_count=harm.count, reported_by_id=by.user_id,
        photo=harm.photo.digest if harm.photo else "", reported_at=at, batch=batch, **more,
    )  # fmt: skip


def _tell_unread(harm: Harm, *, by: Actor, at: datetime, batch: uuid.UUID) -> list[HarmReport]:
    """Keep what is told of a place; no card is named, so no card's history can tell of it yet."""
    if not harm.words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
    before = HarmReport.objects.filter(batch=batch).order_by("pk")
    if not before:
        lying = _lying(harm, by=by)
        counties = sorted(_parts(lying, by=by), key=lambda one: one or 0)
        with transaction.atomic():
            HarmReport.objects.bulk_create(
                [_made(harm, county=one, by=by, at=at, batch=batch) for one in counties],
                ignore_conflicts=True,
            )
            keep_images([harm.photo] if harm.photo else [], by=by)
    made = list(before.all())
    if any((one.reported_by_id, one.words) != (by.user_id, harm.words) for one in made):
        raise Refused([Refusal(no.KEY_REUSED)])
    return made


def _lying(harm: Harm, *, by: Actor) -> list[Card]:
    """What the book has where the harm befell; the place is one of the office's own."""
    own = {one.id for one in accounts_with_cards(by)}
    fits = harm.account_id is None or harm.account_id in own
    lying = list(cards_within(by.org_id, account_id=harm.account_id)) if fits else []
    if not lying:
        raise Refused([Refusal(no.HARM_PLACE_UNKNOWN, {"office": by.org_name})])
    return lying


def _parts(cards: Sequence[Card], *, by: Actor) -> _Parts:
    """An outlet of a bank lies in no county: what it has is told to the county whose it is."""
    if by.role is not Role.BANK_TELLER:
        return {by.county_id: list(cards)}
    parts: dict[int | None, list[Card]] = {}
    for card in cards:
        parts.setdefault(card.county_id, []).append(card)
    return parts


def _cards_of(report: HarmReport) -> list[Card]:
    return [line.card for line in report.lines.select_related("card").order_by("card_id")]


def _kept(harm: Harm, *, by: Actor) -> list[Card]:
    cards, odd = cards_kept(harm.numbers, office_id=by.org_id)
    if odd:
        named = "、".join(odd[:20])
        raise Refused([Refusal(no.CARDS_NOT_HERE, {"office": by.org_name, "numbers": named})])
    if not cards:
        raise Refused([Refusal(no.HARM_PLACE_UNKNOWN, {"office": by.org_name})])
    return sorted(cards, key=lambda card: card.pk)


def _next_id() -> int:
    """The id the report will have: its cards' events name it."""
    with connection.cursor() as cursor:
        return next_id(cursor, "safekeeping_harmreport")


def reported_already(cases: Sequence[Case]) -> Iterator[Refusal]:
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
