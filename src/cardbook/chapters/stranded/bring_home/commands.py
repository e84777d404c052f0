"""Wrong and defective cards go from an outlet to the card body, given and counted in (Art. 9, 13).

Two phases, as every hand-over: one person gives and another acknowledges. Between them a card is
on its way, in the receiver's transit account and in nobody else's.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cardbook.cards.models import Card
from cardbook.cards.states import Hold, Subject
from cardbook.chapters.row_by_row import Outcome, row_by_row
from cardbook.chapters.stranded import arrivals
from cardbook.custody.models import Purpose, Shipment
from cardbook.custody.places import Place
from cardbook.custody.postings import Destination, account_of
from cardbook.custody.shipments import record_shipment
from cardbook.ledger.models import Event
from cardbook.lifecycle import refusals as no
from cardbook.lifecycle.acts import Act, act
from cardbook.lifecycle.cases import Case
from cardbook.lifecycle.facts import HomeAcknowledged, SentHome
from cardbook.lifecycle.judge import refuse_other_roles
from cardbook.lifecycle.perform import Done, Step, perform
from cardbook.lifecycle.refusals import Refusal, Refused
from cardbook.orgs.actors import Actor
from cardbook.orgs.models import Kind, Organization

_SEND = act("recalled.send_home")
_WRONG, _BAD = act("recalled.receive_wrong"), act("recalled.receive_bad")


def send_home(
    *, card_ids: Sequence[int], receiver_id: int, words: str, by: Actor, at: datetime, key: str
) -> Done:
    """This function will give wrong and defective cards of the actor's office to the card body.

    :raises Refused: when nothing was chosen, the receiver is no card body, or a card is another
        county's, lies elsewhere or was not taken back; no card was moved.
    """
    refuse_other_roles(_SEND, by=by)
    ids = list(dict.fromkeys(card_ids))
    if not ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    receiver = _card_body(receiver_id, by=by)
    step = Step(
        act=_SEND,
        facts=SentHome(words=words),
        subject_ids=ids,
        destination=Destination(account_of(organization_id=receiver.pk, kind=Place.TRANSIT).pk),
        objections=lambda cases: _of_other_counties(cases, receiver=receiver),
    )

    def also(done: Done) -> None:
        record_shipment(
            purpose=Purpose.HOME, sender_id=by.org_id, receiver_id=receiver.pk, batch=done.batch,
            card_ids=ids, at=at, words=words,
        )  # fmt: skip

    return perform(step, by=by, at=at, key=key, also=also)


def send_home_those_that_may(
    *, card_ids: Sequence[int], receiver_id: int, words: str, by: Actor, at: datetime, key: str
) -> Outcome:
    """This function will give in one shipment what may go; each other card is told why not.

    :raises Refused: when nothing was chosen, or the receiver is no card body.
    """

    def work(ids: Sequence[int], attempt: str) -> Done:
        return send_home(
            card_ids=ids, receiver_id=receiver_id, words=words, by=by, at=at, key=attempt
        )

    if not card_ids:
        raise Refused([Refusal(no.NOTHING_CHOSEN)])
    return row_by_row(card_ids, key=key, work=work)


def _card_body(receiver_id: int, *, by: Actor) -> Organization:
    found = Organization.objects.filter(pk=receiver_id).first()
    if found is None or found.kind != Kind.CARD_BODY or found.pk == by.org_id:
        raise Refused([Refusal(no.RECEIVER_UNFIT, {"receiver": found.name if found else ""})])
    return found


def _of_other_counties(cases: Sequence[Case], *, receiver: Organization) -> Iterable[Refusal]:
    """An outlet of a bank has cards of several counties: each goes home to its own (Art. 5)."""
    for case in cases:
        if case.county_id != receiver.county_id:
            values = {"number": case.number, "receiver": receiver.name}
            yield Refusal(no.NOT_ITS_COUNTY, values, case.id)


def receive_home(*, shipment_id: int, by: Actor, at: datetime, key: str) -> Done:
    """This function will lay the scanned cards where wrong and where defective cards are kept.

    What was not scanned stays under way.

    :raises Refused: when nothing was scanned, a card is no longer under way with the shipment, or
        who gave the cards would acknowledge them himself.
    """
    refuse_other_roles(_WRONG, by=by)
    shipment = Shipment.objects.get(pk=shipment_id, purpose=Purpose.HOME)
    ids = arrivals.cards_ready(shipment)
    _refuse_sender(shipment, ids, by=by)
    wrong = set(Card.objects.filter(pk__in=ids, hold=Hold.ERROR).values_list("pk", flat=True))
    parts = (
        (_WRONG, Place.ERROR, [id_ for id_ in ids if id_ in wrong]),
        (_BAD, Place.DEFECT, [id_ for id_ in ids if id_ not in wrong]),
    )
    steps = [_taking_in(row, shipment, place, part) for row, place, part in parts if part]
    return perform(
        *steps, by=by, at=at, key=key,
        also=lambda done: arrivals.mark_taken(
            shipment_id=shipment.pk, card_ids=done.subject_ids, batch=done.batch
        ),
    )  # fmt: skip


def _taking_in(row: Act, shipment: Shipment, place: Place, ids: Sequence[int]) -> Step:
    return Step(
        act=row,
        facts=HomeAcknowledged(shipment=shipment.pk, scanned=True),
        subject_ids=ids,
        destination=Destination(account_of(organization_id=shipment.receiver_id, kind=place).pk),
        objections=lambda cases: arrivals.objections_to_arrival(shipment.pk, cases),
    )


def _refuse_sender(shipment: Shipment, ids: Sequence[int], *, by: Actor) -> None:
    """One person may have two posts; who gave the cards still does not acknowledge them."""
    sent = Event.objects.filter(
        subject_kind=Subject.CARD, subject_id__in=ids, batch=shipment.batch, actor_id=by.user_id
    )
    if sent.exists():
        raise Refused([Refusal(no.GIVER_RECEIVES, {"list": shipment.number})])
