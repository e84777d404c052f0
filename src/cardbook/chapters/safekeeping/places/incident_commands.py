"""Reports damaged or lost stock, and tells the office above (Art. 20, 21); one `perform` each.

The cards leave the shelf in the same transaction, and a damaged card's holder gets a new one free:
its application is opened at once (Art. 9), unless he has one under way.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from cardbook.cards.models import Card
from cardbook.cards.states import Stage
from cardbook.chapters.applications import replacement_of, to_be_replaced
from cardbook.chapters.posts import refuse_posts
from cardbook.chapters.safekeeping import harms
from cardbook.chapters.safekeeping.models import Incident, IncidentCard
from cardbook.chapters.safekeeping.places.incident_queries import cards_named, incidents_within
from cardbook.chapters.safekeeping.places.queries import places_within
from cardbook.custody.models import Position
from cardbook.law.roles import Role
from cardbook.lib.rows import next_id
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.facts import (
    Defect,
    FreeReplacementOpened,
    StockDamaged,
    StockMissed,
)
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, batch_of, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.papers.pictures import KeptImage
from cardbook.papers.storage import keep_images

# Who tells the office above: whoever reports, and whoever answers for the county's work (Art. 5).
TELLERS = frozenset({*act("stock.damage").who, Role.COUNTY_MANAGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is told of an incident: what happened, where, when, to which cards by scan.

    `harm_id` is the report of whoever has the cards, which is settled by it.
    """

    kind: str
    cause: str
    happened_on: date
    words: str
    numbers: Sequence[str]
    place_id: int | None = None
    photo: KeptImage | None = None
    harm_id: int | None = None


def report_incident(
    *, report: Report, by: Actor, second: Actor | None, at: datetime, key: str
) -> Incident:
    """This function will keep a report and take its cards off the shelf, all or none.

    Damaged cards are recalled and made anew, lost ones are missing from now on. The same key
    gives the first report again.

    :raises Refused: when a number is not the county's, a card is not in anybody's keeping, no
        words are given, or the second person may not sign.
    :raises KeepingPlace.DoesNotExist: when the place is beyond the actor's reach.
    :raises HarmReport.DoesNotExist: when the report it answers is.
    """
    refuse_other_roles(act("stock.damage"), by=by)
    if report.place_id is not None:
        places_within(by).get(pk=report.place_id)
    if report.harm_id is not None:
        harms.refuse_unnamed(report.harm_id, by=by)
    cards = _cards_of(report, by=by)
    batch = batch_of(key)
    id_ = _number_of(batch)
    before = dict(Position.objects.filter(card__in=cards).values_list("card_id", "account_id"))

    def keep(done: Done) -> None:
        Incident.objects.create(
            pk=id_, organization_id=by.org_id, place_id=report.place_id, kind=report.kind,
            cause=report.cause, happened_on=report.happened_on, words=report.words,
            photo=report.photo.digest if report.photo else "", reported_by_id=by.user_id,
            second_id=second.user_id if second else by.user_id, recorded_at=at, batch=done.batch,
        )  # fmt: skip
        IncidentCard.objects.bulk_create(
            IncidentCard(incident_id=id_, card_id=card.pk, account_id=before[card.pk])
            for card in cards
        )
        keep_images([report.photo] if report.photo else [], by=by)
        if report.harm_id is not None:
            harms.settle(report_id=report.harm_id, incident_id=id_, words="", by=by, at=at)

    perform(*_steps(report, cards, id_), by=by, second=second, at=at, key=key, also=keep)
    return Incident.objects.get(batch=batch)


def _cards_of(report: Report, *, by: Actor) -> list[Card]:
    cards, odd = cards_named(report.numbers, by=by)
    if odd or not cards:
        named = "、".join(odd[:20]) or "没有扫描卡号"
        raise Refused([Refusal(no.CARDS_NOT_NAMED, {"numbers": named})])
    return cards


def _number_of(batch: uuid.UUID) -> int:
    """The id the report has, or will have: the cards' events name it."""
    known = Incident.objects.filter(batch=batch).values_list("pk", flat=True).first()
    if known is not None:
        return known
    with connection.cursor() as cursor:
        return next_id(cursor, "safekeeping_incident")


def _steps(report: Report, cards: Sequence[Card], incident_id: int) -> list[Step]:
    if report.kind == Incident.Kind.DAMAGED:
        damaged = StockDamaged(kind=report.cause, words=report.words, incident=incident_id)
        ids = [card.pk for card in cards]
        return [
            Step(act=act("stock.damage"), facts=damaged, subject_ids=ids),
            *(_free_replacement(card, incident_id) for card in to_be_replaced(cards)),
        ]
    missed = StockMissed(words=report.words, incident=incident_id)
    aside = (Stage.RECALLED, Stage.RETURNED, Stage.CANCELLED)
    groups = (
        ("stock.miss", [card.pk for card in cards if card.stage not in aside]),
        ("stock.miss_set_aside", [card.pk for card in cards if card.stage in aside]),
    )
    return [Step(act=act(code), facts=missed, subject_ids=ids) for code, ids in groups if ids]


def _free_replacement(card: Card, incident_id: int) -> Step:
    return Step(
        act=act("replacement.open_free"),
        facts=FreeReplacementOpened(old_card=card.pk, defect=Defect.OTHER, incident=incident_id),
        births=replacement_of(card, reason="defect"),
    )


def tell_incident(
    *, incident_id: int, office: str, words: str, by: Actor, at: datetime
) -> Incident:
    """This function will note that an incident was reported upward: to whom, what was answered.

    :raises Refused: when somebody else noted it before, nobody is named, or the role may not.
    :raises Incident.DoesNotExist: when it is another county's.
    """
    refuse_posts(by, other_than=TELLERS, doing="登记上报情况")
    with transaction.atomic():
        ids = incidents_within(by).filter(pk=incident_id).values_list("pk", flat=True)
        incident = Incident.objects.select_for_update().get(pk__in=list(ids))
        if incident.told_at is not None:
            if (incident.told_by_id, incident.told_office) == (by.user_id, office):
                return incident
            raise Refused([Refusal(no.INCIDENT_TOLD, {"number": incident.number})])
        if not office.strip():
            raise Refused([Refusal(no.REASON_MISSING)])
        Incident.objects.filter(pk=incident.pk).update(
            told_office=office, told_words=words, told_at=at, told_by_id=by.user_id
        )
    return Incident.objects.get(pk=incident.pk)
