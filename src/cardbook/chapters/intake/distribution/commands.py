"""Gives cards to another office, sends them on elsewhere, calls them back (Art. 6, 8 para. 1, 20).

One `perform()` each; `arrival_commands.py` counts in what arrives, `stock_commands.py` moves cards
inside the office.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from cardbook.cards.models import Card
from cardbook.chapters.intake.distribution.choosing_queries import (
    BY_SHEET,
    Bundle,
    Chosen,
    receivers,
)
from cardbook.chapters.intake.distribution.senders import asked_of, is_senders, not_yours
from cardbook.chapters.intake.models import HandDown, HandDownBox, Recall
from cardbook.chapters.receivers import objections_to_town
from cardbook.custody.models import Position, Purpose, Shipment, ShipmentLine
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.custody.shipments import cards_under_way, record_shipment
from cardbook.ledger.models import Request
from cardbook.lib.clock import to_the_minute
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import HandDownTakenBack, HandedDown
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, batch_of, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization
from cardbook.orgs.reach import Reach, covers

_SEND = act("handover.send")
_TAKE_BACK = act("handover.take_back")
_BANKS = (Kind.BANK, Kind.BRANCH)


@dataclass(frozen=True, slots=True)
class Sent:
    """A hand-over that left, and what stayed behind because it could not go."""

    shipment: Shipment
    left_out: tuple[Refusal, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a recall did: cards back with the sender, and cards the receiver is asked to send."""

    taken_back: int
    asked: int
    left_out: tuple[Refusal, ...] = ()


# ------------------------------------------------------------------------------------------- send
def send_cards(
    *,
    chosen: Chosen,
    receiver_id: int,
    words: str,
    by: Actor,
    at: datetime,
    key: str,
    leave_out: bool = False,
) -> Sent:
    """This function will give the chosen cards to another office, which has to acknowledge them.

    All or none; with `leave_out` the cards that cannot go stay, and the answer says why.

    :raises Refused: with a reason for every card, or for the receiver.
    :raises Organization.DoesNotExist: when there is no such office.
    """
    refuse_other_roles(_SEND, by=by)
    before = Shipment.objects.filter(batch=batch_of(key), sender_id=by.org_id).first()
    if before is not None:
        return Sent(before, repeated=True)
    receiver = Organization.objects.get(pk=receiver_id, in_force=True)
    _refuse_receiver(receiver, by=by)
    try:
        return _send(chosen, receiver=receiver, words=words, by=by, at=at, key=key)
    except Refused as refused:
        unfit = {one.subject_id for one in refused.refusals if one.subject_id is not None}
        rest = _without(chosen, unfit)
        of_cards = all(one.subject_id or one.reason is no.CARD_NUMBER_UNKNOWN
                       for one in refused.refusals)  # fmt: skip
        if not (leave_out and of_cards and rest.card_ids):
            raise
        sent = _send(rest, receiver=receiver, words=words, by=by, at=at, key=key)
        return replace(sent, left_out=refused.refusals)


def _without(chosen: Chosen, unfit: set[int]) -> Chosen:
    kept = (
        replace(bundle, card_ids=tuple(id_ for id_ in bundle.card_ids if id_ not in unfit))
        for bundle in chosen.bundles
    )
    return Chosen(tuple(bundle for bundle in kept if bundle.card_ids))


def _refuse_receiver(receiver: Organization, *, by: Actor) -> None:
    """Only to whom the office may give: its county, above it, banks; units take by sheet."""
    why = no.UNIT_TAKES_BY_SHEET if receiver.kind in BY_SHEET else no.RECEIVER_UNFIT
    if not receivers(by).filter(pk=receiver.pk).exists():
        raise Refused([Refusal(why, {"receiver": receiver.name})])


def _send(
    chosen: Chosen, *, receiver: Organization, words: str, by: Actor, at: datetime, key: str
) -> Sent:
    if not chosen.card_ids and not chosen.unknown:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    step = _send_step(chosen, receiver=receiver, words=words, by=by, at=at)
    if not chosen.card_ids:
        raise Refused(list(_unknown(chosen)))
    kept: list[Shipment] = []

    def also(done: Done) -> None:
        kept.append(_written(chosen.bundles, receiver=receiver, words=words, by=by, at=at,
                             done=done))  # fmt: skip

    done = perform(step, by=by, at=at, key=key, also=also)
    shipment = kept[0] if kept else Shipment.objects.get(batch=done.batch)
    return Sent(shipment, repeated=done.repeated)


def _send_step(
    chosen: Chosen, *, receiver: Organization, words: str, by: Actor, at: datetime
) -> Step:
    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        yield from _unknown(chosen)
        yield from _not_in_hand(cases, by=by)
        yield from _of_other_banks(cases, receiver=receiver)
        yield from objections_to_town(receiver, at=at)

    return Step(
        act=_SEND,
        facts=HandedDown(receiver=receiver.pk, words=words),
        subject_ids=chosen.card_ids,
        destination=Destination(account_of(organization_id=receiver.pk, kind=Place.TRANSIT).pk),
        objections=objections,
    )


def _unknown(chosen: Chosen) -> Iterator[Refusal]:
    for number in chosen.unknown:
        yield Refusal(no.CARD_NUMBER_UNKNOWN, {"number": number})


def _not_in_hand(cases: Sequence[Case], *, by: Actor) -> Iterator[Refusal]:
    """Whoever has the cards gives them: a county's keeper does not give what an agency has."""
    for case in cases:
        # What lies beyond the reach of his post the table refuses in the same words.
        in_reach = covers(
            reach=_SEND.who[by.role], actor_path=by.org_path, county_path=by.county_path,
            custodian_path=case.custodian_path,
        )  # fmt: skip
        on_shelf = case.place is not None and case.place.is_store
        if in_reach and on_shelf and case.custodian_path != by.org_path:
            values = {"custodian": case.custodian_name, "reach": Reach.OWN.label}
            yield Refusal(no.OUT_OF_REACH, values, case.id)


def _of_other_banks(cases: Sequence[Case], *, receiver: Organization) -> Iterator[Refusal]:
    """A bank gets cards of its own; who sees another bank's customers (Art. 5, 32)."""
    if receiver.kind not in _BANKS:
        return
    ids = [case.id for case in cases]
    for card in Card.objects.filter(pk__in=ids).select_related("bank_org").order_by("pk"):
        bank = card.bank_org
        if bank is None or not receiver.path.startswith(bank.path):
            values = {"number": card.number, "bank": bank.name if bank else "未注明的银行",
                      "receiver": receiver.name}  # fmt: skip
            yield Refusal(no.OTHER_BANKS_CARD, values, card.pk)


def _written(
    bundles: Sequence[Bundle],
    *,
    receiver: Organization,
    words: str,
    by: Actor,
    at: datetime,
    done: Done,
) -> Shipment:
    """The shipment, its rows in the order of its boxes, and which rows lie in which box."""
    ids = [id_ for bundle in bundles for id_ in bundle.card_ids]
    shipment = record_shipment(
        purpose=Purpose.HAND_DOWN, sender_id=by.org_id, receiver_id=receiver.pk,
        batch=done.batch, card_ids=ids, at=at, words=words,
    )  # fmt: skip
    HandDown.objects.create(shipment=shipment, sent_by_id=by.user_id)
    made, first = [], 1
    for bundle in bundles:
        last = first + len(bundle.card_ids) - 1
        made.append(
            HandDownBox(
                shipment=shipment, code=bundle.code[:40], label=bundle.label[:200],
                seal_number=bundle.seal_number[:40], first_row=first, last_row=last,
            )
        )  # fmt: skip
        first = last + 1
    HandDownBox.objects.bulk_create(made)
    return shipment


# -------------------------------------------------------------------------------- reroute, recall
def reroute_cards(
    *, shipment_id: int, receiver_id: int, words: str, by: Actor, at: datetime, key: str
) -> Sent:
    """This function will give what is still under way to another office instead (分拨).

    :raises Refused: when somebody else sent it, all of it was acknowledged, or the new receiver
        is unfit.
    """
    refuse_other_roles(_TAKE_BACK, by=by)
    before = Shipment.objects.filter(batch=batch_of(key), sender_id=by.org_id).first()
    if before is not None:
        return Sent(before, repeated=True)
    shipment = Shipment.objects.select_related("sender").get(pk=shipment_id)
    receiver = Organization.objects.get(pk=receiver_id, in_force=True)
    _refuse_receiver(receiver, by=by)
    chosen = _still_under_way(shipment)
    if not chosen.card_ids:
        raise Refused([already_received(shipment, at=at)])
    kept: list[Shipment] = []

    def also(done: Done) -> None:
        kept.append(_written(chosen.bundles, receiver=receiver, words=words, by=by, at=at,
                             done=done))  # fmt: skip

    perform(
        _take_back_step(shipment, chosen.card_ids, words=words, by=by),
        _send_step(chosen, receiver=receiver, words=words, by=by, at=at),
        by=by, at=at, key=key, also=also,
    )  # fmt: skip
    return Sent(kept[0])


def _still_under_way(shipment: Shipment) -> Chosen:
    boxes = HandDownBox.objects.filter(shipment=shipment).order_by("first_row")
    waiting = list(cards_under_way(shipment).order_by("row").values_list("row", "card_id"))
    bundles = (
        Bundle(
            box.code, box.label,
            tuple(id_ for row, id_ in waiting if box.first_row <= row <= box.last_row),
            box.seal_number,
        )
        for box in boxes
    )  # fmt: skip
    return Chosen(tuple(bundle for bundle in bundles if bundle.card_ids))


def already_received(shipment: Shipment, *, at: datetime) -> Refusal:
    """This function will say that nothing of a hand-over is under way, and since when."""
    last = shipment.counts.filter(closed_at__isnull=False).order_by("-id").first()
    moment = last.closed_at if last and last.closed_at else at
    return Refusal(
        no.LIST_RECEIVED,
        {"list": shipment.number, "at": to_the_minute(moment)},
    )


def _take_back_step(shipment: Shipment, card_ids: Sequence[int], *, words: str, by: Actor) -> Step:
    def objections(cases: Sequence[Case]) -> Iterator[Refusal]:
        if not is_senders(shipment, by=by):
            yield not_yours(shipment)
        waiting = set(cards_under_way(shipment).values_list("card_id", flat=True))
        for case in cases:
            if case.place is Place.TRANSIT and case.id not in waiting:
                values = {"number": case.number, "list": shipment.number}
                yield Refusal(no.NOT_OF_THIS_LIST, values, case.id)

    return Step(
        act=_TAKE_BACK,
        facts=HandDownTakenBack(shipment=shipment.pk, words=words),
        subject_ids=card_ids,
        # Where the sender was merged away, they are with whoever carries on.
        destination=Destination(account_of(organization_id=by.org_id, kind=Place.STORE).pk),
        objections=objections,
    )


def recall_cards(
    *,
    shipment_id: int,
    card_ids: Sequence[int],
    words: str,
    by: Actor,
    at: datetime,
    key: str,
    leave_out: bool = False,
) -> Recalled:
    """This function will call cards of a hand-over back (追回).

    With `leave_out` those that cannot come back stay, and the answer says why. What nobody
    acknowledged is with the sender again at once. What the receiver has on his shelf
    he is asked to send back, by a hand-over of his own. A card already issued is refused.

    :raises Refused: with a reason for every card that cannot come back; nothing was changed.
    """
    refuse_other_roles(_TAKE_BACK, by=by)
    shipment = Shipment.objects.select_related("sender", "receiver").get(pk=shipment_id)
    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    try:
        return _recall(shipment, card_ids, words=words, by=by, at=at, key=key)
    except Refused as refused:
        part = f"{key}-part"
        before = Request.objects.filter(key=part, actor_id=by.user_id).first()
        if before is not None:
            return Recalled(taken_back=len(before.subject_ids or ()), asked=0)
        unfit = {one.subject_id for one in refused.refusals}
        rest = [id_ for id_ in card_ids if id_ not in unfit]
        if not leave_out or None in unfit or not rest:
            raise
        done = _recall(shipment, rest, words=words, by=by, at=at, key=part)
        return replace(done, left_out=refused.refusals)


def _recall(
    shipment: Shipment, card_ids: Sequence[int], *, words: str, by: Actor, at: datetime, key: str
) -> Recalled:
    on_shelf = _on_shelf_of(shipment, card_ids)
    rest = [id_ for id_ in card_ids if id_ not in set(on_shelf)]
    ask = _asking(shipment, on_shelf, words=words, by=by, at=at)
    if not rest:
        _refuse_foreign(shipment, words=words, by=by)
        with transaction.atomic():
            ask(None)
        return Recalled(taken_back=0, asked=len(on_shelf))
    step = _take_back_step(shipment, rest, words=words, by=by)
    perform(step, by=by, at=at, key=key, also=ask)
    return Recalled(taken_back=len(rest), asked=len(on_shelf))


def recall_lists(
    *, shipment_ids: Sequence[int], words: str, by: Actor, at: datetime, key: str
) -> dict[int, Recalled | Refused]:
    """This function will call back all that is under way of some hand-overs, each for itself.

    What could not come back is answered beside what did; one list does not hold up another.
    """
    answers: dict[int, Recalled | Refused] = {}
    for shipment in Shipment.objects.filter(pk__in=shipment_ids).order_by("pk"):
        waiting = list(cards_under_way(shipment).values_list("card_id", flat=True))
        try:
            if not waiting:
                raise Refused([already_received(shipment, at=at)])
            answers[shipment.pk] = recall_cards(
                shipment_id=shipment.pk, card_ids=waiting, words=words, by=by, at=at,
                key=f"{key}-{shipment.pk}",
            )  # fmt: skip
        except Refused as refused:
            answers[shipment.pk] = refused
    return answers


def _on_shelf_of(shipment: Shipment, card_ids: Sequence[int]) -> list[int]:
    listed = ShipmentLine.objects.filter(shipment=shipment, card__in=card_ids)
    lying = Position.objects.filter(
        card__in=listed.values("card"),
        account__organization=asked_of(shipment),
        account__kind__in=[str(place) for place in Place if place.is_store],
    )
    return list(lying.order_by("card_id").values_list("card_id", flat=True))


def _asking(
    shipment: Shipment, card_ids: Sequence[int], *, words: str, by: Actor, at: datetime
) -> Callable[[Done | None], None]:
    def ask(done: Done | None) -> None:
        Recall.objects.bulk_create(
            [
                Recall(shipment=shipment, card_id=id_, asked_by_id=by.user_id, asked_at=at,
                       words=words)
                for id_ in card_ids
            ],
            ignore_conflicts=True,
        )  # fmt: skip

    return ask


def _refuse_foreign(shipment: Shipment, *, words: str, by: Actor) -> None:
    if not is_senders(shipment, by=by):
        raise Refused([not_yours(shipment)])
    if not words.strip():
        raise Refused([Refusal(no.REASON_MISSING)])
