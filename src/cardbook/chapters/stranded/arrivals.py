"""Counts a shipment in by scan, whoever receives it: the office above or a bank (Art. 17, 19).

Every scan is kept at once; what is not on the list is told and kept as a difference.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cardbook.cards.models import Card
from cardbook.cards.states import Subject
from cardbook.chapters.stranded.models import ArrivalScan
from cardbook.chapters.stranded.scope import sees_only_own
from cardbook.chapters.succession import carried_on
from cardbook.custody.models import Purpose, Shipment
from cardbook.custody.shipments import Tally, cards_under_way, tallies
from cardbook.ledger.models import Event
from cardbook.lib.identifiers import parse_card_number
from cardbook.lib.plain import InputError
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import User

# What pages call a shipment: they never touch models.
Sent = Shipment


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedRow:
    """One number read, newest first on the page."""

    order: int
    number: str
    listed: bool
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """A shipment being counted in."""

    id: int
    number: str
    sender: str
    receiver: str
    sent_at: datetime
    words: str
    tally: Tally
    scans: tuple[ScannedRow, ...]
    ready: int
    odd: tuple[str, ...]


def return_for(*, shipment_id: int, by: Actor) -> Shipment | None:
    """This function will return a return to or from an office within sight, or merged into his."""
    found = (
        Shipment.objects.filter(pk=shipment_id, purpose=Purpose.RETURN)
        .select_related("sender", "receiver")
        .first()
    )
    if found is None:
        return None
    within = by.org_path if sees_only_own(by) else by.county_path
    seen = (found.receiver.path, found.sender.path)
    if any(path.startswith(within) for path in seen):
        return found
    carried = Shipment.objects.filter(pk=found.pk, sender__in=carried_on(by.org_id))
    return found if carried.exists() else None


def given_by(shipment: Shipment) -> str:
    """This function will name who gave the cards, whoever prints their list again."""
    first = shipment.lines.order_by("row").values("card")[:1]
    sent = Event.objects.filter(
        subject_kind=Subject.CARD, subject_id__in=first, batch=shipment.batch
    )
    giver = sent.order_by("id").values_list("actor_id", flat=True).first()
    return User.objects.get(pk=giver).name if giver else ""


def arrivals_of(shipment: Shipment) -> Arrivals:
    """This function will read how far the counting of a shipment has come; three queries."""
    scans = list(shipment.scans.order_by("id"))
    return Arrivals(
        id=shipment.pk,
        number=shipment.number,
        sender=shipment.sender.name,
        receiver=shipment.receiver.name,
        sent_at=shipment.sent_at,
        words=shipment.words,
        tally=tallies([shipment.pk])[shipment.pk],
        scans=tuple(
            ScannedRow(
                order=place, number=scan.number, listed=scan.listed, taken=scan.batch is not None
            )
            for place, scan in enumerate(scans, start=1)
        )[::-1],
        ready=sum(scan.listed and scan.batch is None for scan in scans),
        odd=tuple(scan.number for scan in scans if not scan.listed),
    )


@transaction.atomic
def scan_arrival(*, shipment: Shipment, text: str, by: Actor) -> str:
    """This function will keep one scanned number and return it; a second scan changes nothing.

    A number that is not on the list is kept as a difference; `refuse_stranger` tells of it.

    :raises cardbook.lib.plain.InputError: when it is no card number.
    """
    number = parse_card_number(text).value
    card = Card.objects.filter(number=number).first()
    listed = card is not None and cards_under_way(shipment).filter(card=card).exists()
    known = ArrivalScan.objects.filter(shipment=shipment, number=number).first()
    if known is None and not (card and shipment.lines.filter(card=card).exists() and not listed):
        ArrivalScan.objects.create(
            shipment=shipment, number=number, card=card, listed=listed, scanned_by_id=by.user_id
        )
    return number


def refuse_stranger(*, shipment: Shipment, number: str) -> None:
    """This function will refuse a number that cannot be taken in with the shipment.

    :raises Refused: NOT_OF_THIS_LIST.
    """
    if not cards_under_way(shipment).filter(card__number=number).exists():
        raise Refused([Refusal(no.NOT_OF_THIS_LIST, _values(shipment, number))])


def unscan(*, shipment: Shipment, number: str) -> None:
    """This function will take back a number that was read by mistake and not taken in yet."""
    ArrivalScan.objects.filter(shipment=shipment, number=number, batch=None).delete()


def cards_ready(shipment: Shipment) -> list[int]:
    """This function will list the cards scanned and not taken in, in the order of scanning.

    :raises Refused: NOTHING_TO_ACKNOWLEDGE.
    """
    found = shipment.scans.filter(batch=None, listed=True).order_by("id")
    ids = [card_id for card_id in found.values_list("card_id", flat=True) if card_id]
    if not ids:
        raise Refused([Refusal(no.NOTHING_TO_ACKNOWLEDGE, {"list": shipment.number})])
    return ids


def objections_to_arrival(shipment_id: int, cases: Sequence[Case]) -> Iterator[Refusal]:
    """This function will yield a reason for each card not under way with a shipment, locked."""
    shipment = Shipment.objects.select_for_update(no_key=True).get(pk=shipment_id)
    expected = set(cards_under_way(shipment).values_list("card_id", flat=True))
    for case in cases:
        if case.id not in expected:
            yield Refusal(no.NOT_OF_THIS_LIST, _values(shipment, case.number), case.id)


def mark_taken(*, shipment_id: int, card_ids: Iterable[int], batch: uuid.UUID) -> None:
    """This function will tie the scans of cards to the act that took them in."""
    scans = ArrivalScan.objects.filter(shipment=shipment_id, card__in=list(card_ids), batch=None)
    scans.update(batch=batch)


def _values(shipment: Shipment, number: str) -> dict[str, object]:
    return {"list": shipment.number, "number": number}


def answer_to_scan(*, shipment: Shipment, number: str, remove: str, by: Actor) -> tuple[str, str]:
    """This function will keep or take back one scan and say in words what it was, good or bad."""
    if remove:
        unscan(shipment=shipment, number=remove.strip().upper()[:9])
        return f"{remove} 已删除", "good"
    try:
        found = scan_arrival(shipment=shipment, text=number, by=by)
        refuse_stranger(shipment=shipment, number=found)
    except InputError as problem:
        return problem.sentence, "bad"
    except Refused as refused:
        first = refused.refusals[0]
        return f"{first.sentence}{first.way_out}", "bad"
    return f"{found} 相符", "good"
