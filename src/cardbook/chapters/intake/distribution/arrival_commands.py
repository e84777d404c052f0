"""Counts in what another office sent: blind, card by card or whole sealed boxes (Art. 6, 20).

`commands.py` beside it sends; the differences of a count are explained when it is closed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction

from cardbook.chapters.intake.distribution.commands import already_received
from cardbook.chapters.intake.distribution.count_queries import (
    Finding,
    box_named,
    finding_of,
    kept_scans,
)
from cardbook.chapters.intake.models import (
    HandDownCount,
    HandDownMissing,
    HandDownScan,
    HandDownWhole,
)
from cardbook.chapters.receivers import objections_to_town
from cardbook.custody.models import Purpose, Shipment
from cardbook.custody.shipments import cards_under_way
from cardbook.ledger.models import Request
from cardbook.lib.identifiers import parse_card_number
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import HandDownAcknowledged, HandDownDiffers
from cardbook.lifecycle.judge import refusals_of_actor, refuse_other_roles
from cardbook.lifecycle.perform import Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor

_RECEIVE = act("handover.receive")
_DIFFER = act("handover.note_difference")


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a scan: a card, or a whole box; `new` unless it was scanned before."""

    text: str
    is_box: bool
    new: bool


class _ScannedMeanwhile(Exception):
    """A scan arrived while the count was being closed."""


def begin_count(*, shipment_id: int, by: Actor, at: datetime) -> HandDownCount:
    """This function will begin the count of a hand-over, or return the one that is running.

    :raises Refused: when another office receives it, or nothing of it is under way any more.
    """
    refuse_other_roles(_RECEIVE, by=by)
    shipment = Shipment.objects.select_related("receiver").get(
        pk=shipment_id, purpose=Purpose.HAND_DOWN
    )
    if shipment.receiver_id != by.org_id:
        values = {"list": shipment.number, "office": shipment.receiver.name}
        raise Refused([Refusal(no.LIST_NOT_YOURS, values)])
    running = HandDownCount.objects.filter(shipment=shipment, closed_at=None).first()
    if running is not None:
        return running
    if not cards_under_way(shipment).exists():
        raise Refused([already_received(shipment, at=at)])
    try:
        with transaction.atomic():
            return HandDownCount.objects.create(shipment=shipment, counted_by_id=by.user_id)
    except IntegrityError:
        # A colleague began in the same instant: it is one count.
        return HandDownCount.objects.get(shipment=shipment, closed_at=None)


def scan(*, shipment_id: int, text: str, by: Actor, at: datetime) -> Kept:
    """This function will keep one scan: a card's number, or the label or seal of a whole box.

    The same scan twice is one. A card that is not on the list is kept for the difference sheet
    and refused at once.

    :raises cardbook.lib.plain.InputError: when the text is neither.
    :raises Refused: `NOT_OF_THIS_LIST`, `BOX_NOT_OF_LIST`, or why there is nothing to count.
    """
    count = begin_count(shipment_id=shipment_id, by=by, at=at)
    shipment = count.shipment
    box = box_named(shipment_id, text=text)
    if box is not None or text.strip().startswith(("~", "～")):
        return _whole(count, box.pk if box else None, text=box.code if box else "", by=by)
    number = parse_card_number(text).value
    listed = cards_under_way(shipment).filter(card__number=number).exists()
    new = _add(count, number=number, listed=listed)
    if not listed:
        values = {"number": number, "list": shipment.number}
        raise Refused([Refusal(no.NOT_OF_THIS_LIST, values)])
    return Kept(number, is_box=False, new=new)


def _add(count: HandDownCount, *, number: str, listed: bool) -> bool:
    with transaction.atomic():
        _locked_open(count.pk)
        _, new = HandDownScan.objects.get_or_create(
            count=count, number=number, defaults={"listed": listed}
        )
    return new


def _whole(count: HandDownCount, box_id: int | None, *, text: str, by: Actor) -> Kept:
    shipment = count.shipment
    waiting = cards_under_way(shipment)
    if box_id is not None:
        box = shipment.boxes.get(pk=box_id)
        waiting = waiting.filter(row__gte=box.first_row, row__lte=box.last_row)
    if box_id is None or not waiting.exists():
        values = {"box": text or "（其他标签）", "list": shipment.number}
        raise Refused([Refusal(no.BOX_NOT_OF_LIST, values)])
    with transaction.atomic():
        _locked_open(count.pk)
        _, new = HandDownWhole.objects.get_or_create(count=count, box_id=box_id)
    return Kept(text, is_box=True, new=new)


def remove_scan(*, shipment_id: int, text: str, by: Actor) -> bool:
    """This function will take a scan back; says whether it was there.

    :raises Refused: when the count is closed or another office's.
    """
    refuse_other_roles(_RECEIVE, by=by)
    with transaction.atomic():
        count = HandDownCount.objects.filter(
            shipment=shipment_id, shipment__receiver=by.org_id, closed_at=None
        ).first()
        if count is None:
            raise Refused([Refusal(no.ARRIVAL_CLOSED, {"list": f"JJ{shipment_id:08d}"})])
        _locked_open(count.pk)
        cards, _ = HandDownScan.objects.filter(count=count, number=text).delete()
        boxes, _ = HandDownWhole.objects.filter(count=count, box__code=text).delete()
    return bool(cards or boxes)


def _locked_open(count_id: int) -> HandDownCount:
    """The count, open and kept so until the end of the transaction; scans share the lock."""
    count = (
        HandDownCount.objects.select_for_update(no_key=True)
        .select_related("shipment")
        .get(pk=count_id)
    )
    if count.closed_at is not None:
        raise Refused([Refusal(no.ARRIVAL_CLOSED, {"list": count.shipment.number})])
    return count


def finish_count(
    *,
    count_id: int,
    words: str = "",
    by: Actor,
    second: Actor | None = None,
    at: datetime,
    key: str,
) -> HandDownCount:
    """This function will close a count: what was seen is received, what was not stays in transit.

    A difference needs its reason in words and a second signature; without one, one is enough.

    :raises Refused: when something differs without reason or second person, the count is over, or
        the receiver may not be given cards any more.
    """
    refuse_other_roles(_RECEIVE, by=by)
    count = HandDownCount.objects.select_related("shipment__receiver").get(pk=count_id)
    shipment = count.shipment
    if shipment.receiver_id != by.org_id:
        values = {"list": shipment.number, "office": shipment.receiver.name}
        raise Refused([Refusal(no.LIST_NOT_YOURS, values)])
    if count.closed_at is not None:
        if Request.objects.filter(key=key, actor_id=by.user_id).exists():
            return count
        raise Refused([Refusal(no.ARRIVAL_CLOSED, {"list": shipment.number})])
    finding = finding_of(shipment, count_id=count_id)
    if not finding.expected:
        raise Refused([already_received(shipment, at=at)])
    if finding.differs:
        _refuse_unexplained(words=words, by=by, second=second)

    close = partial(_close, count_id, finding, words=words, by=by, second=second, at=at)
    if steps := list(_steps(shipment, finding, count_id=count_id, words=words, at=at)):
        perform(*steps, by=by, second=second, at=at, key=key, also=lambda _: close())
    else:  # Whatever was sent is taken back as wrong already: there is nothing to receive.
        with transaction.atomic():
            close()
    return HandDownCount.objects.select_related("shipment").get(pk=count_id)


def _refuse_unexplained(*, words: str, by: Actor, second: Actor | None) -> None:
    refused = list(refusals_of_actor(act=_DIFFER, by=by, second=second))
    if not words.strip():
        refused.append(Refusal(no.REASON_MISSING))
    if refused:
        raise Refused(refused)


def _steps(
    shipment: Shipment, finding: Finding, *, count_id: int, words: str, at: datetime
) -> Iterator[Step]:
    received = [*finding.scanned, *finding.in_boxes]
    by_scan = set(finding.scanned)

    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        _locked_open(count_id)
        yield from ()

    def of_receiver(cases: Sequence[Case]) -> Iterator[Refusal]:
        # A letter may be revoked while the cards are on their way.
        yield from objections_to_town(shipment.receiver, at=at)
        yield from objections(cases)

    facts: Mapping[int, HandDownAcknowledged] = {
        id_: HandDownAcknowledged(shipment=shipment.pk, scanned=id_ in by_scan) for id_ in received
    }
    if received:
        yield Step(act=_RECEIVE, facts=facts, subject_ids=received, objections=of_receiver)
    if finding.missing:
        yield Step(
            act=_DIFFER,
            facts=HandDownDiffers(shipment=shipment.pk, words=words),
            subject_ids=finding.missing,
            objections=objections,
        )


def _close(
    count_id: int,
    finding: Finding,
    *,
    words: str,
    by: Actor,
    second: Actor | None,
    at: datetime,
) -> None:
    count = _locked_open(count_id)
    if kept_scans(count_id) != finding.scans:
        raise Refused([Refusal(no.COUNT_GOES_ON, {"box": count.shipment.number})])
    HandDownCount.objects.filter(pk=count_id).update(
        closed_at=at,
        counted_by_id=by.user_id,
        second_id=second.user_id if second else None,
        expected=finding.expected,
        found=finding.found,
        short=len(finding.missing),
        extra=len(finding.strange),
        words=words,
    )
    HandDownMissing.objects.bulk_create(
        [HandDownMissing(count_id=count_id, card_id=id_) for id_ in finding.missing]
    )
